"""Where a walk through an OAI-PMH provider stands, and the moves from there, as pure functions (oai-pmh.md, E.3-E.7).

A walk lists its windows one after the other. What goes wrong moves the cursor: a refused token is sent once more, then
its window begins anew, then it is narrowed; a window of one second that cannot be listed is gone through record by
record; what even that does not bring is a hole. Each move is stored like any other step, so a kill costs nothing.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from harvest.walks import windows
from harvest.walks.walk import Ended
from harvest.walks.windows import Granularity, Window

MOST_RESTARTS: Final = 2
MOST_NARROWED: Final = 1_000  # requests for windows that fail; each halves one

Phase = Literal["list", "alone", "audit"]


class Cursor(msgspec.Struct, frozen=True, tag="oai", omit_defaults=True):
    """`windows[0]` is being listed, by `phase`; `got` and `listed` count the records of its list."""

    prefix: str
    windows: tuple[Window, ...]
    granularity: Granularity = "second"
    earliest: str | None = None
    now: str | None = None  # the first responseDate: where open windows end for halving
    phase: Phase = "list"
    token: str | None = None
    skip: int = 0  # headers of the page at `token` that are done, in the phases alone and audit
    replayed: bool = False
    restarts: int = 0
    narrowed: int = 0
    got: int = 0
    listed: int | None = None
    total: int = 0  # records of all lists so far
    full: bool = False  # it asks for everything, not from a date
    audit: bool = False  # lost deletions are to be found
    short: tuple[Window, ...] = ()  # windows whose lists said that they were longer than they were
    holes: tuple[Window, ...] = ()
    audited: bool = False
    missing: tuple[str, ...] = ()


def replace(cursor: Cursor, **changes: object) -> Cursor:
    return msgspec.structs.replace(cursor, **changes)


def refused(cursor: Cursor) -> Cursor | None:
    """After a refused token: once more, then the window anew, then narrower; None when it cannot be narrowed."""
    if not cursor.replayed:
        return replace(cursor, replayed=True)
    if cursor.restarts < MOST_RESTARTS:
        return _anew(cursor, restarts=cursor.restarts + 1)
    return narrower(cursor)


def narrower(cursor: Cursor) -> Cursor | None:
    """Both halves in place of the window; None for one second (or day), and when too many failed already."""
    halves = windows.halves(cursor.windows[0], cursor.granularity, cursor.earliest, cursor.now)
    if not halves or cursor.narrowed >= MOST_NARROWED:
        return None
    return _anew(cursor, windows=(*halves, *cursor.windows[1:]), narrowed=cursor.narrowed + 1, restarts=0)


def alone(cursor: Cursor) -> Cursor:
    """Go through the window record by record."""
    return _anew(cursor, phase="alone")


def in_days(cursor: Cursor) -> Cursor | None:
    """Ask in days; None when that is so already."""
    if cursor.granularity == "day":
        return None
    return _anew(cursor, granularity="day", windows=tuple(map(windows.coarser, cursor.windows)))


def given_up(cursor: Cursor, why: str) -> Cursor | Ended:
    """Leave the window as a hole."""
    window = cursor.windows[0]
    sentence = f"The records of {window} are missing: {why}"
    left = replace(cursor, holes=(*cursor.holes, window), missing=(*cursor.missing, sentence))
    return next_window(replace(left, short=tuple(each for each in left.short if each != window)))


def paged(cursor: Cursor, token: str, got: int, listed: int | None) -> Cursor:
    """The next page of the same list."""
    return replace(
        cursor, token=token, skip=0, replayed=False, got=cursor.got + got, total=cursor.total + got,
        listed=cursor.listed if listed is None else listed,
    )  # fmt: skip


def listed_out(cursor: Cursor, got: int, listed: int | None) -> Cursor | Ended:
    """The list has ended: compare it with what it said of itself, and go on with the next window (E.7)."""
    came = cursor.got + got
    said = cursor.listed if listed is None else listed
    short = (*cursor.short, cursor.windows[0]) if said is not None and came < said else cursor.short
    return next_window(replace(cursor, short=short, total=cursor.total + got))


def next_window(cursor: Cursor) -> Cursor | Ended:
    """The next window, else the audit, else the end."""
    if len(cursor.windows) > 1:
        return _anew(cursor, phase="list", windows=cursor.windows[1:], restarts=0)
    if cursor.audit and cursor.full and not cursor.short and not cursor.holes:
        return over(replace(cursor, audited=True))
    asked = tuple(dict.fromkeys((Window(), *cursor.short))) if cursor.audit else cursor.short
    return _anew(cursor, phase="audit", windows=asked) if asked else over(cursor)


def audited(cursor: Cursor, got: int, listed: int | None) -> Cursor | Ended:
    """The list of identifiers of a window has ended; it is believed unless it is shorter than the records were."""
    came = cursor.got + got
    said = cursor.listed if listed is None else listed
    if said is not None and came < said and (cursor.full and came < cursor.total):
        return unaudited(cursor, f"{came} of {said} identifiers came.")
    if len(cursor.windows) > 1:
        return _anew(cursor, windows=cursor.windows[1:])
    return over(replace(cursor, audited=cursor.audit))


def unaudited(cursor: Cursor, why: str) -> Ended:
    """The audit failed: nothing is deleted by it, and short lists stay short."""
    sentence = f"What the provider has could not be checked by its identifiers: {why}"
    missing = (*cursor.missing, sentence) if cursor.short or cursor.audit else cursor.missing
    return over(replace(cursor, missing=missing))


def over(cursor: Cursor) -> Ended:
    return Ended(cursor.prefix, cursor.audited, None, cursor.holes, cursor.missing)


def _anew(cursor: Cursor, **changes: object) -> Cursor:
    """Another list: its token and counts begin anew."""
    fresh = {"token": None, "skip": 0, "replayed": False, "got": 0, "listed": None}
    return replace(cursor, **(fresh | changes))
