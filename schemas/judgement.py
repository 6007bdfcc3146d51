"""Judgement: what is to be said of one body before it is sent in (api.md, POST /validate); nothing is stored.

A body is judged twice: by its own schema (ours, closed to unknown keys; AMB's; LOM's structure as its reader finds it),
where everything that no told repair mended is an error; and by a profile. Both lists come at once: the part of a tree
that breaks our schema is laid aside and the profile judges the rest. This module stands above formats and validation;
neither may know it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from schemas import json_schema
from schemas import record as records
from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.absence import without_placeholders
from schemas.formats.incoming import incoming
from schemas.record import Record
from schemas.validation.validation import validate
from schemas.vocabularies.vocabularies import Vocabularies

_AMB = "amb"


class Judgement(msgspec.Struct, frozen=True):
    """`valid` means no problem of severity error; `record` is what was read, None where nothing was."""

    valid: bool
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()
    record: Record | None = None


def judge(body: bytes, media_type: str, vocabularies: Vocabularies, profile: str = "core") -> Judgement:
    """Judge a body: canonical JSON (the tree, or an object with `record`), AMB JSON-LD or LOM XML.

    Raises UnknownProfile; everything that is wrong with the body is in the judgement.
    """
    validate(Record(), profile, vocabularies)  # an unknown profile is told before anything else
    try:
        if "json" in media_type.casefold():
            value = _decoded(body)
            if not _is_linked(value, media_type):
                return _canonical(value, vocabularies, profile)
            schema = tuple(flaw.problem for flaw in json_schema.flaws(value, _AMB))
            return _delivered(body, schema, vocabularies, profile)
        return _delivered(body, (), vocabularies, profile)
    except Unreadable as error:
        return _judgement([Problem(error.place, error.code, error.message, "error")])


def _decoded(body: bytes) -> Any:
    if not body.strip():
        raise Unreadable("empty_file", "The body is empty.")
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise Unreadable("not_json", f"The body is no JSON: {error}.") from error
    except UnicodeDecodeError as error:
        raise Unreadable("wrong_encoding", f"Byte {error.start} of the body is not UTF-8.") from error
    except RecursionError as error:
        raise Unreadable("too_deep", "The body is nested too deeply.") from error


def _is_linked(value: Any, media_type: str) -> bool:
    return "ld+json" in media_type.casefold() or (isinstance(value, dict) and "@context" in value)


def _canonical(value: Any, vocabularies: Vocabularies, profile: str) -> Judgement:
    tree = value["record"] if isinstance(value, dict) and "record" in value else value
    flaws = json_schema.flaws(tree, json_schema.RECORD)
    problems = [flaw.problem for flaw in flaws]
    if not isinstance(tree, dict):
        return _judgement(problems)
    try:
        record = records.from_builtins(without(tree, [flaw.culprit for flaw in flaws]) if flaws else tree)
    except msgspec.ValidationError as error:
        return _judgement([*problems, *([] if problems else [Problem("", "not_lawful", f"{error}.", "error")])])
    return _judgement([*problems, *validate(record, profile, vocabularies)], record=record)


def _delivered(body: bytes, schema: tuple[Problem, ...], vocabularies: Vocabularies, profile: str) -> Judgement:
    """Judge what the readers make of a body; if it holds several records, each, with its place before the path."""
    request = incoming.Incoming(name="body", vocabularies=vocabularies)
    problems: list[Problem] = list(schema)
    repairs: list[Repair] = []
    found: list[Record] = []
    deliveries = list(incoming.deliveries(body, request))
    for delivery in deliveries:
        prefix = f"{delivery.place}: " if len(deliveries) > 1 else ""
        told = list(delivery.problems)
        if delivery.reading is not None:
            record = delivery.reading.record
            found.append(record)
            absent = without_placeholders(record)[1]  # of LOM, which is kept as it came: the faces leave them out
            repairs += [_at(prefix, repair) for repair in (*delivery.reading.repairs, *absent)]
            told += [*delivery.reading.problems, *validate(record, profile, vocabularies)]
        problems += [_at(prefix, problem) for problem in dict.fromkeys(told)]
    if not deliveries:
        problems.append(Problem("", "nothing_found", "There is no record in the body.", "error"))
    return _judgement(problems, repairs, found[0] if len(found) == 1 else None)


def _at(prefix: str, one: Any) -> Any:
    return msgspec.structs.replace(one, path=prefix + one.path) if prefix else one


def _judgement(problems: Sequence[Problem], repairs: Sequence[Repair] = (), record: Record | None = None) -> Judgement:
    valid = all(problem.severity != "error" for problem in problems)
    return Judgement(valid, tuple(problems), tuple(repairs), record)


def without(tree: Any, culprits: Sequence[tuple[str | int, ...]]) -> Any:
    """A copy of the tree without the parts that keys and indexes lead to; the tree itself stays as it is."""
    here = {keys[0] for keys in culprits if len(keys) == 1}

    def below(key: str | int, value: Any) -> Any:
        return without(value, [keys[1:] for keys in culprits if len(keys) > 1 and keys[0] == key])

    if isinstance(tree, dict):
        return {key: below(key, value) for key, value in tree.items() if key not in here}
    if isinstance(tree, list):
        return [below(index, value) for index, value in enumerate(tree) if index not in here]
    return tree
