"""The page of a record: licence in words, links that lead on, citations, files, and what is gone."""

from __future__ import annotations

import json

import msgspec
import pytest
from lxml import html

from schemas.record import (
    Classification,
    Duration,
    Educational,
    File,
    LangString,
    Record,
    Rights,
    Taxon,
    TaxonPath,
    Vocabulary,
    to_json,
)
from tests.flow.test_search_api import a_lesson
from tests.support.api import Api, Caller

EN = {"Accept-Language": "en"}


def tree(api: Api, path: str, status: int = 200) -> html.HtmlElement:
    response = api.anybody.get(path, headers=EN)
    assert response.status_code == status, response.text[:300]
    return html.fromstring(response.data)


def texts(page: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in page.xpath(path)]


def published(api: Api, curator: Caller, record: Record) -> html.HtmlElement:
    uuid = curator.created(record, "?as=published")
    api.publish()
    api.index()
    return tree(api, f"/doc/resource/{uuid}.html")


def test_subject_and_level_lead_to_their_pages_and_the_rest_to_searches(api: Api, curator: Caller) -> None:
    page = published(api, curator, a_lesson("Breuken", "fractions"))

    links = {" ".join(a.text_content().split()): a.get("href") for a in page.xpath("//aside//a | //section//a")}
    assert links["Fractions"] == "/subjects/fractions"
    assert all(api.anybody.get(href).status_code == 200 for href in links.values() if href.startswith("/"))


def test_what_may_be_done_stands_in_words_before_the_letters(api: Api, curator: Caller) -> None:
    closed = Rights(description=(LangString("en", "https://creativecommons.org/licenses/by-nc/4.0/"),))
    page = published(api, curator, msgspec.structs.replace(a_lesson("Breuken", "fractions"), rights=closed))
    words = texts(page, "//section[contains(@class,'licence')]//li")

    assert "You may not sell it or use it to earn money." in words
    assert page.xpath("//section[contains(@class,'licence')]//*[contains(@class,'yes') or contains(@class,'ok')]") == []


def test_actions_are_links(api: Api, curator: Caller) -> None:
    page = published(api, curator, a_lesson("Breuken", "fractions"))
    found = texts(page, "//a")

    assert {"Save", "Cite", "Share", "Print"} <= set(found)
    assert any(each.startswith("Visit ") for each in found)
    line = texts(page, "//section[@id='citation']//p[contains(@class,'box')]")[0]
    assert line.startswith("Breuken, ")
    assert line.endswith("CC BY 4.0")
    assert "@misc{" in texts(page, "//pre")[0]


def test_files_are_buttons_with_kind_and_size_and_time_stands_beside(api: Api, curator: Caller) -> None:
    record = msgspec.structs.replace(
        a_lesson("Breuken", "fractions"),
        files=(
            File("https://files.example/a.pdf", "application/pdf", 16_600_000, role="download"),
            File("javascript:alert(1)//a.pdf", "application/pdf", 5, role="download"),
            File("https://files.example/p.png", "image/png", 5, role="thumbnail"),
        ),
        educational=(Educational(typical_learning_time=Duration(raw="PT50M")),),
    )
    page = published(api, curator, record)

    assert [each for each in texts(page, "//a") if each.startswith("PDF")] == ["PDF, 16.6 MB"]
    assert "50 minutes" in texts(page, "//p[@class='facts']/span")


def test_the_page_is_named_and_described_for_others(api: Api, curator: Caller) -> None:
    page = published(api, curator, a_lesson("Breuken", "fractions", text="Over " + "breuken " * 60))

    assert page.xpath("//link[@rel='canonical']/@href")[0].startswith("http://repository.example/id/resource/")
    assert page.xpath("//meta[@property='og:title']/@content") == ["Breuken"]
    described = page.xpath("//meta[@name='description']/@content")[0]
    assert len(described) <= 201
    assert described.endswith("breuken…")
    assert page.xpath("//script[@type='application/ld+json']")


def test_what_is_alike_is_shown_and_a_record_is_not_like_itself(api: Api, curator: Caller) -> None:
    for title in ("Breuken vergelijken", "Breuken optellen"):
        curator.created(a_lesson(title, "fractions"), "?as=published")
    page = published(api, curator, a_lesson("Breuken delen", "fractions"))

    assert sorted(texts(page, "//li[contains(@class,'card')]//h3")) == ["Breuken optellen", "Breuken vergelijken"]


