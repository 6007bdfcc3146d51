"""Reading RDF of strangers: Turtle, N-Triples, N-Quads, RDF/XML and JSON-LD into records, by rdflib.

Hostile until proven tame (reliability.md, RDF): bytes are capped, a DOCTYPE is refused by the one XML reader before
rdflib sees it, and a JSON-LD context by address is replaced by a frozen one or refused, so that nothing is ever
fetched. A resource's triples are brought into the shape of schema.org (shape), which schemas.formats.amb.amb reads.
It must not open a socket or a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from schemas.errors import Problem, Unreadable
from schemas.formats.amb.linked import Node, decode
from schemas.formats.amb.read import read_resource
from schemas.formats.format import Delivery, Reading
from schemas.formats.rdf import shape
from schemas.formats.rdf.nodes import SCHEMA
from schemas.formats.rdf.shape import NO_BASE
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml import reader as xml

Syntax = Literal["turtle", "nquads", "xml", "json-ld"]

MOST_BYTES: Final = 2_000_000
_FROZEN: Final[dict[str, Any]] = {
    "https://schema.org": {"@vocab": SCHEMA},
    "http://schema.org": {"@vocab": SCHEMA},
    "https://w3id.org/kim/amb/context.jsonld": {"@vocab": SCHEMA, "id": "@id", "type": "@type"},
}
_COMMENT: Final = re.compile(rb"\s+|#[^\n]*(?:\n|\Z)")
_TURTLE: Final = re.compile(
    rb"@(?:prefix|base)\s|(?:PREFIX\s+[\w.-]*:|BASE)\s*<|(?:GRAPH\s*)?(?:<[^<>\s]*>|_:\S+|\[\s*\])\s*(?:"
    rb"<[^<>\s]*://[^<>\s]*>|a\s+[<\w]|\{\s*[<_\[@])",
    re.IGNORECASE,
)
_QUAD: Final = re.compile(
    rb'^\s*+(?:<[^>\n]*+>|_:\S++)\s++<[^>\n]*+>\s++(?:<[^>\n]*+>|_:\S++|"(?:[^"\\\n]++|\\.)*+"(?:@[\w-]++|\^\^<[^>\n]*+>)?+)'
    rb"\s++(?:<[^>\n]*+>|_:\S++)\s*+\.\s*+$",
    re.MULTILINE,
)


def read(source: bytes, vocabularies: Vocabularies) -> Reading:
    """The first learning resource of a document; raises Unreadable where there is none."""
    for delivery in deliveries(source, vocabularies):
        if delivery.reading is not None:
            return delivery.reading
    raise Unreadable("no_records", "The RDF describes no learning resource.")


def deliveries(
    source: bytes, vocabularies: Vocabularies, syntax: Syntax | None = None, most_bytes: int = MOST_BYTES
) -> Iterator[Delivery]:
    """Every learning resource of a document, named by its IRI; raises Unreadable for what is no RDF, or has none."""
    graph = parse(source, syntax or syntax_of(source), most_bytes=most_bytes)
    found = list(resources(graph, blank=True))
    if not found:
        raise Unreadable("no_records", "The RDF describes no learning resource.")
    for place, (iri, node) in enumerate(found, 1):
        whole = len(found) == 1
        delivery = delivered(iri, node, vocabularies, source if whole else msgspec.json.encode(node))
        yield replace(delivery, place="file" if whole else f"record {place}")


def delivered(iri: str, node: Node, vocabularies: Vocabularies, source: bytes) -> Delivery:
    """The delivery of one resource of a graph; a blank node names nothing outside of it."""
    name = iri if ":" in iri and not iri.startswith(NO_BASE) else None
    try:
        reading = read_resource(node, vocabularies)
    except Unreadable as error:
        problem = Problem("", error.code, error.message)
        return Delivery(place="file", format="rdf", problems=(problem,), identifier=name, source_bytes=source)
    return Delivery(place="file", format="rdf", reading=reading, identifier=name, source_bytes=source)


def resources(graph: Any, *, blank: bool = False) -> Iterator[tuple[str, Node]]:
    """(IRI, node in the shape of schema.org) of each learning resource of an rdflib graph, in order of IRI."""
    from rdflib import BNode, Literal, URIRef  # noqa: PLC0415 - see parse

    return shape.resources(graph, shape.Kinds(URIRef, BNode, Literal), blank=blank)


def is_turtle(source: bytes) -> bool:
    """Whether the bytes begin as Turtle, TriG, N-Triples or N-Quads do."""
    head = source[:65536].removeprefix(b"\xef\xbb\xbf")
    position = 0
    while skipped := _COMMENT.match(head, position):
        position = skipped.end()
    return _TURTLE.match(head, position) is not None


def is_linked(value: Any) -> bool:
    """Whether decoded JSON is JSON-LD: an object with its keys, or a list of nodes spelt out in full."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) and is_expanded(one) for one in value)
    return isinstance(value, dict) and ("@context" in value or "@graph" in value or is_expanded(value))


