"""The JSON API under /api/v1 (api.md, to the letter): its routes, its CORS headers, its OpenAPI document.

Each group of routes is a class over the site, in a module of its own; this module only puts them together.
"""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, request

from portal.api.accounts.people_and_tokens import Accounts
from portal.api.desk.harvests import Harvests
from portal.api.desk.imports import Imports
from portal.api.desk.requests import Requests
from portal.api.records.reading import Records
from portal.api.records.validation import Validate
from portal.api.records.writing import Writes
from portal.api.root import Root
from portal.api.search.saved_searches import SearchesViews
from portal.api.search.search import SearchViews
from portal.api.search.vocabularies import VocabularyViews
from portal.web.problems import is_api
from repository.search.service import Searching
from repository.site import Site

PREFIX = "/api/v1"
_READ = ("GET", "HEAD", "OPTIONS")


def blueprint(site: Site, searching: Searching, described: dict[str, Any]) -> Blueprint:
    """Every address under /api of one site; `described` is its OpenAPI document."""
    api = Blueprint("api", __name__)
    records, writes, imports = Records(site), Writes(site, searching), Imports(site)
    harvests = Harvests(site)
    vocabularies, search = VocabularyViews(site), SearchViews(site, searching)
    searches, accounts = SearchesViews(site), Accounts(site)
    document = msgspec.json.encode(described)

    def add(rule: str, name: str, view: object, method: str) -> None:
        api.add_url_rule(PREFIX + rule, name, view, methods=[method])  # type: ignore[arg-type]

    api.add_url_rule(PREFIX + "/", "root", Root(site, described).read, methods=["GET"], strict_slashes=False)
    add("/records", "list", records.list, "GET")
    add("/records", "create", writes.create, "POST")
    add("/records/<uuid>", "read", records.read, "GET")
    add("/records/<uuid>", "replace", writes.replace, "PUT")
    add("/records/<uuid>", "delete", writes.delete, "DELETE")
    add("/records/<uuid>/similar", "similar", search.similar, "GET")
    add("/search", "search", search.search, "GET")
    add("/searches", "searches", searches.list, "GET")
    add("/searches", "save_search", searches.create, "POST")
    add("/searches/<number>", "saved_search", searches.read, "GET")
    add("/searches/<number>", "delete_search", searches.delete, "DELETE")
    add("/suggest", "suggest", search.suggest, "GET")
    add("/records/<uuid>/revisions", "revisions", records.revisions, "GET")
    add("/records/<uuid>/revisions/<n>", "revision", records.revision, "GET")
    add("/records/<uuid>/actions", "act", writes.act, "POST")
    add("/validate", "validate", Validate(site).validate, "POST")
    add("/imports", "stage", imports.stage, "POST")
    add("/imports/<batch>", "batch", imports.read, "GET")
    add("/imports/<batch>/apply", "apply", imports.apply, "POST")
    add("/imports/<batch>/undo", "undo", imports.undo, "POST")
    add("/harvests", "harvests", harvests.every, "GET")
    add("/harvests/<source>", "harvest", harvests.read, "GET")
    add("/harvests/<source>/quarantine", "quarantine", harvests.quarantine, "GET")
    add("/harvests/<source>/quarantine/<row>", "quarantined", harvests.held, "GET")
    add("/harvests/<source>/retry", "retry", harvests.retry, "POST")
    asked = Requests(site)
    add("/requests", "requests", asked.every, "GET")
    add("/requests/<request_id>", "request", asked.read, "GET")
    add("/requests/<request_id>/actions", "act_on_request", asked.act, "POST")
    add("/people", "people", accounts.people, "GET")
    add("/people", "add_person", accounts.add, "POST")
    add("/people/<account>", "change_person", accounts.change, "PATCH")
    add("/tokens", "tokens", accounts.tokens, "GET")
    add("/tokens/<token>", "revoke_token", accounts.revoke, "DELETE")
    add("/vocabularies", "vocabularies", vocabularies.list, "GET")
    add("/vocabularies/<scheme>", "vocabulary", vocabularies.read, "GET")

    @api.get("/api/openapi.json")
    def _openapi() -> Response:
        return Response(document, content_type="application/json", headers={"Cache-Control": "max-age=3600"})

    api.after_app_request(_cors)
    return api


def _cors(response: Response) -> Response:
    """Only what is public may be read: a preflight never allows a write or a token, no private answer is shared."""
    if is_api(request.path) and request.method in _READ and "Authorization" not in request.headers:
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Retry-After"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match, If-Modified-Since"
            headers["Access-Control-Max-Age"] = "86400"
    return response
