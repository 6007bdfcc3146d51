"""Organisations and collections: who shares, and what stands together, each with a page of its own.

A slug that an import brought has its page at once, with the slug as its title; who edits it gives it a better one.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from flask import Blueprint, Response, abort

from portal.site.find.lists import Found, Lists, address
from portal.web import i18n, links, resource
from portal.web.cards import card
from portal.web.page import page
from repository.collections import shown
from repository.published import snapshot
from repository.search.plan import parameters
from repository.search.plan.parameters import Search
from repository.search.service import Searching
from repository.site import Site

SIZE: Final = 24


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The pages of organisations and collections."""
    made = Blueprint("groups", __name__)
    view = _Groups(site, searching)
    made.add_url_rule("/organisations", "organisations", view.organisations)
    made.add_url_rule("/organisations/<slug>", "organisation", view.organisation)
    made.add_url_rule("/collections", "collections", view.collections)
    made.add_url_rule("/collections/<slug>", "collection", view.collection)
    return made


class _Groups:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.lists = Lists(site, searching)

    def organisations(self) -> Response:
        """Everybody who shares, with counts."""
        with self.site.database.read() as connection:
            names = shown.organisation_names(connection)
        counts = self._counts("organisation")
        every = {slug: names.get(slug, slug) for slug in (*names, *counts)}
        listed = [
            {"href": f"/organisations/{slug}", "label": name, "count": counts.get(slug, 0)}
            for slug, name in sorted(every.items(), key=lambda each: each[1].casefold())
        ]
        return page("site/find/groups.html", title=i18n.translate("Organisations"), listed=listed, collections=[])

    def organisation(self, slug: str) -> Response:
        with self.site.database.read() as connection:
            row = shown.organisation(connection, slug)
        found = self.lists.found(Search(size=SIZE, filters=(("organisation", (slug,)),), facets=("subject", "level")))
        if row is None and not found.total:
            abort(404)
        row = row or shown.Organisation(slug, slug)
        counts = (found.counts or {}).get("subject", {})
        tops = [one for one in counts if not self.site.vocabularies.ancestors(one)]
        return page(
            "site/find/group.html",
            title=row.name,
            intro=row.about,
            outside=[each for each in (links.safe_link(row.homepage), links.safe_link(row.ror)) if each],
            subjects=self.lists.concepts([one for one in tops if self.site.vocabularies.concept(one)], counts),
            sections=[{"title": "", "cards": found.cards}],
            total=found.total,
            whole=address([("organisation", slug)]),
            feed=address([("organisation", slug)], "/feeds/atom.xml"),
            canonical=self.site.url(f"/organisations/{slug}"),
            index=("/organisations", i18n.translate("Organisations")),
        )

    def collections(self) -> Response:
        """All collections: those that somebody edits, then the slugs that stand in records."""
        with self.site.database.read() as connection:
            edited = shown.collections(connection)
        counts = self._counts("collection")
        known = {each.slug for each in edited}
        listed = [
            {"href": f"/collections/{slug}", "label": slug, "count": counts[slug]}
            for slug in sorted(counts.keys() - known)
        ]
        told = [
            {"href": f"/collections/{each.slug}", "title": self._text(each.title), "intro": self._text(each.intro)}
            for each in edited
        ]
        return page("site/find/groups.html", title=i18n.translate("Collections"), listed=listed, collections=told)

    def collection(self, slug: str) -> Response:
        with self.site.database.read() as connection:
            row = shown.collection(connection, slug)
            chosen = shown.items(connection, row.id) if row and row.kind == "curated" else []
        pairs = parse_qsl(row.query) if row and row.query else [("collection", slug)]
        search, _ = parameters.read(pairs)
        found = self.lists.found(msgspec.structs.replace(search, size=SIZE, cursor=None))
        if row is None and not found.total:
            abort(404)
        row = row or shown.Collection(slug, {}, {})
        sections = self._sections(chosen) if chosen else [{"title": "", "cards": found.cards}]
        return page(
            "site/find/group.html",
            title=self._text(row.title) or slug,
            intro=self._text(row.intro),
            outside=[],
            subjects=[],
            sections=sections,
            total=sum(len(each["cards"]) for each in sections) if chosen else found.total,
            whole="" if chosen else address(search.pairs()),
            feed=address(search.pairs(), "/feeds/atom.xml") if found.total else "",
            looked_at=row.modified,
            canonical=self.site.url(f"/collections/{slug}"),
            index=("/collections", i18n.translate("Collections")),
        )

    def _sections(self, chosen: list[shown.Item]) -> list[dict[str, Any]]:
        """The items that are public, by section in their order, each with why it is there."""
        with snapshot(self.site.database) as line:
            live = line.find_all([each.record for each in chosen])
            trees = line.faces("json", [one.position for one in live.values() if not one.deleted])
        sections: dict[str, list[dict[str, Any]]] = {}
        for each in chosen:
            item = live.get(each.record)
            if item is not None and item.position in trees:
                one = card(self.site, resource.read(self.site, item, trees[item.position]))
                sections.setdefault(self._text(each.section), []).append(one | {"why": self._text(each.why)})
        return [{"title": title, "cards": cards} for title, cards in sections.items()]

    def _counts(self, name: str) -> dict[str, int]:
        found: Found = self.lists.found(Search(size=1, facets=(name,)))
        return (found.counts or {}).get(name, {})

    def _text(self, texts: dict[str, str]) -> str:
        return shown.said(texts, self.lists.languages())
