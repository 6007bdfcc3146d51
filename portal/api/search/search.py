"""Searching over the API: /search, /suggest, /records/{id}/similar (api.md, search).

Reading needs no account. What is not understood is 400 and named; a search that cannot answer is 503, and nothing
else suffers from it.
"""

from __future__ import annotations

import time
from hashlib import blake2b
from typing import Any

import msgspec
from flask import Response, request

from portal.api.parameters import bad_parameter, languages, parameters, whole_number
from portal.api.records.reading import gone, known_uuid
from portal.web import search_items
from portal.web.responses import cached, json
from portal.web.search_request import asked_of_request, refuse
from repository import sources
from repository.accounts import organisations
from repository.errors import NotFound
from repository.published import snapshot
from repository.search.errors import BadCursor
from repository.search.highlight import Marker
from repository.search.language.query import MOST_BYTES, is_too_long
from repository.search.plan import parameters as asked
from repository.search.plan.parameters import Search
from repository.search.request import spelled
from repository.search.service import Answer, Searching
from repository.site import Site
from schemas.errors import Problem

NAMES = ("source", "organisation", "collection")  # filters whose values are names
MOST_SUGGESTIONS = 50
MOST_ALIKE = 50


class SearchViews:
    """The views of one site's search."""

    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    def search(self) -> Response:
        began = time.perf_counter()
        search = self._asked()
        tags = languages(self.site.config.site.languages)
        try:
            answer = self.searching.find(search)
        except BadCursor as error:
            raise bad_parameter("cursor", str(error)) from error
        body = self._body(search, answer, tags)
        # The etag says nothing of how long it took.
        tag = blake2b(msgspec.json.encode([body, tags]), digest_size=12).hexdigest()
        body["took_ms"] = int(1000 * (time.perf_counter() - began))
        response = json(_ordered(body))
        response.set_etag(tag)
        response.vary.add("Accept-Language")
        return cached(response)

    search.parameters = asked.PARAMETERS  # type: ignore[attr-defined]

    def _asked(self) -> Search:
        """The search of this request, its filters in the index's own spelling; raises 400 for a value that is none."""
        search, problems = spelled(asked_of_request(), self.site.vocabularies)
        names = [(name, value) for name, values in search.filters if name in NAMES for value in values]
        if names:
            there = self.searching.index().frequencies(names)
            problems += tuple(
                Problem(name, "bad_value", f"There is no {name} “{value[:80]}” here.")
                for name, value in names
                if (name, value) not in there and not self._exists(name, value)
            )
        refuse(problems)
        return search

    def _exists(self, name: str, value: str) -> bool:
        """Whether a name without a record is one all the same."""
        if name == "source":
            return sources.find(self.site, value) is not None
        return name == "organisation" and organisations.find(self.site, value) is not None

    def _body(self, search: Search, answer: Answer, tags: tuple[str, ...]) -> dict[str, Any]:
        marker = None
        if search.highlight and answer.planned is not None:
            marker = Marker(answer.planned, self.searching.language.analyser)
        with snapshot(self.site.database) as line:
            found = search_items.resources(self.site, line, answer.found.hits)
        items = [search_items.item(self.site, hit, one, tags, marker) for hit, one in found]
        if search.highlight and marker is None:
            items = [each | {"highlights": {}} for each in items]
        return {
            "total": answer.found.total,
            "as_of": answer.as_of,
            "items": items,
            "facets": search_items.facets(answer.found, self.site, tags),
            "did_you_mean": answer.did_you_mean,
            "cursor": answer.cursor,
        }

    @parameters("q", "size", "lang")
    def suggest(self) -> Response:
        text = request.args.get("q", "")
        if is_too_long(text):
            raise bad_parameter("q", f"q may have {MOST_BYTES} bytes at most.")
        size = whole_number("size", 10, 1, MOST_SUGGESTIONS)
        tags = languages(self.site.config.site.languages)
        response = json({"suggestions": self.searching.suggest(text, size, tags)})
        response.vary.add("Accept-Language")
        response.add_etag()
        return cached(response)

    @parameters("size", "lang")
    def similar(self, uuid: str) -> Response:
        size = whole_number("size", 5, 1, MOST_ALIKE)
        tags = languages(self.site.config.site.languages)
        known = known_uuid(uuid)
        with snapshot(self.site.database) as line:
            item = line.find(known)
            if item is None:
                raise NotFound("There is no published record of this name.")
            if item.deleted:
                return gone(self.site, item)
            tree = line.face("json", item.position)
            document = self.searching.projection.document(item, tree or b"{}")
            hits = self.searching.alike(document, size)
            found = search_items.resources(self.site, line, hits)
        response = json({"items": [search_items.item(self.site, hit, one, tags, None) for hit, one in found]})
        response.vary.add("Accept-Language")
        response.add_etag()
        return cached(response)


def _ordered(body: dict[str, Any]) -> dict[str, Any]:
    names = ("total", "as_of", "took_ms", "items", "facets", "did_you_mean", "cursor")
    return {name: body[name] for name in names}
