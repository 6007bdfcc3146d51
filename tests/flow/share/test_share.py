"""Sharing from an address to the moderators' queue, and everything that can stand in the way of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from repository.config.sections import HarvestSection
from tests.flow.test_search_api import a_lesson
from tests.support.api import Api, Caller
from tests.support.browsing import Form, Visitor, somebody

LEVEL = "https://w3id.org/oerbron/level/primary-y5"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
PAGES: dict[str, tuple[int, str, bytes]] = {
    "/plain": (
        200,
        "text/html",
        b"<html lang=nl><title>Breuken voor het 5de leerjaar</title>"
        b"<meta name=description content='Oefenen met <b>stroken</b>.'><link rel=canonical href='/lesson'>",
    ),
    "/rich": (
        200,
        "text/html",
        b'<html lang=en><title>Site</title><script type="application/ld+json">{"@context":"https://schema.org",'
        b'"@type":"LearningResource","name":"Fractions","description":"Strips.","inLanguage":"en",'
        b'"license":"https://creativecommons.org/licenses/by-nc/4.0/",'
        b'"author":{"@type":"Person","name":"Ada Voorbeeld"}}</script>',
    ),
    "/evil": (
        200,
        "text/html",
        "<title>\u202eevil <script>alert(1)</script> x</title>"
        "<meta property=og:description content='&lt;img src=x onerror=alert(1)&gt;Tekst'>".encode(),
    ),
    "/old": (200, "text/html", "<meta charset=windows-1252><title>Priv\u00e9 caf\u00e9</title>".encode("cp1252")),
    "/pdf": (200, "application/pdf", b"%PDF-1.4"),
    "/gone": (404, "text/html", b"<title>Niet gevonden</title>"),
    "/login": (403, "text/html", b"<title>Log in</title>"),
    "/empty": (200, "text/html", b""),
    "/nothing": (200, "text/html", b"<p>Geen titel"),
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path
        if path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif path == "/slow":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            for _ in range(20):
                try:
                    self.wfile.write(b"<p>a")
                    time.sleep(0.5)
                except OSError:
                    return
        elif path == "/huge":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            try:
                self.wfile.write(b"<title>x</title>" + b"a" * 10_000_000)
            except OSError:
                return
        else:
            status, media, body = PAGES[path]
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path, harvest=HarvestSection(allow_hosts=("127.0.0.1",)))


@pytest.fixture
def curator(api: Api) -> Caller:
    return api.person("curator")


@pytest.fixture
def ann(api: Api) -> Visitor:
    return somebody(api)


def read(ann: Visitor, address: str) -> html.HtmlElement:
    return html.fromstring(ann.send("/share", "/share/read", address=address).data)


def chosen(page: html.HtmlElement, name: str) -> str:
    return str(page.xpath(f"string(//select[@name='{name}']/option[@selected]/@value)"))


def value(page: html.HtmlElement, name: str) -> str:
    return str(page.xpath(f"string(//input[@name='{name}']/@value)"))


def submit(ann: Visitor, page: html.HtmlElement, action: str = "/share/new", **typed: str) -> Any:
    text = html.tostring(page, encoding="unicode")
    fields = {**Form(text, action).fields, "as": "submitted", **typed}
    for name in ("licence", "level", "subject", "type", "language"):
        fields.setdefault(name, chosen(page, name))
    return ann.post(action, fields, headers={"Sec-Fetch-Site": "same-origin"})


def alerts(page: html.HtmlElement) -> str:
    return " ".join(" ".join(each.text_content().split()) for each in page.xpath("//*[@role='alert']"))


def records(curator: Caller) -> list[dict[str, Any]]:
    site = curator.client.application.extensions["oerbron"]
    with site.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT uuid, work, owner FROM record ORDER BY id").all()
    return [{"uuid": row[0], "work": row[1], "owner": row[2]} for row in rows]


def test_from_an_address_to_the_queue(api: Api, ann: Visitor, curator: Caller, elsewhere: str) -> None:
    page = read(ann, f"{elsewhere}/plain")

    assert value(page, "title") == "Breuken voor het 5de leerjaar"
    assert page.xpath("//textarea")[0].text_content().strip() == "Oefenen met stroken."
    assert value(page, "url") == f"{elsewhere}/lesson"
    assert chosen(page, "level") == LEVEL  # guessed from the title
    assert chosen(page, "language") == "nl"
    assert page.xpath("//p[@class='hint'][contains(., 'from the page')]")

    sent = submit(ann, page, licence=LICENCE)

    assert (sent.status_code, sent.location) == (303, "/my/waiting")
    shown = ann.get("/my/waiting").text
    assert "Breuken voor het 5de leerjaar" in shown
    assert "submitted" in shown
    found = records(curator)
    assert [each["work"] for each in found] == ["submitted"]
    accepted = curator.act(found[0]["uuid"], "accept")
    assert accepted.status_code == 200, accepted.text
    assert "Breuken voor het 5de leerjaar" in ann.get("/my/published").text


def test_what_a_page_says_beyond_the_form_is_kept(api: Api, ann: Visitor, curator: Caller, elsewhere: str) -> None:
    page = read(ann, f"{elsewhere}/rich")
    assert value(page, "title") == "Fractions"
    assert chosen(page, "licence") == "https://creativecommons.org/licenses/by-nc/4.0/"

    submit(ann, page)

    tree = curator.working(records(curator)[0]["uuid"])["record"]
    assert "Ada Voorbeeld" in str(tree["lifeCycle"])


@pytest.mark.parametrize("path", ["/gone", "/login", "/loop", "/slow", "/empty", "/nothing", "/pdf", "/huge", "//[::1"])
def test_a_page_that_cannot_be_read_is_one_sentence_and_a_form_with_its_address(
    ann: Visitor, elsewhere: str, path: str
) -> None:
    begun = time.monotonic()
    page = read(ann, elsewhere + path)

    assert time.monotonic() - begun < 20
    assert page.xpath("count(//*[@role='alert'])") in (0, 1)
    if path != "/huge":
        assert page.xpath("count(//*[@role='alert'])") == 1
        assert value(page, "title") == ""


@pytest.mark.parametrize("address", ["http://10.0.0.1/", "http://localhost:1/", "http://169.254.169.254/latest"])
def test_a_private_address_is_not_fetched_and_tells_nothing(ann: Visitor, address: str) -> None:
    page = read(ann, address)

    assert alerts(page) == "The page could not be read, so describe it yourself: the address is kept."
    assert value(page, "url") == address


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "file:///etc/passwd", "niets"])
def test_what_is_no_address_is_told_at_its_field(ann: Visitor, address: str) -> None:
    page = read(ann, address)

    assert "This is no web address" in alerts(page)
    assert value(page, "address") == address


def test_markup_and_signs_of_direction_become_plain_text(ann: Visitor, elsewhere: str) -> None:
    page = read(ann, f"{elsewhere}/evil")

    assert "\u202e" not in value(page, "title")
    assert "<" not in value(page, "title")
    assert page.xpath("//textarea")[0].text_content().strip() == "Tekst"


def test_a_page_is_read_in_its_own_characters(ann: Visitor, elsewhere: str) -> None:
    assert value(read(ann, f"{elsewhere}/old"), "title") == "Priv\u00e9 caf\u00e9"


def test_what_is_here_already_is_told_before_the_form(api: Api, ann: Visitor, curator: Caller, elsewhere: str) -> None:
    import msgspec  # noqa: PLC0415

    from schemas.record import Technical  # noqa: PLC0415

    record = msgspec.structs.replace(a_lesson("Breuken"), technical=Technical(location=(f"{elsewhere}/lesson",)))
    api.published(curator, record)
    api.index()

    page = read(ann, f"{elsewhere}/plain")

    assert [each.text_content() for each in page.xpath("//section[@class='box']//h3/a")] == ["Breuken"]


def test_a_form_without_a_title_comes_back_with_everything_typed(ann: Visitor, curator: Caller) -> None:
    page = html.fromstring(ann.get("/share/new").data)
    typed = {"title": "", "description": "Lang getypt.", "url": "https://a.example/", "keywords": "a, b"}
    back = html.fromstring(submit(ann, page, level=LEVEL, **typed).data)

    assert "Give it a title." in alerts(back)
    assert back.xpath("//*[@role='alert']//a/@href") == ["#f-title"]
    assert back.xpath("//input[@name='title']/@aria-invalid") == ["true"]
    assert back.xpath("//textarea")[0].text_content().strip() == "Lang getypt."
    assert (chosen(back, "level"), value(back, "keywords")) == (LEVEL, "a, b")
    assert records(curator) == []


def test_a_draft_may_lack_everything_and_is_seen_by_its_maker_only(api: Api, ann: Visitor, curator: Caller) -> None:
    page = html.fromstring(ann.get("/share/new").data)
    kept = submit(ann, page, title="", url="", **{"as": "draft"})
    uuid = records(curator)[0]["uuid"]
    ben = somebody(api, "ben@example.org")

    assert kept.location == "/my/drafts"
    assert f"/share/{uuid}" in ann.get("/my/drafts").text
    assert uuid not in ben.get("/my/drafts").text
    assert ben.get(f"/share/{uuid}").status_code in (403, 404)
    assert Visitor(api).get(f"/share/{uuid}").status_code == 303


def test_a_form_sent_twice_makes_one_record(ann: Visitor, curator: Caller) -> None:
    page = html.fromstring(ann.get("/share/new").data)

    for _ in range(2):
        assert submit(ann, page, title="Een", url="https://a.example/").status_code == 303

    assert len(records(curator)) == 1


def test_a_form_sent_again_with_other_words_is_not_dropped(ann: Visitor, curator: Caller) -> None:
    page = html.fromstring(ann.get("/share/new").data)

    submit(ann, page, title="Een", url="https://a.example/", **{"as": "draft"})
    submit(ann, page, title="Een, beter gezegd", url="https://a.example/")

    assert [each["work"] for each in records(curator)] == ["draft", "submitted"]
    assert "Een, beter gezegd" in ann.get("/my/waiting").text


def test_only_what_the_page_said_is_marked_so(ann: Visitor, elsewhere: str) -> None:
    page = read(ann, f"{elsewhere}/plain")

    assert set(page.xpath("//input[@name='marked']/@value")) == {"title", "description", "language", "url"}


def test_a_change_request_is_answered_in_two_actions(api: Api, ann: Visitor, curator: Caller) -> None:
    page = html.fromstring(ann.get("/share/new").data)
    submit(ann, page, title="Breuken", url="https://a.example/")
    uuid = records(curator)[0]["uuid"]
    curator.act(uuid, "claim")
    asked = curator.act(uuid, "request_changes", note="Voor welk leerjaar is het?")
    assert asked.status_code == 200, asked.text

    shown = ann.get("/my/to-change").text
    form = html.fromstring(ann.get(f"/share/{uuid}").data)
    sent = submit(ann, form, f"/share/{uuid}", level=LEVEL)

    assert "Voor welk leerjaar is het?" in shown
    assert "Voor welk leerjaar is het?" in form.text_content()
    assert sent.location == "/my/waiting"
    assert curator.working(uuid)["work"] == "submitted"
    assert "primary-y5" in str(curator.working(uuid)["summary"]["levels"])


def test_a_draft_in_two_tabs_shows_both_versions(ann: Visitor, curator: Caller) -> None:
    page = html.fromstring(ann.get("/share/new").data)
    submit(ann, page, title="Breuken", url="https://a.example/", **{"as": "draft"})
    uuid = records(curator)[0]["uuid"]
    one, other = (html.fromstring(ann.get(f"/share/{uuid}").data) for _ in range(2))
    submit(ann, one, f"/share/{uuid}", title="Breuken in tab een", **{"as": "draft"})

    stale = submit(ann, other, f"/share/{uuid}", title="Breuken in tab twee", **{"as": "draft"})
    both = html.fromstring(stale.data)
    again = submit(ann, both, f"/share/{uuid}", **{"as": "draft"})

    assert stale.status_code == 409
    assert "Breuken in tab een" in alerts(both)
    assert value(both, "title") == "Breuken in tab twee"
    assert again.status_code == 303
    assert "Breuken in tab twee" in ann.get("/my/drafts").text


def test_what_was_carried_along_and_changed_on_the_way_is_left_out(ann: Visitor, curator: Caller) -> None:
    page = html.fromstring(ann.get("/share/new").data)
    submit(ann, page, title="Een", url="https://a.example/", base="e30.verzonnen")

    tree = curator.working(records(curator)[0]["uuid"])["record"]
    assert tree["general"]["title"] == [{"lang": "en", "value": "Een"}]
    assert set(tree) == {"general", "technical"}


def test_the_pages_need_a_log_in(api: Api) -> None:
    for path in ("/share", "/share/new", "/my/drafts", "/my/to-change"):
        answer = Visitor(api).get(path)
        assert (answer.status_code, answer.location) == (303, f"/login?next={path}")


def test_the_wizard_advises(ann: Visitor) -> None:
    told = ann.get("/share/licence?own=yes&change=alike&sell=no").text
    others = ann.get("/share/licence?own=no").text

    assert "CC BY-NC-SA" in told
    assert "a licence can only be given for what is yours" in others
