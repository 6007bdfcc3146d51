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
"""The beginning of a window that has none, when the provider does not say: there was no OAI-PMH before."""
CLOCKS_APART_S: Final = 120.0
_HALVED_FROM: Final = 3  # steps between the bounds of a window; the halves of less would be no shorter
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_SPANS: Final = ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes"))


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
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the year 1 lies outside in zones east of Greenwich
        return None


def possible(text: str | None) -> datetime | None:
    """The moment that a provider says it is; None if it cannot be: nothing was harvested before OAI-PMH existed."""
    when = moment(text)
    return when if when is not None and when >= EARLIEST else None


def trusted(said: str | None, own: str) -> str | None:
    """The time to go on from after a first answer: what it says, or our own clock at the request if that is earlier.

    With a provider that is ahead of time (local time marked as UTC, a clock set wrong) what changes until its time has
    come would be lost. None where it says nothing that can be a time: then everything is asked for again.
    """
    theirs, ours = possible(said), moment(own)
    if theirs is None or ours is None:
        return None
    return said if theirs <= ours else own


def apart(said: str | None, own: str) -> str | None:
    """A sentence about two clocks that differ by minutes; None where they agree, or one of them says nothing."""
    theirs, ours = moment(said), moment(own)
    if theirs is None or ours is None or abs((theirs - ours).total_seconds()) < CLOCKS_APART_S:
        return None
    seconds = abs((theirs - ours).total_seconds())
    unit, name = next(each for each in _SPANS if seconds >= 2 * each[0])
    how = "ahead of" if theirs > ours else "behind"
    return (
        f"The clock of the provider is {seconds / unit:.0f} {name} {how} ours ({said}); what changed is asked for from"
        " the earlier of the two."
    )


def order_of(stamp: str | None) -> tuple[datetime, str]:
    """What datestamps are compared by: their moment, however it is written; what is no datestamp comes first."""
    return moment(stamp) or _NEVER, stamp or ""


def written(when: datetime, granularity: Granularity) -> str:
    """A moment as a bound of that granularity."""
    form = _FORMS[granularity]
    return when.astimezone(UTC).strftime(form).zfill(len(form) + 2)  # the year 1 is 0001


def since(last: str | None, overlap_s: int, granularity: Granularity) -> str | None:
    """The time to ask from after a good run whose first answer was dated `last`: earlier by the overlap (E.1).

    With day granularity the day of `last` is asked for again anyway. None, for everything, without a last run.
    """
    when = possible(last)
    if when is None:
        return None
    early = (when - EARLIEST).total_seconds() < overlap_s
    return written(EARLIEST if early else when - timedelta(seconds=overlap_s), granularity)


def halves(
    window: Window, granularity: Granularity, earliest: str | None, now: str | None, *, inclusive: bool = False
) -> tuple[Window, ...]:
    """The two halves of a window, the older one first; empty when it is too short to be halved.

    They share two units: for some providers `until` or `from` is exclusive, and what is stamped in the middle would be
    in neither half. Where both bounds are known to be `inclusive` the halves meet without an overlap, down to one unit.
    `earliest` and `now` stand for the open sides of the window; an end that was open stays open.
    """
    unit = _UNITS[granularity]
    first, last = _span(window, earliest, now)
    steps = (last - first) // unit
    if steps < (1 if inclusive else _HALVED_FROM):
        return ()
    middle = first + unit * (steps // 2)  # before `last` by a step or more
    older, newer = (middle, middle + unit) if inclusive else (middle + unit, middle)
    return Window(window.since, written(older, granularity)), Window(written(newer, granularity), window.until)


def _span(window: Window, earliest: str | None, now: str | None) -> tuple[datetime, datetime]:
    """The first and the last moment of a window."""
    last = moment(window.until) or possible(now)
    first = moment(window.since)
    if first is None:
        told = possible(earliest)  # one after the end says nothing
        first = told if told is not None and (last is None or told < last) else EARLIEST
    return first, last or first


def coarser(window: Window) -> Window:
    """The window in days, for a provider that declares seconds and refuses them."""
    return Window(window.since and window.since[:10], window.until and window.until[:10])


def finer(window: Window) -> Window:
    """The window in seconds, for a provider that refuses days as well."""
    since, until = window.since, window.until
    return Window(since and f"{since[:10]}T00:00:00Z", until and f"{until[:10]}T23:59:59Z")
