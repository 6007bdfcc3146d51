"""OBAA's invented names: everything flat in `general`, with `obaa` before the name of a LOM element.

The FEB federation (Brazil, 2012) turned DSpace's Dublin Core into `obaaTitle`, `obaaKeyword`, ... in no order. Where
the meaning is plain, the text goes to its place in LOM, each time with a repair; the rest stays in `ext`. Roles come as
a shuffled list beside the entities: entities get a role only where no pairing is needed. This module must not touch
what has a LOM name of its own.
"""

from __future__ import annotations

from typing import Final

from lxml import etree
from msgspec.structs import replace

from schemas.formats.lom import forms as lom_forms
from schemas.formats.lom import values as lom_values
from schemas.formats.lom.foreign import split
from schemas.formats.lom.mend import Mender
from schemas.formats.lom.values import Concepts
from schemas.namespaces import LOM, XML
from schemas.record import (
    Contribute,
    DateTime,
    Educational,
    Entity,
    Foreign,
    General,
    Identifier,
    LangString,
    LangStrings,
    LifeCycle,
    Record,
    Relation,
    Resource,
    Rights,
    Technical,
    Vocabulary,
)
from schemas.xml import reader as xml

_OBAA: Final = "obaa"
_AUTHOR: Final = ("autor", "author")
_LANGUAGES: Final = frozenset(("language", f"{{{XML}}}lang"))
_SPOKEN: Final = frozenset(
    ("Title", "Keyword", "Description", "Coverage", "Version", "RightsDescription", "ResourceDescription")
)
_Flat = dict[str, list[LangString]]


class ObaaMender(Mender):
    """The tolerant reader, which also takes OBAA's names; where there are none it does no more than the plain one."""

    def __init__(self, concepts: Concepts) -> None:
        super().__init__(concepts)
        self.flat: _Flat = {}

    def takes(self, child: etree._Element, path: str) -> bool:
        namespace, local = split(str(child.tag))
        name = local.removeprefix(_OBAA)
        if path != "general" or name == local or name not in _TARGETS or not self.of_lom(namespace):
            return super().takes(child, path)
        if not _LANGUAGES.issuperset(child.attrib) or (child.attrib and name not in _SPOKEN):
            return False  # its attributes have no place in LOM: kept whole
        path = f"general.{local}"
        self.flat.setdefault(name, []).append(LangString(self.tag(child, path), self.leaf(child, path)))
        return True

    def record(self, root: etree._Element) -> Record:
        record = super().record(root)
        if not self.flat:
            return record
        for name, strings in self.flat.items():
            for text in (string.value for string in strings):
                self.tell(_TARGETS[name], "obaa_name", f"{_OBAA}{name}: {text}", None if name == "Role" else text)
        record = _moved(record, self.flat, self.concepts)
        roles, contributes = self.contributes()
        life = record.life_cycle or LifeCycle()
        if contributes:
            life = replace(life, contribute=life.contribute + contributes)
            record = replace(record, life_cycle=life)
        return replace(record, ext=record.ext + _kept(record, roles))

    def contributes(self) -> tuple[list[str], tuple[Contribute, ...]]:
        """The contributes, and the roles that could not be given to anybody."""
        roles = _texts(self.flat, "Role")
        entities = [lom_values.entity(text) for text in _texts(self.flat, "Entity")]
        given = _given(roles, entities)
        found = [Contribute(role=self.role(role), entity=group) for role, group in given if group]
        found += [Contribute(date=self.obaa_date(raw)) for raw in _texts(self.flat, "Date")]
        return ([] if any(role for role, _ in given) else roles), tuple(found)

    def role(self, role: str | None) -> Vocabulary | None:
        return None if role is None else lom_values.vocabulary(self.concepts, "role", None, role)

    def obaa_date(self, raw: str) -> DateTime:
        date = lom_values.date(raw, None)
        if not lom_forms.date_lawful(raw):
            self.tell("lifeCycle.contribute.date", "date_form", raw, lom_forms.date_form(date))
        return date


def _given(roles: list[str], entities: list[Entity]) -> list[tuple[str | None, tuple[Entity, ...]]]:
    """Who has which role, where the shuffled list leaves no doubt; else nobody has one."""
    kinds = sorted(set(roles))
    if len(kinds) == 1:
        return [(kinds[0], tuple(entities))]
    authors = [role for role in roles if role.lower() in _AUTHOR]
    bodies = tuple(e for e in entities if e.kind == "organization")
    others = [role for role in kinds if role.lower() not in _AUTHOR]
    if len(others) == 1 and authors and len(bodies) == len(roles) - len(authors):
        people = tuple(e for e in entities if e.kind != "organization")
        return [(authors[0], people), (others[0], bodies)]
    return [(None, tuple(entities))]


