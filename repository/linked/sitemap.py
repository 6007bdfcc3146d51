"""Lists of addresses in the sitemap format: for search engines, and as the frame of ResourceSync's own lists.

Pure but for the reading of boundaries. A document holds at most 50,000 addresses (sitemaps.org); of more, an index
leads to parts, each of which begins behind a position, so that parts are read by key and stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import text

from repository.published import Item, Snapshot, datestamp_of
from schemas.datestamp import utc_datestamp
from schemas.xml.reader import escape

MOST: Final = 50_000
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PAGE: Final = 1_000
_STARTS: Final = text(
    'SELECT position FROM (SELECT position, row_number() OVER (ORDER BY position) AS n FROM "current"'
    " WHERE state = 'live') AS numbered WHERE n % :most = 1 ORDER BY position"
)


def starts(line: Snapshot, most: int = MOST) -> list[int]:
    """The positions behind which the parts of the live records begin; empty when there are no records."""
    return [int(row[0]) - 1 for row in line.connection.execute(_STARTS, {"most": most})]


def live(line: Snapshot, after: int, most: int = MOST) -> Iterator[list[Item]]:
    """The live records behind a position, at most `most`, in portions."""
    left = most
    while left > 0 and (items := line.changes(after, _PAGE)):
        after = items[-1].position
        found = [item for item in items if not item.deleted][:left]
        left -= len(found)
        yield found


def index(parts: Iterable[tuple[str, int]]) -> bytes:
    """The index of a sitemap: addresses of parts, with the newest position in each (-1: unknown)."""
    entries = "".join(
        f"<sitemap><loc>{escape(address)}</loc>{_lastmod(position)}</sitemap>\n" for address, position in parts
    )
    return f'{DECLARATION}<sitemapindex xmlns="{NAMESPACE}">\n{entries}</sitemapindex>\n'.encode()


def urlset(line: Snapshot, base_url: str, after: int, most: int = MOST) -> Iterator[bytes]:
    """The addresses of the live records behind a position, with the day they last changed."""
    yield f'{DECLARATION}<urlset xmlns="{NAMESPACE}">\n'.encode()
    for items in live(line, after, most):
        yield "".join(
            f"<url><loc>{escape(base_url)}/doc/resource/{item.uuid}</loc>{_lastmod(item.position)}</url>\n"
            for item in items
        ).encode()
    yield b"</urlset>\n"


def _lastmod(position: int) -> str:
    return "" if position < 0 else f"<lastmod>{utc_datestamp(datestamp_of(position))}</lastmod>"
