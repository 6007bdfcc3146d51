"""The LOM tree as data: which element stands in which, how often, and what kind of value it has.

IEEE 1484.12.1, 4 and the element order of its table 1; readers and the verbatim writer walk it, so that a name is
spelt once. This module must not read or write.
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec

from schemas import record
from schemas.namespaces import CONCEPT, LOM

LOCAL: Final = CONCEPT + "ns/lom#"
"""Our namespace inside LOM: what the LOM namespace does not allow goes out in this one, and comes back from it."""


class Kind(enum.Enum):
    NODE = "node"  # elements
    LANG = "lang"  # LangString
    VOCAB = "vocab"  # source and value
    TEXT = "text"
    LANGUAGE = "language"  # a language tag as text
    ENTITY = "entity"
    DATE = "date"
    DURATION = "duration"
    SIZE = "size"


class Part(msgspec.Struct, frozen=True):
    """An element of a node: its LOM name, its attribute in the struct, whether it may stand several times."""

    name: str
    field: str
    kind: Kind
    many: bool = False
    node: Node | None = None
    space: str = ""  # the value space of a VOCAB, as vocabularies.find knows it
    loose: bool = False  # single in the record, but the loose schema lets it repeat


class Node(msgspec.Struct, frozen=True, eq=False):
    """An element that holds elements, and the struct of schemas.record that keeps it."""

    struct: type[msgspec.Struct]
    parts: tuple[Part, ...]
    by_name: dict[str, Part]
    by_tag: dict[str, Part]
    by_folded: dict[str, Part]


def _node(struct: type[msgspec.Struct], *parts: Part) -> Node:
    return Node(
        struct,
        parts,
        {p.name: p for p in parts},
        {f"{{{LOM}}}{p.name}": p for p in parts},
        {p.name.lower(): p for p in parts},
    )


def _field(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def _part(name: str, kind: Kind, *, many: bool = False, node: Node | None = None, space: str = "") -> Part:
    return Part(name, _field(name), kind, many, node, space or (name if kind is Kind.VOCAB else ""))


def _loose(part: Part) -> Part:
    return msgspec.structs.replace(part, loose=True)


def _lang(name: str, *, many: bool = False) -> Part:
    return _part(name, Kind.LANG, many=many)


def _vocab(name: str, *, many: bool = False, space: str = "") -> Part:
    return _part(name, Kind.VOCAB, many=many, space=space)


def _text(name: str, *, many: bool = False) -> Part:
    return _part(name, Kind.TEXT, many=many)


def _language(*, many: bool = True) -> Part:
    return _part("language", Kind.LANGUAGE, many=many)


def _holds(name: str, node: Node, *, many: bool = False) -> Part:
    return _part(name, Kind.NODE, many=many, node=node)


_DATE = _part("date", Kind.DATE)
_ENTITIES = _part("entity", Kind.ENTITY, many=True)
_IDENTIFIER = _holds("identifier", _node(record.Identifier, _text("catalog"), _text("entry")), many=True)

GENERAL: Final = _node(
    record.General,
    _IDENTIFIER,
    _lang("title"),
    _language(),
    _lang("description", many=True),
    _lang("keyword", many=True),
    _lang("coverage", many=True),
    _vocab("structure"),
    _vocab("aggregationLevel"),
)
CONTRIBUTE: Final = _node(record.Contribute, _vocab("role"), _ENTITIES, _DATE)
_CONTRIBUTE_META = _node(record.Contribute, _vocab("role", space="metaRole"), _ENTITIES, _DATE)
LIFE_CYCLE: Final = _node(
    record.LifeCycle, _lang("version"), _vocab("status"), _holds("contribute", CONTRIBUTE, many=True)
)
META_METADATA: Final = _node(
    record.MetaMetadata,
    _IDENTIFIER,
    _holds("contribute", _CONTRIBUTE_META, many=True),
    _text("metadataSchema", many=True),
    _loose(_language(many=False)),
)
OR_COMPOSITE: Final = _node(
    record.OrComposite, _vocab("type"), _vocab("name"), _text("minimumVersion"), _text("maximumVersion")
)
REQUIREMENT: Final = _node(record.Requirement, _holds("orComposite", OR_COMPOSITE, many=True))
TECHNICAL: Final = _node(
    record.Technical,
    _text("format", many=True),
    _part("size", Kind.SIZE),
    _text("location", many=True),
    _holds("requirement", REQUIREMENT, many=True),
    _lang("installationRemarks"),
    _lang("otherPlatformRequirements"),
    _part("duration", Kind.DURATION),
)
EDUCATIONAL: Final = _node(
    record.Educational,
    _vocab("interactivityType"),
    _vocab("learningResourceType", many=True),
    _vocab("interactivityLevel"),
    _vocab("semanticDensity"),
    _vocab("intendedEndUserRole", many=True),
    _vocab("context", many=True),
    _lang("typicalAgeRange", many=True),
    _vocab("difficulty"),
    _part("typicalLearningTime", Kind.DURATION),
    _lang("description", many=True),
    _language(),
)
RIGHTS: Final = _node(
    record.Rights, _vocab("cost"), _vocab("copyrightAndOtherRestrictions"), _loose(_lang("description"))
)
RESOURCE: Final = _node(record.Resource, _IDENTIFIER, _lang("description", many=True))
RELATION: Final = _node(record.Relation, _vocab("kind"), _holds("resource", RESOURCE))
ANNOTATION: Final = _node(record.Annotation, _part("entity", Kind.ENTITY), _DATE, _lang("description"))
TAXON: Final = _node(record.Taxon, _text("id"), _lang("entry"))
TAXON_PATH: Final = _node(record.TaxonPath, _lang("source"), _holds("taxon", TAXON, many=True))
CLASSIFICATION: Final = _node(
    record.Classification,
    _vocab("purpose"),
    _holds("taxonPath", TAXON_PATH, many=True),
    _lang("description"),
    _lang("keyword", many=True),
)
ROOT: Final = _node(
    record.Record,
    _holds("general", GENERAL),
    _holds("lifeCycle", LIFE_CYCLE),
    _holds("metaMetadata", META_METADATA),
    _holds("technical", TECHNICAL),
    _holds("educational", EDUCATIONAL, many=True),
    _holds("rights", RIGHTS),
    _holds("relation", RELATION, many=True),
    _holds("annotation", ANNOTATION, many=True),
    _holds("classification", CLASSIFICATION, many=True),
)
