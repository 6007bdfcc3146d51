"""Marks: what a query found in a text, by the language of that text."""

from __future__ import annotations

import pytest

from repository.search.highlight import Marker
from schemas.summary.summary import Contributor, Summary
from tests.support.oracle import Oracle
from tests.unit.repository.search.made import a_document, language, put


def marked(q: str, title: str, lang: str | None, description: str = "") -> dict[str, list[str]]:
    index = Oracle()
    put(index, a_document(1, title, description, lang=lang))
    planned = language().plan(q, index)
    assert planned is not None
    languages = (lang,) if lang else ()
    summary = Summary(title=title, title_lang=lang, language=languages, description=description or None)
    return Marker(planned, language().analyser).highlights(summary)


@pytest.mark.parametrize(
    ("q", "lang", "text", "expected"),
    [
        ("water", "nl", "Wat is water?", "Wat is <mark>water</mark>?"),
        ("breuk", "nl", "Alle breuken", "Alle <mark>breuken</mark>"),
        ("stad", "nl", "Oude steden", "Oude <mark>steden</mark>"),
        ("toets", "nl", "Een rekentoets", "Een <mark>rekentoets</mark>"),
        ("elearning", "en", "On e-learning, with e and learning", "On <mark>e-learning</mark>, with e and learning"),
        ("e-learning", "en", "E learning and elearning", "<mark>E learning</mark> and <mark>elearning</mark>"),
        ("covid19", "nl", "COVID-19 in 19 vragen", "<mark>COVID-19</mark> in 19 vragen"),
        ("steam", "nl", "STEM/STE(A)M op school", "STEM/<mark>STE(A)M</mark> op school"),
        ('"les brief"', "nl", "Les: een les brief", "Les: een <mark>les brief</mark>"),
        ("rose", "fr", "La rose et la rosée", "La <mark>rose</mark> et la rosée"),
    ],
)
def test_what_was_found_is_marked_and_nothing_else(q: str, lang: str, text: str, expected: str) -> None:
    assert marked(q, text, lang)["title"] == [expected]
    assert marked(q, "Zzz", lang, text)["description"] == [expected]


def test_a_text_without_a_language_is_marked_by_the_one_that_its_words_tell() -> None:
    assert marked("water", "Wat is het water van de stad?", None)["title"] == [
        "Wat is het <mark>water</mark> van de stad?"
    ]


def test_names_are_marked_as_they_are() -> None:
    index = Oracle()
    put(index, a_document(1, "X", contributors=(Contributor("Piet Jansen"),)))
    planned = language().plan("jansen", index)
    assert planned is not None

    found = Marker(planned, language().analyser).highlights(Summary(title="X", contributors=(Contributor("Jansen"),)))
    assert found == {"contributors": ["<mark>Jansen</mark>"]}
