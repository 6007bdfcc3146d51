"""The operations on sources for the OpenAPI document (constants), and what they answer."""

from __future__ import annotations

from typing import Final

from portal.api.openapi.parts import answer, operation, query, write
from portal.api.openapi.schemas import NUMBER, TEXT, TEXT_OR_NULL, Json, array, closed, either_null, ref
from repository.config.sections import KINDS

_STATES: Final = ("new", "running", "crashed", "complete", "incomplete", "failed", "stopped", "waiting")
_TIME: Final[Json] = {"type": "string", "format": "date-time"}
_SOURCE: Final[Json] = {
    "name": "source", "in": "path", "required": True, "schema": {"type": "string"}, "example": "klas"
}  # fmt: skip
_ROW: Final[Json] = {
    "name": "row", "in": "path", "required": True, "description": "The number of a record, or its identifier.",
    "schema": {"type": "string"}, "example": "1",
}  # fmt: skip
_COUNTS: Final = closed(dict.fromkeys(("created", "updated", "unchanged", "deleted", "rejected"), NUMBER))
_HELD: Final[dict[str, Json]] = {
    "id": NUMBER,
    "source": TEXT,
    "identifier": TEXT_OR_NULL,
    "datestamp": TEXT_OR_NULL,
    "kind": {"type": "string", "enum": ["record", "page"]},
    "code": TEXT,
    "reason": TEXT,
    "place": TEXT,
    "line": {"type": ["integer", "null"], "description": "Of the raw bytes, where strict reading fails."},
    "size": NUMBER | {"description": "Bytes."},
    "first": _TIME,
    "last": _TIME,
    "tries": NUMBER,
}
_HARVEST: Final[dict[str, Json]] = {
    "name": TEXT,
    "title": TEXT,
    "kind": {"type": "string", "enum": [*KINDS]},
    "url": TEXT,
    "state": {"type": "string", "enum": [*_STATES]},
    "last_good": either_null(_TIME),
    "next": either_null(_TIME) | {"description": "null: by command only."},
    "records": NUMBER,
    "quarantined": NUMBER,
    "waiting_deletes": NUMBER | {"description": "Deletions that wait for a person."},
    "last": either_null(ref("HarvestRun")),
}

SCHEMAS: Final[dict[str, Json]] = {
    "HarvestRun": closed(
        {
            "id": NUMBER,
            "state": {"type": "string", "enum": [*_STATES]},
            "began": _TIME,
            "ended": either_null(_TIME),
            "last_sign": _TIME,
            "resumed": NUMBER,
            "requests": NUMBER | {"description": "Steps: pages, as a rule."},
            "listed": {"type": ["integer", "null"], "description": "How many records the provider says it has."},
            "outcomes": _COUNTS,
            "errors": {
                "type": "object",
                "additionalProperties": closed({"count": NUMBER, "sample": TEXT, "reason": TEXT}),
            },
            "notes": array(TEXT),
        }
    ),
    "Harvest": closed(_HARVEST),
    "HarvestWhole": closed(
        _HARVEST
        | {
            "settings": {"type": "object"},
            "quarantine": {"type": "object", "additionalProperties": NUMBER},
            "runs": array(ref("HarvestRun")),
        }
    ),
    "Harvests": closed({"items": array(ref("Harvest"))}),
    "Held": closed(_HELD),
    "HeldWhole": closed(_HELD | {"raw": TEXT, "raw_base64": TEXT}, ("raw", "raw_base64")),
    "Quarantine": closed(
        {"items": array(ref("Held")), "next": {"type": ["integer", "null"], "description": "The next `after`."}}
    ),
    "Retried": closed({"outcomes": _COUNTS, "left": NUMBER}),
}

_TOKEN: Final[Json] = {"security": [{"token": []}]}
PATHS: Final[dict[str, Json]] = {
    "/harvests": {
        "get": operation(
            "listHarvests", "Every source, for curators", {"200": answer("The sources.", "Harvests")}, "400 401 403",
            **_TOKEN,
        ),
    },
    "/harvests/{source}": {
        "parameters": [_SOURCE],
        "get": operation(
            "readHarvest", "A source: settings, state, runs, errors by code",
            {"200": answer("The source.", "HarvestWhole")}, "400 401 403 404", **_TOKEN,
        ),
    },
    "/harvests/{source}/quarantine": {
        "parameters": [_SOURCE],
        "get": operation(
            "listQuarantine",
            "What came and could not be taken",
            {"200": answer("Its records, by number.", "Quarantine")},
            "400 401 403 404",
            parameters=[
                query(
                    "after", "Records that follow this one.",
                    {"type": "integer", "minimum": 0, "maximum": 10**15}, example=0,
                ),
                query("limit", "Records at most.", {"type": "integer", "minimum": 1, "maximum": 1000}, example=100),
            ],
            **_TOKEN,
        ),
    },
    "/harvests/{source}/quarantine/{row}": {
        "parameters": [_SOURCE, _ROW],
        "get": operation(
            "readQuarantined", "One of them with its raw bytes, as text or in base64",
            {"200": answer("The record.", "HeldWhole")}, "400 401 403 404", **_TOKEN,
        ),
    },
    "/harvests/{source}/retry": {
        "parameters": [_SOURCE],
        "post": write(
            "retryQuarantined",
            "Try some of them again, or without `ids` the first hundred: what the provider gives now, else the bytes",
            {"200": answer("What became of them, and how many are left.", "Retried")},
            "404 422",
            requestBody={
                "required": False,
                "content": {
                    "application/json": {
                        "schema": closed(
                            {
                                "ids": either_null({"type": "array", "items": {"type": "integer"}, "maxItems": 100}),
                                "offline": {"type": "boolean", "default": False},
                            },
                            ("ids", "offline"),
                        ),
                        "example": {"offline": True},
                    }
                },
            },
        ),
    },
}  # fmt: skip
