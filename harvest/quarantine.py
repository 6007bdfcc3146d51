"""What came and could not be taken in: kept once per source with its raw bytes, shown, tried again, exported.

A row goes when its record arrives whole, when the provider deletes it, or when it is tried again with success: a
new version of the readers may read what an older one could not.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.deposit.delivery import Done, Within
from repository.deposit.order import Outcome
from repository.errors import NotFound
from repository.records.origin import key_of, stored_key
from repository.site import Site
from repository.storage.database import many, select_in
from repository.storage.storable import storable, storable_or_none
from schemas.datestamp import utc_datestamp
from schemas.errors import Unreadable
from schemas.formats.format import Delivery
from schemas.xml import reader as xml

MOST: Final = 1_000
_COLUMNS: Final = (
    "id, source, name, identifier, datestamp, kind, code, reason, place, base_url, bytes AS data, first_at, at, tries"
)
_KEEP: Final = (
    "INSERT INTO harvest_quarantine (source, name, identifier, datestamp, kind, code, reason, place, base_url, bytes,"
    " first_at, at, tries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (source, name) DO UPDATE SET"
    " datestamp = excluded.datestamp, kind = excluded.kind, code = excluded.code, reason = excluded.reason,"
    " place = excluded.place, base_url = excluded.base_url, bytes = excluded.bytes, at = excluded.at,"
    " tries = harvest_quarantine.tries + 1"
)
_DROP: Final = "DELETE FROM harvest_quarantine WHERE source = ? AND name = ?"


class Held(msgspec.Struct, frozen=True):
    """A row of the quarantine. `kind`: record, or page where nothing smaller could be told apart."""

    id: int
    source: str
    name: str
    identifier: str | None
    datestamp: str | None
    kind: str
    code: str
    reason: str
    place: str
    base_url: str | None
    data: bytes
    first_at: int
    at: int
    tries: int


def name_of(delivery: Delivery) -> str:
    """What a quarantined record is called: its key, else the digest of its bytes."""
    key = key_of(delivery)
    if key:
        return storable(stored_key(key))
    return "sha256:" + hashlib.sha256(delivery.source_bytes).hexdigest()


def keep(connection: Connection, source: str, rejected: Sequence[tuple[Delivery, Outcome]], now: int) -> None:
    """Keep rejected deliveries, each once."""
    rows = {name_of(delivery): (delivery, outcome) for delivery, outcome in rejected}
    values = [
        (
            source, name, storable_or_none(delivery.identifier), storable_or_none(delivery.datestamp),
            "page" if delivery.place == "page" else "record", outcome.code or "rejected",
            storable(outcome.reason or ""), delivery.place, storable_or_none(delivery.base_url),
            delivery.source_bytes, now, now,
        )
        for name, (delivery, outcome) in rows.items()
    ]  # fmt: skip
    many(connection, _KEEP, values)


def drop(connection: Connection, source: str, names: Sequence[str]) -> None:
    """Remove the rows of records that arrived whole."""
    many(connection, _DROP, [(source, name) for name in names])


def count(connection: Connection, source: str) -> int:
    found = connection.execute(text("SELECT count(*) FROM harvest_quarantine WHERE source = :s"), {"s": source})
    return int(found.scalar_one())


def page(site: Site, source: str, after: int = 0, limit: int = 100) -> list[Held]:
    """Rows of a source in the order of their numbers."""
    with site.database.read() as connection:
        rows = connection.execute(
            text(
                f"SELECT {_COLUMNS} FROM harvest_quarantine WHERE source = :s AND id > :after ORDER BY id LIMIT :limit"
            ),
            {"s": source, "after": after, "limit": limit},
        )
        return [_held(row) for row in rows]


def every(site: Site, source: str) -> Iterator[Held]:
    """All rows of a source in the order of their numbers; one page of them is in memory at a time."""
    after = 0
    while rows := page(site, source, after):
        yield from rows
        after = rows[-1].id


def get(site: Site, source: str, name: str) -> Held:
    """A row by its number or by the identifier of its record; raises NotFound."""
    where = (
        "id = :n" if name.isascii() and name.isdigit() and len(name) < 18 else "(name = :name OR identifier = :name)"
    )
    values: dict[str, Any] = {"s": source, "name": name} if "name" in where else {"s": source, "n": int(name)}
    with site.database.read() as connection:
        row = connection.execute(
            text(f"SELECT {_COLUMNS} FROM harvest_quarantine WHERE source = :s AND {where}"), values
        ).first()
    if row is None:
        raise NotFound(f"The quarantine of {source} holds no record {name}.")
    return _held(row)


def known(connection: Connection, source: str, names: Sequence[str]) -> set[str]:
    """Which of these keys are in the quarantine."""
    rows = select_in(
        connection, "SELECT name FROM harvest_quarantine WHERE source = ? AND name IN (...)", names, source
    )
    return {row[0] for row in rows}


def document(row: Held, *, raw: bool = False) -> dict[str, Any]:
    """A row as JSON; `raw` adds its bytes, as text where they are UTF-8, else in base64."""
    found: dict[str, Any] = {
        "id": row.id, "source": row.source, "identifier": row.identifier, "datestamp": row.datestamp, "kind": row.kind,
        "code": row.code, "reason": row.reason, "place": row.place, "line": fault_line(row), "size": len(row.data),
        "first": utc_datestamp(row.first_at), "last": utc_datestamp(row.at), "tries": row.tries,
    }  # fmt: skip
    if not raw:
        return found
    try:
        return found | {"raw": row.data.decode()}
    except UnicodeDecodeError:
        return found | {"raw_base64": base64.b64encode(row.data).decode()}


def fault_line(row: Held) -> int | None:
    """The line in the bytes of a row where strict reading fails; None where they are well-formed by themselves."""
    if not row.data:
        return None
    try:
        xml.parse(row.data, limits=xml.CONTAINER)
    except Unreadable as error:
        number = error.place.rpartition(" ")[2]
        return int(number) if error.place.startswith("line ") and number.isdigit() else None
    return None


def _held(row: Any) -> Held:
    values = dict(row._mapping)
    return Held(**(values | {"data": bytes(values["data"])}))


def settling(site: Site, rows: Sequence[Held], deliveries: Sequence[Delivery]) -> Within:
    """What the deposit calls in its transaction when rows are tried again: each goes, or stays with a new reason."""

    def within(connection: Connection, done: Sequence[Done]) -> None:
        now = int(site.clock.now())
        for each in done:
            row = rows[each.place]
            if each.outcome.outcome == "rejected":
                keep(connection, row.source, [(deliveries[each.place], each.outcome)], now)
            else:
                drop(connection, row.source, [row.name])

    return within
