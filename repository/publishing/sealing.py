"""Sealing a batch, under the lock: check each prepared record again and write it at its position.

Only `publication.seal` calls this, inside its transaction; only SQL happens here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from repository.published import face_table, position_of
from repository.publishing.face import GRAPH, Face
from repository.publishing.preparation import PORTION, Prepared, Ready
from repository.site import Site
from repository.storage.compression import unpack
from repository.storage.database import many, select_in
from schemas.datestamp import utc_datestamp

FORCED: Final = b""  # the digest of what must move although it did not change, see upkeep.backup
_json: Final = msgspec.json.Encoder().encode
_STAMPS: Final = "SELECT id, stamp FROM record WHERE id IN (...)"
_BEFORE: Final = 'SELECT record, position, lists, digest, first_position, state FROM "current" WHERE record IN (...)'
_CURRENT: Final = (
    'INSERT INTO "current" (position, record, uuid, state, header, about, facts, lists, digest, fingerprint, revision,'
    " first_position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
WIPES: Final = (
    "DELETE FROM quarantine WHERE record = :id",
    "UPDATE log SET graph = NULL WHERE record = :id",
)
"""What erasure wipes here of a record, see upkeep.erasure; `current` and the faces go when the tombstone is public."""
_LOG: Final = "INSERT INTO log (position, record, revision, kind, member, graph) VALUES (?, ?, ?, ?, ?, ?)"
_GRAPHS: Final = f"SELECT position, bytes FROM {face_table(GRAPH)} WHERE position IN (...)"
_LISTING: Final = "INSERT INTO listing (list, position, deleted) VALUES (?, ?, ?)"


Numbers = dict[tuple[str, str, str], int]  # (context, spec, prefix) -> list


class Done(NamedTuple):
    published: int
    dropped: int
    quarantined: int
    left: int


class _Before(NamedTuple):
    position: int
    lists: list[tuple[int, bool]]
    digest: bytes
    first_position: int
    deleted: bool
    graph: bytes | None


def write(site: Site, connection: Connection, prepared: Prepared, d: int, deadline: float) -> Done:
    """Write as many prepared records as the deadline (monotonic seconds) allows; the others keep their rows."""
    tables, lists = _face_tables(connection), _known(connection)
    published = dropped = quarantined = seen = 0
    for start in range(0, len(prepared.ready), PORTION):
        if start and time.monotonic() > deadline:
            break
        portion = prepared.ready[start : start + PORTION]
        seen += len(portion)
        stamps = dict(map(tuple, select_in(connection, _STAMPS, [each.record for each in portion])))
        before = _load_before(connection, tables, portion)
        good = [each for each in portion if _stands(each, stamps, before)]
        moving = [each for each in good if _moves(each, before)]
        failed = [each for each in good if each.failure is not None]
        lists = number_lists(connection, (each.face for each in moving if each.face is not None), lists)
        _forget(connection, tables, [before[each.record] for each in moving if each.record in before])
        _move(site, connection, moving, before, lists, position_of(d, published))
        _settle(site, connection, good, moving, failed, d)
        published, quarantined = published + len(moving), quarantined + len(failed)
        dropped += len(good) - len(moving) - len(failed)
    return Done(published, dropped, quarantined, len(prepared.ready) - published - dropped - quarantined)


def _stands(ready: Ready, stamps: dict[int, int], before: dict[int, _Before]) -> bool:
    """Whether nothing changed since the record was rendered, neither behind the publication line nor in front of it."""
    now = before.get(ready.record)
    return stamps.get(ready.record, -1) == ready.stamp and (now.digest if now else None) == ready.before


def _moves(ready: Ready, before: dict[int, _Before]) -> bool:
    now = before.get(ready.record)
    return ready.face is not None and (now is None or now.digest != ready.face.digest)


def _move(
    site: Site, connection: Connection, moving: Sequence[Ready], before: dict[int, _Before],
    lists: Numbers, first: int,
) -> None:  # fmt: skip
    """Write records at their new positions."""
    stamp = utc_datestamp((first >> 15) * 2).encode()
    current: list[tuple[Any, ...]] = []
    listing: list[tuple[Any, ...]] = []
    log: list[tuple[Any, ...]] = []
    faces: list[tuple[str, int, bytes]] = []
    for position, each in enumerate(moving, first):
        face, old = each.face, before.get(each.record)
        assert face is not None  # noqa: S101 - `_moves` says so
        places = sorted({lists[context, spec, prefix]: gone for context, spec, prefix, gone in face.lists}.items())
        current.append((
            position, face.record, face.uuid, "deleted" if face.deleted else "live",
            face.header[0] + stamp + face.header[1], face.about, face.facts, _json(places), face.digest,
            site.fingerprint, face.revision, old.first_position if old else position,
        ))  # fmt: skip
        listing += [(list_, position, gone) for list_, gone in places]
        graph = dict(face.views).get(GRAPH)
        # After a restore nobody knows what followers were told since the backup: every forced move is told again.
        member = old is None or old.digest == FORCED or not _same(old.graph, graph)
        log.append((position, face.record, face.revision, _kind(face, old), member, graph if member else None))
        faces += [(view, position, bytes_) for view, bytes_ in face.views]
    many(connection, _CURRENT, current)
    many(connection, _LISTING, listing)
    many(connection, _LOG, log)
    faces.sort()
    for view, rows in groupby(faces, key=lambda row: row[0]):
        many(connection, f"INSERT INTO {face_table(view)} (position, bytes) VALUES (?, ?)", [row[1:] for row in rows])


def _same(before: bytes | None, after: bytes | None) -> bool:
    """Whether two packed graphs are equal."""
    if before is None or after is None or before == after:
        return before == after
    return unpack(before) == unpack(after)


def _kind(face: Face, old: _Before | None) -> str:
    if face.deleted:
        return "delete"
    return "create" if old is None or old.deleted else "update"


def _face_tables(connection: Connection) -> list[str]:
    """Every table of faces, also those closed or still being filled: none may keep what moved or was erased."""
    names = connection.execute(text("SELECT name FROM \"view\" WHERE name NOT LIKE 'context:%'"))
    return [face_table(name) for (name,) in names]


def _forget(connection: Connection, tables: Sequence[str], old: Sequence[_Before]) -> None:
    """Take records off their old positions; the log keeps that they stood there."""
    positions = [(each.position,) for each in old]
    many(connection, 'DELETE FROM "current" WHERE position = ?', positions)
    for table in tables:
        many(connection, f"DELETE FROM {table} WHERE position = ?", positions)
    places = [(list_, each.position) for each in old for list_, _ in each.lists]
    many(connection, "DELETE FROM listing WHERE list = ? AND position = ?", places)


def _settle(
    site: Site, connection: Connection, good: Sequence[Ready], moving: Sequence[Ready], failed: Sequence[Ready], d: int
) -> None:
    """Delete exactly the rows that were dealt with; keep the failures with their reason."""
    many(connection, "DELETE FROM outbox WHERE n = ?", [(n,) for each in good for n in each.rows])
    many(connection, "DELETE FROM quarantine WHERE record = ?", [(each.record,) for each in good])
    many(
        connection,
        "INSERT INTO quarantine (record, stamp, reason, at) VALUES (?, ?, ?, ?)",
        [(each.record, each.stamp, each.failure, d) for each in failed],
    )
    skip = {each.record for each in (*moving, *failed)}
    same = [
        (site.fingerprint, each.face.revision, each.record)
        for each in good
        if each.record not in skip and each.face is not None
    ]
    many(connection, 'UPDATE "current" SET fingerprint = ?, revision = ? WHERE record = ?', same)


def _load_before(connection: Connection, tables: Sequence[str], portion: Sequence[Ready]) -> dict[int, _Before]:
    """What is public of these records, with the graph: an unchanged graph makes no new member of the event stream."""
    rows = select_in(connection, _BEFORE, [each.record for each in portion])
    graphs: dict[int, bytes] = {}
    if face_table(GRAPH) in tables:
        known = select_in(connection, _GRAPHS, [row[1] for row in rows])
        graphs = {position: bytes(graph) for position, graph in known}
    return {
        row[0]: _Before(
            row[1], msgspec.json.decode(row[2]), bytes(row[3]), row[4], row[5] == "deleted", graphs.get(row[1])
        )
        for row in rows
    }  # fmt: skip


def number_lists(connection: Connection, faces: Iterable[Face], known: Numbers | None = None) -> Numbers:
    """The number of every list these records stand in; new ones are made. `known`: what this transaction knows."""
    wanted = {place[:3] for face in faces for place in face.lists}
    known = _known(connection) if known is None else known
    fresh = sorted(wanted - known.keys())
    many(connection, "INSERT INTO list (context, spec, prefix) VALUES (?, ?, ?)", fresh)
    return _known(connection) if fresh else known


def _known(connection: Connection) -> Numbers:
    rows = connection.exec_driver_sql("SELECT context, spec, prefix, id FROM list")
    return {(row[0], row[1], row[2]): row[3] for row in rows}
