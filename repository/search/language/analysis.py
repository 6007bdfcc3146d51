"""Analysis: folded words to the tokens that stand in the index, with their language in front (`nl:breuk`).

The same analysis on both engines, because their own stemmers differ (search.md, decision). A word of a text gives one
token of its language; a word of a query gives one for each language we stem, since nobody says in which language he
asks. Words of other languages stand unstemmed under `x:`. A compound gives its head too (a rekentoets is a toets), not
its other parts: who asks for "les" does not want every lesbrief.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final, TypeVar

import Stemmer

from repository.search.language.word_lists import Lemma, compound_parts, exceptions, lemmas, stop_words
from repository.search.language.words import plain_words
from schemas.vocabularies.folding import number
from schemas.vocabularies.vocabularies import Concept, Vocabularies

K = TypeVar("K")
V = TypeVar("V")

VERSION: Final = "3"  # of this analysis: part of the name of every index made with it
STEMMERS: Final = {"nl": "dutch", "en": "english", "fr": "french", "de": "german", "es": "spanish"}
LANGUAGES: Final = tuple(STEMMERS)
GUESSED: Final = ("nl", "en", "fr", "de")  # a text that tells no language is taken for all of these
UNSTEMMED: Final = "x"
_LINKS: Final = {"nl": ("", "s", "en", "e", "er", "n"), "de": ("", "s", "es", "en", "n", "er", "e")}
_BESIDE: Final = "="  # between a word and the figure beside it; in no word
_SHORTEST_HEAD: Final = 4
_SHORTEST_COMPOUND: Final = 7
_SHORTEST_STEMMED: Final = 3
_REMEMBERED: Final = 400_000
_ENOUGH: Final = 400  # words of a text that are looked at to tell its language


class Analyser:
    """Tokens of words. Made once per vocabulary; safe in any number of threads; remembers what it was asked."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self._stemmers = {lang: Stemmer.Stemmer(name, 0) for lang, name in STEMMERS.items()}
        self._lock = threading.Lock()  # A stemmer has one buffer.
        self._stems: dict[tuple[str, str], str] = {}
        self._tokens: dict[tuple[str, str], tuple[str, ...]] = {}
        self._variants: dict[str, tuple[str, ...]] = {}
        # Words that are no misspellings, whatever the records have.
        self.names = frozenset(word for one in vocabularies.concepts.values() for word in _words_of(one))
        self._parts = {lang: _parts_of(lang, vocabularies) for lang in _LINKS}
        self._heads = {lang: {self.stem(lang, part): part for part in parts} for lang, parts in self._parts.items()}

    def stem(self, lang: str, word: str) -> str:
        """The stem of a folded word in one of LANGUAGES: of an ordinal its figure (5de, vijfde); short words stay."""
        key = (lang, word)
        known = self._stems.get(key)
        if known is None:
            known = self._stem(lang, word)
            _remember(self._stems, key, known)
        return known

    def _stem(self, lang: str, word: str) -> str:
        key = (lang, word)
        if (known := exceptions().get(key) or number(lang, word)) is not None:
            return known
        kin = lemmas().get(key)
        if kin is not None and not kin.also:
            return self._shared(lang, kin)
        if (cut := self._irregular_tail(lang, word)) is not None:
            return word[:cut] + self.stem(lang, word[cut:])
        return self._rule(lang, word)

    def _shared(self, lang: str, kin: Lemma) -> str:
        return kin.token or exceptions().get((lang, kin.word)) or self._rule(lang, kin.word)

    def _rule(self, lang: str, word: str) -> str:
        """What the stemmer makes of a word."""
        if len(word) < _SHORTEST_STEMMED or not word.isalpha():
            return word
        with self._lock:
            return str(self._stemmers[lang].stemWord(word))

    def _irregular_tail(self, lang: str, word: str) -> int | None:
        """Where the last part of a compound begins whose form no rule makes (hoofd-steden, Stadt-museen)."""
        parts = self._parts.get(lang)
        if parts is None or len(word) < _SHORTEST_COMPOUND or not word.isalpha():
            return None
        cuts = range(3, len(word) - _SHORTEST_HEAD + 1)
        tails = (cut for cut in cuts if _is_irregular(lang, word[cut:]))
        return next((cut for cut in tails if _is_chain(word[:cut], parts, _LINKS[lang])), None)

    def own(self, lang: str, word: str) -> tuple[str, ...]:
        """The token of a word: its stem, or the word itself in a language that is not stemmed.

        Two for a plural that is a word of its own too (spelen is to play, and games).
        """
        if lang not in STEMMERS:
            return (f"{UNSTEMMED}:{word}",)
        kin = lemmas().get((lang, word))
        stem = f"{lang}:{self.stem(lang, word)}"
        other = stem if kin is None or not kin.also else f"{lang}:{self._shared(lang, kin)}"
        return (stem,) if other == stem else (stem, other)

    def tokens(self, lang: str, word: str) -> tuple[str, ...]:
        """The tokens of a word of a text, and those of its head where it is a compound."""
        key = (lang, word)
        known = self._tokens.get(key)
        if known is None:
            head = self.head(lang, word)
            known = self.own(lang, word)
            if head is not None:
                known = tuple(dict.fromkeys((*known, *self.own(lang, head))))
            _remember(self._tokens, key, known)
        return known

    def label(self, lang: str, words: Sequence[str]) -> tuple[str, ...]:
        """The tokens of a label of a concept.

        A figure counts only with the word beside it: what is for the 3rd year is "groep 5", not "5de leerjaar".
        """
        kept = [word for word in words if number(lang, word) is None]
        pairs = (token for two in pairwise(words) if (token := self._pair(lang, *two)))
        return tuple(dict.fromkeys((*(token for word in kept for token in self.own(lang, word)), *pairs)))

    def numbered(self, one: str, other: str) -> tuple[str, ...]:
        """The tokens of two words of a query of which one is a figure, as far as labels of concepts have them."""
        tokens = (self._pair(lang, one, other) for lang in LANGUAGES)
        return tuple(dict.fromkeys(token for token in tokens if token and token in self._numbered))

    def _pair(self, lang: str, one: str, other: str) -> str | None:
        figure, word = number(lang, one), other
        if figure is None:
            figure, word = number(lang, other), one
        return None if figure is None or number(lang, word) else f"{self.own(lang, word)[0]}{_BESIDE}{figure}"

    @cached_property
    def _numbered(self) -> frozenset[str]:
        labels = (pair for concept in self._vocabularies.concepts.values() for pair in concept.every_label())
        return frozenset(
            token for lang, label in labels for token in self.label(lang, plain_words(label)) if _BESIDE in token
        )

    def variants(self, word: str) -> tuple[str, ...]:
        """The tokens that a word of a query may stand for, each once."""
        known = self._variants.get(word)
        if known is None:
            tags = (*LANGUAGES, UNSTEMMED)
            known = tuple(dict.fromkeys(token for lang in tags for token in self.own(lang, word)))
            _remember(self._variants, word, known)
        return known

    def head(self, lang: str, word: str) -> str | None:
        """The last part of a compound whose parts are all known (nl, de), else None."""
        parts = self._parts.get(lang)
        if parts is None or len(word) < _SHORTEST_COMPOUND or not word.isalpha() or word in parts:
            return None
        for cut in range(3, len(word) - _SHORTEST_HEAD + 1):  # The longest head that fits.
            head = word[cut:]
            if self.stem(lang, head) in self._heads[lang] and _is_chain(word[:cut], parts, _LINKS[lang]):
                return head
        return None


