"""AMB (Allgemeines Metadatenprofil für Bildungsressourcen) and schema.org's learning resources, as JSON-LD.

`read` takes one resource: AMB 2023-10-19 and its draft, or a LearningResource or CreativeWork of a page; `write` gives
AMB. `problems` judges a body by data/amb.schema.json after the told repairs (api.md, /validate). What AMB has no
property for is in LOSSES. The crosswalk is in record.md 2. Pages, and lists of resources, are read by
schemas.formats.incoming.incoming.
"""

from __future__ import annotations

from typing import Final

from schemas import json_schema
from schemas.errors import Problem, Unreadable
from schemas.formats.amb.linked import Node, decoded, is_schema_org, resources
from schemas.formats.amb.mend import TEXTS, mended
from schemas.formats.amb.read import read_resource
from schemas.formats.amb.write import write
from schemas.formats.format import Reading
from schemas.vocabularies.vocabularies import Vocabularies

__all__ = ["LOSSES", "VERSION", "problems", "read", "read_resource", "resources", "write"]

VERSION: Final = 2
"""The version of the writer: part of the fingerprint."""

LOSSES: Final[tuple[tuple[str, str], ...]] = (
    ("general.identifier", "all but the one that is the resource's address"),
    (
        "general.title",
        "strings beside the one in the default language; none counts as the default language",
    ),
    ("general.description", "all but the first, and its strings beside the one in the default language"),
    ("general.keyword", "the language of a string"),
    ("general.language", "all but the two-letter code"),
    ("general.coverage", "no property"),
    ("general.structure", "no property"),
    ("general.aggregationLevel", "no property"),
    ("lifeCycle.version", "no property"),
    ("lifeCycle.status", "no property"),
    (
        "lifeCycle.contribute",
        "roles beside author, publisher and funder; dates of other roles; dates coarser than a day",
    ),
    ("metaMetadata", "all but addresses, the first provider and its dates"),
    ("technical.format", "formats without a file or location of their own"),
    ("technical.size", "the size of a resource that is not one file"),
    ("technical.location", "locations beside the first, where they have no media type"),
    ("technical.requirement", "no property"),
    ("technical.installationRemarks", "no property"),
    ("technical.otherPlatformRequirements", "no property"),
    ("technical.duration", "what is no ISO 8601 duration"),
    ("educational.interactivityType", "values that are none of LOM's"),
    ("educational.learningResourceType", "values that are no address and map to none of HCRT"),
    ("educational.interactivityLevel", "no property"),
    ("educational.semanticDensity", "no property"),
    ("educational.intendedEndUserRole", "values that are no address and map to none of LRMI"),
    ("educational.context", "contexts that map to no level of KIM"),
    ("educational.typicalAgeRange", "no property"),
    ("educational.difficulty", "no property"),
    ("educational.typicalLearningTime", "no property"),
    ("educational.description", "no property"),
    ("educational.language", "no property"),
    ("rights.copyrightAndOtherRestrictions", "no property"),
    ("rights.description", "all but the licence; licences AMB does not admit"),
    ("relation", "kinds beside ispartof, haspart, isbasedon and the thumbnail; relations without an address"),
    ("annotation", "no property"),
    (
        "classification",
        "purposes beside discipline, level, objective, competency, prerequisite, access; taxa above the "
        "last; sources; taxa without an address",
    ),
    ("files", "languages, landing pages"),
    ("ext", "no property"),
)
"""What AMB does not carry of a record, by field. From AMB itself these are not kept: trailer, caption, bitrate, the
type of a funder, and the creator and licence of isBasedOn."""


def read(source: bytes | Node, vocabularies: Vocabularies) -> Reading:
    """The record of the first learning resource; raises Unreadable where there is none."""
    return read_resource(first(source), vocabularies)


def first(source: bytes | Node) -> Node:
    document = decoded(source) if isinstance(source, bytes) else source
    for node in resources(document):
        return node
    raise Unreadable("unknown_format", "The JSON describes no learning resource.")


def problems(source: bytes | Node) -> tuple[Problem, ...]:
    """What is wrong with a body by AMB's schema and was not mended with a told repair.

    The schema.org of a page is not AMB and has no schema: only the profiles ask anything of it.
    """
    resource = first(source)
    if is_schema_org(resource.get("@context")):
        return ()
    body = {key: value for key, value in mended(resource)[0].items() if key not in TEXTS}
    return tuple(flaw.problem for flaw in json_schema.flaws(body, "amb"))
