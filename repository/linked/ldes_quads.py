"""The event stream's bytes: members and pages as N-Quads (LDES and TREE, as in feeds.md).

Pure. A member is an ActivityStreams activity with exactly three triples in the default graph; the record's graph
stands in the graph of the activity's name. Pages: a root, pages of leaves, leaves of members (site.PageSizes). What is
full is sealed: its address carries the digest of what it holds, its bytes never change. Bounds are those of
as:published: from the first member's datestamp, to before the second after the last one's, since a datestamp may span
two leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from repository.linked import graphs
from repository.published import datestamp_of
from schemas.datestamp import utc_datestamp

LEAF, INDEX = 0, 1
HEAD_LINES: Final = 3  # of a sealed page, before what it holds

AS: Final = "https://www.w3.org/ns/activitystreams#"
LDES: Final = "https://w3id.org/ldes#"
TREE: Final = "https://w3id.org/tree#"
_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_KINDS: Final = {"create": "Create", "update": "Update", "delete": "Delete"}


class Member(NamedTuple):
    """One change: `graph` is the record's N-Triples, the address left open; None for a delete."""

    position: int
    uuid: str
    kind: str
    graph: bytes | None


class Sealed(NamedTuple):
    """A sealed page without its bytes; `first` and `last` are positions of members."""

    level: int
    n: int
    digest: str
    first: int
    last: int

    @property
    def name(self) -> str:
        return f"{page_name(self.level, self.n)}-{self.digest}"


class Addresses(NamedTuple):
    """The IRIs of the stream of one site."""

    base: str

    @property
    def root(self) -> str:
        return f"{self.base}/ldes"

    @property
    def stream(self) -> str:
        return f"{self.base}/ldes#stream"

    def page(self, name: str) -> str:
        return f"{self.base}/ldes/{name}"

    def activity(self, position: int) -> str:
        return f"{self.base}/id/activity/{position}"

    def record(self, uuid: str) -> str:
        return f"{self.base}/id/resource/{uuid}"


def page_name(level: int, n: int) -> str:
    """The name of a page that is still open: `12`, or `i3` for one of leaves."""
    return f"i{n}" if level == INDEX else str(n)


def members(found: Iterable[Member], at: Addresses) -> Iterator[bytes]:
    """Each member of a page in its order: the link from the stream, the activity, and its graph.

    Piece by piece: a page is some megabytes, and what is copied whole costs as much as what is done to it.
    """
    before, when = -1, ""
    for each in found:
        activity = at.activity(each.position)
        if datestamp_of(each.position) != before:
            before = datestamp_of(each.position)
            when = utc_datestamp(before)
        yield (
            f"<{at.stream}> <{TREE}member> <{activity}> .\n"
            f"<{activity}> {_TYPE} <{AS}{_KINDS[each.kind]}> .\n"
            f"<{activity}> <{AS}object> <{at.record(each.uuid)}> .\n"
            f'<{activity}> <{AS}published> "{when}"^^<{_XSD}dateTime> .\n'.encode()
        )
        if each.graph is not None:
            yield graphs.named(graphs.based(each.graph, at.base), activity)


def digest_of(content: Iterable[bytes]) -> str:
    """The digest in the address of a sealed page: eight hexadecimal digits."""
    digest = hashlib.sha256()
    for part in content:
        digest.update(part)
    return digest.hexdigest()[:8]


def page(name: str, at: Addresses, *, sealed: bool) -> bytes:
    """The head of a page of members or of leaves: its first HEAD_LINES lines when it is sealed."""
    lines = [
        f"<{at.stream}> <{TREE}view> <{at.root}> .\n",
        f"<{at.page(name)}> {_TYPE} <{TREE}Node> .\n",
    ]
    if sealed:
        lines.append(f'<{at.page(name)}> <{LDES}immutable> "true"^^<{_XSD}boolean> .\n')
    return "".join(lines).encode()


def relations(parent: str, children: Sequence[Sealed], at: Addresses, *, open_: tuple[str, int] | None = None) -> bytes:
    """The relations of a page to its children: two per sealed page, one to the open one (name, first position)."""
    source = at.page(parent) if parent else at.root
    lines = [_bounds(source, at.page(child.name), child.first, child.last) for child in children]
    if open_ is not None:
        lines.append(_relation(source, at.page(open_[0]), "GreaterThanOrEqualTo", datestamp_of(open_[1])))
    return "".join(lines).encode()


@lru_cache(maxsize=10_000)
def _bounds(source: str, target: str, first: int, last: int) -> str:
    """The two relations to a sealed page, which every poll of the root asks for again."""
    return _relation(source, target, "GreaterThanOrEqualTo", datestamp_of(first)) + _relation(
        source, target, "LessThan", datestamp_of(last) + 1
    )


def root(content: bytes, at: Addresses, first_w: int) -> bytes:
    """The root: what the stream is, how it is ordered, what of it is kept (all of it), and its relations."""
    lines = [
        f"<{at.stream}> {_TYPE} <{LDES}EventStream> .\n",
        f"<{at.stream}> <{LDES}timestampPath> <{AS}published> .\n",
        f"<{at.stream}> <{LDES}versionOfPath> <{AS}object> .\n",
        *(
            f"<{at.stream}> <{LDES}version{kind}Object> <{AS}{kind}> .\n"
            for kind in _KINDS.values()
        ),
        f'<{at.stream}> <{LDES}pollingInterval> "2"^^<{_XSD}integer> .\n',
        f"<{at.stream}> <{TREE}view> <{at.root}> .\n",
        f"<{at.root}> {_TYPE} <{TREE}Node> .\n",
        f"<{at.root}> {_TYPE} <{LDES}EventSource> .\n",
        f"<{at.root}> <{LDES}retentionPolicy> <{at.root}#retention> .\n",
        f"<{at.root}#retention> {_TYPE} <{LDES}RetentionPolicy> .\n",
        f'<{at.root}#retention> <{LDES}startingFrom> "{utc_datestamp(first_w)}"^^<{_XSD}dateTime> .\n',
    ]  # fmt: skip
    return "".join(lines).encode() + content


def _relation(source: str, target: str, kind: str, bound: int) -> str:
    relation = f"{source}#{kind[0]}-{target.rpartition('/')[2]}"
    return (
        f"<{source}> <{TREE}relation> <{relation}> .\n"
        f"<{relation}> {_TYPE} <{TREE}{kind}Relation> .\n"
        f"<{relation}> <{TREE}node> <{target}> .\n"
        f"<{relation}> <{TREE}path> <{AS}published> .\n"
        f'<{relation}> <{TREE}value> "{utc_datestamp(bound)}"^^<{_XSD}dateTime> .\n'
    )
