"""The operations on vocabularies for the OpenAPI document (constants), together with those on records and imports."""

from __future__ import annotations

from typing import Final

from portal.api.openapi import imports as openapi_imports
from portal.api.openapi import records as openapi_records
from portal.api.openapi.parts import LANG, UNCHANGED, answer, operation, query
from portal.api.openapi.schemas import Json

PATHS: Final[dict[str, Json]] = (
    openapi_records.PATHS
    | openapi_imports.PATHS
    | {
        "/vocabularies": {
            "get": operation(
                "listVocabularies",
                "The schemes behind the filters",
                {"200": answer("The schemes.", "Schemes"), "304": UNCHANGED},
                "400 401",
                parameters=[LANG],
            ),
        },
        "/vocabularies/{scheme}": {
            "parameters": [
                {"name": "scheme", "in": "path", "required": True, "schema": {"type": "string"}, "example": "subject"}
            ],
            "get": operation(
                "readVocabulary",
                "A whole scheme in one answer",
                {"200": answer("Its concepts.", "Scheme"), "304": UNCHANGED},
                "400 401 404",
                parameters=[query("q", "Words in a label.", {"type": "string"}), LANG],
            ),
        },
    }
)
