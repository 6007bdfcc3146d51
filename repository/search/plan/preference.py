"""What a word is worth, and how records in the reader's language are lifted among those that fit nearly as well.

In BM25 a word is worth more if fewer records have its token, and tokens are counted by stem and language. So the rarer
of a plural's two stems would count most, and a word in the language of few records would stand first for everybody.
Here all stems of a word in one language are worth the same. With a preference its stems in all languages are, and a
record in the reader's language gets a share of that worth on top: more than a difference in the length of titles makes,
less than the difference between a title and a description. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from repository.search.plan.plan import SENTINEL, Fixed, Is, Node

ALL: Final = ("words", SENTINEL)  # the token that every record has
_SHARE: Final = 0.7  # of a word's idf; a word in a title of usual length makes 1.4 of it, one in a description 0.45


class Preference:
    """Weighs the words of one query. `known`: how many records have each token, ALL included."""

    def __init__(self, language: str | None, known: Mapping[tuple[str, str], int]) -> None:
        self.language = language
        self.known = known
        self.count = known.get(ALL, 0)

    def fair(self, field: str, token: str, variants: Sequence[str]) -> float:
        """The weight that makes a token worth as much as its variants, the tokens of the word in all languages."""
        field = "concepts" if field == "concepts" else "words"
        own = self.known.get((field, token), 0)
        if self.language is None:
            tag = token.partition(":")[0]
            variants = [one for one in variants if one.partition(":")[0] == tag]
        if not own or len(variants) == 1:
            return 1.0
        return self._idf(self._together(field, variants)) / self._idf(own)

    def lift(self, words: Iterable[Sequence[str]]) -> Node | None:
        """What lifts a record in the reader's language above others; `words`: the tokens of each wanted word."""
        if self.language is None:
            return None
        counts = [self._together("words", kin) or self._together("concepts", kin) for kin in words]
        worth = sum(self._idf(count) for count in counts if count)
        return Fixed(Is("language", (self.language,)), _SHARE * worth) if worth else None

    def _together(self, field: str, kin: Sequence[str]) -> int:
        return min(self.count, sum(self.known.get((field, token), 0) for token in kin))

    def _idf(self, having: int) -> float:
        return math.log(1 + (max(self.count, having) - having + 0.5) / (having + 0.5))
