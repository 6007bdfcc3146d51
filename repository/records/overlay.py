"""The overlay: what people changed in a record that comes from elsewhere, field by field (design.md, what is kept).

A path names a field without list indexes (`general.keyword`); its value replaces the whole field, null empties it.
Educational, annotation, files and ext are repeatable: there the unit is the whole category. In classification it is
the entries of one purpose (`classification.discipline`), in relation those of one kind (`relation.ispartof`). Each
entry is a lock that survives the next delivery. `open` entries belong to work that is not accepted yet; an open entry
without a value is an unlocking that waits. Pure.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from schemas.comparison import bared
from schemas.record import (
    Classification,
    General,
    LifeCycle,
    MetaMetadata,
    Record,
    Relation,
    Rights,
    Technical,
    Vocabulary,
)

UNLOCKED: Final = b""
"""The value of an open entry that removes a lock when the work is accepted."""

_FIELDWISE: Final[dict[str, type[msgspec.Struct]]] = {
    "general": General,
    "life_cycle": LifeCycle,
    "meta_metadata": MetaMetadata,
    "technical": Technical,
    "rights": Rights,
}
_WHOLE: Final = ("educational", "annotation", "files", "ext")
_HINTS: Final = {kind: typing.get_type_hints(kind) for kind in (*_FIELDWISE.values(), Record)}
_encode: Final = msgspec.json.Encoder().encode


def _purpose(part: Classification) -> Vocabulary | None:
    return part.purpose


def _kind(part: Relation) -> Vocabulary | None:
    return part.kind


_KEYED: Final[dict[str, Callable[[Any], Vocabulary | None]]] = {"classification": _purpose, "relation": _kind}


class Entry(msgspec.Struct, frozen=True):
    """One locked field: `value` is JSON; `open` until the work that the entry belongs to is accepted.

    `by` (account) and `at` (seconds) say who locked it and when; `at` 0: whoever writes it now.
    """

    path: str
    value: bytes
    open: bool = False
    by: int | None = None
    at: int = 0


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


_FIELDS: Final[dict[str, tuple[str, str]]] = {
    f"{_camel(category)}.{field.encode_name}": (category, field.name)
    for category, kind in _FIELDWISE.items()
    for field in msgspec.structs.fields(kind)
}


def paths(record: Record) -> Iterator[str]:
    """Every path at which this record has a value; those of the keyed categories in their order."""
    for path, (category, name) in _FIELDS.items():
        if value_at(record, path) != _default(category, name):
            yield path
    yield from (name for name in _WHOLE if getattr(record, name))
    for name in _KEYED:
        yield from _keys(name, getattr(record, name))


def is_path(path: str) -> bool:
    """Whether a path names a unit of the overlay."""
    return path in _FIELDS or path in _WHOLE or ("." in path and path.partition(".")[0] in _KEYED)


def difference(before: Record, after: Record, only: Iterable[str] | None = None) -> tuple[tuple[str, bytes], ...]:
    """The units that differ, with their values in `after` as JSON; derived parts are not compared.

    With `only`, just these paths are compared. Applied to `before`, the result gives `after`, except that the order
    between the purposes of a classification and between the kinds of a relation is not kept: it is no unit.
    """
    wanted = dict.fromkeys((*paths(before), *paths(after))) if only is None else dict.fromkeys(only)
    changed = []
    for path in wanted:
        kind, old, new = _type(path), value_at(before, path), value_at(after, path)
        if old != new and bared(old, kind) != bared(new, kind):
            changed.append((path, _encode(new)))
    return tuple(changed)


def value_at(record: Record, path: str) -> Any:
    """The value of a unit: a field's value, or a tuple of entries."""
    if path in _FIELDS:
        category, name = _FIELDS[path]
        return getattr(getattr(record, category), name, _default(category, name))
    name, _, key = path.partition(".")
    if name in _KEYED:
        return tuple(part for part in getattr(record, name) if _key(name, part) == key)
    return getattr(record, name)


