"""The operations on records for the OpenAPI document (constants): reading, writing, judging."""

from __future__ import annotations

from typing import Final

from portal.api.openapi.parts import (
    AS,
    BURIED,
    CREATED,
    EITHER,
    ID,
    KEY,
    LANG,
    MATCH,
    PREFER,
    UNCHANGED,
    WORKING,
    answer,
    body,
    json_body,
    operation,
    query,
    write,
)
from portal.api.openapi.schemas import Json, ref
from portal.api.parameters import MOST_POSITION
from schemas.validation.validation import CORE, profile_names

_RECORD: Final = {"anyOf": [ref("Envelope"), ref("Tree")]}

PATHS: Final[dict[str, Json]] = {
    "/records": {
        "get": operation(
            "listRecords",
            "Published records in log order, tombstones included",
            {"200": answer("A page.", "Records"), "304": UNCHANGED},
            "400 401 503",
            parameters=[
                query(
                    "after",
                    "A position; 0 starts.",
                    {"type": "integer", "minimum": 0, "maximum": MOST_POSITION, "default": 0},
                    example=0,
                ),
                query(
                    "limit",
                    "Records at most.",
                    {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
                    example=100,
                ),
                query(
                    "set",
                    "Members of one set.",
                    {"type": "string", "pattern": "^[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*$"},
                    example="subject:mathematics",
                ),
                LANG,
            ],
        ),
        "post": write(
            "createRecord",
            "Create a record, or update the one whose origin the body names",
            {"200": WORKING, "201": CREATED},
            "409 415 422",
            parameters=[AS, LANG, PREFER, KEY],
            requestBody=body(_RECORD),
        ),
    },
    "/records/{id}": {
        "parameters": [ID],
        "get": operation(
            "readRecord",
            "The published record",
            {
                "200": EITHER,
                "304": UNCHANGED,
                "410": answer("The tombstone.", "Gone", "application/problem+json"),
            },
            "400 401 403 404 503",
            parameters=[
                query(
                    "version",
                    "`working` is the newest revision, with a token.",
                    {"type": "string", "enum": ["published", "working"]},
                ),
                LANG,
            ],
        ),
        "put": write(
            "replaceRecord",
            "Replace the newest revision",
            {"200": WORKING},
            "404 409 410 412 415 422 428",
            parameters=[AS, LANG, MATCH | {"required": True}, PREFER, KEY],
            requestBody=body(_RECORD),
        ),
        "delete": write(
            "deleteRecord",
            "Make a tombstone",
            {"200": BURIED},
            "404 409 410 412 415 422",
            parameters=[MATCH, PREFER, KEY],
            requestBody=json_body("Deletion") | {"required": False},
        ),
    },
    "/records/{id}/revisions": {
        "parameters": [ID],
        "get": operation(
            "listRevisions",
            "Its revisions; without a token those that were published",
            {"200": answer("Oldest first.", "Revisions")},
            "400 401 403 404 410 503",
        ),
    },
    "/records/{id}/revisions/{n}": {
        "parameters": [ID, {"name": "n", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}],
        "get": operation(
            "readRevision",
            "One revision",
            {"200": answer("With its tree.", "RevisionTree")},
            "400 401 403 404 410 503",
        ),
    },
    "/records/{id}/actions": {
        "parameters": [ID],
        "post": write(
            "act",
            "Move a record through its life",
            {"200": WORKING},
            "404 409 410 412 415 422",
            parameters=[LANG, MATCH, PREFER, KEY],
            requestBody=json_body("Action"),
        ),
    },
    "/validate": {
        "post": operation(
            "validate",
            "Judge a body; nothing is stored",
            {"200": answer("The judgement.", "Judgement")},
            "400 401 413 415",
            parameters=[
                query(
                    "profile",
                    "The profile to judge by.",
                    {"type": "string", "enum": list(profile_names()), "default": CORE},
                )
            ],
            requestBody=body({}),
        ),
    },
}
