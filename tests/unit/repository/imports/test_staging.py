"""Staged imports: previewed, applied in pieces that survive a death anywhere, held until the end, undone as a whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, text

from repository import deposit
from repository.accounts import Actor, organisations, people
from repository.accounts.policy import own_name
from repository.config.sections import AccountsSection, Config, DatabaseSection, OaiSection, SiteSection
from repository.errors import Forbidden, Invalid, NotFound, Refused
from repository.imports import batch as batches
from repository.imports import staging
from repository.imports import undo as undoing
from repository.imports.staging import Staging
from repository.published import snapshot
from repository.publishing import publication
from repository.site import Site, open_site
from repository.storage.database import Database
from repository.upkeep import doctor
from schemas.errors import Problem
from schemas.formats.format import Delivery, Reading
from schemas.record import General, LangString, Record
from tests.support.deposit import (
    CURATOR,
    OTHER,
    REVIEWER,
    TEACHER,
    a_delivery,
    bring,
    count,
    do,
    head,
    public_title,
    put,
)
from tests.support.factories import a_record
from tests.support.site import FakeClock, a_site

SOURCE = "kim"
KEPT = ("record", "origin", "overlay", "revision", "event", "outbox", "reject", "setting")


def staged(site: Site, *deliveries: Delivery, actor: Actor = CURATOR, **wish: Any) -> str:
    """The name of a batch of these deliveries."""
    source = SOURCE if actor.is_curator else None
    return staging.stage(site, actor, Staging(**({"source": source, "file": "file.xml"} | wish)), deliveries).id


def outcomes(site: Site, batch: str, actor: Actor = CURATOR) -> list[str]:
    return [row.outcome for row in staging.rows(site, actor, batch, limit=1000).rows]


def undone(site: Site, batch: str, actor: Actor = CURATOR) -> list[str | None]:
    return [row.undone for row in staging.rows(site, actor, batch, limit=1000).rows]


def dump(site: Site, *leave: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of what is kept, but for the staged batches themselves."""
    with site.database.read() as connection:
        return {
            table: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{table}"'))), key=repr)
            for table in KEPT
            if table not in leave
        }


def public(site: Site, uuid: str) -> bool | None:
    """Whether the publication line shows a record live; None where it knows nothing of it."""
    with snapshot(site.database) as line:
        item = line.find(uuid)
    return None if item is None else not item.deleted


def published(site: Site, clock: FakeClock) -> None:
    """Let publication do all it may."""
    for _ in range(3):
        clock.pass_(2)
        publication.publish(site)


# --- a world in which every kind of record waits for a delivery -------------------------------------------------------


def filled(site: Site) -> dict[str, str]:
    """Records in every state that a delivery may meet, by a short name; everything is published."""
    names = ("plain", "locked", "open", "gone", "buried", "draft", "going", "withdrawn", "review", "line")
    states = {"draft": "draft", "review": "submitted"}
    made = {}
    for name in names:
        delivery = a_delivery(a_record(name, location=f"https://a.example/{name}"), identifier=name)
        (done,) = bring(site, delivery, as_state=states.get(name, "published"))
        made[name] = done.uuid or ""
    made["posted"] = put(site, CURATOR, None, "posted").uuid
    put(site, CURATOR, made["locked"], a_record("op slot", location="https://a.example/locked"))
    put(site, CURATOR, made["open"], a_record("half af", location="https://a.example/open"), as_state="draft")
    bring(site, a_delivery(None, identifier="gone"))
    do(site, CURATOR, made["buried"], "delete", reason="fout")
    do(site, CURATOR, made["withdrawn"], "withdraw", note="even weg")
    do(site, REVIEWER, made["review"], "claim")
    return made