def applied(record: Record, entries: Iterable[Entry]) -> Record:
    """The record with the entries laid over it, in their order; an open one counts more than the accepted one."""
    chosen: dict[str, Entry] = {}
    for entry in entries:
        if entry.path not in chosen or entry.open:
            chosen[entry.path] = entry
    fields: dict[str, dict[str, Any]] = {}
    categories: dict[str, Any] = {}
    for path, entry in chosen.items():
        if entry.value == UNLOCKED:
            continue
        name, _, key = path.partition(".")
        value = msgspec.json.decode(entry.value, type=_nullable(path))
        if path in _FIELDS:
            category, field = _FIELDS[path]
            fields.setdefault(category, {})[field] = _default(category, field) if value is None else value
        elif name in _KEYED:
            categories[name] = _placed(name, categories.get(name, getattr(record, name)), key, value or ())
        else:
            categories[name] = value or ()
    for category, values in fields.items():
        part = getattr(record, category) or _FIELDWISE[category]()
        categories[category] = msgspec.structs.replace(part, **values)
    return msgspec.structs.replace(record, **categories) if categories else record


def saved(entries: Iterable[Entry], changed: Iterable[tuple[str, bytes]]) -> tuple[Entry, ...]:
    """The entries after a save of these units: open ones are added or replaced, all others stay."""
    kept = {(entry.path, entry.open): entry for entry in entries}
    for path, value in changed:
        kept[path, True] = Entry(path, value, open=True)
    return tuple(kept.values())


def accepted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries after the work is accepted: what was open holds now, and what was unlocked is free."""
    kept = {entry.path: entry for entry in entries if not entry.open}
    for entry in entries:
        if entry.open and entry.value == UNLOCKED:
            kept.pop(entry.path, None)
        elif entry.open:
            kept[entry.path] = msgspec.structs.replace(entry, open=False)
    return tuple(kept.values())


def unlocked(entries: Iterable[Entry], free: Iterable[str]) -> tuple[Entry, ...]:
    """The entries after these paths are unlocked in open work: open locks go now, accepted ones with the work."""
    wanted = set(free)
    kept = [entry for entry in entries if not (entry.open and entry.path in wanted)]
    held = [entry.path for entry in kept if not entry.open and entry.path in wanted]
    return (*kept, *(Entry(path, UNLOCKED, open=True) for path in held))


def locked(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The paths that are locked now in the working revision, sorted."""
    chosen = {entry.path: entry.value for entry in sorted(entries, key=lambda entry: entry.open)}
    return tuple(sorted(path for path, value in chosen.items() if value != UNLOCKED))


def _placed(name: str, parts: tuple[Any, ...], key: str, value: tuple[Any, ...]) -> tuple[Any, ...]:
    """The parts, those of one key replaced where they stood; if there are more than before, they follow the last."""
    left = list(value)
    slots = [place for place, part in enumerate(parts) if _key(name, part) == key]
    if not slots:
        return (*parts, *value)
    result: list[Any] = []
    for place, part in enumerate(parts):
        if place not in slots:
            result.append(part)
        elif place == slots[-1]:
            result += left
        elif left:
            result.append(left.pop(0))
    return tuple(result)


def _keys(name: str, parts: tuple[Any, ...]) -> Iterator[str]:
    return (f"{name}.{key}" for key in dict.fromkeys(_key(name, part) for part in parts))


def _key(name: str, part: Any) -> str:
    term = _KEYED[name](part)
    return " ".join((term.value or "").split()).lower() if term is not None else ""


def _type(path: str) -> Any:
    if path in _FIELDS:
        category, name = _FIELDS[path]
        return _HINTS[_FIELDWISE[category]][name]
    return _HINTS[Record][path.partition(".")[0]]


def _nullable(path: str) -> Any:
    return _type(path) | None


def _default(category: str, name: str) -> Any:
    return _DEFAULTS[category, name]


_DEFAULTS: Final[dict[tuple[str, str], Any]] = {
    (category, field.name): field.default
    for category, kind in _FIELDWISE.items()
    for field in msgspec.structs.fields(kind)
}
