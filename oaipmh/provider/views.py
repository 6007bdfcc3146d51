"""The blueprint: /oai and /oai/<context> over HTTP (OAI-PMH 2.0, 3.1).

GET, HEAD and POST with a form; XML for harvesters, the explorer for a person's browser (design.md, settled
questions); gzip on the fly; 503 with Retry-After when there is no room. `endpoint` decides everything that is said;
pages are made by the Explorer that the portal hands in.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Final, Protocol

from flask import Blueprint, Response, abort, request

from provider import arguments, negotiation
from provider.endpoint import Endpoint
from provider.errors import Unavailable
from provider.flow_control import LINE, Lane, places
from provider.verb_request import Openings
from repository.site import Site

FORM: Final = "application/x-www-form-urlencoded"
_METHODS: Final = ("GET", "POST")


class Explorer(Protocol):
    """Makes pages for people of what harvesters get; the portal has one."""

    def start(self, endpoint: Endpoint) -> str:
        """The page without a verb."""

    def answer(self, endpoint: Endpoint, answer: bytes, query: str) -> str:
        """An answer of the protocol as a page; `query` is the query string it answers."""


def endpoints(site: Site) -> dict[str, Endpoint]:
    """The base URLs of a site, by the name of their context; one process has them once."""
    lane = Lane(places(site.config.limits.list_requests), random.random, LINE)
    openings = Openings()
    return {name: Endpoint(site, each, lane, openings) for name, each in site.contexts.items()}


def blueprint(site: Site, given: Mapping[str, Endpoint] | None = None, explorer: Explorer | None = None) -> Blueprint:
    """The provider of one site, with all its contexts; without an explorer everybody gets XML."""
    oai = Blueprint("oai", __name__)
    view = _Views(given or endpoints(site), explorer)
    # Names of contexts hold only a-z, 0-9 and hyphen, so the other pages below /oai are in no context's way.
    for path, function in (("", view.oai), ("/source.xml", view.source)):
        oai.add_url_rule(f"/oai{path}", view_func=function, methods=_METHODS, strict_slashes=False)
        oai.add_url_rule(f"/oai/<context>{path}", view_func=function, methods=_METHODS, strict_slashes=False)
    return oai


class _Views:
    def __init__(self, given: Mapping[str, Endpoint], explorer: Explorer | None) -> None:
        self.explorer = explorer
        self.endpoints = given

    def oai(self, context: str = "") -> Response:
        """The protocol's answer; for a person who navigates, the explorer's page."""
        endpoint = self._endpoint(context)
        query, headers = request.query_string, request.headers
        navigates = negotiation.navigates(headers.get("Sec-Fetch-Dest", ""))
        explorer = self.explorer
        if (
            explorer is not None
            and (navigates or negotiation.prefers_html(headers.get("Accept", "")))
            and request.method != "POST"
            and "verb" not in arguments.names(query)
        ):
            return _page(explorer.start(endpoint))
        try:
            answer = endpoint.answer(query, _body())
        except Unavailable as error:
            return _unavailable(error)
        if navigates and explorer is not None:
            return _page(explorer.answer(endpoint, answer, query.decode("latin-1")))
        return _document(answer)

    def source(self, context: str = "") -> Response:
        """The same answer, always as XML: what "XML source" in the explorer links to."""
        try:
            return _document(self._endpoint(context).answer(request.query_string, _body()))
        except Unavailable as error:
            return _unavailable(error)

    def _endpoint(self, name: str) -> Endpoint:
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            abort(404)
        return endpoint


def _body() -> bytes:
    """The form of a POST; a body of another kind carries no arguments."""
    if request.method != "POST" or request.mimetype not in ("", FORM):
        return b""
    request.max_content_length = arguments.MOST_BYTES
    return request.get_data(cache=False)


def _document(xml: bytes) -> Response:
    body, headers = negotiation.document(xml, request.headers.get("Accept-Encoding", ""))
    return Response(body, 200, headers)


def _page(html: str) -> Response:
    headers = [
        ("Content-Type", negotiation.HTML), ("Cache-Control", "no-cache"), ("Vary", negotiation.VARY_PAGE)
    ]  # fmt: skip
    body, headers = negotiation.packed(html.encode(), headers, request.headers.get("Accept-Encoding", ""))
    return Response(body, 200, headers)


def _unavailable(error: Unavailable) -> Response:
    body, headers = negotiation.refusal(str(error), error.retry_after_s)
    return Response(body, 503, headers)
