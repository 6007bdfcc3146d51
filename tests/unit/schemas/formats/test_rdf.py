"""Records as RDF: every syntax says the same triples, rdflib reads them back, strangers' RDF can do no harm."""

from __future__ import annotations

import re
import socket
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, Dataset, Graph, URIRef
from rdflib.term import BNode

from schemas.errors import Unreadable
from schemas.formats.format import Writing
from schemas.formats.incoming import incoming
from schemas.formats.rdf import rdf
from schemas.formats.rdf import read as rdf_read
from schemas.formats.rdf import write as rdf_write
from schemas.formats.rdf.nodes import iri
from schemas.record import (
    Classification,
    Contribute,
    DateTime,
    Educational,
    Entity,
    File,
    General,
    Identifier,
    LangString,
    LifeCycle,
    Record,
    Relation,
    Resource,
    Rights,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
)
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.lom.records import RECORDS
from tests.support.shared import SHARED, needs_shared

URL = "https://bron.example/id/resource/6a1f4a0e-8f7e-5b9e-9f4a-000000000001"
SYNTAXES = {"nt": "nt", "ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
TERM = "LOMv1.0"
OURS = "https://w3id.org/oerbron"


def a_record(**changes: Any) -> Record:
    record = Record(
        general=General(
            title=(LangString("nl", "Breuken @ school"), LangString("en", "Fractions")),
            language=("nl",),
            description=((LangString("nl", 'Een "les" over\n<b>breuken</b> & delen'),),),
            keyword=((LangString("nl", "breuk"),), (LangString("en", "fraction"),)),
            identifier=(Identifier("ISBN", "90-1234"),),
        ),
        life_cycle=LifeCycle(
            contribute=(
                Contribute(
                    Vocabulary(TERM, "author"),
                    (Entity("BEGIN:VCARD\nVERSION:3.0\nN:Silva;Ana\nFN:Ana Silva\nEMAIL:ana@b.example\nEND:VCARD"),),
                ),
                Contribute(
                    Vocabulary(TERM, "publisher"), (Entity("BEGIN:VCARD\nFN:Uitgeverij\nORG:Uitgeverij\nEND:VCARD"),)
                ),
            )
        ),
        technical=Technical(format=("text/html", "application/pdf"),
                            location=("https://b.example/les", "https://b.example/les.pdf")),
        educational=(
            Educational(learning_resource_type=(Vocabulary(TERM, "lecture"),), context=(Vocabulary(TERM, "school"),)),
        ),
        rights=Rights(Vocabulary(TERM, "no"), Vocabulary(TERM, "yes"),
                      (LangString("x-none", "https://creativecommons.org/licenses/by/4.0/"),)),
    )  # fmt: skip
    return msgspec.structs.replace(record, **changes)


def writing(record: Record) -> Writing:
    return Writing(shipped(), summarise(record, shipped()), uuid=URL[-36:], url=URL, base_url="https://bron.example")


def graph_of(record: Record, ending: str = "nt") -> Graph:
    return Graph().parse(data=rdf.document(ending, rdf.write(record, writing(record))), format=SYNTAXES[ending])


def objects(graph: Graph, name: str) -> list[str]:
    return sorted(str(one) for one in graph.objects(URIRef(URL), URIRef(f"https://schema.org/{name}")))


@given(RECORDS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_syntax_says_the_same_triples(record: Record) -> None:
    told = set(graph_of(record))

    for ending in SYNTAXES:
        assert set(graph_of(record, ending)) == told
    page = rdf_write.json_ld(rdf.nodes(rdf.write(record, writing(record))), page=True)
    assert set(Graph().parse(data=page, format="json-ld")) == told
    assert rdf_write.ntriples(rdf.nodes(rdf.write(record, writing(record)))) == rdf.write(record, writing(record))
    assert not [one for triple in told for one in triple if isinstance(one, BNode)]


@given(st.text(max_size=30) | st.sampled_from(["http://a/%zz?", "HTTP://A.example/#", "http://[::1]:80/x", "http://["]))
@settings(max_examples=300, deadline=None)
def test_an_iri_is_the_same_in_every_syntax(text: str) -> None:
    address = iri(f"https://a.example/{text}")
    record = Record(
        general=General(title=(LangString(None, "x"),)),
        technical=Technical(location=(f"https://a.example/{text}", text)),
    )

    assert address is None or iri(address) == address
    assert len({frozenset(graph_of(record, ending)) for ending in SYNTAXES}) == 1


@needs_shared
def test_every_real_record_says_the_same_in_every_syntax() -> None:
    count = 0
    for path in sorted((SHARED / "data").rglob("*")):
        if not path.is_file() or path.stat().st_size > 400_000:
            continue
        for number, delivery in enumerate(incoming.deliveries(path.read_bytes(), incoming.Incoming(name=path.name))):
            if delivery.reading is None or number > 1:
                continue
            count += 1
            told = set(graph_of(delivery.reading.record))
            for ending in ("ttl", "jsonld", "rdf"):
                assert set(graph_of(delivery.reading.record, ending)) == told, path

    assert count > 100


def test_no_address_and_no_phone_of_a_contributor_is_in_the_graph() -> None:
    assert b"ana@b.example" not in rdf.write(a_record(), writing(a_record()))


def _unordered(value: Any) -> Any:
    """A graph has no order."""
    return sorted(value, key=str) if isinstance(value, tuple) else value


@pytest.mark.parametrize("ending", SYNTAXES)
def test_what_is_written_is_read_again(ending: str) -> None:
    record = a_record()

    back = summarise(rdf.read(rdf.document(ending, rdf.write(record, writing(record))), shipped()).record, shipped())

    told = summarise(record, shipped())
    for name in ("title", "description", "language", "keywords", "contributors", "publisher", "license", "levels"):
        assert _unordered(getattr(back, name)) == _unordered(getattr(told, name)), name


def test_quads_stand_in_the_graph_that_is_named() -> None:
    found = Dataset()
    found.parse(
        data=rdf.quads(rdf.write(a_record(), writing(a_record())), "https://b.example/activity/1"), format="nquads"
    )

    graph = found.graph(URIRef("https://b.example/activity/1"))
    assert set(graph) == set(graph_of(a_record()))


def test_readers_of_pages_find_plain_strings_and_makers_as_nodes() -> None:
    nodes = rdf.nodes(rdf.write(a_record(), writing(a_record())))

    page = msgspec.json.decode(rdf_write.json_ld(nodes, page=True))

    assert page["name"] == "Breuken @ school"
    assert page["schema:name"] == {"@value": "Fractions", "@language": "en"}
    assert page["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert page["inLanguage"] == "nl"
    assert page["dct:language"] == "nl"
    assert page["keywords"] == ["breuk"]
    assert [(one["@type"], one["name"]) for one in page["creator"]] == [("Person", "Ana Silva")]
    assert page["@context"]["@vocab"] == "https://schema.org/"


def test_nothing_in_a_page_ends_its_script_or_holds_a_bare_at_sign() -> None:
    record = a_record(general=General(title=(LangString("nl", '</script><b>"@id": a@b "@type":'),)))

    page = rdf_write.json_ld(rdf.nodes(rdf.write(record, writing(record))), page=True)

    assert b"<" not in page
    assert b">" not in page
    assert b"@" not in re.sub(rb'"@(?:context|id|type|value|language|vocab)"', b"", page)
    assert msgspec.json.decode(page)["name"] == '</script><b>"@id": a@b "@type":'


def test_a_concept_is_named_by_its_own_iri_and_those_it_matches() -> None:
    primary = "https://w3id.org/oerbron/level/primary"
    level = Classification(Vocabulary(TERM, "educational level"), (TaxonPath(taxon=(Taxon(id=primary),)),))

    graph = graph_of(a_record(classification=(level,)))
    levels = {str(one) for one in graph.objects(URIRef(URL), URIRef("http://purl.org/dc/terms/educationLevel"))}
    kim = "https://w3id.org/kim/educationalLevel/level_1"

    assert {primary, kim} <= levels
    assert objects(graph, "educationalLevel") == [kim]
    assert str(graph.value(URIRef(kim), RDF.type)) == "http://www.w3.org/2004/02/skos/core#Concept"


def a_page(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(
        rdf_write.json_ld(rdf.nodes(rdf.write(record, writing(record))), page=True)
    )
    return found


def test_readers_of_pages_find_one_text_whole_makers_and_arrays_of_types() -> None:
    twice = (Entity("Ana Silva"),)
    cycle = LifeCycle(
        contribute=(
            Contribute(Vocabulary(TERM, "author"), twice),
            Contribute(Vocabulary(TERM, "editor"), twice, DateTime("2024", "2024", "year")),
        )
    )
    texts = ((LangString("nl", "Een"),), (LangString("nl", "Twee"),))
    classes = tuple(
        Classification(Vocabulary(TERM, purpose), (TaxonPath(taxon=(Taxon(f"{OURS}/{taxon}"),)),))
        for purpose, taxon in (("discipline", "subject/biology"), ("educational level", "level/primary"))
    )
    titles = (LangString("nl", "T"), LangString("nl", "T2"))
    general = General(title=titles, language=("nl-BE", "en"), description=texts)
    page = a_page(a_record(general=general, life_cycle=cycle, classification=classes))

    assert (page["name"], page["description"], page["inLanguage"]) == ("T", "Een", "nl")
    assert page["dct:language"] == ["nl-BE", "en"]
    assert page["creator"] == page["contributor"]
    assert (page["creator"][0]["@type"], page["creator"][0]["name"]) == ("Person", "Ana Silva")
    assert isinstance(page["learningResourceType"], list)
    assert f"{OURS}/subject/biology" in page["about"]
    assert all(isinstance(one, str) for one in page["about"])
    assert "dateModified" not in page
    assert page["dct:modified"]["@value"] == "2024"
    assert all(one["@type"] == "Concept" for one in _listed(page["educationalLevel"]))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("licence", "key"),
    [("https://creativecommons.org/licenses/by/4.0/", "license"), ("https://opensource.org/licenses/MIT", "usageInfo")],
)
def test_only_creative_commons_is_the_licence_for_readers_of_pages(licence: str, key: str) -> None:
    page = a_page(a_record(rights=Rights(description=(LangString(None, licence),))))

    assert page[key] == licence
    assert ("license" in page) == (key == "license")
    assert page["dct:license"] == {"@id": licence}


def test_a_maker_named_twice_is_one_node() -> None:
    twice = Contribute(Vocabulary(TERM, "author"), (Entity("Ana Silva"), Entity("Ana Silva")))
    record = a_record(life_cycle=LifeCycle(contribute=(twice, Contribute(Vocabulary(TERM, "editor"), twice.entity))))

    graph = graph_of(record)

    assert objects(graph, "creator") == objects(graph, "contributor") == [f"{URL}#maker-1"]


def test_files_are_nodes_below_the_resource() -> None:
    record = a_record(files=(File("https://b.example/a.pdf", "application/pdf", 12, None, None, "download"),))

    graph = graph_of(record)

    assert objects(graph, "encoding") == [f"{URL}#file-1"]
    assert str(graph.value(URIRef(f"{URL}#file-1"), URIRef("https://schema.org/contentSize"))) == "12"


def test_a_relation_of_lom_becomes_its_property() -> None:
    part = Relation(Vocabulary(TERM, "ispartof"), Resource((Identifier("URI", "https://b.example/reeks"),)))

    assert objects(graph_of(a_record(relation=(part,))), "isPartOf") == ["https://b.example/reeks"]


def test_losses_name_fields_of_the_record() -> None:
    known = {"ext", "files", "metaMetadata", "relation", "annotation", "classification"}
    for path, why in rdf.LOSSES:
        assert path in known or "." in path
        assert why


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
HOSTILE = [
    (BOMB, "doctype"),
    (b'{"@context": "http://evil.example/c.jsonld", "@type": "LearningResource"}', "remote_context"),
    (b'{"@context": {"@import": "http://evil.example/c"}, "@type": "LearningResource"}', "remote_context"),
    (b'{"@context": {"a": {"@id": "http://x/a", "@context": "http://evil.example/c"}}}', "remote_context"),
    (b"@prefix : <http://x/> .\n:a :b", "not_rdf"),
    (b"<a> <b> \xff .", "wrong_encoding"),
    (b"@prefix : <http://x/> . :a :b :c .", "no_records"),
    (b" " * (rdf_read.MOST_BYTES + 1), "too_large"),
]


@pytest.mark.parametrize(("source", "code"), HOSTILE)
def test_hostile_rdf_is_one_plain_refusal_and_opens_no_socket(
    source: bytes, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(Unreadable) as refused:
        rdf.read(source, shipped())

    assert refused.value.code == code


def test_dublin_core_terms_serve_where_schema_org_is_silent() -> None:
    source = b"""@prefix dct: <http://purl.org/dc/terms/> . @prefix s: <http://schema.org/> .
    <https://b.example/1> a s:Course ; dct:title "Delen"@nl ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ."""

    found = summarise(rdf.read(source, shipped()).record, shipped())

    assert found.title == "Delen"
    assert found.license is not None
    assert found.license.uri == "https://creativecommons.org/licenses/by/4.0/"
