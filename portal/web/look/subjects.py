"""Which tint and which icon a subject has: those of the broadest concept above it, in the scheme that is in force.

Nothing here names a subject: icon and hue are properties of the concepts. Where a scheme has none, its broadest
concepts get hues round the circle in their order, and one icon for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from portal.web.look import tints
from schemas.vocabularies.vocabularies import Vocabularies

SCHEME: Final = "subject"
ICON: Final = "book-open"


class Look(NamedTuple):
    """The class of a tint and the name of an icon."""

    tint: str = ""
    icon: str = ICON


def names(vocabularies: Vocabularies) -> list[str]:
    """The notations of the broadest subjects, in the order of the scheme."""
    return [c.notation for c in vocabularies.concepts.values() if c.scheme == SCHEME and not c.broader]


def hues(vocabularies: Vocabularies) -> dict[str, float]:
    """Notation and hue of the broadest subjects."""
    every = names(vocabularies)
    spread = tints.spread(every)
    own = {c.notation: c.hue for c in vocabularies.concepts.values() if c.scheme == SCHEME and c.hue}
    return {name: float(own[name]) if own.get(name, "").isdigit() else spread[name] for name in every}


def look_of(vocabularies: Vocabularies, ids: Iterable[str | None]) -> Look:
    """The look of the first of these concepts that is a subject."""
    for one in ids:
        concept = vocabularies.concept(one) if one else None
        if concept is None or concept.scheme != SCHEME:
            continue
        above = [found for each in vocabularies.ancestors(concept.id) if (found := vocabularies.concept(each))]
        top = next((each for each in (concept, *above) if not each.broader), concept)
        return Look(f"s-{top.notation}", top.icon or ICON)
    return Look()
