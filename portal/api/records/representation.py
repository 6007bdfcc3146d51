"""A record as the API gives it (api.md, a record in JSON): the published one, the working one, a tombstone.

The published one is made from the publication line only; the canonical tree is put in as the bytes it is stored in.
The working one has more keys than the published one, for those who work on it: what they may do, who reviews it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from portal.web import resource
from portal.web.resource import Resource
from repository.deposit import Source, Working
from repository.lifecycle import TOMBSTONES
from repository.published import Facts, Item
from repository.site import Site
from schemas.summary import summary as summaries


def published(site: Site, found: Resource, languages: tuple[str, ...]) -> dict[str, Any]:
    """A live record as everybody may see it."""
    item = found.item
    summary = resource.labelled(site, found.summary, languages, item.facts.completeness)
    return {
        "id": item.uuid,
        "oai_identifier": site.oai_identifier(item.uuid),
        "url": site.url(f"/id/resource/{item.uuid}"),
        "public": "published",
        "work": "none",
        "revision": item.revision,
        "published_revision": item.revision,
        "position": item.position,
        "datestamp": resource.datestamp(item.position),
        "sets": item.facts.sets,
        "source": source_of(item.facts),
        "record": msgspec.Raw(found.tree),
        "summary": summary,
    }


def tombstone(site: Site, item: Item) -> dict[str, Any]:
    """What is left of a record that was public and is not any more."""
    return {
        "id": item.uuid,
        "oai_identifier": site.oai_identifier(item.uuid),
        "public": item.facts.public if item.facts.public != "published" else "deleted",
        "position": item.position,
        "datestamp": resource.datestamp(item.position),
        "sets": item.facts.sets,
        "source": source_of(item.facts),
        "reason": item.facts.reason,
        "successor": item.facts.successor,
    }


class Line(msgspec.Struct, frozen=True):
    """Where a record stands on the publication line: its published state, and whether a change of it still waits."""

    item: Item | None = None
    waits: bool = False

    @property
    def position(self) -> int | None:
        """None until everything that was accepted of the record is public."""
        return None if self.item is None or self.waits else self.item.position


def working(site: Site, found: Working, line: Line, languages: tuple[str, ...]) -> dict[str, Any]:
    """The newest revision, whole, as those who work on the record see it."""
    summary = summaries.summarise(found.record, site.vocabularies)
    body = {
        "id": found.uuid,
        "oai_identifier": site.oai_identifier(found.uuid),
        "url": site.url(f"/id/resource/{found.uuid}"),
        "public": found.public,
        "work": found.work,
        "revision": found.revision,
        "published_revision": found.published_revision if found.public == "published" else None,
        "position": line.position,
        "datestamp": None if line.position is None else resource.datestamp(line.position),
        "sets": line.item.facts.sets if line.item is not None else (),
        "source": _source(found.source),
        "record": found.record,
        "summary": resource.labelled(site, summary, languages, found.completeness),
        "organisation": found.organisation,
        "collections": found.collections,
        "holder": found.holder_email,
        "note": found.note,
        "locked": found.locked,
        "actions": found.actions,
    }
    if found.public in TOMBSTONES:
        body |= {"reason": found.reason, "successor": found.successor}
    return body


def buried(site: Site, found: Working, line: Line) -> dict[str, Any]:
    """The tombstone as its maker gets it; without a position until it is public, and if the record never was public."""
    return {
        "id": found.uuid,
        "oai_identifier": site.oai_identifier(found.uuid),
        "public": found.public,
        "position": line.position,
        "datestamp": None if line.position is None else resource.datestamp(line.position),
        "sets": line.item.facts.sets if line.item is not None else (),
        "source": _source(found.source),
        "reason": found.reason,
        "successor": found.successor,
    }


def _source(source: Source | None) -> dict[str, Any] | None:
    return None if source is None else msgspec.structs.asdict(source)


def source_of(facts: Facts) -> dict[str, str | None] | None:
    """Where a record came from; None for one that was made here."""
    if facts.source is None:
        return None
    return {
        "name": facts.source,
        "key": facts.key,
        "base_url": facts.base_url,
        "identifier": facts.identifier,
        "datestamp": facts.datestamp,
    }


def etag(item: Item, language: str) -> str:
    """The entity tag of a published record, without quotes (design.md, settled questions)."""
    return f"{item.revision}-{item.position}-{language}"
