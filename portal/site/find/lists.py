"""What the pages of finding show in common: counts of every concept, cards of what was found, and addresses.

Counts come from the search; while its index is being made there are none, and a page shows its concepts without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from portal.web import i18n, search_items
from portal.web.cards import card
from portal.web.look.subjects import look_of
from repository.published import snapshot
from repository.search.errors import SearchUnavailable
from repository.search.index.engine import Hit
from repository.search.plan.parameters import Search
from repository.search.service import Searching
from repository.site import Site
from schemas.vocabularies.vocabularies import Concept, Vocabularies

PATHS: Final = {"subject": "/subjects", "level": "/levels"}
"""The schemes whose concepts have a page of what is in them."""


class Found(NamedTuple):
    """What a page lists: how many there are, cards of the first, counts by facet and value (None: no index yet)."""

    total: int
    cards: list[dict[str, Any]]
    counts: dict[str, dict[str, int]] | None


class Lists:
    """Lists and counts of one site."""

    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    def found(self, search: Search) -> Found:
        """The records of a search as cards, the reader's language first."""
        try:
            answer = self.searching.find(search)
        except SearchUnavailable:
            return Found(0, [], None)
        counts = {name: dict(counted) for name, counted in answer.found.counts.items()}
        return Found(answer.found.total, self.cards(answer.found.hits), counts)

    def cards(self, hits: Iterable[Hit]) -> list[dict[str, Any]]:
        """The hits as cards, without what is public no more."""
        with snapshot(self.site.database) as line:
            found = search_items.resources(self.site, line, hits)
        return [card(self.site, one) for _, one in found]

    def concepts(self, ids: Iterable[str], counts: Mapping[str, int] | None, query: str = "") -> list[dict[str, Any]]:
        """Concepts as links with label, count and look; those without a record are left out where counts are known."""
        shown = []
        for one in ids:
            concept = self.site.vocabularies.concepts[one]
            count = None if counts is None else counts.get(one, 0)
            if count != 0:
                look = look_of(self.site.vocabularies, [one])
                shown.append(
                    {
                        "id": one,
                        "href": page_of(concept) + query,
                        "label": self.label(one),
                        "count": count,
                        "tint": look.tint,
                        "icon": look.icon,
                    }
                )
        return shown

    def label(self, one: str) -> str:
        """The label of a concept in the reader's language."""
        return self.site.vocabularies.label(one, self.languages())

    def languages(self) -> Sequence[str]:
        return i18n.labels_in(i18n.language(), self.site.config.site.languages)


def page_of(concept: Concept) -> str:
    """The page of what is in a concept; that of the concept itself where its scheme has none."""
    if concept.scheme in PATHS:
        return f"{PATHS[concept.scheme]}/{concept.notation}"
    return f"/doc/concept/{concept.scheme}/{concept.notation}"


def tops(vocabularies: Vocabularies, scheme: str) -> list[str]:
    """The broadest concepts of a scheme, in its order."""
    return [c.id for c in vocabularies.concepts.values() if c.scheme == scheme and not c.broader]


def steps(vocabularies: Vocabularies, scheme: str) -> list[str]:
    """The concepts to begin with: the broadest, or those below one that only holds them together.

    In a scheme with an order of its own a concept holds others together when most of what is below it is parted again:
    school, with primary and secondary in it.
    """
    if not vocabularies.schemes[scheme].order:
        return tops(vocabularies, scheme)
    found: list[str] = []
    for top in tops(vocabularies, scheme):
        below = vocabularies.narrower(top)
        parted = sum(1 for each in below if vocabularies.narrower(each))
        found += below if 2 * parted > len(below) else [top]
    return found


def in_order(vocabularies: Vocabularies, ids: Iterable[str]) -> list[str]:
    """Concepts in the order of their scheme."""
    return sorted(ids, key=lambda one: vocabularies.order_of(one) or 0)


def address(pairs: Iterable[tuple[str, str]], path: str = "/search") -> str:
    """A path with a query."""
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
