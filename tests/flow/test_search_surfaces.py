"""The search outside the API: pages, feeds, OpenSearch, SRU; the same records everywhere."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from lxml import etree

from schemas.xml.reader import parse
from tests.flow.test_search_api import SUBJECT, a_lesson, search
from tests.support.api import Api, Caller
from tests.support.factories import a_record

ATOM = "{http://www.w3.org/2005/Atom}"
SRW = "{http://www.loc.gov/zing/srw/}"
DIAGNOSTIC = "{http://www.loc.gov/zing/srw/diagnostic/}"


@pytest.fixture
def filled(api: Api, curator: Caller) -> Api:
    for lesson in (
        a_lesson("Breuken <b>vet</b> & co", "fractions", text="Over breuken <script>alert(1)</script>", age="8-10"),
        a_lesson("Breuken oefenen", "fractions", by=False),
        a_lesson("Fietsen", "biology", lang="en"),
    ):
        curator.created(lesson, "?as=published")
    api.publish()
    api.index()
    return api


def page(api: Api, query: str, status: int = 200) -> str:
    response = api.anybody.get(f"/search?{query}")
    assert response.status_code == status, response.text
    return response.text


def xml(api: Api, path: str) -> etree._Element:
    response = api.anybody.get(path)
    assert response.status_code == 200, response.text
    return parse(response.data).root


def test_the_page_shows_hits_counts_and_choices(filled: Api) -> None:
    text = page(filled, "q=breuken&lang=en")

    assert ">2 results</h2>" in text
    assert "<mark>Breuken</mark> oefenen" in text
    assert f'href="/search?q=breuken&amp;subject={SUBJECT.replace(":", "%3A").replace("/", "%2F")}mathematics"' in text
    assert "Mathematics" in text
    assert 'rel="next' not in text


def test_strangers_words_are_text_on_the_page(filled: Api) -> None:
    text = page(filled, "q=breuken%3Cscript%3E&lang=%3Cscript%3E")

    assert text.count("<script") == text.count('<script src="/look/')


def test_a_chosen_value_is_a_chip_and_can_be_let_go(filled: Api) -> None:
    text = page(filled, f"q=breuken&subject={SUBJECT}fractions&open=true&lang=nl")

    assert ">1 resultaat</h2>" in text
    assert text.count('class="chosen"') == 2
    chips = re.findall(r'<li><a href="([^"]+)" rel="nofollow"><span class="soft">', text)
    assert [chip.count("open=true") + chip.count("fractions") for chip in chips] == [1, 1]


def test_the_page_walks_to_the_end_and_back_to_the_start(filled: Api) -> None:
    seen: list[str] = []
    address = "q=&size=1&sort=title"
    while True:
        text = page(filled, address)
        seen += re.findall(r'<h3><a href="/doc/resource/[^>]+>([^<]+)', text)
        following = re.search(r'<a href="/search\?([^"]+)" rel="next', text)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")

    assert seen == ["Breuken oefenen", "Breuken vet &amp; co", "Fietsen"]
    assert ">Eerste pagina<" in text


@pytest.mark.parametrize("query", ["sort=best&age=oud&colour=red&size=x&facets=no", f"q={'x' * 2000}", "q=%22-:", ""])
def test_the_page_passes_over_what_makes_no_sense(filled: Api, query: str) -> None:
    assert "<h1>" in page(filled, query)


def test_a_foreign_cursor_leads_to_the_first_page(filled: Api) -> None:
    response = filled.anybody.get("/search?q=breuken&cursor=abc")

    assert response.status_code == 303
    assert response.headers["Location"].endswith("/search?q=breuken")


def test_a_misspelt_word_is_told_on_the_page(filled: Api) -> None:
    assert '<a href="/search?q=breuken" rel="nofollow">breuken</a>' in page(filled, "q=brueken")


def test_the_page_puts_the_readers_language_first(api: Api, curator: Caller) -> None:
    for lang in ("fr", "nl", "en"):
        curator.created(a_lesson("Robots", lang=lang, text=lang), "?as=published")
    api.publish()
    api.index()

    for lang in ("nl", "fr", "en"):
        text = page(api, f"q=robots&lang={lang}")
        assert re.findall(r'<h3><a href="[^"]+"[^>]* lang="([a-z]+)"', text)[0] == lang
        assert "prefer=" not in text
    assert re.findall(r'<h3><a href="[^"]+"[^>]* lang="([a-z]+)"', page(api, "q=robots&lang=nl&prefer=fr"))[0] == "fr"


def test_all_that_was_searched_instead_stands_on_the_page(api: Api, curator: Caller) -> None:
    for title in ("Breuken", "Beuken"):
        curator.created(a_lesson(title), "?as=published")
    api.publish()
    api.index()

    assert ">beuken OR breuken</a>" in page(api, "q=reuken")


def test_the_language_links_keep_the_search(filled: Api) -> None:
    assert 'href="?q=breuken&amp;lang=fr"' in page(filled, "q=breuken&lang=nl")


def test_without_an_index_the_page_is_busy_and_the_others_live(api: Api, curator: Caller) -> None:
    api.published(curator)

    page(api, "q=breuken", 503)
    assert api.anybody.get("/").status_code == 200


def test_a_search_is_a_feed(filled: Api) -> None:
    root = xml(filled, f"/feeds/atom.xml?q=breuken&subject={SUBJECT}fractions")
    entries = root.findall(f"{ATOM}entry")

    assert {entry.findtext(f"{ATOM}title") for entry in entries} == {"Breuken vet & co", "Breuken oefenen"}
    for entry in entries:
        assert all(entry.find(f"{ATOM}{name}") is not None for name in ("id", "updated", "summary", "author"))
    assert root.findtext(f"{ATOM}updated") == max(entry.findtext(f"{ATOM}updated") or "" for entry in entries)
    (self_,) = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert "q=breuken" in str(self_.get("href"))


def test_the_description_names_the_addresses_of_the_search(filled: Api) -> None:
    root = xml(filled, "/opensearch.xml")

    templates = [str(url.get("template")) for url in root if etree.QName(url).localname == "Url"]
    assert templates[0] == "http://repository.example/search?q={searchTerms}"
    assert 'rel="search"' in page(filled, "")


def test_sru_gives_the_stored_faces(filled: Api) -> None:
    root = xml(filled, "/sru?version=1.2&operation=searchRetrieve&query=breuken&maximumRecords=1&recordSchema=lom")

    assert root.findtext(f"{SRW}numberOfRecords") == "2"
    assert root.findtext(f"{SRW}nextRecordPosition") == "2"
    (record,) = root.iter(f"{SRW}record")
    assert record.find(f"{SRW}recordData/{{http://ltsc.ieee.org/xsd/LOM}}lom") is not None
    second = xml(filled, "/sru?operation=searchRetrieve&query=breuken&maximumRecords=1&startRecord=2")
    assert second.find(f".//{SRW}recordData/{{http://www.openarchives.org/OAI/2.0/oai_dc/}}dc") is not None
    assert second.find(f"{SRW}nextRecordPosition") is None
    assert second.findtext(f".//{SRW}recordPosition") == "2"


def sru_ids(api: Api, query: str) -> list[str]:
    address = urlencode({"operation": "searchRetrieve", "query": query, "maximumRecords": 100})
    found = xml(api, f"/sru?{address}")
    ids = [str(each.text).rpartition(":")[2] for each in found.iter(f"{SRW}recordIdentifier")]
    assert found.findtext(f"{SRW}numberOfRecords") == str(len(ids))
    return ids


@pytest.mark.parametrize(
    ("q", "queries"),
    [
        ("breuken", ["breuken", '"breuken"', "cql.anywhere = breuken"]),
        ("de breuken", ['"de breuken"', "de and breuken", 'cql.serverChoice all "de breuken"']),
        ("breuken oefenen", ['"breuken oefenen"', "breuken and oefenen", "oefenen and breuken"]),
        ("les brief", ['"les brief"', "les and brief", "lesbrief"]),
        ("e-learning", ["e-learning", "elearning", '"e learning"', "dc.description = e-learning"]),
        ("breuken -oefenen", ["breuken not oefenen"]),
        ("fietsen OR oefenen", ["fietsen or oefenen", 'cql.serverChoice any "fietsen oefenen"']),
        ("title:breuken", ["dc.title = breuken", "title = breuken"]),
        ("breukne", ["breukne", '"breukne"']),
        ("breu*", ["breu*"]),
    ],
)
def test_sru_finds_what_the_api_finds_for_the_same_words(api: Api, curator: Caller, q: str, queries: list[str]) -> None:
    for lesson in (
        a_lesson("Breuken", "fractions"), a_lesson("Breuken oefenen"), a_lesson("Alles over de breuken"),
        a_lesson("Fietsen", text="met een lesbrief"), a_lesson("Een les brief"), a_lesson("Over e-learning"),
        a_lesson("Elearning"), a_lesson("Anders", text="over e learning"),
    ):  # fmt: skip
        curator.created(lesson, "?as=published")
    api.publish()
    api.index()
    expected = [each["id"] for each in search(api, q=q, size=100)["items"]]

    assert expected
    assert {query: set(sru_ids(api, query)) for query in queries} == dict.fromkeys(queries, set(expected))  # noqa: RUF024
    assert sru_ids(api, queries[0])[0] == expected[0]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("operation=searchRetrieve", 7), ("operation=scan", 4), ("version=3.0&query=a", 5),
        ("query=a&startRecord=0", 6),
        ("query=a&maximumRecords=x", 6), ("query=a&recordSchema=mods", 66), ("query=a&recordPacking=zip", 71),
        ("query=breuken&startRecord=9", 61), ("query=dc.no%3Da", 16), ("query=%28", 10), ("query=a&colour=red", 8),
        ("query=a&sortKeys=x", 80),
    ],
)  # fmt: skip
def test_mistakes_in_sru_are_diagnostics(filled: Api, query: str, number: int) -> None:
    root = xml(filled, f"/sru?{query}")

    assert root.findtext(f".//{DIAGNOSTIC}uri") == f"info:srw/diagnostic/1/{number}"


def test_sru_explains_itself(filled: Api) -> None:
    root = xml(filled, "/sru")

    text = etree.tostring(root, encoding="unicode")
    assert etree.QName(root).localname == "explainResponse"
    assert "oai_dc" in text
    assert '<name set="dc">title</name>' in text
    assert filled.anybody.get("/sru?operation=explain&version=1.1").status_code == 200


def test_sru_answers_are_read_by_our_own_import(filled: Api, api: Api) -> None:
    from schemas.formats.incoming import incoming  # noqa: PLC0415 - the reader of the other side

    answer = filled.anybody.get("/sru?operation=searchRetrieve&query=breuken&recordSchema=lom").data
    request = incoming.Incoming(name="sru", vocabularies=api.site.vocabularies)
    found = list(incoming.deliveries(answer, request))

    assert len(found) == 2
    assert all(each.reading is not None for each in found)


def test_a_withdrawn_record_is_in_no_surface(api: Api, curator: Caller) -> None:
    gone = api.published(curator, a_record("Verdwenen"))
    api.index()
    curator.delete(gone, reason="weg")
    api.publish()

    assert "/doc/resource/" not in page(api, "q=verdwenen")
    assert xml(api, "/feeds/atom.xml?q=verdwenen").find(f"{ATOM}entry") is None
    assert xml(api, "/sru?query=verdwenen").find(f".//{SRW}recordData") is None
