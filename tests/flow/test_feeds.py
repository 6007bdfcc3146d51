"""Every record a resource, every change a member: the feeds over HTTP (feeds.md)."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from rdflib import Graph, URIRef
from werkzeug.test import TestResponse

from repository.linked import dumps, ldes_sealing
from repository.site import STREAM_PAGES, PageSizes
from repository.upkeep import doctor
from tests.support.api import Api, Caller
from tests.support.factories import a_record

SITE = "http://repository.example"
TWINS = {
    "html": "text/html", "jsonld": "application/ld+json", "ttl": "text/turtle", "nt": "application/n-triples",
    "rdf": "application/rdf+xml", "lom.xml": "application/xml", "json": "application/json",
}  # fmt: skip
PARSED = {"jsonld": "json-ld", "ttl": "turtle", "nt": "nt", "rdf": "xml"}
SMALL = PageSizes(members=3, leaves=2)
SCRIPT = re.compile(rb'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def page_sizes() -> PageSizes:
    return STREAM_PAGES


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, page_sizes: PageSizes
) -> Iterator[Api]:
    """Every feed from both databases: their SQL is their own."""
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    opened = Api(tmp_path, url, page_sizes)
    yield opened
    assert doctor.examine(opened.site) == []
    opened.site.database.dispose()


@pytest.fixture
def record(api: Api, curator: Caller) -> str:
    return api.published(curator)


def doc(api: Api, uuid: str, ending: str = "", **headers: str) -> TestResponse:
    return api.anybody.get(f"/doc/resource/{uuid}{ending}", headers=headers)


def triples(response: TestResponse, form: str) -> set[tuple[object, ...]]:
    return set(Graph().parse(data=response.data, format=form))


def test_a_thing_leads_to_its_document(api: Api, record: str) -> None:
    response = api.anybody.get(f"/id/resource/{record}")

    assert (response.status_code, response.location) == (303, f"{SITE}/doc/resource/{record}")


@pytest.mark.parametrize(("ending", "media_type"), TWINS.items())
def test_a_document_negotiates_and_has_a_twin_per_ending(api: Api, record: str, ending: str, media_type: str) -> None:
    asked = doc(api, record, Accept=media_type)
    twin = doc(api, record, f".{ending}")

    assert asked.status_code == twin.status_code == 200
    assert asked.mimetype == twin.mimetype == media_type
    assert asked.headers["Content-Location"] == f"/doc/resource/{record}.{ending}"
    assert "Accept" in asked.vary
    assert asked.headers["ETag"] == twin.headers["ETag"]
    assert doc(api, record, f".{ending}", If_None_Match=asked.headers["ETag"]).status_code == 304
    assert api.anybody.call("HEAD", f"/doc/resource/{record}.{ending}").status_code == 200


@pytest.mark.parametrize("accept", [None, "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"])
def test_a_person_gets_the_page(api: Api, record: str, accept: str | None) -> None:
    response = doc(api, record) if accept is None else doc(api, record, Accept=accept)

    assert response.mimetype == "text/html"


def test_what_is_not_there_in_that_form_is_406_with_the_list(api: Api, record: str) -> None:
    response = doc(api, record, Accept="image/png")

    assert response.status_code == 406
    assert f"text/turtle\t{SITE}/doc/resource/{record}.ttl" in response.text


def test_all_rdf_says_the_same_also_in_the_page(api: Api, record: str) -> None:
    told = triples(doc(api, record, ".nt"), "nt")

    assert (
        URIRef(f"{SITE}/id/resource/{record}"),
        URIRef("https://schema.org/mainEntityOfPage"),
        URIRef(f"{SITE}/doc/resource/{record}"),
    ) in told
    for ending, form in PARSED.items():
        assert triples(doc(api, record, f".{ending}"), form) == told
    script = SCRIPT.search(doc(api, record, ".html").data)
    assert script is not None
    assert set(Graph().parse(data=script[1], format="json-ld")) == told


def test_a_page_carries_signposts_within_their_bound(api: Api, record: str) -> None:
    head = api.anybody.call("HEAD", f"/doc/resource/{record}").headers["Link"]
    linkset = msgspec.json.decode(doc(api, record, ".linkset.json").data)["linkset"][0]

    assert len(head) <= 4096
    assert f'<{SITE}/id/resource/{record}>; rel="cite-as"' in head
    assert 'rel="license"' in head or "license" not in linkset
    assert {one["href"] for one in linkset["describedby"]} == {
        f"{SITE}/doc/resource/{record}.{ending}" for ending in TWINS if ending != "html"
    }


@pytest.mark.parametrize("ending", ["", ".html", ".ttl", ".json", ".nt", ".linkset.json"])
def test_a_tombstone_is_410_with_its_reason_and_successor(api: Api, curator: Caller, record: str, ending: str) -> None:
    other = api.published(curator, "Nieuw")
    curator.delete(record, reason="dubbel", successor=other)
    api.publish()

    response = doc(api, record, ending)

    assert response.status_code == 410
    assert "dubbel" in response.text
    assert f"{SITE}/id/resource/{other}" in response.text


@pytest.mark.parametrize(
    "name", ["x", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000.ttl"]
)
def test_what_never_was_is_404(api: Api, name: str) -> None:
    assert api.anybody.get(f"/doc/resource/{name}").status_code == 404
    assert api.anybody.get(f"/id/resource/{name}").status_code == 404


def test_a_concept_leads_to_its_scheme(api: Api) -> None:
    assert api.anybody.get("/id/concept/level/primary").status_code == 303
    assert api.anybody.get("/id/concept/level/nonsense").status_code == 404


@pytest.mark.parametrize("page_sizes", [SMALL])
def test_the_stream_has_a_root_open_pages_and_sealed_ones(api: Api, curator: Caller) -> None:
    for title in "abcd":
        api.published(curator, title)
    ldes_sealing.seal(api.site)

    root = api.anybody.get("/ldes")
    index = api.anybody.get("/ldes/i0")
    (sealed,) = set(re.findall(r"/ldes/(0-[0-9a-f]{8})>", index.text))
    page = api.anybody.get(f"/ldes/{sealed}")

    assert root.mimetype == page.mimetype == "application/n-quads"
    assert root.headers["Cache-Control"] == index.headers["Cache-Control"] == "no-cache"
    assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page.text.count("#member>") == 3
    assert api.anybody.get("/ldes/1").text.count("#member>") == 1
    assert api.anybody.get("/ldes/0").location == f"{SITE}/ldes/{sealed}"
    assert api.anybody.get("/ldes/0").status_code == 301
    assert api.anybody.get("/ldes/7").status_code == 404


@pytest.mark.parametrize("page_sizes", [SMALL])
def test_a_sealed_page_is_kept_compressed(api: Api, curator: Caller) -> None:
    for title in "abc":
        api.published(curator, title)
    ldes_sealing.seal(api.site)
    name = re.findall(r"/ldes/(0-[0-9a-f]{8})>", api.anybody.get("/ldes/i0").text)[0]

    plain = api.anybody.get(f"/ldes/{name}")
    packed = api.anybody.get(f"/ldes/{name}", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert {"Accept", "Accept-Encoding"} <= set(packed.vary)
    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("media_type", ["application/n-quads", "application/trig", "application/ld+json"])
def test_the_stream_comes_in_three_syntaxes(api: Api, record: str, media_type: str) -> None:
    response = api.anybody.get("/ldes/0", headers={"Accept": media_type})

    assert response.mimetype == media_type
    assert record in response.text


def test_an_activity_leads_to_its_page(api: Api, record: str) -> None:
    activity = re.findall(r"/id/activity/(\d+)>", api.anybody.get("/ldes/0").text)[0]

    assert api.anybody.get(f"/id/activity/{activity}").location == f"{SITE}/ldes/0"
    assert api.anybody.get("/id/activity/12").status_code == 404


def test_dumps_are_listed_with_their_digest_and_watermark(api: Api, record: str) -> None:
    dumps.make(api.site)

    listed = msgspec.json.decode(api.anybody.get("/dumps/").data)

    assert {one["format"] for one in listed} == {"nq", "jsonl", "lom"}
    for one in listed:
        body = api.anybody.get(one["url"].removeprefix(SITE)).data
        assert (len(body), hashlib.sha256(body).hexdigest()) == (one["bytes"], one["sha256"])
        assert set(one) >= {"name", "url", "format", "bytes", "sha256", "epoch", "position", "datestamp"}
        assert record.encode() in gzip.decompress(body) or one["format"] == "lom"


@pytest.mark.parametrize("ending", ["nq", "jsonl", "lom.xml"])
def test_the_latest_dump_is_plain_text_at_one_address(api: Api, record: str, ending: str) -> None:
    dumps.make(api.site)

    plain = api.anybody.get(f"/dumps/latest.{ending}")
    packed = api.anybody.get(f"/dumps/latest.{ending}", headers={"Accept-Encoding": "gzip"})

    assert plain.status_code == 200
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"


def test_a_dump_says_what_the_documents_say(api: Api, curator: Caller) -> None:
    for title in ("a", "b"):
        api.published(curator, title)
    dumps.make(api.site, ["nq"])

    found = {
        re.sub(r" <[^>]*> \.$", " .", line) for line in api.anybody.get("/dumps/latest.nq").text.splitlines()
    }  # fmt: skip

    told = set()
    for item in msgspec.json.decode(api.anybody.get("/api/v1/records").data)["items"]:
        told |= set(doc(api, item["id"], ".nt").text.splitlines())
    assert found == told


def test_no_dump_is_404_not_an_empty_one(api: Api) -> None:
    assert api.anybody.get("/dumps/latest.nq").status_code == 404
    assert api.anybody.get("/dumps/1.nq.gz").status_code == 404
    assert msgspec.json.decode(api.anybody.get("/dumps/").data) == []


@pytest.mark.parametrize(("accept", "form"), [("text/turtle", "turtle"), ("application/ld+json", "json-ld")])
def test_the_catalogue_names_the_feeds_and_the_dumps(api: Api, record: str, accept: str, form: str) -> None:
    dumps.make(api.site, ["nq"])

    graph = Graph().parse(data=api.anybody.get("/catalog", headers={"Accept": accept}).data, format=form)

    named = {str(one) for one in graph.objects()}
    for path in ("/ldes", "/oai", "/.well-known/resourcesync"):
        assert SITE + path in named
    assert any(one.startswith(f"{SITE}/dumps/") and one.endswith(".nq.gz") for one in named)


def test_void_names_each_dump_of_quads(api: Api, record: str) -> None:
    dumps.make(api.site, ["nq", "lom"])

    graph = Graph().parse(data=api.anybody.get("/.well-known/void").data, format="turtle")

    found = [str(one) for one in graph.objects(None, URIRef("http://rdfs.org/ns/void#dataDump"))]
    assert len(found) == 1
    assert found[0].endswith(".nq.gz")


def test_the_api_catalogue_is_a_linkset(api: Api) -> None:
    response = api.anybody.get("/.well-known/api-catalog")

    assert response.mimetype == "application/linkset+json"
    items = {one["href"] for one in msgspec.json.decode(response.data)["linkset"][0]["item"]}
    assert {f"{SITE}/oai", f"{SITE}/ldes", f"{SITE}/sru"} <= items


def test_resourcesync_leads_from_the_description_to_every_record(api: Api, curator: Caller, record: str) -> None:
    gone = api.published(curator, "weg")
    curator.delete(gone, reason="weg")
    api.publish()

    described = api.anybody.get("/.well-known/resourcesync").text
    capabilities = api.anybody.get("/capabilitylist.xml").text
    resources = api.anybody.get("/resourcelist.xml").text
    changes = api.anybody.get("/changelist.xml").text

    assert f"{SITE}/capabilitylist.xml" in described
    assert f"{SITE}/resourcelist.xml" in capabilities
    assert f"{SITE}/changelist.xml" in capabilities
    assert f"{SITE}/doc/resource/{record}.nt" in resources
    assert gone not in resources
    body = doc(api, record, ".nt").data
    assert f"sha-256:{hashlib.sha256(body).hexdigest()}" in resources
    assert f'length="{len(body)}"' in resources
    assert re.search(rf'{gone}\.nt</loc>.*change="deleted"', changes)
    assert re.search(rf'{record}\.nt</loc>.*change="created"', changes)


def test_the_sitemap_has_every_page_with_its_true_day(api: Api, record: str) -> None:
    text = api.anybody.get("/sitemap.xml").text
    stamp = msgspec.json.decode(api.anybody.get(f"/api/v1/records/{record}").data)["datestamp"]

    assert f"<loc>{SITE}/doc/resource/{record}</loc><lastmod>{stamp}</lastmod>" in text


def test_robots_may_harvest(api: Api) -> None:
    text = api.anybody.get("/robots.txt").text

    assert "Disallow: /oai" not in text
    assert f"Sitemap: {SITE}/sitemap.xml" in text


@pytest.mark.parametrize("page_sizes", [SMALL])
def test_the_changes_are_an_atom_feed_with_archives(api: Api, curator: Caller) -> None:
    titles = ["een & twee", "b", "c", "d"]
    ids = [api.published(curator, title) for title in titles]
    curator.delete(ids[3], reason="weg")
    api.publish()
    ldes_sealing.seal(api.site)

    current = api.anybody.get("/feeds/changes.xml")
    archive = api.anybody.get("/feeds/changes/0.xml")

    assert current.mimetype == archive.mimetype == "application/atom+xml"
    assert f'rel="prev-archive" href="{SITE}/feeds/changes/0.xml"' in current.text
    assert f'ref="{SITE}/id/resource/{ids[3]}"' in current.text
    assert "<fh:archive/>" in archive.text
    assert "<title>een &amp; twee</title>" in archive.text
    assert api.anybody.get("/feeds/changes/1.xml").status_code == 404


@pytest.mark.parametrize("path", ["/ldes", "/dumps/", "/catalog", "/sitemap.xml", "/feeds/changes.xml"])
def test_unknown_parameters_are_ignored(api: Api, path: str) -> None:
    assert api.anybody.get(f"{path}?utm_source=x").status_code == 200


def test_contact_data_of_a_maker_is_in_no_feed(api: Api, curator: Caller) -> None:
    tree = msgspec.to_builtins(a_record("Les"))
    tree["lifeCycle"] = {
        "contribute": [
            {"role": {"source": "LOMv1.0", "value": "author"},
             "entity": [{"raw": "BEGIN:VCARD\nFN:Ana Silva\nN:Silva;Ana\nEMAIL:ana@geheim.example\nEND:VCARD"}]}
        ]
    }  # fmt: skip
    response = curator.post("?as=published", json=tree)
    uuid = msgspec.json.decode(response.data)["id"]
    api.publish()
    dumps.make(api.site)

    paths = [f"/doc/resource/{uuid}.{ending}" for ending in TWINS] + [
        "/ldes/0", "/dumps/latest.nq", "/dumps/latest.jsonl", "/dumps/latest.lom.xml", "/feeds/changes.xml"
    ]  # fmt: skip

    for path in paths:
        text = api.anybody.get(path).text
        assert "geheim" not in text, path
    assert "Ana Silva" in api.anybody.get(f"/doc/resource/{uuid}.ttl").text
