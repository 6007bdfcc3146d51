"""Words: how a text falls into words, and the form in which two spellings of a word are the same.

A word is letters, digits and their marks; case, accents and ligatures are folded away, ß is ss (search.md, decision).
Everything above works on folded words, so that a title in NFD and a query without umlauts meet. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

LONGEST: Final = 64  # characters of a word that count; the engines cut at other lengths
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
    "\u00ad\u2060\ufeff"  # A soft hyphen does not split a word.
)
PIECE: Final = rf"(?:[^\W_]|[{_MARKS}])+"
"""A run of letters, digits and marks, as a regular expression."""
_WORD: Final = re.compile(rf"[cC]\+\+|[cCfF]#(?!\w)|{PIECE}(?:['’ʼ]{PIECE})*")
_APOSTROPHE: Final = re.compile("['’ʼ]")
# French and Italian elisions: what stands before the apostrophe is a word of its own.
_ELISIONS: Final = re.compile("(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu|dell|all|nell|sull|un)", re.IGNORECASE)
_LIGATURES: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i", "ß": "ss", "ſ": "s"}
)
_JOINERS: Final = dict.fromkeys((0x200C, 0x200D, 0x00AD, 0x200B, 0x2060, 0xFEFF))
_SPELT: Final = {"cpp": "c++", "cplusplus": "c++", "csharp": "c#", "fsharp": "f#"}
# Scripts without spaces: two characters side by side count as a word.
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


class Word(NamedTuple):
    """A folded word and where it stands in the text, in characters."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=8_192)
def folded(word: str) -> str:
    """The form of one word in which spellings are compared; may be empty when a word is nothing but marks."""
    if word.isascii():
        return word.lower()[:LONGEST]
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return plain.translate(_LIGATURES).translate(_JOINERS)[:LONGEST]


def spelt(word: str) -> str:
    """A folded word in the one spelling that stands in the index: some programming languages have two."""
    return _SPELT.get(word, word)


def words_of(text: str) -> Iterator[Word]:
    """The words of a text in their order; `text` should be NFC where the places matter."""
    for match in _WORD.finditer(text):
        for piece, start, end in _parts(match.group(), match.start()):
            word = folded(piece)
            if word and not word.isascii() and _UNSPACED.search(word):
                yield from _pairs(piece, start)
            elif word:
                yield Word(spelt(word), start, end)


def pieces_of(text: str) -> Iterator[tuple[int, str]]:
    """Where each run of letters and digits begins, and the run: what `words_of` takes apart, one by one."""
    for match in _WORD.finditer(text):
        yield match.start(), match.group()


def normal(text: str) -> str:
    """The text in NFC, the form in which places in it are counted."""
    return unicodedata.normalize("NFC", text)


def plain_words(text: str) -> list[str]:
    """The folded words alone: what words_of gives, several times faster, because texts repeat their words."""
    found: list[str] = []
    for piece in _WORD.findall(normal(text)):
        found += _pieces(piece)
    return found


@lru_cache(maxsize=32_768)
def _pieces(piece: str) -> tuple[str, ...]:
    return tuple(word.text for word in words_of(piece))


def _parts(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """A word with an apostrophe: two words after an elision (l'école), else one without it (foto's)."""
    first = _APOSTROPHE.search(word)
    if first is None:
        yield word, start, start + len(word)
    elif _ELISIONS.fullmatch(word, 0, first.start()):
        yield word[: first.start()], start, start + first.start()
        yield from _parts(word[first.end() :], start + first.end())
    else:
        yield _APOSTROPHE.sub("", word), start, start + len(word)


def _pairs(piece: str, start: int) -> Iterator[Word]:
    """Characters of scripts without spaces as overlapping pairs, the text between them as words."""
    place = 0
    for run in _UNSPACED.finditer(piece):
        if before := folded(piece[place : run.start()]):
            yield Word(before, start + place, start + run.start())
        signs, place = run.group(), run.end()
        begin = start + run.start()
        for n in range(max(1, len(signs) - 1)):
            yield Word(folded(signs[n : n + 2]), begin + n, begin + min(n + 2, len(signs)))
    if after := folded(piece[place:]):
        yield Word(after, start + place, start + len(piece))
