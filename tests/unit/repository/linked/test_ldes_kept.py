"""Sealed pages are kept data: what a backup, both ways of restoring, another sealer and an erasure make of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from repository.linked import graphs, ldes_erasure, ldes_pages, ldes_quads, ldes_sealing
from repository.published import snapshot
from repository.publishing import publication
from repository.site import PageSizes, Site
from repository.upkeep import backup, erasure
from schemas.record import General, LangString, Record, Technical
from tests.stress import copies
from tests.support.site import FakeClock, a_site, accept, uuid_of, withdraw

_Row = tuple[object, ...]


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home of one's own, for dumps."""
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))


@pytest.fixture
def page_sizes() -> PageSizes:
    """Pages of three members and of two leaves."""
    return PageSizes(members=3, leaves=2)


@pytest.fixture
def clock(ticking: FakeClock) -> FakeClock:
    return ticking


@pytest.fixture
def site(place: Site) -> Site:
    return place


def a_record(title: str) -> Record:
    return Record(
        general=General(title=(LangString("nl", title),)), technical=Technical(location=("https://b.example/1",))
    )


def publish(site: Site, clock: FakeClock, *titles: str) -> list[int]:
    ids = [accept(site, a_record(title)) for title in titles]
    move(site, clock)
    return ids


def move(site: Site, clock: FakeClock) -> None:
    clock.pass_(2)
    assert publication.publish(site) is not None
    ldes_sealing.seal(site)


def sealed(site: Site) -> list[_Row]:
    """Every sealed page as it lies there, bytes and all."""
    with site.database.read() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM page ORDER BY level, n"))]


def everything(site: Site) -> dict[str, bytes]:
    """Every page of the stream that can be reached, by name, and the root."""
    with snapshot(site.database) as line:
        found = {"": ldes_pages.root(site, line)}
        waiting = [found[""]]
        while waiting:
            for name in _links(waiting.pop()):
                page = ldes_pages.page(site, line, name)
                assert page is not None
                assert page.moved is None
                found[name] = page.nquads
                waiting.append(page.nquads)
    return found


def _links(page: bytes) -> list[str]:
    lines = (line for line in page.decode().splitlines() if f"<{ldes_quads.TREE}node>" in line)
    return [line.split(" ")[2].strip("<>").rpartition("/")[2] for line in lines]


def copy(site: Site) -> copies.Copy:
    """What a follower holds that read every member in order."""
    lines = [
        line
        for name, page in everything(site).items()
        if name and not name.startswith("i")
        for line in page.decode().splitlines()
        if not line.startswith((f"<{site.base_url}/ldes", f"<{site.base_url}/ldes#"))
    ]
    return copies.applied({}, copies.by_number(copies.activities(lines)))


def public(site: Site) -> copies.Copy:
    with snapshot(site.database) as line:
        return {
            site.url(f"/id/resource/{item.uuid}"): copies.said(
                copies.quads((graphs.graph(site, line, item.position) or b"").decode().splitlines())
            )
            for item in line.changes(-1, 1000)
            if not item.deleted
        }


def test_an_exact_restore_gives_back_every_page_byte_for_byte(site: Site, clock: FakeClock, tmp_path: Path) -> None:
    publish(site, clock, *"abcdefg")
    backup.backup(site.database, clock, tmp_path / "b.zip")
    before, pages = sealed(site), everything(site)
    (other := tmp_path / "other").mkdir()
    elsewhere = a_site(other, clock, page_sizes=site.page_sizes)

    backup.restore(elsewhere.database, clock, tmp_path / "b.zip", exact=True)

    assert sealed(elsewhere) == before != []
    assert everything(elsewhere) == pages


def test_a_stream_that_goes_on_after_an_exact_restore_seals_what_the_other_one_does(
    site: Site, clock: FakeClock, tmp_path: Path
) -> None:
    publish(site, clock, *"abcd")
    accept(site, a_record("e"))
    accept(site, a_record("f"))
    backup.backup(site.database, clock, tmp_path / "b.zip")
    (other := tmp_path / "other").mkdir()
    elsewhere = a_site(other, clock, page_sizes=site.page_sizes)
    backup.restore(elsewhere.database, clock, tmp_path / "b.zip", exact=True)

    clock.pass_(2)
    for each in (site, elsewhere):
        assert publication.publish(each) is not None
        ldes_sealing.seal(each)

    assert sealed(site) == sealed(elsewhere)
    assert len(sealed(site)) == 3


def test_a_restore_keeps_the_pages_of_the_backup_and_tells_every_record_again(
    site: Site, clock: FakeClock, tmp_path: Path
) -> None:
    first, second, *_ = publish(site, clock, *"abcd")
    withdraw(site, second)
    move(site, clock)
    backup.backup(site.database, clock, tmp_path / "b.zip")
    kept = sealed(site)
    accept(site, a_record("changed since"), id_=first)
    move(site, clock)
    follower = copy(site)

    backup.restore(site.database, clock, tmp_path / "b.zip", exact=False)
    move(site, clock)

    assert sealed(site)[: len(kept)] == kept != []
    assert copy(site) == public(site) != follower
    with site.database.read() as connection:
        kinds = connection.execute(text("SELECT kind FROM log WHERE member ORDER BY position")).scalars().all()
    assert sorted(kinds[-4:]) == ["delete", "update", "update", "update"]


def test_a_page_that_was_sealed_after_the_backup_is_never_gone(site: Site, clock: FakeClock, tmp_path: Path) -> None:
    publish(site, clock, "a")
    backup.backup(site.database, clock, tmp_path / "b.zip")
    publish(site, clock, *"bcdefgh")
    linked = [name for name in everything(site) if name]

    backup.restore(site.database, clock, tmp_path / "b.zip", exact=False)
    move(site, clock)

    with snapshot(site.database) as line:
        pages = {name: ldes_pages.page(site, line, name) for name in linked}
    assert len(linked) == 5
    assert None not in pages.values()
    lost = next(page for name, page in pages.items() if name.startswith("0-"))
    assert lost is not None
    assert b"#member" not in lost.nquads
    assert not lost.sealed


def test_a_page_whose_graphs_were_taken_out_meanwhile_is_not_sealed_with_them(site: Site, clock: FakeClock) -> None:
    ids = [accept(site, a_record(title)) for title in "abc"]
    clock.pass_(2)
    publication.publish(site)

    leaf = ldes_sealing.full_leaf(site)
    erasure.erase(site, uuid_of(site, ids[1]), "asked")

    assert leaf is not None
    assert not ldes_sealing.keep_leaf(site, leaf)
    assert sealed(site) == []
    ldes_sealing.seal(site)
    assert b'"b"' not in next(page for name, page in everything(site).items() if name.startswith("0-"))


def test_an_erasure_waits_until_the_tombstone_is_public(site: Site, clock: FakeClock) -> None:
    first, *_ = publish(site, clock, *"abc")
    erasure.erase(site, uuid_of(site, first), "asked")

    waiting = ldes_erasure.erase(site)
    move(site, clock)

    assert (waiting, ldes_erasure.erase(site)) == (0, 1)
