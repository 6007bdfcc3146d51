"""Reading AMB and schema.org's learning resources: one function per property, after the crosswalk of record.md 2.

What comes in is a resource in the shape of AMB (amb_mend). Its types beside LearningResource are kept as resource
types of schema.org, so that they come back; educational alignments and what only schema.org has (typicalAgeRange,
timeRequired) find their places too. What a record has no place for is told as a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from schemas.formats.amb import people as amb_people
from schemas.formats.amb import read_more, schema_org
from schemas.formats.amb.concepts import ConceptReader, namespace
from schemas.formats.amb.linked import Node
from schemas.formats.amb.mend import default_language, mended, shown
from schemas.formats.assembly import (
    ACCESS_RIGHTS,
    AUTHOR,
    DISCIPLINE,
    EDUCATIONAL_LEVEL,
    LOM_SOURCE,
    PUBLISHER,
    UNKNOWN,
    Assembly,
    langstrings,
)
from schemas.formats.format import Reading
from schemas.formats.lom import values as lom_values
from schemas.identifiers import is_node_name
from schemas.language import several
from schemas.licence import is_at_odds
from schemas.licence import parse as licence_of
from schemas.record import Contribute, File, Identifier, LangString, LangStrings, Vocabulary
from schemas.vocabularies.vocabularies import Vocabularies

SCHEMA_ORG: Final = "https://schema.org/"
OBJECTIVE: Final = "educational objective"
COMPETENCY: Final = "competency"
PREREQUISITE: Final = "prerequisite"
GENERIC: Final = frozenset(("LearningResource", "CreativeWork", "WebPage", "WebSite", "WebContent"))
"""Types that say nothing beside "this is a learning resource"."""

_ALIGNMENTS: Final = {
    "educationalsubject": DISCIPLINE,
    "educationallevel": EDUCATIONAL_LEVEL,
    "teaches": OBJECTIVE,
    "assesses": COMPETENCY,
    "requires": PREREQUISITE,
}
_TWICE: Final = ("sdDatePublished", "dct:", "dc11:", "dcat:")
"""What is read with another property, or says in other words what schema.org's says (rdf.graph)."""
_WEB: Final = ("http://", "https://")
_SIZE: Final = re.compile(r"[0-9]{1,18}")


def read_resource(node: Node, vocabularies: Vocabularies) -> Reading:
    """The record of one resource, as amb_linked.resources gives it."""
    wide, widened = schema_org.widened(node)
    shaped, repairs = mended(wide)
    reader = _Reader(shaped, vocabularies)
    reader.take()
    assembly = reader.assembly
    return Reading(assembly.record(), widened + repairs + tuple(assembly.repairs), tuple(assembly.problems))


