"""Folding a rights text into one line in which the same words look the same, whatever they were typed with.

Word processors, chat programs and scanners put other dashes, invisible marks, full-width, circled or look-alike letters
where a plain one was meant, and HTML hides words in attributes. Struck-out text and signs that forbid become a word
that denies. Nothing is judged here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

MOST: Final = 8000
"""This many characters of a text are read; whoever decides must not trust the unread rest."""
STRUCK: Final = "not"
_BREAK: Final = " ¶ "

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z!?][\w:-]*)([^<>]*)>?")
_SAID = re.compile(r"\b(?:href|src|resource|content|alt|title)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
_BLOCKS = frozenset(("p", "br", "div", "li", "ul", "ol", "tr", "td", "h1", "h2", "h3", "h4", "hr", "dd", "dt"))
_STRIKES = frozenset(("s", "del", "strike"))
_CONTRACTED = re.compile(r"([^\W_]+?)n['’´`ʼ]t(?![^\W_])", re.IGNORECASE)
_STROKE = re.compile("[\u0334-\u0338]+")
_SIGNS: Final = {
    "\U0001f16d": " cc ", "\U0001f16f": " by ", "\U0001f10e": " sa ", "\U0001f10f": " nc ", "⊜": " nd ",
    "\U0001f10d": " cc0 ", "\U0001f16e": " public domain ",
    **dict.fromkeys("⛔\U0001f6ab❌✖✗✘⊘≠¬⍉", f" {STRUCK} "),
}  # fmt: skip
_LETTERS: Final = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ŀ": "l",
    "ς": "σ", "ə": "e", "ʼ": "'", "’": "'", "`": "'", "´": "'", "‘": "'", "ʻ": "'",
}  # fmt: skip
_BLANKS: Final = frozenset(
    "\t\u2800\u3164\u115f\u1160\uffa0\u00b7\u2022\u2027\u2219\u22c5\u30fb\u25cf\u25e6\u2024\u0387"
)
_CODES: Final = re.compile(r"(?:cc)?(?:by|nc|nd|sa)*")


def clean(text: str) -> str:
    """The text on one line, letters composed, dashes and blanks plain, tags gone; `¶` where a line or block ends."""
    text = text[:MOST]
    if "%" in text:
        text = unquote(text)
    for _ in range(2):
        if "&" in text:
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(_tag, _HIDDEN.sub(" ", _COMMENT.sub(" ", text)))
    if not text.isascii():
        text = _plain(text)
    if "(c)" in text or "(C)" in text or "©" in text:
        text = text.replace("(c)", "©").replace("(C)", "©").replace("©", " copyright ")
    text = _CONTRACTED.sub(r"\1 not ", text)
    return " ".join(text.replace("\n", _BREAK).split())


def _tag(found: re.Match[str]) -> str:
    """What a tag says: a break, a struck passage, the addresses and titles in its attributes."""
    closing, name, rest = found.groups()
    name = name.lower()
    if name in _BLOCKS:
        return "\n"
    if name in _STRIKES:
        return "" if closing else f" {STRUCK} "
    if name not in ("a", "img", "link", "meta", "span", "abbr"):
        return "" if name in ("b", "i", "em", "strong", "u", "font", "small", "wbr") else " "
    said = " ".join(value.strip("\"'") for value in _SAID.findall(rest))
    return f" {said} " if said else ("" if name in ("span", "abbr") else " ")


def _plain(text: str) -> str:
    for sign, word in _SIGNS.items():
        if sign in text:
            text = text.replace(sign, word)
    text = _STROKE.sub(f" {STRUCK} ", text)
    return unicodedata.normalize("NFKC", "".join(map(_character, unicodedata.normalize("NFKC", text))))


@lru_cache(maxsize=4096)
def _character(sign: str) -> str:
    kind = unicodedata.category(sign)
    code = ord(sign)
    if kind == "Pd" or sign in "−‐‑‒–—―⁃➖─━﹘﹣－":
        return "-"
    if kind == "Zs" or sign in _BLANKS:
        return " "
    if kind in ("Zl", "Zp") or sign in "\n\r\x0b\x0c\x85":
        return "\n"
    if kind in ("Cf", "Cc") or 0xFE00 <= code < 0xFE10 or 0xE0100 <= code < 0xE01F0 or sign == "\u034f":
        return ""
    for first, last in ((0x1F150, 0x1F169), (0x1F170, 0x1F189), (0x1F1E6, 0x1F1FF), (0x1F130, 0x1F149)):
        if first <= code <= last:
            return chr(ord("A") + code - first)
    return sign


@lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """A word as the lexicon spells it: lower case, no accents, letters that only look Latin made Latin.

    Letters are taken for look-alikes where Latin ones stand beside them, and in the codes of Creative Commons.
    """
    low = word.casefold()
    if low.isascii():
        return low
    low = unicodedata.normalize("NFKD", low)
    low = "".join(_LETTERS.get(sign, sign) for sign in low if not 0x300 <= ord(sign) < 0x370)
    low = unicodedata.normalize("NFC", low)
    if low.isascii():
        return low
    disguised = word.translate(_CAPITALS).casefold().translate(_SMALL)
    if disguised.isascii() and any(sign.isascii() and sign.isalpha() for sign in low):
        return disguised  # Latin letters with look-alikes among them
    return _code(word) or low


def _code(word: str) -> str | None:
    """A word of Cyrillic or Greek capitals that shows as a code of Creative Commons ("СС", "ВУ"), else None."""
    shown = word.upper().translate(_CAPITALS).lower()
    return shown if shown and shown.isascii() and _CODES.fullmatch(shown) else None


_CAPITALS: Final = str.maketrans("АВСЕНКМОРТХУҮЅІЈԀԄԌՍΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABCEHKMOPTXYYSIJDDGUABEZHIKMNOPTYXC")
_SMALL: Final = str.maketrans("авсенкмортхуѕіјԁԛԝɡαβεηικνορτυχϲոօսց", "abcehkmoptxysijdqwgabehikvoptuxcnoug")