def arriving(made: dict[str, str]) -> list[Delivery]:
    """A delivery for each of them, new ones, and what an import refuses."""
    title = Record(general=General(title=(LangString("nl", "andere cel"),)))
    return [
        a_delivery("nieuw 1", identifier="new1", place="1"),
        a_delivery("plain!", identifier="plain", place="2"),
        a_delivery(a_record("locked", location="https://b.example/locked"), identifier="locked", place="3"),
        a_delivery(a_record("open", location="https://b.example/open"), identifier="open", place="4"),
        a_delivery("terug", identifier="gone", place="5"),
        a_delivery("buried!", identifier="buried", place="6"),
        a_delivery("draft!", identifier="draft", place="7"),
        a_delivery(None, identifier="going", place="8"),
        a_delivery("withdrawn!", identifier="withdrawn", place="9"),
        a_delivery("review!", identifier="review", place="10"),
        a_delivery("posted!", id=made["posted"], place="11"),
        a_delivery(title, id=made["line"], cells={"general.title": "andere cel"}, place="12"),
        a_delivery("nieuw 2", identifier="new2", place="13"),
        a_delivery("plain?", identifier="plain", place="14"),
        a_delivery("nieuw 1", identifier="new1", place="15"),
        Delivery(place="16", format="lom", problems=(Problem("", "not_xml", "This is no XML."),)),
        a_delivery(None, identifier="nowhere", place="17"),
        a_delivery("line!", identifier="line", place="18"),
    ]


