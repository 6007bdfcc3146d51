"""The tables of staged batches: what was staged, how far it is applied or undone, and what its rows say.

A batch goes staging -> staged -> applying -> applied -> undoing -> undone, each step once, whoever asks (curation.md).
Only SQL here; `staging` and `undoing` decide and do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, text

from repository.accounts.policy import Actor, Subject, can
from repository.deposit.order import Outcome
from repository.errors import NotFound
from repository.outcome import OUTCOMES, OutcomeName
from repository.storage.database import many
from repository.storage.storable import storable_or_none
from schemas.errors import Problem
from schemas.formats.format import Delivery

UNDONE: Final = ("deleted", "restored", "left")
_FIND: Final = text(
    'SELECT b.id, b.state, b."by", b.organisation, b.source, b.as_state, b.file, b.at, a.email FROM batch b'
    ' LEFT JOIN account a ON a.id = b."by" WHERE b.id = :id'
)
_INSERT: Final = text(
    'INSERT INTO batch (id, state, "by", organisation, source, as_state, file, at)'
    " VALUES (:id, 'staging', :by, :organisation, :source, :as_state, :file, :at)"
)
_INSERT_ROW: Final = (
    "INSERT INTO batch_row (batch, n, place, delivery, outcome, code, reason, identifier, uuid, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COUNTS: Final = text(
    "SELECT COALESCE(applied, outcome) AS became, count(*) AS n, count(applied) AS applied FROM batch_row"
    " WHERE batch = :id GROUP BY became"
)
_UNDONE: Final = text("SELECT undone, count(*) FROM batch_row WHERE batch = :id AND undone IS NOT NULL GROUP BY undone")
_PAGE: Final = (
    "SELECT n, place, delivery, COALESCE(applied, outcome) AS became, code, reason, identifier, uuid, undone"
    " FROM batch_row WHERE batch = :id AND n > :after"
)
_PENDING: Final = text("SELECT n, delivery FROM batch_row WHERE batch = :id AND applied IS NULL ORDER BY n LIMIT :most")
_APPLIED: Final = text(
    "SELECT n, delivery, applied, code FROM batch_row WHERE batch = :id AND applied IS NOT NULL AND n > :after"
    " ORDER BY n LIMIT 500"
)
_MOVE: Final = text("UPDATE batch SET state = :to WHERE id = :id AND state IN :of").bindparams(
    bindparam("of", expanding=True)
)
_APPLY: Final = (
    "UPDATE batch_row SET applied = ?, code = ?, reason = ?, identifier = ?, uuid = ?, record = ?, before = ?"
    " WHERE batch = ? AND n = ?"
)


class Batch(msgspec.Struct, frozen=True):
    """A staged import. `counts`: rows by outcome, as applied where they are and as previewed where not yet."""

    id: str
    state: str
    by: int | None
    organisation: int | None
    source: str
    as_state: str
    file: str
    at: int
    email: str | None = None
    counts: dict[str, int] = {}
    applied: int = 0  # rows
    undone: dict[str, int] = {}  # rows by what undo made of them

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Row(msgspec.Struct, frozen=True):
    """A row of a batch as it is shown; `uuid` names the record that it made or concerns."""

    n: int
    place: str
    delivery: Delivery
    identifier: str | None
    uuid: str | None
    outcome: str
    code: str | None
    reason: str | None
    undone: str | None


class Page(msgspec.Struct, frozen=True):
    """Some rows in their order; `next` is the `after` of those that follow, None at the end."""

    rows: tuple[Row, ...]
    next: int | None


def insert(connection: Connection, batch: Batch) -> None:
    """A new batch, which nobody may apply before it is staged to its end."""
    names = ("id", "by", "organisation", "source", "as_state", "file", "at")
    connection.execute(_INSERT, {name: getattr(batch, name) for name in names})


def insert_rows(connection: Connection, batch: str, after: int, rows: Sequence[tuple[bytes, Outcome]]) -> None:
    """Rows numbered from `after` + 1, with what the preview says of them."""
    many(
        connection,
        _INSERT_ROW,
        [
            (batch, n, storable_or_none(was.place), packed, was.outcome, was.code, storable_or_none(was.reason),
             storable_or_none(was.identifier), was.uuid, was.record)
            for n, (packed, was) in enumerate(rows, after + 1)
        ],
    )  # fmt: skip


def visible(connection: Connection, actor: Actor, id_: str) -> Batch:
    """A batch with its counts, for its owner or a curator; raises NotFound, also when it is somebody else's."""
    row: Any = connection.execute(_FIND, {"id": id_}).one_or_none()
    if row is None or not can(actor, "see_batch", Subject(owner=row.by, organisation=row.organisation)):
        raise NotFound("There is no import of this name here.")
    counts: dict[str, int] = dict.fromkeys(OUTCOMES, 0)
    applied = 0
    for became, n, done in connection.execute(_COUNTS, {"id": id_}):
        counts[became] = n
        applied += done
    undone = dict.fromkeys(UNDONE, 0) | {row[0]: row[1] for row in connection.execute(_UNDONE, {"id": id_})}
    found = Batch(row.id, row.state, row.by, row.organisation, row.source, row.as_state, row.file, row.at, row.email)
    return msgspec.structs.replace(found, counts=counts, applied=applied, undone=undone)


