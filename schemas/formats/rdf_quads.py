"""N-Quads of others taken apart by graph, so that no more than one graph at a time is in memory as RDF.

Lines are told apart, not interpreted: what a graph says is for the library to read (RDF 1.1 N-Quads, 2). Blank nodes
are those of the whole document, so one whose blank nodes stand in several graphs cannot be taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from schemas.formats import rdf_read

DEFAULT: Final = ""
_BLANK: Final = re.compile(rb'_:[^\s<>"]+')
_LINE: Final = re.compile(
    rb'((?:<[^>\\]*>|_:[^\s<>"]+)\s+<[^>\\]*>\s+'
    rb'(?:<[^>\\]*>|_:[^\s<>"]+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>\\]*>)?))'
    rb"\s*(?:<([^>\\]*)>)?\s*\.\s*"
)


class Quads:
    """The triples of each graph, by its IRI (DEFAULT: the default graph)."""

    def __init__(self, lines: Mapping[str, list[bytes]]) -> None:
        self._lines = lines

    def __contains__(self, name: str) -> bool:
        return name in self._lines

    def source(self, name: str) -> bytes:
        """A graph as N-Triples, its lines in the order they came in."""
        return b"".join(b"%b .\n" % line for line in self._lines.get(name, ()))

    def graph(self, name: str) -> Any:
        """An rdflib graph; raises Unreadable."""
        return rdf_read.triples(self.source(name))


def apart(source: bytes) -> Quads | None:
    """A document taken apart; None for one that has to be read as a whole, be it because it is none."""
    lines: dict[str, list[bytes]] = {DEFAULT: []}
    homes: dict[bytes, str] = {}
    for line in source.removeprefix(b"\xef\xbb\xbf").splitlines():
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            return None
        try:
            name = (found[2] or b"").decode()
        except UnicodeDecodeError:
            return None
        if any(homes.setdefault(label, name) != name for label in _BLANK.findall(found[1])):
            return None
        lines.setdefault(name, []).append(found[1])
    return Quads(lines)
