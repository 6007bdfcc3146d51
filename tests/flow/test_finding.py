"""Finding: home, subjects and levels, what is recognised in the words, and the way on from nothing."""

from __future__ import annotations

import re

import msgspec
import pytest
from lxml import html

from schemas.record import Educational, Record, Vocabulary
from tests.flow.test_search_api import SUBJECT, a_lesson
from tests.support.api import Api, Caller


@pytest.fixture
def filled(api: Api, curator: Caller) -> Api:
    for title, subject, lang in (
        ("Breuken vergelijken", "fractions", "nl"),
        ("Breuken oefenen", "fractions", "nl"),
        ("Fractions", "fractions", "en"),
        ("Fietsen", "biology", "nl"),
    ):
        curator.created(a_lesson(title, subject, lang=lang), "?as=published")
    api.publish()
    api.index()
    return api


def tree(api: Api, path: str, status: int = 200) -> html.HtmlElement:
    response = api.anybody.get(path)
    assert response.status_code == status, response.text[:500]
    return html.fromstring(response.data)


def texts(page: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in page.xpath(path)]


def test_home_has_tiles_and_chips_of_what_there_is(filled: Api) -> None:
    page = tree(filled, "/?lang=en")

    assert texts(page, "//h1") == ["What do you teach tomorrow?"]
    assert texts(page, "//ul[@class='subs']//a") == ["Mathematics 3", "Natural sciences 1"]
    assert page.xpath("//ul[@class='subs']//a/@href")[0] == "/subjects/mathematics"
    assert "4 resources" in page.text_content()


def test_a_subject_shows_what_is_in_it_with_counts_and_the_newest(filled: Api) -> None:
    page = tree(filled, "/subjects/mathematics?lang=nl")

    assert texts(page, "//h1") == ["Wiskunde"]
    assert "3 leermiddelen" in texts(page, "//h2")
    assert sorted(texts(page, "//li//h3/a")) == ["Breuken oefenen", "Breuken vergelijken", "Fractions"]
    assert texts(page, "//li//h3/a")[-1] == "Fractions"  # the reader's language first


def test_a_subject_of_a_level_lists_only_what_is_in_both(filled: Api, curator: Caller) -> None:
    record = a_lesson("Vijfde", "fractions")
    curator.created(_of_level(record, "5de leerjaar"), "?as=published")
    filled.publish()
    filled.index()

    page = tree(filled, "/subjects/mathematics?level=primary-y5&lang=nl")
    above = tree(filled, "/subjects/mathematics?level=primary&lang=nl")
    level = tree(filled, "/levels/primary-y5?subject=mathematics&lang=nl")

    assert texts(page, "//li//h3/a") == texts(above, "//li//h3/a") == texts(level, "//li//h3/a") == ["Vijfde"]


def _of_level(record: Record, label: str) -> Record:
    return msgspec.structs.replace(record, educational=(Educational(context=(Vocabulary(value=label),)),))


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/subjects/mathematics?level=maandag", "There is no level “maandag” here."),
        ("/levels/primary?subject=%3Cb%3E", "There is no subject “<b>” here."),
    ],
)
def test_a_crossing_that_means_nothing_is_told_and_finds_nothing(filled: Api, path: str, sentence: str) -> None:
    page = tree(filled, path + "&lang=en")

    assert sentence in texts(page, "//*[@role='alert']")[0]
    assert texts(page, "//li//h3/a") == []
    assert page.xpath("//*[@role='alert']//a/@href") == [path.partition("?")[0]]


@pytest.mark.parametrize("path", ["/subjects/nothing", "/levels/x", "/doc/concept/subject/x", "/id/concept/x/y"])
def test_what_is_no_concept_is_not_found(filled: Api, path: str) -> None:
    assert filled.anybody.get(path).status_code == 404


def test_all_subjects_and_levels_have_a_page(filled: Api) -> None:
    assert texts(tree(filled, "/subjects?lang=en"), "//h2/a") == ["Mathematics 3", "Natural sciences 1"]
    assert texts(tree(filled, "/levels?lang=en"), "//h1") == ["Levels"]


def test_a_concept_answers_people_and_machines(filled: Api) -> None:
    name = filled.anybody.get("/id/concept/subject/fractions")
    person = filled.anybody.get("/doc/concept/subject/fractions", headers={"Accept": "text/html"})
    turtle = filled.anybody.get("/doc/concept/subject/fractions", headers={"Accept": "text/turtle"})
    json_ld = filled.anybody.get("/doc/concept/subject/fractions.jsonld").get_json()
    kind = filled.anybody.get("/doc/concept/type/worksheet.html")

    assert (name.status_code, name.location) == (303, "http://repository.example/doc/concept/subject/fractions")
    assert (person.status_code, person.location) == (303, "http://repository.example/subjects/fractions")
    assert f"<{SUBJECT}fractions> a skos:Concept" in turtle.text
    assert json_ld["@id"] == f"{SUBJECT}fractions"
    assert json_ld["prefLabel"]["nl"] == ["Breuken"]
    assert kind.status_code == 200
    assert filled.anybody.get("/doc/concept/subject/fractions", headers={"Accept": "image/png"}).status_code == 406


