"""GET /api/v1: a small document that names the parts of the API; /.well-known/api-catalog leads there."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from portal.api.parameters import parameters
from portal.web.responses import cached, json
from repository.site import Site

_METHODS: Final = ("get", "post", "put", "delete")


class Root:
    """The view of one site's API; its parts are taken from the OpenAPI document, so that none is forgotten."""

    def __init__(self, site: Site, document: dict[str, Any]) -> None:
        self.body = {
            "name": document["info"]["title"],
            "version": document["info"]["version"],
            "openapi": site.url("/api/openapi.json"),
            "catalog": site.url("/.well-known/api-catalog"),
            "parts": [
                _part(path, item, document["servers"][0]["url"])
                for path, item in document["paths"].items()
                if path != "/" and "{" not in path
            ],
        }

    @parameters()
    def read(self) -> Response:
        response = json(self.body)
        response.add_etag()
        return cached(response)


def _part(path: str, item: dict[str, Any], base: str) -> dict[str, Any]:
    methods = [method for method in _METHODS if method in item]
    title = item[methods[0]]["summary"]
    return {"name": path.strip("/"), "url": base + path, "methods": [each.upper() for each in methods], "title": title}
