"""Publication on the real code: what each invariant of design.md, 2, promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from repository.config.sections import ContextSection
from repository.errors import ClockRefused
from repository.published import datestamp_of, position_of, snapshot
from repository.publishing import opening, outbox, publication
from repository.publishing.preparation import prepare
from repository.site import Site, open_site
from repository.upkeep import doctor
from schemas.record import LangString, Record, Rights, Vocabulary
from tests.support.factories import a_record
from tests.support.replica import Replica
from tests.support.site import FakeClock, a_site, accept, collect, uuid_of, withdraw

OPEN = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def damage() -> list[str]:
    """What the doctor finds at the end, by its codes: nothing, but where a test damages a record itself."""
    return []


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, damage: list[str]) -> Iterator[Site]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    made = a_site(tmp_path, clock, contexts=(ContextSection(name="open", filter="open=true"),), url=url)
    yield made
    assert [finding.code for finding in doctor.examine(made)] == damage
    made.database.dispose()


def publish(site: Site) -> publication.Sealed | None:
    site.clock.pass_(2)  # type: ignore[attr-defined]
    return publication.publish(site)


def licensed(title: str, licence: str | None) -> Record:
    record = a_record(title)
    if licence is None:
        return record
    rights = Rights(Vocabulary("LOMv1.0", "no"), Vocabulary("LOMv1.0", "yes"), (LangString("x-none", licence),))
    return Record(general=record.general, technical=record.technical, rights=rights)


def item(site: Site, id_: int):  # type: ignore[no-untyped-def]
    with snapshot(site.database) as seen:
        return seen.find(uuid_of(site, id_))


def test_a_record_is_public_after_its_batch_and_not_before(site: Site) -> None:
    id_ = accept(site, a_record())
    assert item(site, id_) is None

    sealed = publish(site)

    assert sealed is not None
    assert sealed.published == 1
    assert not item(site, id_).deleted


def test_datestamps_are_even_and_one_batch_shares_one(site: Site) -> None:
    ids = [accept(site, a_record(f"Titel {n}")) for n in range(3)]

    sealed = publish(site)

    assert sealed is not None
    stamps = {datestamp_of(item(site, id_).position) for id_ in ids}
    assert stamps == {sealed.w}
    assert sealed.w % 2 == 0


def test_two_batches_are_two_seconds_apart(site: Site, clock: FakeClock) -> None:
    accept(site, a_record())
    assert publish(site) is not None
    accept(site, a_record("Ander"))
    clock.pass_(1.9)

    assert publication.publish(site) is None

    clock.pass_(0.2)
    assert publication.publish(site) is not None


def test_an_unchanged_record_keeps_its_datestamp(site: Site) -> None:
    id_ = accept(site, a_record())
    publish(site)
    before = item(site, id_).position
    accept(site, a_record(), id_=id_)

    sealed = publish(site)

    assert sealed is not None
    assert (sealed.published, sealed.dropped) == (0, 1)
    assert item(site, id_).position == before


def test_a_change_of_sets_is_a_new_datestamp(site: Site) -> None:
    id_ = accept(site, a_record())
    publish(site)
    before = item(site, id_).position
    collect(site, id_, "lente")

    publish(site)

    assert item(site, id_).position > before
    assert "collection:lente" in item(site, id_).facts.sets


def test_leaving_a_set_is_silence_in_its_list(site: Site) -> None:
    id_ = accept(site, a_record())
    collect(site, id_, "lente")
    publish(site)
    collect(site, id_)

    publish(site)

    with snapshot(site.database) as seen:
        list_id = seen.list_id(spec="collection:lente")
        assert list_id is not None
        assert seen.count(list_id, -1, seen.bound) == 0


def test_leaving_a_context_is_a_tombstone_there_and_life_elsewhere(site: Site) -> None:
    id_ = accept(site, licensed("Open", OPEN))
    publish(site)
    everything, open_only = Replica(), Replica("open")
    everything.harvest(site)
    open_only.harvest(site)
    assert list(open_only.copy.values()) == list(everything.copy.values()) != [None]
    accept(site, licensed("Open", "All rights reserved"), id_=id_)

    publish(site)
    everything.harvest(site)
    open_only.harvest(site)

    assert list(open_only.copy.values()) == [None]
    assert list(everything.copy.values()) != [None]


def test_a_withdrawn_record_is_a_tombstone_that_keeps_its_sets(site: Site) -> None:
    id_ = accept(site, a_record())
    publish(site)
    sets = item(site, id_).facts.sets
    withdraw(site, id_)

    publish(site)

    assert item(site, id_).deleted
    assert item(site, id_).facts.sets == sets
    assert item(site, id_).header.startswith(b'<header status="deleted">')
    with snapshot(site.database) as seen:
        assert seen.face("lom", item(site, id_).position) is None


def test_a_record_withdrawn_before_its_batch_never_was_public(site: Site) -> None:
    id_ = accept(site, a_record())
    withdraw(site, id_)

    sealed = publish(site)

    assert sealed is not None
    assert sealed.published == 0
    assert item(site, id_) is None


def test_what_was_prepared_is_not_sealed_when_it_was_withdrawn_since(site: Site, clock: FakeClock) -> None:
    id_ = accept(site, a_record())
    opening.open_all(site)
    prepared = prepare(site, 10, 10**9, lambda: True)
    assert prepared is not None
    withdraw(site, id_)
    clock.pass_(2)

    sealed = publication.seal(site, prepared)

    assert sealed is not None
    assert (sealed.published, sealed.left) == (0, 1)
    assert item(site, id_) is None


def test_a_held_batch_is_published_when_it_is_released_and_whole(site: Site) -> None:
    ids = [accept(site, a_record(f"Titel {n}"), batch="b1") for n in range(3)]
    accept(site, a_record("Vrij"))
    publish(site)
    assert [item(site, id_) for id_ in ids] == [None] * 3
    with site.database.write() as connection:
        outbox.release(connection, "b1")

    publish(site)

    assert len({datestamp_of(item(site, id_).position) for id_ in ids}) == 1


def test_a_record_with_a_held_row_is_chosen_through_no_other(site: Site) -> None:
    id_ = accept(site, a_record(), batch="b1")
    accept(site, a_record("Nieuwer"), id_=id_)

    publish(site)

    assert item(site, id_) is None
    with site.database.write() as connection:
        outbox.release(connection, "b1")
    publish(site)
    assert item(site, id_) is not None


def test_a_tombstone_does_not_wait_for_a_held_batch(site: Site) -> None:
    id_ = accept(site, a_record())
    publish(site)
    accept(site, a_record("Nieuwer"), id_=id_, batch="b1")
    withdraw(site, id_)

    publish(site)

    assert item(site, id_).deleted
    with site.database.write() as connection:
        outbox.release(connection, "b1")


@pytest.mark.parametrize("damage", [["bad_tree"]])
def test_a_record_that_cannot_be_rendered_is_quarantined_and_its_old_state_stays(site: Site) -> None:
    id_ = accept(site, a_record())
    other = accept(site, a_record("Ander"))
    publish(site)
    before = item(site, id_).position
    accept(site, a_record("Nieuw"), id_=id_)
    with site.database.write() as connection:
        connection.execute(
            text("UPDATE revision SET tree = '{\"general\": 3}' WHERE record = :r AND n = 2"), {"r": id_}
        )
    accept(site, a_record("Ander nieuw"), id_=other)

    sealed = publish(site)

    assert sealed is not None
    assert (sealed.published, sealed.quarantined) == (1, 1)
    assert item(site, id_).position == before


def test_interactive_rows_come_before_bulk(site: Site) -> None:
    bulk = accept(site, a_record("Bulk"), lane=outbox.BULK)
    quick = accept(site, a_record("Snel"))
    with site.database.read() as connection:
        chosen = [waiting.record for waiting in outbox.choose(connection, 10)]

    assert chosen == [quick, bulk]
    publish(site)


def test_w_rises_when_the_clock_steps_back(site: Site, clock: FakeClock) -> None:
    first = accept(site, a_record())
    publish(site)
    clock.step(-1800)
    second = accept(site, a_record("Ander"))

    publish(site)

    assert datestamp_of(item(site, second).position) == datestamp_of(item(site, first).position) + 2


def test_a_clock_that_jumps_by_hours_is_refused(site: Site, clock: FakeClock) -> None:
    accept(site, a_record())
    clock.step(7200)

    with pytest.raises(ClockRefused, match="jumped"):
        publish(site)
    clock.step(-7200)
    publish(site)


def test_a_clock_far_ahead_at_start_is_refused_until_it_is_accepted(tmp_path: Path) -> None:
    a_site(tmp_path).database.dispose()
    later = a_site(tmp_path, FakeClock(1_795_000_000 + 500 * 86_400))
    accept(later, a_record())

    with pytest.raises(ClockRefused, match="400 days"):
        publish(later)
    publication.accept_clock(later)

    assert publish(later) is not None
    later.database.dispose()


def test_an_empty_batch_moves_w_and_a_later_change_lies_beyond_it(site: Site, clock: FakeClock) -> None:
    clock.pass_(60)
    publication.advance(site)
    with snapshot(site.database) as seen:
        response_date = seen.w + 1
    assert response_date > clock.now() - 2
    id_ = accept(site, a_record())

    publish(site)

    assert datestamp_of(item(site, id_).position) > response_date


def test_advance_does_not_wait_for_a_publisher(site: Site, clock: FakeClock) -> None:
    clock.pass_(60)
    with snapshot(site.database) as seen:
        before = seen.w
    with site.database.write() as connection:
        if not site.database.is_sqlite:
            connection.execute(text("SELECT 1 FROM horizon WHERE id = 1 FOR UPDATE"))
        publication.advance(site)

    with snapshot(site.database) as seen:
        assert seen.w == before


def test_a_new_context_is_filled_where_the_records_stand(tmp_path: Path, clock: FakeClock) -> None:
    plain = a_site(tmp_path, clock)
    open_, closed = accept(plain, licensed("Open", OPEN)), accept(plain, licensed("Dicht", None))
    publish(plain)
    before = item(plain, open_).position
    plain.database.dispose()

    wider = a_site(tmp_path, clock, contexts=(ContextSection(name="open", filter="open=true"),))
    opening.open_all(wider)

    with snapshot(wider.database) as seen:
        assert seen.is_open("context:open")
        list_id = seen.list_id("open")
        assert list_id is not None
        assert [row.position for row in seen.page(list_id, "lom", -1, seen.bound, 10)] == [before]
    assert publication.refresh(wider) == 0
    publish(wider)
    assert item(wider, open_).position == before
    assert item(wider, closed).facts.contexts == ()
    assert doctor.examine(wider) == []
    wider.database.dispose()


def test_the_domain_is_fixed_by_the_first_deposit(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    with site.database.write() as connection:
        site.settle(connection)
    site.database.dispose()
    config = site.config
    other = type(config)(database=config.database, site=config.site)

    again = open_site(other)

    assert again.domain == "repository.example"
    again.database.dispose()


def test_positions_rise_within_a_batch_and_name_their_datestamp() -> None:
    assert position_of(1_795_000_000, 5) > position_of(1_795_000_000, 4)
    assert datestamp_of(position_of(1_795_000_000, 32_767)) == 1_795_000_000
    assert position_of(4_102_444_800, 32_767) < 2**53
