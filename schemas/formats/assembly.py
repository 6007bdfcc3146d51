"""Flat statements put together as a record: the common half of the readers of Dublin Core, AMB and tables.

These formats say "creator: X", "subject: Y"; LOM has one place for each (record.md, 2). An Assembly takes the
statements in any order, derives the parts that a reader derives, drops what is empty or said twice, and gives the
record. It must not know any of the formats.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from schemas import agent
from schemas.datestamp import is_iso_date
from schemas.errors import Problem, Repair
from schemas.formats.absence import without_placeholders
from schemas.formats.lom import values as lom_values
from schemas.formats.lom.values import Concepts
from schemas.record import (
    Annotation,
    Classification,
    Contribute,
    DateTime,
    Duration,
    Educational,
    Entity,
    File,
    General,
    Identifier,
    LangString,
    LangStrings,
    LifeCycle,
    MetaMetadata,
    Record,
    Relation,
    Resource,
    Rights,
    Size,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
)

LOM_SOURCE: Final = "LOMv1.0"
AUTHOR: Final = "author"
PUBLISHER: Final = "publisher"
UNKNOWN: Final = "unknown"
THUMBNAIL: Final = "hasthumbnail"
ACCESS_RIGHTS: Final = "access rights"
DISCIPLINE: Final = "discipline"
EDUCATIONAL_LEVEL: Final = "educational level"
ACCESSIBILITY: Final = "accessibility restrictions"

_FIRST: Final = {AUTHOR: 0, PUBLISHER: 1}
Role = tuple[str | None, str | None]


def langstrings(text: str, lang: str | None = None) -> LangStrings:
    return (LangString(lang, text),)


class _Contribution:
    """The entities of one role, and its date."""

    __slots__ = ("date", "entities")

    def __init__(self) -> None:
        self.entities: list[Entity] = []
        self.date: DateTime | None = None


class Assembly:
    """Collects statements; `record()` gives what they make together."""

    def __init__(self, concepts: Concepts) -> None:
        self.concepts = concepts
        self.repairs: list[Repair] = []
        self.problems: list[Problem] = []
        self.identifiers: dict[Identifier, None] = {}
        self.titles: dict[LangString, None] = {}
        self.languages: dict[str, None] = {}
        self.descriptions: dict[LangStrings, None] = {}
        self.keywords: dict[LangStrings, None] = {}
        self.coverage: dict[LangStrings, None] = {}
        self.aggregation_level: Vocabulary | None = None
        self.version: LangStrings | None = None
        self.status: Vocabulary | None = None
        self.formats: dict[str, None] = {}
        self.size: Size | None = None
        self.locations: dict[str, None] = {}
        self.duration: Duration | None = None
        self.requirements: LangStrings | None = None
        self.interactivity_type: Vocabulary | None = None
        self.types: dict[Vocabulary, None] = {}
        self.audiences: dict[Vocabulary, None] = {}
        self.contexts: dict[Vocabulary, None] = {}
        self.age_ranges: dict[LangStrings, None] = {}
        self.difficulty: Vocabulary | None = None
        self.learning_time: Duration | None = None
        self.uses: dict[LangStrings, None] = {}
        self.cost: Vocabulary | None = None
        self.rights: dict[LangString, None] = {}
        self.relations: dict[Relation, None] = {}
        self.annotations: dict[Annotation, None] = {}
        self.files: dict[File, None] = {}
        self.meta_identifiers: dict[Identifier, None] = {}
        self.meta_contributes: list[Contribute] = []
        self.meta_language: str | None = None
        self._contributions: dict[Role, _Contribution] = {}
        self._lone_dates: dict[tuple[Role | None, DateTime], None] = {}
        self._taxa: dict[str, dict[TaxonPath, None]] = {}
        self._described: dict[str, LangStrings] = {}

    def repair(self, path: str, rule: str, before: str | None, after: str | None) -> None:
        self.repairs.append(Repair(path, rule, before, after))

    def note(self, path: str, code: str, message: str) -> None:
        """Something the format says and a record has no place for."""
        self.problems.append(Problem(path, code, message, "info"))

    def term(self, space: str, value: str, source: str | None = None, label: LangStrings | None = None) -> Vocabulary:
        """A value; `label` is what the format says beside one that is an address."""
        term = lom_values.vocabulary(self.concepts, space, source, value)
        return replace(term, label=label) if label and term.uri != value else term

    def level(self, text: str, language: str | None = None) -> None:
        """A level in words; where the words tell how hard something is and no level, the difficulty."""
        if self.difficulty is None and self.is_difficulty(text, language):
            self.difficulty = self.term("difficulty", text)
        else:
            self.contexts[self.term("context", text)] = None

    def is_difficulty(self, text: str, language: str | None = None) -> bool:
        if self.concepts.find("context", None, text, language) is not None:
            return False
        return self.concepts.find("difficulty", None, text, language) is not None

    def token(self, space: str, value: str) -> Vocabulary:
        """A value of LOM's own value space."""
        return lom_values.vocabulary(self.concepts, space, LOM_SOURCE, value)

    def contribute(self, entity: Entity, role: str, source: str | None = LOM_SOURCE) -> None:
        entities = self._contribution((source, role)).entities
        if entity not in entities:
            entities.append(entity)

    def people(self, text: str, role: str, path: str) -> None:
        """The contributors that a text names; several people in one text are parted, told."""
        found = agent.read_all(text)
        if len(found) > 1:
            self.repair(path, "parted_people", text, "; ".join(one.raw for one in found))
        for entity in found:
            self.contribute(entity, role)

    def has_role(self, role: str) -> bool:
        return (LOM_SOURCE, role) in self._contributions

    def date(self, raw: str, role: str | None, source: str | None = LOM_SOURCE) -> None:
        """A date of what a role did; with no role, of nobody's doing. A second one of a role stands alone."""
        date = lom_values.date(raw, None)
        if date.value is not None and not is_iso_date(raw):
            self.repair("lifeCycle.contribute.date", "date_form", raw, date.value)
        if role is None:
            self._lone_dates[None, date] = None
            return
        contribution = self._contribution((source, role))
        if contribution.date is None:
            contribution.date = date
        elif contribution.date != date:
            self._lone_dates[(source, role), date] = None

    def _contribution(self, role: Role) -> _Contribution:
        return self._contributions.setdefault(role, _Contribution())

    def relate(self, kind: Vocabulary | None, identifiers: Iterable[str], descriptions: Iterable[LangStrings]) -> None:
        resource = Resource(tuple(Identifier("URI", one) for one in identifiers), tuple(descriptions))
        self.relations[Relation(kind, resource)] = None

    def thumbnail(self, url: str) -> None:
        """A picture of the resource, as LOM networks write it (record.md 9)."""
        self.relate(self.term("kind", THUMBNAIL), (url,), (langstrings(url),))

    def classify(
        self, purpose: str, taxon_id: str | None, entry: LangStrings | None, source: str | None = None
    ) -> None:
        path = TaxonPath(langstrings(source) if source else None, (Taxon(taxon_id, entry),))
        self._taxa.setdefault(purpose, {})[path] = None

    def describe(self, purpose: str, strings: LangStrings) -> None:
        """What is said of the resource under a purpose as a whole."""
        self._taxa.setdefault(purpose, {})
        self._described.setdefault(purpose, strings)

    def record(self) -> Record:
        """What the statements make together, placeholders left out, each told among the repairs."""
        record, absent = without_placeholders(self._whole())
        self.repairs += absent
        return record

    def _whole(self) -> Record:
        return Record(
            general=self._general(),
            life_cycle=self._life_cycle(),
            meta_metadata=self._meta_metadata(),
            technical=self._technical(),
            educational=self._educational(),
            rights=Rights(self.cost, None, tuple(self.rights) or None) if self.cost or self.rights else None,
            relation=tuple(self.relations),
            annotation=tuple(self.annotations),
            classification=tuple(
                Classification(
                    self.term("purpose", purpose, purpose_source(purpose)), tuple(paths), self._described.get(purpose)
                )
                for purpose, paths in self._taxa.items()
            ),
            files=tuple(self.files),
        )

    def _general(self) -> General | None:
        general = General(
            identifier=tuple(self.identifiers),
            title=tuple(self.titles) or None,
            language=tuple(self.languages),
            description=tuple(self.descriptions),
            keyword=tuple(self.keywords),
            coverage=tuple(self.coverage),
            aggregation_level=self.aggregation_level,
        )
        return general if general != General() else None

    def _life_cycle(self) -> LifeCycle | None:
        found = [
            lom_values.contribution(self._role(role), tuple(one.entities), one.date)
            for role, one in sorted(self._contributions.items(), key=lambda item: _FIRST.get(item[0][1] or "", 2))
        ]
        found += [Contribute(self._role(role) if role else None, (), date) for role, date in self._lone_dates]
        cycle = LifeCycle(version=self.version, status=self.status, contribute=tuple(found))
        return cycle if cycle != LifeCycle() else None

    def _role(self, role: Role) -> Vocabulary:
        return lom_values.vocabulary(self.concepts, "role", *role)

    def _meta_metadata(self) -> MetaMetadata | None:
        meta = MetaMetadata(tuple(self.meta_identifiers), tuple(self.meta_contributes), (), self.meta_language)
        return meta if meta != MetaMetadata() else None

    def _technical(self) -> Technical | None:
        technical = Technical(
            format=tuple(self.formats),
            size=self.size,
            location=tuple(self.locations),
            other_platform_requirements=self.requirements,
            duration=self.duration,
        )
        return technical if technical != Technical() else None

    def _educational(self) -> tuple[Educational, ...]:
        part = Educational(
            interactivity_type=self.interactivity_type,
            learning_resource_type=tuple(self.types),
            intended_end_user_role=tuple(self.audiences),
            context=tuple(self.contexts),
            typical_age_range=tuple(self.age_ranges),
            difficulty=self.difficulty,
            typical_learning_time=self.learning_time,
            description=tuple(self.uses),
        )
        return (part,) if part != Educational() else ()


def purpose_source(purpose: str) -> str | None:
    """LOM's source for LOM's purposes; `access rights` is no token of LOM."""
    return LOM_SOURCE if purpose != ACCESS_RIGHTS else None
