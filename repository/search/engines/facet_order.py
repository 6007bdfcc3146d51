"""The order of a facet's values, the same for every engine. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from repository.search.plan.parameters import FLAT

MOST_FLAT: Final = 100  # values of a flat facet; a tree gives all


def facet(name: str, counted: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The values of a facet, commonest first, then by value; a flat facet gives the first hundred."""
    ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return tuple(ordered[:MOST_FLAT] if name in FLAT else ordered)
