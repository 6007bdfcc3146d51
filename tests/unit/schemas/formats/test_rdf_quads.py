"""N-Quads taken apart by graph: together the parts say what the whole says, or the whole is read as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from schemas.errors import Unreadable
from schemas.formats.rdf.quads import DEFAULT, apart

A, B = "https://a.example/1", "https://a.example/2"
_IRIS = st.sampled_from([URIRef(f"https://a.example/{each}") for each in ("x", "y#z", "é", "q?a=1&b=2")])
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\r\t"\\<>.#_: '), max_size=30)
_LITERALS = st.one_of(
    st.builds(Literal, _TEXTS),
    st.builds(Literal, _TEXTS, lang=st.sampled_from(["nl", "fr-BE"])),
    st.builds(Literal, _TEXTS, datatype=st.just(URIRef("https://a.example/type"))),
)
_GRAPHS = st.sampled_from([DEFAULT, A, B])


@given(st.lists(st.tuples(_GRAPHS, _IRIS, _IRIS, _IRIS | _LITERALS), max_size=12))
def test_the_parts_say_what_the_whole_says(quads: list[tuple[str, URIRef, URIRef, URIRef | Literal]]) -> None:
    whole = Dataset()
    for name, *triple in quads:
        graph = whole.graph(URIRef(name)) if name else whole.default_graph
        graph.add(tuple(triple))
        graph.add((BNode(f"b{len(name)}{name[-1:]}"), *triple[1:]))

    found = apart(whole.serialize(format="nquads").encode())

    assert found is not None
    for name in (DEFAULT, A, B):
        expected = Graph()
        for triple in whole.graph(URIRef(name)) if name else whole.default_graph:
            expected.add(triple)
        assert isomorphic(found.graph(name), expected)
        assert (name in found) == (name == DEFAULT or len(expected) > 0)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"_:b <{A}> <{A}> <{A}> .\n_:b <{A}> <{A}> <{B}> .", id="a blank node of two graphs"),
        pytest.param(f"<{A}> <{A}> <{A}> _:g .", id="a graph without a name"),
        pytest.param(f"<{A}> <{A}> .", id="no statement"),
        pytest.param(f"<{A}> <{A}> <{A}> <https://a.example/\\u00e9> .", id="a name that is escaped"),
        pytest.param("{}", id="something else"),
    ],
)
def test_what_cannot_be_taken_apart_is_left_whole(source: str) -> None:
    assert apart(source.encode()) is None


def test_comments_empty_lines_and_a_mark_at_the_beginning_are_passed_by() -> None:
    found = apart(f"\ufeff# a comment\n\n  <{A}>  <{A}>\t<{B}> .  \r\n".encode())

    assert found is not None
    assert found.source(DEFAULT) == f"<{A}>  <{A}>\t<{B}> .\n".encode()
    assert len(found.graph(DEFAULT)) == 1


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"<{A}> <{A}> <{A}>{' ' * 200_000}x", id="blanks before something strange"),
        pytest.param(f"<{A}> <{A}> _:{'.b' * 100_000}", id="a name of many points"),
        pytest.param(f'<{A}> <{A}> "{"a" * 400_000}', id="a text without an end"),
        pytest.param("<" * 400_000, id="brackets"),
    ],
)
def test_no_line_takes_longer_than_it_is_long(line: str) -> None:
    """Each of these took minutes, or gigabytes, while the pattern tried again what it had seen (test_timeout)."""
    assert apart(line.encode()) is None


def test_a_statement_that_is_too_large_is_told_before_the_library_sees_it() -> None:
    found = apart(f'<{A}> <{A}> "{"a" * 600_000}" <{A}> .\n<{A}> <{A}> "whole" <{B}> .'.encode())

    assert found is not None
    assert len(found.graph(B)) == 1
    with pytest.raises(Unreadable) as told:
        found.graph(A)
    assert told.value.code == "too_large"


def test_a_part_that_is_broken_is_told_when_it_is_read() -> None:
    found = apart(f'<{A}> <{A}> "?" <{A}> .\n<{A}> <{A}> "whole" <{B}> .\n'.encode().replace(b"?", b"\xff"))

    assert found is not None
    assert len(found.graph(B)) == 1
    with pytest.raises(Unreadable) as told:
        found.graph(A)
    assert told.value.code == "wrong_encoding"
