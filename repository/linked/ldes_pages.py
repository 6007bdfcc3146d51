"""The event stream over the log: the root, and every page by its name.

Reads only; linked.sealer makes the pages that are sealed. A page that was ever linked is never gone: an open one that
was sealed since, or a sealed one that an erasure rewrote, is moved; and since nobody knows which were linked before a
restore, every other name is then an empty page.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from repository.linked import graphs, ldes_quads
from repository.linked.ldes_quads import INDEX, LEAF, Addresses, Member, Sealed
from repository.published import Snapshot
from repository.site import Site
from repository.storage.compression import gunzipped, unpack

_NAME: Final = re.compile(r"(i?)(0|[1-9]\d{0,8})(?:-([0-9a-f]{8}))?")
_LAST: Final = text("SELECT n, last FROM page WHERE level = 0 ORDER BY n DESC LIMIT 1")
_OPEN: Final = text(
    'SELECT l.position, c.uuid, l.kind, l.graph FROM log l JOIN "current" c ON c.record = l.record'
    " WHERE l.position > :after AND l.member ORDER BY l.position LIMIT :limit"
)
_PAGES: Final = text(
    "SELECT level, n, digest, first, last FROM page WHERE level = :level AND n >= :n ORDER BY n LIMIT :limit"
)
_ONE: Final = text("SELECT level, n, digest, first, last, nquads, gzip, base FROM page WHERE level = :level AND n = :n")
_MOVED: Final = text("SELECT 1 FROM page_moved WHERE level = :level AND n = :n AND digest = :digest")
_RESTORED: Final = text("SELECT 1 FROM setting WHERE key = 'pages_lost'")  # backup.restore enters it
_HOLDER: Final = text("SELECT n FROM page WHERE level = 0 AND first <= :at AND last >= :at")
ALL: Final = 1_000_000


class Page(NamedTuple):
    """What a name stands for: bytes, or the name that it has now.

    A sealed page is there for ever, compressed as it is served; who wants it otherwise unpacks it.
    """

    content: bytes = b""
    gzip: bytes = b""
    sealed: bool = False
    moved: str | None = None

    @property
    def nquads(self) -> bytes:
        return self.content or gunzipped(self.gzip)


def addresses(site: Site) -> Addresses:
    return Addresses(site.base_url)


def as_served(row: Any, base_url: str) -> bytes:
    """A sealed page's N-Quads under the site's address."""
    if row.base == base_url:
        return gunzipped(row.gzip)
    return graphs.based(opened(row), base_url)


def opened(row: Any) -> bytes:
    """A sealed page's N-Quads with the address left open; kept so only where it cannot be had otherwise: see sealer."""
    if row.nquads:
        return unpack(row.nquads)
    return graphs.opened(gunzipped(row.gzip), row.base)


def root(site: Site, line: Snapshot) -> bytes:
    """The root page as this snapshot has it."""
    at = addresses(site)
    sealed = pages(line.connection, INDEX, 0, ALL)
    first = _first_open(line.connection, len(sealed) * site.page_sizes.leaves)
    open_ = None if first is None else (ldes_quads.page_name(INDEX, len(sealed)), first)
    return ldes_quads.root(ldes_quads.relations("", sealed, at, open_=open_), at, line.first_w)


def page(site: Site, line: Snapshot, name: str) -> Page | None:
    """The page of a name; None for a name that was never linked."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    level, n, digest = INDEX if found[1] else LEAF, int(found[2]), found[3]
    row = line.connection.execute(_ONE, {"level": level, "n": n}).one_or_none()
    if row is None:
        found_open = None if digest else _open_page(site, line, level, n)
        return found_open or _lost(site, line, name)
    sealed = Sealed(*row[:5])
    if digest == sealed.digest:
        moved = row.base != site.base_url  # and not compressed anew yet
        return Page(as_served(row, site.base_url) if moved else b"", b"" if moved else bytes(row.gzip), sealed=True)
    known = digest is None or line.connection.execute(
        _MOVED, {"level": level, "n": n, "digest": digest}
    ).scalar()  # fmt: skip
    return Page(moved=sealed.name) if known else _lost(site, line, name)


def _lost(site: Site, line: Snapshot, name: str) -> Page | None:
    """An empty page for a name that may have been linked before a restore; None where there was none."""
    if line.connection.execute(_RESTORED).first() is None:
        return None
    return Page(ldes_quads.page(name, addresses(site), sealed=False))


def holder(line: Snapshot, position: int) -> str | None:
    """The name of the leaf that has the member of a position, open or sealed; None where there is no such member."""
    n = line.connection.execute(_HOLDER, {"at": position}).scalar()
    if n is not None:
        return str(n)
    row = line.connection.execute(text("SELECT member FROM log WHERE position = :at"), {"at": position}).scalar()
    return str(next_leaf(line.connection)[0]) if row else None


def open_name(line: Snapshot) -> str:
    """The name of the leaf that is not full yet."""
    return str(next_leaf(line.connection)[0])


def sealed_leaf(site: Site, line: Snapshot, n: int) -> bytes | None:
    """The bytes of a sealed leaf by its number; None where it is not sealed."""
    row = line.connection.execute(_ONE, {"level": LEAF, "n": n}).one_or_none()
    return None if row is None else as_served(row, site.base_url)


def open_members(connection: Connection, after: int, limit: int) -> list[Member]:
    """Members behind a position that are in no sealed page, in order; in their graphs the address is left open."""
    rows = connection.execute(_OPEN, {"after": after, "limit": limit})
    return [Member(row[0], row[1], row[2], None if row[3] is None else unpack(row[3])) for row in rows]


def next_leaf(connection: Connection) -> tuple[int, int]:
    """The number of the open leaf, and the last position that is sealed."""
    row = connection.execute(_LAST).one_or_none()
    return (0, -1) if row is None else (row.n + 1, row.last)


def _first_open(connection: Connection, covered: int) -> int | None:
    """The first position that the open page of leaves leads to; None when there is nothing in it."""
    leaves = pages(connection, LEAF, covered, 1)
    if leaves:
        return leaves[0].first
    found = open_members(connection, next_leaf(connection)[1], 1)
    return found[0].position if found else None


def _open_page(site: Site, line: Snapshot, level: int, n: int) -> Page | None:
    """A page that is not full: it may be read only while it is the next one of its level."""
    at, connection = addresses(site), line.connection
    next_, last = next_leaf(connection)
    if level == LEAF:
        if n != next_:
            return None
        content = ldes_quads.members(open_members(connection, last, site.page_sizes.members), at)
        return Page(b"".join((ldes_quads.page(str(n), at, sealed=False), *content)))
    if n != len(pages(connection, INDEX, 0, ALL)):
        return None
    size = site.page_sizes.leaves
    leaves = pages(connection, LEAF, n * size, size)
    found = open_members(connection, last, 1) if len(leaves) < size else []
    open_ = (str(next_), found[0].position) if found else None
    name = ldes_quads.page_name(INDEX, n)
    return Page(ldes_quads.page(name, at, sealed=False) + ldes_quads.relations(name, leaves, at, open_=open_))


def pages(connection: Connection, level: int, n: int, limit: int, *, lock: bool = False) -> list[Sealed]:
    """Sealed pages of a level from number n on; locked until the transaction ends (PostgreSQL only)."""
    query = text(f"{_PAGES} FOR UPDATE") if lock else _PAGES
    return [Sealed(*row) for row in connection.execute(query, {"level": level, "n": n, "limit": limit})]
