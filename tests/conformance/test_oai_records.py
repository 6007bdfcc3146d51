"""Records over HTTP: deleted ones, their life, their bytes (OAI-PMH 2.0, 2.5, 2.5.1, 4.1)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree
from sqlalchemy import text
from werkzeug.test import Client

from repository.config.sections import LimitsSection, SiteSection
from repository.publishing import publication
from repository.upkeep import doctor
from schemas.namespaces import LOM, LOM_XSD, OAI, OAI_DC, OAI_DC_XSD, OAI_XSD, XSI
from schemas.record import General, LangString, Record, Technical
from tests.conformance.oai_site import Stage, a_stage, licensed
from tests.conformance.oai_walk import Page, ask, headers, judged, walk
from tests.support.site import accept

PREFIXES = ("oai_dc", "lom")
HOSTILE = "Q\"uote & <tag> 'ä' ]]> \x00\x07\x0b\x1f\ufffe\uffff \ud800 end\r\n"


def get(stage: Stage, identifier: str, prefix: str = "oai_dc", path: str = "/oai") -> Page:
    return ask(stage.app, path, verb="GetRecord", metadataPrefix=prefix, identifier=identifier)


# 12. Deleted records.


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_deleted_record_is_a_header_everywhere(both: Stage, prefix: str) -> None:
    gone, kept = both.publish(licensed("Weg"), licensed("Hier"))
    sets = headers(both.app)[gone].sets
    both.withdraw(gone)

    pages = [get(both, gone, prefix), *walk(both.app, metadataPrefix=prefix)]
    [listed] = walk(both.app, "ListIdentifiers", metadataPrefix=prefix)

    for page in (*pages, listed):
        found = {header.identifier: header for header in page.headers}[gone]
        assert found.deleted
        assert found.sets == sets != ()
    for page in pages:
        [record] = [r for r in page.root.iter(f"{{{OAI}}}record") if r.findtext("{*}header/{*}identifier") == gone]
        assert [etree.QName(child).localname for child in record] == ["header"]
    assert not headers(both.app)[kept].deleted


def test_deleted_records_stay_for_ever(stage: Stage) -> None:
    [identifier] = stage.publish(licensed("Weg"))
    stage.withdraw(identifier)
    stage.clock.pass_(300 * 86_400)
    stage.publish(licensed("Later"))

    assert ask(stage.app, verb="Identify").text("deletedRecord") == "persistent"
    assert headers(stage.app)[identifier].deleted
    assert get(stage, identifier).headers[0].deleted


def test_a_record_that_comes_back_is_the_same_one_with_a_new_datestamp(stage: Stage) -> None:
    [identifier] = stage.publish(licensed("Weg"))
    first = headers(stage.app)[identifier].datestamp
    stage.withdraw(identifier)
    second = headers(stage.app)[identifier].datestamp
    stage.revise(identifier, licensed("Weer"))

    back = headers(stage.app)

    assert list(back) == [identifier]
    assert not back[identifier].deleted
    assert first < second < back[identifier].datestamp


def test_a_deleted_record_is_found_by_the_sets_it_was_in(stage: Stage) -> None:
    [identifier] = stage.publish(licensed("Weg"))
    stage.withdraw(identifier)

    assert headers(stage.app, set="license:cc:by")[identifier].deleted
    assert headers(stage.app, set="language:nl")[identifier].deleted


# 13. What counts as a change.


def _licence(stage: Stage, identifier: str) -> None:
    stage.revise(identifier, licensed("Breuken", "https://creativecommons.org/licenses/by-sa/4.0/"))


CHANGES: dict[str, Callable[[Stage, str], None]] = {
    "set": lambda stage, identifier: stage.collect(identifier, "lente"),
    "licence": _licence,
    "visibility": Stage.withdraw,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_gives_a_new_datestamp(stage: Stage, change: str) -> None:
    [identifier] = stage.publish(licensed("Breuken"))
    first = ask(stage.app, verb="ListIdentifiers", metadataPrefix="oai_dc")

    CHANGES[change](stage, identifier)

    assert identifier in headers(stage.app, from_=first.response_date)


def test_a_change_of_the_mapping_gives_a_new_datestamp_to_what_it_changes(stage: Stage) -> None:
    named = licensed("Met adres")
    bare = Record(general=General(title=(LangString("nl", "Zonder adres"),), identifier=()), technical=Technical())
    with_address, without = stage.publish(named, bare)
    first = ask(stage.app, verb="ListIdentifiers", metadataPrefix="oai_dc").response_date

    moved = stage.restarted(site=SiteSection(base_url="http://elsewhere.example"))
    moved.refresh()

    # Only a record without an address of its own carries one of this site's in its Dublin Core.
    assert set(headers(moved.app, from_=first)) == {without}
    assert with_address in headers(moved.app)


def test_an_unchanged_record_keeps_its_datestamp(stage: Stage) -> None:
    [identifier] = stage.publish(licensed("Breuken"))
    before = headers(stage.app)

    stage.revise(identifier, licensed("Breuken"))

    assert headers(stage.app) == before


# 14. Parts that can be cut out.


@pytest.mark.parametrize(
    ("prefix", "name", "pair"),
    [("oai_dc", f"{{{OAI_DC}}}dc", (OAI_DC, OAI_DC_XSD)), ("lom", f"{{{LOM}}}lom", (LOM, LOM_XSD))],
)
def test_a_metadata_part_stands_alone(stage: Stage, prefix: str, name: str, pair: tuple[str, str]) -> None:
    [identifier] = stage.publish(licensed("Breuken"))
    body = get(stage, identifier, prefix).body

    part = body[body.index(b"<metadata>") + 10 : body.index(b"</metadata>")]

    root = etree.fromstring(part)
    assert root.tag == name
    assert (root.get(f"{{{XSI}}}schemaLocation") or " ".join(pair)).split() == list(pair)
    if prefix == "oai_dc":
        assert root.get(f"{{{XSI}}}schemaLocation") == f"{OAI_DC} {OAI_DC_XSD}"


def test_the_root_says_where_its_schema_lies(stage: Stage) -> None:
    page = ask(stage.app, verb="Identify")

    assert page.root.get(f"{{{XSI}}}schemaLocation") == f"{OAI} {OAI_XSD}"


# 15. Characters.


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_xml_forbids_is_not_in_an_answer(stage: Stage, prefix: str) -> None:
    [identifier] = stage.publish(licensed(HOSTILE.encode("utf-8", "ignore").decode()))

    page = get(stage, identifier, prefix)

    title = next(each for each in page.root.iter("{*}title"))
    assert "Q\"uote & <tag> 'ä' ]]>" in "".join(map(str, title.itertext()))


@pytest.mark.parametrize(
    "identifier", ['oai:"&<>\'', "oai:repository.example:ä", "\u202e", "a b", "%", "oai:repository.example:%00", "http://["]
)  # fmt: skip
@pytest.mark.parametrize("verb", ["GetRecord", "ListMetadataFormats"])
def test_an_identifier_never_breaks_the_answer(stage: Stage, identifier: str, verb: str) -> None:
    prefix = {"metadataPrefix": "lom"} if verb == "GetRecord" else {}

    assert ask(stage.app, verb=verb, identifier=identifier, **prefix).errors == ["idDoesNotExist"]


# 18. Single records are fast and concurrent.


def test_a_single_record_passes_when_all_places_for_lists_are_taken(stage_on: Callable[..., Stage]) -> None:
    stage = stage_on(limits=LimitsSection(list_requests=1))
    [identifier] = stage.publish(licensed("Breuken"))
    view = stage.app.view_functions["oai.oai"].__self__
    with view.endpoints[""].lane.entered():
        refused = Client(stage.app).get("/oai?verb=ListRecords&metadataPrefix=oai_dc")
        record = get(stage, identifier)

    assert refused.status_code == 503
    assert record.errors == []


def test_single_records_are_answered_side_by_side(both: Stage) -> None:
    identifiers = both.publish(*(licensed(f"Titel {n}") for n in range(8)))
    start = threading.Barrier(8)

    def harvest(identifier: str) -> list[str]:
        start.wait(10)
        return [get(both, identifier, prefix).headers[0].identifier for prefix in PREFIXES * 5]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(harvest, identifiers)) == [[identifier] * 10 for identifier in identifiers]


# 19. Nothing lags.


def test_a_record_is_in_every_answer_from_its_datestamp_on(both: Stage) -> None:
    first = ask(both.app, verb="ListIdentifiers", metadataPrefix="oai_dc").response_date

    [identifier] = both.publish(licensed("Breuken"))

    for prefix in PREFIXES:
        assert identifier in headers(both.app, metadataPrefix=prefix, from_=first)
        assert identifier in headers(both.app, metadataPrefix=prefix, set="language:nl")
        assert get(both, identifier, prefix).headers[0].datestamp > first


# 20. A record that cannot be rendered.


def test_a_record_that_cannot_be_rendered_is_put_aside_and_breaks_nothing(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    stage = a_stage(tmp_path_factory.mktemp("oai"))
    [before] = stage.publish(licensed("Eerst"))
    bad = accept(stage.site, licensed("Stuk"))
    with stage.site.database.write() as connection:
        connection.execute(text("UPDATE revision SET tree = :t WHERE record = :r"), {"t": b"{not json", "r": bad})

    [after] = stage.publish(licensed("Daarna"))

    assert list(headers(stage.app)) == [before, after]
    with stage.site.database.read() as connection:
        [(record, reason)] = connection.execute(text("SELECT record, reason FROM quarantine")).all()
    assert record == bad
    assert reason
    assert [finding.code for finding in doctor.examine(stage.site)] == ["bad_tree"]
    assert publication.publish(stage.site) is None
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
    stage.site.database.dispose()


def test_a_page_survives_bytes_that_were_lost(stage: Stage) -> None:
    lost, kept = stage.publish(licensed("Verloren"), licensed("Hier"))
    with stage.site.database.write() as connection:
        connection.execute(text("DELETE FROM face_lom WHERE position = (SELECT min(position) FROM face_lom)"))

    page = judged(Client(stage.app).get("/oai?verb=ListRecords&metadataPrefix=lom"))

    assert page.records[lost] is None
    assert page.records[kept] is not None
    stage.revise(lost, licensed("Hersteld"))
    assert ask(stage.app, verb="ListRecords", metadataPrefix="lom").records[lost] is not None
