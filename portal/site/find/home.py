"""The home page: what a teacher looks for tomorrow, by words, by level, by subject, and what is new."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from flask import Blueprint, Response

from portal.site.find.lists import Found, Lists, steps, tops
from portal.web import i18n, resource
from portal.web.cards import card
from portal.web.page import page
from repository.published import snapshot
from repository.search.plan.parameters import Search
from repository.search.service import Searching
from repository.site import Site

NEWEST: Final = 8


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The home page of one site."""
    pages = Blueprint("pages", __name__)
    view = _Pages(site, searching)
    pages.add_url_rule("/", view_func=view.home)
    return pages


class _Pages:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.lists = Lists(site, searching)

    def home(self) -> Response:
        whole = self.lists.found(Search(size=NEWEST, facets=("subject", "level", "language", "open")))
        newest, of_language = self._newest(whole)
        vocabularies, counts = self.site.vocabularies, whole.counts or {}
        return page(
            "site/find/home.html",
            levels=self.lists.concepts(steps(vocabularies, "level"), counts.get("level") if whole.counts else None),
            subjects=self.lists.concepts(
                tops(vocabularies, "subject"), counts.get("subject") if whole.counts else None
            ),
            newest=newest,
            newest_language=of_language,
            total=self._total(whole),
            open_total=counts.get("open", {}).get("true", 0),
            languages_total=len(counts.get("language", {})),
            json_ld=self._linked(),
        )

    def _linked(self) -> str:
        """What this site is, and how it is searched, for machines (schema.org)."""
        url = self.site.url("/")
        search = {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{url}search?q={{words}}"},
            "query-input": "required name=words",
        }
        told = {"@context": "https://schema.org", "@type": "WebSite", "name": self.site.config.site.name, "url": url}
        return msgspec.json.encode(told | {"potentialAction": search}).decode().replace("</", "<\\/")

    def _newest(self, whole: Found) -> tuple[list[dict[str, Any]], str]:
        """The newest in the reader's language, and that language; the newest of all where there are few of them."""
        language = i18n.language()
        if whole.counts is None:
            return self._newest_of_the_line(), ""
        own = self.lists.found(Search(size=NEWEST, filters=(("language", (language,)),)))
        return (own.cards, language) if len(own.cards) >= NEWEST // 2 else (whole.cards, "")

    def _newest_of_the_line(self) -> list[dict[str, Any]]:
        with snapshot(self.site.database) as line:
            found = [(item, line.face("json", item.position)) for item in line.newest(NEWEST)]
        return [card(self.site, resource.read(self.site, item, tree)) for item, tree in found if tree is not None]

    def _total(self, whole: Found) -> int:
        if whole.counts is not None:
            return whole.total
        with snapshot(self.site.database) as line:
            return line.total()
