"""Escaping and the character gate of every writer of XML.

Writers build documents from strings; what they put between tags passes `escape`, what they put into attributes passes
`escape_attribute`, and the finished document passes `encode` once (XML 1.0, 2.2, 2.4 and 3.3.3). Other rooms find
these names in schemas.xml.reader. This module must not read XML.
"""

from __future__ import annotations

from typing import Final

from schemas.xml.text import FORBIDDEN


def escape(text: str) -> str:
    """Text as element content. A carriage return becomes a reference, since the next reader would lose it."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


def escape_attribute(text: str) -> str:
    """Text as the value of an attribute in double quotes; line breaks and tabs survive (XML 1.0, 3.3.3)."""
    text = escape(text)
    if '"' in text:
        text = text.replace('"', "&quot;")
    if "\n" in text:
        text = text.replace("\n", "&#10;")
    if "\t" in text:
        text = text.replace("\t", "&#9;")
    return text


def gate(text: str) -> str:
    """Text without the characters XML 1.0 forbids (2.2); most text passes as it is."""
    return text if text.isprintable() else FORBIDDEN.sub("", text)


_CONTROLS: Final = bytes(c for c in range(32) if c not in (9, 10, 13))


def encode(document: str) -> bytes:
    """A finished document as UTF-8 bytes, through the gate: one pass over the bytes instead of one per value."""
    try:
        data = document.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        data = document.encode("utf-8", "ignore")
    data = data.translate(None, _CONTROLS)
    if b"\xef\xbf" in data:
        data = data.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
    return data
