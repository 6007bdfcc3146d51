"""Presence: whether a part of a record says anything.

A record keeps what was received, empty elements included; a rule that asks for a title does not mean `<title/>`.
Blank text, a value without a token and a contribution without a name are as good as absent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas import record as r
from schemas.identifiers import is_identity


def is_present(part: Any) -> bool:
    """Whether a value, a LangString or a struct of record.md 1 says anything; any other struct counts as present."""
    known = _PRESENT.get(type(part))
    return part is not None if known is None else known(part)


def _text(text: str | None) -> bool:
    return bool(text) and not text.isspace()  # type: ignore[union-attr]


def _strings(strings: tuple[Any, ...]) -> bool:
    return any(is_present(one) for one in strings)


_PRESENT: dict[type, Callable[[Any], bool]] = {
    str: _text,
    tuple: _strings,
    r.LangString: lambda part: _text(part.value),
    r.Identifier: lambda part: bool(part.entry) and is_identity(part.entry, part.catalog),
    r.Vocabulary: lambda part: _text(part.value) or _text(part.uri),
    r.Entity: lambda part: _text(part.raw) or _text(part.fn) or _text(part.org),
    r.DateTime: lambda part: _text(part.raw) or _text(part.value) or _strings(part.description or ()),
    r.Duration: lambda part: _text(part.raw) or _text(part.value) or _strings(part.description or ()),
    r.Size: lambda part: _text(part.raw) or part.bytes is not None,
    r.Contribute: lambda part: _strings(part.entity),
    r.Taxon: lambda part: _text(part.id) or _strings(part.entry or ()),
    r.TaxonPath: lambda part: _strings(part.taxon),
    r.Classification: lambda part: _strings(part.taxon_path) or _strings(part.keyword),
    r.File: lambda part: _text(part.url),
    r.Resource: lambda part: _strings(part.identifier) or _strings(part.description),
    r.Relation: lambda part: part.resource is not None and is_present(part.resource),
}
