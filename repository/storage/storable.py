"""Text as both databases take it. Pure."""

from __future__ import annotations


def storable(text: str) -> str:
    """Text that both databases take: no NUL, no half of a surrogate pair; each becomes U+FFFD or "?"."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def storable_or_none(text: str | None) -> str | None:
    """The same for a column that may be empty."""
    return None if text is None else storable(text)
