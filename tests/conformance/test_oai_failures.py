"""The twenty failures that users report of other providers, one test each; each names the issue that taught it."""

from __future__ import annotations

import gc
import sqlite3
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from werkzeug.test import Client

from provider.lists import ENDLESS_S
from repository.config.sections import SiteSection
from repository.publishing import publication
from schemas.datestamp import utc_datestamp
from tests.conformance.oai_schemas import faults
from tests.conformance.oai_site import OPEN, Stage, licensed
from tests.conformance.oai_walk import ask, ask_raw, headers, judged, walk
from tests.support.shared import needs_shared
from tests.support.site import accept, withdraw

LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def fill(stage: Stage, count: int) -> list[str]:
    return stage.publish(*(licensed(f"Titel {n}") for n in range(count)))


def steps(stage: Stage, ask_once: Callable[[], Any]) -> list[str]:
    """The statements that one request sends to the database."""
    sent: list[str] = []

    def note(connection: sqlite3.Connection, *_: Any) -> None:
        connection.set_trace_callback(sent.append)

    event.listen(stage.site.database.engine, "checkout", note)
    try:
        ask_once()
    finally:
        event.remove(stage.site.database.engine, "checkout", note)
        with stage.site.database.read() as connection:
            connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
    return sent


def plan(stage: Stage, statements: list[str]) -> str:
    with stage.site.database.read() as connection:
        return "\n".join(
            str(row[-1])
            for each in statements
            if " FROM listing p CROSS JOIN " in each
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}")
        )


def test_01_a_deep_page_costs_what_the_first_costs(stage: Stage) -> None:
    """DSpace#12980: an offset counts through all that went before."""
    fill(stage, 30)
    *_, before_last, last = walk(stage.app, metadataPrefix="oai_dc")
    assert last.cursor == 27
    first = steps(stage, lambda: ask(stage.app, **LIST))
    deep = steps(stage, lambda: ask(stage.app, verb="ListRecords", resumptionToken=before_last.token or ""))

    assert len(deep) <= len(first)
    assert not [each for each in (*first, *deep) if "OFFSET" in each.upper()]
    assert not [each for each in deep if "count(" in each.lower()]
    steps_of_plan = plan(stage, deep).splitlines()
    assert any(line.startswith("SEARCH p USING PRIMARY KEY") for line in steps_of_plan)
    assert [line for line in steps_of_plan if not line.startswith("SEARCH")] == []


def test_02_a_page_of_a_large_harvest_never_outgrows_its_size(stage: Stage) -> None:
    """zenodo-rdm#1149: 502 and 504 on large harvests, because a page's cost grew with the list."""
    fill(stage, 30)

    for prefix in ("oai_dc", "lom"):
        assert {len(page.headers) for page in walk(stage.app, metadataPrefix=prefix)} == {3}


def test_03_a_token_does_not_expire(stage: Stage) -> None:
    """zenodo-rdm PR#640: tokens that lived for minutes."""
    identifiers = fill(stage, 7)
    token = ask(stage.app, **LIST).token or ""
    stage.clock.pass_(7 * 86_400)

    page = ask(stage.restarted().app, verb="ListRecords", resumptionToken=token)

    assert [header.identifier for header in page.headers] == identifiers[3:6]


def test_04_a_valid_token_is_never_refused(stage: Stage) -> None:
    """datacite#1442: tokens refused by another worker, or after a change."""
    identifiers = fill(stage, 9)
    page, app = ask(stage.app, **LIST), stage.app
    seen = [header.identifier for header in page.headers]
    while page.token:
        app = stage.restarted().app
        stage.publish(licensed(f"Nieuw {len(seen)}"))
        page = ask(app, verb="ListRecords", resumptionToken=page.token)
        seen += [header.identifier for header in page.headers]
        assert len(seen) < 30

    assert seen[:9] == identifiers


def test_05_an_exactly_full_last_page_has_no_token(stage: Stage) -> None:
    """invenio-app-rdm#2715: a token that leads to an empty page."""
    fill(stage, 6)

    first, last = walk(stage.app, metadataPrefix="oai_dc")

    assert len(last.headers) == 3
    assert first.token is not None
    assert last.token is None


def test_06_a_token_remembers_set_and_until(stage: Stage) -> None:
    """kor#55, sickle#56: pages after the first forgot what was asked."""
    stage.publish(*(licensed(f"{lang} {n}", lang=lang) for n in range(7) for lang in ("nl", "de")))
    until = headers(stage.app).popitem()[1].datestamp
    stage.publish(*(licensed(f"later {n}", lang="de") for n in range(4)))

    pages = list(walk(stage.app, metadataPrefix="oai_dc", set="language:de", until=until))

    found = [header for page in pages for header in page.headers]
    assert len(found) == 7
    assert all("language:de" in header.sets and header.datestamp <= until for header in found)