class _Reader:
    def __init__(self, node: Node, vocabularies: Vocabularies) -> None:
        self.assembly = Assembly(vocabularies)
        self.node = node
        self.lang = default_language(node.get("@context"))
        self.concepts = ConceptReader(self.assembly, vocabularies, self.lang)

    def take(self) -> None:
        for key, handler in _HANDLERS.items():
            if key in self.node and self.node[key] not in (None, "", [], {}):
                handler(self, self.node[key])
        for key, value in self.node.items():
            if (
                key not in _HANDLERS
                and not key.startswith(_TWICE)
                and key[:1] != "@"
                and key not in ("context", "graph")
            ):
                self.assembly.note(key, "unmapped_property", f"{key} has no place in a record: {shown(value)}"[:300])

    def _objects(self, values: Any) -> Iterator[Node]:
        """The objects of a list; what AMB's shape does not admit is told."""
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                yield value
            else:
                self.assembly.note("", "unreadable_value", f"This is no object: {shown(value)}"[:300])

    def _texts(self, values: Any) -> Iterator[str]:
        for one in values if isinstance(values, list) else [values]:
            value = one.get("@value") if isinstance(one, dict) else one
            if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
                yield str(value)

    def _strings(self, key: str, value: Any) -> LangStrings:
        told = self.node.get(f"@{key}")
        if isinstance(told, list):
            return tuple(LangString(lang, text) for lang, text in told)
        return tuple(LangString(self.lang, text) for text in self._texts(value))

    def id(self, value: Any) -> None:
        for text in self._texts(value):
            if not is_node_name(text, alone=not (self.node.get("url") or self.node.get("identifier"))):
                self.assembly.repair("id", "no_identity", text, None)
            elif text.startswith(_WEB) and (self.node.get("url") in (None, text) or not self._texts(self.node["url"])):
                self.assembly.locations[text] = None
            else:
                self.assembly.identifiers[Identifier("URI", text)] = None

    def url(self, value: Any) -> None:
        for one in value if isinstance(value, list) else [value]:
            text = one.get("id") if isinstance(one, dict) else one
            if isinstance(text, str) and text.strip():
                self.assembly.locations[text] = None

    def identifier(self, value: Any) -> None:
        for one in value if isinstance(value, list) else [value]:
            entry = one.get("value", one.get("id")) if isinstance(one, dict) else one
            catalog = one.get("propertyID", one.get("name")) if isinstance(one, dict) else None
            if isinstance(entry, (str, int)):
                self.assembly.identifiers[Identifier(catalog if isinstance(catalog, str) else None, str(entry))] = None

    def name(self, value: Any) -> None:
        self.assembly.titles.update(dict.fromkeys(self._strings("name", value)))

    def description(self, value: Any) -> None:
        if strings := self._strings("description", value):
            self.assembly.descriptions[strings] = None

    def type(self, value: Any) -> None:
        for one in self._texts(value):
            if one not in GENERIC:
                address, source = (one, namespace(one)) if "://" in one else (SCHEMA_ORG + one, SCHEMA_ORG)
                self.assembly.types[self.assembly.term("learningResourceType", address, source)] = None

    def keywords(self, value: Any) -> None:
        for text in self._texts(value):
            self.assembly.keywords[langstrings(text, self.lang)] = None

    def in_language(self, value: Any) -> None:
        for text in self._texts(value):
            found = several(text)
            if found != (text,):
                self.assembly.repair("inLanguage", "packed_values", text[:200], " | ".join(found)[:200])
            self.assembly.languages.update(dict.fromkeys(found))

    def image(self, value: Any) -> None:
        for text in self._texts(value):
            self.assembly.thumbnail(text)

    def made(self, values: Any, role: str, source: str | None = LOM_SOURCE) -> None:
        for value in self._objects(values):
            parts = amb_people.parted(value)
            if len(parts) > 1:
                names = "; ".join(str(part["name"]) for part in parts)
                self.assembly.repair("lifeCycle.contribute", "parted_people", str(value.get("name")), names)
            for part in parts:
                entity = amb_people.entity(part)
                if entity is not None:
                    self.assembly.contribute(entity, role, source)

    def dated(self, value: Any, role: str) -> None:
        for text in self._texts(value):
            self.assembly.date(text, role)

    def license(self, value: Any) -> None:
        for one in value if isinstance(value, list) else [value]:
            text = one.get("id", one.get("name")) if isinstance(one, dict) else one
            if isinstance(text, str) and text.strip():
                self.assembly.rights[LangString(None, text)] = None
            if isinstance(one, dict):
                self._beside_license(one, text)

    def _beside_license(self, value: Node, text: Any) -> None:
        """What the object of a licence says against its address is kept: it may close what the address opens."""
        named = licence_of(text) if isinstance(text, str) else None
        for key in ("name", "description", "text"):
            for said in self._texts(value.get(key)):
                if said != text and is_at_odds(said, named):
                    self.assembly.rights[LangString(None, said)] = None

    def access(self, value: Any) -> None:
        for one in self._objects(value):
            self.concepts.classify(one, ACCESS_RIGHTS)

    def free(self, value: Any) -> None:
        if isinstance(value, bool):
            self.assembly.cost = self.assembly.token("cost", "no" if value else "yes")

    def _terms(self, values: Any, space: str) -> Iterator[Vocabulary]:
        for value in self._objects(values):
            yield from self.concepts.terms(value, space)

    def resource_type(self, value: Any) -> None:
        self.assembly.types.update(dict.fromkeys(self._terms(value, "learningResourceType")))

    def audience(self, value: Any) -> None:
        self.assembly.audiences.update(dict.fromkeys(self._terms(value, "intendedEndUserRole")))

    def interactivity(self, value: Any) -> None:
        self.assembly.interactivity_type = next(self._terms(value, "interactivityType"), None)

    def taxa(self, values: Any, purpose: str) -> None:
        for value in self._objects(values):
            self.concepts.classify(value, purpose)

    def alignment(self, values: Any) -> None:
        """schema.org's AlignmentObject: what is taught, assessed, required, and for which subject and level."""
        for value in self._objects(values):
            kind = "".join(self._texts(value.get("alignmentType"))).replace(" ", "").lower()
            target = value.get("targetUrl")
            first = target[0] if isinstance(target, list) and target else target
            id_ = first.get("id") if isinstance(first, dict) else first
            label = next(self._texts(value.get("targetName") or value.get("targetDescription")), None)
            framework = next(self._texts(value.get("educationalFramework")), None)
            if not isinstance(id_, str):
                id_ = None
            if id_ or label:
                entry = langstrings(label, self.lang) if label else None
                self.assembly.classify(_ALIGNMENTS.get(kind, OBJECTIVE), id_, entry, framework)

    def related(self, values: Any, kind: str) -> None:
        for value in self._objects(values):
            id_, name = value.get("id", value.get("url")), value.get("name")
            said = name if isinstance(name, str) and name.strip() and name != id_ else None
            self.assembly.relate(
                self.assembly.token("kind", kind),
                (id_,) if isinstance(id_, str) else (),
                (langstrings(said, self.lang),) if said else (),
            )
            for key in ("creator", "license", "provider"):
                if key in value and kind == "isbasedon":
                    self.assembly.note(f"isBasedOn.{key}", "unmapped_property", f"{key} of a source is not kept.")

    def encoding(self, values: Any) -> None:
        for value in self._objects(values):
            mime = value.get("encodingFormat")
            mime = mime if isinstance(mime, str) else None
            size, sha = value.get("contentSize"), value.get("sha256")
            number = int(size) if isinstance(size, str) and _SIZE.fullmatch(size) else None
            if isinstance(download := value.get("contentUrl"), str):
                sha = sha if isinstance(sha, str) else None
                self.assembly.files[File(download, mime, number, sha, None, "download")] = None
            if isinstance(embed := value.get("embedUrl"), str):
                self.assembly.files[File(embed, mime, None, None, None, "embed")] = None
            if mime:
                self.assembly.formats[mime] = None

    def encoding_format(self, value: Any) -> None:
        for text in self._texts(value):
            self.assembly.formats[text] = None

    def duration(self, value: Any) -> None:
        self.assembly.duration = next((lom_values.duration(text, None) for text in self._texts(value)), None)

    def time_required(self, value: Any) -> None:
        self.assembly.learning_time = next((lom_values.duration(text, None) for text in self._texts(value)), None)

    def age_range(self, value: Any) -> None:
        for text in self._texts(value):
            self.assembly.age_ranges[langstrings(text)] = None

    def page(self, values: Any) -> None:
        """Where the description is, who gives it, and when it was made (LOM 3)."""
        for value in self._objects(values):
            if isinstance(id_ := value.get("id"), str):
                self.assembly.meta_identifiers[Identifier("URI", id_)] = None
            provider = value.get("provider")
            named = {"type": "Organization", **provider} if isinstance(provider, dict) else {}
            if isinstance(named.get("id"), str) and not named.get("name"):
                named["name"] = named["id"]
            entity = amb_people.entity({**named, "type": "Organization"})
            for role, key in (("creator", "dateCreated"), ("validator", "dateModified")):
                raw = next(self._texts(value.get(key)), None)
                who = (entity,) if entity and role == "creator" else ()
                if raw or who:
                    token = self.assembly.term("metaRole", role, LOM_SOURCE)
                    date = lom_values.date(raw, None) if raw else None
                    self.assembly.meta_contributes.append(Contribute(token, who, date))


