"""Sealing the full pages of the event stream, and keeping them: any process may, one at a time does.

A page is sealed from the log's rows in their order, so that it holds the same members whoever seals it; then it owns
their graphs and the log's rows drop them (feeds.md). What was prepared outside a transaction is checked inside it: an
erasure comes wholly before or wholly after (decisions/0012). A page is kept once, compressed as it is served; with the
address left open besides only where putting it in could not be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from repository.jobs import lease
from repository.linked import graphs, ldes_pages, ldes_quads
from repository.linked.ldes_pages import ALL, addresses, next_leaf, pages
from repository.linked.ldes_quads import HEAD_LINES, INDEX, LEAF, Addresses, Sealed
from repository.publishing.face import BASE
from repository.site import Site
from repository.storage.compression import gzipped, pack
from repository.storage.database import Database, many

OPEN_ADDRESS: Final = Addresses(BASE)
_COUNT: Final = text("SELECT 1 FROM log WHERE position > :after AND member LIMIT :limit")
_ELSEWHERE: Final = text(
    "SELECT level, n, digest, first, last, nquads, gzip, base FROM page WHERE base <> :base ORDER BY level, n LIMIT 1"
)
_KEEP: Final = (
    "UPDATE page SET digest = :digest, nquads = :nquads, gzip = :gzip, base = :base WHERE level = :level AND n = :n"
)
_INSERT: Final = (
    "INSERT INTO page (level, n, digest, first, last, nquads, gzip, base) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
_OWN: Final = text(
    "UPDATE log SET graph = NULL WHERE position >= :first AND position <= :last AND member AND graph IS NOT NULL"
)


class _Overtaken(Exception):
    """Another process was faster; what was prepared is not written."""


class Kept(NamedTuple):
    """A sealed page as it is kept: its row of the table `page`."""

    sealed: Sealed
    nquads: bytes  # packed, the address left open; empty where that can be had from `gzip`
    gzip: bytes
    base: str

    @property
    def values(self) -> dict[str, object]:
        return {**self.sealed._asdict(), "nquads": self.nquads, "gzip": self.gzip, "base": self.base}


class FullLeaf(NamedTuple):
    """A leaf that may be sealed, and how many of its members have a graph in the log."""

    kept: Kept
    graphs: int


class FullIndex(NamedTuple):
    """A page of leaves that may be sealed, and the leaves that it leads to."""

    kept: Kept
    leaves: list[Sealed]


def seal(site: Site) -> int:
    """Seal every page that is full; how many were."""
    if not _due(site):
        return 0
    count = 0
    with lease.lease(site, "ldes", 60) as renew:
        while renew is not None and renew() and (leaf := full_leaf(site)) is not None:
            count += keep_leaf(site, leaf)  # One that was overtaken is tried anew from what is there then.
        while renew is not None and renew() and (index := full_index(site)) is not None:
            count += keep_index(site, index)
        while renew is not None and renew() and (moved := moved_page(site)) is not None:
            count += keep_moved(site, moved)
    return count


def _due(site: Site) -> bool:
    with site.database.read() as connection:
        n, last = next_leaf(connection)
        members, leaves = site.page_sizes
        full = len(connection.execute(_COUNT, {"after": last, "limit": members}).all()) == members
        if full or n // leaves > len(pages(connection, INDEX, 0, ALL)):
            return True
        return connection.execute(_ELSEWHERE, {"base": site.base_url}).first() is not None


def full_leaf(site: Site) -> FullLeaf | None:
    """The next leaf, rendered from a snapshot; None when it is not full."""
    with site.database.read() as connection:
        n, last = next_leaf(connection)
        found = ldes_pages.open_members(connection, last, site.page_sizes.members)
    if len(found) < site.page_sizes.members:
        return None
    at = addresses(site)
    content = list(ldes_quads.members(found, at))
    sealed = Sealed(LEAF, n, ldes_quads.digest_of(content), found[0].position, found[-1].position)
    if any(each.graph is not None and graphs.tells(each.graph, at.base) for each in found):
        kept = kept_of(site, sealed, b"".join(ldes_quads.members(found, OPEN_ADDRESS)))
    else:
        kept = Kept(sealed, b"", gzipped(ldes_quads.page(sealed.name, at, sealed=True), *content), at.base)
    return FullLeaf(kept, sum(each.graph is not None for each in found))


def keep_leaf(site: Site, leaf: FullLeaf) -> bool:
    """Write a leaf and take its graphs out of the log; False where another process or an erasure was there first."""
    bounds = {"first": leaf.kept.sealed.first, "last": leaf.kept.sealed.last}
    with suppress(_Overtaken), site.database.write() as connection:
        # First, so that the rows are locked: an erasure comes wholly before or wholly after this page.
        if connection.execute(_OWN, bounds).rowcount != leaf.graphs:
            raise _Overtaken
        _insert(connection, leaf.kept)
        return True
    return False


def full_index(site: Site) -> FullIndex | None:
    """The next page of leaves; None when it is not full."""
    size = site.page_sizes.leaves
    with site.database.read() as connection:
        n = len(pages(connection, INDEX, 0, ALL))
        leaves = pages(connection, LEAF, n * size, size)
    return FullIndex(index_of(site, n, leaves), leaves) if len(leaves) == size else None


def keep_index(site: Site, index: FullIndex) -> bool:
    """Write a page of leaves; False where an erasure moved one of them meanwhile."""
    with site.database.write() as connection:
        if locked(site.database, connection, LEAF, index.leaves[0].n, site.page_sizes.leaves) != index.leaves:
            return False
        _insert(connection, index.kept)
    return True


def moved_page(site: Site) -> Kept | None:
    """A page whose address is not the site's any more, compressed anew; None when there is none."""
    with site.database.read() as connection:
        row = connection.execute(_ELSEWHERE, {"base": site.base_url}).one_or_none()
    if row is None:
        return None
    lines = ldes_pages.opened(row).split(b"\n", HEAD_LINES)
    return kept_of(site, Sealed(row.level, row.n, row.digest, row.first, row.last), lines[HEAD_LINES])