def test_turtle_and_json_ld_of_a_concept_say_the_same(filled: Api) -> None:
    import rdflib  # noqa: PLC0415

    graphs = []
    for ending, form in (("ttl", "turtle"), ("jsonld", "json-ld")):
        graph = rdflib.Graph()
        graph.parse(data=filled.anybody.get(f"/doc/concept/subject/mathematics.{ending}").data, format=form)
        graphs.append(set(graph))

    assert graphs[0] == graphs[1]
    assert len(graphs[0]) > 20


def test_concepts_in_the_words_are_chips_that_ask_for_them(filled: Api, curator: Caller) -> None:
    curator.created(_of_level(a_lesson("Taarten delen met breuken", "fractions"), "5de leerjaar"), "?as=published")
    filled.publish()
    filled.index()

    page = tree(filled, "/search?q=delen+5de+leerjaar&lang=nl")
    chips = page.xpath("//ul[@aria-label='In je woorden herkend']//a")

    assert [" ".join(each.text_content().split()) for each in chips] == ["Onderwijsniveau: Vijfde leerjaar, 1"]
    assert "primary-y5" in chips[0].get("href")
    assert texts(tree(filled, chips[0].get("href") + "&lang=nl"), "//li//h3/a") == ["Taarten delen met breuken"]


@pytest.mark.parametrize("query", ['"vijfde leerjaar"', "breuken AND wiskunde", "-wiskunde", "wiskun*"])
def test_whoever_writes_signs_means_the_words(filled: Api, query: str) -> None:
    page = tree(filled, f"/search?q={query}&lang=nl")

    assert page.xpath("//ul[@aria-label='In je woorden herkend']") == []


def test_every_value_of_a_facet_is_a_link_that_ends_in_its_count(filled: Api) -> None:
    page = tree(filled, "/search?lang=en")
    links = texts(page, "//details[contains(@class,'facets')]//li/a")

    assert links
    assert all(re.search(r" \d+$", each) for each in links)
    assert "Mathematics 3" in links


def test_other_languages_are_offered_and_the_readers_comes_first(filled: Api) -> None:
    page = tree(filled, "/search?q=breuken+OR+fractions&lang=nl")

    assert "Ook in het Engels (1)" in texts(page, "//a")
    assert texts(page, "//li//h3/a")[-1] == "Fractions"


def test_where_nothing_is_found_the_page_counts_what_there_would_be(filled: Api) -> None:
    page = tree(filled, "/search?q=breuken+vergelijken&language=en&lang=en")
    steps = page.xpath("//ul[@class='plain']//a")

    assert "0 results" in texts(page, "//h2")
    assert "without English: 1" in texts(page, "//ul[@class='plain']//a")
    for step in steps:
        count = int(re.search(r"(\d+)$", step.text_content().strip())[1])
        assert f"{count} result" in tree(filled, step.get("href") + "&lang=en").text_content()
    assert page.xpath("//ul[@class='subs']")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("age=oud", "Age: “oud” is unknown here"),
        ("subject=alchemie", "Subject: “alchemie” is unknown here"),
        ("from=yesterday", "from: “yesterday” is unknown here"),
        ("q=breuken&level=%3Cscript%3E", "Level: “<script>” is unknown here"),
    ],
)
def test_a_filter_that_means_nothing_is_told_finds_nothing_and_can_be_dropped(
    filled: Api, query: str, told: str
) -> None:
    page = tree(filled, f"/search?{query}&lang=en")

    assert told in texts(page, "//*[@role='alert']")[0]
    assert "0 results" in texts(page, "//h2")
    kept = page.xpath("//*[@role='alert']//a/@href")[0]
    assert "oud" not in kept
    assert tree(filled, kept).xpath("//*[@role='alert']") == []


def test_what_only_shapes_the_answer_is_ignored(filled: Api) -> None:
    assert "4 results" in texts(tree(filled, "/search?sort=best&colour=red&lang=en"), "//h2")


def test_a_card_links_to_its_record_with_the_title_and_nothing_else(filled: Api) -> None:
    page = tree(filled, "/search?q=vergelijken&lang=nl")
    link = page.xpath("//li[contains(@class,'card')]//a")

    assert texts(page, "//li[contains(@class,'card')]//a") == ["Breuken vergelijken"]
    assert texts(tree(filled, link[0].get("href")), "//h1") == ["Breuken vergelijken"]
