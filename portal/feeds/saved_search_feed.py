"""The feeds of saved searches: the records that match and changed since the search was saved.

The address of a feed is a secret of its own, so that a feed reader needs no token; it shows published records only.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, abort, request

from portal.feeds.search_feed import feed_document
from portal.web import search_items
from repository.published import snapshot
from repository.search.alerts import saved_searches
from repository.search.index.engine import Hit
from repository.site import Site
from schemas.xml.reader import encode

FEED: Final = 100


def blueprint(site: Site) -> Blueprint:
    """The address of the feeds."""
    made = Blueprint("saved_feeds", __name__)

    @made.get("/feeds/saved/<secret>.xml")
    def _feed(secret: str) -> Response:
        found = saved_searches.find_by_secret(site, secret)
        if found is None:
            abort(404)
        with snapshot(site.database) as line:
            alerts = saved_searches.alerts(line.connection, found, FEED)
            hits = [Hit(each.uuid, each.uuid, "") for each in alerts]
            live = [one for _, one in search_items.resources(site, line, hits)]
            bound = line.bound
        addresses = (site.url(f"/feeds/saved/{quote(secret)}.xml"), site.url(f"/search?{found.query}"))
        document = feed_document(site, found.name, addresses, live, bound)
        response = Response(encode(document), content_type="application/atom+xml; charset=utf-8")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Robots-Tag"] = "noindex"
        response.add_etag()
        response.make_conditional(request)
        return response

    return made
