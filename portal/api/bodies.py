"""Reading the bodies of writes: canonical JSON, AMB JSON-LD, LOM XML, and the small objects of actions and deletions.

One body is one record (api.md, records); whole files go to /imports. What the readers say is passed on as it is: a
body that cannot be read is 422 with every problem, another media type 415, more than a record may have 413. Nothing
is stored here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from flask import request

from portal.web.problems import ApiError
from repository.errors import Invalid
from schemas import json_schema
from schemas.errors import Problem, Unreadable
from schemas.formats import jsonl
from schemas.formats.amb.linked import decode
from schemas.formats.format import Delivery, Reading
from schemas.formats.incoming import incoming
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml import reader as xml

JSON: Final = "application/json"
JSON_LD: Final = "application/ld+json"
XML: Final = "application/xml"
RDF: Final = ("text/turtle", "application/n-triples", "application/n-quads", "application/trig", "application/rdf+xml")
MEDIA_TYPES: Final = (JSON, JSON_LD, XML, *RDF)
MOST_BYTES: Final = xml.RECORD.size_bytes
_SAME: Final = {"text/xml": XML, "text/json": JSON}
_LINKED_KEYS: Final = frozenset(("@context", "@graph"))


class Body(msgspec.Struct, frozen=True):
    """A record as a body gave it, and what a JSON body may say beside it; `source` is (name, key)."""

    reading: Reading
    format: str
    source_bytes: bytes
    source: tuple[str, str] | None = None
    organisation: str | None = None
    collections: tuple[str, ...] | None = None


def media_type() -> str:
    """The media type of this request's body, one of MEDIA_TYPES; raises 415."""
    given = _SAME.get(request.mimetype, request.mimetype)
    if given not in MEDIA_TYPES:
        raise _unsupported(f"A record is sent as {', '.join(MEDIA_TYPES[:-1])} or {RDF[-1]}; name it in Content-Type.")
    return given


def body_bytes() -> bytes:
    """The bytes of this request's body, of one record at most; raises 413."""
    request.max_content_length = MOST_BYTES
    return request.get_data(cache=True)


def read(vocabularies: Vocabularies) -> Body:
    """The record in this request's body; raises 413, 415, and Invalid (422) with everything that is wrong with it."""
    kind, data = media_type(), body_bytes()
    try:
        if kind == XML:
            return _delivered(data, "auto", vocabularies)
        if kind in RDF:
            return _delivered(data, "rdf", vocabularies)
        value = decode(data)
        if kind == JSON_LD or (isinstance(value, dict) and _LINKED_KEYS.intersection(value)):
            return _delivered(data, "amb", vocabularies)
        return _canonical(value, data, vocabularies)
    except Unreadable as error:
        message = error.message.replace("The file", "The body", 1)
        raise Invalid(message, (Problem(error.place.replace("file", "body"), error.code, message),)) from error


def small_json() -> bytes:
    """The bytes of a body of JSON, none where there is no body; raises 413, 415."""
    data = body_bytes()
    if data and _SAME.get(request.mimetype, request.mimetype) != JSON:
        raise _unsupported(f"Send the body as {JSON}; name it in Content-Type.")
    return data


def texts(*names: str) -> dict[str, str | None]:
    """The texts of a small JSON object that may have these keys; no body is an empty object.

    Raises 413, 415, and Invalid naming every key that is unknown or holds no text.
    """
    data = small_json()
    if not data:
        return dict.fromkeys(names)
    try:
        value = decode(data)
    except Unreadable as error:
        message = error.message.replace("The file", "The body", 1)
        raise Invalid(message, (Problem("", error.code, message),)) from error
    if not isinstance(value, dict):
        raise _invalid([Problem("", "wrong_type", "The body must be a JSON object.")])
    known = f"it may have {', '.join(names)}"
    wrong = [Problem(k, "unknown_key", f"The body has no key “{k[:80]}”; {known}.") for k in value if k not in names]
    wrong += [
        Problem(name, "wrong_type", f"{name} must be a text.")
        for name in names
        if not isinstance(value.get(name), str | None)
    ]
    if wrong:
        raise _invalid(wrong)
    return {name: value.get(name) for name in names}


def _delivered(data: bytes, wanted: str, vocabularies: Vocabularies) -> Body:
    """The one record that the readers find in a body of JSON-LD or XML; raises Unreadable, Invalid."""
    found = list(incoming.deliveries(data, incoming.Incoming("body", wanted, vocabularies=vocabularies)))
    if len(found) != 1:
        many = f"{len(found)} records" if found else "no record"
        raise Unreadable("not_one_record", f"The body holds {many}; one is asked for (whole files go to /imports).")
    delivery = found[0]
    if delivery.reading is None:
        raise _unread(delivery)
    return Body(delivery.reading, delivery.format, data)


def _unread(delivery: Delivery) -> Invalid:
    if delivery.deleted:
        return _invalid([Problem("", "tombstone", "The body is a tombstone and no record; use DELETE.")])
    told = [msgspec.structs.replace(p, message=p.message.replace("The file", "The body")) for p in delivery.problems]
    return _invalid(told or [Problem("", "unreadable", "The body cannot be read.")])


def _canonical(value: Any, data: bytes, vocabularies: Vocabularies) -> Body:
    """A canonical tree, or an object with one under `record`; the API's other keys are ignored."""
    wrapped = isinstance(value, dict) and "record" in value
    head: dict[str, Any] = value if wrapped else {}
    tree = value["record"] if wrapped else value
    wrong = _wrong_head(head)
    delivery = jsonl.delivery({"record": tree}, "body", vocabularies) if isinstance(tree, dict) else None
    if delivery is None or delivery.reading is None:
        told = [flaw.problem for flaw in json_schema.flaws(tree, json_schema.RECORD)]
        wrong += told or (list(delivery.problems) if delivery is not None else [])
    if wrong or delivery is None or delivery.reading is None:
        raise _invalid(wrong)
    source, collections = head.get("source"), head.get("collections")
    return Body(
        delivery.reading,
        "jsonl",
        data,
        source=(source["name"], source["key"]) if source is not None else None,
        organisation=head.get("organisation"),
        collections=tuple(collections) if collections is not None else None,
    )


def _wrong_head(head: dict[str, Any]) -> list[Problem]:
    """What is wrong beside the record: source {name, key}, organisation, collections; each may be null."""
    wrong: list[Problem] = []
    source = head.get("source")
    if source is not None and not (isinstance(source, dict) and _is_name(source.get("name"), source.get("key"))):
        wrong.append(Problem("source", "wrong_form", "source must be an object whose name and key are texts."))
    if not _is_name(head.get("organisation") or "none"):
        wrong.append(Problem("organisation", "wrong_form", "organisation must be the slug of an organisation."))
    collections = head.get("collections")
    if collections is not None and not (isinstance(collections, list) and _is_name(*collections)):
        wrong.append(Problem("collections", "wrong_form", "collections must be a list of slugs."))
    return wrong


def _is_name(*values: Any) -> bool:
    """Whether these are texts that name something: not empty, without NUL, which no database takes."""
    return all(isinstance(value, str) and value.strip() and "\x00" not in value for value in values)


def _invalid(problems: Sequence[Problem]) -> Invalid:
    more = f" ({len(problems)} problems in all)" if len(problems) > 1 else ""
    return Invalid(problems[0].message + more, tuple(problems))


def _unsupported(sentence: str) -> ApiError:
    return ApiError(415, "media-type", sentence).with_headers(Accept=", ".join(MEDIA_TYPES))
