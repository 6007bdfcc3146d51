"""What `oerbron export` writes: the accepted revisions of published records, whole, as a stream of byte parts.

The operator's copy: contact data included, and for `lom` verbatim what was received (design.md 4). The public gets the
stored faces instead. One snapshot for the whole export, read in pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from portal.api.records import representation
from portal.web import resource
from repository.deposit import revisions
from repository.published import Item, snapshot
from repository.site import Site
from schemas.errors import UnknownFormat
from schemas.formats import registry
from schemas.formats.format import Format, Writing
from schemas.formats.lom.lom import write_verbatim
from schemas.namespaces import WRAPPER
from schemas.record import Record, from_json
from schemas.summary import summary as summaries

PAGE = 500
LINES = "jsonl"
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<records xmlns="{WRAPPER}">\n'.encode()
_TAIL = b"</records>\n"


def parts(site: Site, name: str, spec: str | None) -> Iterator[bytes]:
    """The document in parts; raises UnknownFormat before the first one when there is no such writer."""
    if name == LINES:
        return _lines(site, spec)
    chosen = registry.FORMATS.get(name)
    if chosen is None or chosen.write is None:
        writable = sorted([LINES, *(prefix for prefix, one in registry.FORMATS.items() if one.write is not None)])
        raise UnknownFormat(f"There is no format {name} to export; there are {', '.join(writable)}.")
    if "xml" in chosen.media_type:
        return _framed(site, chosen, spec)
    return (body + b"\n" for body in _written(site, chosen, spec))


def _framed(site: Site, chosen: Format, spec: str | None) -> Iterator[bytes]:
    yield _HEAD
    for body in _written(site, chosen, spec):
        yield body + b"\n"
    yield _TAIL


def _written(site: Site, chosen: Format, spec: str | None) -> Iterator[bytes]:
    write = _verbatim if chosen.prefix == "lom" else _face(site, chosen)
    for item, tree in _trees(site, spec):
        if tree is not None:
            body = write(item, from_json(tree))
            if body is not None:
                yield body


def _verbatim(_: Item, record: Record) -> bytes:
    return write_verbatim(record)


def _face(site: Site, chosen: Format) -> Callable[[Item, Record], bytes | None]:
    def write(item: Item, record: Record) -> bytes | None:
        writing = Writing(
            site.vocabularies,
            summaries.summarise(record, site.vocabularies),
            publish_contact=True,
            uuid=item.uuid,
            url=site.url(f"/id/resource/{item.uuid}"),
            base_url=site.base_url,
        )
        return chosen.write(record, writing) if chosen.write is not None else None

    return write


def _lines(site: Site, spec: str | None) -> Iterator[bytes]:
    languages = site.config.site.languages
    for item, tree in _trees(site, spec):
        if tree is None:
            yield msgspec.json.encode(representation.tombstone(site, item)) + b"\n"
        else:
            shown = representation.published(site, resource.read(site, item, tree), languages)
            yield msgspec.json.encode(_belonging(item) | shown) + b"\n"


def _belonging(item: Item) -> dict[str, Any]:
    """Whose record it is and which collections it is in: an import elsewhere reads them from the line."""
    facts = item.facts
    found: dict[str, Any] = {"organisation": facts.organisation} if facts.organisation else {}
    return found | ({"collections": facts.collections} if facts.collections else {})


def _trees(site: Site, spec: str | None) -> Iterator[tuple[Item, bytes | None]]:
    """Every published record in log order with the tree of its accepted revision; None for a tombstone."""
    with snapshot(site.database) as line:
        chosen = None if spec is None else line.list_id("", spec)
        if spec is not None and chosen is None:
            return
        after = -1
        while items := line.changes(after, PAGE, chosen):
            trees = revisions.published_trees(line.connection, [item for item in items if not item.deleted])
            for item in items:
                yield item, trees.get(item.record)
            after = items[-1].position
