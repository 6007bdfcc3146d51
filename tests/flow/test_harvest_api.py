"""Sources over the API for curators, their public reports, and the thread that follows what is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from harvest import source_report
from harvest.run import Doing, follow
from portal.server.background import Harvester
from repository import sources
from repository.config.sections import HarvestSection, HarvestSource
from repository.upkeep import doctor
from tests.support.api import Api, Caller, body_of
from tests.zoo.keeper import Zoo
from tests.zoo.provider import LOM, Provider, Reply, kept, some

BASE = "/api/v1/harvests"
BROKEN = f'<lom xmlns="{LOM}"><general><title>No end</general></lom>'


@pytest.fixture
def provider() -> Provider:
    return Provider(records=some() | {"oai:zoo:3": kept(3, metadata=BROKEN)})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: Provider) -> Iterator[Api]:
    """A repository that follows a provider with one bad record, once."""
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    zoo = Zoo()
    api = Api(tmp_path, harvest=HarvestSection(allow_hosts=("127.0.0.1",)))
    source = HarvestSource(
        "klas", zoo.take_in("klas", provider), prefix="lom", title="De Klas", contact="x@klas.example"
    )
    sources.add(api.site, source)
    follow(api.site, source, Doing())
    api.publish()
    source_report.make(api.site, "klas")
    yield api
    assert doctor.examine(api.site) == []
    api.site.database.dispose()
    zoo.close()


def _valid(api: Api, name: str, body: dict[str, Any]) -> None:
    components = body_of(api.anybody.get("/api/openapi.json"))["components"]
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    jsonschema.Draft202012Validator(schema).validate(body)


def test_a_curator_sees_sources_and_runs(site: Api) -> None:
    curator = site.person("curator")
    listed, shown = body_of(curator.get(BASE)), body_of(curator.get(f"{BASE}/klas"))

    (klas,) = [each for each in listed["items"] if each["name"] == "klas"]
    assert (klas["state"], klas["records"], klas["quarantined"]) == ("complete", 24, 1)
    assert shown["runs"][0]["errors"]["not_xml"]["sample"] == "oai:zoo:3"
    assert shown["settings"]["contact"] == "x@klas.example"
    _valid(site, "Harvests", listed)
    _valid(site, "HarvestWhole", shown)


def test_the_quarantine_shows_raw_bytes_and_the_place_of_the_fault(site: Api) -> None:
    curator = site.person("curator")
    listed = body_of(curator.get(f"{BASE}/klas/quarantine"))
    (row,) = listed["items"]
    whole = body_of(curator.get(f"{BASE}/klas/quarantine/{row['id']}"))

    assert (row["identifier"], row["code"], row["line"]) == ("oai:zoo:3", "not_xml", 1)
    assert "<title>No end</general>" in whole["raw"]
    assert body_of(curator.get(f"{BASE}/klas/quarantine/oai:zoo:3")) == whole
    _valid(site, "Quarantine", listed)
    _valid(site, "HeldWhole", whole)


def test_what_is_tried_again_comes_in_when_it_was_mended(site: Api, provider: Provider) -> None:
    curator = site.person("curator")
    offline = curator.post(f"{BASE}/klas/retry", json={"offline": True})
    provider.records["oai:zoo:3"] = kept(3)
    again = curator.post(f"{BASE}/klas/retry")
    site.publish()

    assert (body_of(offline)["outcomes"]["rejected"], body_of(offline)["left"]) == (1, 1)
    assert (body_of(again)["outcomes"]["created"], body_of(again)["left"]) == (1, 0)
    _valid(site, "Retried", body_of(again))


@pytest.mark.parametrize("path", ["", "/klas", "/klas/quarantine", "/klas/quarantine/1"])
def test_only_curators_see_sources_there(site: Api, path: str) -> None:
    assert site.anybody.get(BASE + path).status_code == 401
    assert site.person("contributor").get(BASE + path).status_code == 403
    assert site.person("reviewer").get(BASE + path).status_code == 403


@pytest.mark.parametrize("role", ["contributor", "reviewer"])
def test_only_curators_try_again(site: Api, role: str) -> None:
    assert site.person(role).post(f"{BASE}/klas/retry").status_code == 403
    assert site.person("curator", "reader", scope="read").post(f"{BASE}/klas/retry").status_code == 403


@pytest.mark.parametrize(
    ("body", "status"), [({"ids": "all"}, 422), ({"what": 1}, 422), ({"ids": [999]}, 404), ({"ids": [0] * 101}, 422)]
)
def test_a_senseless_wish_is_refused(site: Api, body: dict[str, Any], status: int) -> None:
    assert site.person("curator").post(f"{BASE}/klas/retry", json=body).status_code == status


def test_a_source_that_is_not_there_is_404(site: Api) -> None:
    curator = site.person("curator")

    assert curator.get(f"{BASE}/nobody").status_code == 404
    assert curator.get(f"{BASE}/klas/quarantine/nobody").status_code == 404
    for path in ("/sources/nobody", "/sources/nobody.json", "/sources/nobody.xml"):
        assert site.anybody.get(path).status_code == 404


def test_a_report_that_a_kill_kept_from_being_made_is_made_by_a_run_that_changes_nothing(site: Api) -> None:
    with site.site.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM harvest_report")
    again = follow(site.site, sources.get(site.site, "klas"), Doing())

    assert (again.created, again.updated, again.deleted) == (0, 0, 0)
    assert source_report.is_due(site.site, "klas")
    source_report.make(site.site, "klas")
    assert not source_report.is_due(site.site, "klas")


def test_the_public_report_says_what_is_missing_and_what_failed(site: Api) -> None:
    told = body_of(site.anybody.get("/sources/klas.json"))

    assert (told["title"], told["report"]["records"], told["report"]["looked_at"]) == ("De Klas", 24, 24)
    missing = {line["code"]: line["count"] for line in told["report"]["missing"]}
    assert (missing["no_description"], missing["no_location"]) == (24, 24)
    assert told["report"]["licences"] == {"": 24}
    assert told["runs"][0]["outcomes"]["created"] == 24
    assert told["runs"][0]["errors"]["not_xml"]["count"] == 1


def test_the_public_report_has_no_contact_and_no_bytes(site: Api) -> None:
    for path in ("/sources", "/sources.json", "/sources/klas", "/sources/klas.json", "/sources/klas.xml"):
        answer = site.anybody.get(path)
        assert answer.status_code == 200, path
        assert "x@klas.example" not in answer.text
        assert "No end" not in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Ontbrekende velden"), ("fr", "Champs manquants"), ("de", "Fehlende Felder"), ("en", "Missing fields")],
)
def test_the_page_of_a_source_is_in_four_languages(site: Api, language: str, words: str) -> None:
    page = site.anybody.get(f"/sources/klas?lang={language}").text

    assert words in page
    assert "De Klas" in page
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("What is missing, and what to do", "The next run goes on by itself")),
        ("nl", ("Wat ontbreekt, en wat te doen",)),
        ("de", ("Was fehlt und was zu tun ist",)),
        ("fr", ("Ce qui manque",)),
    ],
)
def test_the_page_of_an_incomplete_source_says_what_is_missing_and_what_to_do(
    site: Api, provider: Provider, language: str, words: tuple[str, ...]
) -> None:
    assert "to-do" not in site.anybody.get("/sources/klas").text  # its last run was complete
    provider.deleted_record = "no"
    provider.records = {}
    provider.answer = lambda _: Reply(502, b"bad gateway")  # type: ignore[method-assign]
    follow(site.site, sources.get(site.site, "klas"), Doing(sleep=lambda _: None))

    page = site.anybody.get(f"/sources/klas?lang={language}").text

    section = page.partition('aria-labelledby="to-do"')[2].partition("</section>")[0]
    assert [each for each in words if each not in section] == []
    assert "502" in section


def test_the_page_of_a_source_that_waits_names_the_command(site: Api, provider: Provider) -> None:
    provider.records = {
        name: replace(each, deleted=True, datestamp="2026-11-25T12:30:00Z") for name, each in provider.records.items()
    }
    follow(site.site, sources.get(site.site, "klas"), Doing())

    section = site.anybody.get("/sources/klas").text.partition('aria-labelledby="to-do"')[2].partition("</section>")[0]

    assert "--confirm-deletes" in section
    assert "100 %" in section


def test_the_feed_has_an_entry_for_each_run(site: Api) -> None:
    feed = etree.fromstring(site.anybody.get("/sources/klas.xml").data)

    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 1
    assert "24" in (entries[0].findtext("{http://www.w3.org/2005/Atom}title") or "")
    assert "not_xml" in (entries[0].findtext("{http://www.w3.org/2005/Atom}content") or "")


def test_a_source_added_by_command_is_a_friend(site: Api) -> None:
    source = sources.get(site.site, "klas")

    assert f"<baseURL>{source.url}</baseURL></friends>" in site.anybody.get("/oai?verb=Identify").text


def test_nobody_delivers_under_the_name_of_a_source(site: Api, curator_of: Caller) -> None:
    body = {
        "source": {"name": "klas", "key": "oai:zoo:1"},
        "record": {"general": {"title": [{"lang": "nl", "value": "X"}]}},
    }

    assert curator_of.post(json=body).status_code == 403


@pytest.fixture
def curator_of(site: Api) -> Caller:
    return site.person("curator")


def test_the_thread_follows_what_is_due_and_nothing_else(site: Api, provider: Provider) -> None:
    thread = Harvester(site.site)
    before = len(provider.asked)

    thread.look()
    assert len(provider.asked) == before

    site.clock.pass_(86_400)
    thread.look()
    assert len(provider.asked) > before


def test_the_thread_makes_the_report_when_what_came_is_public(site: Api, provider: Provider) -> None:
    provider.records["oai:zoo:3"] = kept(3, datestamp="2026-11-25T12:30:00Z")
    thread = Harvester(site.site)
    site.clock.pass_(86_400)
    thread.look()
    site.publish()
    site.clock.pass_(30)

    thread.look()

    assert source_report.find(site.site, "klas").records == 25
