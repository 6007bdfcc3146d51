"""The explorer: a person's browser gets pages, a harvester never does; nothing that a record says is carried out."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse

from portal.app import create_app
from repository.config.sections import ContextSection
from schemas.summary.markup import unmarked
from tests.conformance.oai_site import Stage, a_stage, licensed
from tests.conformance.oai_walk import ask, judged, walk

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PERSON = {"Accept": HTML, "Sec-Fetch-Dest": "document", "Accept-Language": "en"}
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</title></style><iframe src=//evil.example>",
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A few records with hostile titles, one deleted, and a context with a hostile name."""
    home: Path = tmp_path_factory.mktemp("oai")
    made = a_stage(home, contexts=(ContextSection(name="part", title=f"Part {PAYLOADS[1]}", filter="language=nl"),))
    first, *_ = made.publish(licensed("Weg"), *map(licensed, PAYLOADS))
    made.withdraw(first)
    made.app = create_app(made.site)
    yield made
    made.close()


class Elements(HTMLParser):
    """The start tags of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def visit(stage: Stage, path: str, **headers: str) -> TestResponse:
    return Client(stage.app).get(path, headers=PERSON | headers)


def addresses(stage: Stage) -> dict[str, str]:
    """One address of every kind of page."""
    first = ask(stage.app, verb="ListRecords", metadataPrefix="lom")
    record = {"verb": "GetRecord", "metadataPrefix": "lom", "identifier": first.headers[-1].identifier}
    queries: dict[str, dict[str, str]] = {
        "identify": {"verb": "Identify"},
        "formats": {"verb": "ListMetadataFormats"},
        "sets": {"verb": "ListSets"},
        "records": {"verb": "ListRecords", "metadataPrefix": "lom"},
        "more": {"verb": "ListRecords", "resumptionToken": first.token or ""},
        "headers": {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "language:nl"},
        "record": record,
        "error": {"verb": PAYLOADS[0], "metadataPrefix": PAYLOADS[1]},
        "wrong": {"verb": "ListRecords", "metadataPrefix": "lom", "set": "nope", "from": "2026-01-01"},
    }
    return {"start": "/oai", "part": "/oai/part"} | {name: f"/oai?{urlencode(q)}" for name, q in queries.items()}


# Who gets a page.


@pytest.mark.parametrize(
    ("query", "headers", "page"),
    [
        ("", {"Accept": HTML}, True),
        ("", {"Accept": "text/html"}, True),
        ("", {"Accept": "*/*"}, False),
        ("", {"Accept": "text/xml, text/html;q=0.5"}, False),
        ("", {}, False),
        ("", {"Accept": "*/*", "Sec-Fetch-Dest": "document"}, True),
        ("verb=Identify", {"Accept": HTML}, False),  # harvesters of a national network send a browser's Accept
        ("verb=Identify", {"Accept": "text/html"}, False),
        ("verb=Identify", {"Accept": HTML, "Sec-Fetch-Dest": "empty"}, False),
        ("verb=Identify", {"Accept": HTML, "Sec-Fetch-Dest": "document"}, True),
        ("verb=Nope", {"Accept": HTML}, False),
        ("verb=", {"Accept": HTML}, False),
        ("metadataPrefix=oai_dc", {"Accept": HTML}, True),
        ("metadataPrefix=oai_dc", {"Accept": "text/xml"}, False),
    ],
)
def test_only_a_person_gets_a_page(stage: Stage, query: str, headers: dict[str, str], page: bool) -> None:
    answer = Client(stage.app).get("/oai", query_string=query, headers=headers)

    if page:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    else:
        judged(answer)
    assert {"Accept", "Accept-Encoding", "Sec-Fetch-Dest"} <= {
        each.strip() for each in answer.headers["Vary"].split(",")
    }


def test_a_form_is_always_answered_in_xml(stage: Stage) -> None:
    judged(Client(stage.app).post("/oai", data={"verb": "Identify"}, headers={"Accept": HTML}))


# What a page is.


def test_every_page_is_safe_whatever_the_records_say(stage: Stage) -> None:
    for name, address in addresses(stage).items():
        answer = visit(stage, address)
        page = Elements(answer.get_data(as_text=True))
        assert answer.status_code == 200, name
        active = ("script", "img", "svg", "iframe", "style")
        own_icon = {"class": "i", "aria-hidden": "true"}
        assert not [each for each, its in page.found if each in active and dict(its) != own_icon], name
        assert not [a for _, attributes in page.found for a in attributes if a.startswith("on") or a == "style"], name
        for attributes in page.of("a"):
            assert attributes["href"].startswith(("/", "#")), (name, attributes)
            assert not attributes["href"].startswith("//")


def test_every_page_works_without_scripts_and_says_what_it_is(stage: Stage) -> None:
    for name, address in addresses(stage).items():
        page = Elements(visit(stage, address).get_data(as_text=True))
        [html] = page.of("html")
        ids = {attributes["id"] for _, attributes in page.found if "id" in attributes}
        assert html["lang"] == "en"
        assert len(page.of("h1")) == len(page.of("main")) == len(page.of("title")) == 1, name
        assert page.of("a")[0]["href"] == "#main"
        assert {attributes["for"] for attributes in page.of("label")} <= ids
        named = [*page.of("input"), *page.of("select")]
        assert {attributes["id"] for attributes in named} <= {attributes["for"] for attributes in page.of("label")}


def test_every_link_leads_somewhere(stage: Stage) -> None:
    for name, address in addresses(stage).items():
        for attributes in Elements(visit(stage, address).get_data(as_text=True)).of("a"):
            href = attributes["href"]
            if href.startswith("/oai"):
                assert visit(stage, href).status_code == 200, (name, href)


def shown(stage: Stage, address: str) -> str:
    """The text of a page."""
    return Elements(visit(stage, address).get_data(as_text=True)).text


def test_a_page_shows_what_the_answer_holds(stage: Stage) -> None:
    pages = list(walk(stage.app, metadataPrefix="lom"))
    texts = [
        shown(stage, addresses(stage)["records"]),
        *(shown(stage, f"/oai?verb=ListRecords&resumptionToken={page.token}") for page in pages if page.token),
    ]

    for page, text in zip(pages, texts, strict=True):
        for header in page.headers:
            assert header.identifier in text
            assert header.datestamp in text
    assert "Records from number 1, of 7." in texts[0]
    assert "This is the last page." in texts[-1]
    # Markup in a title goes out as its words; what only looks like markup stays, and is shown as text.
    assert all(unmarked(payload) in "".join(texts) for payload in PAYLOADS)
    assert [text.count("deleted") for text in texts] == [0, 0, 1]
    assert "noRecordsMatch" in shown(stage, addresses(stage)["wrong"])


def test_a_list_is_walked_by_its_links(stage: Stage) -> None:
    href, seen = "/oai?verb=ListIdentifiers&metadataPrefix=lom", []
    while href:
        page = Elements(visit(stage, href).get_data(as_text=True))
        seen += re.findall(r"oai:repository\.example:[0-9a-f-]{36}", page.text)
        records = [a["href"] for a in page.of("a") if "verb=GetRecord" in a["href"]]
        assert all("metadataPrefix=lom" in each for each in records)
        href = next((a["href"] for a in page.of("a") if a.get("class") == "next"), "")

    assert len(set(seen)) == 7


def test_xml_source_is_the_same_answer_as_xml(stage: Stage) -> None:
    for name in ("identify", "records", "more", "record", "error"):
        page = Elements(visit(stage, addresses(stage)[name]).get_data(as_text=True))
        [source] = [a["href"] for a in page.of("a") if "/source.xml?" in a["href"]]

        assert judged(visit(stage, source)).base_url == "http://repository.example/oai"


# The builder.


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"verb": "Identify", "metadataPrefix": "lom", "set": "a"}, {"verb": ["Identify"]}),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "lom",
                "set": "",
                "from": "2026-11-18",
                "until": " ",
                "identifier": "x",
            },
            {"verb": ["ListRecords"], "metadataPrefix": ["lom"], "from": ["2026-11-18"]},
        ),
        (
            {"verb": "GetRecord", "metadataPrefix": "lom", "identifier": " oai:x:1&2 ", "set": "a"},
            {"verb": ["GetRecord"], "metadataPrefix": ["lom"], "identifier": ["oai:x:1&2"]},
        ),
        ({"verb": "<script>", "set": "a"}, {}),
        ({}, {}),
    ],
)
def test_the_builder_leads_to_the_request(stage: Stage, fields: dict[str, str], wanted: dict[str, Any]) -> None:
    answer = visit(stage, "/oai/part/build.html?" + urlencode(fields))

    assert answer.status_code == 303
    where = urlsplit(answer.headers["Location"])
    assert (where.scheme, where.netloc, where.path) == ("", "", "/oai/part")
    assert parse_qs(where.query) == wanted


def test_the_builder_offers_the_formats_and_sets_of_its_context(stage: Stage) -> None:
    page = Elements(visit(stage, "/oai/part").get_data(as_text=True))

    assert [form["action"] for form in page.of("form")] == ["/oai/part/build.html"]
    values = {attributes.get("value") for attributes in page.of("option")}
    assert {"", "language:nl", "license:cc:by"} <= values
    assert page.text.count("http://repository.example/oai/part") == 1


# Languages.


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "Stel een aanvraag samen"),
        ("en", "Make a request"),
        ("fr", "Composer une requête"),
        ("de", "Eine Anfrage stellen"),
    ],
)
def test_a_page_speaks_the_language_of_the_browser_or_the_chosen_one(
    stage: Stage, language: str, sentence: str
) -> None:
    by_browser = visit(stage, "/oai", **{"Accept-Language": f"{language}-XX, ja;q=0.1"})
    by_link = visit(stage, f"/oai?lang={language}", **{"Accept-Language": "ja"})

    for answer in (by_browser, by_link):
        page = Elements(answer.get_data(as_text=True))
        assert page.of("html")[0]["lang"] == language
        assert sentence in page.text
        assert {"Accept-Language", "Cookie"} <= {each.strip() for each in answer.headers["Vary"].split(",")}


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_a_person_gets_along_in_a_browser_without_scripts(stage: Stage, width: int) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this test needs it

    chromium = shutil.which("chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with served(stage) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        tab = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False, locale="nl")
        page = tab.new_page()
        page.goto(f"{base}/oai")
        page.get_by_label("Formaat (metadataPrefix)").select_option("lom")
        page.get_by_label("Set", exact=True).select_option("language:nl")
        page.get_by_role("button", name="Versturen").click()
        assert parse_qs(urlsplit(page.url).query) == {
            "verb": ["ListRecords"], "metadataPrefix": ["lom"], "set": ["language:nl"],
        }  # fmt: skip
        page.get_by_role("link", name="Volgende pagina").first.click()
        page.get_by_role("heading", level=2).get_by_role("link").first.click()
        assert "verb=GetRecord" in page.url
        assert page.locator("dl").count() >= 1
        for address in addresses(stage).values():
            page.goto(base + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        browser.close()


@contextmanager
def served(stage: Stage) -> Iterator[str]:
    """The application on a free port of this machine."""
    server = make_server("127.0.0.1", 0, stage.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
