"""Reading what is kept behind the publication line: heads, origins, overlays and trees, in bulk.

Only the deposit, its neighbours and the desk read here; nothing public may. Statements go to the driver itself with
`?` for values on both databases, because a delivery looks up hundreds of keys at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from repository.records.change import TAKEN_OVER, Head, Known, Origin
from repository.records.overlay import Entry
from repository.storage.database import lock, select_in

_HEAD: Final = (
    "r.id, r.uuid, r.public, r.work, r.revision, r.accepted, r.stamp, r.reviewed, r.holder, r.owner, r.organisation,"
    " r.collections, r.tombstone_by, r.reason, r.successor, r.before_tombstone, r.erased, r.created, r.modified"
)
_WIDTH: Final = len(Head.__struct_fields__)
_BY_ORIGIN: Final = (
    f"SELECT {_HEAD}, o.source, o.key, o.is_primary, o.digest FROM origin o JOIN record r ON r.id = o.record"
    " WHERE o.source = ? AND o.key IN (...)"
)
_BY_UUID: Final = (
    f"SELECT {_HEAD}, o.source, o.key, o.is_primary, o.digest FROM record r"
    " LEFT JOIN origin o ON o.record = r.id AND o.is_primary WHERE r.uuid IN (...)"
)
_OVERLAY: Final = (
    'SELECT record, path, value, open, "by", at FROM overlay WHERE record IN (...) ORDER BY record, open, path'
)
_TREES: Final = (
    "SELECT v.record, v.n, v.tree FROM record r JOIN revision v ON v.record = r.id"
    " AND (v.n = r.revision OR v.n = r.accepted) WHERE r.id IN (...)"
)
_RECEIVED: Final = (
    "SELECT o.record, COALESCE(o.tree, v.tree) FROM origin o LEFT JOIN revision v ON v.record = o.record"
    " AND v.n = o.revision WHERE o.is_primary AND o.record IN (...)"
)
_RECEIVED_BY_KEY: Final = (
    "SELECT o.key, COALESCE(o.tree, v.tree) FROM origin o LEFT JOIN revision v ON v.record = o.record"
    " AND v.n = o.revision WHERE o.source = ? AND o.key IN (...)"
)

_CLAIMED: Final = (
    'SELECT v.record FROM revision v WHERE v.n = 1 AND v."by" IS NOT NULL'
    f" AND NOT EXISTS (SELECT 1 FROM event e WHERE e.record = v.record AND e.action = '{TAKEN_OVER}')"
    " AND v.record IN (...)"
)


def by_origin(connection: Connection, pairs: Iterable[tuple[str, str]], *, locked: bool = False) -> list[Known]:
    """What is known of the records with these origins (source, key); trees where a delivery needs them."""
    keys: dict[str, list[str]] = {}
    for source, key in pairs:
        keys.setdefault(source, []).append(key)
    rows: list[Any] = []
    for source, wanted in sorted(keys.items()):
        if locked:
            _lock_source(connection, source)
            lock(connection, _BY_ORIGIN, wanted, source)
        rows += select_in(connection, _BY_ORIGIN, wanted, source)
    return _known(connection, rows, trees=False)


def by_uuid(
    connection: Connection, uuids: Sequence[str], *, locked: bool = False, received: bool = False
) -> list[Known]:
    """What is known of these records, with the newest and the accepted tree; `received` adds the origin's."""
    if locked:
        lock(connection, "SELECT r.id FROM record r WHERE r.uuid IN (...)", uuids)
    known = _known(connection, select_in(connection, _BY_UUID, uuids), trees=True)
    if not received:
        return known
    trees = dict(select_in(connection, _RECEIVED, [each.head.id for each in known]))
    return [
        msgspec.structs.replace(each, origin=msgspec.structs.replace(each.origin, tree=_bytes(trees.get(each.head.id))))
        if each.origin is not None
        else each
        for each in known
    ]


def find(connection: Connection, uuid: str, *, locked: bool = False, received: bool = False) -> Known | None:
    """One record by uuid."""
    return next(iter(by_uuid(connection, [uuid], locked=locked, received=received)), None)


def with_claims(connection: Connection, found: Sequence[Known]) -> list[Known]:
    """The same, each saying whether a person made it and no harvest has taken it over yet."""
    owned = [each.head.id for each in found if each.head.owner is not None or each.head.organisation is not None]
    claimed = {row[0] for row in select_in(connection, _CLAIMED, owned)} if owned else set()
    return [msgspec.structs.replace(each, claimed=True) if each.head.id in claimed else each for each in found]


def received(connection: Connection, source: str, keys: Sequence[str]) -> dict[str, bytes]:
    """The trees that came last, by key; erased ones are missing."""
    rows = select_in(connection, _RECEIVED_BY_KEY, keys, source)
    return {key: bytes(tree) for key, tree in rows if tree is not None}


def _lock_source(connection: Connection, source: str) -> None:
    """Two deliveries of one source wait for each other: they may bring the same new key (PostgreSQL)."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (source,))


def _known(connection: Connection, rows: list[Any], *, trees: bool) -> list[Known]:
    if not rows:
        return []
    heads = [_head(row) for row in rows]
    overlays: dict[int, list[Entry]] = {}
    for record, path, value, open_, by, at in select_in(connection, _OVERLAY, [head.id for head in heads]):
        overlays.setdefault(record, []).append(Entry(path, bytes(value), bool(open_), by, at))
    wanted = [
        head.id for head in heads if trees or head.work != "none" or head.id in overlays or head.is_tombstone
    ]  # fmt: skip
    found: dict[int, dict[int, bytes]] = {}
    for record, n, tree in select_in(connection, _TREES, wanted):
        if tree is not None:
            found.setdefault(record, {})[n] = bytes(tree)
    return [
        Known(head, _origin(row), tuple(overlays.get(head.id, ())), found.get(head.id, {}))
        for head, row in zip(heads, rows, strict=True)
    ]


def _head(row: Any) -> Head:
    values = list(row[:_WIDTH])
    values[7], values[16] = bool(values[7]), bool(values[16])
    return Head(*values)


def _origin(row: Any) -> Origin | None:
    source, key, is_primary, digest = row[_WIDTH:]
    return None if source is None else Origin(source, key, bool(is_primary), _bytes(digest))


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
