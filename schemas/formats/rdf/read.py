"""Reading RDF of strangers: Turtle, N-Triples, N-Quads, RDF/XML and JSON-LD into records, by rdflib.

Hostile until proven tame (reliability.md, RDF): bytes are capped, a DOCTYPE is refused by the one XML reader before
rdflib sees it, and a JSON-LD context by address is replaced by a frozen one or refused, so that nothing is ever
fetched. A resource's triples are brought into the shape of schema.org, which schemas.formats.amb.amb reads; DCTERMS
serve where schema.org says nothing. It must not open a socket or a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, Literal

import msgspec

from schemas.errors import Problem, Unreadable
from schemas.formats.amb.linked import Node, decode, types
from schemas.formats.amb.read import read_resource
from schemas.formats.format import Delivery, Reading
from schemas.formats.rdf.nodes import DC11, DCT, RDF, SCHEMA
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml import reader as xml

Syntax = Literal["turtle", "nquads", "xml", "json-ld"]

_NO_BASE: Final = "https://rdf.invalid/"  # what relative IRIs stand under: such a name is no identity
MOST_BYTES: Final = 2_000_000
MOST_DEEP: Final = 3
_SCHEMA_HTTP: Final = "http://schema.org/"
_DUBLIN: Final = {
    "title": "name", "description": "description", "subject": "about", "creator": "creator", "publisher": "publisher",
    "contributor": "contributor", "license": "license", "language": "inLanguage", "type": "learningResourceType",
    "educationLevel": "educationalLevel", "audience": "audience", "isPartOf": "isPartOf", "hasPart": "hasPart",
    "source": "isBasedOn", "created": "dateCreated", "issued": "datePublished", "modified": "dateModified",
    "identifier": "identifier", "format": "encodingFormat",
}  # fmt: skip
_FROZEN: Final[dict[str, Any]] = {
    "https://schema.org": {"@vocab": SCHEMA},
    "http://schema.org": {"@vocab": SCHEMA},
    "https://w3id.org/kim/amb/context.jsonld": {"@vocab": SCHEMA, "id": "@id", "type": "@type"},
}
_QUAD: Final = re.compile(rb"^\s*(?:<[^>]*>|_:\S+)\s+<[^>]*>\s+.*(?:<[^>]*>|_:\S+)\s+<[^>]*>\s*\.\s*$", re.MULTILINE)


def read(source: bytes, vocabularies: Vocabularies) -> Reading:
    """The first learning resource of a document; raises Unreadable where there is none."""
    for delivery in deliveries(source, vocabularies):
        if delivery.reading is not None:
            return delivery.reading
    raise Unreadable("no_records", "The RDF describes no learning resource.")


def deliveries(source: bytes, vocabularies: Vocabularies, syntax: Syntax | None = None) -> Iterator[Delivery]:
    """Every learning resource of a document, named by its IRI; raises Unreadable for what is no RDF."""
    for place, (iri, node) in enumerate(resources(parse(source, syntax or syntax_of(source))), 1):
        try:
            reading = read_resource(node, vocabularies)
        except Unreadable as error:
            problem = Problem("", error.code, error.message)
            yield Delivery(place=f"record {place}", format="rdf", problems=(problem,), identifier=iri)
            continue
        yield Delivery(place=f"record {place}", format="rdf", reading=reading, identifier=iri, source_bytes=source)


def syntax_of(source: bytes) -> Syntax:
    """The syntax that the bytes are in, as their beginning tells; N-Triples are Turtle."""
    head = source[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] in (b"{", b"["):
        return "json-ld"
    if head[:5] == b"<?xml" or b"<rdf:RDF" in head or head[:4] == b"<!--" or head[:9].upper() == b"<!DOCTYPE":
        return "xml"
    return "nquads" if _QUAD.search(source[:65536]) else "turtle"


def parse(source: bytes, syntax: Syntax, base: str = _NO_BASE, most_bytes: int = MOST_BYTES) -> Any:
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


def resources(graph: Any) -> Iterator[tuple[str, Node]]:
    """(IRI, node in the shape of schema.org) of each learning resource of an rdflib graph, in order of IRI."""
    from rdflib import URIRef  # noqa: PLC0415

    told: dict[str, set[str]] = {}
    for subject, _, kind in graph.triples((None, URIRef(RDF + "type"), None)):
        if isinstance(subject, URIRef):
            told.setdefault(str(subject), set()).add(str(kind))
    learning = sorted(
        iri for iri, kinds in told.items() if kinds & {f"{s}LearningResource" for s in (SCHEMA, _SCHEMA_HTTP)}
    )
    chosen = learning or sorted(iri for iri, kinds in told.items() if kinds & _kinds())
    for iri in chosen:
        yield iri, _Shape(graph).node(URIRef(iri))


@cache
def _kinds() -> frozenset[str]:
    return frozenset(f"{space}{kind}" for kind in types() for space in (SCHEMA, _SCHEMA_HTTP))


class _Shape:
    """One resource as a plain node; what its values point at is put inside it, a few levels deep."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def node(self, subject: Any) -> Node:
        found: Node = {"@context": "https://schema.org/", **self._inside(subject, 0)}
        found.setdefault("type", ["LearningResource"])
        return found

    def _inside(self, subject: Any, depth: int) -> Node:
        from rdflib import URIRef  # noqa: PLC0415

        said: dict[str, list[Any]] = {}
        dublin: dict[str, list[Any]] = {}
        for predicate, value in sorted(self.graph.predicate_objects(subject)):
            name = str(predicate)
            local = next((name.removeprefix(s) for s in (SCHEMA, _SCHEMA_HTTP) if name.startswith(s)), None)
            if name == RDF + "type":
                kind = str(value)
                short = kind.removeprefix(SCHEMA).removeprefix(_SCHEMA_HTTP)
                said.setdefault("type", []).extend([short] if short != kind else [])
            elif local is not None:
                said.setdefault(local, []).append(self._value(local, value, depth))
            else:
                local = next((_DUBLIN.get(name.removeprefix(s)) for s in (DCT, DC11) if name.startswith(s)), None)
                if local is not None:
                    dublin.setdefault(local, []).append(self._value(local, value, depth))
        merged = dublin | said
        named = isinstance(subject, URIRef) and not str(subject).startswith(_NO_BASE)
        found: Node = {"id": str(subject)} if named else {}
        for key, values in merged.items():
            if values:
                found[key] = values[0] if len(values) == 1 and key != "type" else values
        return found

    def _value(self, key: str, value: Any, depth: int) -> Any:
        from rdflib import Literal as Text  # noqa: PLC0415

        if isinstance(value, Text):
            if value.language:
                return {"@value": str(value), "@language": value.language}
            return value.value if isinstance(value.value, bool) else str(value)
        if key in _ADDRESSES:
            return str(value)
        if depth < MOST_DEEP and any(True for _ in self.graph.predicate_objects(value)):
            return self._inside(value, depth + 1)
        return {"id": str(value)}


_ADDRESSES: Final = frozenset(("url", "image", "contentUrl", "embedUrl", "thumbnailUrl", "sameAs"))
