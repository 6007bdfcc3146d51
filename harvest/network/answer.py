"""What comes back from a request, without the library that brought it: light to import."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

MOST_RETRY_AFTER_S: Final = 3_600.0
_MOST_DIGITS: Final = 15
_EPOCH_FROM: Final = 1_000_000_000.0  # this many seconds are not a pause but a moment


class Answer(NamedTuple):
    """An answer with a success status: `url` is where it came from in the end, header names are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    asked: str = ""  # the address that was requested, where it differs from `url`

    @property
    def detour(self) -> str:
        """A sentence about a redirect that lost the query on the way; "" where none did."""
        if not self.asked or self.asked == self.url:
            return ""
        before, after = urlsplit(self.asked), urlsplit(self.url)
        lost = set(parse_qsl(before.query)) - set(parse_qsl(after.query))
        if not lost:
            return ""
        what = "the query" if not after.query else "a part of the query"
        whither = urlunsplit(after._replace(query="", fragment=""))
        return (
            f" The redirect from {urlunsplit(before._replace(query=''))[:200]} to {whither[:200]} drops {what};"
            " give the source the address that it leads to."
        )


def retry_after_s(header: str | None, now: float) -> float | None:
    """The seconds that a Retry-After asks for, as a number or a date (RFC 9110, 10.2.3), at most an hour.

    None where the header cannot be understood; never an error, whatever it holds.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:_MOST_DIGITS])
        return min(max(seconds - now, 0.0) if seconds >= _EPOCH_FROM else seconds, MOST_RETRY_AFTER_S)
    try:
        when = _date(text)
        left = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(left, 0.0), MOST_RETRY_AFTER_S)


def _date(text: str) -> datetime:
    """A moment as HTTP writes it, or as ISO 8601 does; raises ValueError and its like."""
    if re.match(r"[0-9]{4}-", text):
        return datetime.fromisoformat(text)
    return email.utils.parsedate_to_datetime(text[:100])
