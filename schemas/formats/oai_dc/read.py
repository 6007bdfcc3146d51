"""Reading Dublin Core: fifteen elements in any order and number, their refinements, and what providers make of them.

Simple DC (ISO 15836-1) as oai_dc or bare, and DCMI terms as far as they refine the fifteen or say what LOM has a place
for. Providers write `dc:right`, put text between the elements and leave elements empty (record.md 8): each mend is
told. An identifier or format is sorted by what it looks like, a subject that is a concept also classifies.
It must not look outside its element.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from lxml import etree

from schemas.errors import Repair, Unreadable
from schemas.formats.assembly import AUTHOR, DISCIPLINE, PUBLISHER, UNKNOWN, Assembly
from schemas.formats.format import Reading
from schemas.formats.lom import values as lom_values
from schemas.formats.lom.foreign import split
from schemas.language import normalise, several
from schemas.namespaces import DC, DCTERMS, OAI, OAI_DC, XML
from schemas.record import Identifier, LangString
from schemas.summary.place import web_address
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml import reader as xml

_LANG: Final = f"{{{XML}}}lang"
_ROOTS: Final = frozenset(
    ("dc", "dcterms", "qualifieddc", "qualified_dc", "simpledc", "oai_dc", "oai_dcterms", "nsdl_dc", "qdc", "oai_qdc")
)
_ELEMENTS: Final = frozenset(
    ("title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier")
) | {"source", "language", "relation", "coverage", "rights"}
_MISSPELT: Final = {"right": "rights", "creater": "creator", "contributer": "contributor", "lang": "language"}
_REFINED: Final = {
    "alternative": "title",
    "abstract": "description",
    "tableofcontents": "description",
    "extent": "format",
    "medium": "format",
    "spatial": "coverage",
    "temporal": "coverage",
    "license": "rights",
    "accessrights": "rights",
    "rightsholder": "rights",
    "conformsto": "relation",
    "replaces": "relation",
    "isreplacedby": "relation",
    "dateaccepted": "date",
    "datecopyrighted": "date",
    "datesubmitted": "date",
    "available": "date",
    "valid": "date",
    "modified": "date",
}
_KINDS: Final = frozenset(("ispartof", "haspart", "isversionof", "hasversion", "isformatof", "hasformat")) | {
    "references",
    "isreferencedby",
    "requires",
    "isrequiredby",
}
_SIZE: Final = re.compile(r"[\d.,]+\s*(?:[kmgt]i?)?b(?:ytes?)?|[\d.,]+\s*(?:[kmgt]i?)?\s*octets?", re.IGNORECASE)
_NEARLY: Final = {
    name: re.compile(rf"(?:https?:/*)?(?:www\.)?(?:{host})/{path}[/#]*", re.IGNORECASE)
    for name, host, path in (
        (DC, r"purl\.org|dublincore\.org", r"dc/+elements(?:/+1\.[01])?"),
        (DCTERMS, r"purl\.org|dublincore\.org", r"dc/+terms"),
        (OAI_DC, r"openarchives\.org", r"OAI/+(?:2\.0|1\.1)/+oai_dc"),
    )
}
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S|10\.\d{4,}/")
_CATALOGUED: Final = re.compile(r"(?i)(?:info:|urn:)?(doi|isbn|issn|hdl|handle|pmid|arxiv|ark)[:/ ]\s*\S")


def recognises(element: etree._Element) -> bool:
    """Whether an element holds a record in Dublin Core: by its own name, or because its children are DC."""
    namespace, local = split(str(element.tag))
    if _meant(namespace) == OAI_DC or local.lower() in _ROOTS:
        return True
    spaces = [_meant(split(str(child.tag))[0]) for child in element]
    return bool(spaces) and sum(space in (DC, DCTERMS) for space in spaces) * 2 > len(spaces)


@lru_cache(maxsize=256)
def _meant(namespace: str) -> str:
    """The namespace that is meant by one that is written nearly so: with https, www, another end, or in capitals."""
    for known, pattern in _NEARLY.items():
        if namespace != known and pattern.fullmatch(namespace.strip()):
            return known
    return namespace


def is_reference(said: LangString) -> bool:
    """Whether a relation names a resource: one word, which is no word of a language."""
    return not any(map(str.isspace, said.value)) and (said.lang is None or _ADDRESS.match(said.value) is not None)


def read(source: bytes | etree._Element, vocabularies: Vocabularies) -> Reading:
    """The record of a Dublin Core element; raises Unreadable when there is none."""
    told: tuple[Repair, ...] = ()
    if isinstance(source, bytes):
        parsed = xml.parse(source)
        root, told = parsed.root, parsed.repairs
        while not recognises(root):
            if len(root) != 1 or split(str(root.tag))[1] not in ("metadata", "record", "records"):
                raise Unreadable("not_dc", f"The element {split(str(root.tag))[1]} is not a Dublin Core record.")
            root = root[0]
    else:
        root = source
    reader = _Reader(vocabularies)
    reader.take(root)
    assembly = reader.assembly
    return Reading(assembly.record(), told + tuple(assembly.repairs), tuple(assembly.problems))


class _Reader:
    """One record: the elements one by one, the dates last, because whose they are depends on who is there."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self.assembly = Assembly(vocabularies)
        self._vocabularies = vocabularies
        self._dates: list[str] = []
        self._counts: dict[str, int] = {}
        self._told: set[str] = set()

    def take(self, root: etree._Element) -> None:
        self._stray(root.text)
        for element in root:
            self._element(element)
            self._stray(element.tail)
        self._give_dates()

    def _stray(self, text: str | None) -> None:
        if text and text.strip():
            self.assembly.repair("", "stray_text", text.strip(), None)

    def _element(self, element: etree._Element) -> None:
        written, local = split(str(element.tag))
        namespace = _meant(written)
        if namespace != written and written not in self._told:
            self._told.add(written)
            self.assembly.repair("", "namespace_name", written, namespace)
        name = local.lower()
        if name in _MISSPELT and namespace in (DC, OAI_DC):
            self.assembly.repair(f"dc:{local}", "misspelt_element", local, _MISSPELT[name])
            name = _MISSPELT[name]
        if namespace == DCTERMS or name not in _ELEMENTS:
            name = _REFINED.get(name, name)
        place = f"dc:{name}[{self._counts.get(name, 0)}]"
        self._counts[name] = self._counts.get(name, 0) + 1
        raw = "".join(map(str, element.itertext())) if len(element) else element.text or ""
        text = raw.strip()
        handler = _HANDLERS.get(name) if namespace in (DC, DCTERMS, OAI_DC, OAI, "") else None
        if handler is None and not (namespace == DCTERMS and name in _KINDS):
            if text:
                self.assembly.note(place, "unmapped_element", f"{local} has no place in a record: {text[:200]}")
        elif not text:
            self.assembly.repair(place, "empty_element", raw, None)
        else:
            if len(text) != len(raw):
                self.assembly.repair(place, "blanks_at_ends", raw, text)
            said = LangString(element.get(_LANG), text)
            if handler is None:
                self._related(said, name)
            else:
                handler(self, said)

    def _title(self, said: LangString) -> None:
        self.assembly.titles[said] = None

    def _creator(self, said: LangString) -> None:
        self.assembly.people(said.value, AUTHOR, "dc:creator")

    def _publisher(self, said: LangString) -> None:
        self.assembly.people(said.value, PUBLISHER, "dc:publisher")

    def _contributor(self, said: LangString) -> None:
        self.assembly.people(said.value, UNKNOWN, "dc:contributor")

    def _subject(self, said: LangString) -> None:
        """A keyword; where it means a concept also a discipline, where it is an address only that."""
        if said.value.startswith(("http://", "https://")):
            self.assembly.classify(DISCIPLINE, said.value, None)
            return
        self.assembly.keywords[(said,)] = None
        if len(said.value) < 100 and self._vocabularies.find("subject", None, said.value):
            self.assembly.classify(DISCIPLINE, None, (said,))

    def _description(self, said: LangString) -> None:
        self.assembly.descriptions[(said,)] = None

    def _date(self, said: LangString) -> None:
        if said.value not in self._dates:
            self._dates.append(said.value)

    def _created(self, said: LangString) -> None:
        self.assembly.date(said.value, AUTHOR)

    def _issued(self, said: LangString) -> None:
        self.assembly.date(said.value, PUBLISHER)

    def _type(self, said: LangString) -> None:
        self.assembly.types[self.assembly.term("learningResourceType", said.value)] = None

    def _format(self, said: LangString) -> None:
        if self.assembly.size is None and _SIZE.fullmatch(said.value):
            self.assembly.size = lom_values.size(said.value)
        else:
            self.assembly.formats[said.value] = None

    def _identifier(self, said: LangString) -> None:
        if web_address(said.value):
            self.assembly.locations[said.value] = None
            return
        known = _CATALOGUED.match(said.value)
        self.assembly.identifiers[Identifier(known[1].upper() if known else None, said.value)] = None

    def _source(self, said: LangString) -> None:
        self._related(said, "isbasedon")

    def _relation(self, said: LangString) -> None:
        self._related(said, None)

    def _related(self, said: LangString, kind: str | None) -> None:
        token = self.assembly.token("kind", kind) if kind else None
        if is_reference(said):
            self.assembly.relate(token, (said.value,), ())
        else:
            self.assembly.relate(token, (), ((said,),))

    def _language(self, said: LangString) -> None:
        for one in several(said.value):
            self.assembly.languages[one] = None

    def _coverage(self, said: LangString) -> None:
        self.assembly.coverage[(said,)] = None

    def _rights(self, said: LangString) -> None:
        self.assembly.rights[said] = None

    def _audience(self, said: LangString) -> None:
        self.assembly.audiences[self.assembly.term("intendedEndUserRole", said.value)] = None

    def _level(self, said: LangString) -> None:
        self.assembly.level(said.value, normalise(said.lang).value if said.lang else None)

    def _method(self, said: LangString) -> None:
        self.assembly.uses[(said,)] = None

    def _give_dates(self) -> None:
        """The first plain date belongs to who published, else wrote, else contributed; the others to nobody."""
        roles = (role for role in (PUBLISHER, AUTHOR, UNKNOWN) if self.assembly.has_role(role))
        role: str | None = next(roles, None)
        for date in self._dates:
            self.assembly.date(date, role)
            role = None


_HANDLERS: Final[dict[str, Callable[[_Reader, LangString], None]]] = {
    "title": _Reader._title,
    "creator": _Reader._creator,
    "subject": _Reader._subject,
    "description": _Reader._description,
    "publisher": _Reader._publisher,
    "contributor": _Reader._contributor,
    "date": _Reader._date,
    "created": _Reader._created,
    "issued": _Reader._issued,
    "type": _Reader._type,
    "format": _Reader._format,
    "identifier": _Reader._identifier,
    "source": _Reader._source,
    "language": _Reader._language,
    "relation": _Reader._relation,
    "coverage": _Reader._coverage,
    "rights": _Reader._rights,
    "audience": _Reader._audience,
    "educationlevel": _Reader._level,
    "instructionalmethod": _Reader._method,
}
