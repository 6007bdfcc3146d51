"""The changes as an Atom feed with archive pages (RFC 4287, RFC 5005 section 4, deletions by RFC 6721).

The feed document holds the open page of the event stream; each sealed page is an archive document, so that an archive
never changes. Titles are read from the members' own graphs; nothing else is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from repository.linked.ldes_quads import AS
from schemas.formats.rdf.lines import Statement, statements
from schemas.formats.rdf.nodes import SCHEMA
from schemas.xml.reader import encode, escape, escape_attribute

ATOM: Final = "http://www.w3.org/2005/Atom"
HISTORY: Final = "http://purl.org/syndication/history/1.0"
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_NAME: Final = f"{SCHEMA}name"
_DESCRIPTION: Final = f"{SCHEMA}description"


class Entry(NamedTuple):
    """One change as a feed tells it; `title` is None for a deletion."""

    activity: str
    record: str
    when: str
    title: str | None
    summary: str | None


class Links(NamedTuple):
    """The addresses of a document: its own, that of the feed, and the archive before it."""

    own: str
    current: str
    previous: str | None = None


def entries(nquads: bytes) -> list[Entry]:
    """The members of a page of the event stream, newest first."""
    told: dict[str, dict[str, str]] = {}
    for each in statements(nquads):
        if each.graph is None and each.predicate in (f"{AS}object", f"{AS}published"):
            told.setdefault(each.subject, {})[each.predicate] = each.value
        elif _names(each, told.get(each.graph or "", {})):
            told[each.graph or ""].setdefault(each.predicate, each.value)
    found = [
        Entry(name, said[f"{AS}object"], said[f"{AS}published"], said.get(_NAME), said.get(_DESCRIPTION))
        for name, said in told.items()
    ]
    return sorted(found, key=lambda entry: -int(entry.activity.rpartition("/")[2]))


def document(title: str, found: Iterable[Entry], links: Links, updated: str, *, archive: bool) -> bytes:
    """An Atom document; an archive document is complete and never changes (RFC 5005, 4)."""
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{ATOM}" xmlns:fh="{HISTORY}" xmlns:at="{TOMBSTONES}">\n',
        f"<title>{escape(title)}</title>\n<id>{escape(links.current)}</id>\n<updated>{updated}</updated>\n",
        f"<author><name>{escape(title)}</name></author>\n",
        _link("self", links.own),
    ]
    if archive:
        parts += ["<fh:archive/>\n", _link("current", links.current)]
    if links.previous:
        parts.append(_link("prev-archive", links.previous))
    parts += [_entry(each) for each in found]
    parts.append("</feed>\n")
    return encode("".join(parts))


def _link(relation: str, address: str) -> str:
    return f'<link rel="{relation}" href="{escape_attribute(address)}"/>\n'


def _entry(each: Entry) -> str:
    if each.title is None:
        return f'<at:deleted-entry ref="{escape_attribute(each.record)}" when="{each.when}"/>\n'
    summary = f"<summary>{escape(each.summary)}</summary>" if each.summary else ""
    return (
        f"<entry><title>{escape(each.title)}</title><id>{escape(each.record)}</id><updated>{each.when}</updated>"
        f'<link rel="alternate" href="{escape_attribute(each.record)}"/>{summary}</entry>\n'
    )


def _names(each: Statement, activity: dict[str, str]) -> bool:
    """Whether a statement tells the title or the description of what an activity is about."""
    return each.predicate in (_NAME, _DESCRIPTION) and activity.get(f"{AS}object") == each.subject
