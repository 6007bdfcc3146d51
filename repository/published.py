"""Reading what is published: snapshots of the publication line, and nothing from behind it.

Every public surface reads through a Snapshot: one database snapshot, its W, lists by keyset. No public code may
read another table than current, face_*, listing, list, log, view and horizon (design.md, 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from repository.storage.database import Database, Reader, reader_of, select_in

SHIFT: Final = 15
ORDINALS: Final = 1 << SHIFT


def position_of(datestamp: int, ordinal: int = 0) -> int:
    """The position of the n-th record of a batch; `datestamp` is even, in seconds since the epoch."""
    return (datestamp // 2) << SHIFT | ordinal


def datestamp_of(position: int) -> int:
    """The datestamp (even, seconds since the epoch) of a position."""
    return (position >> SHIFT) * 2


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is published about a record beside its faces (JSON in current.facts)."""

    sets: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()  # named contexts it is live in
    left: tuple[str, ...] = ()  # named contexts it once was in: tombstones there
    formats: tuple[str, ...] = ()  # the formats it has, or had when it was deleted
    had: tuple[str, ...] = ()  # sparse formats it once had and has no more: tombstones there
    public: str = "published"
    source: str | None = None
    key: str | None = None
    base_url: str | None = None
    identifier: str | None = None  # at its provider
    datestamp: str | None = None  # at its provider
    reason: str | None = None
    successor: str | None = None
    completeness: float = 0.0
    warnings: int = 0
    organisation: str | None = None
    collections: tuple[str, ...] = ()


class Row(NamedTuple):
    """One row of a list: whether deleted in that list, header as in the whole repository, `face` None if deleted."""

    position: int
    deleted: bool
    header: bytes
    about: bytes
    face: bytes | None


class Item(NamedTuple):
    """One record as published."""

    position: int
    record: int
    uuid: str
    deleted: bool
    header: bytes
    about: bytes
    facts: Facts
    revision: int
    first_position: int


_facts = msgspec.json.Decoder(Facts)
_ITEM: Final = "position, record, uuid, state, header, about, facts, revision, first_position"


