"""What was searched instead, and what is suggested."""

from __future__ import annotations

from pathlib import Path

import pytest

from repository.search.engines.embedded import EmbeddedEngine
from repository.search.index.engine import Index
from repository.search.plan import parameters
from repository.search.request import wanted
from repository.search.suggestions import corrected, suggestions
from tests.unit.repository.search.made import SUBJECT, a_document, language, put


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = EmbeddedEngine(tmp_path).open("m1-0-1")
    put(
        made,
        a_document(1, "Breuken oefenen", subjects=("fractions",)),
        a_document(2, "Beuken in het bos"),
        a_document(3, "Fotosynthese"),
        a_document(4, "Een les brief"),
        a_document(5, "Vergelijkingen oplossen", subjects=("equations",)),
    )
    return made


def told(index: Index, q: str) -> str | None:
    planned = language().plan(q, index)
    return None if planned is None else corrected(q, planned)


def found(index: Index, q: str) -> set[str]:
    search, _ = parameters.read([("q", q)])
    return {hit.shown for hit in index.find(wanted(search, language().plan(q, index))).hits}


@pytest.mark.parametrize(
    ("q", "instead"),
    [
        ("reuken", "beuken OR breuken"),
        ("breuken vergelijkinken OR zebra", "breuken vergelijkingen OR zebra"),
        ("fotosyn", "fotosyn*"),
        ("lesbrief", '"les brief"'),
        ("fotosyn OR reuken", "fotosyn* OR beuken OR breuken"),
        ("breuken", None),
        ("breuk oefenen", None),
        ("zzzzzz", None),
        ("equations", None),
    ],
)
def test_all_that_was_searched_instead_is_told_and_finds_the_same(index: Index, q: str, instead: str | None) -> None:
    assert told(index, q) == instead
    if instead is not None:
        assert found(index, instead) == found(index, q)
        assert told(index, instead) is None


def test_a_word_of_the_vocabularies_is_no_misspelling_though_no_record_has_it(index: Index) -> None:
    put(index, a_document(6, "Chimique"))

    assert told(index, "chimiqe") == "chimique"
    assert told(index, "chimie") is None


@pytest.mark.parametrize(
    ("text", "languages", "shown", "matched"),
    [
        ("bruch", ("nl",), "Breuken", "Bruchrechnung"),
        ("brüch", ("nl",), "Breuken", "Brüche"),
        ("fract", ("nl",), "Breuken", "Fractions"),
        ("breuk", ("nl",), "Breuken", "Breuken"),
        ("fractions", ("nl",), "Breuken", "Fractions"),
        ("breuk", ("de",), "Brüche", "Breuken"),
    ],
)
def test_a_concept_that_another_label_matches_says_so(
    index: Index, text: str, languages: tuple[str, ...], shown: str, matched: str
) -> None:
    one = suggestions(language(), index, text, 10, languages)[0]

    assert (one.kind, one.value, one.text, one.matched, one.count) == (
        "concept", SUBJECT + "fractions", shown, matched, 1,
    )  # fmt: skip


def test_a_title_matches_by_itself(index: Index) -> None:
    (one,) = suggestions(language(), index, "fotos", 10, ("nl",))

    assert (one.kind, one.text, one.matched, one.count) == ("title", "Fotosynthese", "Fotosynthese", 1)
