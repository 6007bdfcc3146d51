"""The blueprint: /oai and /oai/<context> over HTTP (OAI-PMH 2.0, 3.1).

GET, HEAD and POST with a form; XML for harvesters, the explorer for a person's browser (design.md, settled
questions); gzip on the fly; 503 with Retry-After when there is no room. Everything that is said is decided in
`endpoint` and `explorer`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from flask import Blueprint, Response, abort, request

from provider import arguments, explorer, negotiation
from provider.endpoint import Endpoint
from provider.errors import Unavailable
from provider.flow_control import Lane, places
from provider.verb_request import Openings
from repository.site import Site

FORM: Final = "application/x-www-form-urlencoded"
_METHODS: Final = ("GET", "POST")


def endpoints(site: Site) -> dict[str, Endpoint]:
    """The base URLs of a site, by the name of their context; one process has them once."""
    lane = Lane(places(site.config.limits.list_requests), random.random)
    openings = Openings()
    return {name: Endpoint(site, each, lane, openings) for name, each in site.contexts.items()}


def blueprint(
    site: Site, given: Mapping[str, Endpoint] | None = None, language: Callable[[], str] | None = None
) -> Blueprint:
    """The provider of one site, with all its contexts; `language` tells which one a person's pages speak."""
    # Contexts are named a-z, 0-9 and hyphen, so the other pages below /oai stand in nobody's way.
    oai = Blueprint("oai", __name__, template_folder="templates")
    oai.static_folder, oai.static_url_path = "static", "/oai/_static"
    view = _Views(given or endpoints(site), language or partial(_language, site.config.site.languages))
    for path, function, methods in (
        ("", view.oai, _METHODS),
        ("/source.xml", view.source, _METHODS),
        ("/build.html", view.build, ("GET",)),
    ):
        oai.add_url_rule(f"/oai{path}", view_func=function, methods=methods, strict_slashes=False)
        oai.add_url_rule(f"/oai/<context>{path}", view_func=function, methods=methods, strict_slashes=False)
    return oai


class _Views:
    def __init__(self, given: Mapping[str, Endpoint], language: Callable[[], str]) -> None:
        self.language = language
        self.endpoints = given

    def oai(self, context: str = "") -> Response:
        """The protocol; and the explorer, for a person who navigates."""
        endpoint = self._endpoint(context)
        query, headers = request.query_string, request.headers
        navigates = negotiation.navigates(headers.get("Sec-Fetch-Dest", ""))
        if (
            (navigates or negotiation.prefers_html(headers.get("Accept", "")))
            and request.method != "POST"
            and "verb" not in arguments.names(query)
        ):
            return _page(explorer.start(endpoint, self.language()))
        try:
            answer = endpoint.answer(query, _body())
        except Unavailable as error:
            return _unavailable(error)
        if navigates:
            return _page(explorer.page(endpoint, answer, query.decode("latin-1"), self.language()))
        return _document(answer)

    def source(self, context: str = "") -> Response:
        """The same answer, always as XML: what "XML source" in the explorer links to."""
        try:
            return _document(self._endpoint(context).answer(request.query_string, _body()))
        except Unavailable as error:
            return _unavailable(error)

    def build(self, context: str = "") -> Response:
        """From the request builder to its request: a form sends empty fields too, which the protocol refuses."""
        where = explorer.path_of(self._endpoint(context))
        chosen = explorer.chosen(request.args.to_dict())
        return Response(status=303, headers={"Location": f"{where}?{chosen}" if chosen else where})

    def _endpoint(self, name: str) -> Endpoint:
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            abort(404)
        return endpoint


def _language(offered: tuple[str, ...]) -> str:
    """The language of a person who asks, by the link of a page or by the browser."""
    wish = request.args.get("lang", "")
    return wish if wish in offered else negotiation.language(request.headers.get("Accept-Language", ""), offered)


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
