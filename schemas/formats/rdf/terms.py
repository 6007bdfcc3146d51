"""Terms of N-Triples as text (RDF 1.1 N-Triples, 2.1 to 2.4), ready to stand in a line.

What goes into a graph passes `reference`, `literal` or `typed`; None is what says nothing. Whoever needs a graph taken
apart reads the lines with rdf_lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from schemas.datestamp import read_date
from schemas.formats.rdf.nodes import expanded, iri
from schemas.language import NONE, normalise
from schemas.record import DateTime, LangStrings
from schemas.summary.markup import unmarked
from schemas.xml.reader import gate

_ESCAPES: Final = str.maketrans({
    "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
})  # fmt: skip
_escaped: Final = re.compile('[\\\\"\n\r\t\b\f]').search

_PRECISIONS: Final = (
    (re.compile(r"\d{4}"), "xsd:gYear"),
    (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])"), "xsd:gYearMonth"),
    (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"), "xsd:date"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"), "xsd:dateTime"),
)
_DURATION: Final = re.compile(
    r"P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
)


def predicates(*names: str) -> tuple[str, ...]:
    """Properties by their prefixed names, as they stand between subject and object."""
    return tuple(f" <{expanded(name)}> " for name in names)


@lru_cache(maxsize=16384)
def reference(address: str | None) -> str | None:
    """An address as an IRI; None where it is none that a graph may name."""
    known = iri(address)
    return None if known is None else f"<{known}>"


def quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES) if _escaped(text) else text}"'


def literal(value: str | None, ending: str = "") -> str | None:
    """Words, their blank ends cut and without the characters XML forbids; `ending` is "" or "@" and a tag."""
    words = gate(value).strip() if value else ""
    return quoted(words) + ending if words else None


def typed(value: str | None, datatype: str) -> str | None:
    """A value of a type (a prefixed name), which needs no escapes."""
    return f'"{value}"^^<{expanded(datatype)}>' if value else None


def said(strings: LangStrings | None) -> list[str | None]:
    return [literal(unmarked(string.value), ending_of(string.lang)) for string in strings or ()]


def all_said(groups: Iterable[LangStrings]) -> list[str | None]:
    return [literal(unmarked(string.value), ending_of(string.lang)) for strings in groups for string in strings]


@lru_cache(maxsize=2048)
def ending_of(lang: str | None) -> str:
    """How a string in this language ends: with its tag, or with nothing."""
    value = normalise(lang).value if lang else None
    return "" if value in (None, NONE) else f"@{value}"


def date(found: DateTime | None) -> str | None:
    return None if found is None else dated(found.value or read_date(found.raw or "").value)


def dated(value: str | None) -> str | None:
    """A date with the type of its precision; a local time without a zone is given as its day."""
    for pattern, datatype in _PRECISIONS if value else ():
        if pattern.fullmatch(value or ""):
            return typed(value, datatype)
    day = (value or "")[:10]
    return typed(day, "xsd:date") if _PRECISIONS[2][0].fullmatch(day) else None


def duration(value: str | None) -> str | None:
    return typed(value, "xsd:duration") if value and _DURATION.fullmatch(value) and value != "P" else None
