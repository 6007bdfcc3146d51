"""Parts: the terms that are packed in one text, and what each of them means.

"Teacher, Student", "A, B; C, D", a list of JSON or Python in a cell, "Grades 3-5", "Wiskunde > Meetkunde". Semicolons,
bars, line breaks and the brackets of a list part a text for certain; commas, slashes and words for "and" only where
every part is known, because a label may hold them too. Pure: what a term means is asked of who calls.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from schemas.vocabularies.folding import figures

Ask = Callable[[str], tuple[str, ...]]

LONGEST: Final = 2_000  # characters of a text that is taken apart
_MOST_PARTS: Final = 100
_CERTAIN: Final = re.compile(r"\s*[;|\n•]+\s*")
_PATH: Final = re.compile(r"\s*(?:::|»|→|›|\s>\s|\s-->\s|>)\s*")
_WEAK: Final[tuple[re.Pattern[str], ...]] = (
    re.compile(r"\s*,\s*"),
    re.compile(r"\s+/\s+|/"),
    re.compile(r"\s+(?:&|\+)\s+|\s*&\s*", re.IGNORECASE),
    re.compile(r"\s+(?:en|and|et|und|y|e|or|ou|oder|o)\s+", re.IGNORECASE),
    re.compile(r"\s+[-–—]\s+|:\s+"),
)
_SURER: Final = 4  # of these are looked at before the words of a text are taken together
_SUFFIX: Final = r"(?:\s?(?:ste|de|e|er|ère|re|ème|eme|st|nd|rd|th|º|ª|°)\b|\.(?=\W))?"
_SPAN: Final = re.compile(
    rf"\b(\d{{1,2}}){_SUFFIX}\s*(-|–|—|\bto\b|t/m|tot(?: en met)?\b|bis\b|à\b|through\b)\s*(\d{{1,2}}){_SUFFIX}",
    re.IGNORECASE,
)
_PAIR: Final = re.compile(
    rf"\b(\d{{1,2}}){_SUFFIX}\s*(?:/|\ben\b|\bet\b|\bund\b|\band\b|\by\b|\bof\b|&|\+|,)\s*(\d{{1,2}}){_SUFFIX}",
    re.IGNORECASE,
)
_MAY_BE_SEVERAL: Final = re.compile(
    r"[,/&+>»→›:–—]|\s-|\d\s*-|\s(?:en|and|et|und|y|e|or|ou|oder|o|to|tot|bis|à|t/m|through)\s", re.IGNORECASE
)
_LONGEST_WEAK: Final = 300
_FEW: Final = 13
_OPENED: Final = {"[": "]", "{": "}", "(": ")"}


class Meaning(NamedTuple):
    """A term of a text: the concept it means, or None and the words as they came."""

    id: str | None
    words: str


def meanings(text: str, written: Ask, worded: Ask) -> tuple[Meaning, ...]:
    """The terms of a text in their order, each once.

    `written` gives the concepts of a term that is written as a label is, `worded` those that its words mean in any
    order: a list must come apart before, or "Teacher, Student" is a student teacher.
    """
    found = _read(text.strip()[:LONGEST], written, worded)
    return tuple(dict.fromkeys(found))


def listed(text: str) -> tuple[str, ...] | None:
    """The texts of a list of JSON or Python, such as programs leave in the cell of a table; None where it is none."""
    text = text.strip()
    if _OPENED.get(text[:1]) != text[-1:] or len(text) < 2 or len(text) > LONGEST:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return None
    if not isinstance(value, (list, tuple, set)):
        return None
    parts = [str(one).strip() for one in value if isinstance(one, (str, int)) and not isinstance(one, bool)]
    return tuple(part for part in parts if part) if len(parts) == len(value) else None


def _read(text: str, written: Ask, worded: Ask) -> list[Meaning]:
    if not text:
        return []
    if known := written(text):
        return [Meaning(one, text) for one in known]
    if (inside := listed(text)) is not None:
        return [one for part in inside[:_MOST_PARTS] for one in _read(part, written, worded)]
    if _is_address(text):
        return [Meaning(None, text)]
    parts = [part for part in _CERTAIN.split(text) if part]
    if len(parts) > 1:
        return [one for part in parts[:_MOST_PARTS] for one in _read(part, written, worded)]

    def ask(term: str) -> tuple[str, ...]:
        return written(term) or worded(term)

    several = len(text) <= _LONGEST_WEAK and _MAY_BE_SEVERAL.search(text) is not None
    if several and (found := _weakly(text, ask, _WEAK[:_SURER])):
        return found
    if known := worded(text):
        return [Meaning(one, text) for one in known]
    if several and (found := _numbered(text, ask) or _path(text, ask) or _weakly(text, ask, _WEAK)):
        return found
    return [Meaning(None, text)]


def _is_address(text: str) -> bool:
    return "://" in text and " " not in text


def _numbered(text: str, ask: Ask) -> list[Meaning]:
    """Several numbers in one term: "Grades 3-5", "5e en 6e leerjaar"; only where every one of them is known."""
    text = figures(text)
    if (span := _SPAN.search(text)) is not None:
        low, high = int(span[1]), int(span[3])
        numbers: Iterable[int] = range(low, high + 1) if low < high < low + _FEW else ()
        match = span
    elif (pair := _PAIR.search(text)) is not None:
        numbers, match = (int(pair[1]), int(pair[2])), pair
    else:
        return []
    found: list[Meaning] = []
    for number in numbers:
        known = ask(f"{text[: match.start()]}{number}{text[match.end() :]}")
        if not known:
            return []
        found += [Meaning(one, text) for one in known]
    return found


def _path(text: str, ask: Ask) -> list[Meaning]:
    """A way through a tree: its words together, else the last step that is known."""
    steps = [step for step in _PATH.split(text) if step]
    if len(steps) < 2:
        return []
    if known := ask(" ".join(steps)):
        return [Meaning(one, text) for one in known]
    for step in reversed(steps):
        if known := ask(step):
            return [Meaning(one, step) for one in known]
    return []


def _weakly(text: str, ask: Ask, patterns: Sequence[re.Pattern[str]]) -> list[Meaning]:
    """The parts between commas, slashes or words for "and", where every one of them is known."""
    for place, pattern in enumerate(patterns, 1):
        parts = [part for part in pattern.split(text) if part]
        if not 1 < len(parts) <= _MOST_PARTS:
            continue
        found: list[Meaning] = []
        for part in parts:
            rest = patterns[place:]
            known = [Meaning(one, part) for one in ask(part)] or _numbered(part, ask) or _weakly(part, ask, rest)
            if not known:
                found = []
                break
            found += known
        if found:
            return found
    return []