def keep_moved(site: Site, kept: Kept) -> bool:
    """Write it; False where an erasure has rewritten the page meanwhile."""
    with site.database.write() as connection:
        return connection.execute(text(f"{_KEEP} AND digest = :digest"), kept.values).rowcount == 1


def rewrite(connection: Connection, kept: Kept) -> None:
    """Write a page in the place of the one that has its number."""
    connection.execute(text(_KEEP), kept.values)


def locked(database: Database, connection: Connection, level: int, n: int, limit: int) -> list[Sealed]:
    """Sealed pages as the last transaction left them, locked until this one ends (SQLite locks everything)."""
    return pages(connection, level, n, limit, lock=not database.is_sqlite)


def leaf_of(site: Site, before: Sealed, content: bytes) -> Kept:
    """A leaf with other content, in which the address is left open."""
    return kept_of(site, before._replace(digest=ldes_quads.digest_of([graphs.based(content, site.base_url)])), content)


def index_of(site: Site, n: int, leaves: Sequence[Sealed]) -> Kept:
    """A sealed page of leaves."""
    digest = ldes_quads.digest_of([" ".join(leaf.name for leaf in leaves).encode()])
    sealed = Sealed(INDEX, n, digest, leaves[0].first, leaves[-1].last)
    return kept_of(site, sealed, ldes_quads.relations(sealed.name, leaves, OPEN_ADDRESS))


def kept_of(site: Site, sealed: Sealed, content: bytes) -> Kept:
    """A page as it is kept, from what it holds with the address left open."""
    opened = ldes_quads.page(sealed.name, OPEN_ADDRESS, sealed=True) + content
    told = graphs.tells(opened, site.base_url)
    return Kept(sealed, pack(opened) if told else b"", gzipped(graphs.based(opened, site.base_url)), site.base_url)


def _insert(connection: Connection, kept: Kept) -> None:
    many(connection, _INSERT, [(*kept.sealed, kept.nquads, kept.gzip, kept.base)])
