"""Erasure in the feeds: sealed pages and dumps, which never change otherwise (feeds.md, LDES).

The one exception to "same address, same bytes": the law. The page is rewritten without the record's graphs (the
activities stay: what was a member is one for ever), gets a new digest and so a new address, which the page above it
links from then on, itself rewritten; the old addresses answer 301. Dumps are taken away. Every rewriting is logged.
It begins when the tombstone is public: until then a dump could take up what it is about to forget.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Connection, text

from repository.jobs import lease
from repository.linked import dumps, ldes_pages, ldes_sealing
from repository.linked.ldes_quads import HEAD_LINES, INDEX, LEAF, Sealed
from repository.linked.ldes_sealing import OPEN_ADDRESS, Kept
from repository.site import Site

log = logging.getLogger(__name__)
_PENDING: Final = text(
    "SELECT e.record FROM page_erasure e WHERE NOT EXISTS"
    " (SELECT 1 FROM \"current\" c WHERE c.record = e.record AND c.state = 'live') ORDER BY e.record LIMIT 1"
)
WIPES: Final = ("INSERT INTO page_erasure (record) VALUES (:id) ON CONFLICT DO NOTHING",)
"""What asks for an erasure here, see upkeep.erasure; `erase` carries it out when the tombstone is public."""
_DONE: Final = text("DELETE FROM page_erasure WHERE record = :record")
_FORGET: Final = text("UPDATE log SET graph = NULL WHERE record = :record AND graph IS NOT NULL")
_MEMBERS: Final = text("SELECT position FROM log WHERE record = :record AND member ORDER BY position")
_LEAF: Final = text("SELECT n FROM page WHERE level = 0 AND first <= :at AND last >= :at")
_ONE: Final = text("SELECT nquads, gzip, base FROM page WHERE level = 0 AND n = :n")
_MOVED: Final = text("INSERT INTO page_moved (level, n, digest) VALUES (:level, :n, :digest) ON CONFLICT DO NOTHING")


def erase(site: Site) -> int:
    """Take erased records out of sealed pages and dumps; how many records there were. Raises nothing of its own."""
    with site.database.read() as connection:
        if connection.execute(_PENDING).first() is None:
            return 0
    count = 0
    with lease.lease(site, "ldes", 60) as renew:
        while renew is not None and renew():
            with site.database.read() as connection:
                record = connection.execute(_PENDING).scalar()
            if record is None:
                break
            dumps.forget()  # before the row that asks for it is gone: a crash in between must leave no dump
            _erase(site, int(record))
            count += 1
    return count


def _erase(site: Site, record: int) -> None:
    """Rewrite the pages of one record, those that lead to them, and enter their old addresses, in one transaction."""
    with site.database.write() as connection:
        # A batch that was being written when the erasure came has put its graph into the log after it (PostgreSQL).
        # First, so that a page that is being sealed with it comes wholly before or wholly after.
        connection.execute(_FORGET, {"record": record})
        positions = [int(row[0]) for row in connection.execute(_MEMBERS, {"record": record})]
        numbers = sorted({n for at in positions for n in connection.execute(_LEAF, {"at": at}).scalars()})
        for n in numbers:
            _rewrite_leaf(site, connection, n, positions)
        for n in sorted({n // site.page_sizes.leaves for n in numbers}):
            _rewrite_index(site, connection, n)
        connection.execute(_DONE, {"record": record})
    log.info("erased from sealed pages", extra={"record": record, "positions": positions, "pages": numbers})


def _rewrite_leaf(site: Site, connection: Connection, n: int, positions: list[int]) -> None:
    """Leave out the graphs of these activities; their own three triples, and the links to them, stay."""
    (before,) = ldes_sealing.locked(site.database, connection, LEAF, n, 1)
    lines = ldes_pages.opened(connection.execute(_ONE, {"n": n}).one()).splitlines(keepends=True)[HEAD_LINES:]
    graphs = tuple(f" <{OPEN_ADDRESS.activity(position)}> .\n".encode() for position in positions)
    link = f"<{OPEN_ADDRESS.stream}> ".encode()
    content = b"".join(line for line in lines if line.startswith(link) or not line.endswith(graphs))
    _replace(connection, before, ldes_sealing.leaf_of(site, before, content))


def _rewrite_index(site: Site, connection: Connection, n: int) -> None:
    """Lead to the leaves as they are now; an index that is still open does so by itself."""
    before = ldes_sealing.locked(site.database, connection, INDEX, n, 1)
    if before and before[0].n == n:
        size = site.page_sizes.leaves
        leaves = ldes_pages.pages(connection, LEAF, n * size, size)
        _replace(connection, before[0], ldes_sealing.index_of(site, n, leaves))


def _replace(connection: Connection, before: Sealed, after: Kept) -> None:
    if after.sealed.digest != before.digest:
        connection.execute(_MOVED, {"level": before.level, "n": before.n, "digest": before.digest})
        ldes_sealing.rewrite(connection, after)
