"""Our own N-Triples and N-Quads, taken apart again without an RDF parser.

Pure. Our lines are regular: absolute IRIs, no blank node, one statement a line, texts quoted as JSON quotes them; so
one pattern reads them. The RDF of others is read by schemas.formats.rdf.read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from schemas.formats.rdf.nodes import PREFIXES, XSD, Iri, Literal, Node, Object

_LINE: Final = re.compile(
    rb'<([^>]*)> <([^>]*)> (?:<([^>]*)>|("(?:[^"\\]|\\.)*")(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?)(?: <([^>]*)>)? \.\n'
)


class Statement(NamedTuple):
    """One quad: the object is an IRI, or a text as JSON and N-Quads quote it with a language or a type."""

    subject: str
    predicate: str
    iri: str | None
    text: str | None
    lang: str | None
    datatype: str | None
    graph: str | None

    @property
    def value(self) -> str:
        """The object as text."""
        return self.iri if self.iri is not None else str(msgspec.json.decode((self.text or '""').encode()))


def statements(lines: bytes) -> Iterator[Statement]:
    """The statements of bytes that we wrote."""
    for found in _LINE.finditer(lines):
        yield Statement(*(None if part is None else part.decode() for part in found.groups()))  # type: ignore[arg-type]


def nodes(triples: bytes) -> tuple[Node, ...]:
    """The graph of stored N-Triples, in the order in which schemas.formats.rdf.write wrote them."""
    found: dict[str, list[tuple[str, Object]]] = {}
    for each in statements(triples):
        one: Object = Iri(each.iri) if each.iri is not None else Literal(each.value, each.lang, _typed(each.datatype))
        found.setdefault(each.subject, []).append((compact(each.predicate), one))
    return tuple(Node(iri, tuple(properties)) for iri, properties in found.items())


def compact(iri: str) -> str:
    """The prefixed name of a property of ours; raises KeyError for one without a prefix."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    raise KeyError(iri)


def _typed(datatype: str | None) -> str | None:
    return None if datatype is None else f"xsd:{datatype.removeprefix(XSD)}"
