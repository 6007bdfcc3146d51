"""Where a walk through an OAI-PMH provider stands, and the moves from there, as pure functions (oai-pmh.md, E.3-E.7).

A walk lists its windows one after the other. What goes wrong moves the cursor: a refused token is sent once more, then
its window begins anew, then it is narrowed; a window that is too short to be narrowed is gone through record by record;
what even that does not bring is a hole. Each move is stored like any other step, so a kill costs nothing. What becomes
of a list that has ended, and of the audit, is harvest.walks.oai.audit's.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from harvest.walks import windows
from harvest.walks.windows import Granularity, Window

MOST_RESTARTS: Final = 2
MOST_NARROWED: Final = 1_000  # requests for windows that fail; each halves one

Phase = Literal["list", "alone", "audit", "lost"]


class Cursor(msgspec.Struct, frozen=True, tag="oai", omit_defaults=True):
    """`windows[0]` is being listed, by `phase`; `got` and `listed` count the records of its list."""

    prefix: str
    windows: tuple[Window, ...]
    granularity: Granularity = "second"
    earliest: str | None = None
    now: str | None = None  # the first responseDate: where open windows end for halving
    asked: str | None = None  # our own clock at the first request
    phase: Phase = "list"
    token: str | None = None
    skip: int = 0  # headers of the page at `token` that are done, in the phases alone and audit
    replayed: bool = False
    restarts: int = 0
    narrowed: int = 0
    stamp: str | None = None  # a datestamp that a list gave
    inclusive: bool | None = None  # whether `from` and `until` are to the provider; None before it was tried
    tried: tuple[str, ...] = ()  # what was done about bounds that were refused
    got: int = 0
    first: int = 0  # of them on its first page
    listed: int | None = None
    total: int = 0  # records of all lists so far
    full: bool = False  # it asks for everything, not from a date
    audit: bool = False  # lost deletions are to be found
    group: Window | None = None  # the window that was narrowed,
    promised: int | None = None  # how many records its list said that it has,
    whole: int = 0  # how many of them came,
    rest: int = 0  # and how many windows stand behind its parts
    short: tuple[Window, ...] = ()  # windows whose lists said that they were longer than they were
    holes: tuple[Window, ...] = ()
    doubt: str = ""  # why the list that an audit goes by proves nothing
    vague: bool = False  # it says nothing of its size
    dubious: tuple[Window, ...] = ()  # windows whose lists of identifiers were short too, in this round
    round: int = 0  # how often these were halved
    found: int = 0  # records that only this round brought
    same: int = 0  # how many of its lists were as long as the whole,
    parents: int = 0  # of how many that were halved,
    whole_came: int = 0  # which had so many records;
    most_came: int = 0  # and the longest list of this round
    unsettled: bool = False  # a list of this round was ended by us, or did not come
    after: int = 0  # of the records that nobody named: those up to this one are proven
    proven: int = 0
    many: bool = False  # so many that a person must look
    sets_told: bool = False  # the provider's headers name the set that is asked for
    missing: tuple[str, ...] = ()


def replace(cursor: Cursor, **changes: object) -> Cursor:
    return msgspec.structs.replace(cursor, **changes)


def refused(cursor: Cursor) -> Cursor | None:
    """After a refused token: once more, then the window anew, then narrower; None when it cannot be narrowed."""
    if not cursor.replayed:
        return replace(cursor, replayed=True)
    if cursor.restarts < MOST_RESTARTS:
        return anew(cursor, restarts=cursor.restarts + 1)
    return narrower(cursor)


def narrower(cursor: Cursor) -> Cursor | None:
    """Both halves in place of the window; None for one that is too short, and when too many failed already."""
    halves = halved(cursor, cursor.windows[0])
    if not halves or cursor.narrowed >= MOST_NARROWED:
        return None
    if cursor.group is None and cursor.phase == "list":
        rest = len(cursor.windows) - 1
        cursor = replace(cursor, group=cursor.windows[0], promised=cursor.listed, whole=0, rest=rest)
    return anew(cursor, windows=(*halves, *cursor.windows[1:]), narrowed=cursor.narrowed + 1, restarts=0)


def halved(cursor: Cursor, window: Window) -> tuple[Window, ...]:
    """The halves of a window, as far as is known of the provider's bounds."""
    return windows.halves(window, cursor.granularity, cursor.earliest, cursor.now, inclusive=cursor.inclusive is True)


def alone(cursor: Cursor) -> Cursor:
    """Go through the window record by record."""
    return anew(cursor, phase="alone")


def in_days(cursor: Cursor) -> Cursor | None:
    """Ask in days; None when that is so already."""
    if cursor.granularity == "day" or "days" in cursor.tried:
        return None
    coarser = tuple(map(windows.coarser, cursor.windows))
    return anew(cursor, granularity="day", windows=coarser, tried=(*cursor.tried, "days"))


def in_seconds(cursor: Cursor) -> Cursor | None:
    """Ask in seconds again, where days were refused too; None where that was tried, or was never so."""
    if cursor.granularity != "day" or "days" not in cursor.tried or "seconds" in cursor.tried or cursor.total:
        return None
    finer = tuple(map(windows.finer, cursor.windows))
    return anew(cursor, granularity="second", windows=finer, tried=(*cursor.tried, "seconds"))


def begun_later(cursor: Cursor) -> Cursor | None:
    """Ask from the provider's earliestDatestamp; None where the window does not begin before it, or that was tried."""
    since, earliest = cursor.windows[0].since, cursor.earliest
    when = windows.possible(earliest)
    if since is None or when is None or "earliest" in cursor.tried:
        return None
    if windows.order_of(since) >= windows.order_of(earliest):
        return None
    bound = Window(windows.written(when, cursor.granularity), cursor.windows[0].until)
    return anew(cursor, windows=(bound, *cursor.windows[1:]), tried=(*cursor.tried, "earliest"))


def unbounded(cursor: Cursor) -> Cursor | None:
    """Ask without a beginning; None where there is none, or that was tried."""
    if cursor.windows[0].since is None or cursor.windows[0].until is not None or "unbounded" in cursor.tried:
        return None
    return anew(cursor, windows=(Window(), *cursor.windows[1:]), tried=(*cursor.tried, "unbounded"))


def paged(cursor: Cursor, token: str, got: int, listed: int | None) -> Cursor:
    """The next page of the same list."""
    return replace(
        cursor, token=token, skip=0, replayed=False, got=cursor.got + got, total=cursor.total + got,
        first=cursor.first if cursor.token else got, listed=most(cursor.listed, listed),
    )  # fmt: skip


def most(one: int | None, other: int | None) -> int | None:
    """The larger one of what a list says of its size: some say less from page to page."""
    return max((each for each in (one, other) if each is not None), default=None)


def anew(cursor: Cursor, **changes: object) -> Cursor:
    """Another list: its token and counts begin anew."""
    fresh = {"token": None, "skip": 0, "replayed": False, "got": 0, "first": 0, "listed": None}
    return replace(cursor, **(fresh | changes))
