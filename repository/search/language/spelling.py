"""Spelling: words that are near to one another, found by what is left of them when letters are taken away.

Two words within two edits of each other share a form with at most two letters fewer (symmetric deletes); those forms
are kept beside the index for the words of titles, keywords and concepts. Which candidate counts is decided here, by
the distance with swaps and by how many records have it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final

_SHORTEST: Final = 4  # letters; no shorter word is corrected
_TWO_FROM: Final = 6  # letters from which on two edits are forgiven
_HEAD: Final = 9  # letters that forms are made of: longer forms would only take room
LONGEST: Final = 24
MOST_CANDIDATES: Final = 4


def is_correctable(word: str) -> bool:
    """Whether a word may be a misspelling: a code or a number is what it is."""
    return _SHORTEST <= len(word) <= LONGEST and word.isalpha()


def edits(word: str) -> int:
    """How many edits are forgiven in a word."""
    return 0 if not is_correctable(word) else 2 if len(word) >= _TWO_FROM else 1


def forms(word: str) -> tuple[str, ...]:
    """The word's beginning, and what is left of it when one or two letters are taken out; each once, sorted."""
    head = word[:_HEAD]
    return tuple(sorted({head, *_without(head, 1), *(_without(head, 2) if edits(word) == 2 else ())}))


def _without(word: str, letters: int) -> Iterator[str]:
    for gone in combinations(range(len(word)), letters):
        yield "".join(letter for n, letter in enumerate(word) if n not in gone)


def distance(left: str, right: str, most: int) -> int:
    """Edits (insert, delete, replace, swap neighbours) between two words; `most` + 1 when there are more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    older: list[int] = []
    before = list(range(len(right) + 1))
    for n, letter in enumerate(left, 1):
        row = [n]
        for m, other in enumerate(right, 1):
            cost = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (letter != other))
            if n > 1 and m > 1 and letter == right[m - 2] and left[n - 2] == other:
                cost = min(cost, older[m - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        older, before = before, row
    return before[-1]


def nearest(word: str, candidates: Iterable[str], frequencies: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The nearest candidates, with their distance: only those of the smallest distance, the commonest first."""
    most = edits(word)
    near = [(distance(word, one, most), -frequencies.get(one, 0), one) for one in set(candidates)]
    near = sorted(each for each in near if each[0] <= most and each[1] < 0)
    return tuple((one, away) for away, _, one in near if away == near[0][0])[:MOST_CANDIDATES]


def digraphs(word: str) -> str | None:
    """The word with ae, oe, ue as the folded umlauts they may stand for; None when it has none."""
    plain = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return plain if plain != word else None
