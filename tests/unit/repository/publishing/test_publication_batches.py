"""Batches of publication: their caps, who may make one, and what waits."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from repository import deposit
from repository.errors import Busy
from repository.jobs import lease
from repository.published import ORDINALS, datestamp_of, position_of, snapshot
from repository.publishing import opening, outbox, publication, sealing
from repository.publishing.preparation import PORTION, prepare
from repository.site import Site
from repository.storage.database import Database
from repository.upkeep import doctor
from tests.support.deposit import a_delivery, an_order
from tests.support.factories import a_record
from tests.support.replica import Replica
from tests.support.site import FakeClock, a_site, accept, uuid_of


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
    made = a_site(tmp_path, clock, url=url)
    yield made
    assert [finding.code for finding in doctor.examine(made)] == damage
    made.database.dispose()


@pytest.fixture
def other(site: Site) -> Iterator[Site]:
    """Another process on the same database and clock."""
    made = Site(site.config, Database(site.database.url), site.clock, site.vocabularies)
    yield made
    made.database.dispose()


def w(site: Site) -> int:
    with snapshot(site.database) as seen:
        return seen.w


def waiting(site: Site) -> int:
    with site.database.read() as connection:
        return len(outbox.choose(connection, 100_000))


def always() -> bool:
    return True


def test_batches_of_one_record_have_a_datestamp_each_and_lose_nothing(site: Site, clock: FakeClock) -> None:
    ids = [accept(site, a_record(f"Titel {n}")) for n in range(4)]
    opening.open_all(site)
    replica = Replica(page=1)
    for _ in ids:
        clock.pass_(2)
        prepared = prepare(site, 1, 10**9, always)
        assert prepared is not None
        publication.seal(site, prepared)
        replica.request(site)
        accept(site, a_record(f"Nieuw {clock.mono}"), id_=ids[0], lane=outbox.BULK)

    clock.pass_(2)
    publication.publish(site)
    replica.harvest(site)
    replica.harvest(site)

    with snapshot(site.database) as seen:
        stamps = [datestamp_of(item.position) for item in seen.changes(-1, 100)]
    assert len(set(stamps)) == len(stamps) == 4
    assert replica.copy == replica.truth(site)


def test_a_batch_ends_at_its_bytes_but_holds_a_record(site: Site, clock: FakeClock) -> None:
    for n in range(3):
        accept(site, a_record(f"Titel {n}"))
    prepared = prepare(site, 100, 1, always)

    assert prepared is not None
    assert len(prepared.ready) == 1
    clock.pass_(2)
    publication.publish(site)


def test_what_does_not_fit_in_the_lock_waits_for_the_next_batch(site: Site, clock: FakeClock) -> None:
    many = PORTION + 100
    deliveries = [a_delivery(f"Titel {n}", identifier=f"k{n}") for n in range(many)]
    deposit.deliver(site, deliveries, an_order(lane=outbox.BULK))
    opening.open_all(site)
    prepared = prepare(site, 10_000, 10**9, always)
    assert prepared is not None
    d = w(site) + 2

    with site.database.write() as connection:
        done = sealing.write(site, connection, prepared, d, time.monotonic() - 1)
        connection.execute(text("UPDATE horizon SET w = :w"), {"w": d})

    assert (done.published, done.left) == (PORTION, 100)
    assert waiting(site) == 100
    clock.pass_(10)
    publication.publish(site)
    assert waiting(site) == 0


def test_the_ordinals_of_a_batch_fit_its_datestamp() -> None:
    assert publication.MOST_ROWS < ORDINALS
    assert position_of(2, ORDINALS - 1) < position_of(4)


def test_the_lock_is_short_when_somebody_waits_at_a_form(site: Site, clock: FakeClock) -> None:
    accept(site, a_record("Bulk"), lane=outbox.BULK)
    bulk = prepare(site, 100, 10**9, always)
    accept(site, a_record("Snel"))
    both = prepare(site, 100, 10**9, always)

    assert bulk is not None
    assert both is not None
    assert (bulk.interactive, both.interactive) == (False, True)
    assert publication.LOCK_S < publication.LOCK_BULK_S
    clock.pass_(2)
    publication.publish(site)


def test_requests_do_not_put_publication_off(site: Site, clock: FakeClock) -> None:
    accept(site, a_record())
    clock.pass_(5)
    before = w(site)

    publication.advance(site)

    assert w(site) == before
    assert publication.publish(site) is not None


def test_w_stays_while_it_is_younger_than_two_seconds(site: Site, other: Site, clock: FakeClock) -> None:
    clock.pass_(10)
    publication.advance(site)
    before = w(site)
    clock.pass_(1.9)
    publication.advance(other)

    assert w(site) == before


def test_w_does_not_run_ahead_of_a_clock_that_stepped_back(site: Site, clock: FakeClock) -> None:
    before = w(site)
    clock.step(-600)
    for _ in range(5):
        clock.pass_(2)
        publication.advance(site)

    assert w(site) == before


def test_one_process_at_a_time_prepares(site: Site, other: Site, clock: FakeClock) -> None:
    accept(site, a_record())
    opening.open_all(site)
    clock.pass_(2)
    with lease.lease(other, "publish", 20) as renew:
        assert renew is not None
        assert publication.publish(site) is None

    assert publication.publish(site) is not None


def test_a_lease_goes_on_while_it_is_renewed_and_ends_when_it_is_not(site: Site, other: Site, clock: FakeClock) -> None:
    with lease.lease(site, "job", 20) as renew:
        assert renew is not None
        for _ in range(5):
            clock.pass_(15)
            assert renew()
            with lease.lease(other, "job", 20) as second:
                assert second is None
        clock.pass_(21)
        with lease.lease(other, "job", 20) as second:
            assert second is not None
            assert not renew()


@pytest.mark.parametrize(("until", "free"), [(500.0, True), (70.0, False), (-1.0, True)])
def test_a_lease_from_a_clock_that_was_ahead_is_free(site: Site, clock: FakeClock, until: float, free: bool) -> None:
    _somebody_holds(site, "somewhere-else 1 x", clock.now() + until)

    with lease.lease(site, "job", 20) as renew:
        assert (renew is not None) is free


def test_the_lease_of_a_process_that_was_killed_here_is_free_at_once(site: Site, clock: FakeClock) -> None:
    _somebody_holds(site, f"{lease._HOST} 999999999 x", clock.now() + 15)

    with lease.lease(site, "job", 20) as renew:
        assert renew is not None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells that a process is a zombie")
def test_a_process_that_ended_and_was_not_asked_after_holds_no_lease(site: Site, clock: FakeClock) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        state = Path(f"/proc/{ended.pid}/stat")
        while state.read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)
        _somebody_holds(site, f"{lease._HOST} {ended.pid} x", clock.now() + 15)

        assert not lease.is_held(site, "job")
        with lease.lease(site, "job", 20) as renew:
            assert renew is not None


def _somebody_holds(site: Site, holder: str, until: float) -> None:
    with site.database.write() as connection:
        connection.execute(
            text("INSERT INTO lease (name, holder, until) VALUES ('job', :holder, :until)"),
            {"holder": holder, "until": until},
        )


def test_nothing_is_sealed_while_another_seals(site: Site, other: Site, clock: FakeClock) -> None:
    if site.database.is_sqlite:
        pytest.skip("SQLite has one writer at a time: a second one waits at BEGIN")
    accept(site, a_record())
    opening.open_all(site)
    prepared = prepare(site, 10, 10**9, always)
    assert prepared is not None
    clock.pass_(2)
    with other.database.write() as connection:
        connection.execute(text("SELECT 1 FROM horizon FOR UPDATE"))
        assert publication.seal(site, prepared) is None

    assert publication.seal(site, prepared) is not None


def test_publishing_ends_although_a_staged_batch_holds_a_record(site: Site, clock: FakeClock) -> None:
    id_ = accept(site, a_record("Vastgehouden"), batch="b1")
    accept(site, a_record("Nieuwer"), id_=id_)

    publication.drain(site, 0, 100, lambda _: clock.pass_(2))

    with site.database.write() as connection:
        outbox.release(connection, "b1")
    publication.drain(site, 0, 100, lambda _: clock.pass_(2))
    assert waiting(site) == 0


@pytest.mark.parametrize("changed", [True, False], ids=["changed meanwhile", "left alone"])
def test_a_command_renders_while_it_is_too_early_and_seals_as_soon_as_may_be(
    site: Site, clock: FakeClock, changed: bool
) -> None:
    accept(site, a_record("Eerste"))
    clock.pass_(2)
    publication.publish(site)
    second = accept(site, a_record("Tweede"))
    clock.pass_(0.5)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if changed:
            accept(site, a_record("Anders"), id_=second)
        clock.pass_(seconds)

    assert publication.publish(site) is None
    sealed = publication.publish(site, sleep)

    assert sealed is not None
    assert slept == [pytest.approx(1.5)]
    assert (sealed.published, sealed.left) == ((0, 1) if changed else (1, 0))
    publication.drain(site, 0, 100, clock.pass_)
    assert waiting(site) == 0


@pytest.mark.parametrize("patient", [True, False])
def test_publishing_waits_for_a_long_writer_and_then_says_so(tmp_path: Path, clock: FakeClock, patient: bool) -> None:
    site = a_site(tmp_path, clock)
    # Else each try takes a quarter of a minute.
    event.listen(site.database.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=5"))
    accept(site, a_record())
    opening.open_all(site)
    writer = sqlite3.connect(tmp_path / "test.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    tries = 0

    def sleep(_: float) -> None:
        nonlocal tries
        tries += 1
        clock.pass_(2)
        if patient and tries == 3:
            writer.rollback()

    with contextlib.nullcontext() if patient else pytest.raises(Busy):
        publication.drain(site, 0, 100, sleep)

    assert waiting(site) == (0 if patient else 1)
    assert (tries >= 3) if patient else (tries == publication.PATIENCE - 1)
    writer.close()
    site.database.dispose()


@pytest.mark.parametrize("damage", [["bad_tree"]])
def test_a_reason_that_quotes_what_no_database_takes_stops_nobody(site: Site, clock: FakeClock) -> None:
    bad, good = accept(site, a_record("Slecht")), accept(site, a_record("Goed"))
    with site.database.write() as connection:
        connection.execute(
            text("UPDATE revision SET tree = :tree WHERE record = :r"),
            {"tree": b'{"general": {"title": "\\u0000\\ud800"}}', "r": bad},
        )
    clock.pass_(2)

    sealed = publication.publish(site)

    assert sealed is not None
    assert (sealed.published, sealed.quarantined) == (1, 1)
    with snapshot(site.database) as seen:
        assert seen.find(uuid_of(site, good)) is not None


@pytest.mark.parametrize("damage", [["bad_tree"]])
def test_a_quarantined_record_is_public_once_it_can_be_rendered(site: Site, clock: FakeClock) -> None:
    id_ = accept(site, a_record("Slecht"))
    with site.database.write() as connection:
        connection.execute(text("UPDATE revision SET tree = :bad"), {"bad": b'{"general": 3}'})
    clock.pass_(2)
    publication.publish(site)
    accept(site, a_record("Hersteld"), id_=id_)
    clock.pass_(2)

    publication.publish(site)

    with site.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM quarantine")).scalar() == 0
    with snapshot(site.database) as seen:
        assert seen.find(uuid_of(site, id_)) is not None


def test_a_reader_sees_one_state_whatever_is_published_meanwhile(site: Site, other: Site, clock: FakeClock) -> None:
    accept(site, a_record("Eerst"))
    clock.pass_(2)
    publication.publish(site)
    with snapshot(other.database) as seen:
        accept(site, a_record("Dan"))
        clock.pass_(2)
        assert publication.publish(site) is not None

        assert seen.total() == 1
        assert max(item.position for item in seen.changes(-1, 10)) <= seen.bound
    assert w(site) > seen.w
