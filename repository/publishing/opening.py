"""Opening views: a face table or a context that was never served is filled at the existing positions, then opened.

Nothing moves: the records get the new bytes and lists where they stand, portion by portion under the horizon's lock,
and the view opens in the commit that finds nothing left to fill (design.md, 2). A record that would look different now
in a view that is already open keeps its old fingerprint, so that the next refresh moves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from repository.jobs import lease
from repository.published import Facts, datestamp_of, face_table, read_facts
from repository.publishing import preparation, sealing
from repository.publishing.face import Face, render
from repository.site import Site
from repository.storage.database import many, select_in
from schemas.datestamp import utc_datestamp

_PORTION: Final = 300
_LEASE_S: Final = 20
_encode: Final = msgspec.json.Encoder().encode
_SCAN: Final = text(
    'SELECT position, record, revision, state, facts, lists, digest, header, about, fingerprint FROM "current"'
    " WHERE position > :after ORDER BY position LIMIT :limit"
)
_TREES: Final = (
    'SELECT v.record, v.tree FROM revision v JOIN "current" c ON c.record = v.record AND c.revision = v.n'
    " WHERE v.record IN (...)"
)
_UPDATE: Final = 'UPDATE "current" SET facts = ?, lists = ?, digest = ?, fingerprint = ? WHERE position = ?'
_OPEN: Final = text(
    'INSERT INTO "view" (name, open) VALUES (:name, :open) ON CONFLICT (name) DO UPDATE SET open = :open'
)


class _New(NamedTuple):
    """What is to be opened: face tables, and contexts by name."""

    views: tuple[str, ...]
    contexts: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.views, *(f"context:{name}" for name in self.contexts))


def open_all(site: Site) -> None:
    """Fill and open the views that the configuration wants and that are not open; close those it no longer wants."""
    if site.publishing.opened:
        return
    new = _missing(site)
    if new.names:
        with lease.lease(site, "open", _LEASE_S) as renew:
            if renew is None:
                return
            with site.database.write() as connection:
                for view in new.views:
                    make_face_table(connection, view)
                    connection.execute(_OPEN, {"name": view, "open": False})
            after: int | None = -1
            while after is not None and renew():
                after = _fill(site, new, after)
            if after is not None:
                return
    site.publishing.opened = True


def make_face_table(connection: Connection, view: str) -> None:
    """The table of a view: bytes clustered by position."""
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        f"CREATE TABLE IF NOT EXISTS {face_table(view)} (position {'INTEGER' if sqlite else 'BIGINT'} PRIMARY KEY,"
        f" bytes {'BLOB' if sqlite else 'BYTEA'} NOT NULL)"
    )


def _missing(site: Site) -> _New:
    wanted = {*site.views, *(f"context:{name}" for name in site.contexts if name)}
    with site.database.read() as connection:
        known = dict(map(tuple, connection.exec_driver_sql('SELECT name, open FROM "view"')))
    gone = [name for name, is_open in known.items() if is_open and name not in wanted]
    if gone:
        # A closed view is no longer written and would be stale when it opens again: it is filled again then.
        with site.database.write() as connection:
            for name in gone:
                connection.execute(_OPEN, {"name": name, "open": False})
                if not name.startswith("context:"):
                    connection.exec_driver_sql(f"DELETE FROM {face_table(name)}")
    missing = sorted(name for name in wanted if not known.get(name))
    return _New(
        tuple(name for name in missing if not name.startswith("context:")),
        tuple(name.removeprefix("context:") for name in missing if name.startswith("context:")),
    )


def _fill(site: Site, new: _New, after: int) -> int | None:
    """One portion; gives the position to go on from, None when all is filled and open."""
    with site.database.write() as connection:
        if not site.database.is_sqlite:
            connection.exec_driver_sql("SELECT 1 FROM horizon WHERE id = 1 FOR UPDATE")
        rows = connection.execute(_SCAN, {"after": after, "limit": _PORTION}).all()
        if not rows:
            for name in new.names:
                connection.execute(_OPEN, {"name": name, "open": True})
            return None
        _fill_rows(site, connection, new, rows)
        return int(rows[-1].position)


def _fill_rows(site: Site, connection: Connection, new: _New, rows: Sequence[Any]) -> None:
    records = [row.record for row in rows]
    accepted = preparation.load(connection, records)
    trees = {row[0]: row[1] for row in select_in(connection, _TREES, records)}
    rendered: list[tuple[Any, Facts, Face]] = []
    for row in rows:
        facts = read_facts(row.facts)
        public = "published" if row.state == "live" else facts.public
        as_published = accepted[row.record]._replace(
            tree=trees.get(row.record), revision=row.revision, public=public,
            reason=facts.reason, successor=facts.successor,
        )  # fmt: skip
        try:
            face = render(site, as_published, facts)
        except Exception:  # noqa: BLE001, S112 - a run loop: the other faces stay public, the next refresh tells why
            continue
        if face is not None:
            rendered.append((row, facts, face))
    lists = sealing.number_lists(connection, (face for _, _, face in rendered))
    served = _served(site, connection, new, [row.position for row in rows])
    _write(connection, new, [_backfill(site, new, each, lists, served) for each in rendered])


class _Backfill(NamedTuple):
    """What one record gets where it stands: the row of current, its new places in lists, its bytes by new view."""

    update: tuple[Any, ...]
    listing: list[tuple[Any, ...]]
    bytes_: list[tuple[str, int, bytes]]


def _backfill(
    site: Site, new: _New, rendered: tuple[Any, Facts, Face], lists: dict[tuple[str, str, str], int],
    served: dict[tuple[str, int], bytes],
) -> _Backfill:  # fmt: skip
    row, facts, face = rendered
    stored = {place[0]: bool(place[1]) for place in msgspec.json.decode(row.lists)}
    places = {lists[place[:3]]: place[3] for place in face.lists}
    opening = {lists[place[:3]] for place in face.lists if _opens(site, new, place[0], place[2])}
    fresh = {list_: gone for list_, gone in places.items() if list_ in opening and list_ not in stored}
    seen = read_facts(face.facts)
    joined = _encode(
        msgspec.structs.replace(facts, contexts=seen.contexts, left=seen.left, formats=seen.formats, had=seen.had)
    )
    same = (
        (joined, stored | fresh) == (face.facts, places)
        and (bytes(row.header), bytes(row.about)) == (_stamped(face.header, row.position), face.about)
        and all(served.get((view, row.position)) == bytes_ for view, bytes_ in face.views if view not in new.views)
    )
    digest, fingerprint = (face.digest, site.fingerprint) if same else (bytes(row.digest), row.fingerprint)
    return _Backfill(
        (joined, _encode(sorted((stored | fresh).items())), digest, fingerprint, row.position),
        [(list_, row.position, gone) for list_, gone in fresh.items()],
        [(view, row.position, bytes_) for view, bytes_ in face.views if view in new.views],
    )


def _opens(site: Site, new: _New, context: str, prefix: str) -> bool:
    """Whether a list belongs to what is being opened."""
    return context in new.contexts or (bool(prefix) and site.contexts[context].view(prefix) in new.views)


def _served(site: Site, connection: Connection, new: _New, positions: Sequence[int]) -> dict[tuple[str, int], bytes]:
    """The bytes in the views that are open already, by view and position."""
    return {
        (view, row[0]): bytes(row[1])
        for view in site.views
        if view not in new.views
        for row in select_in(
            connection, f"SELECT position, bytes FROM {face_table(view)} WHERE position IN (...)", positions
        )
    }


def _stamped(header: tuple[bytes, bytes], position: int) -> bytes:
    return header[0] + utc_datestamp(datestamp_of(position)).encode() + header[1]


def _write(connection: Connection, new: _New, filled: Sequence[_Backfill]) -> None:
    many(connection, _UPDATE, [each.update for each in filled])
    listing = [place for each in filled for place in each.listing]
    many(connection, "INSERT INTO listing (list, position, deleted) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", listing)
    for view in new.views:
        bytes_ = [(position, face) for each in filled for name, position, face in each.bytes_ if name == view]
        # A fill that was broken off, perhaps by another version, left bytes behind.
        upsert = "ON CONFLICT (position) DO UPDATE SET bytes = excluded.bytes"
        many(connection, f"INSERT INTO {face_table(view)} (position, bytes) VALUES (?, ?) {upsert}", bytes_)
