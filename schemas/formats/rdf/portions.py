"""Large N-Triples and N-Quads read resource by resource, so that no more than one is in memory as RDF.

A dump of a repository has a hundred thousand resources and a library reads a thousand a second: lines are told apart
first (quads), each resource is read with what it points at, a few steps far. Blank nodes are names of the whole
document and stay so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from schemas.formats.rdf.quads import LINE, bounded
from schemas.formats.rdf.read import triples
from schemas.formats.rdf.shape import MOST_DEEP

_OBJECT: Final = re.compile(rb"(?:<[^>\\]*+>|_:[^\s<>\"]++)$")
_TYPE: Final = b" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
_LEARNING: Final = tuple(
    b"<%s>" % iri
    for iri in (
        b"https://schema.org/LearningResource",
        b"http://schema.org/LearningResource",
        b"http://purl.org/dcx/lrmi-terms/LearningResource",
    )
)


def portions(source: bytes) -> Iterator[Any] | None:
    """An rdflib graph for each learning resource, in their order; None for what is no such document.

    Raises Unreadable for a line that is too long to be read.
    """
    lines: dict[bytes, list[bytes]] = {}
    named: dict[bytes, None] = {}
    for raw in source.removeprefix(b"\xef\xbb\xbf").splitlines():
        line = raw.strip()
        if not line or line.startswith(b"#"):
            continue
        found = LINE.fullmatch(line)
        if found is None:
            return None
        triple, subject = found[1], found[2]
        lines.setdefault(subject, []).append(triple)
        if triple.endswith(_LEARNING) and _TYPE in triple:
            named[subject] = None
    return _graphs(lines, list(named)) if named else None


def _graphs(lines: dict[bytes, list[bytes]], subjects: list[bytes]) -> Iterator[Any]:
    chosen = set(subjects)
    for subject in subjects:
        told = dict.fromkeys([subject])
        edge = [subject]
        for _ in range(MOST_DEEP):
            pointed = (found[0] for one in edge for line in lines[one] if (found := _OBJECT.search(line)))
            edge = [one for one in dict.fromkeys(pointed) if one in lines and one not in told and one not in chosen]
            told.update(dict.fromkeys(edge))
        portion = b"".join(b"%b .\n" % line for one in told for line in lines[one])
        bounded(portion)
        yield triples(portion)
