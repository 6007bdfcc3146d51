"""What generated records are made of: words in four languages, topics, value tables; read once from data/generate.

The vocabularies give labels and paths, so that a generated subject or level is always a concept of ours.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any, Generic, TypeVar

import msgspec

from schemas.record import Vocabulary
from schemas.vocabularies.vocabularies import Vocabularies, shipped

T = TypeVar("T")
LANGUAGES = ("nl", "en", "fr", "de")  # the order of the names of a topic
LOM = "LOMv1.0"
_TABLES = (
    *("languages", "sources", "collections", "organisations", "audiences", "kinds", "roles"),
    *("structure", "status", "density", "difficulty", "browsers", "systems"),
)  # fmt: skip


class Weighted(Generic[T]):
    """Values with weights; `pick` takes a number of [0, 1)."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        known = tuple(pairs)
        self.values = tuple(value for value, _ in known)
        total = sum(weight for _, weight in known)
        self.bounds = tuple(bound / total for bound in accumulate(weight for _, weight in known))[:-1]

    def pick(self, number: float) -> T:
        return self.values[bisect(self.bounds, number)]


class Level(msgspec.Struct, frozen=True):
    """A level by its notation, the group of pupils it belongs to (K, P, S, H, A), and its usual ages."""

    notation: str
    group: str
    weight: float
    ages: str


class Kind(msgspec.Struct, frozen=True):
    """A type of resource: its media types, for whom it is made (letters of groups), and how it is used."""

    notation: str
    weight: float
    formats: tuple[str, ...]
    groups: str = msgspec.field(name="for")
    interactivity: str
    interactivity_level: str
    aggregation: int


class LicenceWeight(msgspec.Struct, frozen=True):
    """A licence by its URI; an empty URI stands for rights that name no licence."""

    uri: str
    weight: float


class Sparse(msgspec.Struct, frozen=True):
    """The share of poor records, and the share of the optional fields that they lack."""

    share: float
    missing: float


_Pairs = tuple[tuple[str, float], ...]


class Values(msgspec.Struct, frozen=True):
    """data/generate/values.json: weights of all that is chosen by chance, and how often each field is left out."""

    languages: _Pairs
    groups: _Pairs
    levels: tuple[Level, ...]
    types: tuple[Kind, ...]
    licences: tuple[LicenceWeight, ...]
    audiences: _Pairs
    related_types: dict[str, str]
    sources: _Pairs
    collections: _Pairs
    organisations: _Pairs
    organisation_names: dict[str, str]
    hosts: dict[str, tuple[str, ...]]
    structure: _Pairs
    status: _Pairs
    density: _Pairs
    difficulty: _Pairs
    roles: _Pairs
    kinds: _Pairs
    browsers: _Pairs
    systems: _Pairs
    extensions: dict[str, str]
    sparse: Sparse
    missing: dict[str, float]


class Words(msgspec.Struct, frozen=True):
    """data/generate/{language}.json: sentences with places to fill, and words to fill them with."""

    titles: tuple[str, ...]
    angles: tuple[str, ...]
    grades: dict[str, tuple[str, ...]]
    forms: dict[str, tuple[str, ...]]
    opening: tuple[str, ...]
    content: tuple[str, ...]
    use: tuple[str, ...]
    teacher: tuple[str, ...]
    closing: tuple[str, ...]
    objectives: tuple[str, ...]
    guidance: tuple[str, ...]
    comments: tuple[str, ...]
    coverage: tuple[str, ...]
    remarks: tuple[str, ...]
    platform: tuple[str, ...]
    related: tuple[str, ...]
    restriction: tuple[str, ...]
    closed: tuple[str, ...]
    classified: tuple[str, ...]
    learning_time: tuple[str, ...]
    play_time: tuple[str, ...]
    dates: tuple[str, ...]
    versions: tuple[str, ...]
    used: tuple[str, ...]
    described: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    organisations: tuple[str, ...]
    towns: tuple[str, ...]


class Topic(msgspec.Struct, frozen=True):
    """Something to learn: its subject by notation, its names and the keywords of its subject by language."""

    subject: str
    names: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]


class Step(msgspec.Struct, frozen=True):
    """A concept on a path: its IRI and its label by language."""

    id: str
    labels: Mapping[str, str]


