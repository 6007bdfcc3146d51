"""Lists over HTTP: pages, tokens, sets, formats (OAI-PMH 2.0, 2.6, 3.5, 4.3 to 4.6), on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from werkzeug.test import Client

from repository.config.sections import ContextSection, OaiSection
from schemas.datestamp import utc_datestamp
from schemas.formats import registry
from schemas.formats.format import Format, Writing
from schemas.record import Record
from tests.conformance.oai_site import Stage, licensed
from tests.conformance.oai_walk import ask, ask_raw, headers, walk

SPEC = re.compile(r"([A-Za-z0-9\-_.!~*'()])+(:[A-Za-z0-9\-_.!~*'()]+)*")
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def fill(stage: Stage, count: int) -> list[str]:
    return stage.publish(*(licensed(f"Titel {n}") for n in range(count)))


# 5 and 6. Pages.


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.parametrize("count", [1, 3, 4, 6, 7])
def test_a_list_is_cut_into_pages_that_count(stage: Stage, verb: str, count: int) -> None:
    identifiers = fill(stage, count)

    pages = list(walk(stage.app, verb, metadataPrefix="lom"))

    assert [header.identifier for page in pages for header in page.headers] == identifiers
    if count <= 3:
        assert [page.token_element for page in pages] == [None]
    else:
        assert [(page.cursor, page.total) for page in pages] == [(n, count) for n in range(0, count, 3)]
        assert [page.token is None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_token_has_no_attribute_but_size_and_cursor(stage: Stage) -> None:
    fill(stage, 4)

    for page in walk(stage.app, metadataPrefix="oai_dc"):
        element = page.token_element
        assert element is not None
        assert set(element.attrib) == {"completeListSize", "cursor"}


def test_the_size_grows_when_more_come_than_were_counted(stage: Stage) -> None:
    fill(stage, 4)
    first = ask(stage.app, **LIST)
    fill(stage, 4)

    second = ask(stage.app, verb="ListRecords", resumptionToken=first.token or "")
    third = ask(stage.app, verb="ListRecords", resumptionToken=second.token or "")

    assert [(page.cursor, page.total) for page in (first, second, third)] == [(0, 4), (3, 6), (6, 8)]
    assert third.token is None


def test_when_the_rest_of_a_list_moved_out_its_last_record_ends_it(both: Stage) -> None:
    identifiers = fill(both, 5)
    until = ask(both.app, **LIST).headers[0].datestamp
    first = ask(both.app, **LIST, until=until)
    for identifier in identifiers[3:]:
        both.revise(identifier, licensed("Nieuw"))

    last = ask(both.app, verb="ListRecords", resumptionToken=first.token or "")

    assert [header.identifier for header in last.headers] == identifiers[2:3]
    assert (last.cursor, last.total, last.token) == (3, 5, None)


def test_when_nothing_of_a_list_is_left_its_token_is_bad(stage: Stage) -> None:
    identifiers = fill(stage, 5)
    until = ask(stage.app, **LIST).headers[0].datestamp
    first = ask(stage.app, **LIST, until=until)
    for identifier in identifiers:
        stage.revise(identifier, licensed("Nieuw"))

    assert ask(stage.app, verb="ListRecords", resumptionToken=first.token or "").errors == ["badResumptionToken"]


# 7. Tokens.


def test_a_token_gives_the_same_page_again(stage: Stage) -> None:
    fill(stage, 7)
    token = ask(stage.app, **LIST).token or ""

    once, again = (ask(stage.app, verb="ListRecords", resumptionToken=token) for _ in range(2))

    assert once.headers == again.headers
    assert once.cursor == again.cursor == 3


def test_a_token_needs_no_encoding(stage: Stage) -> None:
    fill(stage, 7)
    token = ask(stage.app, **LIST, set="language:nl", from_="2026-01-01", until="2027-01-01").token or ""

    assert re.fullmatch(r"[A-Za-z0-9_.~-]+", token)
    assert len(ask_raw(stage.app, f"verb=ListRecords&resumptionToken={token}").headers) == 3


# 9. Datestamps.


def test_datestamps_are_even_and_response_dates_odd_and_later(stage: Stage) -> None:
    fill(stage, 4)

    for page in walk(stage.app, metadataPrefix="oai_dc"):
        assert int(page.response_date[-3:-1]) % 2 == 1
        for header in page.headers:
            assert int(header.datestamp[-3:-1]) % 2 == 0
            assert header.datestamp < page.response_date


def test_the_earliest_datestamp_is_a_bound_that_stays(both: Stage) -> None:
    empty = ask(both.app, verb="Identify").text("earliestDatestamp")
    [identifier, *_] = fill(both, 2)
    both.withdraw(identifier)

    earliest = ask(both.restarted().app, verb="Identify").text("earliestDatestamp")

    assert earliest == empty
    assert all(header.datestamp >= earliest for header in headers(both.app).values())
    assert ask(both.app, **LIST, from_=earliest).errors == []


# 10. Sets.


def test_a_set_gives_the_members_of_the_sets_below_it(stage: Stage) -> None:
    nl, de, none = stage.publish(licensed("Breuken"), licensed("Brüche", lang="de"), licensed("Vrij", None))
    specs = ask(stage.app, verb="ListSets").specs

    assert {"language", "language:nl", "license", "license:cc", "license:cc:by", "license:cc:by:4-0"} <= set(specs)
    for ancestor in ("license", "license:cc", "license:cc:by", "license:cc:by:4-0"):
        assert set(headers(stage.app, set=ancestor)) == {nl, de}
    assert set(headers(stage.app, set="language:nl")) == {nl, none}
    assert set(headers(stage.app, set="language")) == {nl, de, none}


def test_every_set_of_a_header_is_listed_with_its_ancestors_and_holds_the_record(both: Stage) -> None:
    both.publish(licensed("Breuken"), licensed("Brüche", lang="de-AT"), licensed("Gesloten", "All rights reserved"))
    specs = [spec for page in walk(both.app, "ListSets") for spec in page.specs]

    assert len(specs) == len(set(specs))
    assert all(SPEC.fullmatch(spec) for spec in specs)
    assert all(spec.rpartition(":")[0] in specs for spec in specs if ":" in spec)
    for header in headers(both.app).values():
        assert set(header.sets) <= set(specs)
        assert all(header.identifier in headers(both.app, set=spec) for spec in header.sets)


def test_an_unknown_set_matches_nothing(stage: Stage) -> None:
    fill(stage, 1)

    for spec in ("nope", "language:xx", "open:more", "Open"):
        assert ask(stage.app, **LIST, set=spec).errors == ["noRecordsMatch"]


def test_only_a_repository_without_sets_has_no_hierarchy(stage: Stage) -> None:
    assert ask(stage.app, verb="ListSets").errors == ["noSetHierarchy"]
    fill(stage, 1)

    assert ask(stage.app, verb="ListSets").errors == []


def test_many_sets_are_paged(stage: Stage) -> None:
    [identifier] = fill(stage, 1)
    stage.collect(identifier, *(f"c{n:02}" for n in range(40)))

    pages = list(walk(stage.app, "ListSets"))

    specs = [spec for page in pages for spec in page.specs]
    assert len(pages) > 2
    assert specs == sorted(set(specs))
    assert {f"collection:c{n:02}" for n in range(40)} < set(specs)
    assert [page.total for page in pages] == [len(specs)] * len(pages)


@pytest.mark.parametrize("spec", ["language:nl", "collection:rare"])
def test_a_dense_and_a_sparse_set_are_walked_whole(both: Stage, spec: str) -> None:
    identifiers = fill(both, 40)
    for identifier in identifiers[5::17]:
        both.collect(identifier, "rare")
    wanted = set(identifiers if spec == "language:nl" else identifiers[5::17])

    pages = list(walk(both.app, metadataPrefix="oai_dc", set=spec))

    found = [header.identifier for page in pages for header in page.headers]
    assert sorted(found) == sorted(wanted)
    assert all(spec in header.sets for page in pages for header in page.headers)


@pytest.mark.parametrize("spec", ["language:nl", "collection:rare"])
def test_set_from_and_until_hold_on_every_page(both: Stage, spec: str) -> None:
    batches = [fill(both, 7) for _ in range(3)]
    middle = ask(both.app, verb="GetRecord", metadataPrefix="oai_dc", identifier=batches[1][0]).headers[0].datestamp
    wanted = set(batches[1])
    if spec == "collection:rare":
        for batch in batches:
            both.collect(batch[3], "rare")
        middle = ask(both.app, verb="GetRecord", metadataPrefix="oai_dc", identifier=batches[1][3]).headers[0].datestamp
        wanted = {batches[1][3]}
    bounds = {"metadataPrefix": "lom", "from_": middle, "until": middle} | ({"set": spec} if spec else {})

    assert set(headers(both.app, **bounds)) == wanted


# 11. Formats.


def test_a_prefix_nobody_knows_cannot_be_disseminated(stage: Stage) -> None:
    fill(stage, 1)

    assert ask(stage.app, verb="ListRecords", metadataPrefix="marc21").errors == ["cannotDisseminateFormat"]
    assert ask(stage.app, verb="ListIdentifiers", metadataPrefix="OAI_DC").errors == ["cannotDisseminateFormat"]


def test_an_empty_repository_matches_nothing_in_a_known_format(stage: Stage) -> None:
    assert ask(stage.app, **LIST).errors == ["noRecordsMatch"]


@pytest.fixture
def rare_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """A format of one's own network in the registry, which only records in German have."""

    def write(record: Record, _: Writing) -> bytes | None:
        german = record.general is not None and record.general.language == ("de",)
        return b'<rare xmlns="urn:rare"/>' if german else None

    rare = Format(
        prefix="rare", title="Rare", media_type="application/xml", namespace="urn:rare", schema="urn:rare.xsd",
        write=write,
    )  # fmt: skip
    monkeypatch.setitem(registry.FORMATS, "rare", rare)