def _kept(record: Record, roles: list[str]) -> tuple[Foreign, ...]:
    """Roles without an owner, as unknown elements at the end of `general`."""
    general = record.general or General()
    many = (general.identifier, general.language, general.description, general.keyword, general.coverage)
    one = (general.title, general.structure, general.aggregation_level)
    end = sum(map(len, many)) + sum(value is not None for value in one)
    end += sum(f.path == "general" and f.position >= 0 for f in record.ext)
    return tuple(
        Foreign("general", end + i, f'<obaaRole xmlns="{LOM}">{xml.escape(role)}</obaaRole>')
        for i, role in enumerate(roles)
    )


def _moved(record: Record, flat: _Flat, concepts: Concepts) -> Record:
    """The record with everything but contributors and dates in its place."""
    changed: dict[str, object] = {"general": _general(record.general or General(), flat, concepts)}
    if "Version" in flat:
        life = record.life_cycle or LifeCycle()
        changed["life_cycle"] = replace(life, version=(life.version or ()) + tuple(flat["Version"]))
    if "Location" in flat or "Format" in flat:
        changed["technical"] = _technical(record.technical or Technical(), flat)
    if any(name in flat for name in ("LearningResourceType", "IntendedEndUserRole", "InteractivityType")):
        changed["educational"] = _educational(record.educational, flat, concepts)
    if "RightsDescription" in flat:
        rights = record.rights or Rights()
        changed["rights"] = replace(rights, description=(rights.description or ()) + tuple(flat["RightsDescription"]))
    if "ResourceDescription" in flat:
        described = tuple(Relation(resource=Resource(description=(s,))) for s in _each(flat["ResourceDescription"]))
        changed["relation"] = record.relation + described
    return replace(record, **changed)


def _general(general: General, flat: _Flat, concepts: Concepts) -> General:
    catalogs = _texts(flat, "Catalog")
    entries = _texts(flat, "Entry")
    paired = catalogs if len(catalogs) == len(entries) else []
    named = [Identifier(c, e) for c, e in zip(paired, entries, strict=True)] if paired else []
    named += [] if paired else [Identifier(entry=e) for e in entries] + [Identifier(catalog=c) for c in catalogs]
    structure = _values(flat, "Structure", "structure", concepts)
    return replace(
        general,
        identifier=general.identifier + tuple(named) + tuple(Identifier(entry=e) for e in _texts(flat, "Identifier")),
        title=(general.title or ()) + tuple(flat["Title"]) if "Title" in flat else general.title,
        language=general.language + tuple(_texts(flat, "Language")),
        description=general.description + _each(flat.get("Description", [])),
        keyword=general.keyword + _each(flat.get("Keyword", [])),
        coverage=general.coverage + _each(flat.get("Coverage", [])),
        structure=general.structure or (structure[0] if structure else None),
    )


def _technical(technical: Technical, flat: _Flat) -> Technical:
    return replace(
        technical,
        location=technical.location + tuple(_texts(flat, "Location")),
        format=technical.format + tuple(_texts(flat, "Format")),
    )


def _educational(educational: tuple[Educational, ...], flat: _Flat, concepts: Concepts) -> tuple[Educational, ...]:
    first, rest = (educational[0], educational[1:]) if educational else (Educational(), ())
    interactivity = _values(flat, "InteractivityType", "interactivityType", concepts)
    types = _values(flat, "LearningResourceType", "learningResourceType", concepts)
    roles = _values(flat, "IntendedEndUserRole", "intendedEndUserRole", concepts)
    first = replace(
        first,
        interactivity_type=first.interactivity_type or (interactivity[0] if interactivity else None),
        learning_resource_type=first.learning_resource_type + types,
        intended_end_user_role=first.intended_end_user_role + roles,
    )
    return (first, *rest)


def _values(flat: _Flat, name: str, space: str, concepts: Concepts) -> tuple[Vocabulary, ...]:
    return tuple(lom_values.vocabulary(concepts, space, None, text) for text in _texts(flat, name))


def _texts(flat: _Flat, name: str) -> list[str]:
    return [string.value for string in flat.get(name, ())]


def _each(strings: list[LangString]) -> tuple[LangStrings, ...]:
    return tuple((string,) for string in strings)


_TARGETS: Final = {
    "Title": "general.title",
    "Keyword": "general.keyword",
    "Description": "general.description",
    "Language": "general.language",
    "Identifier": "general.identifier",
    "Entry": "general.identifier",
    "Catalog": "general.identifier",
    "Coverage": "general.coverage",
    "Structure": "general.structure",
    "Version": "lifeCycle.version",
    "Date": "lifeCycle.contribute.date",
    "Entity": "lifeCycle.contribute.entity",
    "Role": "lifeCycle.contribute.role",
    "Location": "technical.location",
    "Format": "technical.format",
    "LearningResourceType": "educational[0].learningResourceType",
    "IntendedEndUserRole": "educational[0].intendedEndUserRole",
    "InteractivityType": "educational[0].interactivityType",
    "RightsDescription": "rights.description",
    "ResourceDescription": "relation.resource.description",
}
