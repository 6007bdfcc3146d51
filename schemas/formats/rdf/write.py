"""A graph written as N-Triples, Turtle, JSON-LD and RDF/XML, by templates: the same triples in each.

Stored are the N-Triples, a triple a line: quads are those lines with the graph's name put in (`quads`). JSON-LD has
its context inline (no reader fetches one) and `@vocab` schema.org; the context does the typing, so that name,
description, licence, language, keywords and dates stand as plain strings for readers of pages; `@` inside strings is
written as an escape, since one reader strips it (feeds.md, resource pages). rdflib proves them equal in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from schemas.formats.rdf.nodes import PREFIXES, SKOS, TYPE, Iri, Literal, Node, Object, expanded
from schemas.formats.rdf.terms import quoted
from schemas.xml import reader as xml

_LOCAL: Final = re.compile(r"[A-Za-z_][\w-]*")
_END: Final = b" .\n"


def ntriples(nodes: Sequence[Node]) -> bytes:
    """N-Triples (RDF 1.1 N-Triples, 2), UTF-8, one triple a line, in the graph's order."""
    lines: list[str] = []
    for each in nodes:
        subject, last, term = f"<{each.iri}>", None, ""
        for name, found in each.properties:
            if found is not last:  # What stands under two properties is one object.
                last, term = found, _term(found)
            lines.append(f"{subject} <{expanded(name)}> {term} .\n")
    return "".join(lines).encode()


def quads(triples: bytes, graph: str) -> bytes:
    """N-Quads: stored N-Triples in the graph of this name."""
    return triples.replace(_END, f" <{graph}> .\n".encode())


def turtle(nodes: Sequence[Node]) -> bytes:
    """Turtle (RDF 1.1 Turtle), prefixes first, a block per node."""
    parts = [f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items()]
    for each in nodes:
        parts.append(f"\n<{each.iri}>")
        grouped = _grouped(each)
        for number, (name, objects) in enumerate(grouped.items()):
            said = ", ".join(map(_short, objects))
            parts.append(f"{' ;' if number else ''}\n    {'a' if name == TYPE else name} {said}")
        parts.append(" .\n")
    return "".join(parts).encode()


def rdf_xml(nodes: Sequence[Node]) -> bytes:
    """RDF/XML (RDF 1.1 XML Syntax), one Description per node."""
    spaces = "".join(f' xmlns:{prefix}="{namespace}"' for prefix, namespace in PREFIXES.items())
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF', spaces, ">\n"]
    for each in nodes:
        parts.append(f'<rdf:Description rdf:about="{xml.escape_attribute(each.iri)}">\n')
        parts += [_element(name, found) for name, found in each.properties]
        parts.append("</rdf:Description>\n")
    parts.append("</rdf:RDF>\n")
    return xml.encode("".join(parts))


def json_ld(nodes: Sequence[Node], *, page: bool = False) -> bytes:
    """JSON-LD 1.1, the resource first and its makers and files inside it; `page`: fit for a script element."""
    return _json(_Framed(nodes).document(), page=page)


def _term(found: Object) -> str:
    if isinstance(found, Iri):
        return f"<{found.value}>"
    said = quoted(found.value)
    if found.lang is not None:
        return f"{said}@{found.lang}"
    return said if found.datatype is None else f"{said}^^<{expanded(found.datatype)}>"


def _short(found: Object) -> str:
    """A term of Turtle: a prefixed name where the IRI allows it."""
    if isinstance(found, Iri):
        for prefix, namespace in PREFIXES.items():
            if found.value.startswith(namespace) and _LOCAL.fullmatch(found.value[len(namespace) :]):
                return f"{prefix}:{found.value[len(namespace) :]}"
        return f"<{found.value}>"
    if found.datatype is not None:
        return f"{quoted(found.value)}^^{found.datatype}"
    return _term(found)


def _element(name: str, found: Object) -> str:
    if isinstance(found, Iri):
        return f'  <{name} rdf:resource="{xml.escape_attribute(found.value)}"/>\n'
    attribute = ""
    if found.lang is not None:
        attribute = f' xml:lang="{xml.escape_attribute(found.lang)}"'
    elif found.datatype is not None:
        attribute = f' rdf:datatype="{expanded(found.datatype)}"'
    return f"  <{name}{attribute}>{xml.escape(found.value)}</{name}>\n"


def _grouped(each: Node) -> dict[str, list[Object]]:
    found: dict[str, list[Object]] = {}
    for name, one in each.properties:
        found.setdefault(name, []).append(one)
    return found


_WORDS: Final = ("name", "description", "keywords", "educationalUse")
_LINKS: Final = ("license", "image", "url", "mainEntityOfPage", "isPartOf", "hasPart", "isBasedOn", "contentUrl",
                 "embedUrl", "conditionsOfAccess", "about", "usageInfo")  # fmt: skip