_Handler = Callable[[_Reader, Any], None]


_HANDLERS: Final[dict[str, _Handler]] = {
    "id": _Reader.id,
    "url": _Reader.url,
    "identifier": _Reader.identifier,
    "name": _Reader.name,
    "description": _Reader.description,
    "inLanguage": _Reader.in_language,
    "keywords": _Reader.keywords,
    "creator": partial(_Reader.made, role=AUTHOR),
    "publisher": partial(_Reader.made, role=PUBLISHER),
    "editor": partial(_Reader.made, role="editor"),
    "contributor": partial(_Reader.made, role=UNKNOWN),
    "provider": partial(_Reader.made, role="content provider"),
    "funder": partial(_Reader.made, role="funder", source=SCHEMA_ORG),
    "translator": partial(_Reader.made, role="translator", source=SCHEMA_ORG),
    "dateCreated": partial(_Reader.dated, role=AUTHOR),
    "datePublished": partial(_Reader.dated, role=PUBLISHER),
    "dateModified": partial(_Reader.dated, role="editor"),
    "image": _Reader.image,
    "license": _Reader.license,
    "conditionsOfAccess": _Reader.access,
    "isAccessibleForFree": _Reader.free,
    "learningResourceType": _Reader.resource_type,
    "type": _Reader.type,
    "audience": _Reader.audience,
    "interactivityType": _Reader.interactivity,
    "about": partial(_Reader.taxa, purpose=DISCIPLINE),
    "educationalLevel": partial(_Reader.taxa, purpose=EDUCATIONAL_LEVEL),
    "teaches": partial(_Reader.taxa, purpose=OBJECTIVE),
    "assesses": partial(_Reader.taxa, purpose=COMPETENCY),
    "competencyRequired": partial(_Reader.taxa, purpose=PREREQUISITE),
    "educationalAlignment": _Reader.alignment,
    "isPartOf": partial(_Reader.related, kind="ispartof"),
    "hasPart": partial(_Reader.related, kind="haspart"),
    "isBasedOn": partial(_Reader.related, kind="isbasedon"),
    "encoding": _Reader.encoding,
    "encodingFormat": _Reader.encoding_format,
    "duration": _Reader.duration,
    "timeRequired": _Reader.time_required,
    "typicalAgeRange": _Reader.age_range,
    "mainEntityOfPage": _Reader.page,
    **read_more.HANDLERS,
}
