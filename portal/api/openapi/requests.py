"""The operations on requests for the OpenAPI document (constants), and what they answer."""

from __future__ import annotations

from typing import Final

from portal.api.openapi.parts import answer, operation, query, write
from portal.api.openapi.schemas import NUMBER, TEXT, TEXT_OR_NULL, Json, array, closed, either_null, ref
from repository.requests.requests import KINDS, STATES

_TIME: Final[Json] = {"type": "string", "format": "date-time"}
_KIND: Final[Json] = {"type": "string", "enum": [*KINDS]}
_STATE: Final[Json] = {"type": "string", "enum": [*STATES]}
_TOKEN: Final[Json] = {"security": [{"token": []}]}
_NUMBER: Final[Json] = {
    "name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}, "example": 1,
}  # fmt: skip

SCHEMAS: Final[dict[str, Json]] = {
    "Request": closed(
        {
            "id": NUMBER,
            "kind": _KIND,
            "record": TEXT_OR_NULL | {"description": "The uuid of the record that it is about."},
            "email": TEXT_OR_NULL,
            "reason": TEXT,
            "state": _STATE,
            "answer": TEXT_OR_NULL | {"description": "What whoever asked was told."},
            "created": _TIME,
            "closed": either_null(_TIME),
        }
    ),
    "Requests": closed(
        {
            "items": array(ref("Request")),
            "next": {"type": ["integer", "null"], "description": "The next `after`."},
        }
    ),
    "RequestAction": closed(
        {
            "action": {"type": "string", "enum": ["grant", "refuse"]},
            "answer": TEXT | {"minLength": 1, "description": "Why; whoever asked is told, a tombstone shows it."},
            "successor": TEXT_OR_NULL | {"description": "Of a takedown: the record in its place."},
        },
        ("successor",),
        examples=[{"action": "refuse", "answer": "It may stay."}],
    ),
}

PATHS: Final[dict[str, Json]] = {
    "/requests": {
        "get": operation(
            "listRequests", "Takedowns, reports and other requests, for reviewers and curators",
            {"200": answer("Requests, by number.", "Requests")}, "400 401 403",
            parameters=[
                query("after", "Those that follow this number.", {"type": "integer", "minimum": 0, "maximum": 10**15},
                      example=0),
                query("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": 1000}, example=100),
                query("state", "Of one state.", _STATE, example="open"),
                query("kind", "Of one kind.", _KIND, example="takedown"),
            ],
            **_TOKEN,
        ),
    },
    "/requests/{id}": {
        "parameters": [_NUMBER],
        "get": operation(
            "readRequest", "One request", {"200": answer("The request.", "Request")}, "400 401 403 404", **_TOKEN,
        ),
    },
    "/requests/{id}/actions": {
        "parameters": [_NUMBER],
        "post": write(
            "actOnRequest",
            "Grant or refuse a request; a takedown that is granted makes the record a tombstone with the answer as its"
            " reason",
            {"200": answer("The request.", "Request")}, "404 409 415 422",
            requestBody={"required": True, "content": {"application/json": {"schema": ref("RequestAction")}}},
        ),
    },
}  # fmt: skip
