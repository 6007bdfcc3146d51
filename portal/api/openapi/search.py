"""The operations of the search for the OpenAPI document (constants), with the schemas of their answers."""

from __future__ import annotations

from typing import Final

from portal.api.openapi.parts import ID, LANG, UNCHANGED, answer, json_body, operation, query, write
from portal.api.openapi.schemas import (
    BOOL,
    NUMBER,
    POSITION,
    TEXT,
    TEXT_OR_NULL,
    UUID,
    Json,
    array,
    closed,
    either_null,
    ref,
)
from repository.search.language.query import MOST_BYTES
from repository.search.plan.parameters import FACETS, MOST_SIZE, MOST_VALUE, SORTS

_DATE: Final = (
    "^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?)?)?$"
)
_VALUES: Final[Json] = array({"type": "string", "minLength": 1, "maxLength": MOST_VALUE}) | {"maxItems": 100}
_MEANINGS: Final = {
    "subject": "Concept; its narrower ones count too.",
    "level": "Concept; its narrower ones count too.",
    "type": "Concept of the kind of resource.",
    "license": "Canonical URI of the licence.",
    "language": "Tag of the resource's language; nl finds nl-BE too.",
    "audience": "Concept of the audience.",
    "format": "Media type.",
    "source": "Name of the source.",
    "organisation": "Slug of the organisation.",
    "collection": "Slug of the collection.",
}
_FILTERS: Final = [query(name, f"{said} May be repeated: one of them.", _VALUES) for name, said in _MEANINGS.items()]
_OPEN: Final = query("open", "Whether the licence is open.", array({"type": "string", "enum": ["true", "false"]}))
_AGE: Final = query(
    "age",
    "Records for this age (12) or one of these ages (6-12).",
    array({"type": "string", "pattern": "^[0-9]{1,3}(-[0-9]{1,3})?$"}) | {"maxItems": 100},
)
_WORDS: Final[Json] = {"type": "string", "maxLength": MOST_BYTES}
_SIZE: Final[Json] = {"type": "integer", "minimum": 0, "maximum": MOST_SIZE, "default": 20}

_NUMBER: Final[Json] = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
    "example": 1,
}
_SAVED: Final[Json] = {
    "id": NUMBER,
    "name": TEXT,
    "query": TEXT,
    "mail": BOOL,
    "url": {"type": "string", "format": "uri"},
    "feed": {"type": "string", "format": "uri", "description": "Whoever has this address can read the feed."},
    "created": TEXT,
}