_DATES: Final = ("dateCreated", "datePublished", "dateModified")
_ARRAYS: Final = frozenset(
    ("creator", "contributor", "publisher", "keywords", "encoding", "learningResourceType", "about")
)
_SINGLE: Final = frozenset(("name", "description"))
_MAKERS: Final = frozenset((f"{PREFIXES['schema']}Person", f"{PREFIXES['schema']}Organization"))
_CONCEPT: Final = f"{SKOS}Concept"


class _Framed:
    """The tree of a graph. A value that the context's type of its key does not fit stands under the prefixed key."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.resource = nodes[0]
        self.others = {each.iri: each for each in nodes[1:]}
        self.given: set[str] = {self.resource.iri}
        self.open: set[str] = set()
        self.languages = {key: self._language(key) for key in _WORDS}
        self.dates = {key: self._date_type(key) for key in _DATES}

    def document(self) -> dict[str, Any]:
        return {"@context": self._context(), **self._node(self.resource)}

    def _language(self, key: str) -> str | None:
        """The language of the first string of a property, which then stands plain."""
        found = next((one for name, one in self.resource.properties if name == f"schema:{key}"), None)
        return found.lang if isinstance(found, Literal) else None

    def _date_type(self, key: str) -> str:
        found = dict(self.resource.properties).get(f"schema:{key}")
        return (found.datatype if isinstance(found, Literal) else None) or "xsd:date"

    def _context(self) -> dict[str, Any]:
        context: dict[str, Any] = {"@vocab": PREFIXES["schema"], **PREFIXES, "Concept": _CONCEPT}
        for key in _WORDS:
            context[key] = {"@id": f"schema:{key}", "@language": self.languages[key]}
        context |= {key: {"@id": f"schema:{key}", "@type": "@id"} for key in _LINKS}
        context |= {key: {"@id": f"schema:{key}", "@type": kind} for key, kind in self.dates.items()}
        unnamed = {"name": {"@id": "schema:name", "@language": None}}
        for key in ("creator", "contributor", "publisher", "affiliation"):
            context[key] = {"@id": f"schema:{key}", "@context": unnamed}
        return context

    def _node(self, each: Node) -> dict[str, Any]:
        found: dict[str, Any] = {"@id": each.iri}
        kinds = [one.value for name, one in each.properties if name == TYPE]
        types = ["Concept" if kind == _CONCEPT else kind.removeprefix(PREFIXES["schema"]) for kind in kinds]
        named = each is not self.resource
        if types:
            found["@type"] = types[0] if len(types) == 1 or named else types
        if named and len(types) > 1:
            found[TYPE] = [{"@id": kind} for kind in kinds[1:]]
        for name, objects in _grouped(each).items():
            if name != TYPE:
                self._property(found, name, objects, named=named)
        return found

    def _property(self, found: dict[str, Any], name: str, objects: Iterable[Object], *, named: bool) -> None:
        prefix, _, local = name.partition(":")
        plain: list[Any] = []
        other: list[Any] = []
        for one in objects:
            value = self._plain(local, one, named=named) if prefix == "schema" else None
            if value is not None and not (plain and local in _SINGLE):
                plain.append(value)
            else:
                other.append(self._object(one))
        if plain:
            found[local] = plain if local in _ARRAYS or len(plain) > 1 else plain[0]
        if other:
            found[name] = other if len(other) > 1 else other[0]

    def _plain(self, key: str, one: Object, *, named: bool) -> Any:
        """The value as the context types it; None where it would be read as something else."""
        if isinstance(one, Iri):
            return one.value if key in _LINKS else self._nested(one.value)
        if one.datatype == "xsd:boolean":
            return one.value == "true"
        if key in self.dates:
            return one.value if one.datatype == self.dates[key] else None
        expected = None if named and key == "name" else self.languages.get(key)
        return one.value if one.datatype is None and one.lang == expected else None

    def _object(self, one: Object) -> Any:
        if isinstance(one, Iri):
            return {"@id": one.value}
        if one.lang is not None:
            return {"@value": one.value, "@language": one.lang}
        return one.value if one.datatype is None else {"@value": one.value, "@type": one.datatype}

    def _nested(self, iri: str) -> Any:
        """A node where it is named first, later its IRI alone; makers in each role, since readers look nothing up."""
        each = self.others.get(iri)
        if each is None or (iri in self.given and not self._is_maker(each)) or iri in self.open:
            return {"@id": iri}
        self.given.add(iri)
        self.open.add(iri)
        found = self._node(each)
        self.open.discard(iri)
        return found

    def _is_maker(self, each: Node) -> bool:
        return any(name == TYPE and one.value in _MAKERS for name, one in each.properties)


def _json(document: dict[str, Any], *, page: bool) -> bytes:
    data = msgspec.json.encode(document)
    if not page:
        return data
    # Inside a script element nothing may end it; `@` in values is stripped by one reader of pages, so it is escaped
    # there: keys are known, so whatever @ follows is within a value.
    for raw, escape in ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026")):
        data = data.replace(raw, escape)
    return _AT.sub(b"\\\\u0040", data)


_AT: Final = re.compile(rb'(?<!")@|(?<=")@(?!(?:context|id|type|value|language|vocab)")')
