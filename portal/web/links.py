"""Which addresses a page may link to: http, https and mailto, a DOI as its https address; all else stays text.

Stored XSS: an address of a record is a stranger's text (reliability.md, threats).
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_SCHEMES = frozenset(("http", "https"))


def safe_link(address: str | None) -> str | None:
    """The address to put in an href, or None when it may not be one."""
    text = (address or "").strip()
    if not text or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
        return None
    lowered = text.lower()
    if lowered.startswith("doi:"):
        text = "https://doi.org/" + quote(text[4:].lstrip("/"), safe="/:;().-_~")
    elif lowered.startswith("mailto:"):
        return text if "@" in text and "\\" not in text else None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if "@" in parts.netloc:  # a name and password of somebody
        return None
    return text if parts.scheme.lower() in _SCHEMES and parts.hostname and "\\" not in text else None


def host_of(address: str | None) -> str:
    """The host of an address, for the words of a link; empty when there is none."""
    try:
        return urlsplit(address or "").hostname or ""
    except ValueError:
        return ""
