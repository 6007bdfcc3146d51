"""Preparing a batch, unlocked: choose rows, load what was accepted, render it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from repository.published import Facts, read_facts
from repository.publishing import outbox
from repository.publishing.face import Accepted, Face, render
from repository.publishing.outbox import Waiting
from repository.site import Site
from repository.storage.database import select_in
from schemas.formats import registry

PORTION: Final = 500
MOST_S: Final = 2.0  # of one batch: what is saved meanwhile waits until it ends
_LONGEST_REASON: Final = 1000
_ACCEPTED: Final = (
    "SELECT r.id, r.uuid, r.stamp, r.public, r.accepted, v.tree, r.reviewed, v.warnings, v.completeness, g.slug,"
    " r.collections, r.reason, r.successor, o.source, o.key, o.identifier, o.datestamp, o.base_url, o.format,"
    " o.provenance, o.received FROM record r LEFT JOIN revision v ON v.record = r.id AND v.n = r.accepted"
    " LEFT JOIN organisation g ON g.id = r.organisation LEFT JOIN origin o ON o.record = r.id AND o.is_primary"
    " WHERE r.id IN (...)"
)
_BEFORE: Final = 'SELECT record, position, facts, digest FROM "current" WHERE record IN (...)'


class Ready(NamedTuple):
    """One record, rendered: its outbox rows, and the state that it was rendered from."""

    record: int
    rows: tuple[int, ...]
    stamp: int
    face: Face | None  # None: nothing public to change
    failure: str | None
    before: bytes | None  # digest of the published state it was rendered against


class Prepared(NamedTuple):
    ready: tuple[Ready, ...]
    interactive: bool


def prepare(site: Site, most_rows: int, most_bytes: int, renew: Callable[[], bool]) -> Prepared | None:
    """Render what waits, interactive rows first; None when nothing does.

    Stops at the bounds, after 2 s (real time, to the end of a portion), or when the lease is lost.
    """
    end = time.monotonic() + MOST_S
    with site.database.read() as connection:
        waiting = outbox.choose(connection, most_rows)
    if not waiting:
        return None
    rows: dict[int, list[int]] = {}
    for each in waiting:
        rows.setdefault(each.record, []).append(each.n)
    ready: list[Ready] = []
    size_bytes = 0
    for portion in _portions(list(rows)):
        if size_bytes > most_bytes or time.monotonic() > end or not renew():
            break
        with site.database.read() as connection:
            accepted, before = load(connection, portion), load_before(connection, portion)
        for record in portion:
            if size_bytes > most_bytes:
                break
            ready.append(_ready(site, tuple(rows[record]), record, accepted.get(record), before.get(record)))
            size_bytes += ready[-1].face.size_bytes if ready[-1].face else 0
    return Prepared(tuple(ready), _interactive(waiting))


def load(connection: Connection, records: Sequence[int]) -> dict[int, Accepted]:
    """What stands behind the line for these records."""
    return {row[0]: _accepted(row) for row in select_in(connection, _ACCEPTED, records)}


def load_before(connection: Connection, records: Sequence[int]) -> dict[int, tuple[bytes, Facts]]:
    """What is published of these records: digest and facts."""
    return {row[0]: (bytes(row[3]), read_facts(row[2])) for row in select_in(connection, _BEFORE, records)}


def _ready(
    site: Site, rows: tuple[int, ...], record: int, accepted: Accepted | None, before: tuple[bytes, Facts] | None
) -> Ready:
    digest, facts = before or (None, None)
    if accepted is None:
        return Ready(record, rows, -1, None, None, digest)
    try:
        face = render(site, accepted, facts)
    except Exception as error:  # noqa: BLE001 - a run loop: one record must never stop the line
        return Ready(record, rows, accepted.stamp, None, _reason(error), digest)
    return Ready(record, rows, accepted.stamp, face, None, digest)


def _reason(error: Exception) -> str:
    """What went wrong, as text that every database takes, although it may quote any part of the record."""
    said = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    return said.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _accepted(row: Any) -> Accepted:
    known = registry.FORMATS.get(row.format or "")
    return Accepted(
        record=row.id, uuid=row.uuid, stamp=row.stamp, public=row.public, revision=row.accepted or 0, tree=row.tree,
        reviewed=bool(row.reviewed), warnings=row.warnings or 0, completeness=row.completeness or 0.0,
        organisation=row.slug, collections=tuple(json.loads(row.collections)), reason=row.reason,
        successor=row.successor, source=row.source, key=row.key, identifier=row.identifier, datestamp=row.datestamp,
        base_url=row.base_url, namespace=known.namespace if known else None, provenance=row.provenance,
        received=row.received or 0,
    )  # fmt: skip


def _interactive(waiting: Iterable[Waiting]) -> bool:
    return any(each.lane == outbox.INTERACTIVE for each in waiting)


def _portions(records: list[int]) -> Iterable[list[int]]:
    return (records[start : start + PORTION] for start in range(0, len(records), PORTION))
