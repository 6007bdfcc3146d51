"""The port of planning to an index: what the index knows of words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

Token = tuple[str, str]


class Lexicon(Protocol):
    """What an index knows of words."""

    def frequencies(self, tokens: Iterable[Token]) -> Mapping[Token, int]:
        """How many documents have each token; those that none has may be left out."""
        ...

    def rows(self, rows: Iterable[tuple[str, ...]]) -> Collection[tuple[str, ...]]:
        """Those of these words that stand side by side in some document."""
        ...

    def near(self, forms: Iterable[str]) -> Sequence[str]:
        """The words of titles and keywords that share a form (spelling.forms) with these."""
        ...
