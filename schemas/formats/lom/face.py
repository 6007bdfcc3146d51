"""The published face `lom`: what OAI-PMH, /doc and the dumps give out (record.md 9).

Built for readers that match names without namespaces, take text byte for byte, keep the first or the last of several,
pair formats with locations by position, read the licence only as an address in the first string of rights/description,
and lose a whole harvest over one broken vCard. It is always valid against the loose schema, and against the strict one
when all vocabularies are LOMv1.0, so foreign elements stay in the verbatim export. Read and written again it is equal,
so that chains of repositories settle. No contact data unless `writing.publish_contact`. Written with strings: a tree
would cost three times as much. Nothing in it names this repository.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemas import agent
from schemas.formats.format import Writing
from schemas.formats.lom import face_values as face
from schemas.formats.lom.face_classes import classified
from schemas.formats.lom.face_places import places
from schemas.formats.lom.face_values import several, single, text
from schemas.licence import parse, reads_open, strings_of
from schemas.namespaces import LOM, LOM_XSD, XSI
from schemas.record import (
    Annotation,
    Contribute,
    Educational,
    General,
    Identifier,
    LangString,
    LifeCycle,
    MetaMetadata,
    Record,
    Relation,
    Requirement,
    Rights,
    Technical,
)
from schemas.xml import reader as xml

_HEAD: Final = f'<lom xmlns="{LOM}" xmlns:xsi="{XSI}" xsi:schemaLocation="{LOM} {LOM_XSD}">'
_THUMBNAIL: Final = "https://w3id.org/oerbron/lom-kind/hasthumbnail"
_SCHEMA: Final = f"<metadataSchema>{face.LOM_SOURCE}</metadataSchema>"
_AUTHOR: Final = "<value>author</value>"
_YES: Final = f"<source>{face.LOM_SOURCE}</source><value>yes</value>"


def write(record: Record, writing: Writing) -> bytes:
    """One `lom` element in UTF-8, without an XML declaration."""
    languages = writing.summary.language
    main = languages[0] if languages else (writing.summary.title_lang or "")
    part = _Face(writing, main)
    before = part.general(record.general) + part.life_cycle(record.life_cycle)
    after = "".join(
        (
            part.technical(record),
            part.educational(record),
            part.rights(record.rights),
            part.relations(record.relation),
            "".join([part.annotation(one) for one in record.annotation]),
            classified(record.classification, main, writing.vocabularies) if record.classification else "",
        )
    )
    meta = part.meta_metadata(record.meta_metadata)
    if meta == _SCHEMA and not (before or after):
        return xml.encode(f"{_HEAD}</lom>")
    return xml.encode(f"{_HEAD}{before}<metaMetadata>{meta}</metaMetadata>{after}</lom>")


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>" if inner else ""


def _texts(name: str, values: Iterable[str]) -> str:
    return "".join([f"<{name}>{words}</{name}>" for value in values if (words := text(value))])


def _identifiers(values: tuple[Identifier, ...]) -> str:
    """Identifiers with an entry, each once."""
    written = [
        f"<identifier>{_element('catalog', text(one.catalog or ''))}<entry>{entry}</entry></identifier>"
        for one in values
        if (entry := text(one.entry or ""))
    ]
    return "".join(written if len(written) < 2 else dict.fromkeys(written))


def _only_names(value: str, uri: str) -> bool:
    """Whether a string says no more than the address of the licence, in any dress."""
    if value == uri:
        return True
    if "://" not in value or " " in value:
        return False
    named = parse(value)
    return named is not None and named.uri == uri


class _Face:
    """One record on its way out: a method per category of LOM."""

    __slots__ = ("contact", "languages", "main", "summary", "vocabularies")

    def __init__(self, writing: Writing, main: str) -> None:
        self.summary = writing.summary
        self.vocabularies = writing.vocabularies
        self.contact = writing.publish_contact
        self.main = main
        self.languages: tuple[str, ...] = ()

    def general(self, general: General | None) -> str:
        if general is None:
            return ""
        main, vocabularies = self.main, self.vocabularies
        self.languages = face.tags(general.language)
        inner = "".join(
            (
                _identifiers(general.identifier),
                face.langstring("title", general.title, main),
                _texts("language", self.languages),
                face.langstrings("description", general.description, main),
                face.keywords(general.keyword, main),
                face.langstrings("coverage", general.coverage, main),
                single("structure", "structure", general.structure, vocabularies),
                single("aggregationLevel", "aggregationLevel", general.aggregation_level, vocabularies),
            )
        )
        return _element("general", inner)

    def life_cycle(self, life: LifeCycle | None) -> str:
        if life is None:
            return ""
        inner = face.langstring("version", life.version, self.main)
        inner += single("status", "status", life.status, self.vocabularies)
        return _element("lifeCycle", inner + self.contributes(life.contribute, "role"))

    def contributes(self, contributes: tuple[Contribute, ...], space: str) -> str:
        """Contributors that have a name, authors first."""
        written = [one for contribute in contributes if (one := self.contribute(contribute, space))]
        if len(written) > 1:
            written.sort(key=lambda one: _AUTHOR not in one)
        return "".join(written)

    def contribute(self, contribute: Contribute, space: str) -> str:
        entities = "".join(
            [
                f"<entity>{card}</entity>"
                for who in agent.each(contribute.entity)
                if (card := face.entity(who, self.contact))
            ]
        )
        if not entities:
            return ""
        role = single("role", space, contribute.role, self.vocabularies)
        return f"<contribute>{role}{entities}{face.date(contribute.date, self.main)}</contribute>"

    def meta_metadata(self, meta: MetaMetadata | None) -> str:
        """What stands in metaMetadata.

        Of a source's profile only what LOM has goes out, so the face is of no other schema than LOM (networks.md 2.4).
        """
        if meta is None:
            return _SCHEMA
        inner = _identifiers(meta.identifier) + self.contributes(meta.contribute, "metaRole") + _SCHEMA
        return inner + _texts("language", face.tags((meta.language or "",)))

    def technical(self, record: Record) -> str:
        technical = record.technical or Technical()
        formats, locations = places(record, self.summary.url)
        inner = _texts("format", formats) + face.size(technical.size) + _texts("location", locations)
        if technical.requirement:
            inner += "".join([self.requirement(one) for one in technical.requirement])
        inner += face.langstring("installationRemarks", technical.installation_remarks, self.main)
        inner += face.langstring("otherPlatformRequirements", technical.other_platform_requirements, self.main)
        return _element("technical", inner + face.duration("duration", technical.duration))

    def requirement(self, requirement: Requirement) -> str:
        inner = ""
        for one in requirement.or_composite:
            composite = single("type", "type", one.type, self.vocabularies)
            composite += single("name", "name", one.name, self.vocabularies)
            composite += _texts("minimumVersion", (one.minimum_version or "",))
            composite += _texts("maximumVersion", (one.maximum_version or "",))
            inner += _element("orComposite", composite)
        return _element("requirement", inner)

    def educational(self, record: Record) -> str:
        """The educational categories; the languages of the resource stand in the first one too."""
        parts = record.educational or ((Educational(),) if self.languages else ())
        written = []
        for number, part in enumerate(parts):
            languages = face.tags(part.language) or (self.languages if number == 0 else ())
            written.append(_element("educational", self.educational_part(part) + _texts("language", languages)))
        return "".join(written)

    def educational_part(self, part: Educational) -> str:
        main, vocabularies = self.main, self.vocabularies
        return "".join(
            (
                single("interactivityType", "interactivityType", part.interactivity_type, vocabularies),
                several("learningResourceType", "learningResourceType", part.learning_resource_type, vocabularies),
                single("interactivityLevel", "interactivityLevel", part.interactivity_level, vocabularies),
                single("semanticDensity", "semanticDensity", part.semantic_density, vocabularies),
                several("intendedEndUserRole", "intendedEndUserRole", part.intended_end_user_role, vocabularies),
                several("context", "context", part.context, vocabularies),
                face.ages(part.typical_age_range),
                single("difficulty", "difficulty", part.difficulty, vocabularies),
                face.duration("typicalLearningTime", part.typical_learning_time),
                face.langstrings("description", part.description, main),
            )
        )

    def rights(self, rights: Rights | None) -> str:
        """The licence as its canonical address alone in the first string, with copyright `yes`; the rest after it."""
        if rights is None:
            return ""
        inner = single("cost", "cost", rights.cost, self.vocabularies)
        licence = self.summary.license
        uri = licence.uri if licence is not None else None
        strings = strings_of(rights, licence)
        if uri is None:
            restriction = rights.copyright_and_other_restrictions
            name = "copyrightAndOtherRestrictions"
            if restriction is not None and reads_open(restriction.value or restriction.uri or ""):
                inner += f"<{name}>{_YES}</{name}>"
            else:
                inner += single(name, name, restriction, self.vocabularies)
            statement = face.langstring("description", strings or None, self.main, marked=True)
            return _element("rights", inner + statement)
        rest = tuple(string for string in strings if not _only_names(string.value.strip(), uri))
        address = face.strings((LangString(None, uri),), self.main)
        inner += f"<copyrightAndOtherRestrictions>{_YES}</copyrightAndOtherRestrictions>"
        return (
            f"<rights>{inner}<description>{address}{face.strings(rest, self.main, marked=True)}</description></rights>"
        )

    def relations(self, relations: tuple[Relation, ...]) -> str:
        written = "".join([self.relation(one) for one in relations if not self.shows(one)]) if relations else ""
        thumbnail = self.summary.thumbnail
        if thumbnail is None:
            return written
        address = text(thumbnail)
        kind = "<kind><source>local</source><value>hasthumbnail</value></kind>"
        resource = f"<identifier><catalog>URI</catalog><entry>{address}</entry></identifier>"
        resource += f'<description><string language="{face.NO_LANGUAGE}">{address}</string></description>'
        return f"{written}<relation>{kind}<resource>{resource}</resource></relation>"

    def shows(self, relation: Relation) -> bool:
        """Whether a relation is to a thumbnail: there is one of these, and it is written anew."""
        kind = relation.kind
        if kind is None or not kind.value:
            return False
        return self.vocabularies.find("kind", kind.source, kind.value) == _THUMBNAIL

    def relation(self, relation: Relation) -> str:
        resource = relation.resource
        if resource is None:
            return ""
        inner = _identifiers(resource.identifier) + face.langstrings("description", resource.description, self.main)
        if not inner:
            return ""
        kind = single("kind", "kind", relation.kind, self.vocabularies)
        return f"<relation>{kind}<resource>{inner}</resource></relation>"

    def annotation(self, annotation: Annotation) -> str:
        card = face.entity(annotation.entity, self.contact) if annotation.entity else ""
        inner = face.date(annotation.date, self.main) + face.langstring(
            "description", annotation.description, self.main
        )
        return _element("annotation", _element("entity", card) + inner) if inner else ""