def language_of(words: Sequence[str], given: str | None) -> tuple[str, ...]:
    """The languages to analyse a text in: the one it says, else the one its small words tell, else all.

    A guess is good enough for an index, and stays there: the record keeps what it said.
    """
    if given:
        tag = given.partition("-")[0].lower()
        return (tag,) if tag in STEMMERS else (UNSTEMMED,)
    seen = words[:_ENOUGH]
    counts = {lang: sum(word in small for word in seen) for lang, small in stop_words().items()}
    best = max(counts, key=lambda lang: counts[lang])
    return (best,) if counts[best] > 0 and list(counts.values()).count(counts[best]) == 1 else GUESSED


def _is_irregular(lang: str, word: str) -> bool:
    return (lang, word) in exceptions() or (lang, word) in lemmas()


def _words_of(concept: Concept) -> Iterator[str]:
    """The words of its labels."""
    for _, label in concept.every_label():
        yield from plain_words(label)


def _parts_of(lang: str, vocabularies: Vocabularies) -> frozenset[str]:
    labels: Iterable[str] = (concept.labels.get(lang, "") for concept in vocabularies.concepts.values())
    words = {word for label in labels for word in plain_words(label) if len(word) >= _SHORTEST_HEAD and word.isalpha()}
    return frozenset(words | compound_parts()[lang]) - stop_words()[lang]


def _is_chain(text: str, parts: frozenset[str], links: tuple[str, ...]) -> bool:
    """Whether a text is one or two known parts, each with a linking sound behind it or not."""
    if _is_part(text, parts, links):
        return True
    return any(
        _is_part(text[:cut], parts, links) and _is_part(text[cut:], parts, links) for cut in range(3, len(text) - 2)
    )


def _is_part(text: str, parts: frozenset[str], links: tuple[str, ...]) -> bool:
    return any(text.endswith(link) and text[: len(text) - len(link)] in parts for link in links)


def _remember(memory: dict[K, V], key: K, value: V) -> None:
    """Keep an answer; a full memory starts anew, which costs less than counting what is used."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = value
