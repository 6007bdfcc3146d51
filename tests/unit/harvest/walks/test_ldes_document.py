"""A page of an event stream is read apart where it can be, and as a whole where its members say it otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from harvest.network.answer import Answer
from harvest.walks.ldes.document import Document, read
from harvest.walks.ldes.page import TREE, Stream
from schemas.errors import Unreadable
from schemas.formats.rdf import read as rdf_read

PAGE, STREAM = "https://a.example/ldes/1", "https://a.example/ldes#stream"
AS = "https://www.w3.org/ns/activitystreams#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
OF = Stream(STREAM, PAGE, f"{AS}published", f"{AS}object")
MEMBER, RECORD = "https://a.example/activity/1", "https://a.example/1"
TIME = '"2026-11-26T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
TOLD = (
    f"<{MEMBER}> <{RDF_TYPE}> <{AS}Create>",
    f"<{MEMBER}> <{AS}published> {TIME}",
    f"<{MEMBER}> <{AS}object> <{RECORD}>",
)
PAYLOAD = f'<{RECORD}> <https://schema.org/name> "Breuken"@nl <{MEMBER}> .\n'


def a_page(*said: str, payload: str = PAYLOAD) -> Answer:
    head = f"<{STREAM}> <{TREE}member> <{MEMBER}>", f"<{STREAM}> <{TREE}view> <{PAGE}>"
    body = "".join(f"{each} .\n" for each in (*head, *said)) + payload
    return Answer(PAGE, 200, {"content-type": "application/n-quads"}, body.encode())


def is_apart(document: Document) -> bool:
    """Whether its payloads were left unread."""
    return not any("Breuken" in str(each) for _, _, each in document.graph.triples((None, None, None)))


def test_a_page_whose_members_are_described_beside_their_payload_is_read_apart() -> None:
    document = read(a_page(*TOLD), OF)

    assert is_apart(document)
    assert [each.iri for each in document.page(OF).members] == [MEMBER]
    payload = document.payload(MEMBER)
    assert [str(name) for _, _, name in payload.graph] == ["Breuken"]
    assert payload.source == f'<{RECORD}> <https://schema.org/name> "Breuken"@nl .\n'.encode()


OTHER = "https://a.example/activity/2"
NODE = "https://a.example/ldes/2"


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(f"<{PAGE}> <{TREE}relation> <{PAGE}#r> <{PAGE}> .", id="a relation in the graph of the page"),
        pytest.param(f"<{PAGE}#r> <{TREE}node> <{NODE}> <{MEMBER}> .", id="where it leads"),
        pytest.param(f"<{PAGE}#r> <{RDF_TYPE}> <{TREE}LessThanRelation> <{MEMBER}> .", id="the kind of a relation"),
        pytest.param(f"<{STREAM}> <{TREE}member> <{OTHER}> <{OTHER}> .", id="a member in its own graph"),
        pytest.param(f"<{MEMBER}> <{RDF_TYPE}> <{AS}Delete> <{MEMBER}> .", id="a deletion"),
        pytest.param(f'<{MEMBER}> <{AS}published> "2027" <{MEMBER}> .', id="a second time"),
        pytest.param(f"<{STREAM}> <{RDF_TYPE}> <{AS}Collection> <{MEMBER}> .", id="the stream"),
        pytest.param(f"<{RECORD}> <{AS}name> <{AS}x> <{RECORD}> .", id="a graph of another name"),
    ],
)
def test_what_is_told_elsewhere_on_the_page_is_read(elsewhere: str) -> None:
    document = read(a_page(*TOLD, payload=f"{PAYLOAD}{elsewhere}\n"), OF)

    assert not is_apart(document)
    assert len(document.graph) == 2 + len(TOLD) + 2


_SAID = (
    f"<{STREAM}> <{TREE}view> <{PAGE}>", f"<{STREAM}> <{TREE}member> <{MEMBER}>",
    f"<{STREAM}> <{TREE}member> <{OTHER}>",
    f"<{PAGE}> <{TREE}relation> <{PAGE}#r>", f"<{PAGE}#r> <{RDF_TYPE}> <{TREE}LessThanRelation>",
    f"<{PAGE}#r> <{TREE}node> <{NODE}>", *TOLD, f"<{OTHER}> <{RDF_TYPE}> <{AS}Delete>",
    f"<{OTHER}> <{AS}object> <{NODE}>",
    f"<{RECORD}> <{RDF_TYPE}> <https://schema.org/LearningResource>", f'<{RECORD}> <https://schema.org/name> "Breuken"',
)  # fmt: skip
_PLACES = st.sampled_from(["", "", "", f" <{MEMBER}>", f" <{MEMBER}>", f" <{OTHER}>", f" <{RECORD}>", f" <{PAGE}>"])


@given(st.lists(_PLACES, min_size=len(_SAID), max_size=len(_SAID)))
def test_wherever_on_a_page_it_stands_it_is_read_as_by_reading_the_whole(places: list[str]) -> None:
    body = "".join(f"{said}{place} .\n" for said, place in zip(_SAID, places, strict=True)).encode()
    document = read(Answer(PAGE, 200, {"content-type": "application/n-quads"}, body), OF)
    whole = Document(PAGE, rdf_read.parse(body, "nquads", PAGE))

    assert document.page(OF).members == whole.page(OF).members
    assert document.page(OF).relations == whole.page(OF).relations
    for member in (MEMBER, OTHER):
        node = URIRef(member)
        assert set(document.graph.predicate_objects(node)) == set(whole.graph.predicate_objects(node))
        assert dict(rdf_read.resources(document.payload(member).graph)) == dict(
            rdf_read.resources(whole.payload(member).graph)
        )


@pytest.mark.parametrize("missing", range(len(TOLD)))
def test_what_a_member_says_only_in_its_payload_is_found_there(missing: int) -> None:
    said = [each for n, each in enumerate(TOLD) if n != missing]
    document = read(a_page(*said, payload=f"{PAYLOAD}{TOLD[missing]} <{MEMBER}> .\n"), OF)

    assert not is_apart(document)
    assert not document.page(OF).violations
    assert any("Breuken" in str(each) for _, _, each in document.payload(MEMBER).graph)


def test_a_payload_without_a_graph_of_its_own_is_the_page() -> None:
    document = read(a_page(*TOLD, payload=PAYLOAD.replace(f" <{MEMBER}> .", " .")), OF)

    found = document.payload(MEMBER)
    assert found.graph is document.graph
    assert not found.source
    assert [each.iri for each in document.page(OF).members] == [MEMBER]


def test_the_page_that_describes_the_stream_is_read_whole() -> None:
    assert not is_apart(read(a_page(*TOLD)))


def test_a_page_that_is_no_rdf_is_told() -> None:
    with pytest.raises(Unreadable):
        read(a_page("this is no statement"), OF)
