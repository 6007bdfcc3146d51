"""A record as an RDF graph: schema.org and AMB, DCTERMS and OSLO Leermiddelen on one node (feeds.md; record.md, 2).

The node is the resource under our own IRI; makers and files are nodes with an IRI of their own, or below the
resource's (`#maker-1`): there is no blank node. Concepts are named by IRI only: ours, and those of KIM and HCRT that
they match. A contributor's e-mail address and phone are not in it. It must not say what the record does not.
Written at once as lines of N-Triples: every record that is published comes this way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from schemas import agent
from schemas.formats.amb import people as amb_people
from schemas.formats.amb.linked import schema_types
from schemas.formats.amb.read import COMPETENCY, OBJECTIVE, PREREQUISITE, SCHEMA_ORG
from schemas.formats.amb.terms import AUDIENCE, Terms, two_letters
from schemas.formats.assembly import AUTHOR, PUBLISHER
from schemas.formats.format import Writing
from schemas.formats.rdf.nodes import SKOS, TYPE
from schemas.formats.rdf.terms import (
    all_said,
    date,
    dated,
    duration,
    ending_of,
    literal,
    predicates,
    reference,
    said,
    typed,
)
from schemas.licence import parse as licence_of
from schemas.licence import strings_of
from schemas.record import Contribute, Record
from schemas.summary.place import web_address
from schemas.summary.text import media_type, without_contact

_RELATIONS: Final = {
    "ispartof": predicates("schema:isPartOf", "dct:isPartOf"),
    "haspart": predicates("schema:hasPart", "dct:hasPart"),
    "isbasedon": predicates("schema:isBasedOn", "dct:source"),
    "isversionof": predicates("schema:exampleOfWork", "dct:isVersionOf"),
    "hasversion": predicates("schema:workExample", "dct:hasVersion"),
    "isformatof": predicates("dct:isFormatOf"),
    "hasformat": predicates("dct:hasFormat"),
    "references": predicates("schema:citation", "dct:references"),
    "isreferencedby": predicates("dct:isReferencedBy"),
    "requires": predicates("dct:requires"),
    "isrequiredby": predicates("dct:isRequiredBy"),
}
_MAKERS: Final = {
    AUTHOR: predicates("schema:creator", "dct:creator"),
    PUBLISHER: predicates("schema:publisher", "dct:publisher"),
    "": predicates("schema:contributor", "dct:contributor"),
}
_DATES: Final = {
    AUTHOR: predicates("schema:dateCreated", "dct:created"),
    PUBLISHER: predicates("schema:datePublished", "dct:issued"),
    "editor": predicates("schema:dateModified", "dct:modified"),
}
_AIMS: Final = {
    OBJECTIVE: predicates("schema:teaches"),
    COMPETENCY: predicates("schema:assesses"),
    PREREQUISITE: predicates("schema:competencyRequired"),
}
_TYPE: Final = predicates(TYPE)
_PAGE: Final = predicates("schema:mainEntityOfPage")
_URL: Final = predicates("schema:url", "dcat:landingPage")
_TITLE: Final = predicates("schema:name", "dct:title")
_DESCRIPTION: Final = predicates("schema:description", "dc11:description")
_KEYWORD: Final = predicates("schema:keywords", "dcat:keyword")
_IDENTIFIER: Final = predicates("schema:identifier", "dct:identifier")
_LANGUAGE: Final = predicates("dct:language")
_IN_LANGUAGE: Final = predicates("schema:inLanguage")
_COVERAGE: Final = predicates("dc11:coverage")
_NAME: Final = predicates("schema:name")
_AFFILIATION: Final = predicates("schema:affiliation")
_IMAGE: Final = predicates("schema:image")
_FORMAT: Final = predicates("schema:encodingFormat", "dct:format")
_DURATION_OF: Final = predicates("schema:duration")
_VERSION: Final = predicates("schema:version")
_ENCODING: Final = predicates("schema:encoding")
_DOWNLOAD: Final = predicates("dcat:downloadURL")
_EMBED_URL: Final = predicates("schema:embedUrl")
_CONTENT_URL: Final = predicates("schema:contentUrl")
_MEDIA_TYPE: Final = predicates("schema:encodingFormat")
_SIZE: Final = predicates("schema:contentSize")
_SHA256: Final = predicates("schema:sha256")
_AGES: Final = predicates("schema:typicalAgeRange")
_TIME: Final = predicates("schema:timeRequired")
_USE: Final = predicates("schema:educationalUse")
_INTERACTIVITY: Final = predicates("schema:interactivityType")
_RESOURCE_TYPE: Final = predicates("schema:learningResourceType", "dct:type")
_LEVEL: Final = predicates("dct:educationLevel")
_KIM_LEVEL: Final = predicates("schema:educationalLevel")
_SUBJECT: Final = predicates("schema:about", "dct:subject")
_AUDIENCE: Final = predicates("dct:audience")
_LRMI_AUDIENCE: Final = predicates("schema:audience")
_LICENCE: Final = predicates("dct:license")
_OPEN_LICENCE: Final = predicates("schema:license")
_OTHER_LICENCE: Final = predicates("schema:usageInfo")
_CONCEPT: Final = f"<{SKOS}Concept>"
_FREE: Final = predicates("schema:isAccessibleForFree")
_RIGHTS: Final = predicates("dct:rights")
_ACCESS: Final = predicates("schema:conditionsOfAccess", "dct:accessRights")

_LICENCE_LENGTH: Final = 120
_DAY: Final = re.compile(r'"\d{4}-\d\d-\d\d["T]')
Predicates = tuple[str, ...]


def write(record: Record, writing: Writing) -> bytes:
    """The stored face: N-Triples, UTF-8, the resource first; `writing.url` is its IRI."""
    return "".join(dict.fromkeys(_Graph(record, writing).statements())).encode()


class _Graph:
    def __init__(self, record: Record, writing: Writing) -> None:
        self.record = record
        self.url = writing.url
        self.summary = writing.summary
        self.vocabularies = writing.vocabularies
        self.terms = Terms(record, writing, "en")
        self.contributes = record.life_cycle.contribute if record.life_cycle else ()
        self.subject = f"<{writing.url}>"
        self.lines: list[str] = []
        self.others: list[str] = []
        self.known: dict[Any, str] = {}

    def statements(self) -> list[str]:
        """Every statement as a line; one may come more than once."""
        self._head()
        self._general()
        self._makers()
        self._dates()
        self._technical()
        self._educational()
        self._concepts()
        self._rights()
        self._relations()
        return self.lines + self.others

    def _say(self, names: Predicates, *terms: str | None) -> None:
        """What the resource has: each term under each of these properties."""
        subject, lines = self.subject, self.lines
        for term in terms:
            if term is not None:
                for name in names:
                    lines.append(f"{subject}{name}{term} .\n")

    def _add(self, subject: str, *properties: tuple[Predicates, str | None]) -> None:
        """What another node has."""
        for (name,), term in properties:
            if term is not None:
                self.others.append(f"{subject}{name}{term} .\n")

    def _head(self) -> None:
        self._say(_TYPE, f"<{SCHEMA_ORG}LearningResource>")
        for part in self.record.educational:
            for term in part.learning_resource_type:
                kind = (term.value or "").removeprefix(SCHEMA_ORG)
                if kind != term.value and kind in schema_types():
                    self._say(_TYPE, f"<{SCHEMA_ORG}{kind}>")
        self._say(_PAGE, f"<{self.url.replace('/id/', '/doc/', 1)}>")
        self._say(_URL, reference(self.summary.url))

    def _general(self) -> None:
        general = self.record.general
        if general is None:
            return
        self._say(_TITLE, *said(general.title))
        self._say(_DESCRIPTION, *all_said(general.description))
        self._say(_KEYWORD, *all_said(general.keyword))
        for part in self.record.classification:
            self._say(_KEYWORD, *all_said(part.keyword))
        self._say(_IDENTIFIER, *[literal(identifier.entry) for identifier in general.identifier])
        self._say(_LANGUAGE, *map(literal, self.summary.language))
        self._say(_IN_LANGUAGE, *[literal(short) for tag in self.summary.language if (short := two_letters(tag))][:1])
        self._say(_COVERAGE, *all_said(general.coverage))

    def _makers(self) -> None:
        for contribute in self.contributes:
            names = _MAKERS[role if (role := _role(contribute)) in _MAKERS else ""]
            for entity in agent.each(contribute.entity):
                maker = _known_maker(entity)
                if maker is not None:
                    self._say(names, self._maker(maker))

    def _maker(self, maker: dict[str, Any]) -> str:
        """The IRI of a maker, whose node is written once; what stands under one IRI twice keeps its first name."""
        known = reference(maker.get("id"))
        key = known or (maker["type"], maker["name"])
        if key not in self.known:
            number = 1 + sum(not isinstance(one, str) for one in self.known)
            term = self.known[key] = known or f"<{self.url}#maker-{number}>"
            place = maker.get("affiliation")
            affiliation = self._maker(place) if place else None
            self._add(
                term,
                (_TYPE, reference(SCHEMA_ORG + maker["type"])),
                (_NAME, literal(maker["name"])),
                (_AFFILIATION, affiliation),
            )
        return self.known[key]

    def _dates(self) -> None:
        told: set[Predicates] = set()
        for contribute in self.contributes:
            names = _DATES.get(_role(contribute))
            if names is not None and names not in told and (when := date(contribute.date)) is not None:
                told.add(names)
                self._date(names, when)
        if not told:
            self._date(_DATES[AUTHOR], dated(self.summary.created))

    def _date(self, names: Predicates, when: str | None) -> None:
        """schema.org's only as a day, which is all that readers of pages take; DCTERMS' as precise as it is."""
        self._say(names[1:], when)
        self._say(names[:1], dated(when[1:11]) if when is not None and _DAY.match(when) else None)

    def _technical(self) -> None:
        self._say(_IMAGE, reference(self.summary.thumbnail))
        self._say(_FORMAT, *map(literal, self.summary.formats))
        technical = self.record.technical
        if technical is not None and technical.duration is not None:
            self._say(_DURATION_OF, duration(technical.duration.value))
        version = self.record.life_cycle.version if self.record.life_cycle else None
        self._say(_VERSION, *[literal(string.value) for string in version or ()])
        for number, (address, properties) in enumerate(self._files(), 1):
            file = f"<{self.url}#file-{number}>"
            self._add(file, (_TYPE, f"<{SCHEMA_ORG}MediaObject>"), *properties)
            self._say(_ENCODING, file)
            self._say(_DOWNLOAD, reference(address))

    def _files(self) -> Iterator[tuple[str | None, list[tuple[Predicates, str | None]]]]:
        """The files, or the locations beside the page with the formats that pair with them: (address, properties)."""
        for file in self.record.files:
            address = reference(file.url)
            if address is not None and file.role in ("download", "embed", None):
                size = str(file.size) if file.size is not None and file.size >= 0 else None
                yield (
                    (file.url if file.role != "embed" else None),
                    [
                        (_EMBED_URL if file.role == "embed" else _CONTENT_URL, address),
                        (_MEDIA_TYPE, literal(media_type(file.mime) if file.mime else None)),
                        (_SIZE, literal(size)),
                        (_SHA256, literal(file.sha256)),
                    ],
                )
        technical = self.record.technical
        if self.record.files or technical is None:
            return
        for place, location in enumerate(technical.location):
            mime = media_type(technical.format[place]) if place < len(technical.format) else None
            if mime and mime not in ("text/html", "application/xhtml+xml"):
                address = reference(web_address(location))
                if address is not None:
                    yield location, [(_CONTENT_URL, address), (_MEDIA_TYPE, literal(mime))]

    def _educational(self) -> None:
        ages = self.summary.age_range
        if ages is not None and ages != (None, None):
            low, high = ("" if end is None else str(end) for end in ages)
            self._say(_AGES, f'"{low or 0}-{high}"')
        for part in self.record.educational:
            if part.typical_learning_time is not None:
                self._say(_TIME, duration(part.typical_learning_time.value))
            self._say(_USE, *all_said(part.description))

    def _concepts(self) -> None:
        matched = self.terms.addresses()
        self._say(_INTERACTIVITY, *map(reference, matched["interactivityType"]))
        for key, ours, names in (
            ("learningResourceType", self.summary.resource_types, _RESOURCE_TYPE),
            ("educationalLevel", self.summary.levels, _LEVEL),
            ("about", self.summary.subjects, _SUBJECT),
            ("audience", self.summary.audiences, _AUDIENCE),
        ):
            self._say(names, *[reference(term.id) for term in ours], *map(reference, matched[key]))
        roles = [one for one in matched["audience"] if one.startswith(AUDIENCE)]
        for names, addresses in ((_KIM_LEVEL, matched["educationalLevel"]), (_LRMI_AUDIENCE, roles)):
            for concept in filter(None, map(reference, addresses)):
                self._say(names, concept)
                self._add(concept, (_TYPE, _CONCEPT))
        for purpose, names in _AIMS.items():
            for taxon, entry in self.terms.paths(purpose):
                known = reference(taxon)
                self._say(names, *([known] if known else said(entry)))

    def _rights(self) -> None:
        licence = self.summary.license
        if licence is not None and licence.uri:
            address = reference(licence.uri)
            self._say(_LICENCE, address)
            self._say(_OPEN_LICENCE if "creativecommons.org/" in licence.uri else _OTHER_LICENCE, address)
        if self.summary.free is not None:
            self._say(_FREE, typed("true" if self.summary.free else "false", "xsd:boolean"))
        for string in strings_of(self.record.rights, licence) if self.record.rights else ():
            words = string.value.strip()
            if licence is None or licence.uri is None or licence_of(words) is None or len(words) > _LICENCE_LENGTH:
                self._say(_RIGHTS, literal(without_contact(words), ending_of(string.lang)))
        for access in self.terms.access():
            self._say(_ACCESS, reference(access["id"]))

    def _relations(self) -> None:
        for relation in self.record.relation:
            kind = relation.kind
            value = (kind.value or kind.uri or "") if kind else ""
            found = self.vocabularies.find("kind", kind.source, value) if kind and value else None
            names = _RELATIONS.get(self.vocabularies.lom_token("kind", found) or "") if found else None
            if names is not None and relation.resource is not None:
                for one in relation.resource.identifier:
                    self._say(names, reference(web_address(one.entry or "") or one.entry))


# The same people come again from record to record. What is remembered is only read.
_known_maker: Final = lru_cache(maxsize=8192)(amb_people.maker)


def _role(contribute: Contribute) -> str:
    role = contribute.role
    value = (role.value or "").strip().lower() if role else ""
    if role is not None and value not in _MAKERS and role.uri:
        value = role.uri.rpartition("/")[2]
    return value
