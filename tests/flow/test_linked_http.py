"""Resources and feeds over a real socket: statuses, negotiation and caching as clients meet them (feeds.md)."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pytest

from tests.support.commands import oerbron
from tests.support.running import Running, free_port, running

RECORDS: Final = 255  # one sealed leaf, and an open one
IDLE_S: Final = 33  # longer than granian leaves a connection open by itself
FOR_EVER: Final = "public, max-age=31536000, immutable"
TWINS: Final = {
    "html": "text/html", "jsonld": "application/ld+json", "ttl": "text/turtle", "nt": "application/n-triples",
    "rdf": "application/rdf+xml", "lom.xml": "application/xml", "json": "application/json",
}  # fmt: skip
FEEDS: Final = (
    "/ldes", "/ldes/0", "/ldes/1", "/ldes/i0", "/dumps/", "/dumps/latest.nq", "/catalog", "/.well-known/void",
    "/.well-known/api-catalog", "/.well-known/resourcesync", "/capabilitylist.xml", "/resourcelist.xml",
    "/changelist.xml", "/sitemap.xml", "/robots.txt", "/feeds/changes.xml", "/feeds/changes/0.xml",
)  # fmt: skip


class Got(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Client:
    """One connection that is kept; follows no redirect, unpacks nothing."""

    server: Running
    records: list[str] = field(default_factory=list)
    gone: str = ""
    erased: str = ""
    before: str = ""  # the name of the sealed leaf before the erasure
    idle: http.client.HTTPConnection | None = None
    idle_since: float = 0.0

    def __post_init__(self) -> None:
        self.base = f"http://127.0.0.1:{self.server.port}"
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def call(self, method: str, path: str, body: str | None = None, **headers: str) -> Got:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, named)
        answer = self.connection.getresponse()
        return Got(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())

    def get(self, path: str, **headers: str) -> Got:
        return self.call("GET", path, **headers)

    def sealed(self) -> str:
        """The name of the first leaf as its page of leaves has it."""
        (name,) = set(re.findall(r"/ldes/(0-[0-9a-f]{8})>", self.get("/ldes/i0").text))
        return name


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with a sealed leaf, a deleted record with a successor, and an erased record; all of it by command."""
    folder = tmp_path_factory.mktemp("linked")
    home, config, port = folder / "home", folder / "config.toml", str(free_port())
    config.write_text(f'[site]\nbase_url = "http://127.0.0.1:{port}"\n[linked]\ndump_every = "never"\n')
    oerbron(folder, "generate", str(RECORDS), "--out", folder / "records.jsonl")
    run = ("--config", config)
    assert oerbron(home, *run, "import", folder / "records.jsonl").counts["created"] == RECORDS
    assert oerbron(home, *run, "user", "add", "c@example.org", "--role", "curator").code == 0
    token = oerbron(home, *run, "token", "create", "c@example.org", "--scope", "write").out.splitlines()[-1]
    with running(home, "--config", str(config), "serve", "--port", port) as server:
        found = Client(server)
        found.idle, found.idle_since = found.connect(), time.monotonic()
        found.idle.request("GET", "/ldes")
        found.idle.getresponse().read()
        items = json.loads(found.get(f"/api/v1/records?after=0&limit={RECORDS}").body)["items"]
        found.records = [each["id"] for each in items]
        found.gone, found.erased, found.before = found.records[1], found.records[2], found.sealed()
        said = json.dumps({"reason": "dubbel", "successor": found.records[0]})
        bearer = {"Authorization": f"Bearer {token}", "Content_Type": "application/json", "Prefer": "wait=10"}
        assert found.call("DELETE", f"/api/v1/records/{found.gone}", said, **bearer).status == 200
        assert oerbron(home, *run, "erase", found.erased, "--reason", "gevraagd").code == 0
        assert oerbron(home, *run, "dump").code == 0
        _until_rewritten(found)
        yield found
        found.connection.close()
        found.idle.close()


def _until_rewritten(client: Client) -> None:
    deadline = time.monotonic() + 30
    while client.sealed() == client.before:
        assert time.monotonic() < deadline, "the sealed page still has its old address"
        time.sleep(0.2)


def test_a_thing_is_303_to_its_document(client: Client) -> None:
    got = client.get(f"/id/resource/{client.records[0]}")

    assert (got.status, got.headers["location"]) == (303, f"{client.base}/doc/resource/{client.records[0]}")
    assert client.get("/id/resource/00000000-0000-0000-0000-000000000000").status == 404


@pytest.mark.parametrize(("ending", "media_type"), TWINS.items())
def test_a_document_negotiates_and_its_twin_is_the_same(client: Client, ending: str, media_type: str) -> None:
    address = f"/doc/resource/{client.records[0]}"

    asked = client.get(address, Accept=media_type)
    twin = client.get(f"{address}.{ending}")

    assert (asked.status, twin.status) == (200, 200)
    assert asked.headers["content-type"].partition(";")[0] == media_type
    assert "accept" in asked.headers["vary"].lower()
    assert asked.headers["content-location"] == f"{address}.{ending}"
    assert asked.headers["etag"] == twin.headers["etag"]
    assert "last-modified" in asked.headers
    if ending != "html":  # a page carries a nonce
        assert asked.body == twin.body