@pytest.fixture
def rarely(stage_on: Callable[..., Stage], rare_format: None) -> Stage:
    return stage_on(oai=OaiSection(domain="repository.example", page_size=3, formats=("oai_dc", "lom", "rare")))


def test_a_format_without_records_matches_nothing(rarely: Stage) -> None:
    fill(rarely, 1)

    assert ask(rarely.app, verb="ListRecords", metadataPrefix="rare").errors == ["noRecordsMatch"]


def test_a_list_holds_only_records_that_exist_in_its_format(rarely: Stage) -> None:
    rarely.publish(*(licensed(f"Titel {n}", lang="de" if n % 3 == 0 else "nl") for n in range(12)))

    for verb in ("ListRecords", "ListIdentifiers"):
        pages = list(walk(rarely.app, verb, metadataPrefix="rare"))
        assert [len(page.headers) for page in pages] == [3, 1]
        assert [page.total for page in pages] == [4, 4]
    in_german = headers(rarely.app, metadataPrefix="rare", set="language:de")
    assert len(in_german) == 4
    assert ask(rarely.app, verb="ListRecords", metadataPrefix="rare", set="language:nl").errors == ["noRecordsMatch"]


def test_a_record_that_loses_a_format_is_deleted_there_and_lives_elsewhere(rarely: Stage) -> None:
    [identifier] = rarely.publish(licensed("Brüche", lang="de"))
    rarely.revise(identifier, licensed("Breuken", lang="nl"))

    assert headers(rarely.app, metadataPrefix="rare")[identifier].deleted
    assert not headers(rarely.app)[identifier].deleted
    record = ask(rarely.app, verb="GetRecord", metadataPrefix="rare", identifier=identifier)
    assert record.headers[0].deleted


