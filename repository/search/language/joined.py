"""Joined forms: words that some write as one, some with a sign between them (e-learning, COVID-19, TCP/IP, STE(A)M).

Beside its parts such a word stands in the index as one word without the sign, and a query asks for both, so that
e-learning, elearning and e learning find the same. Numbers are never joined (2020-2021, 3/4), nor are the parts of an
address. Pure.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from repository.search.language.words import PIECE, Word, folded, spelt, words_of

_HYPHENS: Final = "-\u2010\u2011\u2012\u2013\u2212\u30fb_"
_SIGNS: Final = _HYPHENS + "/.&*:\u00b7\u2022\u2027"
_CHAIN: Final = re.compile(rf"(?<![\w@/:.\\])(?>{PIECE}(?:[{_SIGNS}]{PIECE})+)(?![@\\(]|:/)")
_LINK: Final = re.compile(rf"({PIECE})([{_SIGNS}]?)")
_OPTIONAL: Final = re.compile(
    rf"(?<![\w@])(?>({PIECE})?\(({PIECE})\)({PIECE})?)(?<=\w)|(?<![\w@])(?>({PIECE})\(({PIECE})\))"
)
# Genders: Schüler*innen, Lehrer:innen, Kolleg·in; étudiant·e·s.
_ENDINGS: Final = frozenset(("in", "innen", "e", "es", "s", "n", "r", "ne", "nes", "se", "ses", "rice", "rices"))
_LONGEST: Final = 40
_MOST_PARTS: Final = 8
_SHORT: Final = {"/": 5, ".": 4, "&": 3}  # letters of the parts that these signs join


class Chain(NamedTuple):
    """Folded words that are written as one, and where; `forms`: how they are written without a sign."""

    words: tuple[str, ...]
    forms: tuple[str, ...]
    start: int
    end: int


def chains(text: str) -> Iterator[Chain]:
    """The joined words of a text in their order; the text should be NFC where the places matter."""
    for match in _CHAIN.finditer(text):
        for words, left, right in _groups(match.group()):
            yield Chain(words, ("".join(words),), match.start() + left, match.start() + right)
    if "(" in text:
        yield from _options(text)


def joined_words(text: str) -> list[str]:
    """The forms without a sign of all joined words of a text: of each whole one and of each two neighbours in it."""
    found: list[str] = []
    for match in _CHAIN.finditer(text):
        found += _forms(match.group())
    if "(" in text:
        found += [form for chain in _options(text) for form in chain.forms]
    return found


@lru_cache(maxsize=16_384)
def _forms(chain: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for words, _, _ in _groups(chain):
        found[spelt("".join(words))] = None
        if any(len(word) > 1 for word in words):
            found |= {spelt(one + other): None for one, other in itertools.pairwise(words)}
    return tuple(found)


def _options(text: str) -> Iterator[Chain]:
    """Words with letters in brackets, read with and without these letters: STE(A)M, leerling(en), étudiant(e)s."""
    for match in _OPTIONAL.finditer(text):
        before, inside, after, stem, ending = match.groups(default="")
        forms = (before + inside + after, before + after) if not stem else (stem + ending, stem)
        words = tuple(word.text for word in words_of(match.group()))
        yield Chain(words, tuple(dict.fromkeys(map(folded, forms))), match.start(), match.end())


def _groups(chain: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """The runs of two or more parts that may be joined, with their places in the chain."""
    run: list[Word] = []
    signs, before = "", ""  # those in the run, and the last one
    for match in _LINK.finditer(chain):
        word = Word(folded(match[1]), match.start(1), match.end(1))
        if run and not _may_join(run, signs, before, word):
            yield from _whole(run)
            run = []
        signs = signs + before if run else ""
        run += [word] if word.text else []
        before = match[2]
    yield from _whole(run)


def _whole(run: list[Word]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    if len(run) > 1:
        yield tuple(word.text for word in run), run[0].start, run[-1].end


def _may_join(run: list[Word], signs: str, sign: str, word: Word) -> bool:
    left, right = run[-1].text, word.text
    if not right or (left[-1].isdigit() and right[0].isdigit()):
        return False
    if len(run) >= _MOST_PARTS or word.end - run[0].start > _LONGEST:
        return False
    if sign in _HYPHENS:
        return True
    if sign == "/" and signs.strip("/"):
        return False  # Two words of their own: 3-D/3D.
    if sign in _SHORT:
        return max(len(left), len(right)) <= _SHORT[sign]
    return right in _ENDINGS
