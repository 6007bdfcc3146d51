"""Windows of time, as pure functions: what to ask from, and how to narrow a window around what cannot be read.

Bounds are inclusive and written as OAI-PMH writes them (2.0, 3.3), in the granularity that the provider declares;
`until` None is an open end, which every list of a run has unless it was narrowed (oai-pmh.md, E.1 and E.4). No clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

Granularity = Literal["day", "second"]
_FORMS: Final[dict[Granularity, str]] = {"day": "%Y-%m-%d", "second": "%Y-%m-%dT%H:%M:%SZ"}
_UNITS: Final[dict[Granularity, timedelta]] = {"day": timedelta(days=1), "second": timedelta(seconds=1)}
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Where a window begins that has no beginning, when the provider does not say: there was no OAI-PMH before."""


class Window(msgspec.Struct, frozen=True, omit_defaults=True):
    """A span of datestamps; None is an open side."""

    since: str | None = None
    until: str | None = None

    def __str__(self) -> str:
        return f"{self.since or 'the beginning'} to {self.until or 'now'}"


def moment(text: str | None) -> datetime | None:
    """The moment that a datestamp names, a day being its first second; None for what is no datestamp."""
    if text is None:
        return None
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)


def written(when: datetime, granularity: Granularity) -> str:
    """A moment as a bound of that granularity."""
    form = _FORMS[granularity]
    return when.astimezone(UTC).strftime(form).zfill(len(form) + 2)  # the year 1 is 0001


def since(last: str | None, overlap_s: int, granularity: Granularity) -> str | None:
    """What to ask from after a good run whose first answer was of `last`: earlier by the overlap (E.1).

    With day granularity the day of `last` is asked again anyway. None, for everything, without a last run.
    """
    when = moment(last)
    if when is None:
        return None
    return written(when - timedelta(seconds=overlap_s), granularity)


def halves(window: Window, granularity: Granularity, earliest: str | None, now: str | None) -> tuple[Window, ...]:
    """The two halves of a window, the older one first; empty when it is one day or one second already.

    `earliest` and `now` stand for its open sides; an end that was open stays open.
    """
    first = moment(window.since) or moment(earliest) or EARLIEST
    last = moment(window.until) or moment(now)
    if last is None or last <= first:
        return ()
    unit = _UNITS[granularity]
    middle = first + unit * (((last - first) // unit) // 2)
    return (
        Window(window.since, written(middle, granularity)),
        Window(written(middle + unit, granularity), window.until),
    )


def coarser(window: Window) -> Window:
    """The window in days, for a provider that declares seconds and refuses them."""
    return Window(window.since and window.since[:10], window.until and window.until[:10])