@pytest.mark.parametrize("ending", TWINS)
def test_what_has_not_changed_is_304_and_head_says_what_get_says(client: Client, ending: str) -> None:
    address = f"/doc/resource/{client.records[0]}.{ending}"
    got = client.get(address)

    again = client.get(address, If_None_Match=got.headers["etag"])
    head = client.call("HEAD", address)

    assert (again.status, again.body) == (304, b"")
    assert (head.status, head.body) == (200, b"")
    for name in ("etag", "content-type", "vary", "cache-control", "content-location"):
        assert head.headers[name] == got.headers[name], name
    assert client.get(address, If_None_Match='"another"').status == 200


def test_a_browser_gets_the_page(client: Client) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    got = client.get(f"/doc/resource/{client.records[0]}", Accept=accept)

    assert got.headers["content-type"].startswith("text/html")
    assert len(got.headers["link"]) <= 4096


@pytest.mark.parametrize("path", ["/doc/resource/{}", "/ldes", "/ldes/0", "/ldes/i0", "/catalog", "/.well-known/void"])
def test_what_cannot_be_given_is_406_with_what_can(client: Client, path: str) -> None:
    path = path.format(client.records[0])
    if path == "/ldes/0":
        path = f"/ldes/{client.sealed()}"

    got = client.get(path, Accept="image/png")

    assert got.status == 406
    assert "accept" in got.headers["vary"].lower()
    assert len(re.findall(rf"^[a-z]+/[a-z.+-]+\t{re.escape(client.base)}/\S+$", got.text, re.MULTILINE)) >= 3


@pytest.mark.parametrize("ending", ["", ".html", ".ttl", ".json", ".linkset.json"])
def test_a_record_that_is_gone_is_410_with_reason_and_successor(client: Client, ending: str) -> None:
    got = client.get(f"/doc/resource/{client.gone}{ending}")

    assert got.status == 410
    assert "dubbel" in got.text
    assert f"{client.base}/id/resource/{client.records[0]}" in got.text
    assert client.get(f"/id/resource/{client.gone}").status == 303


def test_an_erased_record_is_410_and_says_why(client: Client) -> None:
    got = client.get(f"/doc/resource/{client.erased}.json")

    assert (got.status, json.loads(got.body)["reason"]) == (410, "gevraagd")


def test_the_old_address_of_an_erased_page_is_301(client: Client) -> None:
    now = client.sealed()

    old = client.get(f"/ldes/{client.before}")
    page = client.get(f"/ldes/{now}")

    assert now != client.before
    assert (old.status, old.headers["location"]) == (301, f"{client.base}/ldes/{now}")
    assert page.text.count("tree#member>") == 250
    assert page.text.count(f"<{client.base}/id/resource/{client.erased}>") == 1  # what the activity is of
    assert client.get("/ldes/0").headers["location"] == f"{client.base}/ldes/{now}"
    assert client.get("/ldes/0-00000000").status == 404


def test_only_sealed_pages_are_for_ever(client: Client) -> None:
    sealed = client.get(f"/ldes/{client.sealed()}")

    assert sealed.headers["cache-control"] == FOR_EVER
    assert b"ldes#immutable" in sealed.body
    (dump,) = {each["url"] for each in json.loads(client.get("/dumps/").body) if each["format"] == "nq"}
    for path in (*FEEDS, dump.removeprefix(client.base), f"/doc/resource/{client.records[0]}.nt"):
        got = client.get(path)
        assert got.status in (200, 301), path
        assert "immutable" not in got.headers.get("cache-control", ""), path


@pytest.mark.parametrize("media_type", ["application/n-quads", "application/trig", "application/ld+json"])
@pytest.mark.parametrize("path", ["/ldes", "/ldes/i0", "/ldes/1", "sealed"])
def test_a_page_is_compressed_for_who_takes_it(client: Client, path: str, media_type: str) -> None:
    path = f"/ldes/{client.sealed()}" if path == "sealed" else path

    plain = client.get(path, Accept=media_type)
    packed = client.get(path, Accept=media_type, Accept_Encoding="gzip")
    again = client.get(path, Accept=media_type, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"])

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == plain.headers["content-type"] == media_type
    assert {"accept", "accept-encoding"} <= {each.strip().lower() for each in packed.headers["vary"].split(",")}
    assert packed.headers["etag"] != plain.headers["etag"]
    if "-" in path:  # The others have a new tag whenever something could have been published.
        assert again.status == 304
    assert gzip.decompress(packed.body) == plain.body
    assert int(packed.headers["content-length"]) == len(packed.body)


@pytest.mark.parametrize("path", FEEDS)
def test_head_of_a_feed_says_what_get_says(client: Client, path: str) -> None:
    got, head = client.get(path), client.call("HEAD", path)

    assert (head.status, head.body) == (got.status, b"")
    for name in ("content-type", "cache-control", "vary", "location"):
        assert head.headers.get(name) == got.headers.get(name), name


def test_an_erased_record_is_in_no_feed_but_by_its_name(client: Client) -> None:
    pages = ["/ldes/1", f"/ldes/{client.sealed()}", "/dumps/latest.nq", "/dumps/latest.jsonl"]

    for path in pages:
        told = [line for line in client.get(path).text.splitlines() if client.erased in line]
        assert all("activitystreams#object>" in line for line in told), path
        assert len(told) == (1 if path.startswith("/ldes") else 0), path


@pytest.mark.slow
def test_a_follower_that_pauses_finds_its_connection_open(client: Client) -> None:
    assert client.idle is not None
    time.sleep(max(0.0, client.idle_since + IDLE_S - time.monotonic()))

    client.idle.auto_open = 0  # a new connection would be an error
    client.idle.request("GET", "/ldes")

    assert client.idle.getresponse().status == 200
