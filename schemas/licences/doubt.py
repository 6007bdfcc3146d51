"""Whether the words around a licence leave it in doubt: pure, over the items of a text.

A word that denies or restricts is a doubt wherever it stands. A word about commercial use or adaptation is a doubt
unless its sentence permits and every word of it is known. An unknown word is a doubt in a short text and in the
sentence of the licence, unless it is a name. A word for an audience is a doubt unless it is part of a name ("London
School of Economics"). A word like "for" is a doubt unless what follows leaves nobody out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import Final

from schemas.licences.lexicon import lexicon
from schemas.licences.words import Item

_SHORT: Final = 40
_MOST_NAMES: Final = 12
_BEFORE: Final = 10
_MOST_LETTERS: Final = 8
_LICENCE: Final = frozenset(("label", "address", "cc", "commons", "by", "sa", "zero", "mark", "domain", "pd", "pdm"))
_NEUTRAL: Final = _LICENCE | {"scope", "number", "harmless"}
_NEGATIONS: Final = frozenset(
    [
        "not",
        "no",
        "never",
        "geen",
        "niet",
        "kein",
        "keine",
        "keiner",
        "keinem",
        "nicht",
        "nie",
        "pas",
        "ne",
        "non",
        "nao",
        "sin",
        "sem",
        "sans",
        "senza",
        "ikke",
        "ikkje",
        "inte",
        "ej",
        "ei",
        "nie",
        "neni",
        "nem",
        "nu",
        "не",
        "нет",
        "без",
        "δεν",
        "bez",
        "brez",
        "mitte",
        "nav",
    ]
)
_BROKEN = re.compile(r"commerc|comerci|komerc|kommerz|kommers|noderiv|derivat|nonprofit")
_TYPED: Final = (
    "commercial", "noncommercial", "commercially", "commercieel", "commerciele", "kommerziell", "kommerzielle",
    "comercial", "commerciale", "kommersiell", "nocomercial", "derivatives", "derivative", "noderivs",
    "noderivatives", "derivadas", "modifications", "modification", "adaptation", "bearbeitung", "afgeleide",
)  # fmt: skip
_PAST: Final = frozenset(("was", "were", "war", "waren", "etait", "era", "var", "bylo", "volt", "byl", "ehem"))
_SINCE: Final = frozenset(("from", "ab", "vanaf", "desde", "dal", "fran", "fra", "od"))
_AFTER: Final = frozenset(("nach", "zum", "zur", "gegen", "im", "beim", "ins", "je", "after", "upon", "against", "na"))
_BETWEEN_NAMES: Final = frozenset(("of", "the", "for", "fur", "de", "la", "der", "des", "du", "and", "und"))
_RIGHTS = re.compile(r"right|recht|droit|derech|diritt|direit|dret|ratt|rett|praw|prav")
_NC_STEM = re.compile(r"commerc|comerc|komerc|kommerz|kommerc|kommers|kaupall|коммерч|комерц|комерс|εμπορικ")


def loose_elements(items: list[Item]) -> frozenset[str]:
    """The elements that stand outside of a label: codes, names, and misspelt words that name them."""
    found = {item.kind for item in items if item.kind in ("nc", "nd")}
    found |= {"sa" for place, item in enumerate(items) if item.kind == "sa" and _is_element(items, place)}
    for place, item in enumerate(items):
        if item.kind in _NEUTRAL or len(item.text) < 6:
            continue
        before = items[place - 1].text if place else ""
        denied = before in _NEGATIONS or item.text.startswith(("non", "no", "un", "nicht", "niet", "ne", "ni"))
        if item.kind == "topic" and before in _NEGATIONS:
            found.add("nc" if _NC_STEM.search(item.text) else "nd")
        elif denied and item.kind != "topic" and (slip := _slip(item.text)):
            found.add(slip)
    return frozenset(found)


def _is_element(items: list[Item], place: int) -> bool:
    """Whether a `sa` is an element: a name always is, a code only beside a licence, its version or another element."""
    if not items[place].is_code:
        return True
    before = items[place - 1].kind if place else ""
    after = items[place + 1].kind if place + 1 < len(items) else ""
    return before in _LICENCE | {"number", "scope", "nc"} or after in ("by", "nc", "number")


def is_denied(items: list[Item]) -> bool:
    """Whether a negation stands shortly before the first licence in its sentence ("not licensed under CC BY-NC")."""
    first = next((place for place, item in enumerate(items) if item.kind in ("label", "address", "by")), None)
    if first is None:
        return False
    before = items[max(0, first - _BEFORE) : first]
    return any(item.text in _NEGATIONS and item.sentence == items[first].sentence for item in before)


def smells(items: list[Item], names_licence: bool) -> bool:
    """Whether anything in the text forbids calling the work open."""
    sentences: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        sentences[item.sentence].append(item)
    if any(_denies(items, place) for place in range(len(items))):
        return True
    if (
        _BROKEN.search(_squeezed(items))
        or sum(len(item.text) == 1 and item.kind != "number" for item in items) > _MOST_LETTERS
    ):
        return True
    short = sum(item.kind not in _NEUTRAL for item in items) <= _SHORT
    names = _names(items)
    for sentence in sentences.values():
        strict = names_licence and (short or any(item.kind in _LICENCE for item in sentence))
        if _sentence_smells(sentence, names, strict):
            return True
    return len(names) > _MOST_NAMES and short


def _denies(items: list[Item], place: int) -> bool:
    kind = items[place].kind
    if kind in ("deny", "nc", "nd"):
        return True
    after = items[place + 1] if place + 1 < len(items) else None
    if after is not None and items[place].text in _PAST and after.kind in _LICENCE:
        return True
    if after is not None and items[place].text in _SINCE and after.kind == "number" and len(after.text) == 4:
        return True
    if kind == "some":
        waived = any(item.text in ("zero", "mark") for item in items)
        whole = any(item.text in lexicon().universal for item in items)
        return whole or not (waived or _RIGHTS.search(items[place].text))
    if items[place].text == "copyright" and _is_of_a_part(items, place):
        return True
    return kind == "unknown" and _slip(items[place].text) is not None


def _is_of_a_part(items: list[Item], place: int) -> bool:
    """Whether a copyright after the licence covers only a part of the work ("CC BY; photos © Jan Maes")."""
    beside = items[max(0, place - 2) : place + 2]
    named = any(item.kind in ("label", "address", "by") for item in items[: max(0, place - 1)])
    return named and any(item.text in lexicon().parts for item in beside)


def _squeezed(items: list[Item]) -> str:
    """The words that were not understood, joined, so that "comm ercial" is found."""
    return "".join(item.text if item.kind in ("unknown", "with", "permit") else " " for item in items)


def _sentence_smells(sentence: list[Item], names: frozenset[int], strict: bool) -> bool:
    topics = any(item.kind in ("topic", "both") for item in sentence)
    permits = any(item.kind == "permit" for item in sentence)
    if topics and not permits:
        return True
    for place, item in enumerate(sentence):
        if strict and not permits and item.text in lexicon().uses and _is_bounded(sentence, place, names):
            return True
        match item.kind:
            case "unknown" | "audience":
                if (strict or topics) and id(item) not in names:
                    return True
            case "purpose":
                if (strict or topics) and not _leaves_nobody_out(sentence, place, names):
                    return True
            case "sa":
                if strict and item.is_code and not _is_element(sentence, place):
                    return True
    return False


def _is_bounded(sentence: list[Item], place: int, names: frozenset[int]) -> bool:
    """Whether a use is limited to a place, or to those named just before it ("use in the course", "NGO use")."""
    after = sentence[place + 1 : place + 3]
    return any(item.text in lexicon().places for item in after) or (place > 0 and id(sentence[place - 1]) in names)


def _leaves_nobody_out(sentence: list[Item], place: int, names: frozenset[int]) -> bool:
    """Whether "for" is followed by all or everybody, or is inside an institution's name ("Ministry for Education")."""
    after = sentence[place + 1 : place + 3]
    if any(item.kind in ("topic", "both") or item.text in lexicon().universal for item in after):
        return True
    if sentence[place].text == "per":  # by, in Catalan and others
        return bool(after) and id(after[0]) in names
    return place > 0 and sentence[place - 1].text in lexicon().institution and sentence[place].shape == "l"


