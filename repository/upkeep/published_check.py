"""The doctor of what is published: whether every row that public answers are made of can be read, and mending it.

What is published is rendered from what is kept, so nearly all of it can be made anew: `mend` takes the damaged places
away and enqueues their records with a forced move, and publication renders them. Harvesters that got garbage get the
record again under a new datestamp.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from repository.contexts.contexts import DENSE
from repository.linked.ldes_quads import HEAD_LINES
from repository.published import Facts, datestamp_of, face_table
from repository.publishing import outbox
from repository.publishing.face import GRAPH, TREE
from repository.publishing.sealing import FORCED
from repository.site import Site
from repository.storage.compression import gunzipped, unpack
from repository.storage.database import many
from repository.upkeep.finding import BACKUP, REFRESH, Finding, named
from schemas.datestamp import utc_datestamp
from schemas.record import from_json
from schemas.xml.reader import parse

_facts: Final = msgspec.json.Decoder(Facts).decode
_lists: Final = msgspec.json.Decoder(list[tuple[int, bool]]).decode
_ROWS: Final = text(
    "SELECT c.record, c.uuid, c.position, c.state, c.header, c.about, c.facts, c.lists, c.digest, c.fingerprint,"
    ' r.uuid AS kept FROM "current" c LEFT JOIN record r ON r.id = c.record ORDER BY c.position'
)

# Accepted and not public, or taken away and public all the same, with nothing on its way that would change it.
_OUT_OF_STEP: Final = text(
    "SELECT r.id FROM record r LEFT JOIN \"current\" c ON c.record = r.id WHERE ((r.public = 'published' AND r.accepted"
    " IS NOT NULL AND (c.record IS NULL OR c.revision <> r.accepted OR c.state <> 'live'))"
    " OR (r.public IN ('withdrawn', 'deleted') AND c.state = 'live'))"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.record = r.id)"
    " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.record = r.id)"
)


class Damaged(NamedTuple):
    """A published record of which something cannot be given out as it is."""

    record: int
    uuid: str
    what: str


def findings(site: Site, connection: Connection) -> list[Finding]:
    """What is published and cannot be read, by what it is."""
    by_what: dict[str, list[tuple[str]]] = {}
    for each in damaged(site, connection):
        by_what.setdefault(each.what, []).append((each.uuid,))
    found = [
        Finding(_CODES.get(what, "bad_face"), f"{named(rows)} is published with {what}; {REFRESH}.")
        for what, rows in by_what.items()
    ]
    return found + list(_pages(connection))


_CODES: Final = {"facts that cannot be read": "bad_facts"}


def damaged(site: Site, connection: Connection) -> Iterator[Damaged]:
    """Every published record with something that cannot be read, once for each such thing."""
    for row in connection.execute(_ROWS):
        for what, fails in _PARTS:
            if _is_wrong(fails, site, row):
                yield Damaged(row.record, row.kept or row.uuid, what)
    names = {row[0] for row in connection.execute(text('SELECT name FROM "view"'))}
    for view, (prefix, _) in site.views.items():
        if view not in names:
            continue
        read = _READERS.get(prefix, _well_formed)
        rows = connection.execute(
            text(
                f"SELECT c.record, c.uuid, f.bytes FROM {face_table(view)} f"
                ' JOIN "current" c ON c.position = f.position ORDER BY f.position'
            )
        )
        for record, uuid, stored in rows:
            if not _reads(read, stored):
                yield Damaged(record, uuid, f"bytes in {view} that cannot be read")


def mend(site: Site) -> int:
    """Enqueue every damaged record, so that publication renders all of it anew; how many there are."""
    with site.database.read() as connection:
        found = {each.record for each in damaged(site, connection)} | set(_lacking(site, connection))
        records = sorted(found | set(connection.execute(_OUT_OF_STEP).scalars()))
    for start in range(0, len(records), 500):
        with site.database.write() as connection:
            portion = [_mended(connection, record) for record in records[start : start + 500]]
            many(
                connection,
                'UPDATE "current" SET uuid = ?, state = ?, facts = ?, lists = ?, digest = ? WHERE record = ?',
                [each for each in portion if each is not None],
            )
            outbox.enqueue(connection, records[start : start + 500], outbox.BULK)
        with site.database.write() as connection:
            _drop_faces(connection, records[start : start + 500])
    with site.database.write() as connection:
        _drop_strays(connection)
        # The compressed form of a sealed page is made anew from what it was made of, where that is kept.
        pages = [(row.level, row.n) for row in _bad_pages(connection, "gzip") if _reads(unpack, row.nquads)]
        many(connection, "UPDATE page SET base = '' WHERE level = ? AND n = ?", pages)
    return len(records)


def _lacking(site: Site, connection: Connection) -> Iterator[int]:
    """Live records that lack a face that every record has, or whose lists are not those that they stand in."""
    names = {row[0] for row in connection.execute(text('SELECT name FROM "view" WHERE open'))}
    for view, (prefix, _) in site.views.items():
        if view in names and prefix in DENSE:
            yield from connection.execute(
                text(
                    f'SELECT c.record FROM "current" c LEFT JOIN {face_table(view)} f ON f.position = c.position'
                    " WHERE f.position IS NULL AND c.state = 'live'"
                )
            ).scalars()
    stands: dict[int, set[tuple[int, bool]]] = {}
    for list_, position, deleted in connection.execute(text("SELECT list, position, deleted FROM listing")):
        stands.setdefault(position, set()).add((list_, bool(deleted)))
    for row in connection.execute(_ROWS):
        try:
            if set(_lists(row.lists)) != stands.get(row.position, set()):
                yield row.record
        except msgspec.DecodeError:
            continue


def _mended(connection: Connection, record: int) -> tuple[Any, ...] | None:
    """The row of a record so that publication can take it off its place: what cannot be read comes from elsewhere."""
    row: Any = connection.execute(
        text(f"{_ROWS.text.partition(' ORDER')[0]} WHERE c.record = :id"), {"id": record}
    ).one_or_none()
    if row is None or row.kept is None:
        return None
    places = connection.execute(
        text(
            "SELECT l.list, l.deleted, n.context, n.spec FROM listing l LEFT JOIN list n ON n.id = l.list"
            " WHERE l.position = :position ORDER BY l.list"
        ),
        {"position": row.position},
    ).all()
    facts = row.facts
    if not _reads(_facts, facts):
        specs = tuple(sorted({each.spec for each in places if each.context == "" and each.spec}))
        contexts = tuple(sorted({each.context for each in places if each.context}))
        facts = msgspec.json.encode(Facts(sets=specs, left=contexts))
    stored = json.dumps([[each.list, bool(each.deleted)] for each in places]).encode()
    public = connection.execute(text("SELECT public FROM record WHERE id = :id"), {"id": record}).scalar()
    state = "live" if public == "published" else "deleted"
    return (row.kept, row.state if row.state in ("live", "deleted") else state, facts, stored, FORCED, record)


def _drop_faces(connection: Connection, records: Sequence[int]) -> None:
    """Take away the bytes of records that are rendered anew: publication compares with what it can read only."""
    views = connection.execute(text("SELECT name FROM \"view\" WHERE name NOT LIKE 'context:%'")).scalars().all()
    for view in views:
        statement = (
            f'DELETE FROM {face_table(view)} WHERE position IN (SELECT position FROM "current" WHERE record = ?)'
        )
        many(connection, statement, [(record,) for record in records])


def _drop_strays(connection: Connection) -> None:
    """Take away what stands at positions that no record has."""
    views = connection.execute(text("SELECT name FROM \"view\" WHERE name NOT LIKE 'context:%'")).scalars()
    for table in ("listing", *map(face_table, views)):
        connection.execute(text(f'DELETE FROM {table} WHERE position NOT IN (SELECT position FROM "current")'))


def _pages(connection: Connection) -> Iterator[Finding]:
    """Sealed pages of the event stream that cannot be given out, and members that no page and no row holds."""
    for column in ("gzip", "nquads"):
        pages = list(_bad_pages(connection, column))
        mends = [row for row in pages if column == "gzip" and row.nquads and _reads(unpack, row.nquads)]
        for bad, how in ((mends, REFRESH), ([row for row in pages if row not in mends], BACKUP)):
            if bad:
                yield Finding("bad_page", f"The sealed page {named([_name(row) for row in bad])} is damaged; {how}.")
    rows = connection.execute(
        text(
            "SELECT l.position FROM log l WHERE l.member AND l.graph IS NULL AND l.kind <> 'delete'"
            " AND NOT EXISTS (SELECT 1 FROM record r WHERE r.id = l.record AND r.erased) AND NOT EXISTS"
            " (SELECT 1 FROM page p WHERE p.level = 0 AND p.first <= l.position AND p.last >= l.position) LIMIT 1000"
        )
    ).all()
    if rows:
        yield Finding("page_gone", f"{named(rows)} is a member of the event stream whose page is gone; {BACKUP}.")


def _name(row: Any) -> tuple[str]:
    return (f"{row.level}/{row.n}",)


def _bad_pages(connection: Connection, column: str) -> Iterator[Any]:
    for row in connection.execute(text("SELECT level, n, digest, first, last, nquads, gzip, base FROM page")):
        if column == "nquads" and row.nquads and not _reads(unpack, row.nquads):
            yield row
        if column == "gzip" and not _reads(_page, row.gzip):
            yield row


def _page(stored: bytes) -> None:
    """Read a sealed page as it is served (gzip has a checksum of its own); raises when that cannot be."""
    content = gunzipped(stored).split(b"\n", HEAD_LINES)
    if len(content) <= HEAD_LINES:
        raise ValueError("it is cut off")


def _bad_header(site: Site, row: Any) -> bool:
    header = bytes(row.header)
    parse(header)
    if row.fingerprint != site.fingerprint:
        return False  # of another address: that is told, and rendered anew, without this
    identifier = site.oai_identifier(row.kept or row.uuid).encode()
    stamp = utc_datestamp(datestamp_of(row.position)).encode()
    return b"<identifier>" + identifier + b"</identifier><datestamp>" + stamp + b"</datestamp>" not in header


def _bad_lists(_: Site, row: Any) -> bool:
    return not _lists(row.lists)


def _bad_about(_: Site, row: Any) -> bool:
    parse(b"<abouts>" + bytes(row.about) + b"</abouts>")
    return False


def _bad_facts(_: Site, row: Any) -> bool:
    _facts(row.facts)
    return False


_PARTS: Final[tuple[tuple[str, Callable[[Site, Any], bool]], ...]] = (
    ("a header that does not name it and its datestamp", _bad_header),
    ("containers (about) that are not well-formed", _bad_about),
    ("facts that cannot be read", _bad_facts),
    ("lists that cannot be read", _bad_lists),
    ("a state that there is not", lambda _, row: row.state not in ("live", "deleted")),
    ("another uuid than is kept", lambda _, row: row.kept is not None and row.kept != row.uuid),
    ("a digest that is none", lambda _, row: bytes(row.digest) != FORCED and len(bytes(row.digest)) != 16),
)


def _is_wrong(fails: Callable[[Site, Any], bool], site: Site, row: Any) -> bool:
    try:
        return fails(site, row)
    except Exception:  # noqa: BLE001 - whatever a reader raises for garbage is the finding
        return True


def _well_formed(stored: bytes) -> None:
    parse(stored)


_READERS: Final[dict[str, Callable[[bytes], object]]] = {TREE: from_json, GRAPH: unpack, "amb": msgspec.json.decode}


def _reads(read: Callable[[bytes], object], stored: Any) -> bool:
    try:
        read(bytes(stored))
    except Exception:  # noqa: BLE001 - as above
        return False
    return True
