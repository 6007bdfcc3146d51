"""Catalogues hold what templates and code say, and nothing else; numbers and days are in the language."""

import re

import pytest
from babel.messages.pofile import read_po
from flask import Flask, g

from portal.web import i18n
from tests.support.sentences import PORTAL, sentences

_TRANSLATED = ("nl", "fr", "de")
_PLACES = re.compile(r"%\(\w+\)s")


def wings(language: str) -> dict[str, i18n.Catalogue]:
    """The catalogues of one language, file by file."""
    found = {}
    for file in sorted((PORTAL / "translations" / language).glob("*.po")):
        with file.open("rb") as stream:
            messages = [each for each in read_po(stream, locale=language) if each.id]
        found[file.stem] = {each.id[0] if isinstance(each.id, tuple) else each.id: each.string for each in messages}
    return found


@pytest.mark.parametrize("language", _TRANSLATED)
def test_the_catalogues_hold_every_sentence_and_no_other(language: str) -> None:
    held, said = set(i18n.catalogue(language)), set(sentences())

    assert {"not translated": sorted(said - held), "never said": sorted(held - said)} == {
        "not translated": [],
        "never said": [],
    }


@pytest.mark.parametrize("language", _TRANSLATED)
def test_a_sentence_of_two_wings_says_the_same_in_both(language: str) -> None:
    found: dict[str, set[object]] = {}
    for catalogue in wings(language).values():
        for english, other in catalogue.items():
            found.setdefault(english, set()).add(other)

    assert {english for english, others in found.items() if len(others) > 1} == set()


@pytest.mark.parametrize("language", _TRANSLATED)
def test_a_translation_keeps_the_places_to_fill_in(language: str) -> None:
    for english, other in i18n.catalogue(language).items():
        plural = sentences()[english]
        if plural is None:
            assert isinstance(other, str), english
            assert sorted(_PLACES.findall(english)) == sorted(_PLACES.findall(other)), english
        else:
            assert isinstance(other, tuple), english
            assert len(other) == 2
            assert set(_PLACES.findall(other[1])) == set(_PLACES.findall(plural)), english


@pytest.mark.parametrize(
    ("language", "num", "expected"),
    [("en", 1, "1 one"), ("en", 0, "0 more"), ("fr", 0, "0 one"), ("fr", 2, "2 more"), ("nl", 1234, "1.234 more")],
)
def test_a_plural_follows_the_language_and_writes_its_number(language: str, num: int, expected: str) -> None:
    with Flask("test").test_request_context():
        g.language = language

        assert i18n.ngettext("%(num)s one", "%(num)s more", num) == expected


@pytest.mark.parametrize(
    ("language", "number", "day"),
    [
        ("en", "1,234,567", "21 November 2026"),
        ("nl", "1.234.567", "21 november 2026"),
        ("de", "1.234.567", "21. November 2026"),
        ("fr", "1\u202f234\u202f567", "21 novembre 2026"),
    ],
)
def test_numbers_and_days_are_in_the_language(language: str, number: str, day: str) -> None:
    with Flask("test").test_request_context():
        g.language = language

        assert i18n.number(1_234_567) == number
        assert i18n.day("2026-11-21T20:14:02Z") == day


@pytest.mark.parametrize(("date", "words"), [("2026", "2026"), ("2026-11", "November 2026"), ("spring", "spring")])
def test_day_says_as_much_as_it_knows(date: str, words: str) -> None:
    with Flask("test").test_request_context():
        assert i18n.day(date) == words


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "expected"),
    [
        ("?lang=fr", "de", "nl", "fr"),
        ("?lang=xx", "de", "nl", "de"),
        ("", "", "de-AT, en;q=0.5", "de"),
        ("", "", "DE-at, en;q=0.5", "de"),
        ("", "", "fr;q=0, en;q=0.2", "en"),
        ("", "", "", "nl"),
        ("", "", "ja", "nl"),
    ],
)
def test_chosen_prefers_the_address_then_the_cookie_then_the_browser(
    query: str, cookie: str, accept: str, expected: str
) -> None:
    headers = {"Cookie": f"language={cookie}", "Accept-Language": accept}
    with Flask("test").test_request_context(f"/{query}", headers=headers) as context:
        assert i18n.chosen(context.request, ("nl", "en", "fr", "de")) == expected
