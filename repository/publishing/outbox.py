"""The outbox: what waits for publication. A writer's transaction appends; publication chooses and deletes by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from repository.storage.database import many

INTERACTIVE: Final = 0
BULK: Final = 1


class Waiting(NamedTuple):
    """One row that may be published now."""

    n: int
    record: int
    lane: int


_FREE: Final = (
    # While one row of a record is held, its other rows wait too, unless it is a tombstone: that may never wait.
    "FROM outbox o WHERE o.batch IS NULL AND NOT EXISTS ("
    "SELECT 1 FROM outbox h JOIN record r ON r.id = h.record WHERE h.record = o.record AND h.batch IS NOT NULL"
    " AND r.public NOT IN ('withdrawn', 'deleted'))"
)
_CHOOSE: Final = text(f"SELECT o.n, o.record, o.lane {_FREE} ORDER BY o.lane, o.n LIMIT :limit")
_OWN: Final = text(f"SELECT 1 {_FREE} AND o.n > :after AND o.n <= :upto LIMIT 1")
_COUNT: Final = text(f"SELECT count(*) {_FREE} AND o.n > :after AND o.n <= :upto")
_ANY: Final = text(f"SELECT 1 {_FREE} LIMIT 1")


def enqueue(connection: Connection, records: Sequence[int], lane: int, batch: str | None = None) -> None:
    """Append a row per record, in the writer's own transaction; `batch` holds them until `release`."""
    many(
        connection,
        "INSERT INTO outbox (record, lane, batch) VALUES (?, ?, ?)",
        [(record, lane, batch) for record in records],
    )


def release(connection: Connection, batch: str) -> tuple[int, int]:
    """Release the rows of a staged batch, all at once; gives (after, upto): they have after < n <= upto."""
    held = connection.execute(text("SELECT min(n), max(n) FROM outbox WHERE batch = :batch"), {"batch": batch}).one()
    connection.execute(text("UPDATE outbox SET batch = NULL WHERE batch = :batch"), {"batch": batch})
    return (0, 0) if held[0] is None else (held[0] - 1, held[1])


def choose(connection: Connection, limit: int) -> list[Waiting]:
    """The rows that may be published, interactive ones first, each lane in order of arrival."""
    return [Waiting(*row) for row in connection.execute(_CHOOSE, {"limit": limit})]


def newest(connection: Connection) -> int:
    """The number of the newest row, 0 when there is none."""
    return connection.execute(text("SELECT max(n) FROM outbox")).scalar() or 0


def waits(connection: Connection, after: int, upto: int) -> bool:
    """Whether a row with after < n <= upto that may be published still waits."""
    return connection.execute(_OWN, {"after": after, "upto": upto}).scalar() is not None


def count(connection: Connection, after: int, upto: int) -> int:
    """How many rows with after < n <= upto wait that may be published."""
    return int(connection.execute(_COUNT, {"after": after, "upto": upto}).scalar_one())


def is_empty(connection: Connection) -> bool:
    """Whether no row may be published now (rows that a staged batch holds do not count)."""
    return connection.execute(_ANY).scalar() is None
