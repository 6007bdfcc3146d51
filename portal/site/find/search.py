"""The search for people: /search, one form and its answers, with the parameters of the API (api.md, search).

The page is rendered on the server, and every choice is a link or a field of the form, so that it works without
JavaScript and every search has an address. A value that makes no sense is told, with nothing found and a way on, never
ignored: whoever asks for `age=oud` must not be shown everything. Where nothing is found, the page counts what there
would be without each word and each filter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from portal.site.find import words
from portal.site.find.lists import Lists, address, tops
from portal.web import i18n, search_items
from portal.web.cards import card
from portal.web.page import page
from portal.web.search_request import asked_of_page
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
OPEN: Final = 4  # facets that stand open at first
SORTS: Final = {"relevance": "Relevance", "newest": "Newest", "title": "Title"}
MOST_STEPS: Final = 12  # counts of what there would be without a word or filter
MOST_CHIPS: Final = 3
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
        self.lists = Lists(site, searching)

    def show(self) -> AnyResponse:
        search, wrong = asked_of_page(list(request.args.items(multi=True)))
        search, unknown = spelled(search, self.site.vocabularies)
        search = msgspec.structs.replace(search, facets=FACETS, highlight=True)
        wrong += tuple((problem.path, _value_of(search, problem.path, problem.message)) for problem in unknown)
        if wrong:
            return self._refused(search, wrong)
        try:
            # Links do not repeat the language: whoever follows one may read another.
            answer = self.searching.find(msgspec.structs.replace(search, prefer=search.prefer or i18n.language()))
        except BadCursor:
            return redirect(address(search.pairs(paging=True)), 303)
        return self._page(search, answer)

    def _refused(self, search: Search, wrong: Sequence[tuple[str, str]]) -> Response:
        """What was asked with values that mean nothing: nothing found, and the search without them."""
        kept = search
        for name, value in wrong:
            kept = words.without(kept, name, value)
        told = [(self._heading(name), value) for name, value in wrong]
        return page(
            "site/find/search.html",
            search=search,
            total=0,
            wrong=told,
            drop=address(kept.pairs()),
            **self._form(search),
        )

    def _form(self, search: Search) -> dict[str, Any]:
        """What the form and the chips need, whatever was found."""
        return {
            "hidden": [pair for pair in search.pairs() if pair[0] not in ("q", "sort")],
            "sorts": [(name, i18n.translate(label), name == search.order) for name, label in SORTS.items()],
            "chips": list(self._chips(search)),
            "clear": address([("q", search.q)] if search.q else []),
            "feed": address(search.pairs(), "/feeds/atom.xml"),
        }

    def _page(self, search: Search, answer: Answer) -> Response:
        meant = answer.did_you_mean
        found = answer.found
        return page(
            "site/find/search.html",
            search=search,
            total=found.total,
            cards=self._cards(answer),
            facets=list(self._facets(search, answer)),
            recognised=self._recognised(search),
            also=list(self._also(search, answer)),
            nothing=None if found.total else self._nothing(search),
            meant=meant and {"q": meant, "href": address(msgspec.structs.replace(search, q=meant).pairs(paging=True))},
            following=answer.cursor and address([*search.pairs(paging=True), ("cursor", answer.cursor)]),
            first=search.cursor and address(search.pairs(paging=True)),
            **self._form(search),
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

    def _recognised(self, search: Search) -> list[dict[str, Any]]:
        """Concepts in the words, as chips that ask for the concept in their place."""
        chips = []
        for one in words.recognised(search, self.site.vocabularies, i18n.language())[:MOST_CHIPS]:
            if count := self._count(one.search):
                label = self._label(one.scheme, one.concept)
                chips.append(
                    {"heading": self._heading(one.scheme), "label": label, "count": count, "href": _href(one.search)}
                )
        return chips

    def _also(self, search: Search, answer: Answer) -> Iterable[dict[str, Any]]:
        """The other languages of the site in which there is something, for a search in no language."""
        if search.values("language"):
            return
        counts = dict(answer.found.counts.get("language", ()))
        for tag in self.site.config.site.languages:
            if tag != i18n.language() and counts.get(tag):
                pairs = [*search.pairs(paging=True), ("language", tag)]
                yield {"label": i18n.language_name(tag), "count": counts[tag], "href": address(pairs)}

    def _nothing(self, search: Search) -> dict[str, Any]:
        """The way on from nothing: what there would be without a word or filter, concepts that fit, all subjects."""
        steps = []
        for one in list(words.steps_back(search))[:MOST_STEPS]:
            if count := self._count(one.search):
                label = self._label(one.name, one.value) if one.name else f"“{one.value}”"
                steps.append({"label": label, "count": count, "href": _href(one.search)})
        counts = self.lists.found(Search(size=1, facets=("subject",))).counts
        subjects = tops(self.site.vocabularies, "subject")
        return {"steps": steps, "subjects": self.lists.concepts(subjects, counts["subject"] if counts else None)}

    def _count(self, search: Search) -> int:
        return self.searching.find(msgspec.structs.replace(search, size=1, facets=(), highlight=False)).found.total

    def _facets(self, search: Search, answer: Answer) -> Iterable[dict[str, Any]]:
        for name in HEADINGS:
            chosen = set(search.values(name))
            counted = answer.found.counts.get(name, ())
            values = search_items.facet(name, counted, self.site.vocabularies, self.lists.languages())
            shown = [_value(search, name, value, chosen) for value in values]
            missing = chosen - set(_every(values))
            shown += [
                _value(search, name, {"value": value, "label": self._label(name, value), "count": 0}, {value})
                for value in sorted(missing)  # chosen although no hit has it
            ]
            if shown:
                yield {"name": name, "heading": self._heading(name), "values": shown, "open": bool(chosen)}

    def _chips(self, search: Search) -> Iterable[dict[str, str]]:
        """Each filter in force, with the address of the search without it."""
        pairs = search.pairs(paging=True)
        for name, value in pairs:
            if name not in ("q", "sort", "size", "prefer"):
                href = address([each for each in pairs if each != (name, value)])
                yield {"heading": self._heading(name), "label": self._label(name, value), "href": href}

    def _label(self, name: str, value: str) -> str:
        return search_items.label_of(name, value, self.site.vocabularies, self.lists.languages())

    def _heading(self, name: str) -> str:
        return i18n.translate(HEADINGS.get(name, name))


def _href(search: Search) -> str:
    return address(search.pairs())


def _value_of(search: Search, name: str, message: str) -> str:
    """The value of a filter that a problem is about."""
    return next((value for value in search.values(name) if f"“{value[:80]}”" in message), "")


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
        "href": address([each for each in pairs if each != own] if is_chosen else [*pairs, own]),
        "children": below,
        "open": is_chosen or any(child["open"] for child in below),
    }


def _every(values: Iterable[dict[str, Any]]) -> Iterable[str]:
    for value in values:
        yield value["value"]
        yield from _every(value.get("children", ()))
