"""The OpenAPI 3.1 document of the API, served at /api/openapi.json (api.md).

Made from constants and the record's own JSON Schema; a test compares its paths and parameters with the routes.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import msgspec

from portal.api.openapi import accounts, requests
from portal.api.openapi import harvests as openapi_harvests
from portal.api.openapi import search as openapi_search
from portal.api.openapi.schemas import SCHEMAS, Json, ref
from portal.api.openapi.vocabularies import PATHS
from repository.site import Site


def document(site: Site) -> Json:
    """The whole document for one site."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site.config.site.name}: the JSON API",
            "version": "1",
            "description": "Records of open educational resources. Reading needs no account; writing needs a token.",
            "contact": {"email": site.config.site.admin_email},
        },
        "servers": [{"url": site.url("/api/v1")}],
        "paths": PATHS | openapi_search.PATHS | openapi_harvests.PATHS | accounts.PATHS | requests.PATHS,
        "components": {
            "schemas": SCHEMAS
            | openapi_search.SCHEMAS
            | openapi_harvests.SCHEMAS
            | accounts.SCHEMAS
            | requests.SCHEMAS
            | _record_schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _record_schemas() -> dict[str, Json]:
    """The canonical tree and its parts, their references turned to components."""
    file = resources.files("schemas").joinpath("data", "record.schema.json")
    schema: Json = _moved(msgspec.json.decode(file.read_bytes()))
    parts: dict[str, Json] = schema.pop("$defs", {})
    for key in ("$schema", "$id"):
        schema.pop(key, None)
    return {"Tree": schema} | parts


def _moved(part: Any) -> Any:
    """A copy in which references point to the components of the document."""
    if isinstance(part, list):
        return [_moved(one) for one in part]
    if not isinstance(part, dict):
        return part
    copy = {key: _moved(value) for key, value in part.items()}
    target = copy.get("$ref")
    if target == "#":
        return ref("Tree")
    if isinstance(target, str) and target.startswith("#/$defs/"):
        copy["$ref"] = target.replace("#/$defs/", "#/components/schemas/", 1)
    return copy
