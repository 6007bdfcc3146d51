"""What is kept of a record, and what one transaction changes about it: plain data between deciders and the store.

A decider (reception, edition, tombstone) takes a Known and gives a Change; `ledger` writes Changes in bulk. The fields
of Head and Origin stand in the order of their tables' columns. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from repository.lifecycle import TOMBSTONES, State
from repository.records.overlay import Entry
from schemas.record import Record

BY_SOURCE: Final = "source"
BY_PERSON: Final = "person"
BY_UNDO: Final = "undo"
TAKEN_OVER: Final = "taken_over"
"""The event with which a harvest takes a record over from the person who had made it."""


class Head(msgspec.Struct, frozen=True):
    """A row of `record`; `id` is 0 until the record is written."""

    id: int
    uuid: str
    public: str = "never"
    work: str = "none"
    revision: int = 0
    accepted: int | None = None
    stamp: int = 0
    reviewed: bool = False
    holder: int | None = None
    owner: int | None = None
    organisation: int | None = None
    collections: str = "[]"
    tombstone_by: str | None = None
    reason: str | None = None
    successor: str | None = None
    before_tombstone: str | None = None
    erased: bool = False
    created: int = 0
    modified: int = 0

    @property
    def state(self) -> State:
        return State(self.public, self.work, self.accepted is not None, self.erased)  # type: ignore[arg-type]

    @property
    def is_tombstone(self) -> bool:
        return self.public in TOMBSTONES

    @property
    def is_shut(self) -> bool:
        """Whether nobody edits it before a `restore`; over what an undo withdrew, work may go on."""
        return self.is_tombstone and (self.public == "deleted" or self.tombstone_by != BY_UNDO)


class Received(msgspec.Struct, frozen=True):
    """What came with the last delivery: the columns of `origin` that a delivery replaces.

    `tree` is None where the revision `revision` has the very same bytes: most records are never touched by hand.
    """

    identifier: str | None = None
    datestamp: str | None = None
    base_url: str | None = None
    provenance: bytes | None = None
    format: str | None = None
    reader: int | None = None
    tree: bytes | None = None
    revision: int | None = None
    digest: bytes | None = None
    source_bytes: bytes | None = None
    repairs: bytes | None = None
    received: int | None = None


class Origin(msgspec.Struct, frozen=True):
    """Where a record comes from, with the digest of what was received last; `tree` only where it was asked for."""

    source: str
    key: str
    is_primary: bool = True
    digest: bytes | None = None
    tree: bytes | None = None


class Known(msgspec.Struct, frozen=True):
    """What the database knew of a record when somebody decided about it. Trees by revision, where they were needed."""

    head: Head
    origin: Origin | None = None  # the one that the delivery names, else the primary one
    overlay: tuple[Entry, ...] = ()
    trees: dict[int, bytes] = {}
    claimed: bool = False  # a person made it under the name of this harvest, which has not delivered it before


class Judged(msgspec.Struct, frozen=True):
    """What validation says of a tree."""

    warnings: int
    completeness: float


Judge = Callable[[Record], Judged]


class Revision(msgspec.Struct, frozen=True):
    """A revision to be written."""

    n: int
    tree: bytes
    judged: Judged
    published: bool
    note: str | None = None


class Event(msgspec.Struct, frozen=True):
    """A line of the moderation log; the states are those of the Change's head."""

    action: str
    note: str | None = None


class Change(msgspec.Struct, frozen=True):
    """What one transaction writes about one record: `before` None for a new one, parts that stay are None or empty."""

    before: Head | None
    after: Head
    revisions: tuple[Revision, ...] = ()
    published: int | None = None  # an older revision that is accepted by this change
    received: Received | None = None
    origin: tuple[str, str] | None = None  # source and key that `received` belongs to
    new_origin: bool = False
    overlay: tuple[Entry, ...] | None = None  # all entries from now on
    event: Event | None = None

    @property
    def is_public(self) -> bool:
        """Whether publication has to look at it: its stamp rose and it was accepted at some time."""
        return self.after.accepted is not None and (self.before is None or self.after.stamp != self.before.stamp)


_WATCHED: Final = (
    "public", "accepted", "reviewed", "organisation", "collections", "reason", "successor",
)  # fmt: skip


def stamped(before: Head | None, after: Head, now: int) -> Head:
    """`after` with its time, and with a higher stamp when anything changed that publication looks at."""
    if before is None:
        return msgspec.structs.replace(after, created=now, modified=now, stamp=1)
    rises = any(getattr(before, name) != getattr(after, name) for name in _WATCHED)
    return msgspec.structs.replace(after, modified=now, stamp=before.stamp + rises)
