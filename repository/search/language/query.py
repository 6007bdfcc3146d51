"""The query language: what somebody typed, as a closed tree of words.

Words are joined by AND; what is written as one (e-learning) stays one; `OR` between two of them, `-` before one,
`"quotes"` around words in their exact form and order, `word*` for a beginning, and fields: `title:`, `keyword:`,
`author:`, `subject:` (with their Dutch, French and German names). Pure, and it never fails: what makes no sense as an
operator is text. At most 1 KB and 32 words count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from repository.search.language.joined import chains
from repository.search.language.words import normal, plain_words, words_of

MOST_BYTES: Final = 1024
MOST_WORDS: Final = 32
_SHORTEST_BEGINNING: Final = 2

Field = Literal["title", "keyword", "author", "subject"]
FIELDS: Final[Mapping[str, Field]] = {
    "title": "title", "titel": "title", "titre": "title",
    "keyword": "keyword", "trefwoord": "keyword", "motcle": "keyword", "schlagwort": "keyword",
    "author": "author", "contributor": "author", "auteur": "author", "autor": "author", "maker": "author",
    "subject": "subject", "vak": "subject", "matiere": "subject", "fach": "subject",
}  # fmt: skip
_ITEM: Final = re.compile(
    r'(?P<minus>(?<!\S)-(?=\S))?(?:(?P<field>[^\W\d_]{2,12}):(?=\S))?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<plain>[^\s"]+))'
)
_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\x00": " "})


class Word(msgspec.Struct, frozen=True):
    """A folded word; `beginning`: longer words that begin with it count too."""

    text: str
    field: Field | None = None
    beginning: bool = False


class Quoted(msgspec.Struct, frozen=True):
    """Folded words that must stand side by side, as they are."""

    words: tuple[str, ...]
    field: Field | None = None


class Either(msgspec.Struct, frozen=True):
    """At least one of these."""

    parts: tuple[Query, ...]


class Both(msgspec.Struct, frozen=True):
    """All of `parts`, none of `without`."""

    parts: tuple[Query, ...]
    without: tuple[Query, ...] = ()


class Nonsense(msgspec.Struct, frozen=True):
    """Signs without a word: nothing can be found."""


class Bound(msgspec.Struct, frozen=True):
    """Folded words written as one with signs between them (e-learning), and how they are written without."""

    words: tuple[str, ...]
    forms: tuple[str, ...]
    field: Field | None = None


Query = Word | Quoted | Bound | Either | Both | Nonsense


def parse(text: str) -> Query | None:
    """Read a query; None when nothing is asked."""
    text = cut(text)
    if not text.strip():
        return None
    wanted: list[Query] = []
    without: list[Query] = []
    either, room = False, MOST_WORDS
    for match in _ITEM.finditer(text):
        if match["plain"] == "OR" and not match["minus"] and not match["field"]:
            either = bool(wanted)
            continue
        parts = _item(match, room)
        room -= sum(map(count, parts))
        if match["minus"]:
            without += parts
        elif parts and either:
            wanted.append(_either(wanted.pop(), _joined(parts)))
        else:
            wanted += parts
        if parts:
            either = False
    if not wanted and not without:
        return Nonsense()
    return wanted[0] if len(wanted) == 1 and not without else Both(tuple(wanted), tuple(without))


def cut(text: str) -> str:
    """The part of a query that counts: the first KB, in NFC, with one kind of quotation mark."""
    kept = text.encode("utf-8", "ignore")[:MOST_BYTES].decode("utf-8", "ignore")
    return normal(kept.translate(_QUOTES))


def is_too_long(text: str) -> bool:
    """Whether a query is longer than the part that counts."""
    return len(text.encode("utf-8", "replace")) > MOST_BYTES


def count(query: Query) -> int:
    """How many words a query has."""
    match query:
        case Word():
            return 1
        case Quoted() | Bound():
            return len(query.words)
        case Either():
            return sum(map(count, query.parts))
        case Both():
            return sum(map(count, (*query.parts, *query.without)))
        case Nonsense():
            return 0


def words(query: Query | None) -> list[str]:
    """Every wanted word, in order; not the unwanted ones."""
    match query:
        case Word():
            return [query.text]
        case Quoted() | Bound():
            return list(query.words)
        case Either() | Both():
            return [word for part in query.parts for word in words(part)]
        case _:
            return []


def _item(match: re.Match[str], room: int) -> list[Query]:
    """The words of one item: several where a word falls apart (e-learning)."""
    field = _field(match["field"])
    text = match["quoted"] if match["plain"] is None else match["plain"]
    if field is None and match["field"]:
        text = f"{match['field']}:{text}"
    found = plain_words(text)[: max(0, room)]
    if not found:
        return []
    if match["plain"] is None:
        return [Quoted(tuple(found), field)]
    if text.endswith("*") and len(found[-1]) >= _SHORTEST_BEGINNING:
        return [Word(word, field, n == len(found)) for n, word in enumerate(found, 1)]
    return units(text, field, room)


def units(text: str, field: Field | None, room: int = MOST_WORDS) -> list[Query]:
    """The words of a text without operators; those written as one stay together; at most `room` of them."""
    found: list[Query] = []
    place = 0
    spans = sorted(chains(text), key=lambda each: each.start)
    for word in words_of(text):
        chain = next((each for each in spans if each.start <= word.start < each.end), None)
        if word.start < place:
            continue
        part = Word(word.text, field) if chain is None else Bound(chain.words, chain.forms, field)
        place = word.end if chain is None else chain.end
        room -= count(part)
        if room < 0:
            break
        found.append(part)
    return found


def _field(name: str | None) -> Field | None:
    if name is None:
        return None
    return FIELDS.get("".join(plain_words(name)))


def _joined(parts: list[Query]) -> Query:
    return parts[0] if len(parts) == 1 else Both(tuple(parts))


def _either(left: Query, right: Query) -> Either:
    return Either((*left.parts, right) if isinstance(left, Either) else (left, right))
