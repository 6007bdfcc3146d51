"""What every kind of source has in common: it is walked in steps, each of which can be taken again.

A walk makes the first cursor and can go on from any: `step(cursor)` fetches, and gives records with the next cursor. It
writes nothing and remembers nothing that matters, so that a process may die between any two steps. The cursor is
stored in the transaction that takes the records in (oai-pmh.md, E.3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import msgspec

from harvest.network.guest import Guest
from harvest.walks.windows import Window
from repository.config.sections import HarvestSource
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.vocabularies.vocabularies import Vocabularies

log = logging.getLogger(__name__)


class Ended(msgspec.Struct, frozen=True, tag="ended", omit_defaults=True):
    """The last cursor: how a walk ended.

    `audited`: the steps' `seen` named every key that the provider has, so that any other is gone there. `since`: where
    the next run begins, None for the responseDate of this one. `missing`: sentences about what did not come; if there
    are any, the run is incomplete.
    """

    prefix: str = ""
    audited: bool = False
    since: str | None = None
    holes: tuple[Window, ...] = ()
    missing: tuple[str, ...] = ()


class Step(NamedTuple):
    """What one step brought. `deliveries` can be gone through again; `seen` are keys for the audit.

    `gone`: keys that are proven to be gone; `withdraws`: what was found to be gone is not believed any more.
    `settles`: the next step looks at what is here, so this step must be taken in before the next is fetched.
    """

    cursor: bytes
    deliveries: Callable[[], Iterable[Delivery]] = tuple
    response_date: str | None = None
    listed: int | None = None
    seen: tuple[str, ...] = ()
    unchanged: int = 0  # records known to be as they were, without fetching them
    notes: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    settles: bool = False
    withdraws: bool = False


class Unnamed(NamedTuple):
    """A live record here that no list of the run named."""

    number: int
    identifier: str
    key: str


class State(NamedTuple):
    """What is known from the last good run."""

    since: str | None = None
    holes: tuple[Window, ...] = ()


class Around(NamedTuple):
    """What a walk works with.

    `unknown` gives, out of some keys, those neither here nor in quarantine, or deleted here because of the provider;
    `stamps`, for those of some keys that are here, the provider's datestamps they came with. `unnamed` gives the next
    live records, after a number, that no step has `seen`; `is_braked` whether these are so many that a person must
    look; `named` the identifiers of a few live records that were seen.
    """

    source: HarvestSource
    guest: Guest
    vocabularies: Vocabularies
    overlap_s: int
    state: Callable[[str], State]  # by prefix
    unknown: Callable[[Sequence[str]], set[str]]
    stamps: Callable[[Sequence[str]], dict[str, str | None]]
    now: Callable[[], str]  # our own time, for sources that tell none
    unnamed: Callable[[int], Sequence[Unnamed]]
    is_braked: Callable[[], bool]
    named: Callable[[], Sequence[str]]


class Walk(Protocol):
    """One kind of source, being walked."""

    def begin(self) -> Step:
        """The first cursor, and what there is to note; raises HarvestError."""
        ...

    def step(self, cursor: bytes) -> Step:
        """Fetch what a cursor names; raises Failed, Lost, Refused, Stopped."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


def carefully(found: Iterable[Delivery], place: str, source_bytes: bytes) -> Iterator[Delivery]:
    """Deliveries as a reader gives them; if it breaks on what a stranger sent, that is one reject like any other."""
    try:
        yield from found
    except Exception as error:
        log.exception("a record could not be read", extra={"place": place[:300]})
        problem = Problem("", "unreadable", f"It cannot be read ({type(error).__name__}).")
        yield Delivery(place=place, format="harvest", problems=(problem,), source_bytes=source_bytes)


def packed(cursor: msgspec.Struct) -> bytes:
    """A cursor as it is stored."""
    return msgspec.json.encode(cursor)


def ended(cursor: bytes) -> Ended | None:
    """How the walk ended, when this is its last cursor."""
    return msgspec.json.decode(cursor, type=Ended) if b'"type":"ended"' in cursor[:20] else None
