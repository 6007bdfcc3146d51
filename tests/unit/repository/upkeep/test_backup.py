"""Backup, both ways back, and erasure."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from repository.errors import Busy, DatabaseError, NotFound
from repository.published import Snapshot, datestamp_of, snapshot
from repository.publishing import publication
from repository.site import Site
from repository.storage.database import Database
from repository.storage.tables import metadata
from repository.upkeep import backup, doctor, erasure
from tests.support.factories import a_record
from tests.support.site import FakeClock, a_site, accept, uuid_of


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    made = a_site(tmp_path, url=request.getfixturevalue("postgres_url") if request.param == "postgresql" else "")
    for n in range(5):
        accept(made, a_record(f"Titel {n}"))
    publish(made)
    yield made
    assert doctor.examine(made) == []
    made.database.dispose()


def publish(site: Site) -> None:
    clock = site.clock
    assert isinstance(clock, FakeClock)
    for _ in range(3):
        clock.pass_(2)
        publication.publish(site)


def everything(seen: Snapshot) -> list[object]:
    items = seen.changes(-1, 1000)
    return [(item, seen.face("lom", item.position), seen.face("oai_dc", item.position)) for item in items]


def public(site: Site) -> list[object]:
    with snapshot(site.database) as seen:
        return everything(seen)


def test_an_exact_restore_answers_byte_for_byte(site: Site, tmp_path: Path) -> None:
    before = public(site)
    backup.backup(site.database, site.clock, tmp_path / "b.zip")
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    other = a_site(elsewhere, FakeClock(1_795_009_999))

    backup.restore(other.database, other.clock, tmp_path / "b.zip", exact=True)

    assert public(other) == before
    assert backup.is_exact(other.database)
    assert doctor.examine(other) == []
    other.database.dispose()


def test_a_disaster_restore_gives_a_new_epoch_and_moves_every_record(site: Site, tmp_path: Path) -> None:
    backup.backup(site.database, site.clock, tmp_path / "b.zip")
    with snapshot(site.database) as seen:
        epoch, w = seen.epoch, seen.w
    accept(site, a_record("Na de backup"))
    publish(site)

    backup.restore(site.database, site.clock, tmp_path / "b.zip", exact=False)
    publish(site)

    with snapshot(site.database) as seen:
        items = seen.changes(-1, 100)
        assert seen.epoch != epoch
        assert len(items) == 5
        assert all(datestamp_of(item.position) > w for item in items)
    assert doctor.examine(site) == []


def test_the_next_record_after_a_restore_gets_a_number_of_its_own(site: Site, tmp_path: Path) -> None:
    backup.backup(site.database, site.clock, tmp_path / "b.zip")
    backup.restore(site.database, site.clock, tmp_path / "b.zip", exact=False)

    accept(site, a_record("Nieuw"))
    publish(site)

    with snapshot(site.database) as seen:
        assert seen.total() == 6


def test_a_damaged_backup_is_refused_and_nothing_changes(site: Site, tmp_path: Path) -> None:
    path, broken = tmp_path / "b.zip", tmp_path / "broken.zip"
    backup.backup(site.database, site.clock, path)
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name) + (b"[]\n" if name == "revision.jsonl" else b""))
    before = public(site)

    with pytest.raises(DatabaseError, match="damaged"):
        backup.restore(site.database, site.clock, broken, exact=False)

    assert public(site) == before


@pytest.mark.parametrize("content", [b"", b"no zip at all"])
def test_what_is_no_backup_is_refused(site: Site, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)

    with pytest.raises(DatabaseError, match="no backup"):
        backup.restore(site.database, site.clock, path, exact=True)


def test_a_backup_names_its_counts_and_its_watermark(site: Site, tmp_path: Path) -> None:
    backup.backup(site.database, site.clock, tmp_path / "b.zip")

    with zipfile.ZipFile(tmp_path / "b.zip") as file:
        manifest = json.loads(file.read("manifest.json"))

    with snapshot(site.database) as seen:
        assert manifest["watermark"] == seen.w
    assert manifest["tables"]["record"]["rows"] == 5
    assert manifest["tables"]["face_lom"]["rows"] == 5


def test_an_erased_record_is_a_tombstone_and_its_words_are_nowhere(site: Site, tmp_path: Path) -> None:
    id_ = accept(site, a_record("Kanariewoord"))
    publish(site)

    erasure.erase(site, uuid_of(site, id_), "takedown")
    publish(site)
    erasure.scrub(site)

    with snapshot(site.database) as seen:
        item = seen.find(uuid_of(site, id_))
    assert item is not None
    assert item.deleted
    assert item.facts.reason == "takedown"
    for path in tmp_path.glob("test.sqlite*"):
        assert b"Kanariewoord" not in path.read_bytes()
    assert doctor.examine(site) == []


def test_a_restore_erases_again_what_was_erased_since(site: Site, tmp_path: Path) -> None:
    id_ = accept(site, a_record("Kanariewoord"))
    publish(site)
    uuid = uuid_of(site, id_)
    backup.backup(site.database, site.clock, tmp_path / "b.zip")
    erasure.erase(site, uuid, "takedown")

    erased = []
    backup.restore(
        site.database, site.clock, tmp_path / "b.zip", exact=False,
        within=lambda connection: erased.append(erasure.replay(connection, 1_795_000_100)),
    )  # fmt: skip
    assert erased == [1]
    publish(site)

    with snapshot(site.database) as seen:
        item = seen.find(uuid)
    assert item is not None
    assert item.deleted


_PLANTED = (
    "INSERT INTO origin (source, key, record, is_primary, identifier, tree, source_bytes, repairs, provenance)"
    " VALUES ('kim', 'key-1', :id, :yes, 'oai:kim:1', :bytes, :bytes, :bytes, :bytes)",
    "INSERT INTO overlay (record, path, open, value, at) VALUES (:id, 'general.title', :yes, :bytes, 1)",
    "UPDATE revision SET note = :word WHERE record = :id",
    "INSERT INTO event (record, at, action, note, public, work) VALUES (:id, 1, 'reject', :word, 'published', 'none')",
    "INSERT INTO quarantine (record, stamp, reason, at) VALUES (:id, 1, :word, 1)",
    "INSERT INTO reject (source, file, place, identifier, code, reason, source_bytes, at)"
    " VALUES ('kim', 'f', '1', 'key-1', 'x', :word, :bytes, 1), ('kim', 'f', '2', 'oai:kim:1', 'x', :word, :bytes, 1),"
    " ('kim', 'f', '3', :uuid, 'x', :word, :bytes, 1)",
    "INSERT INTO idempotency (account, key, request, status, headers, body, at)"
    " VALUES (1, 'k', :bytes, 201, :claim, :bytes, 1)",
    "INSERT INTO batch (id, state, source, as_state, file, at) VALUES ('b', 'staged', 'kim', 'published', 'f', 1)",
    "INSERT INTO batch_row (batch, n, place, delivery, outcome, reason, uuid, before)"
    " VALUES ('b', 1, '1', :bytes, 'created', :word, :uuid, :bytes)",
)


def test_an_erasure_reaches_every_table_that_holds_content(site: Site, tmp_path: Path) -> None:
    id_ = accept(site, a_record("Gewoon"))
    publish(site)
    uuid = uuid_of(site, id_)
    planted = {
        "id": id_, "uuid": uuid, "yes": True, "word": "Kanariewoord", "bytes": b"Kanariewoord",
        "claim": json.dumps({"about": uuid, "headers": []}, separators=(",", ":")),
    }  # fmt: skip
    with site.database.write() as connection:
        for statement in _PLANTED:
            names = set(re.findall(r":(\w+)", statement))
            connection.execute(text(statement), {name: value for name, value in planted.items() if name in names})
        connection.execute(text("UPDATE idempotency SET request = :r"), {"r": b"digest"})

    erasure.erase(site, uuid, "takedown")
    publish(site)

    with site.database.read() as connection:
        found = [
            table.name
            for table in metadata.sorted_tables
            if any("Kanariewoord" in str(row) for row in connection.execute(table.select()))
        ]
    assert found == []
    assert doctor.examine(site) == []


def test_an_erasure_is_told_before_it_is_done(site: Site, tmp_path: Path) -> None:
    """A line that a crash cut off, then one whose erasure never came about: a restore does the second."""
    id_ = accept(site, a_record("Kanariewoord"))
    publish(site)
    uuid = uuid_of(site, id_)
    (tmp_path / "erasures.jsonl").write_text('{"uuid": "half a li', encoding="utf-8")
    erasure._append(tmp_path / "erasures.jsonl", {"uuid": uuid, "reason": "takedown", "at": 1})

    with site.database.write() as connection:
        assert erasure.replay(connection, 1_795_000_100) == 1
    publish(site)

    with snapshot(site.database) as seen:
        item = seen.find(uuid)
    assert item is not None
    assert item.deleted


def test_a_reader_that_keeps_the_journal_open_is_said(site: Site) -> None:
    if not site.database.is_sqlite:
        pytest.skip("PostgreSQL has no journal that a reader keeps")
    other = Database(site.database.url)
    with other.read() as connection:
        connection.execute(text("SELECT count(*) FROM record"))
        accept(site, a_record("Later"))
        with site.database.engine.connect() as quick:  # else it waits 15 s for the reader
            quick.connection.driver_connection.execute("PRAGMA busy_timeout=10")  # type: ignore[union-attr]
        with pytest.raises(Busy, match="reading"):
            erasure.scrub(site)
    other.dispose()
    publish(site)


def test_erasing_what_is_not_there_is_said(site: Site) -> None:
    with pytest.raises(NotFound, match="no record"):
        erasure.erase(site, "nowhere", "x")
