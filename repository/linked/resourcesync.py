"""ResourceSync (ANSI/NISO Z39.99-2017): every record's N-Triples as a resource to synchronise.

Source description, capability list, resource list (an index of parts from 50,000 on) and change list. The change list
names only the last change of each resource, where the standard wants every change (12.1): a client drops a create and
a delete that fall behind its stamp, and what it must reach is the last state (decisions/0011). Of more than 50,000
changes it holds the newest, and says from when on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from sqlalchemy import text

from repository.linked import graphs
from repository.linked.sitemap import DECLARATION, MOST, NAMESPACE, live, starts
from repository.published import Item, Snapshot, datestamp_of
from repository.site import Site
from schemas.datestamp import utc_datestamp
from schemas.xml.reader import escape_attribute

RS: Final = "http://www.openarchives.org/rs/terms/"
MEDIA_TYPE: Final = "application/n-triples"
_FRAME: Final = f'xmlns="{NAMESPACE}" xmlns:rs="{RS}"'
_NEWEST: Final = text('SELECT position FROM "current" ORDER BY position DESC LIMIT 1 OFFSET :most')
_PAGE: Final = 1_000


def source_description(base_url: str) -> bytes:
    """What `/.well-known/resourcesync` says: where the capability list is."""
    return _document(
        '<rs:md capability="description"/>',
        f'<url><loc>{escape_attribute(base_url)}/capabilitylist.xml</loc><rs:md capability="capabilitylist"/></url>',
    )


def capability_list(base_url: str) -> bytes:
    base = escape_attribute(base_url)
    return _document(
        f'<rs:ln rel="up" href="{base}/.well-known/resourcesync"/><rs:md capability="capabilitylist"/>',
        f'<url><loc>{base}/resourcelist.xml</loc><rs:md capability="resourcelist"/></url>\n'
        f'<url><loc>{base}/changelist.xml</loc><rs:md capability="changelist"/></url>',
    )


def resource_list(site: Site, line: Snapshot, after: int | None = None, most: int = MOST) -> Iterator[bytes]:
    """The live resources; if more than `most`, an index of parts, each asked for by the position it begins behind."""
    begins = starts(line, most)
    at = utc_datestamp(line.w)
    head = f'<rs:ln rel="up" href="{escape_attribute(site.base_url)}/capabilitylist.xml"/>\n'
    if after is None and len(begins) > 1:
        yield f'{DECLARATION}<sitemapindex {_FRAME}>\n{head}<rs:md capability="resourcelist" at="{at}"/>\n'.encode()
        for begin in begins:
            address = escape_attribute(f"{site.base_url}/resourcelist/{begin + 1}.xml")
            yield f"<sitemap><loc>{address}</loc></sitemap>\n".encode()
        yield b"</sitemapindex>\n"
        return
    if after is not None:
        head = f'<rs:ln rel="index" href="{escape_attribute(site.base_url)}/resourcelist.xml"/>\n'
    yield f'{DECLARATION}<urlset {_FRAME}>\n{head}<rs:md capability="resourcelist" at="{at}"/>\n'.encode()
    for items in live(line, -1 if after is None else after, most):
        yield from _entries(site, line, items, change=False)
    yield b"</urlset>\n"


def change_list(site: Site, line: Snapshot, most: int = MOST) -> Iterator[bytes]:
    """The last change of each resource, oldest first."""
    before = line.connection.execute(_NEWEST, {"most": most}).scalar()
    after = -1 if before is None else int(before)
    since = line.first_w if before is None else datestamp_of(after) + 2
    yield (
        f"{DECLARATION}<urlset {_FRAME}>\n"
        f'<rs:ln rel="up" href="{escape_attribute(site.base_url)}/capabilitylist.xml"/>\n'
        f'<rs:md capability="changelist" from="{utc_datestamp(since)}"/>\n'
    ).encode()
    while items := line.changes(after, _PAGE):
        after = items[-1].position
        yield from _entries(site, line, items, change=True)
    yield b"</urlset>\n"


def _entries(site: Site, line: Snapshot, items: list[Item], *, change: bool) -> Iterator[bytes]:
    faces = graphs.graphs(site, line, [item.position for item in items if not item.deleted])
    base = escape_attribute(site.base_url)
    for item in items:
        when = utc_datestamp(datestamp_of(item.position))
        told = f' change="{_change(item)}" datetime="{when}"' if change else ""
        face = faces.get(item.position)
        if face is not None:
            hashes = (
                f"md5:{hashlib.md5(face, usedforsecurity=False).hexdigest()} sha-256:{hashlib.sha256(face).hexdigest()}"
            )
            told += f' hash="{hashes}" length="{len(face)}" type="{MEDIA_TYPE}"'
        yield (
            f"<url><loc>{base}/doc/resource/{item.uuid}.nt</loc><lastmod>{when}</lastmod><rs:md{told}/></url>\n"
        ).encode()


def _change(item: Item) -> str:
    if item.deleted:
        return "deleted"
    return "created" if item.position == item.first_position else "updated"


def _document(head: str, body: str) -> bytes:
    return f"{DECLARATION}<urlset {_FRAME}>\n{head}\n{body}\n</urlset>\n".encode()
