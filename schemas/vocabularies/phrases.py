"""Phrases: the concepts that the words of a term mean when no label is written just so.

Labels and terms are compared as bags of folded words: word order, ordinals, plurals, gender and small words do not
count. A term may hold words that say nothing in its scheme (the fillers), and may name a concept and one above it
("5de leerjaar lager onderwijs"). Only a whole term is matched, never a part of it: what is left over makes it unknown.
Made when it is first asked for, because most terms are written as the labels are. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import Final

from schemas.vocabularies.folding import LANGUAGES, one_gender, phrase, singulars
from schemas.vocabularies.skos import Concept

Ids = tuple[str, ...]
Bag = tuple[str, ...]

_MOST_WORDS: Final = 9
_MOST_READINGS: Final = 64
_MOST_SINGULARS: Final = 8
_MOST_QUALIFIED: Final = 7
_LONGEST: Final = 120
_SHORTEST_JOINED: Final = 6
_WORD: Final = 3
_TELLING: Final = 4
_BRACKETS: Final = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")


class Phrases:
    """The bags of words of the labels of some concepts, by language."""

    def __init__(
        self,
        concepts: Sequence[Concept],
        fillers: Mapping[str, Sequence[str]],
        ancestors: Callable[[str], Iterable[str]],
    ) -> None:
        self._ancestors = ancestors
        self._fillers = {
            lang: frozenset(w for one in words for w in phrase(one, lang)) for lang, words in fillers.items()
        }
        self._bags: dict[str, dict[Bag, Ids]] = {language: {} for language in LANGUAGES}
        self._singular: dict[str, dict[Bag, Ids]] = {language: {} for language in LANGUAGES}
        self._joined: dict[str, dict[str, Ids]] = {language: {} for language in LANGUAGES}
        self._known: dict[str, set[str]] = {language: set(self._fillers.get(language, ())) for language in LANGUAGES}
        for language, label, ids in labels_in_rank(concepts):
            if language in self._bags:
                self._add(language, label, ids)

    def find(self, text: str, language: str | None) -> Ids:
        """The concepts that a term means: in its own language, then in any other where its words are telling."""
        if len(text) > _LONGEST:
            return ()
        for one in dict.fromkeys((text, one_gender(text), _BRACKETS.sub(" ", text).strip())):
            if one and (found := self._in_any(one, language)):
                return found
        return ()

    def _in_any(self, text: str, language: str | None) -> Ids:
        own = language if language in self._bags else None
        for tag in (own, *(tag for tag in LANGUAGES if tag != own)):
            if tag is None:
                continue
            words = phrase(text, tag)
            fits = words and len(words) <= _MOST_WORDS and (language in (tag, None) or _is_telling(words))
            if fits and (found := self._in(words, tag)):
                return found
        return ()

    def _in(self, words: Bag, language: str) -> Ids:
        bags = self._bags[language]
        readings = self._readings(words, language)
        for reading in readings:
            if found := bags.get(_bag(reading)):
                return found
        if found := self._as_one_word(words, language):
            return found
        for reading in readings:
            if (short := self._short(reading, language)) != reading and (found := bags.get(_bag(short))):
                return found
        if found := self._singular[language].get(_bag(words)):
            return found
        return self._qualified(words, language) if readings else ()

    def _readings(self, words: Bag, language: str) -> list[Bag]:
        """The words as they are and in the singular, as far as they stand in labels; none where one does in no form."""
        known = self._known[language]
        options = []
        for word in words:
            forms = [one for one in (word, *_singulars(word, language)) if one in known]
            if not forms:
                return []
            options.append(forms)
        return list(islice(product(*options), _MOST_READINGS))

    def _as_one_word(self, words: Bag, language: str) -> Ids:
        """A compound that is written in two words, or two words in one (e-books, MovingImage)."""
        joined = "".join(words)
        table = self._joined[language]
        if len(joined) < _SHORTEST_JOINED:
            return ()
        forms = (joined, *("".join(words[:-1]) + last for last in _singulars(words[-1], language)))
        return next((found for one in forms if (found := table.get(one))), ())

    def _qualified(self, words: Bag, language: str) -> Ids:
        """A concept and one above it, named side by side: the narrower one."""
        if not 1 < len(words) <= _MOST_QUALIFIED:
            return ()
        for size in range(len(words) - 1, len(words) // 2 - 1, -1):
            for chosen in combinations(range(len(words)), size):
                one = self._part([words[n] for n in chosen], language)
                other = self._part([words[n] for n in range(len(words)) if n not in chosen], language) if one else ()
                if found := self._narrower(one, other):
                    return found
        return ()

    def _part(self, words: Sequence[str], language: str) -> Ids:
        bags = self._bags[language]
        found = bags.get(_bag(words))
        if found is None:
            found = bags.get(_bag(self._short(words, language)), ())
        return found

    def _narrower(self, one: Ids, other: Ids) -> Ids:
        if not one or not other:
            return ()
        if all(any(above in self._ancestors(id_) for above in other) for id_ in one):
            return one
        if all(any(above in self._ancestors(id_) for above in one) for id_ in other):
            return other
        return one if one == other else ()

    def _short(self, words: Sequence[str], language: str) -> Bag:
        fillers = self._fillers.get(language, frozenset())
        return tuple(word for word in words if word not in fillers)

    def _add(self, language: str, label: str, ids: Ids) -> None:
        words = phrase(label, language)
        if not any(word.isalpha() for word in words):
            return  # A bare number is a label in its very form only.
        self._known[language].update(words)
        self._bags[language].setdefault(_bag(words), ids)
        joined = "".join(words)
        if len(joined) >= _SHORTEST_JOINED:
            self._joined[language].setdefault(joined, ids)
        forms = [(word, *_singulars(word, language)) for word in words]
        for reading in islice(product(*forms), 1, _MOST_SINGULARS):
            self._singular[language].setdefault(_bag(reading), ids)


def labels_in_rank(concepts: Sequence[Concept]) -> Iterator[tuple[str, str, Ids]]:
    """(language, label, concepts) of every label: preferred, alternative, hidden ones.

    A hidden label of several concepts means all of them; any other label means one.
    """
    for concept in concepts:
        for language, label in concept.labels.items():
            yield language, label, (concept.id,)
    for concept in concepts:
        for language, labels in concept.alt.items():
            for label in labels:
                yield language, label, (concept.id,)
    shared: dict[tuple[str, str], list[str]] = {}
    for concept in concepts:
        for language, labels in concept.hidden.items():
            for label in labels:
                shared.setdefault((language, label), []).append(concept.id)
    for (language, label), ids in shared.items():
        yield language, label, tuple(dict.fromkeys(ids))


def _singulars(word: str, language: str) -> tuple[str, ...]:
    return singulars(word, language) if word.isalpha() else ()


def _bag(words: Sequence[str]) -> Bag:
    """The words in one order; letters and figures alone stay as they are ("CM2", "1A"): they have no words."""
    return tuple(sorted(words)) if any(len(word) >= _WORD and word.isalpha() for word in words) else tuple(words)


def _is_telling(words: Bag) -> bool:
    """Whether words may be looked for in another language than that of the record: a bare "5e" or "PO" may not."""
    return any(len(word) >= _TELLING and word.isalpha() for word in words)
