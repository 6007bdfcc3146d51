"""The published state of one record, as public views need it: found in a snapshot, with its tree and its summary.

Reads the publication line only (design.md, 2): nothing here can see a draft.
"""

from __future__ import annotations

import time
import uuid as uuids
from typing import Any

import msgspec

from repository.published import Item, Snapshot, datestamp_of
from repository.site import Site
from schemas.record import Record, from_json
from schemas.summary import summary as summaries
from schemas.summary.summary import Summary


class Resource(msgspec.Struct, frozen=True):
    """A live record: where it stands, its tree as the public gets it, and the summary of that tree."""

    item: Item
    tree: bytes
    record: Record
    summary: Summary


def canonical_uuid(text: str) -> str | None:
    """The uuid in its usual form, or None when the text is no uuid: `/records/x` is simply not found."""
    try:
        found = str(uuids.UUID(text))
    except ValueError:
        return None
    return found if found == text.lower() else None


def resource_of(site: Site, snapshot: Snapshot, item: Item) -> Resource:
    """Read a live item's tree and summarise it."""
    tree = snapshot.face("json", item.position)
    if tree is None:
        raise LookupError(f"record {item.uuid} is live at {item.position} and has no tree there")
    return read(site, item, tree)


def read(site: Site, item: Item, tree: bytes) -> Resource:
    """A live item with its tree."""
    record = from_json(tree)
    return Resource(item, tree, record, summaries.summarise(record, site.vocabularies))


def labelled(site: Site, summary: Summary, languages: tuple[str, ...], completeness: float) -> dict[str, Any]:
    """The summary of api.md, labels in the first of `languages` that has one."""
    return summaries.labelled(summary, site.vocabularies, languages, completeness)


def datestamp(position: int) -> str:
    """The datestamp of a position as OAI-PMH writes it: UTC, whole seconds."""
    return moment(datestamp_of(position))


def moment(seconds: int) -> str:
    """Seconds since the epoch as a date and time: UTC, whole seconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
