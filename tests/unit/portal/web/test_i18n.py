"""Catalogues hold what templates and code say, and nothing else; numbers and days are in the language."""

import re
from pathlib import Path

import pytest
from flask import Flask, g

from portal.site.find import search
from portal.site.systems import sources
from portal.web import i18n, page
from portal.web.element_names import FIELDS, SECTIONS

PORTAL = Path(i18n.__file__).parents[1]
_IN_TEMPLATES = re.compile(r"""_\(\s*(["'])(.*?)\1""")
_TRANSLATED = ("nl", "fr", "de")


def sentences() -> set[str]:
    found = {m[2] for file in (PORTAL / "templates").rglob("*.html") for m in _IN_TEMPLATES.finditer(file.read_text())}
    found |= set(SECTIONS.values()) | set(FIELDS.values()) | set(i18n._MONTHS) | {"or"}
    return found | set(page.SENTENCES) | set(search.SENTENCES) | set(sources.SENTENCES)


@pytest.mark.parametrize("language", _TRANSLATED)
def test_catalogue_holds_every_sentence_and_no_other(language: str) -> None:
    assert set(i18n.catalogue(language)) == sentences()


@pytest.mark.parametrize("language", _TRANSLATED)
def test_catalogue_keeps_placeholders(language: str) -> None:
    for english, other in i18n.catalogue(language).items():
        assert re.findall(r"%\(\w+\)s", english) == re.findall(r"%\(\w+\)s", other)


def test_read_po_joins_lines_and_leaves_out_the_untranslated() -> None:
    text = 'msgid ""\nmsgstr "head"\n\nmsgid "a"\n"b"\nmsgstr "c"\n"d\\n"\n\nmsgid "e"\nmsgstr ""\n'

    assert i18n.read_po(text) == {"ab": "cd\n"}


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