def test_a_tombstone_names_its_successor_by_title_and_leads_on(api: Api, curator: Caller) -> None:
    gone = curator.created(a_lesson("Oud"), "?as=published")
    there = curator.created(a_lesson("Nieuw"), "?as=published")
    api.publish()
    curator.delete(gone, reason="Er is een betere.", successor=there)
    api.publish()

    page = tree(api, f"/doc/resource/{gone}.html", 410)

    assert "Nieuw" in texts(page, "//main//a")
    assert "Oud" not in page.text_content()
    assert page.xpath("//main//form[@role='search']")


@pytest.mark.parametrize("path", ["/nowhere", "/doc/resource/00000000-0000-4000-8000-000000000000"])
def test_what_is_not_there_leads_on(api: Api, path: str) -> None:
    assert tree(api, path, 404).xpath("//main//form[@action='/search']")


def test_an_organisation_and_a_collection_that_records_name_have_their_page_at_once(api: Api, curator: Caller) -> None:
    from repository.collections import editing, shown  # noqa: PLC0415

    uuid = curator.created(a_lesson("Breuken", "fractions"), "?as=published")
    other = curator.created(a_lesson("Delen", "fractions"), "?as=draft")
    api.publish()
    api.index()
    items = [shown.Item(other, {}, {}), shown.Item(uuid, {"nl": "Oefenen"}, {"nl": "Omdat het past."})]
    editing.put(api.site, shown.Collection("rekenweek", {"nl": "Rekenweek"}, {"nl": "Een week."}, "curated"), items)

    page = tree(api, "/collections/rekenweek")

    assert texts(page, "//h1") == ["Rekenweek"]
    assert texts(page, "//h2") == ["Oefenen"]
    assert texts(page, "//li[contains(@class,'card')]//h3") == ["Breuken"]
    assert "Omdat het past." in page.text_content()
    assert "Delen" not in page.text_content()  # a draft is on no page
    assert tree(api, "/collections").xpath("//a[@href='/collections/rekenweek']")
    assert api.anybody.get("/collections/nothing").status_code == 404
    assert api.anybody.get("/organisations/nothing").status_code == 404


def test_what_a_record_says_of_access_stands_on_its_page(api: Api, curator: Caller) -> None:
    path = TaxonPath(
        (LangString(None, "https://schema.org/accessibilityFeature"),),
        (Taxon(entry=(LangString(None, "captions"),)),),
    )
    said = Classification(Vocabulary("LOMv1.0", "accessibility restrictions"), (path,))
    lesson = a_lesson("Breuken", "fractions")
    page = published(api, curator, msgspec.structs.replace(lesson, classification=(*lesson.classification, said)))

    assert texts(page, "//dt[text()='Accessibility']/following-sibling::dd/span") == ["Captions"]


def test_a_collection_by_query_shows_what_its_search_finds_and_follows_it(api: Api, curator: Caller) -> None:
    from repository.collections import editing, shown  # noqa: PLC0415

    for title, subject in (("Breuken", "fractions"), ("Fietsen", "biology")):
        curator.created(a_lesson(title, subject), "?as=published")
    api.publish()
    api.index()
    query = "subject=https%3A%2F%2Fw3id.org%2Foerbron%2Fsubject%2Fmathematics"
    editing.put(api.site, shown.Collection("rekenen", {"nl": "Rekenen"}, {}, "query", query))
    editing.put(api.site, shown.Collection("gekozen", {"nl": "Gekozen"}, {}, "curated"))

    page = tree(api, "/collections/rekenen")
    feed = page.xpath("//link[@type='application/atom+xml']/@href")[0]

    assert texts(page, "//li[contains(@class,'card')]//h3") == ["Breuken"]
    assert "Breuken" in api.anybody.get(feed).text
    assert "Fietsen" not in api.anybody.get(feed).text
    # No feed is offered that would stay empty.
    assert tree(api, "/collections/gekozen").xpath("//link[@type='application/atom+xml']") == []


def test_a_record_names_its_organisation_and_collections(api: Api, curator: Caller) -> None:
    from repository.accounts import organisations  # noqa: PLC0415
    from repository.collections import editing, shown  # noqa: PLC0415

    organisations.add(api.site, "linde", "Basisschool De Linde")
    editing.put(api.site, shown.Collection("rekenweek", {"en": "Maths week"}, {}, "curated"))
    body = {"record": json.loads(to_json(a_lesson("Breuken", "fractions")))}
    made = curator.post("?as=published", json=body | {"organisation": "linde", "collections": ["rekenweek", "los"]})
    assert made.status_code == 201, made.text
    api.publish()

    page = tree(api, f"/doc/resource/{made.get_json()['id']}.html")
    links = {a.get("href"): a.text_content() for a in page.xpath("//a")}

    assert links["/organisations/linde"] == "Basisschool De Linde"
    assert (links["/collections/rekenweek"], links["/collections/los"]) == ("Maths week", "los")
