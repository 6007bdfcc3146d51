"""Suggesting: what somebody may be typing, and what somebody may have meant.

Titles and names of concepts that begin as the text does; a query with its misspelt words put right. The same for every
engine: nothing here depends on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from repository.search.index.document import title_order
from repository.search.index.engine import Index, Wanted
from repository.search.language.labels import joined_key
from repository.search.language.query import cut
from repository.search.language.words import normal, plain_words, words_of
from repository.search.plan.language import Language, Name
from repository.search.plan.parameters import Sort
from repository.search.plan.plan import Ahead, Fixed, Has, Node, every
from repository.search.plan.query_plan import Planned, gram

MOST_CONCEPTS: Final = 3  # before the titles


class Suggestion(msgspec.Struct, frozen=True):
    """`kind` is title or concept, `value` the record's id or the concept's IRI, `count` its records (a title has one).

    `matched` is the title or label, as it is written, that begins with what was typed: it differs from `text` for a
    synonym, or when somebody types in another language than the one on the page.
    """

    text: str
    kind: str
    value: str
    matched: str
    count: int


def suggestions(language: Language, index: Index, text: str, size: int, languages: Sequence[str]) -> list[Suggestion]:
    """Concepts and titles that begin as the text does, then titles with words that do; each text once."""
    words = plain_words(cut(text))
    if not words or size < 1:
        return []
    found = _concepts(language, index, text, languages)[: min(MOST_CONCEPTS, size)]
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
    return [Suggestion(hit.shown, "title", hit.id, hit.shown, 1) for hit in hits]


def _concepts(language: Language, index: Index, text: str, languages: Sequence[str]) -> list[Suggestion]:
    """Concepts that some record has, with a label in any language that begins so; the commonest first.

    Of several labels the one that is shown counts, else one that begins exactly as typed, else the reader's.
    """
    concepts, key = language.vocabularies.concepts, joined_key(plain_words(cut(text)))
    typed = normal(text).strip().casefold()
    labels: dict[str, list[Name]] = {}
    for name in language.names:
        if name.key.startswith(key):
            labels.setdefault(name.concept, []).append(name)
    counts = index.frequencies([(concepts[one].scheme, one) for one in labels])
    found = []
    for one, names in labels.items():
        if count := counts.get((concepts[one].scheme, one)):
            shown = language.vocabularies.label(one, languages)
            best = min(names, key=lambda name: (name.label != shown, _distance(name, typed, languages)))
            found.append(Suggestion(shown, "concept", one, best.label, count))
    return sorted(found, key=lambda one: -one.count)


def _distance(name: Name, typed: str, languages: Sequence[str]) -> tuple[bool, int]:
    rank = languages.index(name.language) if name.language in languages else len(languages)
    return not name.label.casefold().startswith(typed), rank


def corrected(text: str, planned: Planned) -> str | None:
    """The query that was searched instead, which finds the same when asked itself; None when nothing was replaced.

    A word that was replaced by several is given as all of them, with OR between.
    """
    instead = dict(planned.instead)
    if not instead:
        return None
    text = normal(cut(text))
    parts: list[str] = []
    place = 0
    for word in words_of(text):
        if word.text in instead:
            parts += [text[place : word.start], " OR ".join(instead[word.text])]
            place = word.end
    return "".join([*parts, text[place:]]).strip()