class Material:
    """Everything together, the tables ready to be drawn from."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        values = self.values = msgspec.json.decode(_file("values"), type=Values)
        self.words = {language: msgspec.json.decode(_file(language), type=Words) for language in LANGUAGES}
        self.topics = _topics()
        self.groups = Weighted(values.groups)
        self.levels = {
            group: Weighted((level, level.weight) for level in values.levels if level.group == group)
            for group, _ in values.groups
        }
        self.types = {
            group: Weighted((kind, kind.weight) for kind in values.types if group in kind.groups)
            for group, _ in values.groups
        }
        self.licences = Weighted((one.uri, one.weight) for one in values.licences)
        self.tables = {name: Weighted(getattr(values, name)) for name in _TABLES}
        concepts = vocabularies.concepts.values()
        self.paths = {
            scheme: {one.notation: _path(one.id, vocabularies) for one in concepts if one.scheme == scheme}
            for scheme in ("subject", "level")
        }
        self.type_values = {kind.notation: _ours("type", kind.notation, vocabularies) for kind in values.types}
        self.audience_values = {name: _ours("audience", name, vocabularies) for name, _ in values.audiences}
        self.contexts = {one.notation: _context(one.notation, vocabularies) for one in values.levels}
        self.full, self.sparse = _thresholds(values)


class Chance:
    """Chance from one seed. Only `random()` is drawn: Python promises its sequence for a seed in every version."""

    def __init__(self, seed: int) -> None:
        self.draw: Callable[[], float] = Random(f"oerbron {seed}").random  # noqa: S311 - a sample, no secret

    def one(self, values: tuple[T, ...]) -> T:
        return values[int(self.draw() * len(values))]

    def between(self, least: int, most: int) -> int:
        return least + int(self.draw() * (most - least + 1))


@cache
def material() -> Material:
    """The material, read once per process."""
    return Material(shipped())


@cache
def lom_term(value: str) -> Vocabulary:
    """A value of LOM's own value spaces."""
    return Vocabulary(LOM, value)


def _file(name: str) -> bytes:
    return files("schemas").joinpath("data", "generate", f"{name}.json").read_bytes()


def _topics() -> dict[str, tuple[Topic, ...]]:
    """Topics by the letter of the group that they suit."""
    found: dict[str, list[Topic]] = {}
    tree: list[dict[str, Any]] = msgspec.json.decode(_file("topics"))
    for family in tree:
        keywords = {language: tuple(words) for language, words in family["keywords"].items()}
        for subject, groups, *names in family["topics"]:
            topic = Topic(subject, dict(zip(LANGUAGES, names, strict=True)), keywords)
            for group in groups:
                found.setdefault(group, []).append(topic)
    return {group: tuple(topics) for group, topics in found.items()}


def _path(concept: str, vocabularies: Vocabularies) -> tuple[Step, ...]:
    """From the top concept down to this one."""
    ids = (*reversed(vocabularies.ancestors(concept)), concept)
    return tuple(Step(id_, dict(vocabularies.concepts[id_].labels)) for id_ in ids)


def _ours(scheme: str, notation: str, vocabularies: Vocabularies) -> Vocabulary:
    """LOM's own value where it means exactly the concept, else the notation in our scheme."""
    element = {"type": "learningResourceType", "audience": "intendedEndUserRole"}[scheme]
    concept = vocabularies.find_notation(scheme, notation)
    token = vocabularies.lom_token(element, concept) if concept else None
    if token is not None and vocabularies.find(element, LOM, token) == concept:
        return Vocabulary(LOM, token)
    return Vocabulary(f"https://w3id.org/oerbron/{scheme}", notation)


def _context(notation: str, vocabularies: Vocabularies) -> Vocabulary:
    concept = vocabularies.find_notation("level", notation)
    token = vocabularies.lom_token("context", concept) if concept else None
    return Vocabulary(LOM, token or "other")


def _thresholds(values: Values) -> tuple[dict[str, float], dict[str, float]]:
    """How often an ordinary record and a poor one lack each field, so that together they lack it as `missing` says."""
    share, missing = values.sparse.share, values.sparse.missing
    full = {key: max(0.002, (wanted - share * missing) / (1 - share)) for key, wanted in values.missing.items()}
    return full, dict.fromkeys(values.missing, missing)
