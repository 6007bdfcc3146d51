"""Concepts and schemes (SKOS Reference, W3C 2009): the structs, and how the shipped Turtle becomes them.

The Turtle in data/vocab is the source; nothing is derived from it on disk. `dct:identifier` of a scheme is its name
in specs and URLs, that of a concept its token in LOMv1.0. This module must not look anything up by a term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Final

import msgspec

from schemas.vocabularies.turtle import RDF_TYPE, statements

SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
OWN: Final = "https://w3id.org/oerbron/def/"
"""Our namespace for what SKOS has no word for: `order`, `filler`, `stranger` of schemes, `icon`, `hue` of concepts."""
DCT_IDENTIFIER: Final = "http://purl.org/dc/terms/identifier"
MATCHES: Final = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")


class Concept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A concept: one preferred label a language, `mappings` are pairs (exactMatch | closeMatch | ..., IRI).

    `hidden` labels are found and never shown (SKOS Reference, 5.1): abbreviations, spellings, and words that mean
    several concepts of the scheme at once. Pages show it by `icon` (a name of
    Lucide) and `hue` (degrees in OKLCH).
    """

    id: str
    scheme: str
    notation: str
    labels: dict[str, str]
    alt: dict[str, tuple[str, ...]] = {}
    broader: tuple[str, ...] = ()
    mappings: tuple[tuple[str, str], ...] = ()
    token: str | None = None
    hidden: dict[str, tuple[str, ...]] = {}
    icon: str = ""
    hue: str = ""

    def every_label(self) -> Iterator[tuple[str, str]]:
        """(language, label) of all its labels: preferred, alternative, hidden."""
        yield from self.labels.items()
        for more in (self.alt, self.hidden):
            yield from ((lang, label) for lang, labels in more.items() for label in labels)


class Scheme(msgspec.Struct, frozen=True, omit_defaults=True):
    """A scheme: `name` stands in specs, URLs and filters, `id` is its IRI.

    `order` is "listed" where the concepts have an order of their own, which facets and pages follow (levels), else "".
    `fillers` are words in a term that say nothing ("niveau"); `strangers` are terms that mean no concept of the scheme,
    however close they come to a label ("Beginner" is no level).
    """

    name: str
    id: str
    labels: dict[str, str]
    order: str = ""
    fillers: dict[str, tuple[str, ...]] = {}
    strangers: dict[str, tuple[str, ...]] = {}


class Tree(msgspec.Struct, frozen=True):
    """A scheme with its concepts, in the order in which they are shown."""

    scheme: Scheme
    concepts: tuple[Concept, ...]


class _Draft:
    """What was read of one subject so far: values by local predicate name, labels by language."""

    __slots__ = ("kind", "labels", "tagged", "values")

    def __init__(self) -> None:
        self.kind = ""
        self.labels: dict[str, str] = {}
        self.tagged: dict[str, dict[str, list[str]]] = {}
        self.values: dict[str, list[str]] = {}

    def first(self, name: str) -> str:
        return self.values.get(name, [""])[0]

    def by_language(self, name: str) -> dict[str, tuple[str, ...]]:
        return {lang: tuple(texts) for lang, texts in self.tagged.get(name, {}).items()}


def shipped_trees() -> Iterator[Tree]:
    """The schemes of data/vocab, by file name, then in the order of the file."""
    folder = files("schemas") / "data" / "vocab"
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".ttl"):
            yield from trees_of(entry.read_text(encoding="utf-8"))


def trees_of(text: str) -> Iterator[Tree]:
    """The schemes of one Turtle document; raises Unreadable (`not_turtle`) naming the line."""
    drafts = _drafts(text)
    schemes = {iri: draft for iri, draft in drafts.items() if draft.kind == "ConceptScheme"}
    for iri, draft in schemes.items():
        scheme = Scheme(
            name=draft.first("identifier"),
            id=iri,
            labels=draft.labels,
            order=draft.first(f"{OWN}order"),
            fillers=draft.by_language(f"{OWN}filler"),
            strangers=draft.by_language(f"{OWN}stranger"),
        )
        members = (
            _concept(id_, one, scheme.name)
            for id_, one in drafts.items()
            if one.kind == "Concept" and one.first("inScheme") == iri
        )
        yield Tree(scheme, tuple(members))


def _drafts(text: str) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    for subject, predicate, value, literal, lang in statements(text):
        draft = drafts.get(subject)
        if draft is None:
            draft = drafts[subject] = _Draft()
        name = predicate.removeprefix(SKOS)
        if name == "prefLabel":
            draft.labels[lang] = value
        elif lang:
            draft.tagged.setdefault(name, {}).setdefault(lang, []).append(value)
        elif predicate == RDF_TYPE:
            draft.kind = value.removeprefix(SKOS)
        else:
            key = "identifier" if literal and predicate == DCT_IDENTIFIER else name
            draft.values.setdefault(key, []).append(value)
    return drafts


def _concept(id_: str, draft: _Draft, scheme: str) -> Concept:
    return Concept(
        id=id_,
        scheme=scheme,
        notation=draft.first("notation"),
        labels=draft.labels,
        alt=draft.by_language("altLabel"),
        broader=tuple(draft.values.get("broader", ())),
        mappings=tuple((kind, iri) for kind in MATCHES for iri in draft.values.get(kind, ())),
        token=draft.first("identifier") or None,
        hidden=draft.by_language("hiddenLabel"),
        icon=draft.first(f"{OWN}icon"),
        hue=draft.first(f"{OWN}hue"),
    )


def specs_of(concepts: Mapping[str, Concept]) -> dict[str, str]:
    """The spec of every concept: its notations from the top; one that begins with its parent's is shortened by it."""
    specs: dict[str, str] = {}

    def spec(concept: Concept, below: tuple[str, ...]) -> str:
        if concept.id in specs:
            return specs[concept.id]
        parent = next((concepts[id_] for id_ in concept.broader if id_ in concepts and id_ not in below), None)
        if parent is None:
            return concept.notation
        own = concept.notation.removeprefix(parent.notation + "-")
        return f"{spec(parent, (*below, concept.id))}:{own}"

    for concept in concepts.values():
        specs[concept.id] = spec(concept, (concept.id,))
    return specs
