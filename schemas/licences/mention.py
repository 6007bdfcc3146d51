"""The licences that a text mentions by a label ("CC BY-SA 4.0") or by the names of its elements.

A lower-case "by" after Creative Commons may be the English word ("Creative Commons by Jan Maes"): it is an element
only if nothing but more of the licence follows. A lone name ("attribution") is a licence only beside Creative Commons,
a version or another element.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from schemas.licences.lexicon import ELEMENTS
from schemas.licences.named import PORTS, Named, family_of, version_of
from schemas.licences.words import Item

_FILLERS: Final = frozenset(
    (
        "licence",
        "license",
        "licentie",
        "lizenz",
        "licencia",
        "licenza",
        "licenca",
        "licencja",
        "licens",
        "lisens",
        "the",
        "international",
    )
)
_BEFORE_VERSION: Final = frozenset(
    ("v", "ver", "version", "versie", "licence", "license", "licentie", "lizenz", "versione", "licenca", "licencia")
)
_POINTED = re.compile(r"[0-9][.,][0-9]")


class Mention(NamedTuple):
    """A licence as mentioned, and its elements; for zero, mark and retired ones the family is the only element."""

    named: Named
    elements: frozenset[str]


def label_mentions(items: list[Item]) -> tuple[list[Mention], list[Item]]:
    """The labels among the items, and the items that belong to none. A code outside of a label stays an item."""
    found: list[Mention] = []
    rest: list[Item] = []
    place = 0
    while place < len(items):
        label = _label(items, place)
        if label is None:
            rest.append(items[place])
            place += 1
            continue
        mention, place = label
        found.append(mention)
        rest.append(Item("label", mention.named.family, "c", items[place - 1].glue, items[place - 1].sentence))
    return found, rest


def _label(items: list[Item], place: int) -> tuple[Mention, int] | None:
    """The label that begins here, and where it ends."""
    item = items[place]
    if item.kind in ("zero", "mark"):
        if item.is_code and not (place and items[place - 1].kind in ("cc", "commons")):
            return None
        return _mark(item.kind, items, place + 1)
    if item.kind == "pdm":
        return _mark("mark", items, place + 1)
    start = place
    if item.kind in ("cc", "commons"):
        place = _skipped(items, place + 1, _FILLERS)
        if place < len(items):
            after = items[place]
            if after.kind == "number" and after.text in ("0", "01", "010") and after.glue in ("", " ", "-", ","):
                return _mark("zero", items, place + 1)
            if after.text in ("zero", "0"):
                return _mark("zero", items, place + 1)
            if after.kind in ("pd", "domain", "mark") or after.text == "mark":
                return None if after.kind == "domain" and item.kind == "commons" else _mark("mark", items, place + 1)
    end, codes = place, []
    while end < len(items) and items[end].is_code and items[end].kind in ELEMENTS:
        codes.append(items[end])
        end += 1
    elements = frozenset(code.kind for code in codes)
    if "by" not in elements or (start == place and len(elements) < 2):
        return None
    if elements == {"by"} and _is_preposition(items, end, codes[-1].shape, item.kind):
        return None
    version, port, end = _version(items, end)
    if start == place and item.shape == "l" and len(elements) < 2:
        return None
    family = family_of(elements) or "?"
    return Mention(Named(family, version, port), elements), end


def _mark(family: str, items: list[Item], place: int) -> tuple[Mention, int]:
    _, _, end = _version(items, place)
    return Mention(Named(family, "1.0"), frozenset((family,))), end


def _is_preposition(items: list[Item], place: int, shape: str, kind: str) -> bool:
    """Whether a "by" is followed by the maker of the work and not by more of the licence."""
    if place >= len(items):
        return False
    after = items[place]
    if kind == "cc" and shape != "l" and after.text not in ("the", "a", "an"):
        return False
    return after.glue == " " and after.kind in ("unknown", "plain", "audience") and after.text not in _BEFORE_VERSION


def _skipped(items: list[Item], place: int, words: frozenset[str]) -> int:
    while place < len(items) and items[place].text in words:
        place += 1
    return place


def _version(items: list[Item], place: int) -> tuple[str | None, str | None, int]:
    """Version and port from here on, and where they end."""
    at = _skipped(items, place, _BEFORE_VERSION)
    if at >= len(items) or items[at].kind != "number":
        return None, None, place
    version = version_of(items[at].text)
    if version is None:
        return None, None, place
    port, end = _port(items, at + 1, version)
    return version, port, end


def _port(items: list[Item], place: int, version: str) -> tuple[str | None, int]:
    port = None
    while place < len(items) and (
        items[place].kind == "scope" or items[place].text in ("license", "licence", "unported")
    ):
        if items[place].kind == "scope":
            port = port or items[place].text or None
        place += 1
    if port is None and place < len(items) and version != "4.0":
        item = items[place]
        alone = item.glue in ("-", ",") or item.shape == "U" or place + 1 == len(items) or items[place + 1].glue == ","
        if item.text in PORTS and alone and item.glue:
            return item.text, place + 1
    return (port if version != "4.0" else None), place


def name_mention(items: list[Item]) -> tuple[Mention | None, list[Item]]:
    """The licence that the names of elements make up, and the items without the words that belong to it."""
    names = [place for place, item in enumerate(items) if item.kind in ELEMENTS and not item.is_code]
    if not names:
        return None, items
    elements = frozenset(items[place].kind for place in names)
    named = next((place for place in names if items[place].kind == "by"), None)
    if named is None:
        return None, items
    sentence = items[named].sentence
    version, port, at = _version_after(items, named)
    commons = any(item.kind in ("cc", "commons", "label", "address") and item.sentence == sentence for item in items)
    if not commons and version is None and len(elements) < 2:
        return None, items
    family = family_of(elements) or "?"
    kept = [item for place, item in enumerate(items) if place not in at]
    return Mention(Named(family, version, port), elements), kept


def _version_after(items: list[Item], place: int) -> tuple[str | None, str | None, Iterable[int]]:
    """The first version after a name, its port, and the places of both."""
    for at in range(place + 1, min(place + 14, len(items))):
        item = items[at]
        if item.kind == "number" and _POINTED.fullmatch(item.text) and (version := version_of(item.text)):
            port, end = _port(items, at + 1, version)
            return version, port, frozenset(range(at, end))
    return None, None, ()