class Snapshot:
    """One state of the publication line. `w` is its newest datestamp; responseDate is `w + 1`."""

    def __init__(self, reader: Reader, connection: Connection | None = None) -> None:
        self._fetch = reader.fetch
        self._is_sqlite = reader.is_sqlite
        self._connection = connection
        self.w: int
        self.epoch: str
        self.first_w: int
        self.published_wall: float
        ((self.w, self.epoch, self.first_w, self.published_wall),) = self._fetch(_HORIZON)

    @property
    def connection(self) -> Connection:
        """The connection of this snapshot, for statements that its readers bring; a glance has none."""
        if self._connection is None:
            raise LookupError("A glance has no connection.")
        return self._connection

    @property
    def bound(self) -> int:
        """The greatest position this snapshot can hold (inclusive)."""
        return position_of(self.w, ORDINALS - 1)

    def is_open(self, name: str) -> bool:
        """Whether a view ("lom") or a context ("context:open") has been filled and may be served."""
        return any(row[0] for row in self._fetch(_OPEN, (name,)))

    def list_id(self, context: str = "", spec: str = "", prefix: str = "") -> int | None:
        """The number of a list, or None when no record ever stood in it."""
        found = self._fetch(_LIST, (context, spec, prefix))
        return found[0][0] if found else None

    def page(self, list_id: int, face: str | None, after: int, until: int, limit: int) -> list[Row]:
        """At most `limit` rows with after < position <= until, by position; `face` None reads headers only."""
        statement = page_statement(face, self._is_sqlite)
        return list(map(Row._make, self._fetch(statement, (list_id, after, until, limit))))

    def count(self, list_id: int, after: int, until: int) -> int:
        """How many rows have after < position <= until. It walks the index, so count once and carry the number."""
        return int(self._fetch(_COUNT, (list_id, after, until))[0][0])

    def last(self, list_id: int, face: str | None, at_most: int, above: int = -1) -> Row | None:
        """The last row of a list with above < position <= at_most."""
        found = self._fetch(_LAST, (list_id, above, at_most))
        if not found:
            return None
        position = found[0][0]
        return self.page(list_id, face, position - 1, position, 1)[0]

    def in_list(self, list_id: int, position: int) -> bool | None:
        """Whether the record at a position is deleted in a list; None when it never stood there."""
        found = self._fetch(_IN_LIST, (list_id, position))
        return bool(found[0][0]) if found else None

    def find(self, uuid: str) -> Item | None:
        """The published state of a record by uuid, tombstones included; None when it was never public."""
        found = self._fetch(_FIND, (uuid,))
        return _item(found[0]) if found else None

    def find_all(self, uuids: Sequence[str]) -> dict[str, Item]:
        """The published state of several records, tombstones included, by uuid."""
        return {row[2]: _item(row) for row in select_in(self.connection, _FIND_ALL, uuids)}

    def live(self) -> Iterator[tuple[str, int]]:
        """Uuid and position of every live record, by position."""
        for row in self.connection.execution_options(yield_per=5_000).execute(_LIVE):
            yield row[0], row[1]

    def tally(self) -> Iterator[tuple[int, float]]:
        """The first position of every live record, and how complete it is: all of them, for those who count."""
        for row in self.connection.execution_options(yield_per=5_000).execute(_TALLY):
            yield row[0], _facts.decode(row[1]).completeness

    def face(self, view: str, position: int) -> bytes | None:
        """The stored bytes of one record in one view."""
        found = self._fetch(f"SELECT bytes FROM {face_table(view)} WHERE position = ?", (position,))
        return found[0][0] if found else None

    def faces(self, view: str, positions: Sequence[int]) -> dict[int, bytes]:
        """The stored bytes of several records in one view, by position."""
        if not positions:
            return {}
        marks = ",".join(str(int(position)) for position in positions)
        rows = self.connection.exec_driver_sql(
            f"SELECT position, bytes FROM {face_table(view)} WHERE position IN ({marks})"
        )
        return {row[0]: bytes(row[1]) for row in rows}

    def specs(self, context: str = "") -> list[str]:
        """Every setSpec ever used in a context, ancestors included, sorted."""
        return [row[0] for row in self._fetch(_SPECS, (context,))]

    def source_settings(self) -> list[str]:
        """The settings of the sources added by command, for the friends container; they hold no secret."""
        return [row[0] for row in self._fetch(_SOURCES)]

    def changes(self, after: int, limit: int, list_id: int | None = None) -> list[Item]:
        """The published state of the records with position > after, by position (bulk reading); of a list, if named."""
        statement = _CHANGES if list_id is None else _LIST_CHANGES
        bounds = {"after": after, "limit": limit, "list": list_id}
        rows = self.connection.execute(statement, bounds if list_id is not None else {"after": after, "limit": limit})
        return [_item(row) for row in rows]

    def behind(self, after: int, most: int) -> int:
        """How many records have a position > after, counted up to `most`."""
        return int(self.connection.execute(_BEHIND, {"after": after, "limit": most}).scalar() or 0)

    def newest(self, limit: int) -> list[Item]:
        """The live records that changed last, newest first."""
        return [_item(row) for row in self.connection.execute(_NEWEST, {"limit": limit})]

    def total(self) -> int:
        """How many records are live."""
        return int(self.connection.execute(_TOTAL).scalar() or 0)

    def published_revisions(self, record: int) -> list[int]:
        """The revisions of a record that were ever public, oldest first."""
        return [row[0] for row in self.connection.execute(_REVISIONS, {"record": record})]


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """One snapshot to read from; it ends with the block."""
    with database.read() as connection:
        yield Snapshot(reader_of(connection), connection)


@contextmanager
def glance(database: Database) -> Iterator[Snapshot]:
    """A snapshot for small, frequent readings (pages, headers, single records); it has no connection."""
    with database.glance() as reader:
        yield Snapshot(reader)


