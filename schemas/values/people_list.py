"""Several people in one text: "Ada Voorbeeld and Ben Proef", "Voorbeeld, A., & Proef, B.", "Ada; Ben".

Forms, tables and Dublin Core put all authors into one place. A text is parted only when every part is a person's name
(between semicolons and lines an organisation's, too): "Ortega y Gasset", "Taylor and Francis" and "García López, María
José" stay one. The parts keep their own spelling, "Family, Given" included. It must not know records.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from schemas.values.person_name import (
    INITIALS,
    PARTICLES,
    bare,
    is_given,
    is_organisation,
    is_person,
    words_of_a_person,
)

MOST: Final = 60
_STRONG: Final = re.compile(r"\s*[;|\n\r\t•]\s*(?:(?:and|und|en|et|y|e|&)\s+)?")
_AND: Final = (
    "and|und|en|et|y|e|i|og|och|ja|és|és|a|in|și|si|şi|и|і|та|й|και|ir|un|eta|agus|ac|ve|dhe|"
    "with|met|mit|avec|con|com|med|z|s"
)
_JOINED: Final = re.compile(rf"\s*,?\s+(?:{_AND})\s+|\s*,?\s*[&+/]\s*|\s*,?\s+[–—]\s+")
_MAYBE: Final = re.compile(rf"[;|\n\r\t•&+/,–—]|\s(?:{_AND})\s")
# Words that also stand inside names: Marcia de Abreu e Silva Hennig, Ortega y Gasset.
_INSIDE_NAMES: Final = re.compile(r"\s(?:e|y|i|a|in|si|ja|z|s|con|com|med)\s")
_COMMA: Final = re.compile(r"\s*,\s*")
_ROLE: Final = re.compile(
    r"^(?:by|door|von|par|por|di|af|av|od|auteurs?|authors?|autoren|autor(?:es|i)?|text|tekst)\s*:?\s+", re.IGNORECASE
)


@lru_cache(maxsize=8192)
def parted(text: str) -> tuple[str, ...]:
    """The names in a text; the text itself where it holds one, or where that is not sure."""
    if _MAYBE.search(text) is None or len(text) > 2_000:
        return (text,)
    plain = _ROLE.sub("", text.strip())
    strong = [part for part in _STRONG.split(plain.strip(" ;|\n\r\t")) if part]
    if len(strong) > 1:
        found = tuple(name for part in strong for name in _weak(part))
        return found if len(found) <= MOST and all(map(_is_name, found)) else (text,)
    found = _weak(plain)
    return found if len(found) > 1 else (text,)


def _weak(text: str) -> tuple[str, ...]:
    """The people of a text that only words, signs and commas part."""
    joined = [part for part in _JOINED.split(text) if part.strip(" ,")]
    if not joined or len(joined) > MOST:
        return (text,)
    if _INSIDE_NAMES.search(text) and not _open_with_given(joined):
        return (text,)
    last = joined[-1]
    inverted = "," in last
    found: list[str] = []
    for part in joined:
        listed = _listed(part.strip(" ,"), inverted=inverted, alone=len(joined) == 1)
        if listed is None:
            return (text,)
        found += listed
    return tuple(found) if len(found) > 1 and all(map(_is_someone, found)) else (text,)


def _listed(text: str, *, inverted: bool, alone: bool) -> list[str] | None:
    """The people between commas; None where that is not sure."""
    parts = [part for part in _COMMA.split(text) if part]
    if len(parts) == 1:
        return [text]
    if len(parts) % 2 == 0 and all(map(_is_initials, parts[1::2])):
        return _pairs(parts)
    if _is_degree(parts[-1]):
        return None if len(parts) > 2 else [text]
    if all(map(_is_whole, parts)) and (len(parts) > 2 or not inverted or _open_with_given(parts)):
        return parts
    if len(parts) == 2 and (not alone or inverted):
        return [text]
    words = all(len(part.split()) == 1 for part in parts[::2])
    if len(parts) % 2 == 0 and len(parts) > 2 and words and all(is_given(part.split()[0]) for part in parts[1::2]):
        return _pairs(parts)
    return None


def _pairs(parts: list[str]) -> list[str]:
    return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]


def _open_with_given(parts: list[str]) -> bool:
    """Whether each part begins with a given name or initials: else "García López, María José" is one person."""
    return all(
        is_given(words[0]) or _is_initials(words[0]) or _is_initials(words[-1])
        for part in parts
        if (words := bare(part).split())
    )


def _is_whole(text: str) -> bool:
    """Whether a text has a person's given and family name."""
    return is_person(text) and not _is_initials(text) and text.rsplit(maxsplit=1)[-1].casefold() not in PARTICLES


def _is_someone(text: str) -> bool:
    """A person: given and family name, or "Family, Given"."""
    family, comma, given = text.partition(",")
    if not comma:
        return _is_whole(text)
    return (
        bool(family.strip() and given.strip())
        and not is_organisation(text)
        and words_of_a_person(bare(text), strict=False)
    )


def _is_name(text: str) -> bool:
    """A person, or an organisation of some words."""
    return _is_someone(text) or (is_organisation(text) and " " in text and len(text.split()) <= 12)


def _is_initials(text: str) -> bool:
    return INITIALS.fullmatch(text) is not None


def _is_degree(text: str) -> bool:
    return bare(f"A B, {text}") == "A B"
