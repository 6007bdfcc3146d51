"""What a person's edit does to what is known of a record: save, accept, restore, unlock (design.md, what is kept).

A record without an origin is just its tree, and a save replaces that. In a record with an origin, a save by anybody
adds an overlay entry for each field that differs from the effective tree; the other entries stay. Equal content makes
no new revision. Pure: the lifecycle has decided who may do it, and its decision comes in as a Move.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from repository.lifecycle import Asked, Move, stands
from repository.records.change import Change, Event, Head, Judge, Known, Revision, stamped
from repository.records.overlay import Entry, accepted, applied, difference, saved, unlocked
from repository.records.tombstone import lifted
from schemas import comparison
from schemas.record import Record, from_json, to_json


class Edit(msgspec.Struct, frozen=True):
    """A record as somebody wants it. `only`: the paths that count (a table row gives a few cells); None: all."""

    record: Record
    asked: Asked
    only: tuple[str, ...] | None = None
    organisation: int | None = None
    collections: str | None = None


class Hand(msgspec.Struct, frozen=True):
    """When it is done, how a tree is judged, whom it is given to, and what is said of it."""

    judge: Judge
    now: int
    holder: int | None = None  # the account that a claim or an assignment names
    note: str | None = None


def created(uuid: str, edit: Edit, move: Move, owner: int | None, hand: Hand) -> Change:
    """A record made here: no origin, its first revision."""
    published = move.public == "published"
    head = Head(
        0,
        uuid,
        public=move.public or "never",
        work=move.work or "none",
        revision=1,
        accepted=1 if published else None,
        owner=None if edit.organisation else owner,
        organisation=edit.organisation,
        collections=edit.collections or "[]",
    )
    revision = Revision(1, to_json(edit.record), hand.judge(edit.record), published, hand.note)
    return Change(None, stamped(None, head, hand.now), (revision,), event=Event(_action(move), hand.note))


def effective(known: Known, edit: Edit) -> Record:
    """The tree that the edit would leave; it is what admission judges."""
    newest = from_json(known.trees[known.head.revision])
    if edit.only is None and known.origin is None:
        return edit.record
    changed = difference(newest, edit.record, edit.only)
    return applied(newest, [Entry(path, value) for path, value in changed])


def edited(known: Known, edit: Edit, move: Move, hand: Hand) -> Change | None:
    """Save an edit and move; None when nothing differs and nothing moves."""
    head = known.head
    newest = from_json(known.trees[head.revision])
    target = effective(known, edit)
    changed = not comparison.same(newest, target)
    overlay = known.overlay
    if known.origin is not None:
        overlay = saved(overlay, difference(newest, edit.record, edit.only))
    after = head if not changed and stands(edit.asked, head.state) else _moved(head, move, hand)
    if edit.organisation is not None:
        after = msgspec.structs.replace(after, organisation=edit.organisation)
    if edit.collections is not None:
        after = msgspec.structs.replace(after, collections=edit.collections)
    return _change(known, after, target if changed else None, overlay, hand, _action(move))


def acted(known: Known, action: str, move: Move, hand: Hand) -> Change | None:
    """A move without an edit: submit, claim, assign, release, request_changes, accept, reject."""
    return _change(known, _moved(known.head, move, hand), None, known.overlay, hand, action)


def freed(known: Known, paths: Iterable[str], move: Move, hand: Hand) -> Change | None:
    """Unlock fields: what was received last shows again; None when none of them was locked."""
    overlay = unlocked(known.overlay, paths)
    if overlay == known.overlay or known.origin is None or known.origin.tree is None:
        return None
    target = applied(from_json(known.origin.tree), overlay)
    changed = comparison.core(known.trees[known.head.revision]) != comparison.core(to_json(target))
    return _change(known, _moved(known.head, move, hand), target if changed else None, overlay, hand, "unlock")


def restored(known: Known, hand: Hand) -> Change:
    """Set `public` and `work` as before the last withdraw or delete, with today's received + overlay as content."""
    head = lifted(known.head)
    after = head
    revisions: tuple[Revision, ...] = ()
    if known.origin is not None and known.origin.tree is not None and not head.is_tombstone:
        works = head.work != "none"
        overlay = [entry for entry in known.overlay if works or not entry.open]
        target = applied(from_json(known.origin.tree), overlay)
        tree = to_json(target)
        if comparison.core(tree) != comparison.core(known.trees[head.revision]):
            n = head.revision + 1
            revisions = (Revision(n, tree, hand.judge(target), not works, hand.note),)
            after = msgspec.structs.replace(head, revision=n, accepted=head.accepted if works else n, reviewed=False)
    return Change(
        known.head, stamped(known.head, after, hand.now), revisions=revisions, event=Event("restore", hand.note)
    )


def _moved(head: Head, move: Move, hand: Hand) -> Head:
    holder = {"none": None, "same": head.holder, "named": hand.holder}[move.holder]
    if move.public == "published" and head.is_tombstone:  # Work over a withdrawn record was accepted.
        head = msgspec.structs.replace(head, tombstone_by=None, reason=None, successor=None, before_tombstone=None)
    return msgspec.structs.replace(head, public=move.public or head.public, work=move.work or head.work, holder=holder)


def _change(
    known: Known, after: Head, target: Record | None, overlay: tuple[Entry, ...], hand: Hand, action: str
) -> Change | None:
    """Write `target` (None: the newest revision stays), and accept it when the move publishes."""
    head = known.head
    publishes = after.public == "published" and after.work == "none"
    n = head.revision if target is None else head.revision + 1
    if publishes:
        reviewed = head.work in ("submitted", "in_review") or (head.reviewed and head.accepted == n)
        after = msgspec.structs.replace(after, accepted=n, reviewed=reviewed)
        overlay = accepted(overlay)
    after = msgspec.structs.replace(after, revision=n)
    if after == head and overlay == known.overlay and target is None:
        return None
    revisions: tuple[Revision, ...] = ()
    if target is not None:
        revisions = (Revision(n, to_json(target), hand.judge(target), publishes, hand.note),)
    return Change(
        head,
        stamped(head, after, hand.now),
        revisions=revisions,
        published=n if publishes and target is None and head.accepted != n else None,
        overlay=None if overlay == known.overlay else overlay,
        event=Event(action, hand.note),
    )


def _action(move: Move) -> str:
    if move.public == "published":
        return "accept"
    return "submit" if move.work == "submitted" else "save"
