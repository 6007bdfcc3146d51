"""The pages as they are sent: what each says, in which language, under which status; no browser needed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html

from schemas.record import General, LangString, Record, Rights, Technical
from tests.support.api import Api, Caller

OPEN = "https://creativecommons.org/licenses/by-sa/4.0/"


def a_lesson(title: str = "Breuken", licence: str | None = OPEN, location: str = "https://example.org/1") -> Record:
    rights = None if licence is None else Rights(description=(LangString("x-none", licence),))
    general = General(title=(LangString("nl", title),), language=("nl",))
    return Record(general=general, technical=Technical(location=(location,)), rights=rights)


def said(body: bytes, path: str = "/html") -> list[str]:
    """What a reader sees of the elements at an XPath, each on one line; or the attributes there."""
    found: Any = html.fromstring(body).xpath(path)
    return [" ".join((each if isinstance(each, str) else each.text_content()).split()) for each in found]


def words(body: bytes) -> str:
    return said(body)[0]


def test_home_says_how_many_and_shows_the_newest_first(api: Api, curator: Caller) -> None:
    for title in ("Eerste", "Tweede"):
        api.published(curator, a_lesson(title, location=f"https://example.org/{title}"))

    page = api.anybody.get("/", headers={"Accept-Language": "en"})

    assert page.status_code == 200
    assert "2 resources" in words(page.data)
    assert said(page.data, "//li//h3") == ["Tweede", "Eerste"]


def test_home_of_an_empty_repository_says_so(api: Api) -> None:
    page = api.anybody.get("/", headers={"Accept-Language": "nl"})

    assert "0 leermiddelen" in words(page.data)
    assert "Er is nog niets gepubliceerd." in words(page.data)


def test_a_draft_is_on_no_page(api: Api, curator: Caller) -> None:
    uuid = curator.created(a_lesson("Geheim"), "?as=draft")

    assert "Geheim" not in api.anybody.get("/").text
    assert api.anybody.get(f"/doc/resource/{uuid}").status_code == 404
    assert api.anybody.get(f"/id/resource/{uuid}").status_code == 404


def test_a_thing_leads_to_its_document(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    answer = api.anybody.get(f"/id/resource/{uuid}")

    assert (answer.status_code, answer.location) == (303, f"http://repository.example/doc/resource/{uuid}")


@pytest.mark.parametrize(
    ("licence", "shown"),
    [
        (OPEN, "CC BY-SA 4.0 (Attribution-ShareAlike) Open licence Free of charge"),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "Restricted use"),
        (None, "No licence is stated"),
    ],
)
def test_a_record_shows_its_licence(api: Api, curator: Caller, licence: str | None, shown: str) -> None:
    uuid = api.published(curator, a_lesson(licence=licence))

    page = api.anybody.get(f"/doc/resource/{uuid}", headers={"Accept-Language": "en"})

    assert shown in " ".join(said(page.data, "//section[contains(@class, 'licence')]"))


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [("", "text/html"), (".html", "text/html"), (".json", "application/json"), (".lom.xml", "application/xml")],
)
def test_a_document_has_a_twin_for_each_format(api: Api, curator: Caller, ending: str, media_type: str) -> None:
    uuid = api.published(curator)

    answer = api.anybody.get(f"/doc/resource/{uuid}{ending}")

    assert (answer.status_code, answer.mimetype) == (200, media_type)


def test_an_unchanged_document_is_not_sent_again(api: Api, curator: Caller) -> None:
    path = f"/doc/resource/{api.published(curator)}"
    first = api.anybody.get(path)

    again = api.anybody.get(path, headers={"If-None-Match": first.headers["ETag"]})
    french = api.anybody.get(path, headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "fr"})

    assert again.status_code == 304
    assert french.status_code == 200


def test_what_a_record_says_is_text_and_nothing_else(api: Api, curator: Caller) -> None:
    record = a_lesson("a < b & <script>alert(1)</script> c", location="javascript:alert(2)//example.org")
    uuid = api.published(curator, record)

    page = api.anybody.get(f"/doc/resource/{uuid}")

    assert said(page.data, "//script/@type") == ["application/ld+json"]
    assert page.text.count("<script") == 1 + page.text.count('<script src="/look/')
    assert said(page.data, "//h1")[0].startswith("a < b &")
    assert said(page.data, "//@href[starts-with(., 'javascript')]") == []


def test_a_title_that_is_nothing_but_markup_is_no_empty_heading(api: Api, curator: Caller) -> None:
    uuid = api.published(curator, a_lesson("<img src=x>"))

    record = api.anybody.get(f"/doc/resource/{uuid}", headers={"Accept-Language": "nl"})
    home = api.anybody.get("/", headers={"Accept-Language": "nl"})

    assert said(record.data, "//h1") == said(home.data, "//li//h3") == ["Zonder titel"]


def test_a_tombstone_says_why_since_when_and_what_came_instead(api: Api, curator: Caller) -> None:
    gone, successor = api.published(curator), api.published(curator, a_lesson("Nieuw", location="https://a.example"))
    curator.delete(gone, reason="Vervangen", successor=successor)
    api.publish()

    page = api.anybody.get(f"/doc/resource/{gone}", headers={"Accept-Language": "de"})

    assert page.status_code == 410
    assert "Vervangen" in words(page.data)
    assert f"http://repository.example/id/resource/{successor}" in said(page.data, "//main//a/@href")
    assert said(page.data, "//h1") == ["Nicht mehr verfügbar"]


@pytest.mark.parametrize(
    ("language", "title"),
    [("nl", "Niet gevonden"), ("fr", "Introuvable"), ("de", "Nicht gefunden"), ("en", "Not found")],
)
def test_an_error_is_a_page_in_the_readers_language(api: Api, language: str, title: str) -> None:
    page = api.anybody.get("/nowhere", headers={"Accept-Language": language})

    assert page.status_code == 404
    assert said(page.data, "/html/@lang | //h1") == [language, title]


def test_no_page_has_a_script_or_a_style_of_its_own(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    for path in ("/", "/about", f"/doc/resource/{uuid}", "/nowhere"):
        text = api.anybody.get(path).text.replace('<script type="application/ld+json">', "")
        assert not re.search(r"<script(?! src=\"/look/)|<style|\sstyle=|\son\w+=", text), path


def test_a_language_asked_for_is_remembered(api: Api) -> None:
    api.anybody.get("/?lang=fr", headers={"Accept-Language": "nl"})

    page = api.anybody.get("/about", headers={"Accept-Language": "nl"})

    assert said(page.data, "/html/@lang") == ["fr"]


def test_foreign_text_finds_its_own_direction_and_no_nul_reaches_a_page(api: Api, curator: Caller) -> None:
    uuid = api.published(curator, a_lesson("الكسور\x00 A"))

    page = api.anybody.get(f"/doc/resource/{uuid}.html")

    assert page.status_code == 200
    assert b"\x00" not in page.data
    assert said(page.data, '//h1[@dir="auto"]') == ["الكسور A"]
