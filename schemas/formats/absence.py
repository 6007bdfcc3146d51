"""Placeholders taken out of a record: "N/A" as the whole of a value is absence, told as a repair.

One walk over the tree by LOM's grammar, the same for every format. Titles stay (a record without one is refused), and
so do LOM's own tokens (a role `unknown`, a requirement `none`) and the language `none`. What is left empty by it goes
with it: an identifier without an entry, a taxon without words, a contribution of nobody. It must not mend else.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from msgspec.structs import fields, replace

from schemas import record as r
from schemas.errors import Repair
from schemas.formats.lom.grammar import GENERAL, ROOT, Kind, Node, Part
from schemas.values.placeholder import LIKELY, LONGEST, is_placeholder

_TITLE: Final = next(part for part in GENERAL.parts if part.name == "title")
NO_LANGUAGE: Final = frozenset(("none", "x-none", "na", "nan"))
"""Lawful tags that look like placeholders: LOM's own for no language, Nauruan, Min Nan."""
# What says nothing without a part: which of the fields must be left for a struct to stay.
_NEEDS: Final[dict[type, tuple[str, ...]]] = {
    r.Identifier: ("entry",),
    r.Taxon: ("id", "entry"),
    r.TaxonPath: ("taxon",),
    r.Classification: ("taxon_path", "description", "keyword"),
    r.Contribute: ("entity", "date"),
    r.Resource: ("identifier", "description"),
    r.Relation: ("resource",),
    r.Annotation: ("entity", "date", "description"),
}


def without_placeholders(record: r.Record) -> tuple[r.Record, tuple[Repair, ...]]:
    """The record without placeholders, and a repair for each; the same object where there are none."""
    gone = [place for place, file in enumerate(record.files) if is_placeholder(file.url)]
    if not gone and not _holds_some(record):
        return record, ()
    repairs: list[Repair] = []
    fresh = _node(record, ROOT, "", repairs)
    if gone:
        repairs += [Repair("files", "placeholder", record.files[place].url, None) for place in gone]
        fresh = replace(fresh, files=tuple(file for place, file in enumerate(record.files) if place not in gone))
    return fresh, tuple(repairs)


def says_nothing(part: Part, value: Any) -> bool:
    """Whether one value of a part is a placeholder (of a LangString: one of its strings)."""
    match part.kind:
        case Kind.LANG:
            return part is not _TITLE and any(len(one.value) <= LONGEST and is_placeholder(one.value) for one in value)
        case Kind.TEXT:
            return len(value) <= LONGEST and is_placeholder(value)
        case Kind.VOCAB:
            return value.uri is None and value.value is not None and is_placeholder(value.value)
        case Kind.ENTITY:
            return value.fn is not None and len(value.fn) <= LONGEST and is_placeholder(value.fn)
        case Kind.LANGUAGE:
            return value.strip() not in NO_LANGUAGE and is_placeholder(value)
        case Kind.DATE | Kind.DURATION:
            return value.raw is not None and value.value is None and is_placeholder(value.raw)
        case Kind.SIZE:
            return value.bytes is None and is_placeholder(value.raw)
        case _:
            return False


Check = Callable[[Any], bool]


def _check(part: Part) -> Check:
    """Whether one of the values of a part may be a placeholder. Every record takes this way, so it is short."""
    if part.node is None:
        one = _LEAVES[part.kind]
        return (lambda values: any(map(one, values))) if part.many else one
    parts = [inner for inner in part.node.parts if inner is not _TITLE]
    checks = tuple(map(_check, parts))
    get = attrgetter(*(inner.field for inner in parts))
    single = len(parts) == 1

    def holds(struct: Any) -> bool:
        found = get(struct)
        for value, check in zip((found,) if single else found, checks, strict=True):  # noqa: SIM110 - faster than any()
            if value and check(value):
                return True
        return False

    return (lambda values: any(map(holds, values))) if part.many else holds


def _strings(value: Any) -> bool:
    for one in value:  # noqa: SIM110 - twice as fast as any() over so few
        if len(one.value) <= LONGEST and one.value.lower() in LIKELY:
            return True
    return False


def _text(value: str | None) -> bool:
    return value is not None and len(value) <= LONGEST and value.lower() in LIKELY


_LEAVES: Final[dict[Kind, Check]] = {
    Kind.LANG: _strings,
    Kind.TEXT: _text,
    Kind.LANGUAGE: _text,
    Kind.VOCAB: lambda value: value.uri is None and _text(value.value),
    Kind.ENTITY: lambda value: _text(value.fn),
    Kind.DATE: lambda value: value.value is None and _text(value.raw),
    Kind.DURATION: lambda value: value.value is None and _text(value.raw),
    Kind.SIZE: lambda value: value.bytes is None and _text(value.raw),
}
_holds_some: Final = _check(Part("", "", Kind.NODE, False, ROOT, ""))


def _node(struct: Any, node: Node, path: str, repairs: list[Repair]) -> Any:
    changed: dict[str, Any] = {}
    for part in node.parts:
        value = getattr(struct, part.field)
        if value is None or value == ():
            continue
        at = f"{path}.{part.name}" if path else part.name
        if part.many:
            kept = [_value(one, part, f"{at}[{place}]", repairs) for place, one in enumerate(value)]
            fresh: Any = tuple(one for one in kept if one is not None)
        else:
            fresh = _value(value, part, at, repairs)
        if fresh != value:
            changed[part.field] = fresh
    if not changed:
        return struct
    fresh = replace(struct, **changed)
    return None if path and _is_empty(fresh) else fresh


def _value(value: Any, part: Part, path: str, repairs: list[Repair]) -> Any:
    """The value without what is a placeholder in it; None where nothing is left."""
    if part.node is not None:
        return _node(value, part.node, path, repairs)
    if not says_nothing(part, value):
        return value
    if part.kind is Kind.LANG:
        kept = tuple(one for one in value if not is_placeholder(one.value))
        repairs += [Repair(path, "placeholder", one.value, None) for one in value if one not in kept]
        return kept or None
    repairs.append(Repair(path, "placeholder", _shown(value), None))
    if part.kind in (Kind.DATE, Kind.DURATION) and value.description:
        return replace(value, raw=None, value=None)
    return None


def _is_empty(struct: Any) -> bool:
    names = _NEEDS.get(type(struct)) or tuple(field.name for field in fields(struct))
    return all(getattr(struct, name) in (None, ()) for name in names)


def _shown(value: Any) -> str | None:
    match value:
        case str():
            return value
        case r.Vocabulary():
            return value.value
        case r.Entity():
            return value.fn
        case _:
            return getattr(value, "raw", None)
