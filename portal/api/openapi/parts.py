"""What the operations of the OpenAPI document are made of: parameters, bodies, answers, and words to build them."""

from __future__ import annotations

from typing import Any, Final

from portal.api.openapi.schemas import UUID_EXAMPLE, Json, ref
from portal.api.parameters import ETAGS

_TREE_EXAMPLE: Final[Json] = {
    "general": {
        "title": [{"lang": "nl", "value": "Breuken optellen"}],
        "language": ["nl"],
        "description": [[{"lang": "nl", "value": "Oefeningen met gelijknamige en ongelijknamige breuken."}]],
    },
    "technical": {"location": ["https://example.org/breuken"]},
    "rights": {
        "copyrightAndOtherRestrictions": {"source": "LOMv1.0", "value": "yes"},
        "description": [{"lang": "en", "value": "https://creativecommons.org/licenses/by/4.0/"}],
    },
}
_LD_EXAMPLE: Final[Json] = {
    "@context": ["https://w3id.org/kim/amb/context.jsonld", {"@language": "nl"}],
    "id": "https://example.org/breuken",
    "type": ["LearningResource"],
    "name": "Breuken optellen",
}
_LOM_EXAMPLE: Final = (
    '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string language="nl">Breuken optellen</string></title>'
    "</general><technical><location>https://example.org/breuken</location></technical></lom>"
)
_TURTLE_EXAMPLE: Final = (
    '<https://example.org/breuken> a <https://schema.org/LearningResource> ; <https://schema.org/name> "Breuken"@nl .'
)
_LINES_EXAMPLE: Final = (
    "<https://example.org/breuken> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    "<https://schema.org/LearningResource> .\n"
    '<https://example.org/breuken> <https://schema.org/name> "Breuken"@nl .\n'
)
_RDF_EXAMPLES: Final = {
    "text/turtle": _TURTLE_EXAMPLE,
    "application/trig": _TURTLE_EXAMPLE,
    "application/n-triples": _LINES_EXAMPLE,
    "application/n-quads": _LINES_EXAMPLE,
    "application/rdf+xml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:s="https://schema.org/"><s:LearningResource rdf:about="https://example.org/breuken">'
    '<s:name xml:lang="nl">Breuken</s:name></s:LearningResource></rdf:RDF>',
}


def query(name: str, description: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema} | more


def header(name: str, description: str, pattern: str = "", **more: Any) -> Json:
    schema = {"type": "string", "pattern": pattern} if pattern else {"type": "string"}
    return {"name": name, "in": "header", "description": description, "schema": schema} | more


LANG: Final = query(
    "lang",
    "Language of labels, before Accept-Language.",
    {"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
    example="nl",
)
AS: Final = query(
    "as",
    "The state asked for; by default submitted for contributors, published for curators.",
    {"type": "string", "enum": ["published", "submitted", "draft"]},
)
ID: Final[Json] = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "example": UUID_EXAMPLE,
}
PREFER: Final = header(
    "Prefer", "`wait=5` waits until the write is public and searchable, at most so many seconds (30)."
)
KEY: Final = header(
    "Idempotency-Key",
    "A repeated write with the same key is answered as the first was, for a week.",
    "^[!-~]([ -~]{0,198}[!-~])?$",
)
MATCH: Final = header(
    "If-Match",
    "The ETag of the newest revision; only its first number is looked at.",
    f"^([*]|{ETAGS})$",
    example='"3"',
)


def body(schema: Json) -> Json:
    """A record in one of its forms; `schema` is that of its JSON."""
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": schema,
                "examples": {"tree": {"value": _TREE_EXAMPLE}, "envelope": {"value": {"record": _TREE_EXAMPLE}}},
            },
            "application/ld+json": {"schema": schema and {"type": "object"}, "example": _LD_EXAMPLE},
            "application/xml": {"schema": {"type": "string"}, "example": _LOM_EXAMPLE},
            **{
                media_type: {"schema": {"type": "string"}, "example": example}
                for media_type, example in _RDF_EXAMPLES.items()
            },
        },
    }


def json_body(schema: str) -> Json:
    return {"required": True, "content": {"application/json": {"schema": ref(schema)}}}


def answer(description: str, schema: str, media_type: str = "application/json") -> Json:
    return {"description": description, "content": {media_type: {"schema": ref(schema)}}}


_PROBLEMS: Final = {
    "400": "The request is not understood.",
    "401": "A token is needed, or the one given is not known.",
    "403": "This person may not.",
    "404": "There is nothing here.",
    "409": "The record's state does not allow it.",
    "410": "A tombstone.",
    "412": "If-Match is stale.",
    "413": "The body is too large.",
    "414": "The query is longer than this address takes.",
    "415": "The body's media type is not taken.",
    "422": "The body cannot be taken.",
    "428": "If-Match is missing.",
    "503": "Busy; see Retry-After.",
}


def operation(name: str, summary: str, answers: dict[str, Json], problems: str, **more: Any) -> Json:
    codes = sorted({*problems.split(), "414", "503"})  # the limits of every address, and the server's
    said = {code: answer(_PROBLEMS[code], "Problem", "application/problem+json") for code in codes}
    return {"operationId": name, "summary": summary, "responses": answers | said} | more


def write(name: str, summary: str, answers: dict[str, Json], problems: str, **more: Any) -> Json:
    return operation(name, summary, answers, f"400 401 403 {problems} 413 503", security=[{"token": []}], **more)


_TAGGED: Final[Json] = {"headers": {"ETag": {"schema": {"type": "string"}, "description": "For If-Match."}}}
UNCHANGED: Final = {"description": "The asker has it."}
EITHER: Final = (
    answer("The record; with `version=working` more of it.", "Published")
    | {"content": {"application/json": {"schema": {"anyOf": [ref("Published"), ref("Working")]}}}}
    | _TAGGED
)
WORKING: Final = answer("The record.", "Working") | _TAGGED
BURIED: Final = answer("The tombstone.", "Buried") | _TAGGED
CREATED: Final = (
    answer("The new record.", "Working")
    | _TAGGED
    | {
        "links": {
            name: {"operationId": name, "parameters": {"id": "$response.body#/id"}}
            for name in ("readRecord", "replaceRecord", "deleteRecord", "act", "listRevisions")
        }
        | {
            "readRevision": {
                "operationId": "readRevision",
                "parameters": {"id": "$response.body#/id", "n": "$response.body#/revision"},
            }
        }
    }
)
