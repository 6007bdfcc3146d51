"""Ages: what a typicalAgeRange says, as (least, most) in years.

LOM 5.7 asks for "7-9", "15", "18-"; what comes is "13 a 25 anos", "17+", "A partir de 14 anos.", "20 en adelante",
"adultos". What says nothing about years ("Ensino médio", "Diverso") gives None. It must not guess ages from levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

AgeRange = tuple[int | None, int | None]

_YEARS = r"(?:jaar|jarigen?|years?(?: olds?)?|yrs?|ans|anos|años|jahren?|j\.|y)"
_BETWEEN = re.compile(
    rf"(\d{{1,3}})\s*{_YEARS}?\s*(?:-|–|—|a|à|to|tot(?: en met)?|t/m|bis|until|hasta|até|jusqu'à|et|and|en)\s*"
    r"(\d{1,3})(?!\d)"
)
_FROM = re.compile(
    r"(?<!\w)(?:vanaf|from|ab|dès|à partir de|a partir d(?:e|os|o|as)|desde|acima de|over|older than|plus de|más de|"
    r"mais de|ouder dan|über|au-dessus de|>=?|≥|min\.?|minimum)\s*(?:os\s+|age\s+)?(\d{1,3})(?!\d)"
)
_ONWARDS = re.compile(
    rf"(\d{{1,3}})\s*{_YEARS}?\s*(?:\+|-\s*(?:u|∞)?\s*$|en adelante|em diante|ou mais|o más|et plus|en ouder|e ouder|"
    r"and (?:up|over|older|above)|or older|und älter|e acima)"
)
_UNTIL = re.compile(
    r"(?<!\w)(?:^\s*(?:u\s*)?[-–]|tot|up to|until|under|below|younger than|bis|unter|jusqu'à|moins de|até|hasta|"
    r"menos de|onder|<=?|≤|max\.?|maximum)\s*(\d{1,3})(?!\d)"
)
_ONE = re.compile(rf"\s*(\d{{1,3}})\s*{_YEARS}?\s*\.?\s*")
_ONE_INSIDE = re.compile(r"(?<!\d)(\d{1,3})\s*(?:jaar|years|ans|anos|años|jahre)\b")
_ADULTS = re.compile(r"\b(?:adult\w*|volwassen\w*|erwachsen\w*)\b")
_OLDEST = 120
_ADULT = 18
_LONGEST = 200  # characters; ages stand at the beginning, and the patterns must stay cheap


@lru_cache(maxsize=4096)
def age_range(text: str) -> AgeRange | None:
    """(least, most) of one string, None on a side that is open; None when it names no age."""
    words = " ".join(text[:_LONGEST].split()).casefold()
    if found := _BETWEEN.search(words):
        return _lawful(*sorted((int(found[1]), int(found[2]))))
    for pattern in (_ONWARDS, _FROM):
        if found := pattern.search(words):
            return _lawful(int(found[1]), None)
    if found := _UNTIL.search(words):
        return _lawful(None, int(found[1]))
    if found := _ONE.fullmatch(words) or _ONE_INSIDE.search(words):
        return _lawful(int(found[1]), int(found[1]))
    return (_ADULT, None) if _ADULTS.search(words) else None


def joined(ranges: Iterable[AgeRange]) -> AgeRange | None:
    """The range that covers all of them; open on a side where one of them is open."""
    known = tuple(ranges)
    if not known:
        return None
    least = [low for low, _ in known if low is not None]
    most = [high for _, high in known if high is not None]
    return min(least) if len(least) == len(known) else None, max(most) if len(most) == len(known) else None


def _lawful(least: int | None, most: int | None) -> AgeRange | None:
    return None if max(least or 0, most or 0) > _OLDEST else (least, most)