def _names(items: list[Item]) -> frozenset[int]:
    """The items (by id) that are names of people and institutions as far as their capitals show."""
    cased = [item for item in items if item.kind not in _NEUTRAL and not item.is_code and item.shape in "TUl"]
    if not any(item.shape in "Tl" for item in cased):
        return frozenset()
    functions = lexicon().functions
    for before, item in pairwise(items):
        if item.shape in "TU" and item.text in functions and item.sentence == before.sentence and item.glue == " ":
            return frozenset()  # In Title Case a capital proves nothing.
    found: set[int] = set()
    for place, item in enumerate(items):
        if item.kind == "unknown" and item.shape in "TU" and _may_be_name(items, place):
            found.add(id(item))
    for place, item in enumerate(items):
        if item.kind == "audience" and item.shape in "TU" and _beside_name(items, place, found):
            found.add(id(item))
    return frozenset(found)


def _may_be_name(items: list[Item], place: int) -> bool:
    """Whether a word with a capital may be a name: not where it is joined to a licence ("Attribution-Foo")."""
    item = items[place]
    if place and items[place - 1].text in _AFTER:
        return False
    if place and item.glue == "." and len(items[place - 1].text) == 1:
        return True
    at = place
    while at and items[at].glue in ("-", "", "."):
        at -= 1
        if items[at].shape not in "TU" or items[at].kind not in ("unknown", "plain"):
            return False
    return item.text.isascii() or not any(sign.isascii() for sign in item.text)


def _beside_name(items: list[Item], place: int, names: set[int]) -> bool:
    """Whether a name stands next to a word, or an institution begins up to five words before it."""
    before = items[max(0, place - 5) : place]
    if any(item.text in lexicon().institution and item.sentence == items[place].sentence for item in before):
        return True
    for step in (-1, 1):
        at = place + step
        while 0 <= at < len(items) and items[at].text in _BETWEEN_NAMES:
            at += step
        if 0 <= at < len(items) and (id(items[at]) in names or items[at].text in lexicon().institution):
            return True
    return False


@lru_cache(maxsize=8192)
def _slip(word: str) -> str | None:
    """The element that a word would name or forbid if one or two letters were different; None for any other word."""
    if len(word) < 7:
        return None
    bare = re.sub(r"^(?:non|no|un|nicht|niet|ne)(?=[a-z]{6})", "", word)
    for typed in _TYPED:
        most = 2 if len(typed) > 8 else 1
        if any(abs(len(one) - len(typed)) <= most and _distance(one, typed, most) <= most for one in {word, bare}):
            return "nc" if "comm" in typed or "comer" in typed or "kommer" in typed else "nd"
    return None


def _distance(first: str, second: str, most: int) -> int:
    """The edits between two words (Levenshtein), or more than `most`."""
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, 1):
        last, row = row, [number]
        for place, other in enumerate(second, 1):
            row.append(min(last[place] + 1, row[-1] + 1, last[place - 1] + (letter != other)))
        if min(row) > most:
            return most + 1
    return row[-1]
