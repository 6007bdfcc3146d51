"""Terms of N-Triples as text (RDF 1.1 N-Triples, 2.1 to 2.4), ready to stand in a line.

What goes into a graph passes `reference`, `literal` or `typed`; None is what says nothing. Whoever needs a graph taken
apart reads the lines with rdf_lines.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from schemas.formats.rdf_nodes import expanded, iri
from schemas.xml import gate

_ESCAPES: Final = str.maketrans({
    "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
})  # fmt: skip
_escaped: Final = re.compile('[\\\\"\n\r\t\b\f]').search


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


def literal(value: str | None, suffix: str = "") -> str | None:
    """Words, their blank ends cut and without the characters XML forbids; `suffix` is "" or "@" and a tag."""
    said = gate(value).strip() if value else ""
    return quoted(said) + suffix if said else None


def typed(value: str | None, datatype: str) -> str | None:
    """A value of a type (a prefixed name), which needs no escapes."""
    return f'"{value}"^^<{expanded(datatype)}>' if value else None
