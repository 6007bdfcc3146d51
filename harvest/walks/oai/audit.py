"""What a list proves when it has ended, and what follows from that, as pure functions (oai-pmh.md, E.6 and E.7).

A list is doubted when it brought less than it said, ended in an empty page, or was ended by us because it went round.
The identifiers of a doubted list of records are listed; where that list is doubted too it is halved, again and again as
long as the halves name what is not known here. What is left when they name nothing more is a list that says too much.

Nothing is deleted on the word of a list: each record that no list named is asked for by its identifier first. One that
is still there shows that a doubted list was too short, and then nothing at all is deleted because of it. So a list that
is always a page short never deletes, and one that always says too much ends in a proof all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from harvest.walks.oai.cursor import Cursor, anew, halved, most, replace
from harvest.walks.oai.page import Header
from harvest.walks.walk import Ended
from harvest.walks.windows import Window

MOST_ROUNDS: Final = 32
MOST_DUBIOUS: Final = 64  # windows of one round
MOST_SAME: Final = 20_000  # records of a list that is halved although its half was as long as the whole
MOST_PROVEN: Final = 2_000  # GetRecord requests of one run for records that no list named
_REASONS: Final = {
    "size": "brought {came} records and said that there are {said}",
    "empty": "ended in an empty page",
    "guard": "was ended here because it brought nothing new, with {came} of {said} records",
    "round": "was ended here because it went round",
}

Doubt = Literal["", "size", "empty", "guard", "round"]


class End(NamedTuple):
    """How a list ended: new records of its last page, what that said, whether we ended it, whether it was empty."""

    got: int = 0
    listed: int | None = None
    by_us: bool = False
    empty: bool = False


def doubt_of(cursor: Cursor, end: End) -> Doubt:
    """Why a list is not believed; "" where it is. One that goes round a circle may have brought everything."""
    came, said = cursor.got + end.got, most(cursor.listed, end.listed)
    whole = said is not None and came >= said
    if end.by_us:
        circle = came != cursor.first or came == 0
        return "round" if whole or (said is None and circle) else "guard"
    if said is not None and came < said:
        return "size"
    return "empty" if end.empty and not whole else ""


def listed_out(cursor: Cursor, end: End) -> Cursor | Ended:
    """A list of records has ended: compare it with what it said of itself, and go on with the next window (E.7)."""
    doubt = doubt_of(cursor, end)
    short = (*cursor.short, cursor.windows[0]) if doubt not in ("", "round") else cursor.short
    told = _told(cursor, end, doubt) if doubt else cursor.doubt
    cursor = _sized(cursor, end)
    return next_window(replace(cursor, short=short, doubt=told, total=cursor.total + end.got))


def nameless(cursor: Cursor, headers: Iterable[Header]) -> Cursor:
    """Doubt a list with headers that name no record: whose they are is not known."""
    if cursor.doubt or all(each.identifier for each in headers):
        return cursor
    return replace(cursor, doubt="has headers without an identifier")


def next_window(cursor: Cursor) -> Cursor | Ended:
    """The next window, else the audit, else the end."""
    if cursor.group is not None and len(cursor.windows) - 1 <= cursor.rest:
        cursor = _grouped(cursor)
    if len(cursor.windows) > 1:
        return anew(cursor, phase="list", windows=cursor.windows[1:], restarts=0)
    if cursor.audit and cursor.full and not (cursor.short or cursor.holes or cursor.doubt):
        return _proof(cursor)
    asked = tuple(dict.fromkeys((Window(), *cursor.short))) if cursor.audit else cursor.short
    return anew(cursor, phase="audit", windows=asked, doubt="", vague=False) if asked else over(cursor)


def given_up(cursor: Cursor, why: str) -> Cursor | Ended:
    """Leave the window as a hole."""
    window = cursor.windows[0]
    sentence = f"The records of {window} are missing: {why}"
    left = replace(cursor, holes=(*cursor.holes, window), missing=(*cursor.missing, sentence))
    return next_window(replace(left, short=tuple(each for each in left.short if each != window)))


def audit_narrower(cursor: Cursor, most_in_vain: int) -> Cursor | None:
    """The halves of a window whose identifiers are too many to be listed; None where that does not help."""
    halves = halved(cursor, cursor.windows[0])
    if not halves or cursor.narrowed >= most_in_vain:
        return None
    short = (*halves, *cursor.short) if cursor.windows[0] in cursor.short else cursor.short
    return anew(cursor, windows=(*halves, *cursor.windows[1:]), narrowed=cursor.narrowed + 1, short=short)


def audited(cursor: Cursor, end: End) -> Cursor | Ended:
    """The list of identifiers of a window has ended."""
    doubt = doubt_of(cursor, end)
    if doubt:
        cursor = replace(cursor, doubt=cursor.doubt or _told(cursor, end, doubt))
    cursor = _sized(cursor, end)
    if doubt not in ("", "round"):
        dubious = (*cursor.dubious, cursor.windows[0])
        came = cursor.got + end.got
        same = bool(cursor.round) and came == cursor.whole_came and 0 < came <= MOST_SAME
        cursor = replace(
            cursor, dubious=dubious, unsettled=cursor.unsettled or doubt == "guard", same=cursor.same + same,
            most_came=max(cursor.most_came, came),
        )  # fmt: skip
    if len(cursor.windows) > 1:
        return anew(cursor, windows=cursor.windows[1:])
    return _another_round(cursor)


def unlisted(cursor: Cursor, why: str) -> Cursor | Ended:
    """The identifiers of a window did not come: nothing is deleted, and short lists stay short."""
    if cursor.round:  # What is dubious stays so; the whole was listed already.
        after = replace(cursor, unsettled=True)
        return anew(after, windows=after.windows[1:]) if len(after.windows) > 1 else _proof(_settled(after))
    sentence = f"What the provider has could not be checked by its identifiers: {why}"
    missing = (*cursor.missing, sentence) if cursor.short or cursor.audit else cursor.missing
    return over(replace(cursor, missing=missing))


def proven(cursor: Cursor, why: str = "") -> Ended:
    """Every record that no list named was asked for; `why` says what is left."""
    return over(replace(cursor, missing=(*cursor.missing, why) if why else cursor.missing))


def over(cursor: Cursor) -> Ended:
    return Ended(cursor.prefix, False, None, cursor.holes, cursor.missing)


def _another_round(cursor: Cursor) -> Cursor | Ended:
    """Halve what is dubious as long as that names something new, or one half holds all that there is."""
    clustered = 0 < cursor.same <= cursor.parents  # more of them: the provider ignores the bounds
    goes_on = cursor.found or clustered or not cursor.round
    if cursor.dubious and goes_on and cursor.round < MOST_ROUNDS and len(cursor.dubious) <= MOST_DUBIOUS:
        parts = [part for window in cursor.dubious for part in halved(cursor, window)]
        if parts:
            return anew(
                cursor, windows=tuple(dict.fromkeys(parts)), dubious=(), round=cursor.round + 1, found=0,
                unsettled=False, same=0, parents=len(cursor.dubious), whole_came=cursor.most_came, most_came=0,
            )  # fmt: skip
    return _proof(_settled(cursor))


def _settled(cursor: Cursor) -> Cursor:
    """Say what is missing where a list of identifiers was short to the end."""
    if not cursor.unsettled and not (cursor.dubious and cursor.found):
        return cursor
    sentence = f"What the provider has could not be checked by its identifiers: their list {cursor.doubt}."
    return replace(cursor, missing=(*cursor.missing, sentence))


def _proof(cursor: Cursor) -> Cursor | Ended:
    return anew(cursor, phase="lost") if cursor.audit else over(cursor)


def _grouped(cursor: Cursor) -> Cursor:
    """The parts of a narrowed window have ended: did as many records come as its list had promised?"""
    window = cursor.group
    is_short = window is not None and cursor.promised is not None and cursor.whole < cursor.promised
    short = (*cursor.short, window) if window is not None and is_short else cursor.short
    return replace(cursor, short=short, group=None, promised=None, whole=0, rest=0)


def _sized(cursor: Cursor, end: End) -> Cursor:
    """Note a list of several pages that says nothing of its size: where it ends proves little."""
    vague = bool(cursor.token) and most(cursor.listed, end.listed) is None
    return replace(cursor, vague=cursor.vague or vague)


def _told(cursor: Cursor, end: End, doubt: Doubt) -> str:
    said = most(cursor.listed, end.listed)
    return _REASONS[doubt].format(came=cursor.got + end.got, said="an unknown number of" if said is None else said)