def page(connection: Connection, id_: str, after: int, limit: int, outcome: str | None = None) -> Page:
    """At most `limit` rows with n > `after`, of one outcome or of all."""
    where = "" if outcome is None else " AND COALESCE(applied, outcome) = :outcome"
    values = {"id": id_, "after": after, "limit": limit + 1} | ({} if outcome is None else {"outcome": outcome})
    found = connection.execute(text(f"{_PAGE}{where} ORDER BY n LIMIT :limit"), values).all()
    rows = tuple(_shown(row) for row in found[:limit])
    return Page(rows, rows[-1].n if len(found) > limit else None)


def pending(connection: Connection, id_: str, most: int) -> list[tuple[int, Delivery]]:
    """The next rows to apply, with their numbers."""
    return [(row.n, unpacked(row.delivery)) for row in connection.execute(_PENDING, {"id": id_, "most": most})]


def applied(connection: Connection, id_: str, after: int) -> list[tuple[int, Delivery, OutcomeName, str | None]]:
    """Some rows with n > `after` that are applied: number, delivery, outcome and code."""
    rows = connection.execute(_APPLIED, {"id": id_, "after": after})
    return [(row.n, unpacked(row.delivery), row.applied, row.code) for row in rows]


def discard(connection: Connection, before: int, id_: str | None = None) -> None:
    """Take away a batch that was not staged to its end, or all that were begun before a time and never ended."""
    which = "id = :id" if id_ is not None else "state = 'staging' AND at < :before"
    values = {"before": before, "id": id_} if id_ is not None else {"before": before}
    connection.execute(text(f"DELETE FROM batch_row WHERE batch IN (SELECT id FROM batch WHERE {which})"), values)
    connection.execute(text(f"DELETE FROM batch WHERE {which}"), values)


def move(connection: Connection, id_: str, of: Iterable[str], to: str) -> bool:
    """Bring a batch from one of some states into another; False when it stands elsewhere."""
    return connection.execute(_MOVE, {"id": id_, "of": list(of), "to": to}).rowcount == 1


def hold(connection: Connection, id_: str, state: str, column: str, numbers: Sequence[int]) -> bool:
    """Lock a batch; whether it is in this state still, and nobody else has done any of these rows."""
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
    now = connection.execute(text(f"SELECT state FROM batch WHERE id = :id{lock}"), {"id": id_}).scalar()
    open_ = text(f"SELECT count(*) FROM batch_row WHERE batch = :id AND {column} IS NULL AND n IN :numbers").bindparams(
        bindparam("numbers", expanding=True)
    )
    return now == state and connection.execute(open_, {"id": id_, "numbers": list(numbers)}).scalar() == len(numbers)


def mark_applied(connection: Connection, id_: str, rows: Iterable[tuple[int, Outcome, bytes | None]]) -> None:
    """Say what became of rows, and what undo would give back."""
    many(
        connection,
        _APPLY,
        [
            (was.outcome, was.code, storable_or_none(was.reason), storable_or_none(was.identifier), was.uuid,
             was.record, before, id_, n)
            for n, was, before in rows
        ],
    )  # fmt: skip


def packed(delivery: Delivery) -> bytes:
    """A delivery as the database keeps it; raises for text that UTF-8 cannot hold."""
    return msgspec.msgpack.encode(delivery)


def unpacked(delivery: bytes) -> Delivery:
    """A delivery as it came; what was erased is a reject."""
    if not delivery:
        problem = Problem("", "erased", "The record was erased; nothing of it is kept.")
        return Delivery(place="erased", format="", problems=(problem,))
    return msgspec.msgpack.decode(bytes(delivery), type=Delivery)


def _shown(row: Any) -> Row:
    return Row(
        row.n, row.place, unpacked(row.delivery), row.identifier, row.uuid, row.became, row.code, row.reason, row.undone
    )
