"""Holding RDF against the shapes of schemas/data/shapes, by pyshacl: an engine that is not ours."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pyshacl import validate
from rdflib import Graph


@cache
def shapes(name: str) -> Graph:
    """The shapes of a file there: "record" or "stream"."""
    return Graph().parse(data=(files("schemas") / "data" / "shapes" / f"{name}.ttl").read_bytes(), format="turtle")


def complaints(graph: Graph, name: str) -> str:
    """What breaks the shapes, as pyshacl's report tells it; "" when nothing does."""
    conforms, _, report = validate(graph, shacl_graph=shapes(name), inference="none")
    return "" if conforms else str(report)
