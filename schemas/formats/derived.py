"""The derived parts of a canonical tree, computed anew: what a reader of a binding does as it reads.

A tree that comes as JSON may lack them, or carry those of older vocabularies; received values count, derived ones
follow (record.md 1). Where a client changed the parts of a contributor or a date and left nothing received, what is
received is written from the parts. This module must not change what was received.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from schemas import agent
from schemas.formats.lom import grammar as lom_grammar
from schemas.formats.lom import values as lom_values
from schemas.formats.lom.grammar import Kind, Node
from schemas.formats.lom.values import Concepts
from schemas.record import Contribute, DateTime, Duration, Record, Size, Vocabulary


def derived(record: Record, concepts: Concepts) -> Record:
    """The record with every derived part as the vocabularies in force give it."""
    found: Record = _node(record, lom_grammar.ROOT, concepts)
    return found


def _node(struct: Any, node: Node, concepts: Concepts) -> Any:
    changed: dict[str, Any] = {}
    for part in node.parts:
        value = getattr(struct, part.field)
        if value is None or value == () or part.kind not in _KINDS:
            continue
        fresh = (
            tuple(_value(one, part, concepts) for one in value)
            if isinstance(value, tuple)
            else _value(value, part, concepts)
        )
        if fresh != value:
            changed[part.field] = fresh
    fresh_struct = replace(struct, **changed) if changed else struct
    if isinstance(fresh_struct, Contribute):
        return lom_values.contribution(fresh_struct.role, fresh_struct.entity, fresh_struct.date)
    return fresh_struct


_KINDS = frozenset((Kind.NODE, Kind.VOCAB, Kind.ENTITY, Kind.DATE, Kind.DURATION, Kind.SIZE))


def _value(value: Any, part: lom_grammar.Part, concepts: Concepts) -> Any:
    match part.kind:
        case Kind.NODE:
            return value if part.node is None else _node(value, part.node, concepts)
        case Kind.VOCAB:
            return _term(value, part.space, concepts)
        case Kind.ENTITY:
            return agent.settled(value)
        case Kind.DATE:
            return _date(value)
        case Kind.DURATION:
            return _duration(value)
        case _:
            return _size(value)


def _term(term: Vocabulary, space: str, concepts: Concepts) -> Vocabulary:
    if term.value is None:
        return term
    return replace(term, uri=concepts.find(space, term.source, term.value))


def _date(date: DateTime) -> DateTime:
    return lom_values.date(date.raw if date.raw is not None else date.value, date.description)


def _duration(duration: Duration) -> Duration:
    return lom_values.duration(duration.raw if duration.raw is not None else duration.value, duration.description)


def _size(size: Size) -> Size:
    return lom_values.size(size.raw or ("" if size.bytes is None else str(size.bytes)))
