"""What a rights text names, read so that nothing closed is taken for open.

Safe by construction: an open licence is named only where every word of the text is accounted for. Words that restrict
or deny, in any language of the lexicon and even misspelt, leave it unnamed; so do unknown words, except names of people
and institutions. Words that only permit ("free for commercial use") are known and let pass. A closed licence is named
where its elements are sure. Several licences in one text are open only if all of them are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.licences import address, other
from schemas.licences.doubt import is_denied, loose_elements, smells
from schemas.licences.folding import MOST, clean
from schemas.licences.mention import Mention, label_mentions, name_mention
from schemas.licences.named import PORTS, Named, family_of
from schemas.licences.words import Item, items_of, words_of

# Only the address, as most records have it, with nothing beside it.
_ADDRESS: Final = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/(by(?:-nc)?(?:-sa|-nd)?|zero|mark)"
    r"/([1-4]\.[0-9])/?(?:([a-z]{2}|igo)/?)?"
)
_OPEN: Final = (frozenset({"by"}), frozenset({"by", "sa"}))
_OPEN_FAMILIES: Final = frozenset(("by", "by-sa", "zero", "mark"))


class Reading(NamedTuple):
    """`named`: what the text names for sure. `doubtful`: it restricts, denies, or says something not understood.

    `speaks`: it speaks of a licence, named for sure or not.
    """

    named: Named | None
    doubtful: bool
    speaks: bool = True


@lru_cache(maxsize=8192)
def read(text: str) -> Reading:
    """What a text names, and whether anything in it forbids calling the work open."""
    if (plain := _ADDRESS.fullmatch(text)) and (plain[3] is None or plain[3] in PORTS):
        return Reading(Named(plain[1], plain[2] if plain[1] not in ("zero", "mark") else "1.0", plain[3]), False)
    line = clean(text)
    places = address.take(line)
    items = items_of(words_of(places.rest))
    labels, items = label_mentions(items)
    name, items = name_mention(items)
    mentions = [*(Mention(one, frozenset(one.family.split("-"))) for one in places.named), *labels]
    names_any = bool(mentions or name or places.unclear)
    doubtful = places.unclear or len(text) > MOST or smells(items, names_any)
    if not (mentions or name):
        return _without_commons(line, items, doubtful)
    named = _agreed(mentions, name, loose_elements(items))
    statement = other.statement(line.lower())
    if named is None or statement is not None:
        return Reading(None, True)
    if named.family in _OPEN_FAMILIES:
        return Reading(None if doubtful else named, doubtful)
    return Reading(None if is_denied(items) else named, doubtful)


def _without_commons(line: str, items: list[Item], doubtful: bool) -> Reading:
    plain = line.lower()
    statement = other.statement(plain)
    if statement is not None:
        return Reading(statement, True)
    named = other.software(plain)
    if named is not None:
        return Reading(None if loose_elements(items) else named, doubtful)
    if any(item.kind == "domain" for item in items) and not smells(items, True):
        return Reading(Named("mark", "1.0"), doubtful)
    speaks = any(item.kind in ("cc", "commons", "domain", "nc", "nd") for item in items)
    return Reading(None, doubtful, speaks)


def _agreed(mentions: list[Mention], name: Mention | None, loose: frozenset[str]) -> Named | None:
    """The one licence that all mentions and the loose elements make up; None where they do not agree."""
    first = mentions[0].named if mentions else name.named if name else None
    if first is None:
        return None
    version = next((one.named.version for one in mentions if one.named.version), first.version)
    version = version or (name.named.version if name else None)
    port = next((one.named.port for one in mentions if one.named.port), first.port)
    port = port or (name.named.port if name and name.named.version == version else None)
    special = [one.named for one in mentions if not one.elements <= {"by", "nc", "nd", "sa"}]
    common = {one.elements for one in mentions if one.elements <= {"by", "nc", "nd", "sa"}}
    if name:
        loose |= name.elements
    if special and not common and not (name and name.elements > {"sa"}):
        alike = len({one.family for one in special}) == 1 or all(one.family in ("zero", "mark") for one in special)
        return special[0] if alike and not loose & {"nc", "nd", "sa"} else None
    if any(one.family not in ("zero", "mark") for one in special):
        return None
    if len(common) > 1 and not common <= set(_OPEN):
        return None
    elements = frozenset().union(*common) | loose
    if special and elements not in _OPEN:
        return None
    family = family_of(elements)
    return Named(family, version, port) if family else None
