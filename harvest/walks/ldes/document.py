"""A page of an event stream as it came: what it says of itself and of its members, and each member's payload.

Most members have their payload in the graph that bears their name (as ours do). If such a page is N-Quads, it is read
graph by graph when a payload is wanted: it may hold thousands of records, and as RDF they take ten times their bytes.
That must make no difference to what is read, so a page written in any other way is read as a whole.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from harvest.network.answer import Answer
from harvest.walks.ldes.page import LDES, TREE, Page, Stream, page_of
from schemas.errors import Unreadable
from schemas.formats.rdf import quads as rdf_quads
from schemas.formats.rdf import read as rdf_read
from schemas.formats.rdf.quads import Quads
from schemas.formats.rdf.read import Syntax

ACCEPT: Final = "application/n-quads, application/trig;q=0.9, text/turtle;q=0.8, application/ld+json;q=0.7"
SYNTAXES: Final[dict[str, Syntax]] = {
    "application/n-quads": "nquads",
    "application/n-triples": "turtle",
    "application/trig": "turtle",
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
}
MOST_BYTES: Final = 50_000_000


class Payload(NamedTuple):
    """What describes the record of a member: an rdflib graph, and its own bytes where it stands apart."""

    graph: Any
    source: bytes = b""


class Document:
    """One page, read. `graph` (rdflib) has what is said of the page and of its members."""

    def __init__(self, url: str, graph: Any, quads: Quads | None = None, body: bytes = b"") -> None:
        self.url = url
        self.graph = graph
        self._quads = quads
        self._body = body  # kept where the page is read graph by graph
        self._page: Page | None = None

    def page(self, stream: Stream) -> Page:
        """What the walk needs to know of the page, see harvest.walks.ldes.page."""
        if self._page is None:
            self._page = page_of(self.graph, self.url, stream, immutable_header=False)
        return self._page

    def payload(self, member: str) -> Payload:
        """The payload of a member; raises Unreadable."""
        from rdflib import URIRef  # noqa: PLC0415 - only streams need it

        if self._quads is not None and member in self._quads:
            return Payload(self._quads.graph(member), self._quads.source(member))
        if self._quads is not None:  # The payload stands somewhere else on the page.
            self.graph, self._quads = _whole(self._body, "nquads", self.url), None
        named = self.graph.graph(URIRef(member))
        return Payload(named, named.serialize(format="nt").encode()) if len(named) else Payload(self.graph)


def read(answer: Answer, stream: Stream | None = None) -> Document:
    """The page of an answer; raises Unreadable. Without a `stream` it is the page that describes one, read whole."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    seems = rdf_read.syntax_of(answer.body)
    syntax = SYNTAXES.get(media_type) or seems
    try:
        return _read(answer, syntax, stream)
    except Unreadable:  # Some servers call every syntax the same.
        if seems == syntax:
            raise
        return _read(answer, seems, stream)


def _read(answer: Answer, syntax: Syntax, stream: Stream | None) -> Document:
    if stream is not None and syntax == "nquads" and len(answer.body) <= MOST_BYTES:
        quads = rdf_quads.apart(answer.body)
        if quads is not None:
            found = Document(answer.url, quads.graph(rdf_quads.DEFAULT), quads, answer.body)
            if _says_all(found, quads, stream):
                return found
    return Document(answer.url, _whole(answer.body, syntax, answer.url))


def _whole(body: bytes, syntax: Syntax, url: str) -> Any:
    if syntax == "nquads":
        rdf_quads.bounded(body)
    return rdf_read.parse(body, syntax, url, MOST_BYTES)


def _says_all(found: Document, quads: Quads, stream: Stream) -> bool:
    """Whether the default graph says all about page, stream and members, so that every other graph is a payload."""
    members = {each.iri for each in found.page(stream).members}
    return (
        members.issuperset(quads.names)
        and not quads.mentions(TREE.encode(), LDES.encode())
        and not any(map(quads.describes, (*members, stream.iri, stream.root, found.url)))
    )
