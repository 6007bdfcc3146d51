"""Views, formats, contexts and fingerprints: what opens, what leaves, what a refresh moves and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from repository.config.sections import Config, ContextSection
from repository.contexts import contexts
from repository.jobs import lease
from repository.published import position_of, snapshot
from repository.publishing import opening, outbox, publication
from repository.site import Site
from repository.upkeep import doctor, erasure
from schemas.record import Contribute, Entity, General, LangString, LifeCycle, Record, Rights, Technical, Vocabulary
from tests.support.factories import a_record
from tests.support.replica import Replica
from tests.support.site import FakeClock, a_site, accept, collect, uuid_of, withdraw

OPEN, CLOSED = "https://creativecommons.org/licenses/by/4.0/", "All rights reserved"
CONTEXT = ContextSection(name="open", filter="open=true")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    made = a_site(tmp_path, clock, url=url)
    yield made
    made.database.dispose()


def again(site: Site, config: Config | None = None, **oai: object) -> Site:
    """The same database under another configuration, as after a restart."""
    config = config or site.config
    if oai:
        config = msgspec.structs.replace(config, oai=msgspec.structs.replace(config.oai, **oai))
    return Site(config, site.database, site.clock, site.vocabularies)


def publish(site: Site) -> publication.Sealed | None:
    site.clock.pass_(2)  # type: ignore[attr-defined]
    return publication.publish(site)


def position(site: Site, id_: int) -> int:
    with snapshot(site.database) as seen:
        item = seen.find(uuid_of(site, id_))
    assert item is not None
    return item.position


def licensed(title: str, licence: str) -> Record:
    rights = Rights(Vocabulary("LOMv1.0", "no"), Vocabulary("LOMv1.0", "yes"), (LangString("x-none", licence),))
    record = a_record(title)
    return Record(general=record.general, technical=record.technical, rights=rights)


def test_a_new_prefix_is_filled_where_the_records_stand_and_opens(site: Site) -> None:
    narrow = again(site, formats=("oai_dc",))
    ids = [accept(narrow, a_record(f"Titel {n}")) for n in range(3)]
    publish(narrow)
    withdraw(narrow, ids[2])
    publish(narrow)
    before = [position(narrow, id_) for id_ in ids]
    harvester = Replica(prefix="lom")

    wide = again(site, formats=("oai_dc", "lom"))
    publish(wide)
    harvester.harvest(wide)

    assert [position(wide, id_) for id_ in ids] == before
    assert sorted(face is None for face in harvester.copy.values()) == [False, False, True]
    with snapshot(wide.database) as seen:
        assert seen.is_open("lom")
    assert publication.refresh(wide) == 0
    assert doctor.examine(wide) == []


@pytest.mark.parametrize("drained", [True, False])
def test_a_new_context_opens_although_nothing_waits(site: Site, clock: FakeClock, drained: bool) -> None:
    accept(site, licensed("Open", OPEN))
    publish(site)
    wider = again(site, context=(CONTEXT,))

    if drained:
        publication.drain(wider, 0, 10, clock.pass_)
    else:
        assert publish(wider) is None

    with snapshot(wider.database) as seen:
        assert seen.is_open("context:open")


def test_nothing_is_published_while_another_process_fills_a_view(site: Site) -> None:
    accept(site, a_record())
    with lease.lease(again(site), "open", 20):
        assert publish(site) is None

    assert publish(site) is not None


def test_what_moves_while_a_view_is_filled_is_filled_too(site: Site) -> None:
    old = again(site, formats=("oai_dc",))
    ids = [accept(old, a_record(f"Titel {n}")) for n in range(3)]
    publish(old)
    wide = again(site, formats=("oai_dc", "lom"))
    new = opening._New(("lom",), ())
    with site.database.write() as connection:
        opening.make_face_table(connection, "lom")
        connection.execute(opening._OPEN, {"name": "lom", "open": False})
    after = opening._fill(wide, new, -1)
    assert after is not None
    accept(old, a_record("Later"), id_=ids[0])
    publish(old)
    while after is not None:
        after = opening._fill(wide, new, after)

    wide.publishing.opened = True
    with snapshot(wide.database) as seen:
        assert all(seen.face("lom", item.position) for item in seen.changes(-1, 10))
    assert [finding for finding in doctor.examine(wide) if finding.code != "stale"] == []


def test_what_is_erased_is_in_no_closed_view_either(site: Site) -> None:
    id_ = accept(site, a_record("Kanarie"))
    publish(site)
    narrow = again(site, formats=("oai_dc",))
    erasure.erase(narrow, uuid_of(narrow, id_), "takedown")
    publish(narrow)

    with site.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM face_lom")).scalar() == 0
    assert doctor.examine(narrow) == []


def test_leaving_a_format_is_a_tombstone_there_and_life_elsewhere(site: Site) -> None:
    """`amb` has no address without a title, so it is a format that a record may leave."""
    whole = msgspec.structs.replace(site.contexts[""], formats=("oai_dc", "lom", "amb"))
    site.contexts = {"": whole}
    site.views = contexts.views(site.contexts)
    id_ = accept(site, a_record("Met titel"))
    publish(site)
    amb, dc = Replica(prefix="amb"), Replica()
    amb.harvest(site)
    dc.harvest(site)
    assert list(map(bool, amb.copy.values())) == list(map(bool, dc.copy.values())) == [True]
    accept(site, Record(general=General(), technical=Technical(location=("https://example.org/x",))), id_=id_)

    publish(site)
    amb.harvest(site)
    dc.harvest(site)

    assert list(amb.copy.values()) == [None]
    assert list(map(bool, dc.copy.values())) == [True]
    accept(site, a_record("Weer een titel"), id_=id_)
    publish(site)
    amb.harvest(site)
    assert list(map(bool, amb.copy.values())) == [True]
    assert doctor.examine(site) == []


def test_two_selective_harvesters_of_one_store_keep_a_live_record(site: Site) -> None:
    id_ = accept(site, a_record())
    collect(site, id_, "lente", "herfst")
    publish(site)
    spring, autumn = Replica(spec="collection:lente"), Replica(spec="collection:herfst")
    autumn.copy = spring.copy
    spring.harvest(site)
    autumn.harvest(site)
    collect(site, id_, "herfst")
    publish(site)

    autumn.harvest(site)
    spring.harvest(site)

    assert list(map(bool, spring.copy.values())) == [True]


def test_a_refresh_moves_only_records_whose_bytes_change(site: Site) -> None:
    card = Entity(raw="BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEMAIL:ann@example.org\nEND:VCARD", fn="Ann")
    life = LifeCycle(contribute=(Contribute(role=Vocabulary("LOMv1.0", "author"), entity=(card,)),))
    with_card = msgspec.structs.replace(a_record("Met kaart"), life_cycle=life)
    moving, staying = accept(site, with_card), accept(site, a_record("Zonder kaart"))
    publish(site)
    before = position(site, moving), position(site, staying)
    told = again(
        site,
        msgspec.structs.replace(
            site.config, privacy=msgspec.structs.replace(site.config.privacy, publish_contact=True)
        ),
    )
    assert publication.is_stale(told)
    assert [finding.code for finding in doctor.examine(told)] == ["stale"]

    assert publication.refresh(told) == 2
    with told.database.read() as connection:
        assert {waiting.lane for waiting in outbox.choose(connection, 10)} == {outbox.BULK}
    sealed = publish(told)

    assert sealed is not None
    assert (sealed.published, sealed.dropped) == (1, 1)
    assert position(told, moving) > before[0]
    assert position(told, staying) == before[1]
    assert not publication.is_stale(told)
    assert doctor.examine(told) == []


@pytest.mark.parametrize("change", ["url", "context", "format", "contact"])
def test_the_fingerprint_follows_what_the_faces_follow_from(site: Site, change: str) -> None:
    config = site.config
    changed = {
        "url": msgspec.structs.replace(config, site=msgspec.structs.replace(config.site, base_url="https://x.example")),
        "context": msgspec.structs.replace(config, oai=msgspec.structs.replace(config.oai, context=(CONTEXT,))),
        "format": msgspec.structs.replace(config, oai=msgspec.structs.replace(config.oai, formats=("oai_dc",))),
        "contact": msgspec.structs.replace(
            config, privacy=msgspec.structs.replace(config.privacy, publish_contact=True)
        ),
    }[change]

    assert again(site, changed).fingerprint != site.fingerprint
    assert again(site).fingerprint == site.fingerprint


def test_a_context_that_comes_back_with_another_filter_tells_who_left(site: Site) -> None:
    with_context = again(site, context=(CONTEXT,))
    id_ = accept(with_context, licensed("Open", OPEN))
    publish(with_context)
    harvester = Replica("open")
    harvester.harvest(with_context)
    publish(again(site))  # The context is closed meanwhile.

    other = again(site, context=(ContextSection(name="open", filter="open=false"),))
    publish(other)
    publication.refresh(other)
    publish(other)
    harvester.harvest(other)

    assert list(harvester.copy.values()) == [None]
    assert position(other, id_) > position_of(harvester.since - 1000)
    assert doctor.examine(other) == []
