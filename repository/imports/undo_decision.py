"""What undoing an import does to one record, from a trace of what applying it changed (curation.md).

A record that the import created becomes a tombstone, which the next live delivery lifts. One that it changed gets its
old content back as a new revision, because revisions are never deleted; one that it did not change is not touched. A
record that somebody changed since is left as it is. Pure, but for reading what the trace has to keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from repository.deposit.delivery import Done
from repository.records.change import BY_UNDO, Change, Event, Head, Judged, Known, Received, Revision, stamped
from repository.records.overlay import Entry
from repository.records.tombstone import Grave, buried
from repository.storage.database import select_in
from schemas import comparison

REASON: Final = "The import that brought it was undone."
_FIELDS: Final = Received.__struct_fields__
_RECEIVED: Final = f"SELECT key, {', '.join(_FIELDS)} FROM origin WHERE source = ? AND key IN (...)"
_STATE: Final = (
    "public", "work", "holder", "owner", "organisation", "collections", "tombstone_by", "reason", "successor", "erased",
)  # fmt: skip
_RESTORED: Final = (
    "public", "work", "reviewed", "holder", "owner", "organisation", "collections", "tombstone_by", "reason",
    "successor", "before_tombstone",
)  # fmt: skip


class Trace(msgspec.Struct, frozen=True):
    """What applying one row changed. `before` None: it made the record. `received`: what its origin held before."""

    before: Head | None
    after: Head
    origin: tuple[str, str] | None = None
    received: Received | None = None
    digest: bytes | None = None  # of what was received by this row; None: nothing was
    overlay: tuple[Entry, ...] = ()  # before
    laid: tuple[Entry, ...] | None = None  # after, where it changed

    @staticmethod
    def of(done: Done, after: Head, received: Received | None) -> Trace:
        """The trace of a row that changed something; `after` with its number."""
        change = done.change
        assert change is not None  # noqa: S101 - the caller looked
        return Trace(
            before=change.before,
            after=after,
            origin=change.origin if change.received is not None else None,
            received=received,
            digest=change.received.digest if change.received is not None else None,
            overlay=done.before.overlay if done.before is not None else (),
            laid=change.overlay,
        )


class Content(msgspec.Struct, frozen=True):
    """A revision's tree and what validation said of it; `tree` None after an erasure."""

    tree: bytes | None
    judged: Judged


def received_before(connection: Connection, done: Sequence[Done]) -> dict[int, Received]:
    """What is now in the origins that are about to be written, by the places of their deliveries."""
    wanted: dict[str, dict[str, int]] = {}
    for each in done:
        change = each.change
        if change is not None and change.received is not None and change.origin is not None and not change.new_origin:
            wanted.setdefault(change.origin[0], {})[change.origin[1]] = each.place
    found: dict[int, Received] = {}
    for source, places in wanted.items():
        for row in select_in(connection, _RECEIVED, list(places), source):
            values = (bytes(value) if isinstance(value, memoryview) else value for value in row[1:])
            found[places[row[0]]] = msgspec.convert(dict(zip(_FIELDS, values, strict=True)), Received)
    return found


def packed(trace: Trace) -> bytes:
    """A trace as the database keeps it."""
    return msgspec.msgpack.encode(trace)


def unpacked(trace: Any) -> Trace:
    """A trace as it was kept."""
    return msgspec.msgpack.decode(bytes(trace), type=Trace)


def numbers(trace: Trace) -> set[int]:
    """The revisions whose contents `taken_back` needs, to compare and to give back."""
    heads = [trace.after] if trace.before is None else [trace.before, trace.after]
    return {n for head in heads for n in (head.revision, head.accepted) if n}


def taken_back(
    trace: Trace, known: Known, digest: bytes | None, contents: Mapping[int, Content], now: int
) -> Change | None:
    """The change that undoes a row; None when somebody changed the record since. `digest`: of the origin, as it is."""
    if not _as_left(trace, known, digest, contents):
        return None
    head = known.head
    if trace.before is None:
        after = buried(head, Grave("deleted", BY_UNDO, REASON))
        return Change(head, stamped(head, after, now), event=Event("undo", REASON))
    revision = _revision(trace.before, known, contents)
    after = _given_back(trace.before, head, head.revision if revision is None else revision.n)
    return Change(
        head,
        stamped(head, after, now) if after != head else head,
        revisions=() if revision is None else (revision,),
        published=after.accepted if revision is None and after.accepted != head.accepted else None,
        received=trace.received,
        origin=trace.origin,
        overlay=trace.overlay if trace.laid is not None else None,
        event=Event("undo", REASON),
    )


def _as_left(trace: Trace, known: Known, digest: bytes | None, contents: Mapping[int, Content]) -> bool:
    """Whether the record stands, in content and state, as the import left it."""
    head, after = known.head, trace.after
    laid = trace.overlay if trace.laid is None else trace.laid
    if head.erased or _values(laid) != _values(known.overlay) or (trace.digest is not None and trace.digest != digest):
        return False
    if head == after:
        return True
    if any(getattr(head, name) != getattr(after, name) for name in _STATE):
        return False
    return _same(head.revision, after.revision, known, contents) and _same(
        head.accepted, after.accepted, known, contents
    )


def _same(now: int | None, then: int | None, known: Known, contents: Mapping[int, Content]) -> bool:
    """Whether two revisions of a record have the same content."""
    if now is None or then is None or now == then:
        return now == then
    tree, was = known.trees.get(now), contents[then].tree if then in contents else None
    return tree is not None and was is not None and comparison.core(tree) == comparison.core(was)


def _revision(before: Head, known: Known, contents: Mapping[int, Content]) -> Revision | None:
    """The old content as a new revision; None when the newest revision has that content."""
    if _same(known.head.revision, before.revision, known, contents):
        return None
    old = contents[before.revision]
    assert old.tree is not None  # noqa: S101 - only erasure empties a revision, and that was checked
    published = before.public == "published" and before.accepted == before.revision
    return Revision(known.head.revision + 1, old.tree, old.judged, published, REASON)


def _given_back(before: Head, head: Head, n: int) -> Head:
    """The head as it was, with `n` as newest revision; what the import made public becomes a withdrawn record."""
    accepted = n if before.accepted == before.revision else before.accepted
    after = msgspec.structs.replace(
        head,
        **{name: getattr(before, name) for name in _RESTORED},
        revision=n,
        accepted=head.accepted if before.accepted is None else accepted,
    )
    if before.public != "never" or head.public != "published":
        return after
    # It has been public, and no page or identifier ever disappears: so it becomes a tombstone, and keeps its work.
    tombstone = buried(msgspec.structs.replace(after, public="published"), Grave("withdrawn", BY_UNDO, REASON))
    return msgspec.structs.replace(tombstone, work=before.work, holder=before.holder)


def _values(entries: Sequence[Entry]) -> set[tuple[str, bool, bytes]]:
    return {(entry.path, entry.open, entry.value) for entry in entries}
