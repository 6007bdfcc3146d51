"""Contexts over HTTP: virtual repositories with their own base URL, filter, formats, sets and tombstones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import event
from werkzeug.test import Client

from repository.config.sections import ContextSection, SiteSection
from repository.errors import ConfigError
from repository.publishing import opening, publication
from schemas.record import Classification, LangString, Record, Taxon, TaxonPath, Vocabulary
from tests.conformance.oai_site import OPEN, Stage, licensed
from tests.conformance.oai_walk import ask, headers, walk

OPEN_ONLY = ContextSection(name="open", title="Open <resources>", filter="open=true")
DUTCH = ContextSection(name="nl", filter="language=nl", formats=("lom",), sets=("license", "open"))
CLOSED = "All rights reserved"


@pytest.fixture
def parts(database_url: str, stage_on: Callable[..., Stage]) -> Stage:
    """A repository with two contexts, on both databases."""
    return stage_on(url=database_url, contexts=(OPEN_ONLY, DUTCH))


@pytest.fixture
def some(stage_on: Callable[..., Stage]) -> Stage:
    """The same on SQLite."""
    return stage_on(contexts=(OPEN_ONLY, DUTCH))


def test_a_context_has_its_own_base_url_name_and_request(some: Stage) -> None:
    some.publish(licensed("Breuken"))

    page = ask(some.app, "/oai/open", verb="Identify")

    assert page.text("baseURL") == page.base_url == "http://repository.example/oai/open"
    assert page.text("repositoryName") == "Open <resources>"
    assert ask(some.app, "/oai/open", verb="Nope").base_url == "http://repository.example/oai/open"


@pytest.mark.parametrize("path", ["/oai/nope", "/oai/open/more", "/oai/Open"])
def test_an_address_without_a_context_is_not_found(some: Stage, path: str) -> None:
    assert Client(some.app).get(f"{path}?verb=Identify").status_code == 404


def test_a_record_is_in_the_contexts_whose_filter_it_meets(parts: Stage) -> None:
    open_nl, open_de, closed_nl = parts.publish(
        licensed("Breuken"), licensed("Brüche", lang="de"), licensed("Gesloten", CLOSED)
    )

    assert set(headers(parts.app)) == {open_nl, open_de, closed_nl}
    assert set(headers(parts.app, "/oai/open")) == {open_nl, open_de}
    assert set(headers(parts.app, "/oai/nl")) == {open_nl, closed_nl}
    never = ask(parts.app, "/oai/open", verb="GetRecord", metadataPrefix="oai_dc", identifier=closed_nl)
    assert never.errors == ["idDoesNotExist"]


@pytest.mark.parametrize("prefix", ["oai_dc", "lom"])
def test_a_record_that_leaves_a_context_is_a_tombstone_there_and_lives_elsewhere(parts: Stage, prefix: str) -> None:
    leaving, staying = parts.publish(licensed("Gaat"), licensed("Blijft"))
    first = ask(parts.app, "/oai/open", verb="ListIdentifiers", metadataPrefix=prefix).response_date
    parts.revise(leaving, licensed("Gaat", CLOSED))

    changed = headers(parts.app, "/oai/open", metadataPrefix=prefix, from_=first)
    assert {key: header.deleted for key, header in changed.items()} == {leaving: True}
    for path, deleted in (("/oai/open", True), ("/oai", False), ("/oai/nl", False)):
        [page] = walk(parts.app, "ListRecords", path, metadataPrefix=prefix)
        single = ask(parts.app, path, verb="GetRecord", metadataPrefix=prefix, identifier=leaving)
        assert (page.records[leaving] is None) is deleted
        assert (single.records[leaving] is None) is deleted
        assert single.headers[0].deleted is deleted
        assert page.records[staying] is not None
        assert single.headers[0].datestamp == changed[leaving].datestamp


def test_a_record_comes_back_into_a_context(parts: Stage) -> None:
    [identifier] = parts.publish(licensed("Gaat"))
    parts.revise(identifier, licensed("Gaat", CLOSED))
    gone = headers(parts.app, "/oai/open")[identifier]
    parts.revise(identifier, licensed("Gaat"))

    back = headers(parts.app, "/oai/open")[identifier]

    assert gone.deleted
    assert not back.deleted
    assert back.datestamp > gone.datestamp


def test_a_record_deleted_everywhere_is_deleted_in_each_context_it_was_in(parts: Stage) -> None:
    nl, de = parts.publish(licensed("Breuken"), licensed("Brüche", lang="de"))
    for identifier in (nl, de):
        parts.withdraw(identifier)

    assert {key: h.deleted for key, h in headers(parts.app, "/oai/open").items()} == {nl: True, de: True}
    assert {key: h.deleted for key, h in headers(parts.app, "/oai/nl").items()} == {nl: True}


def test_a_context_offers_its_formats_and_sets_only(some: Stage) -> None:
    [identifier] = some.publish(licensed("Breuken"))

    formats = ask(some.app, "/oai/nl", verb="ListMetadataFormats")
    assert [each.text for each in formats.root.iter("{*}metadataPrefix")] == ["lom", "oai_dc"]
    specs = ask(some.app, "/oai/nl", verb="ListSets").specs
    assert {spec.partition(":")[0] for spec in specs} == {"license", "open"}
    header = headers(some.app, "/oai/nl")[identifier]
    assert set(header.sets) == set(specs)
    assert set(header.sets) < set(headers(some.app)[identifier].sets)
    wanted = {"verb": "ListRecords", "metadataPrefix": "lom"}
    assert ask(some.app, "/oai/nl", **wanted, set="license:cc").errors == []
    assert ask(some.app, "/oai/nl", **wanted, set="language:nl").errors == ["noRecordsMatch"]


def test_a_context_may_offer_sets_that_the_whole_does_not(stage_on: Callable[..., Stage]) -> None:
    stage = stage_on()
    part = stage.with_contexts(ContextSection(name="part", sets=("language",)), sets=("open",))
    [identifier] = part.publish(licensed("Breuken"))
    part.withdraw(identifier)

    assert headers(part.app)[identifier].sets == ("open",)
    assert headers(part.app, "/oai/part", set="language:nl")[identifier].sets == ("language", "language:nl")


@pytest.mark.parametrize(("mine", "other"), [("/oai", "/oai/open"), ("/oai/open", "/oai"), ("/oai/open", "/oai/nl")])
def test_a_token_of_one_context_is_refused_in_another(some: Stage, mine: str, other: str) -> None:
    some.publish(*(licensed(f"Titel {n}") for n in range(5)))
    token = ask(some.app, mine, verb="ListRecords", metadataPrefix="lom").token or ""

    assert ask(some.app, mine, verb="ListRecords", resumptionToken=token).errors == []
    assert ask(some.app, other, verb="ListRecords", resumptionToken=token).errors == ["badResumptionToken"]


@pytest.mark.parametrize(
    ("query", "inside"),
    [
        ("open=true", {"vrij"}),
        ("open=false", {"dicht", "los"}),
        ("language=de", {"vrij"}),
        ("language=nl&language=de", {"vrij", "dicht", "los"}),
        ("language=de&open=false", set()),
        (f"license={OPEN}", {"vrij"}),
        ("collection=lente", {"los"}),
        ("collection=lente&collection=zomer&open=false", {"los"}),
    ],
)
def test_values_of_one_filter_are_alternatives_and_filters_conditions(
    stage_on: Callable[..., Stage], query: str, inside: set[str]
) -> None:
    stage = stage_on(contexts=(ContextSection(name="part", filter=query),))
    ids = stage.publish(licensed("vrij", lang="de"), licensed("dicht", CLOSED), licensed("los", None))
    stage.collect(ids[2], "lente")

    page = ask(stage.app, "/oai/part", verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert {header.identifier for header in page.headers} == {
        id_ for id_, name in zip(ids, ("vrij", "dicht", "los"), strict=True) if name in inside
    }


@pytest.mark.parametrize(
    "section",
    [
        {"filter": "nonsense=1"},
        {"filter": "open="},
        {"mapping": "nope"},
        {"formats": ("marc21",)},
        {"formats": ("amb",)},
        {"sets": ("subjects",)},
    ],
)
def test_a_context_that_makes_no_sense_is_refused_in_a_sentence(
    stage_on: Callable[..., Stage], section: dict[str, str]
) -> None:
    stage = stage_on()

    with pytest.raises(ConfigError, match=r"\[\[oai\.context\]\] part: .*\.$"):
        stage.with_contexts(ContextSection(name="part", **section))  # type: ignore[arg-type]


# A context that was never served.


def test_a_new_context_is_filled_where_the_records_stand_and_opens_at_once(both: Stage) -> None:
    both.publish(*(licensed(f"Titel {n}", OPEN if n % 2 else CLOSED) for n in range(9)))
    before = headers(both.app)
    later = both.with_contexts(OPEN_ONLY)
    closed = Client(later.app).get("/oai/open?verb=ListRecords&metadataPrefix=lom")
    assert (closed.status_code, "Retry-After" in closed.headers) == (503, True)

    later.publish(licensed("Nieuw"))

    inside = headers(later.app, "/oai/open", metadataPrefix="lom")
    assert len(inside) == 5
    assert {key: value for key, value in headers(later.app).items() if key in before} == before
    assert all(inside[key] == before[key] for key in inside.keys() & before.keys())
    assert not publication.is_stale(later.site)


def test_a_context_opens_in_one_commit(stage_on: Callable[..., Stage]) -> None:
    stage = stage_on(page_size=1000)
    stage.publish(*(licensed(f"Titel {n}") for n in range(310)))  # more than are filled in one transaction
    writer, reader = stage.with_contexts(OPEN_ONLY), stage.with_contexts(OPEN_ONLY)
    seen: list[int] = []

    def look(_: Any) -> None:
        if not seen or seen[-1] == 0:
            answer = Client(reader.app).get("/oai/open?verb=ListIdentifiers&metadataPrefix=lom")
            sets = Client(reader.app).get("/oai/open?verb=ListSets")
            assert (answer.status_code == 503) == (sets.status_code == 503)
            seen.append(answer.get_data().count(b"<header"))

    event.listen(writer.site.database.engine, "commit", look)
    opening.open_all(writer.site)
    event.remove(writer.site.database.engine, "commit", look)
    look(None)

    assert len(seen) > 3
    assert set(seen) == {0, 310}


def test_what_else_changed_with_a_new_context_is_not_hidden_from_a_refresh(stage: Stage) -> None:
    bare = Record(general=licensed("Zonder adres").general)
    with_address, without = stage.publish(licensed("Met adres"), bare)
    first = ask(stage.app, verb="Identify").response_date
    oai = msgspec.structs.replace(stage.site.config.oai, context=(ContextSection(name="all"),))
    moved = stage.restarted(site=SiteSection(base_url="http://elsewhere.example"), oai=oai)

    opening.open_all(moved.site)
    assert publication.is_stale(moved.site)
    moved.refresh()

    assert not publication.is_stale(moved.site)
    assert set(headers(moved.app, from_=first)) == {without}
    assert set(headers(moved.app, "/oai/all")) == {with_address, without}
    page = ask(moved.app, verb="GetRecord", metadataPrefix="oai_dc", identifier=without)
    assert b"elsewhere.example/id/resource/" in page.body


def test_a_filter_that_changes_makes_tombstones_of_those_it_lets_go(both: Stage) -> None:
    first = both.with_contexts(ContextSection(name="part", filter="language=nl"))
    nl, de = first.publish(licensed("Breuken"), licensed("Brüche", lang="de"))
    before = ask(first.app, "/oai/part", verb="ListIdentifiers", metadataPrefix="lom")
    assert [header.identifier for header in before.headers] == [nl]

    second = first.with_contexts(ContextSection(name="part", filter="language=de"))
    second.refresh()

    changed = headers(second.app, "/oai/part", from_=before.response_date)
    assert {key: header.deleted for key, header in changed.items()} == {nl: True, de: False}
    assert not any(header.deleted for header in headers(second.app).values())


def test_a_context_that_was_away_for_a_while_has_its_tombstones(stage: Stage) -> None:
    first = stage.with_contexts(OPEN_ONLY)
    leaving, staying, changing = first.publish(licensed("Gaat"), licensed("Blijft"), licensed("Anders"))
    before = ask(first.app, "/oai/open", verb="ListIdentifiers", metadataPrefix="lom").response_date
    without = first.with_contexts()
    without.revise(leaving, licensed("Gaat", CLOSED))
    without.revise(changing, licensed("Anders nu"))
    assert Client(without.app).get("/oai/open?verb=Identify").status_code == 404

    again = without.with_contexts(OPEN_ONLY)
    again.publish(licensed("Nieuw"))

    changed = headers(again.app, "/oai/open", from_=before)
    assert changed[leaving].deleted
    assert not changed[changing].deleted
    assert staying not in changed
    assert set(headers(again.app, "/oai/open")) >= {leaving, staying, changing}


# A context with a network's own terms.


def test_a_mapping_changes_the_metadata_of_its_context_only(both: Stage) -> None:
    subject = next(
        c for c in both.site.vocabularies.concepts.values() if c.scheme == "subject" and c.notation == "mathematics"
    )
    record = licensed("Breuken")
    taxon = Taxon(id=subject.id, entry=(LangString("nl", "Wiskunde"),))
    path = TaxonPath(source=(LangString("x-none", "https://w3id.org/oerbron/subject"),), taxon=(taxon,))
    classified = msgspec.structs.replace(
        record, classification=(Classification(purpose=Vocabulary("LOMv1.0", "discipline"), taxon_path=(path,)),)
    )
    kim = both.with_contexts(ContextSection(name="kim", mapping="kim"))
    [identifier] = kim.publish(classified)

    plain, crossed = (
        ask(kim.app, path, verb="GetRecord", metadataPrefix="lom", identifier=identifier)
        for path in ("/oai", "/oai/kim")
    )

    assert b"w3id.org/kim/" in crossed.body
    assert b"w3id.org/kim/" not in plain.body
    assert plain.headers == crossed.headers
