"""RDF: the face that is stored (N-Triples), its documents in other syntaxes, and reading what others give.

`write` gives the bytes that are kept with a published record, `document` the same graph in another syntax. Reading is
done by rdflib behind the hardened reader: a DOCTYPE is refused before rdflib sees the bytes, and no context is ever
fetched (reliability.md, RDF). The crosswalk is in record.md, 2; what it does not carry is in LOSSES.
"""

from __future__ import annotations

from typing import Final

from schemas.formats.rdf.graph import write
from schemas.formats.rdf.lines import nodes
from schemas.formats.rdf.nodes import Node
from schemas.formats.rdf.read import read
from schemas.formats.rdf.write import json_ld, quads, rdf_xml, turtle

__all__ = [
    "LOSSES",
    "MEDIA_TYPES",
    "VERSION",
    "Node",
    "document",
    "json_ld",
    "nodes",
    "quads",
    "read",
    "write",
]

VERSION: Final = 2
"""The version of the writer: part of the fingerprint."""

MEDIA_TYPES: Final[dict[str, str]] = {
    "nt": "application/n-triples",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
"""The syntaxes by the ending of their documents."""

_WRITERS: Final = {"ttl": turtle, "jsonld": json_ld, "rdf": rdf_xml}

LOSSES: Final[tuple[tuple[str, str], ...]] = (
    ("general.structure", "no property"),
    ("general.aggregationLevel", "no property"),
    ("general.identifier", "the catalog"),
    ("lifeCycle.status", "no property"),
    ("lifeCycle.version", "the language"),
    ("lifeCycle.contribute", "roles beside author and publisher; dates of other roles; e-mail addresses and phones"),
    ("metaMetadata", "no property"),
    ("technical.size", "the size of a resource that is not one file"),
    ("technical.location", "locations beside the page that have no media type"),
    ("technical.requirement", "no property"),
    ("technical.installationRemarks", "no property"),
    ("technical.otherPlatformRequirements", "no property"),
    ("educational.learningResourceType", "values that are no concept"),
    ("educational.interactivityLevel", "no property"),
    ("educational.semanticDensity", "no property"),
    ("educational.intendedEndUserRole", "values that are no concept"),
    ("educational.context", "values that are no concept"),
    ("educational.typicalAgeRange", "all but the joined range"),
    ("educational.difficulty", "no property"),
    ("educational.language", "no property"),
    ("rights.cost", "all but free or not"),
    ("rights.copyrightAndOtherRestrictions", "no property"),
    ("relation", "descriptions; relations without an address"),
    ("annotation", "no property"),
    ("classification", "taxa that are no concept and name no aim; sources; taxa above the last"),
    ("files", "languages, landing pages, thumbnails beside the first"),
    ("ext", "no property"),
)
"""What the graph does not carry of a record, by field."""


def document(ending: str, triples: bytes) -> bytes:
    """Stored N-Triples in the syntax of an ending of MEDIA_TYPES; raises KeyError for another one."""
    return triples if ending == "nt" else _WRITERS[ending](nodes(triples))
