"""The words of a search: which concepts stand in them, and what is left when one is taken away. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from repository.search.plan.parameters import REPEATED, Search
from schemas.vocabularies.vocabularies import Vocabularies

SCHEMES: Final = ("level", "subject")
LONGEST: Final = 4  # words of one label
MOST_WORDS: Final = 12
_SIGNS: Final = frozenset('"()*:')


class Recognised(NamedTuple):
    """A concept that words of a search name, and the search that asks for the concept in their place."""

    scheme: str
    concept: str
    search: Search


class Without(NamedTuple):
    """A search with one thing less: `name` is the filter, empty for a word."""

    name: str
    value: str
    search: Search


def recognised(search: Search, vocabularies: Vocabularies, language: str) -> tuple[Recognised, ...]:
    """Subjects and levels that stand in the words, the longest labels first, each word used once.

    Nothing is looked for in a query with signs of its own ("...", AND, -word): whoever writes that means the words.
    """
    words = search.q.split()
    if not words or len(words) > MOST_WORDS or any(_is_sign(word) for word in words):
        return ()
    used: set[int] = set()
    found: list[Recognised] = []
    for length in range(min(LONGEST, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            places = set(range(start, start + length))
            if places & used:
                continue
            text = " ".join(words[start : start + length])
            for scheme in SCHEMES:
                concept = _named(scheme, text, vocabularies, language)
                if concept and concept not in search.values(scheme):
                    rest = " ".join(word for place, word in enumerate(words) if place not in places)
                    found.append(Recognised(scheme, concept, _with(search, rest, scheme, concept)))
                    used |= places
                    break
    return tuple(found)


def _is_sign(word: str) -> bool:
    return word in ("AND", "OR", "NOT") or word[0] in "-+" or bool(_SIGNS & set(word))


def _named(scheme: str, text: str, vocabularies: Vocabularies, language: str) -> str | None:
    """The one concept of the scheme that the whole text means."""
    found = vocabularies.find_all(scheme, None, text, language)
    concept = vocabularies.concept(found[0]) if len(found) == 1 else None
    return concept.id if concept is not None and concept.scheme == scheme else None


def _with(search: Search, words: str, name: str, value: str) -> Search:
    filters = {key: values for key, values in search.filters if key != name} | {name: (*search.values(name), value)}
    ordered = tuple((key, filters[key]) for key in REPEATED if key in filters)
    return msgspec.structs.replace(search, q=words, filters=ordered, cursor=None)


def steps_back(search: Search) -> Iterator[Without]:
    """The search without each of its words, and without each of its filters."""
    words = search.q.split()
    if 1 < len(words) <= MOST_WORDS and not any(_is_sign(word) for word in words):
        for place, word in enumerate(words):
            rest = " ".join([*words[:place], *words[place + 1 :]])
            yield Without("", word, msgspec.structs.replace(search, q=rest, cursor=None))
    for name, values in search.filters:
        for value in values:
            yield Without(name, value, without(search, name, value))
    for age in search.values("age"):
        yield Without("age", age, msgspec.structs.replace(search, ages=(), cursor=None))


def without(search: Search, name: str, value: str) -> Search:
    """The search without one value of a filter."""
    filters = []
    for key, values in search.filters:
        kept = tuple(each for each in values if (key, each) != (name, value))
        if kept:
            filters.append((key, kept))
    return msgspec.structs.replace(search, filters=tuple(filters), cursor=None)
