"""Writing Changes: one transaction's worth of what deciders decided, in bulk, with its outbox rows.

Everything that changes a record goes through `write`: heads, revisions, origins, overlays, the moderation log, and the
outbox row of what publication has to look at, all in the caller's transaction. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection

from repository.publishing import outbox
from repository.records.change import Change, Head, Received
from repository.storage.database import many
from repository.storage.storable import storable

_HEAD_COLUMNS: Final = Head.__struct_fields__
_RECEIVED_COLUMNS: Final = Received.__struct_fields__


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_INSERT_HEAD: Final = f"INSERT INTO record ({', '.join(_HEAD_COLUMNS)}) VALUES ({_marks(len(_HEAD_COLUMNS))})"
_UPDATE_HEAD: Final = (
    f"UPDATE record SET {', '.join(f'{name} = ?' for name in _HEAD_COLUMNS[2:])} WHERE id = ?"  # neither id nor uuid
)
_INSERT_ORIGIN: Final = (
    f"INSERT INTO origin (source, key, record, is_primary, {', '.join(_RECEIVED_COLUMNS)})"
    f" VALUES ({_marks(4 + len(_RECEIVED_COLUMNS))})"
)
_UPDATE_ORIGIN: Final = (
    f"UPDATE origin SET {', '.join(f'{name} = ?' for name in _RECEIVED_COLUMNS)} WHERE source = ? AND key = ?"
)
_INSERT_REVISION: Final = (
    f'INSERT INTO revision (record, n, tree, "by", at, note, warnings, completeness, published) VALUES ({_marks(9)})'
)
_PUBLISHED: Final = "UPDATE revision SET published = ? WHERE record = ? AND n = ?"
_INSERT_OVERLAY: Final = (
    'INSERT INTO overlay (record, path, open, value, "by", at) VALUES (?, ?, ?, ?, ?, ?)'
    ' ON CONFLICT (record, path, open) DO UPDATE SET value = excluded.value, "by" = excluded."by", at = excluded.at'
    " WHERE overlay.value <> excluded.value"
)
_DROP_OVERLAY: Final = "DELETE FROM overlay WHERE record = ? AND path = ? AND open = ?"
_INSERT_EVENT: Final = (
    f'INSERT INTO event (record, at, "by", action, note, revision, public, work) VALUES ({_marks(8)})'
)
_INSERT_REJECT: Final = (
    f"INSERT INTO reject (source, file, place, identifier, code, reason, source_bytes, at) VALUES ({_marks(8)})"
)
WIPES: Final = (
    "UPDATE revision SET tree = NULL, note = NULL WHERE record = :id",
    "UPDATE origin SET tree = NULL, digest = NULL, source_bytes = NULL, repairs = NULL, provenance = NULL"
    " WHERE record = :id",
    "DELETE FROM overlay WHERE record = :id",
    "UPDATE event SET note = NULL WHERE record = :id",
    "DELETE FROM reject WHERE identifier IN (SELECT key FROM origin WHERE record = :id"
    " UNION SELECT identifier FROM origin WHERE record = :id UNION SELECT uuid FROM record WHERE id = :id)",
)
"""What erasure wipes here of a record, see upkeep.erasure."""


class Pen(NamedTuple):
    """Who writes and when, and how the outbox rows go: interactive (0) or bulk (1), held by a batch or free."""

    now: int
    account: int | None
    lane: int
    batch: str | None = None


class Reject(NamedTuple):
    """A delivery that could not be taken."""

    source: str
    file: str
    place: str
    identifier: str | None
    code: str
    reason: str
    source_bytes: bytes
    at: int


def write(connection: Connection, changes: Sequence[Change], pen: Pen) -> list[int]:
    """Write changes of different records, at most a few hundred; gives their record numbers, in their order."""
    fresh = [change for change in changes if change.before is None]
    numbers = iter(_new_numbers(connection, len(fresh)))
    ids = [next(numbers) if change.before is None else change.after.id for change in changes]
    heads: list[tuple[Any, ...]] = []
    updates: list[tuple[Any, ...]] = []
    for id_, change in zip(ids, changes, strict=True):
        values = msgspec.structs.astuple(change.after)
        if change.before is None:
            heads.append((id_, *values[1:]))
        elif change.after is not change.before:
            updates.append((*values[2:], id_))
    many(connection, _INSERT_HEAD, heads)
    many(connection, _UPDATE_HEAD, updates)
    _write_content(connection, ids, changes, pen)
    _write_origins(connection, ids, changes)
    _write_overlays(connection, ids, changes, pen)
    events = [
        (id_, pen.now, pen.account, change.event.action, change.event.note, change.after.revision,
         change.after.public, change.after.work)
        for id_, change in zip(ids, changes, strict=True) if change.event is not None
    ]  # fmt: skip
    many(connection, _INSERT_EVENT, events)
    public = [id_ for id_, change in zip(ids, changes, strict=True) if change.is_public]
    outbox.enqueue(connection, public, pen.lane, pen.batch)
    return ids


def write_rejects(connection: Connection, rejects: Sequence[Reject]) -> None:
    """Keep what could not be taken, with its reason and bytes."""
    many(
        connection,
        _INSERT_REJECT,
        [tuple(storable(each) if isinstance(each, str) else each for each in reject) for reject in rejects],
    )


def _new_numbers(connection: Connection, count: int) -> Sequence[int]:
    """Numbers for new records; no other transaction gives out the same ones before this one ends."""
    if count == 0:
        return ()
    if connection.dialect.name == "sqlite":
        last = connection.exec_driver_sql("SELECT max(id) FROM record").scalar() or 0
        return range(last + 1, last + 1 + count)
    rows = connection.exec_driver_sql(
        "SELECT nextval(pg_get_serial_sequence('record', 'id')) FROM generate_series(1, %s)", (count,)
    )
    return [row[0] for row in rows]


def _write_content(connection: Connection, ids: list[int], changes: Sequence[Change], pen: Pen) -> None:
    revisions = [
        (id_, new.n, new.tree, pen.account, pen.now, new.note, new.judged.warnings, new.judged.completeness,
         new.published)
        for id_, change in zip(ids, changes, strict=True) for new in change.revisions
    ]  # fmt: skip
    many(connection, _INSERT_REVISION, revisions)
    older = [
        (True, id_, change.published) for id_, change in zip(ids, changes, strict=True) if change.published is not None
    ]
    many(connection, _PUBLISHED, older)


def _write_origins(connection: Connection, ids: list[int], changes: Sequence[Change]) -> None:
    fresh: list[tuple[Any, ...]] = []
    renewed: list[tuple[Any, ...]] = []
    for id_, change in zip(ids, changes, strict=True):
        if change.received is not None and change.origin is not None:
            received = msgspec.structs.astuple(change.received)
            if change.new_origin:
                fresh.append((*change.origin, id_, True, *received))
            else:
                renewed.append((*received, *change.origin))
    many(connection, _INSERT_ORIGIN, fresh)
    many(connection, _UPDATE_ORIGIN, renewed)


def _write_overlays(connection: Connection, ids: list[int], changes: Sequence[Change], pen: Pen) -> None:
    """Leave each record with exactly these entries; an entry that stays keeps who made it and when."""
    for id_, change in zip(ids, changes, strict=True):
        if change.overlay is None:
            continue
        kept = {(entry.path, entry.open) for entry in change.overlay}
        found = connection.exec_driver_sql(
            _for(connection, "SELECT path, open FROM overlay WHERE record = ?"), (id_,)
        )  # fmt: skip
        gone = [(id_, path, open_) for path, open_ in found if (path, bool(open_)) not in kept]
        many(connection, _DROP_OVERLAY, gone)
        rows = [
            (id_, entry.path, entry.open, entry.value, *((entry.by, entry.at) if entry.at else (pen.account, pen.now)))
            for entry in change.overlay
        ]
        many(connection, _INSERT_OVERLAY, rows)


def _for(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")
