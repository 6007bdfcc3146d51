"""Folding: the form in which two ways of writing a term in one language are the same.

"5de", "5e" and "vijfde" are the number 5; "werkbladen" may be a "werkblad"; "Lehrer:innen" are a "Lehrer". Terms of
records and labels of concepts are folded here before they are compared, and search folds the ordinals of its words in
the same way. What the languages have of their own stands in data/folding; nothing here names a concept, a scheme or a
country. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("nl", "en", "fr", "de", "es")
"""The languages that are folded; terms of any other are compared as they are written."""

_ROMAN: Final = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
_ROMAN_NUMBER: Final = re.compile(r"(?<=[^\W\d_][ .-])(VIII|VII|VI|IV|IX|III|II|I|V|X)(?=$|[^\w'’.]|\.(?:\s|$))")
_DOTTED: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_POSSESSIVE: Final = re.compile(r"['’]s\b")
_ELISION: Final = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)")
_RUN: Final = re.compile(r"[^\W\d_]+|\d+[^\W\d_]*")
_FIGURE: Final = re.compile(r"(\d{1,2})([a-z]*)")
_LIGATURES: Final = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "ł": "l", "'": None, "’": None})

# Endings that name both genders, or one and many: Lehrer:innen, enseignant·e·s, leerling(en), alumnos/as.
_GENDERED: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"(?<=\w{3})(?:[:*_·•]|/-?|\(-?)(?:innen|in)\b\)?", re.IGNORECASE), ""),
    (re.compile(r"(?<=[a-zäöüß]{2})In(?:nen)?\b"), ""),
    (
        re.compile(
            r"(?<=\w{3})(?:[·•.⋅/]|-(?=\w{1,5}\b)|\()(?:e|ne|le|te|se|fe|ve|trice|rice|euse|ice|ère|ière)"
            r"(?:[·•.⋅/)-]*(s))?\b\)?(s\b)?",
            re.IGNORECASE,
        ),
        r"\1\2",
    ),
    (re.compile(r"(?<=\w{2})\((?:en|s|es|e|n|in|ren|x)\)", re.IGNORECASE), ""),
    (re.compile(r"(?<=\w{3})[·•⋅](?=s\b)"), ""),
    (re.compile(r"(?<=\w{3})(?:/-?|\()(?:as|os|a|o)\b\)?", re.IGNORECASE), ""),
    (re.compile(r"(?<=[a-zñáéíóú]{3})@(?=s?\b)", re.IGNORECASE), "o"),
    (re.compile(r"(?<=[a-zñáéíóú]{3}[b-df-hj-np-tv-z])xs?\b", re.IGNORECASE), "os"),
)

_Endings = tuple[tuple[str, tuple[str, ...]], ...]
# A word that ends so may be the plural (or the feminine) of one that ends otherwise: every ending is tried.
_SINGULARS: Final[Mapping[str, _Endings]] = {
    "nl": (
        ("ssen", ("s",)), ("heden", ("heid",)), ("eren", ("",)), ("essen", ("es",)), ("aressen", ("aar",)),
        ("ares", ("aar",)), ("euse", ("eur",)), ("trice", ("tor", "teur")), ("eres", ("er",)), ("ster", ("er",)),
        ("tjes", ("t", "")), ("tje", ("t", "")), ("pjes", ("",)), ("pje", ("",)), ("etjes", ("",)), ("etje", ("",)),
        ("jes", ("",)), ("je", ("",)), ("ies", ("ie",)), ("a", ("um",)), ("n", ("",)), ("s", ("",)), ("e", ("",)),
    ),
    "en": (
        ("ies", ("y", "ie")), ("ses", ("sis", "s")), ("es", ("",)), ("s", ("",)), ("i", ("us",)), ("a", ("um", "on")),
        ("men", ("man",)),
    ),
    "fr": (
        ("aux", ("al", "ail", "au")), ("trices", ("teur",)), ("trice", ("teur",)), ("euses", ("eur",)),
        ("euse", ("eur",)), ("ieres", ("ier",)), ("iere", ("ier",)), ("eres", ("er",)), ("ere", ("er",)),
        ("ives", ("if",)), ("ive", ("if",)), ("ennes", ("en",)), ("enne", ("en",)), ("onnes", ("on",)),
        ("es", ("e", "")), ("s", ("",)), ("x", ("",)), ("e", ("",)),
    ),
    "de": (
        ("innen", ("", "e")), ("in", ("", "e")), ("ien", ("ium", "ie")), ("en", ("", "e", "um")), ("n", ("",)),
        ("er", ("",)), ("e", ("",)), ("s", ("",)), ("a", ("um",)),
    ),
    "es": (
        ("ces", ("z",)), ("iones", ("ion",)), ("oras", ("or",)), ("ora", ("or",)), ("es", ("", "e")),
        ("as", ("a", "o")), ("a", ("o",)), ("s", ("",)),
    ),
}  # fmt: skip
_SHORTEST: Final = 3  # letters of a singular
_VOWELS: Final = "aeiou"
_VOICED: Final = {"v": "f", "z": "s"}


def plain(text: str) -> str:
    """The text in small letters without accents and ligatures."""
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return text.casefold().translate(_LIGATURES)


def number(language: str, word: str) -> str | None:
    """The figure that an ordinal stands for: "5de", "vijfde" and "5" give "5"; None for any other word.

    `word` is folded (small letters, no accents).
    """
    if found := _numbers().get((language, word)):
        return found
    figure = _FIGURE.fullmatch(word) if word[:1].isdigit() else None
    if figure is None or (figure[2] and (language, f"*{figure[2]}") not in _numbers()):
        return None
    return str(int(figure[1]))


def phrase(text: str, language: str) -> tuple[str, ...]:
    """The words of a term in their order: ordinals as figures, small words left out."""
    small = _kept("small").get(language, frozenset())
    found = [part for run in _runs(text) for part in _parts(run, language)]
    return tuple(word for word in found if word not in small) or tuple(found)


def figures(text: str) -> str:
    """The text with its Roman numbers as figures: Sekundarstufe II, but not a lone I."""
    return _ROMAN_NUMBER.sub(lambda found: str(_ROMAN[found[1]]), text)


@lru_cache(maxsize=4_096)
def _runs(text: str) -> tuple[str, ...]:
    """The folded runs of letters, and of figures with what follows them; Roman numbers as figures."""
    text = unicodedata.normalize("NFC", text)
    if "." in text:
        text = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    text = figures(text)
    if "'" in text or "’" in text:
        text = _ELISION.sub("", _POSSESSIVE.sub("", text))
    return tuple(_RUN.findall(plain(text)))


def _parts(run: str, language: str) -> tuple[str, ...]:
    """A word; what begins with a figure and is no ordinal falls apart (1A)."""
    if known := number(language, run) or _cardinals().get((language, run)):
        return (known,)
    if not run[0].isdigit():
        return (run,)
    letters = run.lstrip("0123456789")
    return (run[: len(run) - len(letters)], letters) if letters and letters != run else (run,)


@lru_cache(maxsize=16_384)
def singulars(word: str, language: str) -> tuple[str, ...]:
    """The words that a folded word may be the plural or the other gender of, best first.

    They are guesses: only one that is a label means anything.
    """
    if known := _plurals().get((language, word)):
        return (known,)
    found: dict[str, None] = {}
    for end, others in _SINGULARS.get(language, ()):
        if word.endswith(end) and len(word) - len(end) >= _SHORTEST - 1:
            found.update(dict.fromkeys(word[: len(word) - len(end)] + other for other in others))
    if language == "nl":
        found.update(dict.fromkeys(_dutch(word)))
    for end, one in _endings(language):
        if word.endswith(end) and len(word) > len(end):
            found[word[: len(word) - len(end)] + one] = None
    found.pop(word, None)
    return tuple(one for one in found if len(one) >= _SHORTEST)


def _dutch(word: str) -> Iterator[str]:
    """Dutch doubles a consonant or halves a vowel before -en and -je: lessen, leraren, brieven, werkblaadje."""
    for end in ("en", "jes", "je", "etjes", "etje"):
        base = word[: len(word) - len(end)]
        if not word.endswith(end) or len(base) < _SHORTEST - 1:
            continue
        yield base
        last = base[-1]
        if last in _VOICED:
            base = base[:-1] + _VOICED[last]
            yield base
        if base[-1] == base[-2] and last not in _VOWELS:
            yield base[:-1]
        elif len(base) > 2 and base[-2] in _VOWELS and base[-3] not in _VOWELS and last not in _VOWELS:
            yield base[:-1] + base[-2] + base[-1]
        elif end != "en" and len(base) > 3 and base[-2] == base[-3]:
            yield base[:-2] + base[-1]


@lru_cache(maxsize=4_096)
def one_gender(text: str) -> str:
    """A term without the endings that name both genders, or one and many; the text itself where there is none."""
    for pattern, other in _GENDERED:
        text = pattern.sub(other, text)
    return text


@cache
def _numbers() -> dict[tuple[str, str], str]:
    """Words of data/folding/numbers.tsv with their figure, and the endings of figures under a star."""
    found: dict[tuple[str, str], str] = {}
    for language, figure, words in _table("numbers.tsv"):
        star = "*" if figure == "*" else ""
        found.update({(language, star + word): figure for word in words.split()})
    return found


@cache
def _kept(kind: str) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, what, words in _table("words.tsv") if what == kind}


@cache
def _plurals() -> dict[tuple[str, str], str]:
    pairs = ((language, words.split()) for language, what, words in _table("words.tsv") if what == "plural")
    return {(language, plural): one for language, (plural, one) in pairs}


@cache
def _cardinals() -> dict[tuple[str, str], str]:
    """Numbers in words that are no ordinals: in a term they may stand for one (Grade Five), in a text they do not."""
    pairs = ((language, words.split()) for language, what, words in _table("words.tsv") if what == "cardinals")
    return {(language, word): str(figure) for language, words in pairs for figure, word in enumerate(words, 1)}


@cache
def _endings(language: str) -> tuple[tuple[str, str], ...]:
    """Irregular plurals as the last part of a compound (werkbladen, schoolkinderen)."""
    return tuple((plural, one) for (tag, plural), one in _plurals().items() if tag == language and len(plural) > 3)


def _table(name: str) -> Iterator[tuple[str, str, str]]:
    text = (files("schemas") / "data" / "folding" / name).read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    for line in lines[1:]:
        language, kind, words = line.split("\t")
        yield language, kind, words