def test_07_pages_have_neither_duplicates_nor_gaps(both: Stage) -> None:
    """doaj#712: an unstable order, and changes between two pages."""
    identifiers = fill(both, 12)
    page = ask(both.app, **LIST)
    seen = [header.identifier for header in page.headers]
    changed = identifiers[1], identifiers[10]
    for identifier in changed:
        both.revise(identifier, licensed("Nieuw"))
    while page.token:
        page = ask(both.app, verb="ListRecords", resumptionToken=page.token)
        seen += [header.identifier for header in page.headers]

    assert set(seen) == set(identifiers)
    assert sorted(each for each in seen if seen.count(each) > 1) == [changed[0]] * 2
    assert seen[-2:] == list(changed)


def test_08_no_index_lags_behind_a_datestamp(both: Stage) -> None:
    """catalogue-pipeline#3443: what was stamped before an answer came into the index after it."""
    accept(both.site, licensed("Wacht"))
    both.clock.pass_(2)
    before = ask(both.app, verb="Identify").response_date
    assert publication.publish(both.site) is not None

    assert all(header.datestamp > before for header in headers(both.app).values())
    assert len(headers(both.app, from_=before)) == 1


def test_09_no_cache_answers_for_the_database(stage: Stage) -> None:
    """DSpace#8472: yesterday's response from a cache."""
    [identifier] = fill(stage, 1)
    answer = Client(stage.app).get("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=" + identifier)
    stage.revise(identifier, licensed("Nieuw"))

    assert answer.headers["Cache-Control"] == "no-cache"
    assert b"Nieuw" in ask(stage.app, verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier).body


def test_10_a_delete_is_exposed(both: Stage) -> None:
    """zenodo#2447: deleted records vanished."""
    identifiers = fill(both, 5)
    first = ask(both.app, verb="ListIdentifiers", metadataPrefix="oai_dc").response_date
    both.withdraw(identifiers[2])

    changed = headers(both.app, from_=first)

    assert {key: header.deleted for key, header in changed.items()} == {identifiers[2]: True}


def test_11_a_record_is_never_deleted_and_live_at_once(both: Stage) -> None:
    """pkp-lib#7901: a tombstone beside the restored record."""
    identifiers = fill(both, 4)
    both.withdraw(identifiers[0])
    both.revise(identifiers[0], licensed("Terug"))
    both.withdraw(identifiers[1])

    for verb in ("ListRecords", "ListIdentifiers"):
        found = [header for page in walk(both.app, verb, metadataPrefix="lom") for header in page.headers]
        assert sorted(header.identifier for header in found) == sorted(identifiers)
        assert {header.identifier for header in found if header.deleted} == {identifiers[1]}


def test_12_sets_are_never_stale(both: Stage) -> None:
    """dataverse#8005: set members were only looked for at night."""
    [identifier] = fill(both, 1)
    both.collect(identifier, "lente")
    assert headers(both.app, set="collection:lente")
    both.collect(identifier, "zomer")

    assert identifier in headers(both.app, set="collection:zomer")
    assert ask(both.app, **LIST, set="collection:lente").errors == ["noRecordsMatch"]
    assert {"collection:lente", "collection:zomer"} <= set(ask(both.app, verb="ListSets").specs)


def test_13_a_change_of_sets_moves_the_datestamp(both: Stage) -> None:
    """invenio#1218: an incremental harvest did not see it."""
    [identifier, _] = fill(both, 2)
    before = headers(both.app)[identifier]

    both.collect(identifier, "lente")

    after = headers(both.app, from_=utc_datestamp(int(both.clock.now())))
    assert after[identifier].datestamp > before.datestamp
    assert set(after[identifier].sets) - set(before.sets) == {"collection", "collection:lente"}


