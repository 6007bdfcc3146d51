"""Browsing: /subjects and /levels, a page for each of their concepts, and what a subject has for one level.

A page shows the concept, what it belongs to, what is in it with counts, and its newest resources; `?level=` (or
`?subject=` on a level) crosses the two and lists only what is in both. A value that is no concept is told, with nothing
found and the way back, never ignored.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from flask import Blueprint, Response, abort, request

from portal.site.find.lists import PATHS, Found, Lists, address, in_order, page_of, steps, tops
from portal.web import i18n
from portal.web.look.subjects import look_of
from portal.web.page import page
from repository.search.plan.parameters import Search
from repository.search.service import Searching
from repository.site import Site
from schemas.vocabularies.vocabularies import Concept

SIZE: Final = 12
_OTHER: Final = {"subject": "level", "level": "subject"}
TITLES: Final = {"subject": i18n.later("Subjects"), "level": i18n.later("Levels")}
UNKNOWN: Final = {
    "subject": i18n.later("There is no subject “%(value)s” here."),
    "level": i18n.later("There is no level “%(value)s” here."),
}


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The pages of subjects and levels."""
    made = Blueprint("browse", __name__)
    view = _Browse(site, searching)
    for scheme, path in PATHS.items():
        made.add_url_rule(path, scheme + "s", view.index, defaults={"scheme": scheme})
        made.add_url_rule(f"{path}/<notation>", scheme, view.concept, defaults={"scheme": scheme})
    return made


class _Browse:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.lists = Lists(site, searching)

    def index(self, scheme: str) -> Response:
        """All concepts of a scheme, two steps deep, with counts."""
        counts = self.lists.found(Search(size=1, facets=(scheme,))).counts
        counted = None if counts is None else counts[scheme]
        groups = []
        for top in self.lists.concepts(tops(self.site.vocabularies, scheme), counted):
            below = self.site.vocabularies.narrower(top["id"])
            groups.append(top | {"below": self.lists.concepts(in_order(self.site.vocabularies, below), counted)})
        return page("site/find/index.html", title=i18n.translate(TITLES[scheme]), groups=groups)

    def concept(self, scheme: str, notation: str) -> Response:
        """One concept, alone or crossed with one of the other scheme."""
        one = self.site.vocabularies.find_notation(scheme, notation)
        if one is None:
            abort(404)
        other = _OTHER[scheme]
        wish = request.args.get(other, "").strip()
        crossed = self._crossed(other, wish) if wish else None
        if wish and crossed is None:
            return self._page(one, Found(0, [], {}), unknown=i18n.translate(UNKNOWN[other]) % {"value": wish[:80]})
        filters = [(scheme, (one,))] + ([(other, (crossed.id,))] if crossed else [])
        search = Search(size=SIZE, filters=tuple(sorted(filters, reverse=True)))
        return self._page(one, self._found(search), crossed=crossed, whole=address(search_pairs(search)))

    def _found(self, search: Search) -> Found:
        """The newest, those in the reader's language first; counts of all."""
        every = self.lists.found(msgspec.structs.replace(search, facets=("subject", "level")))
        filters = (*search.filters, ("language", (i18n.language(),)))
        own = self.lists.found(msgspec.structs.replace(search, filters=filters)).cards
        seen = {each["path"] for each in own}
        return every._replace(cards=[*own, *(each for each in every.cards if each["path"] not in seen)][:SIZE])

    def _crossed(self, scheme: str, wish: str) -> Concept | None:
        """A concept by notation, IRI or label."""
        vocabularies = self.site.vocabularies
        found = vocabularies.find_notation(scheme, wish) or vocabularies.find(scheme, None, wish, i18n.language())
        concept = vocabularies.concept(found) if found else None
        return concept if concept is not None and concept.scheme == scheme else None

    def _page(
        self, one: str, found: Found, *, crossed: Concept | None = None, whole: str = "", unknown: str = ""
    ) -> Response:
        vocabularies = self.site.vocabularies
        concept = vocabularies.concepts[one]
        scheme, other = concept.scheme, _OTHER[concept.scheme]
        counts = found.counts or {}
        known = found.counts is not None
        query = f"?{other}={crossed.notation}" if crossed else ""
        look = look_of(vocabularies, [one] if scheme == "subject" else [crossed.id] if crossed else [])
        return page(
            "site/find/concept.html",
            label=self.lists.label(one),
            tint=look.tint,
            scheme=scheme,
            index=(PATHS[scheme], i18n.translate(TITLES[scheme])),
            above=[self._link(each) for each in reversed(vocabularies.ancestors(one))],
            narrower=self.lists.concepts(
                in_order(vocabularies, vocabularies.narrower(one)), counts.get(scheme) if known else None, query
            ),
            crossings=self._crossings(concept, crossed, counts.get(other) if known else None),
            crossed=crossed and {"label": self.lists.label(crossed.id), "without": page_of(concept)},
            found=found,
            whole=whole,
            unknown=unknown,
            here=page_of(concept),
            canonical=self.site.url(page_of(concept) + query),
            names=(f"/doc/concept/{scheme}/{concept.notation}.ttl", concept.id),
        )

    def _crossings(
        self, concept: Concept, crossed: Concept | None, counts: dict[str, int] | None
    ) -> list[dict[str, Any]]:
        """The concepts of the other scheme to cross with: those below the chosen one, else the first steps."""
        vocabularies, other = self.site.vocabularies, _OTHER[concept.scheme]
        offered = list(vocabularies.narrower(crossed.id)) if crossed else steps(vocabularies, other)
        shown = []
        for one in in_order(vocabularies, offered):
            count = None if counts is None else counts.get(one, 0)
            if count != 0:
                notation = vocabularies.concepts[one].notation
                href = f"{page_of(concept)}?{other}={notation}"
                shown.append({"href": href, "label": self.lists.label(one), "count": count})
        return shown

    def _link(self, one: str) -> tuple[str, str]:
        return page_of(self.site.vocabularies.concepts[one]), self.lists.label(one)


def search_pairs(search: Search) -> list[tuple[str, str]]:
    """The parameters of the search page for the same records."""
    return search.pairs()
