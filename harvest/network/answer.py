"""What comes back from a request, without the library that brought it: light to import."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from typing import Final, NamedTuple

MOST_RETRY_AFTER_S: Final = 3_600.0


class Answer(NamedTuple):
    """An answer with a success status: `url` is where it came from in the end, header names are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def retry_after_s(header: str | None, now: float) -> float | None:
    """The seconds that a Retry-After asks for, as a number or a date (RFC 9110, 10.2.3), at most an hour."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MOST_RETRY_AFTER_S)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max(when.timestamp() - now, 0.0), MOST_RETRY_AFTER_S)
