"""A record as an RDF graph: schema.org and AMB, DCTERMS and OSLO Leermiddelen on one node (feeds.md; record.md, 2).

The node is the resource under our own IRI; makers and files are nodes with an IRI of their own, or below the
resource's (`#maker-1`): there is no blank node. Concepts are named by IRI only: ours, and those of KIM and HCRT that
they match. A contributor's e-mail address and phone are not in it. It must not say what the record does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from schemas.formats import Writing, amb_people
from schemas.formats.amb_linked import types
from schemas.formats.amb_read import COMPETENCY, OBJECTIVE, PREREQUISITE, SCHEMA_ORG
from schemas.formats.amb_terms import Terms
from schemas.formats.assembly import AUTHOR, PUBLISHER
from schemas.formats.rdf_nodes import TYPE, Iri, Literal, Node, Object, node, reference, text, typed
from schemas.language import NONE, normalise
from schemas.licence import parse as licence_of
from schemas.record import Contribute, DateTime, LangString, LangStrings, Record
from schemas.summary_place import web_address
from schemas.summary_text import media_type, without_contact

Properties = Iterator[tuple[str, Object | None]]

_RELATIONS: Final = {
    "ispartof": ("schema:isPartOf", "dct:isPartOf"),
    "haspart": ("schema:hasPart", "dct:hasPart"),
    "isbasedon": ("schema:isBasedOn", "dct:source"),
    "isversionof": ("schema:exampleOfWork", "dct:isVersionOf"),
    "hasversion": ("schema:workExample", "dct:hasVersion"),
    "isformatof": ("dct:isFormatOf",),
    "hasformat": ("dct:hasFormat",),
    "references": ("schema:citation", "dct:references"),
    "isreferencedby": ("dct:isReferencedBy",),
    "requires": ("dct:requires",),
    "isrequiredby": ("dct:isRequiredBy",),
}
_MAKERS: Final = {
    AUTHOR: ("schema:creator", "dct:creator"),
    PUBLISHER: ("schema:publisher", "dct:publisher"),
    "": ("schema:contributor", "dct:contributor"),
}
_DATES: Final = {
    AUTHOR: ("schema:dateCreated", "dct:created"),
    PUBLISHER: ("schema:datePublished", "dct:issued"),
    "editor": ("schema:dateModified", "dct:modified"),
}
_AIMS: Final = {
    OBJECTIVE: "schema:teaches",
    COMPETENCY: "schema:assesses",
    PREREQUISITE: "schema:competencyRequired",
}
_PRECISIONS: Final = (
    (re.compile(r"\d{4}"), "xsd:gYear"),
    (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])"), "xsd:gYearMonth"),
    (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"), "xsd:date"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"), "xsd:dateTime"),
)
_DURATION: Final = re.compile(
    r"P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
)


def graph(record: Record, writing: Writing) -> tuple[Node, ...]:
    """The nodes of a record, the resource first; `writing.url` is the IRI of the resource."""
    return _Graph(record, writing).nodes()


class _Graph:
    def __init__(self, record: Record, writing: Writing) -> None:
        self.record = record
        self.writing = writing
        self.summary = writing.summary
        self.terms = Terms(record, writing, "en")
        self.matched = self.terms.addresses()
        self.others: list[Node] = []
        self.known: dict[Any, str] = {}

    def nodes(self) -> tuple[Node, ...]:
        parts = (
            self._general(), self._makers(), self._dates(), self._technical(), self._educational(), self._concepts(),
            self._rights(), self._relations(),
        )  # fmt: skip
        resource = node(self.writing.url, chain(self._head(), *parts))
        return (resource, *self.others)

    def _head(self) -> Properties:
        yield TYPE, Iri(f"{SCHEMA_ORG}LearningResource")
        for part in self.record.educational:
            for term in part.learning_resource_type:
                kind = (term.value or "").removeprefix(SCHEMA_ORG)
                if kind != term.value and kind in types():
                    yield TYPE, Iri(SCHEMA_ORG + kind)
        yield "schema:mainEntityOfPage", Iri(self.writing.url.replace("/id/", "/doc/", 1))
        page = reference(self.summary.url)
        yield "schema:url", page
        yield "dcat:landingPage", page

    def _general(self) -> Properties:
        general = self.record.general
        if general is None:
            return
        for one in _said(general.title):
            yield "schema:name", one
            yield "dct:title", one
        for one in _all_said(general.description):
            yield "schema:description", one
            yield "dc11:description", one
        for one in _all_said((*general.keyword, *(k for part in self.record.classification for k in part.keyword))):
            yield "schema:keywords", one
            yield "dcat:keyword", one
        for entry in (text(identifier.entry) for identifier in general.identifier):
            yield "schema:identifier", entry
            yield "dct:identifier", entry
        for tag in map(text, self.summary.language):
            yield "schema:inLanguage", tag
            yield "dct:language", tag
        for one in _all_said(general.coverage):
            yield "dc11:coverage", one

    def _makers(self) -> Properties:
        for contribute in self._contributes():
            names = _MAKERS[role if (role := _role(contribute)) in _MAKERS else ""]
            for entity in contribute.entity:
                maker = _known_maker(entity)
                if maker is not None:
                    found = Iri(self._maker(maker))
                    for name in names:
                        yield name, found

    def _maker(self, maker: dict[str, Any]) -> str:
        """The IRI of a maker, whose node is written once; what stands under one IRI twice keeps its first name."""
        known = reference(maker.get("id"))
        key = known.value if known else (maker["type"], maker["name"])
        if key not in self.known:
            number = 1 + sum(not isinstance(one, str) for one in self.known)
            address = self.known[key] = known.value if known else f"{self.writing.url}#maker-{number}"
            place = maker.get("affiliation")
            self.others.append(
                node(
                    address,
                    (
                        (TYPE, reference(SCHEMA_ORG + maker["type"])),
                        ("schema:name", text(maker["name"])),
                        ("schema:affiliation", Iri(self._maker(place)) if place else None),
                    ),
                )
            )
        return self.known[key]

    def _dates(self) -> Properties:
        told: set[str] = set()
        for contribute in self._contributes():
            names, date = _DATES.get(_role(contribute), ()), _date(contribute.date)
            if date is not None and names and names[0] not in told:
                told.add(names[0])
                for name in names:
                    yield name, date
        if not told and (date := _dated(self.summary.created)):
            yield from ((name, date) for name in _DATES[AUTHOR])

    def _technical(self) -> Properties:
        yield "schema:image", reference(self.summary.thumbnail)
        for one in map(text, self.summary.formats):
            yield "schema:encodingFormat", one
            yield "dct:format", one
        technical = self.record.technical
        if technical is not None:
            yield "schema:duration", _duration(technical.duration.value if technical.duration else None)
        version = self.record.life_cycle.version if self.record.life_cycle else None
        for said in _said(version):
            yield "schema:version", Literal(said.value)
        for number, (address, properties) in enumerate(self._files(), 1):
            file = f"{self.writing.url}#file-{number}"
            self.others.append(node(file, ((TYPE, Iri(f"{SCHEMA_ORG}MediaObject")), *properties)))
            yield "schema:encoding", Iri(file)
            if address:
                yield "dcat:downloadURL", reference(address)

    def _files(self) -> Iterator[tuple[str | None, list[tuple[str, Object | None]]]]:
        """The files, or the locations beside the page with the formats that pair with them: (address, properties)."""
        for file in self.record.files:
            address = reference(file.url)
            if address is not None and file.role in ("download", "embed", None):
                size = str(file.size) if file.size is not None and file.size >= 0 else None
                yield (
                    (file.url if file.role != "embed" else None),
                    [
                        ("schema:embedUrl" if file.role == "embed" else "schema:contentUrl", address),
                        ("schema:encodingFormat", text(media_type(file.mime) if file.mime else None)),
                        ("schema:contentSize", text(size)),
                        ("schema:sha256", text(file.sha256)),
                    ],
                )
        technical = self.record.technical
        if self.record.files or technical is None:
            return
        for place, location in enumerate(technical.location):
            mime = media_type(technical.format[place]) if place < len(technical.format) else None
            address = reference(web_address(location))
            if address is not None and mime and mime not in ("text/html", "application/xhtml+xml"):
                yield location, [("schema:contentUrl", address), ("schema:encodingFormat", text(mime))]

    def _educational(self) -> Properties:
        ages = self.summary.age_range
        if ages is not None and ages != (None, None):
            low, high = ("" if end is None else str(end) for end in ages)
            yield "schema:typicalAgeRange", text(f"{low or 0}-{high}")
        for part in self.record.educational:
            if part.typical_learning_time is not None:
                yield "schema:timeRequired", _duration(part.typical_learning_time.value)
            for one in _all_said(part.description):
                yield "schema:educationalUse", one
        for address in self.matched["interactivityType"]:
            yield "schema:interactivityType", reference(address)

    def _concepts(self) -> Properties:
        for terms, ours, names in (
            ("learningResourceType", self.summary.resource_types, ("schema:learningResourceType", "dct:type")),
            ("educationalLevel", self.summary.levels, ("schema:educationalLevel", "dct:educationLevel")),
            ("about", self.summary.subjects, ("schema:about", "dct:subject")),
            ("audience", self.summary.audiences, ("schema:audience", "dct:audience")),
        ):
            for concept in map(reference, (*(term.id for term in ours), *self.matched[terms])):
                for name in names:
                    yield name, concept
        for purpose, name in _AIMS.items():
            for taxon, entry in self.terms.paths(purpose):
                known = reference(taxon)
                for one in [known] if known else _said(entry):
                    yield name, one

    def _rights(self) -> Properties:
        licence = self.summary.license
        if licence is not None and licence.uri:
            known = reference(licence.uri)
            yield "schema:license", known
            yield "dct:license", known
        if self.summary.free is not None:
            yield "schema:isAccessibleForFree", Literal("true" if self.summary.free else "false", None, "xsd:boolean")
        for one in _said(self.record.rights.description if self.record.rights else None):
            if licence_of(one.value) is None or len(one.value) > _LICENCE_LENGTH:
                yield "dct:rights", text(without_contact(one.value), one.lang)
        for access in self.terms.access():
            known = reference(access["id"])
            yield "schema:conditionsOfAccess", known
            yield "dct:accessRights", known

    def _relations(self) -> Properties:
        for relation in self.record.relation:
            kind = relation.kind
            value = (kind.value or kind.uri or "") if kind else ""
            found = self.writing.vocabularies.find("kind", kind.source, value) if kind and value else None
            token = self.writing.vocabularies.lom_token("kind", found) if found else None
            addresses = (
                (web_address(one.entry or "") or one.entry)
                for one in (relation.resource.identifier if relation.resource else ())
            )
            for address in map(reference, addresses):
                yield from ((name, address) for name in _RELATIONS.get(token or "", ()))

    def _contributes(self) -> tuple[Contribute, ...]:
        return self.record.life_cycle.contribute if self.record.life_cycle else ()


_LICENCE_LENGTH: Final = 120
# The same people come again from record to record. What is remembered is only read.
_known_maker: Final = lru_cache(maxsize=8192)(amb_people.maker)


def _role(contribute: Contribute) -> str:
    role = contribute.role
    value = (role.value or "").strip().lower() if role else ""
    if role is not None and value not in _MAKERS and role.uri:
        value = role.uri.rpartition("/")[2]
    return value


def _said(strings: LangStrings | None) -> list[Literal]:
    return [one for string in strings or () if (one := text(string.value, _tag(string))) is not None]


def _all_said(groups: Iterable[LangStrings]) -> list[Literal]:
    return [one for strings in groups for one in _said(strings)]


def _tag(string: LangString) -> str | None:
    value = normalise(string.lang).value if string.lang else None
    return None if value in (None, NONE) else value


def _date(date: DateTime | None) -> Literal | None:
    return None if date is None else _dated((date.value or date.raw or "").strip())


def _dated(value: str | None) -> Literal | None:
    """A date with the type of its precision; a local time without a zone is given as its day."""
    for pattern, datatype in _PRECISIONS if value else ():
        if pattern.fullmatch(value or ""):
            return typed(value, datatype)
    day = (value or "")[:10]
    return typed(day, "xsd:date") if _PRECISIONS[2][0].fullmatch(day) else None


def _duration(value: str | None) -> Literal | None:
    return typed(value, "xsd:duration") if value and _DURATION.fullmatch(value) and value != "P" else None
