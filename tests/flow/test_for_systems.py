"""Statistics, and the pages for systems: the same numbers everywhere, and readable without a script."""

from __future__ import annotations

import csv

import pytest
from lxml import html

from tests.flow.test_search_api import a_lesson
from tests.support.api import Api, Caller, body_of

EN = {"Accept-Language": "en"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", **EN}


def tree(api: Api, path: str, headers: dict[str, str] = EN) -> html.HtmlElement:
    response = api.anybody.get(path, headers=headers)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return html.fromstring(response.data)


def filled(api: Api, curator: Caller) -> None:
    for title, subject in (("Breuken", "fractions"), ("Delen", "fractions"), ("Dieren", "biology")):
        curator.created(a_lesson(title, subject), "?as=published")
    curator.created(a_lesson("Ontwerp", "fractions"), "?as=draft")
    api.publish()
    api.index()


def numbers(page: html.HtmlElement, name: str) -> list[tuple[str, str]]:
    rows = page.xpath(f"//section[@aria-labelledby='{name}']//tbody/tr")
    return [(row.find("th").text_content().strip(), row.xpath("string(.//span)")) for row in rows]


def test_table_csv_and_search_give_the_same_numbers_with_the_same_labels(api: Api, curator: Caller) -> None:
    filled(api, curator)
    page = tree(api, "/statistics")
    rows = list(csv.DictReader(api.anybody.get("/statistics.csv", headers=EN).text.splitlines()))
    facets = body_of(api.anybody.get("/api/v1/search?facets=language,license&lang=en"))["facets"]

    for name in ("subject", "level", "language", "license", "source", "completeness", "month"):
        assert numbers(page, name) == [(row["label"], row["count"]) for row in rows if row["table"] == name], name
    for name in ("language", "license"):
        assert numbers(page, name) == [(each["label"], str(each["count"])) for each in facets[name]]
    assert dict(numbers(page, "subject"))["Mathematics"] == "2"  # the draft is in no number
    assert sum(int(count) for _, count in numbers(page, "month")) == 3
    assert sum(int(count) for _, count in numbers(page, "completeness")) == 3


def test_a_number_leads_to_its_records_and_a_bar_is_as_long_as_its_number(api: Api, curator: Caller) -> None:
    filled(api, curator)
    page = tree(api, "/statistics")
    row = next(each for each in page.xpath("//tbody/tr") if "Mathematics" in each.text_content())
    widths = page.xpath("//section[@aria-labelledby='subject']//rect/@width")

    assert len(tree(api, row.xpath(".//a/@href")[0]).xpath("//li[contains(@class,'card')]")) == 2
    assert max(map(float, widths)) == 100.0
    assert len(widths) == len(numbers(page, "subject"))


def test_the_statistics_of_nothing_say_so(api: Api) -> None:
    api.index()

    assert "Nothing has been published yet." in tree(api, "/statistics").text_content()


def test_statistics_are_counted_without_an_index_too(api: Api, curator: Caller) -> None:
    curator.created(a_lesson("Breuken", "fractions"), "?as=published")
    api.publish()

    page = tree(api, "/statistics")

    assert numbers(page, "subject") == []
    assert [count for _, count in numbers(page, "month")] == ["1"]


def test_the_numbers_follow_what_is_published_within_a_minute(api: Api, curator: Caller) -> None:
    filled(api, curator)
    assert "3 resources" in tree(api, "/statistics").text_content()
    curator.created(a_lesson("Planten", "biology"), "?as=published")
    api.publish()
    api.clock.pass_(61)

    assert "4 resources" in tree(api, "/statistics").text_content()


def test_five_ways_to_harvest_each_with_an_address_that_answers(api: Api) -> None:
    links = tree(api, "/harvest").xpath("//main//dd/a/@href")

    assert len(links) == 5
    assert [api.anybody.get(each.removeprefix("http://repository.example")).status_code for each in links] == [200] * 5


def test_the_page_of_the_api_has_every_operation_of_its_document(api: Api) -> None:
    described = body_of(api.anybody.get("/api/openapi.json"))["paths"]
    page = tree(api, "/api")
    shown = [each.text_content().split()[:2] for each in page.xpath("//summary")]

    assert sorted(shown) == sorted(
        [method.upper(), f"/api/v1{path}"]
        for path, item in described.items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    )
    assert page.xpath("//script") == []


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (BROWSER["Accept"], "text/html"),
        ("*/*", "text/turtle"),
        ("", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("text/html;q=0.5, text/turtle", "text/turtle"),
    ],
)
def test_the_catalogue_is_a_page_for_browsers_and_data_for_the_rest(api: Api, accept: str, media: str) -> None:
    response = api.anybody.get("/catalog", headers={"Accept": accept} if accept else {})

    assert (response.status_code, response.mimetype) == (200, media)
    assert "Accept" in response.headers["Vary"]
