"""The canonical tree as JSON: one document, or a line per record (record.md 1; design.md, command line).

A line is the bare tree, `{id?, source?, organisation?, collections?, record}` with the API's other keys ignored, or a
tombstone (no record, `public` says deleted or withdrawn). The tree is closed: an unknown key is a reject that names
it. Derived parts are computed anew. JSON that is no tree is schemas.formats.incoming.incoming's to judge.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from schemas.errors import Problem, Unreadable
from schemas.formats.absence import without_placeholders
from schemas.formats.amb.linked import decode
from schemas.formats.derived import derived
from schemas.formats.format import Delivery, Reading
from schemas.record import Record, from_builtins
from schemas.vocabularies.vocabularies import Vocabularies

__all__ = ["delivery", "is_canonical", "line", "read"]

_CATEGORIES: Final = frozenset(field.encode_name for field in msgspec.structs.fields(Record))
_QUOTED: Final = re.compile("`([^`]*)`")
_GONE: Final = frozenset(("deleted", "withdrawn"))


def is_canonical(value: Any) -> bool:
    """Whether decoded JSON is a canonical tree, a line with one, or a tombstone."""
    if not isinstance(value, dict) or "@context" in value or "@graph" in value:
        return False
    return isinstance(value.get("record"), dict) or bool(_CATEGORIES.intersection(value)) or _is_tombstone(value)


def read(source: bytes, vocabularies: Vocabularies) -> Reading:
    """The record of one document or line; raises Unreadable."""
    found = delivery(decode(source), "file", vocabularies)
    if found.reading is None:
        problem = found.problems[0] if found.problems else Problem("", "tombstone", "The line is a tombstone.")
        raise Unreadable(problem.code, problem.message)
    return found.reading


def line(
    record: Record,
    *,
    id: str | None = None,  # noqa: A002 - the key of the line
    source: tuple[str, str] | None = None,
    organisation: str | None = None,
    collections: tuple[str, ...] | None = None,
) -> bytes:
    """One line without its line break: what `delivery` reads back."""
    found: dict[str, Any] = {"id": id} if id is not None else {}
    if source is not None:
        found["source"] = {"name": source[0], "key": source[1]}
    if organisation is not None:
        found["organisation"] = organisation
    if collections is not None:
        found["collections"] = list(collections)
    return msgspec.json.encode({**found, "record": record})


def delivery(value: Any, place: str, vocabularies: Vocabularies, source_bytes: bytes = b"") -> Delivery:
    """The delivery of decoded JSON for which `is_canonical` holds."""
    wrapped = "record" in value or _is_tombstone(value)
    head: dict[str, Any] = value if wrapped else {}
    tree = value.get("record") if wrapped else value
    try:
        common = _head(head)
        if tree is None:
            return Delivery(place=place, format="jsonl", deleted=True, source_bytes=source_bytes, **common)
        record = from_builtins(tree)
    except (msgspec.ValidationError, Unreadable) as error:
        return Delivery(place=place, format="jsonl", problems=(_misfit(str(error)),), source_bytes=source_bytes)
    reading = Reading(*without_placeholders(derived(record, vocabularies)))
    return Delivery(place=place, format="jsonl", reading=reading, source_bytes=source_bytes, **common)


def _misfit(told: str) -> Problem:
    """What does not fit the tree as a problem with its path; msgspec tells it as "Expected `str` - at `$.general`"."""
    rest, _, place = _QUOTED.sub(r"“\1”", told).partition(" - at ")
    path = place.strip("“”").removeprefix("$").removeprefix(".")
    return Problem(path, "invalid_record", f"{rest} at {path}." if path else f"{rest}.")


def _is_tombstone(value: dict[str, Any]) -> bool:
    return (
        value.get("record") is None and "id" in value and (value.get("public") in _GONE or value.get("deleted") is True)
    )


def _head(head: dict[str, Any]) -> dict[str, Any]:
    """What a line says beside the record; raises Unreadable for a key of a wrong type."""
    source = head.get("source")
    if source is not None and not isinstance(source, dict):
        raise Unreadable("invalid_record", "source must be an object with name and key")
    name, key = (source.get("name"), source.get("key")) if source else (None, None)
    collections = head.get("collections")
    if collections is not None and not (
        isinstance(collections, list) and all(isinstance(one, str) for one in collections)
    ):
        raise Unreadable("invalid_record", "collections must be a list of texts")
    return {
        "id": _text(head, "id"),
        "source": (name, key) if isinstance(name, str) and isinstance(key, str) else None,
        "organisation": _text(head, "organisation"),
        "collections": tuple(collections) if collections is not None else None,
    }


def _text(head: dict[str, Any], key: str) -> str | None:
    value = head.get(key)
    if value is not None and not isinstance(value, str):
        raise Unreadable("invalid_record", f"{key} must be a text")
    return value