PATHS: Final[dict[str, Json]] = {
    "/": {
        "get": operation(
            "root",
            "The parts of this API (at /api/v1 too, without the slash)",
            {"200": answer("What there is, and where it is described.", "Root"), "304": UNCHANGED},
            "400 401",
        ),
    },
    "/search": {
        "get": operation(
            "search",
            "Search the published records",
            {"200": answer("A page of hits.", "Found"), "304": UNCHANGED},
            "400 401 503",
            parameters=[
                query("q", 'Words; "quotes", -minus, OR, word*, title:, keyword:, author:, subject:.', _WORDS),
                *_FILTERS,
                _OPEN,
                _AGE,
                query("from", "The earliest datestamp: a day or a second.", {"type": "string", "pattern": _DATE}),
                query("until", "The latest datestamp.", {"type": "string", "pattern": _DATE}),
                query("sort", "Without words relevance is newest.", {"type": "string", "enum": list(SORTS)}),
                query("size", "Hits at most.", _SIZE),
                query("cursor", "The cursor of the page before, with the same search.", {"type": "string"}),
                query(
                    "facets",
                    "Names of facets to count, with commas between them.",
                    array({"type": "string", "enum": list(FACETS)}) | {"minItems": 1},
                    style="form",
                    explode=False,
                ),
                query("highlight", "Mark what was found.", {"type": "string", "enum": ["true", "false"]}),
                query(
                    "prefer",
                    "Language that stands first among records that fit nearly as well; pages send their reader's.",
                    {"type": "string", "pattern": "^(nl|en|fr|de|es)(-[A-Z]{2})?$"},
                    example="nl",
                ),
                LANG,
            ],
        ),
    },
    "/searches": {
        "get": operation(
            "listSearches",
            "One's own saved searches",
            {"200": answer("Oldest first.", "SavedSearches")},
            "400 401 503",
            security=[{"token": []}],
        ),
        "post": write(
            "saveSearch",
            "Save a search; alerts come for records that change from now on",
            {"201": answer("The saved search.", "SavedSearch")},
            "409 415 422",
            requestBody=json_body("SearchWish"),
        ),
    },
    "/searches/{id}": {
        "parameters": [_NUMBER],
        "get": operation(
            "readSearch",
            "A saved search with the records of its newest alerts",
            {"200": answer("Newest first.", "AlertedSearch")},
            "400 401 404 503",
            parameters=[
                query("size", "Records at most.", {"type": "integer", "minimum": 0, "maximum": 100, "default": 20}),
                LANG,
            ],
            security=[{"token": []}],
        ),
        "delete": write("deleteSearch", "Delete a saved search", {"204": {"description": "It is gone."}}, "404"),
    },
    "/suggest": {
        "get": operation(
            "suggest",
            "Titles and concepts that begin so",
            {"200": answer("Suggestions, best first.", "Suggestions"), "304": UNCHANGED},
            "400 401 503",
            parameters=[
                query("q", "What has been typed.", _WORDS, example="bre"),
                query("size", "At most.", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}),
                LANG,
            ],
        ),
    },
    "/records/{id}/similar": {
        "parameters": [ID],
        "get": operation(
            "similarRecords",
            "Records like this one",
            {
                "200": answer("Most alike first.", "Similar"),
                "304": UNCHANGED,
                "410": answer("The tombstone.", "Gone", "application/problem+json"),
            },
            "400 401 404 503",
            parameters=[
                query("size", "At most.", {"type": "integer", "minimum": 1, "maximum": 50, "default": 5}),
                LANG,
            ],
        ),
    },
}

_ADDRESS: Final[Json] = {"type": "string", "format": "uri"}

SCHEMAS: Final[dict[str, Json]] = {
    "Root": closed(
        {
            "name": TEXT,
            "version": TEXT,
            "openapi": _ADDRESS,
            "catalog": _ADDRESS,
            "parts": array(closed({"name": TEXT, "url": _ADDRESS, "methods": array(TEXT), "title": TEXT})),
        }
    ),
    "FacetValue": closed(
        {"value": TEXT, "label": TEXT, "count": NUMBER, "children": array(ref("FacetValue"))}, ("children",)
    ),
    "Hit": closed(
        {
            "id": UUID,
            "url": {"type": "string", "format": "uri"},
            "score": {"type": ["number", "null"]},
            "summary": ref("Summary"),
            "highlights": {"type": "object", "additionalProperties": array(TEXT)},
        },
        ("highlights",),
    ),
    "Found": closed(
        {
            "total": NUMBER,
            "as_of": POSITION,
            "took_ms": NUMBER,
            "items": array(ref("Hit")),
            "facets": {"type": "object", "additionalProperties": array(ref("FacetValue"))},
            "did_you_mean": TEXT_OR_NULL
            | {"description": "The query that was searched instead of words that no record has; it finds the same."},
            "cursor": either_null(TEXT),
        }
    ),
    "Suggestions": closed(
        {
            "suggestions": array(
                closed(
                    {
                        "text": TEXT,
                        "kind": {"type": "string", "enum": ["title", "concept"]},
                        "value": TEXT,
                        "matched": {"type": "string", "description": "The title or the label that begins so."},
                        "count": NUMBER,
                    }
                )
            )
        }
    ),
    "SearchWish": closed(
        {
            "name": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"},
            "query": {"type": "string", "description": "The parameters of a search, as in its address."},
            "mail": BOOL,
        },
        ("query", "mail"),
        examples=[{"name": "Open maths", "query": "q=breuken&open=true", "mail": False}],
    ),
    "SavedSearch": closed(_SAVED),
    "SavedSearches": closed({"items": array(ref("SavedSearch"))}),
    "AlertedSearch": closed(_SAVED | {"items": array(ref("Hit"))}),
    "Similar": closed({"items": array(ref("Hit"))}),
}
