"""Suggesting: what somebody may be typing, and what he may have meant.

Titles and names of concepts that begin as the text does; a query with its misspelt words put right. The same for every
engine: nothing here is the engine's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from repository.search.index.document import title_order
from repository.search.index.engine import Index, Wanted
from repository.search.language.query import cut
from repository.search.language.words import normal, plain_words, words_of
from repository.search.plan.language import Language
from repository.search.plan.parameters import Sort
from repository.search.plan.plan import Ahead, Fixed, Has, Node, every
from repository.search.plan.query_plan import Planned, gram

MOST_CONCEPTS: Final = 3  # before the titles


class Suggestion(msgspec.Struct, frozen=True):
    """`kind` is title or concept, `value` the record's id or the concept's IRI."""

    text: str
    kind: str
    value: str


def suggestions(language: Language, index: Index, text: str, size: int, languages: Sequence[str]) -> list[Suggestion]:
    """Concepts and titles that begin as the text does, then titles with words that do; each text once."""
    words = plain_words(cut(text))
    if not words or size < 1:
        return []
    found = _concepts(language, index, " ".join(words), languages)[: min(MOST_CONCEPTS, size)]
    found += _titles(index, Ahead("by_title", title_order(text)), "title", size)
    if len(found) < size:
        node = every(*(Fixed(Has("starts", gram(word), 0.0), 0.0) for word in words))
        found += _titles(index, node, "newest", size)
    seen: dict[str, Suggestion] = {}
    for one in found:
        seen.setdefault(one.text.casefold(), one)
    return list(seen.values())[:size]


def _titles(index: Index, node: Node, order: Sort, size: int) -> list[Suggestion]:
    hits = index.find(Wanted(node=node, order=order, size=size, counted=False)).hits
    return [Suggestion(hit.shown, "title", hit.id) for hit in hits]


def _concepts(language: Language, index: Index, text: str, languages: Sequence[str]) -> list[Suggestion]:
    """Concepts that some record has, with a name in any language that begins so; the commonest first."""
    concepts = language.vocabularies.concepts
    names = dict.fromkeys(concept for label, concept in language.names if label.startswith(text))
    counts = index.frequencies([(concepts[one].scheme, one) for one in names])
    living = {one: count for one in names if (count := counts.get((concepts[one].scheme, one)))}
    return [
        Suggestion(language.vocabularies.label(one, languages), "concept", one)
        for one in sorted(living, key=lambda one: -living[one])
    ]


def corrected(text: str, planned: Planned) -> str | None:
    """The query with its misspelt words put right; None when none is."""
    right = dict(planned.corrected)
    if not right:
        return None
    text = normal(cut(text))
    parts: list[str] = []
    place = 0
    for word in words_of(text):
        if word.text in right:
            parts += [text[place : word.start], right[word.text]]
            place = word.end
    return "".join([*parts, text[place:]]).strip()
