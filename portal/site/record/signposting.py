"""Signposting: typed links that lead a program from a page to what it describes (FAIR Signposting profile, level 2).

Pure. A header names the most important links within its bound of 4 KB, the linkset (RFC 9264) names all of them.
Addresses come from records, so those that cannot stand in a header are left to the linkset.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from schemas.formats.rdf.nodes import iri

MOST_BYTES: Final = 4_000
LANDING: Final = "https://schema.org/AboutPage"
RESOURCE: Final = "https://schema.org/LearningResource"


class Signposts(NamedTuple):
    """Addresses: of the thing, of its page, of the linkset; of its descriptions and contents with their media types."""

    thing: str
    page: str
    linkset: str
    described_by: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    license: str | None
    items: tuple[tuple[str, str], ...]


def header(posts: Signposts) -> str:
    """The Link header of a page (RFC 8288)."""
    found = [
        _link(posts.thing, "cite-as"),
        _link(posts.linkset, "linkset", "application/linkset+json"),
        _link(LANDING, "type"),
        _link(RESOURCE, "type"),
        *(_link(address, "describedby", media_type) for address, media_type in posts.described_by),
        *([_link(posts.license, "license")] if posts.license else []),
        *(_link(author, "author") for author in posts.authors),
        *(_link(address, "item", media_type) for address, media_type in posts.items),
    ]
    kept: list[str] = []
    size = 0
    for each in filter(None, found):
        size += len(each) + 2
        if size > MOST_BYTES:
            break
        kept.append(each)
    return ", ".join(kept)


def linkset(posts: Signposts) -> dict[str, Any]:
    """Every link, as a linkset document: from the page, and back from what describes it and what it holds."""
    page: dict[str, Any] = {
        "anchor": posts.page,
        "cite-as": [{"href": posts.thing}],
        "type": [{"href": LANDING}, {"href": RESOURCE}],
        "describedby": [_target(*each) for each in posts.described_by],
    }
    if posts.license:
        page["license"] = [{"href": posts.license}]
    if posts.authors:
        page["author"] = [{"href": author} for author in posts.authors]
    if posts.items:
        page["item"] = [_target(*each) for each in posts.items]
    back = [
        {"anchor": address, "describes": [{"href": posts.page, "type": "text/html"}]}
        for address, _ in posts.described_by
    ]
    return {"linkset": [page, *back]}


def _target(address: str, media_type: str) -> dict[str, str]:
    return {"href": address, "type": media_type} if media_type else {"href": address}


def _link(address: str, relation: str, media_type: str = "") -> str | None:
    known = iri(address)
    if known is None or not known.isascii() or "," in known:
        return None
    kind = f'; type="{media_type}"' if media_type else ""
    return f'<{known}>; rel="{relation}"{kind}'