def face_table(view: str) -> str:
    """The name of the table of a view; views are named by code and configuration, never by a request."""
    if not view.replace("_", "").isalnum():
        raise ValueError(view)
    return f"face_{view}"


def read_facts(stored: bytes) -> Facts:
    """Decode current.facts."""
    return _facts.decode(stored)


def _item(row: Any) -> Item:
    return Item(row[0], row[1], row[2], row[3] == "deleted", row[4], row[5], _facts.decode(row[6]), row[7], row[8])


_HORIZON = "SELECT w, epoch, first_w, published_wall FROM horizon WHERE id = 1"
_OPEN = 'SELECT open FROM "view" WHERE name = ?'
_LIST = "SELECT id FROM list WHERE context = ? AND spec = ? AND prefix = ?"
_WITHIN = "FROM listing WHERE list = ? AND position > ? AND position <= ?"
_COUNT = f"SELECT count(*) {_WITHIN}"
_LAST = f"SELECT position {_WITHIN} ORDER BY position DESC LIMIT 1"
_IN_LIST = "SELECT deleted FROM listing WHERE list = ? AND position = ?"
_FIND_ALL = f"SELECT {_ITEM} FROM current WHERE uuid IN (...)"
_LIVE = text("SELECT uuid, position FROM current WHERE state = 'live' ORDER BY position")
_TALLY = text("SELECT first_position, facts FROM current WHERE state = 'live'")
_FIND = f"SELECT {_ITEM} FROM current WHERE uuid = ?"
_SOURCES = "SELECT settings FROM harvest_source ORDER BY name"
_SPECS = "SELECT DISTINCT spec FROM list WHERE context = ? AND spec <> '' ORDER BY spec"
_CHANGES = text(f"SELECT {_ITEM} FROM current WHERE position > :after ORDER BY position LIMIT :limit")
_BEHIND = text("SELECT count(*) FROM (SELECT 1 FROM current WHERE position > :after LIMIT :limit) AS b")
_LIST_CHANGES = text(
    "WITH p AS MATERIALIZED (SELECT position AS at FROM listing WHERE list = :list AND position > :after"
    f" ORDER BY position LIMIT :limit) SELECT {_ITEM} FROM p JOIN current ON position = at ORDER BY position"
)
_NEWEST = text(f"SELECT {_ITEM} FROM current WHERE state = 'live' ORDER BY position DESC LIMIT :limit")
_TOTAL = text(  # by the narrow table: the rows of `current` are wide, and there may be a million
    "SELECT count(*) FROM listing WHERE NOT deleted"
    " AND list = (SELECT id FROM list WHERE context = '' AND spec = '' AND prefix = '')"
)
_REVISIONS = text(
    "SELECT revision FROM log WHERE record = :record AND kind <> 'delete' UNION"
    " SELECT revision FROM current WHERE record = :record AND state = 'live' ORDER BY 1"
)


@cache
def page_statement(face: str | None, is_sqlite: bool) -> str:
    """The statement of `Snapshot.page`, worded for each database so that it walks no more rows than the page has.

    With a plain join PostgreSQL walks half a million rows for a page near the end, so there the positions are taken
    first. SQLite would then sort the result, blobs and all (a third of the page's time), so there CROSS JOIN makes it
    follow the listing.
    """
    bytes_, join = "NULL", ""
    if face is not None:
        bytes_, join = "f.bytes", f" LEFT JOIN {face_table(face)} f ON f.position = p.position AND NOT p.deleted"
    if is_sqlite:
        return (
            f"SELECT p.position, p.deleted, c.header, c.about, {bytes_} FROM listing p"
            f" CROSS JOIN current c ON c.position = p.position{join}"
            " WHERE p.list = ? AND p.position > ? AND p.position <= ? ORDER BY p.position LIMIT ?"
        )
    return (
        f"WITH p AS MATERIALIZED (SELECT position, deleted {_WITHIN} ORDER BY position LIMIT ?)"
        f" SELECT p.position, p.deleted, c.header, c.about, {bytes_} FROM p"
        f" JOIN current c ON c.position = p.position{join} ORDER BY p.position"
    )