def is_expanded(node: Node) -> bool:
    """Whether every key of a node is an IRI or a keyword (JSON-LD 1.1, expanded document form)."""
    return ("@id" in node or "@type" in node) and all(key[:1] == "@" or "://" in key for key in node)


def syntax_of(source: bytes) -> Syntax:
    """The syntax that the bytes are in, as their beginning tells; N-Triples are Turtle."""
    head = source[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] in (b"{", b"["):
        return "json-ld"
    if head[:5] == b"<?xml" or b"<rdf:RDF" in head or head[:4] == b"<!--" or head[:9].upper() == b"<!DOCTYPE":
        return "xml"
    return "nquads" if _QUAD.search(source[:65536]) else "turtle"


def parse(source: bytes, syntax: Syntax, base: str = NO_BASE, most_bytes: int = MOST_BYTES) -> Any:
    """An rdflib Dataset of the document (its default graph is the union); raises Unreadable for what is no RDF."""
    from rdflib import Dataset  # noqa: PLC0415 - 0.4 s, and most processes never read RDF

    if len(source) > most_bytes:
        raise Unreadable("too_large", f"The RDF is larger than {most_bytes} bytes.")
    if syntax == "xml":
        xml.parse(source, limits=xml.CONTAINER)
    text = _frozen(source) if syntax == "json-ld" else _utf8(source)
    return _filled(Dataset(default_union=True), text, {"turtle": "trig"}.get(syntax, syntax), base)


def triples(source: bytes) -> Any:
    """An rdflib graph of N-Triples; raises Unreadable for what is none."""
    from rdflib import Graph  # noqa: PLC0415 - see parse

    return _filled(Graph(), _utf8(source), "nt", None)


def _filled(found: Any, text: str, syntax: str, base: str | None) -> Any:
    try:
        found.parse(data=text, format=syntax, publicID=base)
    except Exception as error:  # rdflib's parsers raise whatever they meet; this is their one door.
        raise Unreadable("not_rdf", f"The file is not the RDF it looks like ({_first_line(error)}).") from error
    return found


def _utf8(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise Unreadable("wrong_encoding", f"The file is not UTF-8 (line {line}).", f"line {line}") from error


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _frozen(source: bytes) -> str:
    """JSON-LD whose contexts are all inline; raises Unreadable for one that would have to be fetched."""
    document = decode(source)
    return msgspec.json.encode(_without_remote(document)).decode()


def _without_remote(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_remote(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "@import" in value:
        raise Unreadable("remote_context", "The JSON-LD imports a context; contexts are not fetched.")
    return {key: _context(one) if key == "@context" else _without_remote(one) for key, one in value.items()}


def _context(value: Any) -> Any:
    if isinstance(value, list):
        return [_context(one) for one in value]
    if isinstance(value, str):
        frozen = _FROZEN.get(value.removesuffix("/"))
        if frozen is None:
            raise Unreadable(
                "remote_context", f"The JSON-LD has its context at {value[:200]}; contexts are not fetched."
            )
        return frozen
    if isinstance(value, dict):
        return {key: _scoped(one) for key, one in _without_remote(value).items()}
    return value


def _scoped(definition: Any) -> Any:
    if isinstance(definition, dict) and "@context" in definition:
        return {**definition, "@context": _context(definition["@context"])}
    return definition
