"""Copies of a repository's graphs as its followers hold them: what is compared is a record's triples, whole.

Pure. Followers write N-Triples and N-Quads in their own spelling (escapes, order, capitals of language tags), so a
graph is compared by its triples in one spelling. A copy maps the IRI of each live record to its `Said`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

AS = "https://www.w3.org/ns/activitystreams#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LITERAL = r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?'
_LINE = re.compile(rf"<([^>]*)> <([^>]*)> (?:<([^>]*)>|{_LITERAL}|(true|false))(?: <([^>]*)>)? \.")
_LONG = re.compile(r"\\U([0-9A-Fa-f]{8})")


class Said(NamedTuple):
    """What is said of a record: how many triples, and a digest of them in one spelling."""

    triples: int
    digest: str


Copy = dict[str, Said]


class Quad(NamedTuple):
    subject: str
    predicate: str
    object: str
    graph: str | None


class Activity(NamedTuple):
    """One member: `kind` without its namespace; `said` None for a Delete."""

    iri: str
    kind: str
    of: str
    said: Said | None

    @property
    def number(self) -> int:
        return int(self.iri.rpartition("/")[2])


def quads(lines: Iterable[str]) -> Iterator[Quad]:
    """Statements without blank nodes, one a line; raises ValueError for any other line."""
    for line in filter(str.strip, lines):
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ValueError(f"no statement: {line!r}")
        subject, predicate, iri, text, lang, datatype, short, graph = found.groups()
        if short is not None:  # ldes-client 0.3.0 writes a boolean of N-Quads as Turtle may.
            text, datatype = short, f"{XSD}boolean"
        yield Quad(subject, predicate, f"<{iri}>" if iri is not None else _literal(text, lang, datatype), graph)


def said(of: Iterable[Quad]) -> Said:
    lines = sorted({f"{each.subject} {each.predicate} {each.object}" for each in of})
    return Said(len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())


def copy_of(dump: Iterable[str]) -> Copy:
    """The copy that a dump is: a graph per record, named by it."""
    graphs: dict[str, list[Quad]] = {}
    for quad in quads(dump):
        graphs.setdefault(quad.graph or "", []).append(quad)
    return {name: said(of) for name, of in graphs.items()}


def activities(stream: Iterable[str]) -> list[Activity]:
    """The members that a client of the stream wrote, in the order in which it wrote their types."""
    stars: dict[str, dict[str, str]] = {}
    graphs: dict[str, list[Quad]] = {}
    for quad in quads(stream):
        if quad.graph is None:
            stars.setdefault(quad.subject, {})[quad.predicate] = quad.object[1:-1]
        else:
            graphs.setdefault(quad.graph, []).append(quad)
    return [
        Activity(iri, star[TYPE].removeprefix(AS), star[f"{AS}object"], said(graphs[iri]) if iri in graphs else None)
        for iri, star in stars.items()
        if f"{AS}object" in star and TYPE in star and f"{AS}published" in star
    ]


def materialized(stream: Iterable[str]) -> Copy:
    """What `--materialize --ordered ascending` leaves: the activity's star stands on the record; the last one holds."""
    copy: Copy = {}
    kind, graph, of = "", None, ""
    held: list[Quad] = []

    def enter() -> None:
        if of and kind == "Delete":
            copy.pop(of, None)
        elif of:
            copy[of] = said(held)

    for quad in quads(stream):
        if quad.graph is None and quad.predicate == TYPE and quad.object.startswith(f"<{AS}"):
            enter()
            kind, of, graph, held = quad.object[1:-1].removeprefix(AS), quad.subject, None, []
        elif quad.graph is not None:
            assert graph in (None, quad.graph), "two graphs in one member"
            graph = quad.graph
            held.append(quad)
    enter()
    return copy


def applied(copy: Copy, members: Iterable[Activity]) -> Copy:
    """A copy after members, in the order they are given."""
    copy = dict(copy)
    for each in members:
        if each.kind == "Delete":
            copy.pop(each.of, None)
        else:
            assert each.said is not None, f"{each.iri} has no graph"
            copy[each.of] = each.said
    return copy


def by_number(members: Iterable[Activity]) -> list[Activity]:
    """In the order of the log, for clients that write in none."""
    return sorted(members, key=lambda each: each.number)


def _literal(text: str, lang: str | None, datatype: str | None) -> str:
    value = json.dumps(json.loads('"' + _LONG.sub(lambda found: chr(int(found[1], 16)), text) + '"', strict=False))
    if lang is not None:
        return f"{value}@{lang.lower()}"
    return value if datatype in (None, f"{XSD}string") else f"{value}^^{datatype}"
