"""The bodies of the API as JSON Schema 2020-12, for the OpenAPI document (constants only).

The canonical tree itself is schemas/data/record.schema.json and is put in by `openapi`; a test holds these against
real answers.
"""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

UUID_EXAMPLE: Final = "5f0c5b0e-52cf-5a4f-9a53-9e0c1d1f3f10"


def ref(name: str) -> Json:
    """A reference to one of the schemas below."""
    return {"$ref": f"#/components/schemas/{name}"}


def either_null(schema: Json) -> Json:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def array(schema: Json) -> Json:
    """A list of what the schema describes."""
    return {"type": "array", "items": schema}


def closed(properties: Json, optional: tuple[str, ...] = (), **more: Any) -> Json:
    """An object with these keys, all required but the optional ones, and no other."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False} | more


TEXT: Final[Json] = {"type": "string"}
TEXT_OR_NULL: Final[Json] = {"type": ["string", "null"]}
NUMBER: Final[Json] = {"type": "integer"}
BOOL: Final[Json] = {"type": "boolean"}
UUID: Final[Json] = {"type": "string", "format": "uuid"}
POSITION: Final[Json] = {"type": "integer", "minimum": 0, "description": "Strictly rising, never reused."}
PUBLIC: Final[Json] = {"type": "string", "enum": ["never", "published", "withdrawn", "deleted"]}
WORK: Final[Json] = {
    "type": "string",
    "enum": ["none", "draft", "submitted", "in_review", "changes_requested", "rejected"],
}
SEVERITY: Final[Json] = {"type": "string", "enum": ["error", "warning", "info"]}
OUTCOME: Final[Json] = {"type": "string", "enum": ["created", "updated", "unchanged", "deleted", "rejected"]}

_TOLD: Final = closed({"path": TEXT, "code": TEXT, "message": TEXT, "severity": SEVERITY})
_REPAIR: Final = closed({"path": TEXT, "rule": TEXT, "before": TEXT_OR_NULL, "after": TEXT_OR_NULL})


def _counts(*names: str) -> Json:
    return closed({name: NUMBER | {"minimum": 0} for name in names})


_TERM: Final = closed({"id": TEXT_OR_NULL, "label": TEXT})
_CONTRIBUTOR: Final = closed({"name": TEXT, "role": TEXT_OR_NULL, "kind": TEXT_OR_NULL, "id": TEXT_OR_NULL})
_LICENSE: Final = closed({"id": TEXT_OR_NULL, "label": TEXT, "open": BOOL, "free": {"type": ["boolean", "null"]}})
_AGES: Final = closed({"min": {"type": ["integer", "null"]}, "max": {"type": ["integer", "null"]}})
_SOURCE: Final = closed(
    {
        "name": TEXT,
        "key": TEXT_OR_NULL,
        "base_url": TEXT_OR_NULL,
        "identifier": TEXT_OR_NULL,
        "datestamp": TEXT_OR_NULL,
    }
)
_SUMMARY: Final = closed(
    {
        "title": TEXT,
        "description": TEXT_OR_NULL,
        "language": array(TEXT),
        "keywords": array(TEXT),
        "url": TEXT_OR_NULL,
        "thumbnail": TEXT_OR_NULL,
        "contributors": array(_CONTRIBUTOR),
        "publisher": TEXT_OR_NULL,
        "resource_types": array(_TERM),
        "levels": array(_TERM),
        "subjects": array(_TERM),
        "audiences": array(_TERM),
        "age_range": either_null(_AGES),
        "license": either_null(_LICENSE),
        "formats": array(TEXT),
        "created": TEXT_OR_NULL,
        "modified": TEXT_OR_NULL,
        "completeness": {"type": "number", "minimum": 0, "maximum": 1},
    }
)
_PUBLISHED: Final = closed(
    {
        "id": UUID,
        "oai_identifier": TEXT,
        "url": {"type": "string", "format": "uri"},
        "public": PUBLIC,
        "work": WORK,
        "revision": NUMBER,
        "published_revision": {"type": ["integer", "null"]},
        "position": {"type": ["integer", "null"]},
        "datestamp": TEXT_OR_NULL,
        "sets": array(TEXT),
        "source": either_null(ref("Source")),
        "record": ref("Tree"),
        "summary": ref("Summary"),
        "reason": TEXT_OR_NULL,
        "successor": TEXT_OR_NULL,
    },
    ("reason", "successor"),
)
_WORKING: Final = closed(
    _PUBLISHED["properties"]
    | {
        "organisation": TEXT_OR_NULL,
        "collections": array(TEXT),
        "holder": TEXT_OR_NULL | {"description": "E-mail address of who reviews it."},
        "note": TEXT_OR_NULL | {"description": "What its author said about this revision."},
        "locked": array(TEXT) | {"description": "Fields that keep a person's value over what the source says."},
        "actions": array(TEXT) | {"description": "What this person may do with it now."},
    },
    ("reason", "successor"),
    description="The newest revision, for those who work on it; `position` is null until what was accepted is public.",
)
_TOMBSTONE: Final = closed(
    {
        "id": UUID,
        "oai_identifier": TEXT,
        "public": {"type": "string", "enum": ["withdrawn", "deleted"]},
        "position": POSITION,
        "datestamp": TEXT,
        "sets": array(TEXT),
        "source": either_null(ref("Source")),
        "reason": TEXT_OR_NULL,
        "successor": TEXT_OR_NULL,
    }
)
_PRIVATE: Final = ("at", "by", "note", "warnings", "completeness")
_REVISION: Final = closed(
    {
        "revision": {"type": "integer", "minimum": 1},
        "published": BOOL,
        "at": {"type": "string", "format": "date-time"},
        "by": TEXT_OR_NULL,
        "note": TEXT_OR_NULL,
        "warnings": NUMBER,
        "completeness": {"type": "number", "minimum": 0, "maximum": 1},
    },
    _PRIVATE,
    description="Without a token only `revision` and `published`.",
)
_ENVELOPE: Final = closed(
    {
        "id": TEXT,
        "source": either_null({"type": "object", "properties": {"name": TEXT, "key": TEXT}}),
        "organisation": TEXT_OR_NULL,
        "collections": array(TEXT),
        "record": ref("Tree"),
    },
    ("id", "source", "organisation", "collections"),
    description="What GET gives may be sent back: its other keys are ignored.",
) | {"additionalProperties": True}

SCHEMAS: Final[dict[str, Json]] = {
    "Problem": closed(
        {
            "type": {"type": "string", "format": "uri"},
            "title": TEXT,
            "status": NUMBER,
            "detail": TEXT,
            "problems": array(closed({"path": TEXT, "code": TEXT, "message": TEXT, "severity": SEVERITY})),
        },
        description="RFC 9457, with every problem listed.",
    ),
    "Gone": _TOMBSTONE
    | {
        "description": "A tombstone, as a problem document.",
        "additionalProperties": True,
    },
    "Source": _SOURCE,
    "Summary": _SUMMARY,
    "Published": _PUBLISHED,
    "Working": _WORKING,
    "Tombstone": _TOMBSTONE,
    "Buried": _TOMBSTONE
    | {
        "description": "A tombstone as its maker gets it: without a position until it is public.",
        "properties": _TOMBSTONE["properties"] | {"position": {"type": ["integer", "null"]}, "datestamp": TEXT_OR_NULL},
    },
    "Envelope": _ENVELOPE,
    "Records": closed(
        {
            "items": array({"anyOf": [ref("Published"), ref("Tombstone")]}),
            "next": {"type": ["integer", "null"], "description": "The next `after`; null at the end."},
            "as_of": POSITION,
        }
    ),
    "Revision": _REVISION,
    "RevisionTree": closed(_REVISION["properties"] | {"record": ref("Tree")}, _PRIVATE),
    "Revisions": closed(
        {
            "items": array(ref("Revision")),
            "events": array(ref("Event")) | {"description": "The moderation log, for those who work on the record."},
        },
        ("events",),
    ),
    "Event": closed(
        {
            "at": {"type": "string", "format": "date-time"},
            "by": TEXT_OR_NULL,
            "action": TEXT,
            "note": TEXT_OR_NULL,
            "revision": {"type": ["integer", "null"]},
            "public": PUBLIC,
            "work": WORK,
        }
    ),
    "Deletion": closed(
        {"reason": TEXT_OR_NULL, "successor": TEXT_OR_NULL},
        ("reason", "successor"),
        description="What was public needs a reason; `successor` is the uuid of another record or an http(s) address.",
        examples=[{"reason": "The resource went offline."}],
    ),
    "Action": closed(
        {
            "action": {
                "type": "string",
                "enum": [
                    "submit",
                    "claim",
                    "assign",
                    "release",
                    "request_changes",
                    "accept",
                    "reject",
                    "withdraw",
                    "restore",
                ],
            },
            "note": TEXT_OR_NULL,
            "to": TEXT_OR_NULL | {"description": "Whom to assign it to: an e-mail address."},
        },
        ("note", "to"),
        examples=[{"action": "request_changes", "note": "Please name a licence."}],
    ),
    "Judgement": closed(
        {
            "valid": BOOL,
            "problems": array(_TOLD),
            "repairs": array(_REPAIR),
        }
    ),
    "Batch": closed(
        {
            "id": UUID,
            "state": {"type": "string", "enum": ["staged", "applying", "applied", "undoing", "undone"]},
            "source": TEXT,
            "as": {"type": "string", "enum": ["published", "submitted", "draft"]},
            "file": TEXT,
            "by": TEXT_OR_NULL,
            "created": {"type": "string", "format": "date-time"},
            "total": NUMBER,
            "counts": _counts("created", "updated", "unchanged", "deleted", "rejected"),
            "applied": NUMBER | {"description": "Rows that are in; until then a row's outcome is its preview."},
            "undone": _counts("deleted", "restored", "left"),
            "rows": array(ref("BatchRow")),
            "next": {"type": ["integer", "null"], "description": "The next `after`."},
        }
    ),
    "BatchRow": closed(
        {
            "n": NUMBER,
            "file": TEXT,
            "place": TEXT | {"description": "A line, a record's number, or `file`.", "minLength": 1},
            "identifier": TEXT_OR_NULL,
            "id": either_null(UUID),
            "outcome": OUTCOME,
            "code": TEXT_OR_NULL,
            "reason": TEXT_OR_NULL,
            "problems": array(_TOLD),
            "repairs": array(_REPAIR),
            "undone": {"type": "string", "enum": ["deleted", "restored", "left"]},
        },
        ("problems", "repairs", "undone"),
    ),
    "Concept": closed(
        {
            "id": {"type": "string", "format": "uri"},
            "notation": TEXT,
            "labels": {"type": "object", "additionalProperties": TEXT},
            "broader": array(TEXT),
            "mappings": array(closed({"kind": TEXT, "id": TEXT})),
        }
    ),
    "Scheme": closed({"items": array(ref("Concept"))}),
    "Schemes": closed(
        {
            "items": array(
                closed(
                    {
                        "scheme": TEXT,
                        "concepts": NUMBER,
                        "order": {"type": "string", "enum": ["", "listed"]},
                        "url": {"type": "string", "format": "uri"},
                    }
                )
            )
        }
    ),
}