BECOMES = [
    "created", "updated", "updated", "updated", "updated", "unchanged", "updated", "deleted", "unchanged", "updated",
    "updated", "updated", "created", "rejected", "unchanged", "rejected", "unchanged", "updated",
]  # fmt: skip


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Dying(Database):
    """A database whose process dies at its n-th write: in the middle of the transaction, or just after the commit."""

    def __init__(self, url: str, at: int, *, committed: bool) -> None:
        super().__init__(url)
        self.left = at
        self.committed = committed

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.left -= 1
        with super().write() as connection:
            yield connection
            if self.left == 0 and not self.committed:
                raise Killed
        if self.left == 0:
            raise Killed


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A filled and published repository as a file to copy, and its records."""
    home = tmp_path_factory.mktemp("world")
    clock = FakeClock()
    site = a_site(home, clock)
    made = filled(site)
    published(site, clock)
    site.database.dispose()
    return home / "test.sqlite", made


class Worlds:
    """Copies of the world, each with the same time on its clock."""

    def __init__(self, home: Path, world: Path) -> None:
        self.home = home
        self.world = world
        self.opened: list[Site] = []

    def copy(self, name: str) -> Site:
        folder = self.home / name
        folder.mkdir()
        shutil.copy(self.world, folder / "test.sqlite")
        return self.open(name)

    def open(self, name: str) -> Site:
        """The same copy once more, as another process has it."""
        site = a_site(self.home / name, FakeClock(1_795_000_100.0))
        self.opened.append(site)
        return site

    def dying(self, name: str, at: int, *, committed: bool) -> Site:
        site = self.open(name)
        site.database.dispose()
        site.database = Dying(site.database.url, at, committed=committed)
        return site

    def close(self) -> None:
        for site in self.opened:
            site.database.dispose()


@pytest.fixture
def worlds(tmp_path: Path, world: tuple[Path, dict[str, str]]) -> Iterator[Worlds]:
    copies = Worlds(tmp_path, world[0])
    yield copies
    copies.close()


def test_the_preview_changes_nothing_and_says_what_an_import_does(
    worlds: Worlds, world: tuple[Path, dict[str, str]]
) -> None:
    site = worlds.copy("preview")
    before = dump(site)

    batch = staged(site, *arriving(world[1]))

    assert outcomes(site, batch) == BECOMES
    assert dump(site) == before
    direct = deposit.deliver(site, arriving(world[1]), deposit.Order(SOURCE, "published", CURATOR, file="file.xml"))
    assert [done.outcome for done in direct] == BECOMES


@pytest.mark.parametrize("most", [1, 3, 500])
def test_applying_is_the_same_as_importing_at_once(
    worlds: Worlds, world: tuple[Path, dict[str, str]], most: int
) -> None:
    direct, pieces = worlds.copy("direct"), worlds.copy("pieces")
    deposit.deliver(direct, arriving(world[1]), deposit.Order(SOURCE, "published", CURATOR, file="file.xml"))

    batch = staged(pieces, *arriving(world[1]))
    done = staging.apply(pieces, CURATOR, batch, most)

    assert outcomes(pieces, batch) == BECOMES
    assert (done.batch.state, done.batch.applied) == ("applied", len(BECOMES))
    assert dump(pieces) == dump(direct)


@pytest.mark.parametrize("committed", [False, True])
def test_a_death_at_any_write_of_applying_is_made_good_by_applying_again(
    worlds: Worlds, world: tuple[Path, dict[str, str]], *, committed: bool
) -> None:
    direct = worlds.copy("direct")
    deposit.deliver(direct, arriving(world[1]), deposit.Order(SOURCE, "published", CURATOR, file="file.xml"))
    expected = dump(direct)
    deaths = 0
    for at in range(1, 20):
        name = f"killed{at}"
        batch = staged(worlds.copy(name), *arriving(world[1]))
        try:
            staging.apply(worlds.dying(name, at, committed=committed), CURATOR, batch, 3)
        except Killed:
            deaths += 1
        again = worlds.open(name)
        done = staging.apply(again, CURATOR, batch, 3)
        assert done.batch.state == "applied", at
        assert dump(again) == expected, at
        assert doctor.examine(again) == [], at
    assert 8 <= deaths < 19


# --- undo -------------------------------------------------------------------------------------------------------------


def picture(site: Site) -> dict[str, Any]:
    """What every record is, by content: its state, trees, overlay and what its origin holds; no numbers or times."""
    with site.database.read() as connection:
        rows = connection.execute(
            text(
                "SELECT r.*, n.tree AS newest, a.tree AS public_tree FROM record r"
                " LEFT JOIN revision n ON n.record = r.id AND n.n = r.revision"
                " LEFT JOIN revision a ON a.record = r.id AND a.n = r.accepted"
            )
        ).all()
        shown: dict[str, Any] = {}
        for row in rows:
            overlay = connection.execute(
                text('SELECT path, open, value, "by", at FROM overlay WHERE record = :id ORDER BY path, open'),
                {"id": row.id},
            ).all()
            origin = connection.execute(
                text(
                    "SELECT o.source, o.key, o.digest, o.source_bytes, o.received, o.repairs, COALESCE(o.tree, v.tree)"
                    " FROM origin o LEFT JOIN revision v ON v.record = o.record AND v.n = o.revision"
                    " WHERE o.record = :id"
                ),
                {"id": row.id},
            ).all()
            live = row.public_tree if row.public == "published" else None
            shown[row.uuid] = (
                row.public, row.work, row.holder, row.owner, row.collections, row.tombstone_by, row.reason,
                row.successor, bytes(row.newest), live and bytes(live), [tuple(map(_plain, one)) for one in overlay],
                [tuple(map(_plain, one)) for one in origin],
            )  # fmt: skip
    return shown


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def assert_taken_back(site: Site, before: dict[str, Any]) -> None:
    """Every record is what it was; those that the import made are tombstones of its undoing."""
    after = picture(site)
    for uuid, was in before.items():
        assert after[uuid] == was
    for uuid in after.keys() - before.keys():
        assert after[uuid][0] == "deleted"
        assert head(site, uuid).tombstone_by == "undo"


def test_undoing_gives_back_what_was(worlds: Worlds, world: tuple[Path, dict[str, str]]) -> None:
    site = worlds.copy("undo")
    before = picture(site)
    deliveries = [each for each in arriving(world[1]) if each.identifier not in ("draft", "review")]
    batch = staged(site, *deliveries)
    staging.apply(site, CURATOR, batch)

    done = undoing.undo(site, CURATOR, batch)

    assert done.batch.state == "undone"
    assert done.batch.undone == {"deleted": 2, "restored": 10, "left": 0}
    assert_taken_back(site, before)


@pytest.mark.parametrize("committed", [False, True])
def test_a_death_at_any_write_of_undoing_is_made_good_by_undoing_again(
    worlds: Worlds, world: tuple[Path, dict[str, str]], *, committed: bool
) -> None:
    deaths = 0
    for at in range(1, 14):
        name = f"killed{at}"
        site = worlds.copy(name)
        before = picture(site)
        batch = staged(site, *(each for each in arriving(world[1]) if each.identifier not in ("draft", "review")))
        staging.apply(site, CURATOR, batch)
        try:
            undoing.undo(worlds.dying(name, at, committed=committed), CURATOR, batch, 2)
        except Killed:
            deaths += 1
        again = worlds.open(name)
        assert undoing.undo(again, CURATOR, batch, 2).batch.state == "undone", at
        assert_taken_back(again, before)
        assert doctor.examine(again) == [], at
    assert 6 <= deaths < 13


@pytest.mark.parametrize("at", range(1, 9))
def test_what_was_applied_in_part_can_be_undone(worlds: Worlds, world: tuple[Path, dict[str, str]], at: int) -> None:
    site = worlds.copy("part")
    before = picture(site)
    batch = staged(site, *(each for each in arriving(world[1]) if each.identifier not in ("draft", "review")))
    with pytest.raises(Killed):
        staging.apply(worlds.dying("part", at, committed=True), CURATOR, batch, 3)

    undoing.undo(site, CURATOR, batch)

    assert_taken_back(site, before)
    with pytest.raises(Refused, match="undone"):
        staging.apply(site, CURATOR, batch)


def test_what_became_public_by_the_import_is_withdrawn_and_its_work_given_back(place: Site, ticking: FakeClock) -> None:
    (made,) = bring(place, a_delivery("Klad", identifier="1"), as_state="draft")
    uuid = made.uuid or ""
    batch = staged(place, a_delivery("Af", identifier="1"))
    staging.apply(place, CURATOR, batch)
    published(place, ticking)
    assert public(place, uuid) is True

    undoing.undo(place, CURATOR, batch)
    published(place, ticking)

    row = head(place, uuid)
    assert (row.public, row.work, row.tombstone_by) == ("withdrawn", "draft", "undo")
    assert public(place, uuid) is False
    assert outcomes(place, staged(place, a_delivery("Klad", identifier="1"))) == ["updated"]


def test_the_next_live_delivery_lifts_the_tombstone_of_an_undoing(place: Site, ticking: FakeClock) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"))
    staging.apply(place, CURATOR, batch)
    undoing.undo(place, CURATOR, batch)

    (again,) = bring(place, a_delivery("Breuken", identifier="1"))

    assert again.outcome == "updated"
    assert public_title(place, again.uuid or "") == "Breuken"


def test_a_created_record_that_was_public_becomes_a_tombstone_there(place: Site, ticking: FakeClock) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"))
    staging.apply(place, CURATOR, batch)
    published(place, ticking)
    (row,) = staging.rows(place, CURATOR, batch).rows

    undoing.undo(place, CURATOR, batch)
    published(place, ticking)

    assert public(place, row.uuid or "") is False


def test_what_was_undone_before_it_was_published_never_shows(place: Site, ticking: FakeClock) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"))
    staging.apply(place, CURATOR, batch)
    undoing.undo(place, CURATOR, batch)
    (row,) = staging.rows(place, CURATOR, batch).rows

    published(place, ticking)

    assert public(place, row.uuid or "") is None


def test_what_somebody_changed_since_is_left_and_named(place: Site) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"), a_delivery("Delen", identifier="2"))
    staging.apply(place, CURATOR, batch)
    first, second = staging.rows(place, CURATOR, batch).rows
    put(place, CURATOR, first.uuid, "Beter")

    done = undoing.undo(place, CURATOR, batch)

    assert done.batch.undone == {"deleted": 1, "restored": 0, "left": 1}
    assert public_title(place, first.uuid or "") == "Beter"
    assert head(place, second.uuid or "").public == "deleted"
    named = staging.rows(place, CURATOR, batch).rows[0]
    assert (named.undone, named.code, named.reason) == (
        "left", "changed_since", "Somebody changed the record since the import; it was left as it is.",
    )  # fmt: skip


def test_a_later_delivery_counts_as_a_change(place: Site) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"))
    staging.apply(place, CURATOR, batch)
    bring(place, a_delivery("Delen", identifier="1"))

    undoing.undo(place, CURATOR, batch)

    assert undone(place, batch) == ["left"]


def test_an_equal_delivery_since_is_no_change(place: Site) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"))
    staging.apply(place, CURATOR, batch)
    bring(place, a_delivery("Breuken", identifier="1"))

    undoing.undo(place, CURATOR, batch)

    assert undone(place, batch) == ["deleted"]


def test_two_imports_are_undone_the_later_one_first(place: Site) -> None:
    (made,) = bring(place, a_delivery("Eerst", identifier="1"))
    one, two = (staged(place, a_delivery(title, identifier="1")) for title in ("Een", "Twee"))
    staging.apply(place, CURATOR, one)
    staging.apply(place, CURATOR, two)

    undoing.undo(place, CURATOR, two)
    assert public_title(place, made.uuid or "") == "Een"
    undoing.undo(place, CURATOR, one)

    assert public_title(place, made.uuid or "") == "Eerst"


def test_an_erased_record_is_left_and_nothing_of_it_stays_in_the_batch(
    place: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from repository.upkeep.erasure import erase  # noqa: PLC0415 - it writes beside the database, see the next line

    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    bring(place, a_delivery("Eerst", identifier="1", source_bytes=b"Geheim"))
    batch = staged(place, a_delivery("Geheim", identifier="1"), a_delivery("Delen", identifier="2"))
    waiting = staged(place, a_delivery("Geheim", identifier="3"))
    staging.apply(place, CURATOR, batch)
    first, _ = staging.rows(place, CURATOR, batch).rows
    erase(place, first.uuid or "", "wet")
    third = staging.rows(place, CURATOR, waiting).rows[0].uuid or ""
    bring(place, a_delivery("Geheim", identifier="3"))
    erase(place, third, "wet")

    undoing.undo(place, CURATOR, batch)
    staging.apply(place, CURATOR, waiting)

    assert undone(place, batch) == [None, "deleted"]
    assert outcomes(place, waiting) == ["rejected"]
    with place.database.read() as connection:
        kept = connection.execute(text("SELECT delivery, before FROM batch_row")).all()
    assert not any(b"Geheim" in bytes(value) for row in kept for value in row if value not in (None, ""))


# --- held until the whole of it is in ---------------------------------------------------------------------------------


def test_nothing_of_a_batch_is_public_before_all_of_it_is_in(place: Site, ticking: FakeClock) -> None:
    (old,) = bring(place, a_delivery("Oud", identifier="0"))
    published(place, ticking)
    batch = staged(place, *(a_delivery(f"Breuken {n}", identifier=str(n)) for n in range(5)))
    uuids = [row.uuid or "" for row in staging.rows(place, CURATOR, batch).rows]
    seen: list[list[bool | None]] = []

    def look(_: int) -> None:
        published(place, ticking)
        seen.append([public(place, uuid) for uuid in uuids])
        with snapshot(place.database) as line:
            item = line.find(old.uuid or "")
        assert item is not None
        assert item.revision == 1

    staging.apply(place, CURATOR, batch, 2, look)
    assert seen == [[True, None, None, None, None]] * 3
    ticking.pass_(2)
    publication.publish(place)

    assert [public(place, uuid) for uuid in uuids] == [True] * 5
    with snapshot(place.database) as line:
        positions = {item.position >> 15 for uuid in uuids if (item := line.find(uuid))}
    assert len(positions) == 1  # One datestamp: all of it at once.


def test_a_tombstone_does_not_wait_for_the_batch(place: Site, ticking: FakeClock) -> None:
    (old,) = bring(place, a_delivery("Oud", identifier="1"))
    published(place, ticking)
    batch = staged(place, a_delivery("Nieuw", identifier="1"), a_delivery("Delen", identifier="2"))
    seen: list[bool | None] = []

    def withdraw(_: int) -> None:
        if not seen:
            do(place, CURATOR, old.uuid or "", "withdraw", note="fout")
            published(place, ticking)
            seen.append(public(place, old.uuid or ""))

    staging.apply(place, CURATOR, batch, 1, withdraw)
    published(place, ticking)

    assert seen == [False]
    assert public(place, old.uuid or "") is False


def test_an_edit_of_a_held_record_waits_with_it(place: Site, ticking: FakeClock) -> None:
    (old,) = bring(place, a_delivery("Oud", identifier="1"))
    published(place, ticking)
    batch = staged(place, a_delivery("Nieuw", identifier="1"), a_delivery("Delen", identifier="2"))
    seen: list[int] = []

    def edit(_: int) -> None:
        if not seen:
            put(place, CURATOR, old.uuid, "Beter")
            published(place, ticking)
            with snapshot(place.database) as line:
                item = line.find(old.uuid or "")
            assert item is not None
            seen.append(item.revision)

    staging.apply(place, CURATOR, batch, 1, edit)
    published(place, ticking)

    assert seen == [1]
    with snapshot(place.database) as line:
        item = line.find(old.uuid or "")
    assert item is not None
    assert item.revision == 3


def test_two_who_apply_at_once_do_not_double(place: Site) -> None:
    batch = staged(place, *(a_delivery(f"Breuken {n}", identifier=str(n)) for n in range(30)))
    ready = Barrier(2)

    def apply() -> str:
        ready.wait()
        return staging.apply(place, CURATOR, batch, 2).batch.state

    with ThreadPoolExecutor(2) as pool:
        states = [one.result() for one in [pool.submit(apply) for _ in range(2)]]

    assert "applied" in states
    assert staging.find(place, CURATOR, batch).state == "applied"
    assert outcomes(place, batch) == ["created"] * 30
    assert (count(place, "record"), count(place, "revision"), count(place, "outbox")) == (30, 30, 30)


def test_two_who_undo_at_once_do_not_double(place: Site) -> None:
    bring(place, *(a_delivery(f"Breuken {n}", identifier=str(n)) for n in range(20)))
    batch = staged(place, *(a_delivery(f"Delen {n}", identifier=str(n)) for n in range(20)))
    staging.apply(place, CURATOR, batch)
    ready = Barrier(2)

    def undo() -> str:
        ready.wait()
        return undoing.undo(place, CURATOR, batch, 2).batch.state

    with ThreadPoolExecutor(2) as pool:
        states = [one.result() for one in [pool.submit(undo) for _ in range(2)]]

    assert "undone" in states
    assert undone(place, batch) == ["restored"] * 20
    assert count(place, "revision") == 60


def test_undoing_stops_who_applies_still(place: Site) -> None:
    batch = staged(place, *(a_delivery(f"Breuken {n}", identifier=str(n)) for n in range(6)))

    def undo_once(_: int) -> None:
        if staging.find(place, CURATOR, batch).state == "applying":
            undoing.undo(place, CURATOR, batch)

    done = staging.apply(place, CURATOR, batch, 2, undo_once)

    assert done.batch.state == "undone"
    assert count(place, "record") == 2
    assert undone(place, batch) == ["deleted", "deleted", None, None, None, None]


# --- who, and what a batch says ---------------------------------------------------------------------------------------


def test_a_contributor_sees_his_own_batches_only_and_a_curator_all(place: Site) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"), actor=TEACHER)

    assert staging.find(place, TEACHER, batch).as_state == "submitted"
    assert staging.find(place, CURATOR, batch).id == batch
    for stranger in (OTHER, REVIEWER):
        with pytest.raises(NotFound):
            staging.find(place, stranger, batch)
        with pytest.raises(NotFound):
            staging.apply(place, stranger, batch)
        with pytest.raises(NotFound):
            undoing.undo(place, stranger, batch)


def test_a_token_for_an_organisation_sees_its_batches_only(place: Site) -> None:
    school = organisations.add(place, "school", "School").id
    for_it = Actor(TEACHER.account, TEACHER.email, "contributor", "write", school, {school: "member"})
    own, its = (staged(place, a_delivery(n, identifier=n), actor=who) for n, who in (("1", TEACHER), ("2", for_it)))

    assert staging.find(place, TEACHER, its).organisation == school
    assert staging.find(place, TEACHER, its).source == "school"
    with pytest.raises(NotFound):
        staging.find(place, for_it, own)


def test_a_contributor_may_not_stage_as_published_and_a_reader_not_at_all(place: Site) -> None:
    with pytest.raises(Forbidden):
        staged(place, a_delivery(), actor=TEACHER, as_state="published")
    with pytest.raises(Forbidden):
        staged(place, a_delivery(), actor=Actor(1, "", "curator", "read"))
    assert count(place, "batch") == 0


def test_what_a_contributor_staged_is_his_whoever_applies_it(place: Site) -> None:
    people.add(place, "leraar@example.org", "contributor")
    teacher = people.actor(place, people.get(place, "leraar@example.org"))
    assert teacher is not None
    bring(place, a_delivery("Van een ander", identifier="2"), source=own_name(teacher))
    batch = staged(place, a_delivery("Breuken", identifier="1"), a_delivery("Delen", identifier="2"), actor=teacher)
    assert outcomes(place, batch) == ["created", "rejected"]

    staging.apply(place, CURATOR, batch)

    assert outcomes(place, batch) == ["created", "rejected"]
    row = head(place, staging.rows(place, CURATOR, batch).rows[0].uuid or "")
    assert (row.owner, row.work) == (teacher.account, "submitted")


def test_nobody_applies_for_a_closed_account(place: Site) -> None:
    people.add(place, "leraar@example.org", "contributor")
    teacher = people.actor(place, people.get(place, "leraar@example.org"))
    assert teacher is not None
    batch = staged(place, a_delivery("Breuken", identifier="1"), actor=teacher)
    people.set_active(place, "leraar@example.org", active=False)

    with pytest.raises(Refused, match="closed"):
        staging.apply(place, CURATOR, batch)


def test_a_contributor_undoes_his_own_import(place: Site) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"), actor=TEACHER)
    staging.apply(place, TEACHER, batch)

    undoing.undo(place, TEACHER, batch)

    assert undone(place, batch) == ["deleted"]


def test_four_eyes_let_somebody_else_publish_the_batch(tmp_path: Path) -> None:
    config = Config(
        site=SiteSection(base_url="http://repository.example"),
        database=DatabaseSection(url=f"sqlite:///{tmp_path / 'four.sqlite'}"),
        oai=OaiSection(domain="repository.example"),
        accounts=AccountsSection(four_eyes=True),
    )
    site = open_site(config, FakeClock())
    people.add(site, "een@example.org", "curator")
    people.add(site, "twee@example.org", "curator")
    one, two = (people.actor(site, people.get(site, f"{name}@example.org")) for name in ("een", "twee"))
    assert one is not None
    assert two is not None
    batch = staged(site, a_delivery("Breuken", identifier="1"), actor=one, as_state="published")
    with pytest.raises(Forbidden, match="Somebody else"):
        staging.apply(site, one, batch)

    staging.apply(site, two, batch)

    row = head(site, staging.rows(site, one, batch).rows[0].uuid or "")
    assert (row.public, row.owner) == ("published", one.account)
    site.database.dispose()


def test_what_was_not_applied_cannot_be_undone(place: Site) -> None:
    batch = staged(place, a_delivery())

    with pytest.raises(Refused, match="nothing to undo"):
        undoing.undo(place, CURATOR, batch)


def test_applying_and_undoing_again_change_nothing(place: Site) -> None:
    batch = staged(place, a_delivery("Breuken", identifier="1"))
    staging.apply(place, CURATOR, batch)
    before = dump(place)

    assert staging.apply(place, CURATOR, batch).batch.state == "applied"
    assert dump(place) == before
    undoing.undo(place, CURATOR, batch)
    before = dump(place)

    assert undoing.undo(place, CURATOR, batch).batch.state == "undone"
    assert dump(place) == before


def test_rows_come_in_pages_of_one_outcome(place: Site) -> None:
    bring(place, a_delivery("Breuken", identifier="1"))
    batch = staged(place, *(a_delivery("Breuken", identifier=str(n), place=f"line {n}") for n in range(7)))

    first = staging.rows(place, CURATOR, batch, 0, 4, "created")
    rest = staging.rows(place, CURATOR, batch, first.next or 0, 4, "created")

    assert [row.place for row in (*first.rows, *rest.rows)] == [f"line {n}" for n in (0, 2, 3, 4, 5, 6)]
    assert rest.next is None
    assert staging.find(place, CURATOR, batch).counts == {
        "created": 6, "updated": 0, "unchanged": 1, "deleted": 0, "rejected": 0,
    }  # fmt: skip


def test_a_row_tells_what_its_reader_and_the_profile_say(place: Site) -> None:
    reading = Reading(a_record("Breuken"), problems=(Problem("rights", "odd", "This is odd.", "info"),))
    batch = staged(place, a_delivery(identifier="1", reading=reading))

    (row,) = staging.rows(place, CURATOR, batch).rows

    codes = {problem.code: problem.severity for problem in staging.problems(place, row)}
    assert codes["odd"] == "info"
    assert "warning" in codes.values()


def test_text_that_no_database_takes_is_a_reject_and_the_rest_goes_on(place: Site) -> None:
    batch = staged(
        place,
        a_delivery("Half \ud800", identifier="1"),
        a_delivery("Nul \x00", identifier="een\x00twee"),
        a_delivery("Goed", identifier="3"),
    )

    staging.apply(place, CURATOR, batch)

    assert outcomes(place, batch)[0] == "rejected"
    assert outcomes(place, batch)[1:] == ["rejected", "created"]


def test_a_batch_that_was_not_staged_to_its_end_is_taken_away(place: Site, ticking: FakeClock) -> None:
    def breaking() -> Iterator[Delivery]:
        yield from (a_delivery(f"Breuken {n}", identifier=str(n)) for n in range(600))
        raise Invalid("The wire was cut.")

    with pytest.raises(Invalid):
        staging.stage(place, CURATOR, Staging(SOURCE), breaking())

    assert (count(place, "batch"), count(place, "batch_row")) == (0, 0)


def test_what_a_death_left_of_staging_is_refused_and_taken_away_a_day_later(place: Site, ticking: FakeClock) -> None:
    with place.database.write() as connection:
        batches.insert(
            connection, batches.Batch("b1", "staging", CURATOR.account, None, "kim", "draft", "", int(ticking.now()))
        )
    with pytest.raises(Refused, match="not staged to its end"):
        staging.apply(place, CURATOR, "b1")
    ticking.pass_(86_400 + 2)

    staged(place, a_delivery())

    with pytest.raises(NotFound):
        staging.find(place, CURATOR, "b1")


@pytest.mark.parametrize(
    ("size", "most", "took_s", "following"),
    [
        (500, 500, 0.2, 250),
        (40, 500, 0.2, 25),
        (3, 3, 0.2, 3),
        (250, 500, 0.01, 500),
        (500, 500, 0.01, 500),
        (250, 500, 0.07, 250),
    ],
)
def test_a_piece_is_as_large_as_a_tenth_of_a_second_allows(size: int, most: int, took_s: float, following: int) -> None:
    assert staging.next_size(size, most, took_s) == following


def test_the_doctor_names_an_import_that_is_half_done(worlds: Worlds, world: tuple[Path, dict[str, str]]) -> None:
    site = worlds.copy("half")
    batch = staged(site, *arriving(world[1]))
    with pytest.raises(Killed):
        staging.apply(worlds.dying("half", 2, committed=True), CURATOR, batch, 3)

    assert any(batch in note for note in doctor.notes(site))
    staging.apply(site, CURATOR, batch)

    assert not any(batch in note for note in doctor.notes(site))


def test_a_delivery_is_kept_as_it_came() -> None:
    delivery = a_delivery(
        identifier="1", source_bytes=b"\x00\xff", collections=("a", "b"), source=("kim", "1"), provenance=b"<x/>",
        cells={"general.title": "x", "technical.location": ["y"]},
    )  # fmt: skip

    assert batches.unpacked(batches.packed(delivery)) == delivery
