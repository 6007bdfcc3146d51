"""A page of an event stream as it came: what it says of itself and of its members, and each member's payload.

Members mostly have their payload in the graph of their own name (as ours have). Such a page, in N-Quads, is read graph
by graph when a payload is wanted: it may hold thousands of records, and as RDF they take ten times their bytes.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from harvest.answer import Answer
from harvest.ldes_page import TYPE, Page, Stream, page_of
from schemas.errors import Unreadable
from schemas.formats import rdf_quads, rdf_read
from schemas.formats.rdf_quads import Quads
from schemas.formats.rdf_read import Syntax

ACCEPT: Final = "application/n-quads, application/trig;q=0.9, text/turtle;q=0.8, application/ld+json;q=0.7"
SYNTAXES: Final[dict[str, Syntax]] = {
    "application/n-quads": "nquads",
    "application/n-triples": "turtle",
    "application/trig": "turtle",
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
}
MOST_BYTES: Final = 50_000_000
_UNTOLD: Final = frozenset(("member_without_timestamp", "member_without_version_of"))


class Payload(NamedTuple):
    """What describes the record of a member: an rdflib graph, and its own bytes where it stands apart."""

    graph: Any
    source: bytes = b""


class Document:
    """One page, read. `graph` (rdflib) has what is said of the page and of its members."""

    def __init__(self, url: str, graph: Any, quads: Quads | None = None) -> None:
        self.url = url
        self.graph = graph
        self._quads = quads

    def page(self, stream: Stream) -> Page:
        """What the walk needs of it, see ldes_page."""
        return page_of(self.graph, self.url, stream, immutable_header=False)

    def payload(self, member: str) -> Payload:
        """The payload of a member; raises Unreadable."""
        from rdflib import URIRef  # noqa: PLC0415 - only streams need it

        if self._quads is not None:
            return Payload(self._quads.graph(member), self._quads.source(member)) if member in self._quads else (
                Payload(self.graph)
            )  # fmt: skip
        named = self.graph.graph(URIRef(member))
        return Payload(named, named.serialize(format="nt").encode()) if len(named) else Payload(self.graph)


def read(answer: Answer, stream: Stream | None = None) -> Document:
    """The page of an answer; raises Unreadable.

    Read apart only where the default graph says of each member of the `stream` (None: of the stream itself) what there
    is to say: others put that into the payload too.
    """
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    syntax = SYNTAXES.get(media_type) or rdf_read.syntax_of(answer.body)
    if len(answer.body) > MOST_BYTES:
        raise Unreadable("too_large", f"The page is larger than {MOST_BYTES} bytes.")
    quads = rdf_quads.apart(answer.body) if syntax == "nquads" else None
    if quads is not None:
        found = Document(answer.url, quads.graph(rdf_quads.DEFAULT), quads)
        if stream is not None and _says_all(found, stream):
            return found
    return Document(answer.url, rdf_read.parse(answer.body, syntax, answer.url, MOST_BYTES))


def _says_all(found: Document, stream: Stream) -> bool:
    from rdflib import URIRef  # noqa: PLC0415

    page = found.page(stream)
    if not (page.members or page.relations) or any(each.code in _UNTOLD for each in page.violations):
        return False
    return all((URIRef(each.iri), URIRef(TYPE), None) in found.graph for each in page.members)