def test_formats_of_a_record_are_those_it_has(rarely: Stage) -> None:
    nl, de = rarely.publish(licensed("Breuken"), licensed("Brüche", lang="de"))

    def formats(**given: str) -> list[str | None]:
        page = ask(rarely.app, verb="ListMetadataFormats", **given)
        return [each.text for each in page.root.iter("{*}metadataPrefix")] or list(page.errors)

    assert formats() == ["oai_dc", "lom", "rare"]
    assert formats(identifier=nl) == ["oai_dc", "lom"]
    assert formats(identifier=de) == ["oai_dc", "lom", "rare"]
    assert formats(identifier=nl[:-1] + "x") == ["idDoesNotExist"]
    assert formats(identifier="kraak & smaak") == ["idDoesNotExist"]
    assert ask(
        rarely.app, verb="GetRecord", metadataPrefix="rare", identifier=nl
    ).errors == ["cannotDisseminateFormat"]  # fmt: skip


# A prefix that was never served opens whole, where the records stand.


def test_a_new_prefix_is_filled_where_the_records_stand(both: Stage, rare_format: None) -> None:
    both.publish(*(licensed(f"Titel {n}", lang="de" if n % 2 else "nl") for n in range(9)))
    before = headers(both.app)
    later = both.with_contexts(formats=("oai_dc", "lom", "rare"))
    answer = Client(later.app).get("/oai?verb=ListRecords&metadataPrefix=rare")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)

    later.publish(licensed("Zehn", lang="de"))

    assert len(headers(later.app, metadataPrefix="rare")) == 5
    assert {key: value for key, value in headers(later.app).items() if key in before} == before
    for page in walk(later.app, metadataPrefix="rare"):
        assert all(metadata is not None for metadata in page.records.values())


def test_dates_of_lists_are_those_of_the_batches(stage: Stage) -> None:
    fill(stage, 1)

    [header] = headers(stage.app).values()

    assert header.datestamp == utc_datestamp(int(stage.clock.now()) // 2 * 2)


def test_an_answer_is_the_same_document_for_everybody(stage: Stage, tmp_path: Path) -> None:
    fill(stage, 2)
    page = ask(stage.app, **LIST)

    assert etree.tostring(page.root) == etree.tostring(ask(stage.restarted().app, **LIST).root)


def test_a_context_and_its_whole_give_one_datestamp(stage_on: Callable[..., Stage]) -> None:
    stage = stage_on(contexts=(ContextSection(name="open", filter="open=true"),))
    fill(stage, 4)

    assert headers(stage.app) == headers(stage.app, "/oai/open")
