"""N-Quads of others taken apart by graph, so that no more than one graph at a time is in memory as RDF.

Lines are told apart, not interpreted: what a graph says is for the library to read (RDF 1.1 N-Quads, 2). Blank nodes
are those of the whole document, so one whose blank nodes stand in several graphs cannot be taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from schemas.errors import Unreadable
from schemas.formats.rdf import read as rdf_read

DEFAULT: Final = ""
LONGEST_BYTES: Final = 500_000  # of a line: the library takes a second for that, and four times as long for twice that
_BLANK: Final = re.compile(rb'_:[^\s<>"]+')
# Nothing in it is tried twice (++, *+, ?+): a line is no longer looked at than it is long.
LINE: Final = re.compile(
    rb'((<[^>\\]*+>|_:[^\s<>"]++)\s++<[^>\\]*+>\s++'
    rb'(?:<[^>\\]*+>|_:[^\s<>".]++(?:\.++[^\s<>".]++)*+|"(?:[^"\\]++|\\.)*+"(?:@[A-Za-z0-9-]++|\^\^<[^>\\]*+>)?+))'
    rb"\s*+(?:<([^>\\]*+)>\s*+)?+\."
)


class Quads:
    """The triples of each graph, by its IRI (DEFAULT: the default graph)."""

    def __init__(self) -> None:
        self._lines: dict[str, list[bytes]] = {DEFAULT: []}
        self._subjects: dict[bytes, str] = {}  # of named graphs, with their brackets
        self._homes: dict[bytes, str] = {}  # of blank nodes

    def __contains__(self, name: str) -> bool:
        return name in self._lines

    @property
    def names(self) -> Collection[str]:
        """The named graphs."""
        return self._lines.keys() - {DEFAULT}

    def describes(self, iri: str) -> bool:
        """Whether a named graph says something of a resource."""
        return b"<%b>" % iri.encode() in self._subjects

    def mentions(self, *texts: bytes) -> bool:
        """Whether one of these stands anywhere in a named graph."""
        return any(text in line for name in self.names for line in self._lines[name] for text in texts)

    def source(self, name: str) -> bytes:
        """A graph as N-Triples, its lines in the order they came in."""
        return b"".join([b"%b .\n" % line for line in self._lines.get(name, ())])

    def graph(self, name: str) -> Any:
        """An rdflib graph; raises Unreadable."""
        for line in self._lines.get(name, ()):
            bounded(line)
        return rdf_read.triples(self.source(name))

    def take(self, line: bytes) -> bool:
        """Put a line where it belongs; False for one that stands in the way of taking the document apart."""
        found = LINE.fullmatch(line)
        if found is None:
            return False
        triple, subject, named = found.groups()
        try:
            name = (named or b"").decode()
        except UnicodeDecodeError:
            return False
        if any(self._homes.setdefault(label, name) != name for label in _BLANK.findall(triple)):
            return False
        self._lines.setdefault(name, []).append(triple)
        if name:
            self._subjects[subject] = name
        return True


def apart(source: bytes) -> Quads | None:
    """A document taken apart; None for one that has to be read as a whole, be it because it is none."""
    found = Quads()
    for line in source.removeprefix(b"\xef\xbb\xbf").splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith(b"#") and not found.take(stripped):
            return None
    return found


def bounded(source: bytes) -> None:
    """Raise Unreadable(too_large) for a document of which a line is longer than LONGEST_BYTES."""
    if len(source) > LONGEST_BYTES and any(len(line) > LONGEST_BYTES for line in source.splitlines()):
        raise Unreadable("too_large", f"A statement is larger than {LONGEST_BYTES} bytes.")
