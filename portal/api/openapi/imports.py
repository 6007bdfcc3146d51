"""The operations on staged imports for the OpenAPI document (constants)."""

from __future__ import annotations

from typing import Final

from portal.api.openapi.parts import AS, KEY, PREFER, answer, operation, query, write
from portal.api.openapi.schemas import OUTCOME, UUID_EXAMPLE, Json
from schemas.formats.incoming.incoming import FORMATS

_BATCH: Final[Json] = {
    "name": "batch",
    "in": "path",
    "required": True,
    "description": "The id that staging gave.",
    "schema": {"type": "string"},
    "example": UUID_EXAMPLE,
}
_CSV: Final = "title,url,language\nBreuken optellen,https://example.org/breuken,nl\n"
_FILE: Final[Json] = {"type": "string", "format": "binary"}
_STAGED: Final = answer("The batch, with its preview.", "Batch") | {
    "links": {
        name: {"operationId": name, "parameters": {"batch": "$response.body#/id"}}
        for name in ("readImport", "applyImport", "undoImport")
    }
}
_GOING: Final = answer("Another request is at it still; this is how far it is.", "Batch")

PATHS: Final[dict[str, Json]] = {
    "/imports": {
        "post": write(
            "stageImport",
            "Stage a file: a preview that can be applied and undone; no record changes",
            {"201": _STAGED},
            "422",
            description="The file is the body itself, or the part `file` of a form (several files: several parts), and"
            " is read by its content, as by `oerbron import`. What cannot be read is a row that says why.",
            parameters=[
                query(
                    "source",
                    "Name of the source: with a key, the origin of a record.",
                    {"type": "string", "default": "local", "maxLength": 200, "pattern": r"\S"},
                    example="local",
                ),
                AS,
                query("format", "Read as this; auto looks.", {"type": "string", "enum": [*FORMATS], "default": "auto"}),
                query(
                    "salvage",
                    "Mend what can be mended, each mend a told repair.",
                    {"type": "string", "enum": ["true", "false"], "default": "false"},
                ),
                KEY,
            ],
            requestBody={
                "required": True,
                "content": {
                    "application/octet-stream": {"schema": _FILE | {"minLength": 1}},
                    "text/csv": {"schema": {}, "example": _CSV},  # Whatever the bytes are, they are judged row by row.
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "file": _FILE,
                                "mapping": _FILE | {"description": "Columns of a table whose headers are unknown."},
                            },
                            "required": ["file"],
                            "additionalProperties": False,
                        }
                    },
                },
            },
        ),
    },
    "/imports/{batch}": {
        "parameters": [_BATCH],
        "get": operation(
            "readImport",
            "A batch, its counts and a page of its rows; one's own, any for a curator",
            {"200": answer("The batch.", "Batch")},
            "400 401 404 503",
            parameters=[
                query(
                    "after",
                    "Rows that follow this one.",
                    {"type": "integer", "minimum": 0, "maximum": 10**9},
                    example=0,
                ),
                query("limit", "Rows at most.", {"type": "integer", "minimum": 1, "maximum": 1000}, example=100),
                query("outcome", "Rows of one outcome.", OUTCOME),
            ],
            security=[{"token": []}],
        ),
    },
    "/imports/{batch}/apply": {
        "parameters": [_BATCH],
        "post": write(
            "applyImport",
            "Bring a batch in, or go on where that stopped; public at once when all of it is in",
            {"200": answer("The batch, applied.", "Batch"), "202": _GOING},
            "404 409 422",
            parameters=[PREFER],
        ),
    },
    "/imports/{batch}/undo": {
        "parameters": [_BATCH],
        "post": write(
            "undoImport",
            "Take a batch back, or go on where that stopped; what somebody changed since is left and named",
            {"200": answer("The batch, undone.", "Batch"), "202": _GOING},
            "404 409 422",
            parameters=[PREFER],
        ),
    },
}
