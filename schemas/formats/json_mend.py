"""JSON as others send it, mended before it is decoded: wrong bytes, half characters, control characters.

Used only for what is harvested, and mends only what no decoder takes or no record may hold (XML 1.0, 2.2; RFC 8259, 7):
a lone surrogate becomes U+FFFD, odd white space (no line break or tab) a blank, other control characters go. Each mend
is told. This module must not know what the JSON says.
"""

from __future__ import annotations

import re
from typing import Final

from schemas.errors import Repair
from schemas.xml.text import salvaged_utf8, shown

_ESCAPES: Final = re.compile(
    r"(?P<kept>\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|(?P<blank>\\f|\\u00(?:0[bBcC]|1[c-fC-F])|[\x0b\x0c\x1c-\x1f]|\t)"
    r"|(?P<gone>\\b|\\u00(?:0[0-8eEfF]|1[0-9abAB])|\\u[fF]{3}[eEfF]|[\x00-\x08\x0e-\x1b])"
)
_SUSPECT: Final = re.compile(rb"[\x00-\x09\x0b\x0c\x0e-\x1f]|\\[fb]|\\u[dD][89a-fA-F]|\\u00[01]|\\u[fF]{3}[eEfF]")
_PUT: Final = {"half": "\ufffd", "blank": " ", "gone": ""}
_RULES: Final = {"half": "lone_surrogate", "blank": "illegal_character", "gone": "illegal_character"}
_MOST_TOLD: Final = 20


def mended(data: bytes) -> tuple[bytes, tuple[Repair, ...]]:
    """The mended JSON, and what was mended; the same bytes where nothing is wrong."""
    text, repairs = _decoded(data)
    if text is None and not _SUSPECT.search(data):
        return data, ()
    text = data.decode() if text is None else text

    def put(found: re.Match[str]) -> str:
        kind = found.lastgroup or "kept"
        if kind == "kept" or found[0] == "\t":  # A tab between two values is white space; in a string it is one too.
            return found[0] if kind == "kept" else " "
        if len(repairs) < _MOST_TOLD:
            repairs.append(Repair("file", _RULES[kind], shown(found[0]), _PUT[kind] or None))
        return _PUT[kind]

    return _ESCAPES.sub(put, text).encode("utf-8", "replace"), tuple(repairs)


def _decoded(data: bytes) -> tuple[str | None, list[Repair]]:
    """The text of bytes that are not UTF-8; None where they are."""
    if data.isascii():
        return None, []
    try:
        data.decode()
    except UnicodeDecodeError:
        return salvaged_utf8(data)
    return None, []
