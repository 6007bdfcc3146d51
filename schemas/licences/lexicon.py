"""The words of licences: the names of Creative Commons in all its languages, and what people write around them.

Two files in schemas/data/licences: titles.json holds facts (names, titles, ports), words.json what we know of the words
beside them. A phrase is looked up without its blanks, so that NonCommercial, Non-Commercial and non commercial are the
same. A word has one class; one that is listed in several has the class that closes most.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from schemas.licences.folding import fold

ELEMENTS: Final = ("by", "nc", "nd", "sa")
_LONGEST_ENDING: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")


class Lexicon(msgspec.Struct, frozen=True):
    """What is known of words, all folded.

    `phrases`: the kind of each squeezed phrase; `reach`: the length of the longest one with the same first two letters.
    `ports`: the code of a port by its squeezed name after a version, "" for none. `words`: the class of exact words;
    `stems`: the class of beginnings of words. `closing`: the names of NC and ND that may stand within a longer word;
    `slips`: the words of these names, whole and with one letter left out; `plain_stems`: beginnings of words that say
    nothing. "for" before a `universal` word is no restriction; a word of `uses` before one of `places` is. `parts` may
    have rights of their own. A word of `institution` begins a name; `functions` have capitals only in Title Case.
    """

    phrases: dict[str, str]
    reach: dict[str, int]
    ports: dict[str, str]
    words: dict[str, str]
    stems: dict[str, str]
    closing: tuple[str, ...]
    slips: frozenset[str]
    plain_stems: frozenset[str]
    uses: frozenset[str]
    places: frozenset[str]
    parts: frozenset[str]
    universal: frozenset[str]
    institution: frozenset[str]
    functions: frozenset[str]


def squeezed(text: str) -> str:
    """The words of a phrase, folded and without anything between them."""
    return "".join(fold(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text)))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    folder = files("schemas") / "data" / "licences"
    words: dict[str, Any] = msgspec.json.decode((folder / "words.json").read_bytes())
    titles: dict[str, Any] = msgspec.json.decode((folder / "titles.json").read_bytes())
    phrases = dict(_phrases(words, titles))
    reach: dict[str, int] = {}
    for phrase in phrases:
        reach[phrase[:2]] = max(reach.get(phrase[:2], 0), len(phrase))
    ports = {squeezed(name): "" if code == "-" else code for code, names in titles["ports"].items() for name in names}
    exact, stems = _classes(words, titles)
    names = {word for word in _words_of_names(titles)[True] if len(word) > 5}
    return Lexicon(
        phrases=phrases,
        reach=reach,
        ports={name: code for name, code in ports.items() if name},
        words=exact,
        stems=stems,
        closing=(
            *(phrase for phrase, kind in phrases.items() if kind in ("nc", "nd") and len(phrase) > 5),
            *map(fold, words["within"].split()),
        ),
        slips=frozenset(part for word in names for part in (word, *shorter(word))),
        plain_stems=frozenset(map(fold, words["plain_stems"].split())),
        uses=frozenset(map(fold, words["uses"].split())),
        places=frozenset(map(fold, words["places"].split())),
        parts=frozenset(map(fold, words["parts"].split())),
        universal=frozenset(map(fold, words["universal"].split())),
        institution=frozenset(map(fold, words["institution"].split())),
        functions=frozenset(
            [
                "in",
                "on",
                "of",
                "to",
                "with",
                "by",
                "under",
                "from",
                "and",
                "or",
                "at",
                "as",
                "is",
                "are",
                "be",
                "this",
                "that",
                "you",
                "for",
            ]
        ),
    )


def _phrases(words: dict[str, Any], titles: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every phrase with its kind; what is said later wins, so the elements that close come last."""
    for kind in ("harmless", "both", "some", "commons", "domain", "mark", "zero"):
        for phrase in words[kind]:
            yield squeezed(phrase), kind
    for phrase in words["denying"]:
        yield squeezed(phrase), "deny"
    for names in titles["names"].values():
        for phrase in names.get("pd", ()):
            yield squeezed(phrase), "domain"
    for kind in ("by", "sa", "nd", "nc"):
        for phrase in words["elements"][kind]:
            yield squeezed(phrase), kind
        for names in titles["names"].values():
            for phrase in names.get(kind, ()):
                if len(squeezed(phrase)) > 1:
                    yield squeezed(phrase), kind


def _classes(words: dict[str, Any], titles: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    topics = [stem for kind in ("nc", "nd") for stem in words["topics"][kind]]
    lists = {
        "with": _listed(words["permitted_with"].values()),
        "plain": _listed(words["plain"].values()),
        "permit": _listed(words["permit"].values()),
        "purpose": words["purpose"].split(),
        "audience": words["audience"].split(),
        "topic": topics,
        "deny": _listed(words["deny"].values()),
    }
    exact: dict[str, str] = {}
    stems: dict[str, str] = {}
    for kind, entries in lists.items():
        exact |= {fold(entry): kind for entry in entries if not entry.endswith("*")}
        stems |= {fold(entry[:-1]): kind for entry in entries if entry.endswith("*")}
    for word in _closing_words(titles):
        if _stem(word, stems) != "topic":
            exact.setdefault(word, "deny")
    for word in words["never_deny"].split():
        exact[fold(word)] = "plain"
    return exact, stems


def _listed(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in text.split()]


def _closing_words(titles: dict[str, Any]) -> set[str]:
    """The words that only the names of NC and ND have: where one is left over, no licence stays open."""
    found = _words_of_names(titles)
    return {word for word in found[True] - found[False] if len(word) > 2 or not word.isascii()}


def _words_of_names(titles: dict[str, Any]) -> dict[bool, set[str]]:
    """The words in the names of elements: under True those of NC and ND, under False the others."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for names in titles["names"].values():
        for kind in ELEMENTS:
            for name in names.get(kind, ()):
                parts = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", name)
                found[kind in ("nc", "nd")] |= {fold(word) for word in _WORD.findall(parts)}
                if " " not in name:
                    found[kind in ("nc", "nd")].add(squeezed(name))
    return found


def shorter(word: str) -> set[str]:
    """The word with one of its letters left out."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _stem(word: str, stems: dict[str, str]) -> str | None:
    """The class of a word by its beginning; where several fit, the one that closes most."""
    kinds = {stems[word[:end]] for end in range(2, len(word) + 1) if word[:end] in stems}
    return next((kind for kind in ("deny", "topic", "audience") if kind in kinds), None)


@lru_cache(maxsize=16384)
def class_of(word: str) -> str:
    """The class of a folded word: deny, topic, audience, purpose, plain, permit, with or unknown."""
    known = lexicon()
    exact = known.words.get(word)
    if exact is not None:
        return exact
    if kind := _stem(word, known.stems):
        return kind
    if len(word) > 8 and any(name in word for name in known.closing):
        return "deny"
    if len(word) > 4 and (word in known.slips or shorter(word) & known.slips):
        return "deny"
    beginnings = (word[:end] for end in range(max(4, len(word) - _LONGEST_ENDING), len(word) + 1))
    return "plain" if any(part in known.plain_stems for part in beginnings) else "unknown"
