"""JSON Schema documents of this room, and what is wrong with a document by them, in plain sentences.

jsonschema-rs decides whether a document is valid, which most are; only if not does jsonschema look for every error,
which costs a hundred times more. Places are written as everywhere here ("general.title[0].lang", "" for the whole).
This module must not read records; it is the only door to both libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import msgspec
from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError, relevance
from jsonschema.validators import validator_for

from schemas.errors import Problem

RECORD = "record"
_LISTED = 12
_SHOWN = 80
_TYPES = {
    "array": "a list",
    "object": "an object",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


class Flaw(msgspec.Struct, frozen=True):
    """One error: its problem, and the keys and indexes of the parts whose removal would end it."""

    problem: Problem
    culprit: tuple[str | int, ...]


def document(name: str) -> dict[str, Any]:
    """The schema data/NAME.schema.json as plain data."""
    content: dict[str, Any] = msgspec.json.decode(_file(name))
    return content


def flaws(value: Any, name: str) -> tuple[Flaw, ...]:
    """Every error of decoded JSON against the schema of a name, in the order of the document; empty when valid."""
    if _quick(name).is_valid(value):
        return ()
    found = [flaw for error in _thorough(name).iter_errors(value) for flaw in _flaws(error)]
    return tuple(sorted(found, key=lambda flaw: [str(key).zfill(6) for key in flaw.culprit]))


@cache
def _file(name: str) -> bytes:
    return (files("schemas") / "data" / f"{name}.schema.json").read_bytes()


@cache
def _quick(name: str) -> Any:
    return jsonschema_rs.validator_for(document(name), validate_formats=True)


@cache
def _thorough(name: str) -> Any:
    schema = document(name)
    return validator_for(schema)(schema, format_checker=FormatChecker())


def _flaws(error: ValidationError) -> Iterator[Flaw]:
    keys = tuple(error.absolute_path)
    schema: Any = error.schema
    wanted: Any = error.validator_value
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = schema.get("properties", {})
        for key in (key for key in error.instance if key not in known):
            yield _flaw((*keys, key), "unknown_key", f"{_named(keys)} has no key “{_short(key)}”; {_keys(known)}.")
    elif error.validator == "required" and isinstance(error.instance, dict):
        # Libraries give one error for each missing key; the key stands at the front of their message.
        missing = [key for key in wanted if key not in error.instance and repr(key) in error.message]
        for key in missing:
            yield _flaw(keys, "missing_key", f"{_named(keys)} lacks the key “{key}”.")
    elif error.validator in ("anyOf", "oneOf") and error.context:
        yield from _flaws(max(error.context, key=relevance))
    else:
        yield _flaw(keys, *_sentence(error, _named(keys)))


def _flaw(culprit: tuple[str | int, ...], code: str, message: str) -> Flaw:
    return Flaw(Problem(place(culprit), code, message, "error"), culprit)


def _sentence(error: ValidationError, subject: str) -> tuple[str, str]:
    """Code and message of an error by the keyword that found it."""
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            types = [wanted] if isinstance(wanted, str) else wanted
            lawful = " or ".join(_TYPES.get(one, one) for one in types)
            return "wrong_type", f"{subject} must be {lawful}; here is {_kind(error.instance)}."
        case "enum":
            return "not_in_list", f"{subject} must be one of {', '.join(map(str, wanted))}; here is {_shown(error)}."
        case "const":
            return "not_in_list", f"{subject} must be {_short(str(wanted))}; here is {_shown(error)}."
        case "minimum" | "exclusiveMinimum":
            return "too_small", f"{subject} must be at least {wanted}; here is {_shown(error)}."
        case "maximum" | "exclusiveMaximum":
            return "too_large", f"{subject} must be at most {wanted}; here is {_shown(error)}."
        case "format":
            return "wrong_form", f"{subject} must be of the form {wanted}; here is {_shown(error)}."
        case "pattern":
            return "wrong_form", f"{subject} must match {_short(str(wanted))}; here is {_shown(error)}."
        case "minItems" | "minLength" | "minProperties":
            return "too_few", f"{subject} must have at least {wanted} of what it holds."
        case _:
            return "not_lawful", f"{subject} is not lawful here ({error.validator}): {_shown(error)}."


def place(keys: tuple[str | int, ...]) -> str:
    """Keys and indexes as one path: ("general", "title", 0) is "general.title[0]"."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{_short(key)}" if text else _short(key)
    return text


def _named(keys: tuple[str | int, ...]) -> str:
    return place(keys) or "The whole"


def _keys(known: dict[str, Any]) -> str:
    names = list(known)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"it knows {', '.join(names[:_LISTED])}{more}" if names else "it knows none"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return _TYPES["boolean"]
    kinds: dict[type, str] = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return _TYPES[kinds.get(type(value), "null")]


def _shown(error: ValidationError) -> str:
    value = error.instance
    return f"“{_short(value)}”" if isinstance(value, str) else _short(msgspec.json.encode(value).decode())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
