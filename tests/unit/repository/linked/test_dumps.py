"""Dumps stand where the repository stands: an erasure and a restore take them away, also those that are being made."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from repository.errors import Busy, Invalid
from repository.linked import dumps, ldes_erasure
from repository.published import snapshot
from repository.site import Site
from repository.upkeep import backup, erasure
from tests.support.site import FakeClock, a_site, uuid_of
from tests.unit.repository.linked.test_ldes_kept import clock, move, own_home, page_sizes, publish, site

__all__ = ["clock", "own_home", "page_sizes", "site"]  # fixtures


def there(site: Site) -> list[dumps.Dump]:
    with snapshot(site.database) as line:
        return dumps.listed(line)


def files() -> list[str]:
    return sorted(path.name for path in dumps.folder().iterdir())


def test_a_set_of_dumps_stands_at_one_watermark(site: Site, clock: FakeClock) -> None:
    publish(site, clock, *"abc")

    made = dumps.make(site)

    assert made is not None
    assert there(site) == made
    with snapshot(site.database) as line:
        assert {(one.epoch, one.position, one.records) for one in made} == {(line.epoch, line.bound, 3)}
    assert files() == sorted([dumps.INDEX, *(one.name for one in made)])


def test_the_last_two_sets_are_kept(site: Site, clock: FakeClock) -> None:
    for title in "abc":
        publish(site, clock, title)
        dumps.make(site, ("nq",))

    assert [one.records for one in there(site)] == [3, 2]
    assert len(files()) == 3


def test_an_unknown_format_is_refused(site: Site) -> None:
    with pytest.raises(Invalid, match="no dump in marc; there are nq, jsonl, lom"):
        dumps.make(site, ("nq", "marc"))


def test_no_dump_is_made_while_an_erasure_is_under_way(site: Site, clock: FakeClock) -> None:
    first, *_ = publish(site, clock, *"abc")
    erasure.erase(site, uuid_of(site, first), "asked")

    with pytest.raises(Busy, match="being erased"):
        dumps.make(site, ("nq",))

    assert there(site) == []


def test_an_erasure_takes_every_dump_away_before_the_tombstone_is_public(site: Site, clock: FakeClock) -> None:
    first, *_ = publish(site, clock, *"abc")
    dumps.make(site, ("nq",))

    erasure.erase(site, uuid_of(site, first), "asked")

    assert there(site) == []
    move(site, clock)
    assert ldes_erasure.erase(site) == 1
    assert files() == [dumps.INDEX]


def test_a_dump_that_was_begun_before_an_erasure_is_taken_away_when_it_is_done(site: Site, clock: FakeClock) -> None:
    first, *_ = publish(site, clock, *"abc")

    def erase_meanwhile(records: int) -> None:
        if records:
            erasure.erase(site, uuid_of(site, first), "asked")

    with pytest.raises(Busy, match="was erased"):
        dumps.make(site, ("nq",), erase_meanwhile)

    assert there(site) == []
    assert files() == [dumps.INDEX]


def test_a_restore_takes_the_dumps_of_the_old_epoch_away(site: Site, clock: FakeClock, tmp_path: Path) -> None:
    publish(site, clock, *"abc")
    backup.backup(site.database, clock, tmp_path / "b.zip")
    dumps.make(site, ("nq",))

    backup.restore(site.database, clock, tmp_path / "b.zip", exact=False)  # and the process dies before it does more

    assert there(site) == []
    move(site, clock)
    made = dumps.make(site, ("nq",))
    assert there(site) == made
    assert len(files()) == 2


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # PostgreSQL lets a restore wait for the dump
def test_a_dump_that_was_begun_before_a_restore_is_none_after_it(
    site: Site, clock: FakeClock, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    publish(site, clock, *"abc")
    backup.backup(site.database, clock, tmp_path / "b.zip")
    other = a_site(tmp_path, clock, page_sizes=site.page_sizes)
    request.addfinalizer(other.database.dispose)

    def restore_meanwhile(records: int) -> None:
        if records:
            backup.restore(other.database, clock, tmp_path / "b.zip", exact=False)

    with pytest.raises(Busy, match="backup restored"):
        dumps.make(site, ("nq",), restore_meanwhile)

    assert there(site) == []
    assert files() == [dumps.INDEX]


def test_a_drill_shows_no_dump_that_is_ahead_of_it(site: Site, clock: FakeClock, tmp_path: Path) -> None:
    publish(site, clock, "a")
    backup.backup(site.database, clock, tmp_path / "b.zip")
    publish(site, clock, "b")
    (made,) = dumps.make(site, ("nq",)) or ()
    assert b"b.example" in gzip.decompress(dumps.path_of(made).read_bytes())

    backup.restore(site.database, clock, tmp_path / "b.zip", exact=True)

    assert there(site) == []
