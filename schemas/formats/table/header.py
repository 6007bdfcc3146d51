"""Where the header of a table is, and what a header means that is dressed up: `Title *`, `Link / URL`, `1. Titel:`.

People put the name of their collection, a date or an instruction above the header, and a row of groups; exports mark
what is obligatory, number the columns, or name them after a schema (`dc.title[en]`, `schema:name`). Dress is taken off
step by step until a name is known; a name that is known as it stands always counts first. It must not look at rows
below the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from schemas.formats.table.columns import Mapping, folded, known
from schemas.formats.table.text import TOP

_WIDEST: Final = 250  # columns of which the names count in telling a header
_ENOUGH: Final = 2
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>")
_INSIDE: Final = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_NUMBER: Final = re.compile(r"^\s*\(?(?:\d{1,2}|[a-z])[.):]\s+|^\s*\d{1,2}\.(?:\d{1,2}\.?)*\s+", re.IGNORECASE)
_SCHEMA: Final = re.compile(
    r"^\s*(?:dc|dcterms|dct|schema|sdo|lom|lrmi|dcat|oer|general|technical|educational)\s*[:.]\s*", re.IGNORECASE
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PARTS: Final = re.compile(
    r"\s*(?:/|\||&|\+|,|\s-\s|\s–\s|\bor\b|\bof\b|\boder\b|\bou\b|\band\b|\ben\b|\bund\b|\bet\b)\s*", re.IGNORECASE
)
_FILLERS: Final = frozenset(
    (
        *("a", "an", "the", "of", "for", "to", "in", "your", "our", "this", "what", "is", "are", "which", "please"),
        *("enter", "fill", "resource", "resources", "material", "materials", "learning", "object", "oer", "item"),
        *("lesson", "course", "document", "content", "full", "main", "primary"),
        *("de", "het", "een", "van", "voor", "naar", "uw", "jouw", "wat", "leermiddel", "leermiddelen", "materiaal"),
        *("lesmateriaal", "bron", "le", "la", "les", "l", "du", "des", "d", "pour", "vers", "votre", "ressource"),
        *("ressources", "quel", "quelle", "est", "der", "die", "das", "dem", "den", "von", "zum", "zur", "für", "ihr"),
        *("lernressource", "inhalt"),
    )
)


def header_place(rows: Sequence[Sequence[str]], mapping: Mapping) -> int:
    """The place of the header among the first rows: the one that names most of what is known, else the first."""
    wanted = {name.strip() for name in mapping.columns}
    scores: list[int] = []
    for row in rows[:TOP]:
        names = [cell.strip() for cell in row]
        if wanted and wanted.issubset(names):
            return len(scores)
        scores.append(score(names))
    best = max(scores, default=0)
    if best < _ENOUGH or wanted or scores[0] >= max(_ENOUGH, best - 1):
        return 0
    return scores.index(best)


def score(names: Sequence[str]) -> int:
    """How many fields the first cells of a row name; long cells and addresses are none that name a column."""
    return len({field_of(name) for name in names[:_WIDEST] if name and len(name) < 80 and "://" not in name} - {None})


def same_header(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row is the header once more (lists that were put together)."""
    told = [cell.strip() for cell in cells if cell.strip()]
    return len(told) > 1 and told == [name.strip() for name in header if name.strip()]


@lru_cache(maxsize=4096)
def field_of(name: str) -> str | None:
    """The field that a header means; None where it is not known."""
    names = known()
    return next((names[plain] for text in _undressed(name) if (plain := folded(text)) in names), None)


def _undressed(name: str) -> Iterator[str]:
    yield name
    bare = _NUMBER.sub("", _BRACKETS.sub(" ", name)).strip(" \t\r\n*:?!.•·-–—#\u00a0")
    yield bare
    plain = _SCHEMA.sub("", bare)
    yield plain
    segments = re.split(r"[.:]", plain)
    if len(segments) > 1 and " " not in plain:
        yield segments[-1]
        yield segments[0]
    yield _without_fillers(plain)
    parts = _PARTS.split(plain)
    for part in parts if len(parts) > 1 else ():
        yield part
        yield _without_fillers(part)
    yield from _INSIDE.findall(name)


def _without_fillers(text: str) -> str:
    words = re.split(r"[\s_'’]+", _CAMEL.sub(" ", text))
    return " ".join(word for word in words if word.casefold() not in _FILLERS)
