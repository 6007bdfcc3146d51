"""The operations of the API for the OpenAPI document (constants): those on records, imports and vocabularies."""

from __future__ import annotations

from typing import Final

from portal import openapi_imports, openapi_records
from portal.openapi_parts import LANG, UNCHANGED, answer, operation, query
from portal.openapi_schemas import Json

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
