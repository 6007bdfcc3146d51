"""Tombstones: making one, lifting one, and what stood before it (design.md, what is kept of it).

A tombstone records who made it. The next live delivery lifts one made by a source or by the undo of an import; only
`restore` lifts one made by a person. What stood before is kept as JSON, one tombstone inside the other when a withdrawn
record is deleted. Pure.
"""

from __future__ import annotations

import msgspec

from repository.records.change import Head


class Before(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `restore` gives back."""

    public: str
    work: str
    accepted: int | None = None
    holder: int | None = None
    tombstone_by: str | None = None
    reason: str | None = None
    successor: str | None = None
    before: str | None = None


class Grave(msgspec.Struct, frozen=True):
    """What a tombstone says: public state, who made it (source, person, undo), why, and what took its place."""

    public: str
    by: str
    reason: str | None = None
    successor: str | None = None


def buried(head: Head, grave: Grave) -> Head:
    """The head as a tombstone; for an erased record, what stood before is not kept."""
    before = Before(
        head.public, head.work, head.accepted, head.holder, head.tombstone_by, head.reason, head.successor,
        head.before_tombstone,
    )  # fmt: skip
    return msgspec.structs.replace(
        head,
        public=grave.public,
        work="none",
        holder=None,
        tombstone_by=grave.by,
        reason=grave.reason,
        successor=grave.successor,
        before_tombstone=None if head.erased else msgspec.json.encode(before).decode(),
    )


def lifted(head: Head) -> Head:
    """The head as before its last withdraw or delete; the content may be newer, see edit_decision.restored."""
    before = msgspec.json.decode(head.before_tombstone or '{"public":"never","work":"none"}', type=Before)
    return msgspec.structs.replace(
        head,
        public=before.public,
        work=before.work,
        holder=before.holder,
        tombstone_by=before.tombstone_by,
        reason=before.reason,
        successor=before.successor,
        before_tombstone=before.before,
    )
