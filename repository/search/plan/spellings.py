"""The other ways to write a word: as two, joined with its neighbour, with or without a sign between its parts.

Which of them count is decided by the planner, with what the index knows. Pure.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from repository.search.language import spelling
from repository.search.language.query import Both, Bound, Either, Query, Word
from repository.search.language.word_lists import every_stop_word
from repository.search.language.words import spelt

Row = tuple[str, ...]

_SHORTEST_SPLIT: Final = 4
_SHORTEST_COMPOUND: Final = 6
_SHORTEST_PART: Final = 3
_LINKS: Final = ("", "s", "en", "e", "n")
_MOST_SEGMENTED: Final = 4  # words
_SPOKEN: Final[dict[str, Row]] = {"c++": ("c", "plus", "plus"), "c#": ("c", "sharp"), "f#": ("f", "sharp")}
_DIMENSION: Final = re.compile(r"(\d)([^\W\d_])([^\W\d_]{3,})")
_RUN: Final = re.compile(r"\d+|[^\d]+")


def is_plain(query: Query) -> bool:
    """Whether it is a word without field and star: only such a word may be written in another way."""
    return isinstance(query, Word) and query.field is None and not query.beginning


def neighbours(query: Query) -> Iterator[tuple[str, str]]:
    """Pairs of plain words that stand side by side."""
    parts = query.parts if isinstance(query, Both | Either) else ()
    for one, other in itertools.pairwise(parts):
        if isinstance(one, Word) and isinstance(other, Word) and is_plain(one) and is_plain(other):
            yield one.text, other.text
    for part in parts:
        yield from neighbours(part)


def bound(query: Query) -> Iterator[Bound]:
    """The words written as one, wherever they stand in a query."""
    if isinstance(query, Bound):
        yield query
    for part in query.parts if isinstance(query, Both | Either) else ():
        yield from bound(part)


def joinings(one: str, other: str) -> list[str]:
    """Two neighbours as one word, with and without a linking sound; never two numbers."""
    if one[-1].isdigit() and other[0].isdigit():
        return []
    links = _LINKS if min(len(one), len(other)) > 1 and one.isalpha() and other.isalpha() else ("",)
    return [spelt(f"{one}{link}{other}") for link in links]


def splits(word: str) -> list[Row]:
    """The ways to cut a word in two, with and without a linking sound between; digits are cut from letters."""
    if word in _SPOKEN:
        return [_SPOKEN[word]]
    if not word.isalpha():
        return _splits_at_digits(word) if word.isalnum() else []
    if not _SHORTEST_SPLIT <= len(word) <= 2 * spelling.LONGEST:
        return []
    small = every_stop_word()
    found: list[Row] = []
    for cut in range(1, len(word) - 1):
        left, right = word[:cut], word[cut:]
        if right in small:
            continue
        # One letter may be a small word (e learning), but not `a`, which stands before too many words (a way, a long).
        if left != "a" and (cut == 1 or left not in small):
            found.append((left, right))
        if len(right) >= _SHORTEST_PART and len(word) >= _SHORTEST_COMPOUND:
            found += [(part, right) for part in _links(left) if part not in small]
    return found


def _links(left: str) -> list[str]:
    """The first part of a compound without the linking sound that it may end in."""
    parts = [left.removesuffix(link) for link in _LINKS if link and left.endswith(link)]
    return [part for part in parts if len(part) >= _SHORTEST_PART]


def _splits_at_digits(word: str) -> list[Row]:
    runs = tuple(_RUN.findall(word))
    found = [runs] if 1 < len(runs) <= _MOST_SEGMENTED else []
    if (dimension := _DIMENSION.fullmatch(word)) is not None:  # 3dprinter
        number, letter, rest = dimension.groups()
        found += [(number + letter, rest), (number, letter, rest)]
    return found


def segmentations(words: Sequence[str]) -> Iterator[Row]:
    """The ways to join at least two of the words that are written as one: 3-d-printer is also 3d printer."""
    if len(words) > _MOST_SEGMENTED:
        yield (spelt("".join(words)),)
        return
    for cuts in itertools.product((False, True), repeat=len(words) - 1):
        if not all(cuts):
            parts = [words[0]]
            for is_cut, word in zip(cuts, words[1:], strict=True):
                parts = [*parts, word] if is_cut else [*parts[:-1], parts[-1] + word]
            yield tuple(map(spelt, parts))
