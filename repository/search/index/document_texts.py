"""The texts of a record as tokens: titles, descriptions, keywords, names; and what titles are sorted by.

document.py says what stands in which field; this module only takes texts apart. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from repository.search.language.analysis import UNSTEMMED, Analyser, language_of
from repository.search.language.joined import joined_words
from repository.search.language.labels import joined_key, title_key
from repository.search.language.words import plain_words
from repository.search.plan.plan import GAP
from repository.search.plan.query_plan import LONGEST_GRAM

MOST_WORDS: Final = 20_000  # of one text
_LONGEST_KEY: Final = 80
_REMEMBERED: Final = 50_000  # keywords
_SHORT: Final = 100  # characters of a keyword that is remembered


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A keyword's words, and what goes into each field for it."""

    exact: tuple[str, ...]
    words: tuple[str, ...]
    part: dict[str, None]
    starts: dict[str, None]


class Pieces:
    """Keywords as tokens; collections repeat theirs, so they are remembered."""

    def __init__(self, analyser: Analyser) -> None:
        self.analyser = analyser
        self._known: dict[tuple[str, str | None], Piece] = {}

    def of(self, text: str, lang: str | None) -> Piece:
        known = self._known.get((text, lang))
        if known is None:
            known = _made(self.analyser, text, lang)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            if len(text) <= _SHORT:
                self._known[text, lang] = known
        return known


def _made(analyser: Analyser, text: str, lang: str | None) -> Piece:
    words = plain_words(text)[:MOST_WORDS]
    languages = language_of(words, lang)
    joined = joined_words(text)[:MOST_WORDS]
    every = [*words, *joined]
    part = {f"k={word}": None for word in words}
    part |= {f"k~{token}": None for word in every for token in _plainly(analyser, languages, word)}
    starts = {f"k={gram}": None for word in every for gram in _grams(word)}
    return Piece((*words, *_apart(joined)), tuple(_tokens(analyser, languages, every)), part, starts)


def _tokens(analyser: Analyser, languages: Sequence[str], words: Sequence[str]) -> list[str]:
    """The tokens of words in one language; with several languages, each token of a word only once."""
    tokens = analyser.tokens
    if len(languages) == 1:
        lang = languages[0]
        return [token for word in words for token in tokens(lang, word)]
    return [token for word in words for token in dict.fromkeys(one for tag in languages for one in tokens(tag, word))]


def _apart(joined: Iterable[str]) -> list[str]:
    """Joined forms for the exact words: they go behind the text, so that they come between no neighbours."""
    return [sign for form in joined for sign in (GAP, form)]


def _plainly(analyser: Analyser, languages: Sequence[str], word: str) -> tuple[str, ...]:
    """The tokens of a word without the heads of compounds."""
    if len(languages) == 1:
        return analyser.own(languages[0], word)
    return tuple(dict.fromkeys(token for lang in languages for token in analyser.own(lang, word)))


class Texts:
    """Collects the tokens of a record's texts."""

    def __init__(self, analyser: Analyser, pieces: Pieces, main: str | None) -> None:
        self.analyser = analyser
        self.pieces = pieces
        self.main = main
        self.title: list[str] = []
        self.words: list[str] = []
        self.exact: list[str] = []
        self.part: dict[str, None] = {}
        self.starts: dict[str, None] = {}
        self.title_keys: list[str] = []
        self.vocabulary: dict[str, None] = {}

    def add_title(self, text: str, lang: str | None) -> None:
        words, joined, languages = self._add(text, lang)
        # A title gets no heads of compounds: only what is written in it counts.
        self.title += [token for word in (*words, *joined) for token in _plainly(self.analyser, languages, word)]
        self.title_keys += [title_key(words), joined_key(words)]
        self.part.update(dict.fromkeys(f"t={word}" for word in words))
        for word in (*words, *joined):
            self.starts.update(_grams(word))
        self.vocabulary.update(dict.fromkeys((*words, *joined)))

    def add(self, text: str, lang: str | None) -> None:
        self._add(text, lang)

    def add_keyword(self, text: str) -> None:
        piece = self.pieces.of(text, self.main)
        self.exact += (GAP, *piece.exact)
        self.words += piece.words
        self.part |= piece.part
        self.starts |= piece.starts
        self.vocabulary.update(dict.fromkeys(word for word in piece.exact if word != GAP))

    def add_name(self, text: str) -> None:
        """Names are not stemmed."""
        words = plain_words(text)[:MOST_WORDS]
        every = (*words, *joined_words(text))
        self.exact += [GAP, *words, *_apart(every[len(words) :])]
        self.words += [f"{UNSTEMMED}:{word}" for word in every]
        self.part.update(dict.fromkeys(f"c={word}" for word in every))

    def _add(self, text: str, lang: str | None) -> tuple[list[str], list[str], tuple[str, ...]]:
        words = plain_words(text)[:MOST_WORDS]
        languages = language_of(words, lang or self.main)
        self.exact += [GAP, *words] if self.exact else words
        joined = joined_words(text)[:MOST_WORDS]
        self.exact += _apart(joined)
        self.words += _tokens(self.analyser, languages, [*words, *joined])
        return words, joined, languages


def title_order(title: str) -> str:
    """What titles are sorted by: folded words of [a-z0-9] joined by hyphens; other letters by their number."""
    return "-".join(plain_words(title)).translate(_ORDER)[:_LONGEST_KEY].rstrip("-")


class _Order(dict[int, str]):
    """A table for str.translate: letters beyond a-z and 0-9 as `z` and five hexadecimal digits."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        plain_sign = "a" <= sign <= "z" or "0" <= sign <= "9" or sign == "-"
        self[code] = sign if plain_sign else f"z{code:05x}"
        return self[code]


_ORDER: Final = _Order()


@lru_cache(maxsize=16_384)
def _grams(word: str) -> dict[str, None]:
    """Every beginning of a word that can be asked for."""
    return {word[:length]: None for length in range(1, min(len(word), LONGEST_GRAM) + 1)}