def test_14_nothing_is_older_than_the_earliest_datestamp(both: Stage) -> None:
    """dataverse#9309: earliestDatestamp was the first record's, or today's."""
    earliest = ask(both.app, verb="Identify").text("earliestDatestamp")
    [identifier, *_] = fill(both, 3)
    both.withdraw(identifier)
    both.clock.pass_(86_400)

    assert ask(both.app, verb="Identify").text("earliestDatestamp") == earliest
    assert min(header.datestamp for header in headers(both.app).values()) >= earliest
    assert len(headers(both.app, from_=earliest)) == 3


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_15_dates_are_utc_and_seconds_wherever_the_machine_stands(
    stage: Stage, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dataverse#11020: local time in datestamps, days where seconds were declared."""
    monkeypatch.setenv("TZ", zone)
    fill(stage, 1)
    page = ask(stage.app, verb="Identify")

    assert page.text("granularity") == "YYYY-MM-DDThh:mm:ssZ"
    assert page.response_date == utc_datestamp(int(stage.clock.now()) // 2 * 2 + 1)
    [header] = headers(stage.app, from_=page.response_date[:10]).values()
    assert header.datestamp < page.response_date


def test_16_illegal_characters_are_not_given_out(stage: Stage) -> None:
    """DSpace#10721: a control character in one title made every page with it unreadable."""
    fill(stage, 2)
    stage.publish(licensed("\x01\x08\x0c\x1b\x7f\ufffe\uffff & < > ]]> \u0085"))

    for prefix in ("oai_dc", "lom"):
        pages = list(walk(stage.app, metadataPrefix=prefix))
        assert sum(len(page.headers) for page in pages) == 3


def test_17_one_bad_record_does_not_kill_the_page(stage: Stage) -> None:
    """dataverse#8306: HTTP 500 for the page, so the harvest ended there."""
    identifiers = fill(stage, 2)
    bad = accept(stage.site, licensed("Stuk"))
    with stage.site.database.write() as connection:
        whole = connection.execute(text("SELECT tree FROM revision WHERE record = :r"), {"r": bad}).scalar_one()
        connection.execute(text("UPDATE revision SET tree = :t WHERE record = :r"), {"t": b"[1]", "r": bad})
    more = fill(stage, 2)

    assert list(headers(stage.app)) == [*identifiers, *more]
    withdraw(stage.site, bad)
    stage.seal()
    with stage.site.database.write() as connection:  # The doctor would name the tree that was damaged.
        connection.execute(text("UPDATE revision SET tree = :t WHERE record = :r"), {"t": bytes(whole), "r": bad})


def test_18_a_harvest_takes_no_memory_and_no_reindexing(stage: Stage) -> None:
    """DSpace PR#10089: memory grew with the list."""
    fill(stage, 60)
    client, query = Client(stage.app), "/oai?verb=ListRecords&metadataPrefix=lom"

    def harvest() -> None:
        token = ""
        while token is not None:
            link = f"/oai?verb=ListRecords&resumptionToken={token}" if token else query
            token = judged(client.get(link)).token  # type: ignore[assignment]

    harvest()
    gc.collect()
    tracemalloc.start()
    try:
        harvest()
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 200_000


@needs_shared
def test_19_answers_are_valid_against_the_schemas(stage: Stage) -> None:
    """pkp-lib#13161. `ask` and `walk` judge every answer; here the judge is judged."""
    fill(stage, 4)
    body = ask(stage.app, **LIST).body

    assert faults(body) == []
    assert faults(body.replace(b"<datestamp>2", b"<datestamp>x2", 1))
    assert faults(body.replace(b'cursor="0"', b'cursor="-1" page="1"', 1))
    assert faults(body.replace(b"<dc:title", b"<dc:titel").replace(b"</dc:title", b"</dc:titel"))


@pytest.mark.parametrize("agent", ["", "curl/8", "Mozilla/5.0 (compatible; bot)", "python-requests/2", "libwww-perl/6"])
def test_20_every_harvester_gets_xml_at_the_base_url_of_the_configuration(
    stage_on: Callable[..., Stage], agent: str
) -> None:
    """Scholars-Archive#2548: a wrong baseURL, HTTP errors for errors of the protocol, walls against robots."""
    stage = stage_on(site=SiteSection(base_url="https://oer.example/archive/"))
    accept_html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answers = [
        Client(stage.app).get(
            f"/oai?{query}", headers={"User-Agent": agent, "Accept": accept_html, "Host": "inner:8080"}
        )
        for query in ("verb=Identify", "verb=Nope", "verb=GetRecord&identifier=x&metadataPrefix=y")
    ]

    assert {judged(answer).base_url for answer in answers} == {"https://oer.example/archive/oai"}


def test_a_list_older_than_six_hours_ends_under_endless_writes(stage: Stage) -> None:
    identifiers = fill(stage, 7)
    page = ask(stage.app, **LIST)
    seen = [header.identifier for header in page.headers]
    stage.clock.pass_(ENDLESS_S)
    while page.token:
        fill(stage, 4)
        page = ask(stage.app, verb="ListRecords", resumptionToken=page.token)
        seen += [header.identifier for header in page.headers]

    assert seen == identifiers
    assert ask_raw(stage.app, "verb=ListRecords&metadataPrefix=oai_dc").errors == []
    assert OPEN in ask(stage.app, **LIST).body.decode()
