"""The search for people: /search, one form and its answers, with the parameters of the API (api.md, search).

Rendered on the server, every choice is a link or a field of the form, so that it works without JavaScript and every
search has an address. What makes no sense among the parameters is passed over. Levels and subjects fold open where
something in them is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from portal.web import i18n, search_items
from portal.web.cards import card
from portal.web.page import page
from portal.web.search_request import Pair, asked_leniently
from repository.published import snapshot
from repository.search.errors import BadCursor
from repository.search.highlight import Marker
from repository.search.plan.parameters import FACETS, Search
from repository.search.request import spelled
from repository.search.service import Answer, Searching
from repository.site import Site

HEADINGS: Final = {
    "subject": "Subject",
    "level": "Level",
    "type": "Resource type",
    "age": "Age",
    "language": "Language",
    "open": "Open or not",
    "license": "Licence",
    "audience": "Audience",
    "format": "File format",
    "organisation": "Organisation",
    "collection": "Collection",
    "source": "Source",
}
SORTS: Final = {"relevance": "Relevance", "newest": "Newest", "title": "Title"}
SENTENCES: Final = (*HEADINGS.values(), *SORTS.values(), "from", "until")


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The address of the search."""
    made = Blueprint("search_pages", __name__)
    made.add_url_rule("/search", view_func=_SearchPage(site, searching).show)
    return made


class _SearchPage:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    def show(self) -> AnyResponse:
        search = asked_leniently(list(request.args.items(multi=True)))
        search, _ = spelled(search, self.site.vocabularies)
        search = msgspec.structs.replace(search, facets=FACETS, highlight=True)
        try:
            # Links do not repeat it: who follows one may read another language.
            answer = self.searching.find(msgspec.structs.replace(search, prefer=search.prefer or i18n.language()))
        except BadCursor:
            return redirect(_address(search.pairs(paging=True)), 303)
        return self._page(search, answer)

    def _page(self, search: Search, answer: Answer) -> Response:
        languages = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        meant = answer.did_you_mean
        return page(
            "site/search.html",
            search=search,
            answer=answer,
            cards=self._cards(answer),
            facets=list(self._facets(search, answer, languages)),
            chips=list(self._chips(search, languages)),
            hidden=[pair for pair in search.pairs() if pair[0] not in ("q", "sort")],
            sorts=[(name, i18n.translate(label), name == search.order) for name, label in SORTS.items()],
            meant=meant and {"q": meant, "href": _address(msgspec.structs.replace(search, q=meant).pairs(paging=True))},
            following=answer.cursor and _address([*search.pairs(paging=True), ("cursor", answer.cursor)]),
            first=search.cursor and _address(search.pairs(paging=True)),
            feed=_address(search.pairs(), "/feeds/atom.xml"),
            without_filters=_address([("q", search.q)] if search.q else []),
        )

    def _cards(self, answer: Answer) -> list[dict[str, Any]]:
        marker = Marker(answer.planned, self.searching.language.analyser) if answer.planned else None
        with snapshot(self.site.database) as line:
            found = search_items.resources(self.site, line, answer.found.hits)
        cards = []
        for _, one in found:
            shown = card(self.site, one)
            marked = marker.highlights(one.summary) if marker else {}
            # Marker escapes everything but its own marks.
            shown["marked_title"] = Markup(marked["title"][0]) if "title" in marked else None  # noqa: S704
            shown["fragments"] = [Markup(text) for text in marked.get("description", ())]  # noqa: S704
            cards.append(shown)
        return cards

    def _facets(self, search: Search, answer: Answer, languages: Sequence[str]) -> Iterable[dict[str, Any]]:
        for name, heading in HEADINGS.items():
            chosen = set(search.values(name))
            values = search_items.facet(name, answer.found.counts.get(name, ()), self.site.vocabularies, languages)
            shown = [_value(search, name, value, chosen) for value in values]
            missing = chosen - set(_every(values))
            shown += [self._missing(search, name, value, languages) for value in sorted(missing)]
            if shown:
                yield {"name": name, "heading": i18n.translate(heading), "values": shown, "open": bool(chosen)}

    def _missing(self, search: Search, name: str, value: str, languages: Sequence[str]) -> dict[str, Any]:
        """A value that was chosen and that no hit has."""
        label = search_items.label_of(name, value, self.site.vocabularies, languages)
        return _value(search, name, {"value": value, "label": label, "count": 0}, {value})

    def _chips(self, search: Search, languages: Sequence[str]) -> Iterable[dict[str, str]]:
        """Each filter in force, with the address of the search without it."""
        pairs = search.pairs(paging=True)
        for name, value in pairs:
            if name in ("q", "sort", "size", "prefer"):
                continue
            label = search_items.label_of(name, value, self.site.vocabularies, languages)
            heading = i18n.translate(HEADINGS.get(name, name))
            yield {
                "heading": heading,
                "label": label,
                "href": _address([each for each in pairs if each != (name, value)]),
            }


def _value(search: Search, name: str, value: dict[str, Any], chosen: set[str]) -> dict[str, Any]:
    """A value of a facet as a link that chooses it, or lets it go."""
    pairs = search.pairs(paging=True)
    own = (name, value["value"])
    is_chosen = value["value"] in chosen
    below = [_value(search, name, child, chosen) for child in value.get("children", ())]
    return {
        "label": value["label"],
        "count": value["count"],
        "chosen": is_chosen,
        "href": _address([each for each in pairs if each != own] if is_chosen else [*pairs, own]),
        "children": below,
        "open": is_chosen or any(child["open"] for child in below),
    }


def _every(values: Iterable[dict[str, Any]]) -> Iterable[str]:
    for value in values:
        yield value["value"]
        yield from _every(value.get("children", ()))


def _address(pairs: Iterable[Pair], path: str = "/search") -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
