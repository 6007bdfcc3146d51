"""Our N-Quads in two other syntaxes: TriG and JSON-LD.

Pure. The lines are those that ldes_quads and schemas.formats.rdf.rdf write; schemas.formats.rdf.lines takes them apart.
The tests check with rdflib that all three say the same.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from schemas.formats.rdf.lines import Statement, statements
from schemas.formats.rdf.nodes import RDF

NQUADS: Final = "application/n-quads"
TRIG: Final = "application/trig"
JSON_LD: Final = "application/ld+json"
_TYPE: Final = f"{RDF}type"


def trig(nquads: bytes) -> bytes:
    """TriG (RDF 1.1 TriG): a block per graph, in the order of the lines."""
    parts: list[str] = []
    graph: str | None = None
    for each in statements(nquads):
        if each.graph != graph:
            parts.append("}\n" if graph is not None else "")
            parts.append(f"<{each.graph}> {{\n" if each.graph is not None else "")
            graph = each.graph
        parts.append(f"<{each.subject}> <{each.predicate}> {_term(each)} .\n")
    if graph is not None:
        parts.append("}\n")
    return "".join(parts).encode()


def json_ld(nquads: bytes) -> bytes:
    """Expanded JSON-LD 1.1: nodes by subject, named graphs as nodes with `@graph`."""
    graphs: dict[str | None, dict[str, dict[str, Any]]] = {None: {}}
    for each in statements(nquads):
        nodes = graphs.setdefault(each.graph, {})
        node = nodes.setdefault(each.subject, {"@id": each.subject})
        if each.predicate == _TYPE:
            node.setdefault("@type", []).append(each.iri)
        else:
            node.setdefault(each.predicate, []).append(_value(each))
    default = graphs.pop(None)
    for name, nodes in graphs.items():
        default.setdefault(name or "", {"@id": name})["@graph"] = list(nodes.values())
    return msgspec.json.encode(list(default.values()))


def _term(each: Statement) -> str:
    if each.iri is not None:
        return f"<{each.iri}>"
    if each.lang is not None:
        return f"{each.text}@{each.lang}"
    return f"{each.text}^^<{each.datatype}>" if each.datatype is not None else str(each.text)


def _value(each: Statement) -> dict[str, Any]:
    if each.iri is not None:
        return {"@id": each.iri}
    said: dict[str, Any] = {"@value": each.value}
    if each.lang is not None:
        said["@language"] = each.lang
    elif each.datatype is not None:
        said["@type"] = each.datatype
    return said
