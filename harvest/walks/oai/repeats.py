"""Whether a list still brings anything new: the guard against providers that go round in circles.

A token that comes twice proves nothing, since some providers repeat theirs lawfully; pages without a new pair of
identifier and datestamp prove it (oai-pmh.md, E.6). The memory is a Bloom filter of a fixed size, so that a list of
millions costs no more than one of thousands. It sometimes takes a new pair for an old one, but that cannot end a list:
every pair of three whole pages would have to be mistaken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

STALE_PAGES: Final = 3
_BITS: Final = 1 << 25  # 4 MB: at a million pairs one in 400 is taken for an old one
_PROBES: Final = 4


class Repeats:
    """The pairs of one list."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)
        self.stale = 0

    def page(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Note the pairs of a page; how many of them were new. An empty page brings nothing new, whatever its token."""
        fresh = self.count(pairs)
        self.stale = 0 if fresh else self.stale + 1
        return fresh

    def count(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Note some pairs; how many of them were new."""
        return sum(self._is_new(f"{identifier}\n{datestamp}") for identifier, datestamp in pairs)

    @property
    def is_over(self) -> bool:
        """Whether the last pages brought nothing new."""
        return self.stale >= STALE_PAGES

    def _is_new(self, pair: str) -> bool:
        digest = hashlib.blake2b(pair.encode("utf-8", "surrogatepass"), digest_size=4 * _PROBES).digest()
        new = False
        for start in range(0, len(digest), 4):
            place = int.from_bytes(digest[start : start + 4]) % _BITS
            byte, bit = place >> 3, 1 << (place & 7)
            if not self._bits[byte] & bit:
                self._bits[byte] |= bit
                new = True
        return new
