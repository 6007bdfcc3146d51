"""What the LOM schema accepts as a date, a duration, a size and a language, and how to rewrite what it does not.

The patterns are those of IEEE 1484.12.3 (dataTypes): a date may carry a zone only after a fraction of a second, a
duration has no weeks and no sign, a size is a non-negative integer. `*_lawful` judges a text as received, `*_form`
gives the nearest lawful text, None where there is none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from schemas.record import DateTime, Duration, Size

_DATE: Final = re.compile(
    r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:T(?:[01][0-9]|2[0-3])(?::[0-5][0-9](?::[0-5][0-9]"
    r"(?:\.[0-9]+(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?)?)?)?)?)?"
)
_ZONED: Final = re.compile(r"(.{10}T[0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_DURATION: Final = re.compile(
    r"P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
)
_WEEKS: Final = re.compile(r"P([0-9]+)W")
_SIZE: Final = re.compile(r"[ \t\r\n]*(?:\+?[0-9]+|-0+)[ \t\r\n]*")
# xs:language or xs:anyURI; this pattern refuses all that libxml2 refuses as a URI (which is little), and a bit more.
_LANGUAGE: Final = re.compile(
    r"[^:%\[\]#?/\\]*|(?:https?|urn|info|tag):(?://[A-Za-z0-9.-]+(?=/|$))?[\w./~@!$&'()*+,;=-]*(?:#[\w.-]*)?"
)


def date_lawful(raw: str) -> bool:
    return _DATE.fullmatch(raw) is not None


def date_form(date: DateTime) -> str | None:
    """A lawful date from what was received or, that failing, from what was read in it."""
    for text in (date.raw, date.value):
        if text is None:
            continue
        found = text.strip()
        if zoned := _ZONED.fullmatch(found):
            found = f"{zoned[1]}{zoned[2] or ':00'}{zoned[3] or '.0'}{zoned[4]}"
        if date_lawful(found):
            return found
    return None


def duration_lawful(raw: str) -> bool:
    return _DURATION.fullmatch(raw) is not None


def duration_form(duration: Duration) -> str | None:
    """A lawful duration; weeks become days."""
    for text in (duration.raw, duration.value):
        if text is None:
            continue
        found = text.strip()
        if weeks := _WEEKS.fullmatch(found):
            found = f"P{int(weeks[1]) * 7}D"
        if duration_lawful(found):
            return found
    return None


def size_lawful(raw: str) -> bool:
    return _SIZE.fullmatch(raw) is not None


def size_form(size: Size) -> str | None:
    """The size in bytes as a lawful integer."""
    if size_lawful(size.raw):
        return size.raw.strip()
    return str(size.bytes) if size.bytes is not None and size.bytes >= 0 else None


@lru_cache(maxsize=2048)
def language_lawful(tag: str) -> bool:
    """Whether the schema takes a text as a language (a tag, or the URI that ScoLOMFR writes)."""
    return _LANGUAGE.fullmatch(tag.strip(" \t\r\n")) is not None
