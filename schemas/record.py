"""The canonical record: LOM-complete, frozen, lossless.

One struct per LOM category (IEEE 1484.12.1, 4) with the JSON names of the standard in camelCase. What is absent is
None or an empty tuple and has no key in JSON (only `lang: null` is written); what is present and empty is an empty
struct or an empty tuple inside a tuple. Order is kept in every list. Values, sources, tags, vCards and raws stand as
received; the derived parts (`uri`, `fn`, `email`, `orcid`, `value`, `bytes`, ...) are computed by the reader and are
not compared when deliveries are. This module must not know any format, vocabulary or database.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", forbid_unknown_fields=True, gc=False):
    """Base of every part of a record: frozen, absent keys left out, camelCase JSON, unknown keys refused."""


class LangString(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One string of a LangString; `lang` is the tag as received, None where there is none (written as null)."""

    lang: str | None
    value: str


LangStrings = tuple[LangString, ...]
"""LS of the design: a list of LangString, not a map: maps lose duplicates, a missing language and the order."""


class Identifier(Part, frozen=True, gc=False):
    catalog: str | None = None
    entry: str | None = None


class Vocabulary(Part, frozen=True, gc=False):
    """A value of a value space: `source` and `value` as received, `uri` the concept found for it (derived).

    `label` is what a format says beside a value that is an address (the prefLabel of AMB); LOM has no place for it.
    """

    source: str | None = None
    value: str | None = None
    uri: str | None = None
    label: LangStrings | None = None


class Entity(Part, frozen=True, gc=False):
    """A contributor: `raw` is the vCard or name as received; the rest is read from it (derived)."""

    raw: str = ""
    fn: str | None = None
    n: str | None = None
    org: str | None = None
    email: str | None = None
    orcid: str | None = None
    ror: str | None = None
    kind: str | None = None  # person | organization


class DateTime(Part, frozen=True, gc=False):
    """A date: `value` is ISO 8601 as far as it could be read, `precision` year | month | day | second (derived)."""

    raw: str | None = None
    value: str | None = None
    precision: str | None = None
    description: LangStrings | None = None


class Duration(Part, frozen=True, gc=False):
    """An ISO 8601 duration; `value` is its normal form (derived)."""

    raw: str | None = None
    value: str | None = None
    description: LangStrings | None = None


class Size(Part, frozen=True, gc=False):
    """`bytes` is the size in bytes where `raw` could be read (derived)."""

    raw: str = ""
    bytes: int | None = None


class General(Part, frozen=True, gc=False):
    identifier: tuple[Identifier, ...] = ()
    title: LangStrings | None = None
    language: tuple[str, ...] = ()
    description: tuple[LangStrings, ...] = ()
    keyword: tuple[LangStrings, ...] = ()
    coverage: tuple[LangStrings, ...] = ()
    structure: Vocabulary | None = None
    aggregation_level: Vocabulary | None = None


class Contribute(Part, frozen=True, gc=False):
    role: Vocabulary | None = None
    entity: tuple[Entity, ...] = ()
    date: DateTime | None = None


class LifeCycle(Part, frozen=True, gc=False):
    version: LangStrings | None = None
    status: Vocabulary | None = None
    contribute: tuple[Contribute, ...] = ()


class MetaMetadata(Part, frozen=True, gc=False):
    identifier: tuple[Identifier, ...] = ()
    contribute: tuple[Contribute, ...] = ()
    metadata_schema: tuple[str, ...] = ()
    language: str | None = None


class OrComposite(Part, frozen=True, gc=False):
    type: Vocabulary | None = None
    name: Vocabulary | None = None
    minimum_version: str | None = None
    maximum_version: str | None = None


class Requirement(Part, frozen=True, gc=False):
    or_composite: tuple[OrComposite, ...] = ()


class Technical(Part, frozen=True, gc=False):
    format: tuple[str, ...] = ()
    size: Size | None = None
    location: tuple[str, ...] = ()
    requirement: tuple[Requirement, ...] = ()
    installation_remarks: LangStrings | None = None
    other_platform_requirements: LangStrings | None = None
    duration: Duration | None = None


class Educational(Part, frozen=True, gc=False):
    interactivity_type: Vocabulary | None = None
    learning_resource_type: tuple[Vocabulary, ...] = ()
    interactivity_level: Vocabulary | None = None
    semantic_density: Vocabulary | None = None
    intended_end_user_role: tuple[Vocabulary, ...] = ()
    context: tuple[Vocabulary, ...] = ()
    typical_age_range: tuple[LangStrings, ...] = ()
    difficulty: Vocabulary | None = None
    typical_learning_time: Duration | None = None
    description: tuple[LangStrings, ...] = ()
    language: tuple[str, ...] = ()


class Rights(Part, frozen=True, gc=False):
    cost: Vocabulary | None = None
    copyright_and_other_restrictions: Vocabulary | None = None
    description: LangStrings | None = None


class Resource(Part, frozen=True, gc=False):
    identifier: tuple[Identifier, ...] = ()
    description: tuple[LangStrings, ...] = ()


class Relation(Part, frozen=True, gc=False):
    kind: Vocabulary | None = None
    resource: Resource | None = None


class Annotation(Part, frozen=True, gc=False):
    entity: Entity | None = None
    date: DateTime | None = None
    description: LangStrings | None = None


class Taxon(Part, frozen=True, gc=False):
    id: str | None = None
    entry: LangStrings | None = None


class TaxonPath(Part, frozen=True, gc=False):
    source: LangStrings | None = None
    taxon: tuple[Taxon, ...] = ()


class Classification(Part, frozen=True, gc=False):
    purpose: Vocabulary | None = None
    taxon_path: tuple[TaxonPath, ...] = ()
    description: LangStrings | None = None
    keyword: tuple[LangStrings, ...] = ()


class File(Part, frozen=True, gc=False):
    """A file of the resource (a superset of technical.location): `size` in bytes."""

    url: str
    mime: str | None = None
    size: int | None = None
    sha256: str | None = None
    lang: str | None = None
    role: str | None = None  # landing | download | thumbnail | embed


class Foreign(Part, frozen=True, gc=False):
    """A foreign element or attribute kept verbatim.

    `path` names the LOM parent with indexes ("educational[0].learningResourceType[1]", "" for the root), `position`
    is the index among the parent's child elements (-1: an attribute), `xml` the serialised element or `name="value"`
    with the name in Clark notation.
    """

    path: str
    position: int
    xml: str


class Record(Part, frozen=True, gc=False):
    """The whole tree, in the order of the standard (LOM 1-9), then files and foreign parts."""

    general: General | None = None
    life_cycle: LifeCycle | None = None
    meta_metadata: MetaMetadata | None = None
    technical: Technical | None = None
    educational: tuple[Educational, ...] = ()
    rights: Rights | None = None
    relation: tuple[Relation, ...] = ()
    annotation: tuple[Annotation, ...] = ()
    classification: tuple[Classification, ...] = ()
    files: tuple[File, ...] = ()
    ext: tuple[Foreign, ...] = ()


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


def to_json(record: Record) -> bytes:
    """The canonical JSON of a record, UTF-8, keys in the order of the standard: equal records give equal bytes."""
    return _encoder.encode(record)


def from_json(tree: bytes | str) -> Record:
    """Read canonical JSON; raises msgspec.ValidationError naming the path of what does not fit."""
    return _decoder.decode(tree)


def from_builtins(tree: Any) -> Record:
    """Read an already decoded tree (a JSON body's `record`); raises msgspec.ValidationError."""
    return msgspec.convert(tree, Record)
