"""An erasure beside whatever else is done to pages at that moment: what was erased is in none of them afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from repository.config.sections import SiteSection
from repository.linked import ldes_erasure, ldes_pages, ldes_sealing
from repository.published import snapshot
from repository.publishing import publication
from repository.site import Site, open_site
from repository.upkeep import backup, erasure
from schemas.record import Technical
from tests.support.site import FakeClock, accept, uuid_of
from tests.unit.repository.linked.test_ldes_kept import (
    a_record,
    clock,
    everything,
    move,
    own_home,
    page_sizes,
    publish,
    sealed,
    site,
)

__all__ = ["clock", "own_home", "page_sizes", "site"]  # fixtures
SECRET = "geheim"


def erase(site: Site, clock: FakeClock, record: int) -> None:
    """All of an erasure: of the record, the tombstone, and of what sealed pages hold."""
    erasure.erase(site, uuid_of(site, record), "asked")
    bury(site, clock)


def bury(site: Site, clock: FakeClock) -> None:
    """Publish the tombstone, and take out of pages what was erased; seal nothing."""
    clock.pass_(2)
    assert publication.publish(site) is not None
    assert ldes_erasure.erase(site) == 1


def forgotten(site: Site) -> None:
    """Nothing that is kept of the stream or served from it holds what was erased, and the stream is whole."""
    with site.database.read() as connection:
        rows = connection.execute(text("SELECT * FROM page")).all()
        assert connection.execute(text("SELECT count(*) FROM page_erasure")).scalar() == 0
        graphs = [bytes(row[0]) for row in connection.execute(text("SELECT graph FROM log WHERE graph IS NOT NULL"))]
    kept = [ldes_pages.opened(row) for row in rows] + [ldes_pages.as_served(row, site.base_url) for row in rows]
    kept += [ldes_pages.unpack(graph) for graph in graphs]
    for page in (*kept, *everything(site).values()):
        assert SECRET.encode() not in page


def test_a_leaf_that_was_prepared_before_an_erasure_is_not_kept_after_it(site: Site, clock: FakeClock) -> None:
    ids = [accept(site, a_record(title)) for title in ("a", SECRET, "c")]
    clock.pass_(2)
    publication.publish(site)
    leaf = ldes_sealing.full_leaf(site)
    assert leaf is not None

    erase(site, clock, ids[1])

    assert not ldes_sealing.keep_leaf(site, leaf)
    ldes_sealing.seal(site)
    assert [row[:2] for row in sealed(site)] == [(0, 0)]
    forgotten(site)


def test_a_leaf_that_was_kept_before_an_erasure_is_rewritten(site: Site, clock: FakeClock) -> None:
    ids = publish(site, clock, "a", SECRET, "c")

    erase(site, clock, ids[1])

    forgotten(site)


def test_a_page_of_leaves_that_was_prepared_before_an_erasure_leads_to_what_there_is(
    site: Site, clock: FakeClock
) -> None:
    ids = [accept(site, a_record(title)) for title in ("a", SECRET, *"cdef")]
    clock.pass_(2)
    publication.publish(site)
    for _ in range(2):
        leaf = ldes_sealing.full_leaf(site)
        assert leaf is not None
        assert ldes_sealing.keep_leaf(site, leaf)
    index = ldes_sealing.full_index(site)
    assert index is not None

    erase(site, clock, ids[1])

    assert not ldes_sealing.keep_index(site, index)
    ldes_sealing.seal(site)
    assert len(sealed(site)) == 3
    forgotten(site)  # which follows every link and finds none that moved


def test_a_page_that_was_compressed_for_a_new_address_before_an_erasure_is_not_kept_after_it(
    site: Site, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    ids = publish(site, clock, "a", SECRET, "c")
    config = msgspec.structs.replace(site.config, site=SiteSection(base_url="http://elsewhere.example"))
    elsewhere = open_site(config, clock, page_sizes=site.page_sizes)
    request.addfinalizer(elsewhere.database.dispose)
    moved = ldes_sealing.moved_page(elsewhere)
    assert moved is not None

    erase(site, clock, ids[1])

    assert not ldes_sealing.keep_moved(elsewhere, moved)
    forgotten(site)


def test_a_graph_that_comes_into_the_log_after_its_erasure_goes_with_the_tombstone(
    site: Site, clock: FakeClock
) -> None:
    first, *_ = publish(site, clock, SECRET, "b")
    with site.database.read() as connection:
        graph = connection.execute(text("SELECT graph FROM log ORDER BY position")).scalar()
    erasure.erase(site, uuid_of(site, first), "asked")
    with site.database.write() as connection:
        connection.execute(text("UPDATE log SET graph = :graph WHERE record = :id"), {"graph": graph, "id": first})

    bury(site, clock)

    forgotten(site)


@pytest.mark.parametrize("place", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_an_erasure_while_a_batch_with_the_record_is_written_is_done_when_the_tombstone_is(
    site: Site, clock: FakeClock
) -> None:
    publish(site, clock, "a")
    record = accept(site, a_record(SECRET))
    clock.pass_(2)
    batch = threading.Thread(target=publication.publish, args=(site,))

    with site.database.write() as connection:  # The batch has read what it may write, and cannot write it yet.
        connection.execute(text('LOCK TABLE "current" IN SHARE ROW EXCLUSIVE MODE'))
        batch.start()
        until(lambda: waiting(site))
        erasure.erase(site, uuid_of(site, record), "asked")
    batch.join()

    assert any(SECRET.encode() in page for page in everything(site).values())  # until the tombstone takes its place
    bury(site, clock)
    forgotten(site)


def test_what_names_the_sites_own_address_by_itself_stays_when_the_site_moves_and_an_erasure_passes(
    site: Site, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    own = f"{site.base_url}/lessen/1"
    told = msgspec.structs.replace(a_record("a"), technical=Technical(location=(own,)))
    ids = [accept(site, told), *(accept(site, a_record(title)) for title in (SECRET, "c"))]
    move(site, clock)
    config = msgspec.structs.replace(site.config, site=SiteSection(base_url="http://elsewhere.example"))
    elsewhere = open_site(config, clock, page_sizes=site.page_sizes)
    request.addfinalizer(elsewhere.database.dispose)

    ldes_sealing.seal(elsewhere)
    erase(elsewhere, clock, ids[1])

    (leaf,) = (page for name, page in everything(elsewhere).items() if name.startswith("0-"))
    assert f"<{own}>".encode() in leaf
    assert f"<http://elsewhere.example/id/resource/{uuid_of(site, ids[0])}>".encode() in leaf
    assert f"<{site.base_url}/id/".encode() not in leaf
    forgotten(elsewhere)


def test_a_restore_of_an_older_backup_erases_again_and_gives_the_pages_their_names_again(
    site: Site, clock: FakeClock, tmp_path: Path
) -> None:
    ids = publish(site, clock, "a", SECRET, "c", *"defg")
    backup.backup(site.database, clock, tmp_path / "b.zip")
    old = set(everything(site))
    erase(site, clock, ids[1])
    names = {name for name in everything(site) if "-" in name}

    backup.restore(
        site.database, clock, tmp_path / "b.zip", exact=False,
        within=lambda connection: erasure.replay(connection, int(clock.now())) and None,
    )  # fmt: skip
    move(site, clock)
    assert ldes_erasure.erase(site) == 1

    assert names - old
    assert names <= set(everything(site))
    with snapshot(site.database) as line:
        assert all(ldes_pages.page(site, line, name) is not None for name in old if name)
    forgotten(site)


def waiting(site: Site) -> bool:
    """Whether somebody waits for a lock in this database."""
    with site.database.read() as connection:
        query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return connection.execute(text(query)).first() is not None


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
