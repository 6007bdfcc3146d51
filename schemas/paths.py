"""Paths into a record: the values that a path such as "educational.learningResourceType" names, with their places.

A path is the JSON names of record.md 1 joined by dots, without indexes: a repeatable field gives each of its members.
`[purpose=discipline]` after a field keeps the members whose vocabulary value means that concept, whatever its source
or language (a plain text must be equal); `*` at the end gives the single strings of a LangString. A place is a path
with indexes, as in problems and foreign parts ("educational[0].context[1]"). Paths are compiled once; this module must
not judge any value.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from schemas.record import LangString, Record
from schemas.vocabularies.vocabularies import Vocabularies

Getter = Callable[[Record, Vocabularies], Sequence[Any]]
Located = tuple[str, Any]

_STEP = re.compile(r"(\w+|\*)(?:\[(\w+)=([^\]]+)\])?")
_STRINGS = tuple[LangString, ...]


class Step(msgspec.Struct, frozen=True):
    """One step: the attribute, its JSON name, whether it repeats, and the members it is narrowed to."""

    attribute: str
    name: str
    many: bool
    element: str | None = None
    notation: str = ""


class Path:
    """A compiled path. `plain` is the path without its narrowing: the place to name for something absent."""

    def __init__(self, path: str) -> None:
        self.plain: str = re.sub(r"\[[^\]]*\]|\.\*$", "", path)
        self.steps: tuple[Step, ...] = _steps(path)
        self.values: Getter = _compiled(self.steps)

    def located(self, record: Record, vocabularies: Vocabularies) -> list[Located]:
        """The same values, each with its place; slower, for use once something is known to be wrong."""
        found: list[Located] = [("", record)]
        for step in self.steps:
            found = [one for place, parent in found for one in _below(place, parent, step, vocabularies)]
        return found

    def counted(self, record: Record, vocabularies: Vocabularies) -> list[tuple[str, int]]:
        """How many members the last step has, for each parent that has any."""
        *above, last = self.steps
        parents: list[Located] = [("", record)]
        for step in above:
            parents = [one for place, parent in parents for one in _below(place, parent, step, vocabularies)]
        counts = ((_joined(place, last.name), len(getattr(parent, last.attribute) or ())) for place, parent in parents)
        return [(place, count) for place, count in counts if count]


@cache
def path(text: str) -> Path:
    """The compiled path; raises ValueError naming a step that no record has."""
    return Path(text)


def _steps(text: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    holder: Any = Record
    for name, element, notation in _STEP.findall(text):
        if name == "*":
            if holder != _STRINGS:
                raise ValueError(f"{text}: only a LangString has strings.")
            steps.append(Step("", "", many=True))
            holder = LangString
            continue
        fields = {field.encode_name: field for field in msgspec.structs.fields(holder)}
        if name not in fields:
            raise ValueError(f"{text}: {holder.__name__} has no {name}.")
        holder, many = _member(get_type_hints(holder)[fields[name].name])
        steps.append(Step(fields[name].name, name, many, element or None, notation))
    return tuple(steps)


def _member(hint: Any) -> tuple[Any, bool]:
    """The type of one member, and whether there may be many; a LangString is one value."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple and hint != _STRINGS:
        return get_args(hint)[0], True
    return hint, False


def _compiled(steps: tuple[Step, ...]) -> Getter:
    if len(steps) == 2 and not any(step.element or not step.attribute for step in steps) and not steps[0].many:
        return _two(*steps)
    moves = [_move(step) for step in steps]

    def values(record: Record, vocabularies: Vocabularies) -> Sequence[Any]:
        found: list[Any] = [record]
        for move in moves:
            found = move(found, vocabularies)
            if not found:
                break
        return found

    return values


def _two(first: Step, second: Step) -> Getter:
    """The getter of the commonest path, a field of a category that does not repeat; it needs no list for each step."""
    category, field, many = first.attribute, second.attribute, second.many

    def values(record: Record, _: Vocabularies) -> Sequence[Any]:
        parent = getattr(record, category)
        value = None if parent is None else getattr(parent, field)
        if value is None:
            return ()
        return value if many else (value,)

    return values


def _move(step: Step) -> Callable[[list[Any], Vocabularies], list[Any]]:
    name, element = step.attribute, step.element
    if not name:
        return lambda parents, _: [one for parent in parents for one in parent]
    if element:
        return lambda parents, vocabularies: [
            one for parent in parents for one in getattr(parent, name) if _is(one, step, vocabularies)
        ]
    if step.many:
        return lambda parents, _: [one for parent in parents for one in getattr(parent, name)]
    return lambda parents, _: [value for parent in parents if (value := getattr(parent, name)) is not None]


def _is(part: Any, step: Step, vocabularies: Vocabularies) -> bool:
    value = getattr(part, step.element or "")
    if isinstance(value, str):
        return value == step.notation
    if value is None or not (text := value.value or value.uri):
        return False
    found = vocabularies.find(step.element or "", value.source, text)
    return found is not None and found.endswith("/" + step.notation)


def _below(place: str, parent: Any, step: Step, vocabularies: Vocabularies) -> list[Located]:
    members = getattr(parent, step.attribute) if step.attribute else parent
    if not step.many:
        return [] if members is None else [(_joined(place, step.name), members)]
    return [
        (f"{_joined(place, step.name)}[{index}]", member)
        for index, member in enumerate(members)
        if not step.element or _is(member, step, vocabularies)
    ]


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place and name else place or name
