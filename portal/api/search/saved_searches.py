"""Saved searches over the API: /searches, a person's own, with their alerts."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import msgspec
from flask import Response

from portal.api import bodies
from portal.api.authorization import writer_of
from portal.api.parameters import languages, parameters, whole_number
from portal.web import resource, search_items
from portal.web.responses import json, private
from repository.errors import Invalid, NotFound
from repository.published import snapshot
from repository.search.alerts import saved_searches
from repository.search.alerts.saved_searches import Saved
from repository.search.index.engine import Hit
from repository.site import Site
from schemas.errors import Problem

SHOWN: Final = 20
MOST: Final = 100
_MOST_ID: Final = 10**12


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /searches: `query` is the query string of a search."""

    name: str
    query: str = ""
    mail: bool = False


class SearchesViews:
    """A person's saved searches."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @parameters()
    def list(self) -> Response:
        actor = writer_of(self.site)
        found = saved_searches.list_of(self.site, actor.account)
        return private(json({"items": [self._shown(one) for one in found]}))

    @parameters()
    def create(self) -> Response:
        actor = writer_of(self.site)
        wish = _wish()
        made = saved_searches.save(self.site, actor.account, wish.name, wish.query, mail=wish.mail)
        response = private(json(self._shown(made), 201))
        response.headers["Location"] = self.site.url(f"/api/v1/searches/{made.id}")
        return response

    @parameters("size", "lang")
    def read(self, number: str) -> Response:
        """The search with the records that its newest alerts are about."""
        actor = writer_of(self.site)
        size = whole_number("size", SHOWN, 0, MOST)
        tags = languages(self.site.config.site.languages)
        found = saved_searches.get(self.site, actor.account, _number(number))
        with snapshot(self.site.database) as line:
            alerts = saved_searches.alerts(line.connection, found, size)
            hits = [Hit(each.uuid, each.uuid, "") for each in alerts]
            live = search_items.resources(self.site, line, hits)
        items = [search_items.item(self.site, hit, one, tags, None) for hit, one in live]
        return private(json(self._shown(found) | {"items": items}))

    @parameters()
    def delete(self, number: str) -> Response:
        actor = writer_of(self.site)
        saved_searches.remove(self.site, actor.account, _number(number))
        return private(Response(status=204))

    def _shown(self, one: Saved) -> dict[str, Any]:
        return {
            "id": one.id,
            "name": one.name,
            "query": one.query,
            "mail": one.mail,
            "url": self.site.url(f"/search?{one.query}"),
            "feed": self.site.url(f"/feeds/saved/{quote(one.secret)}.xml"),
            "created": resource.moment(one.created),
        }


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:13]) > _MOST_ID:
        raise NotFound(f"There is no saved search {text[:40]}.")
    return int(text)


def _wish() -> Wish:
    """The body; raises Invalid (422), 413, 415."""
    data = bodies.small_json()
    try:
        return msgspec.json.decode(data, type=Wish)
    except msgspec.DecodeError as error:
        raise Invalid("The body cannot be taken.", (Problem("", "wrong_body", f"{error}."),)) from error
