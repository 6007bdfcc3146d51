"""A record without its derived parts: what is compared when somebody asks whether a record changed.

Derived parts (`uri`, `fn`, `value`, `bytes`, ...) are computed by a reader and change with it; what stood in the
source does not (record.md, 1). The bare types are made from schemas.record once, so that a new field there is a new
field here; msgspec then drops the derived parts while it decodes, so that a comparison costs microseconds.
"""

from __future__ import annotations

import types
import typing
from typing import Any, Final

import msgspec

from schemas.record import DateTime, Duration, Entity, LangString, Record, Size, Vocabulary, to_json

DERIVED: Final[dict[type, frozenset[str]]] = {
    Vocabulary: frozenset({"uri"}),
    Entity: frozenset({"fn", "n", "org", "email", "orcid", "ror", "kind"}),
    DateTime: frozenset({"value", "precision"}),
    Duration: frozenset({"value"}),
    Size: frozenset({"bytes"}),
}


def _bare(kind: Any, made: dict[type, type]) -> Any:
    """The bare form of a type annotation: structs without derived fields, everything else as it is."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return made.get(kind) or _bare_struct(kind, made)
    arguments = typing.get_args(kind)
    if not arguments:
        return kind
    bare = tuple(_bare(argument, made) for argument in arguments)
    origin = typing.get_origin(kind)
    return typing.Union[bare] if origin in (types.UnionType, typing.Union) else origin[bare]  # noqa: UP007


def _bare_struct(kind: type[msgspec.Struct], made: dict[type, type]) -> type:
    hints = typing.get_type_hints(kind)
    fields: list[Any] = []
    for field in msgspec.structs.fields(kind):
        if field.name not in DERIVED.get(kind, ()):
            bare = _bare(hints[field.name], made)
            fields.append((field.name, bare) if field.required else (field.name, bare, field.default))
    plain = kind is LangString
    made[kind] = msgspec.defstruct(
        f"Bare{kind.__name__}",
        fields,
        frozen=True,
        gc=False,
        omit_defaults=not plain,
        rename=None if plain else "camel",
    )
    return made[kind]


_types: Final[dict[type, type]] = {}
_decoder: Final = msgspec.json.Decoder(_bare(Record, _types))
_encoder: Final = msgspec.json.Encoder()


def bared(value: Any, kind: Any) -> Any:
    """The value of a field of a record, without derived parts, to compare by `==`; `kind` is the type of the field."""
    return msgspec.convert(value, _bare(kind, _types), from_attributes=True)


def core(tree: bytes) -> bytes:
    """A tree (canonical JSON) without derived parts: the same for two trees that differ only in those."""
    return _encoder.encode(_decoder.decode(tree))


def same(left: Record, right: Record) -> bool:
    """Whether two records are equal but for derived parts."""
    return left == right or core(to_json(left)) == core(to_json(right))
