"""The revisions of a record: its history for those who work on it, its published ones for everybody.

Without an account the publication line says which revisions were published; here their trees are read, without
contact data. A revision that was not published is seen by those who may see the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.accounts.policy import Actor, can
from repository.deposit.working_view import visible
from repository.errors import Forbidden, Gone, NotFound
from repository.published import Item
from repository.publishing.face import without_contact
from repository.records import lookup
from repository.site import Site
from schemas.record import from_json, to_json

_COLUMNS: Final = (
    "v.n, v.at, a.email, v.note, v.warnings, v.completeness, v.published, v.tree FROM revision v"
    ' LEFT JOIN account a ON a.id = v."by" WHERE v.record = :record'
)
_ALL: Final = text(f"SELECT {_COLUMNS} ORDER BY v.n")
_ONE: Final = text(f"SELECT {_COLUMNS} AND v.n = :n")
_PUBLISHED: Final = text(
    "SELECT v.tree FROM record r JOIN revision v ON v.record = r.id WHERE r.uuid = :uuid AND v.n = :n AND v.published"
)
_EVENTS: Final = text(
    "SELECT e.at, a.email, e.action, e.note, e.revision, e.public, e.work FROM event e"
    ' LEFT JOIN account a ON a.id = e."by" WHERE e.record = :record ORDER BY e.id'
)


class Entry(msgspec.Struct, frozen=True):
    """One revision; `by` is the e-mail address of who made it, None for a source. `tree`: canonical JSON."""

    revision: int
    at: int
    by: str | None
    note: str | None
    warnings: int
    completeness: float
    published: bool
    tree: bytes | None = None


class Happening(msgspec.Struct, frozen=True):
    """One line of the moderation log, with the states after it."""

    at: int
    by: str | None
    action: str
    note: str | None
    revision: int | None
    public: str
    work: str


def history(site: Site, actor: Actor, uuid: str) -> tuple[tuple[Entry, ...], tuple[Happening, ...] | None]:
    """Every revision that this person may see, without trees, and the moderation log, both oldest first.

    Somebody who does not work on the record sees the published revisions, but not who made them or why, and no log
    (None), and gets Gone when the record is a tombstone. Raises NotFound.
    """
    with site.database.read() as connection:
        known, subject = visible(site, connection, actor, lookup.find(connection, uuid), uuid)
        rows = connection.execute(_ALL, {"record": known.head.id}).all()
        log = connection.execute(_EVENTS, {"record": known.head.id}).all()
    if can(actor, "see_work", subject):
        return tuple(map(_entry, rows)), tuple(Happening(*row) for row in log)
    if known.head.is_tombstone:
        raise Gone("This record is not public any more; its revisions are gone.")
    return tuple(_impersonal(_entry(row)) for row in rows if row.published), None


def get(site: Site, actor: Actor, uuid: str, n: int) -> Entry:
    """One revision with its tree; raises NotFound, Forbidden (not public, not one's own), Gone (erased, tombstone)."""
    with site.database.read() as connection:
        known, subject = visible(site, connection, actor, lookup.find(connection, uuid), uuid)
        row = connection.execute(_ONE, {"record": known.head.id, "n": n}).one_or_none()
    if row is None:
        raise NotFound(f"There is no revision {n} of this record.")
    if row.tree is None:
        raise Gone("This revision was erased.")
    if can(actor, "see_work", subject):
        return msgspec.structs.replace(_entry(row), tree=bytes(row.tree))
    if known.head.is_tombstone:
        raise Gone("This record is not public any more; its revisions are gone.")
    if not row.published:
        raise Forbidden("Only those who work on this record see revisions that were not published.")
    return msgspec.structs.replace(_impersonal(_entry(row)), tree=_public(bytes(row.tree)))


def published_tree(site: Site, uuid: str, n: int) -> bytes:
    """The tree of a published revision without contact data; the caller has checked that the record is live."""
    with site.database.read() as connection:
        tree = connection.execute(_PUBLISHED, {"uuid": uuid, "n": n}).scalar()
    if tree is None:
        raise NotFound(f"There is no published revision {n} of this record.")
    return bytes(tree) if site.config.privacy.publish_contact else _public(bytes(tree))


def _entry(row: Any) -> Entry:
    return Entry(row.n, row.at, row.email, row.note, row.warnings, row.completeness, bool(row.published))


def _impersonal(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, by=None, note=None)


def _public(tree: bytes) -> bytes:
    return to_json(without_contact(from_json(tree)))


def published_trees(connection: Connection, items: Sequence[Item]) -> dict[int, bytes]:
    """The whole trees of published revisions, contact data included, by the number of their record."""
    if not items:
        return {}
    marks = ",".join(f"({int(item.record)},{int(item.revision)})" for item in items)
    rows = connection.execute(text(f"SELECT record, n, tree FROM revision WHERE (record, n) IN (VALUES {marks})"))
    return {row[0]: bytes(row[2]) for row in rows}
