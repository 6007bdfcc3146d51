"""What a delivery does to what is known of its record: the decision of an import or a harvest, and nothing else.

Existing state + delivery -> outcome and Change (design.md, what is kept of it). A delivery replaces only `received`:
the overlay of people's changes is laid over it, open work stays on top, and a tombstone that a person made is not
lifted. Pure: the same function decides an import, its preview and a dry run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from repository.lifecycle import Asked, stands
from repository.outcome import OutcomeName
from repository.records.change import (
    BY_PERSON,
    BY_SOURCE,
    BY_UNDO,
    TAKEN_OVER,
    Change,
    Event,
    Head,
    Judge,
    Known,
    Origin,
    Received,
    Revision,
    stamped,
)
from repository.records.overlay import Entry, applied
from repository.records.tombstone import Grave, buried, lifted
from repository.storage.storable import storable_or_none
from schemas import comparison
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.record import Record, to_json

Publish = Literal["all", "without_warnings"]
Admit = Callable[[Record, bool], tuple[Problem, ...]]
_TOMBSTONE: Final = ("tombstone", "A person withdrew or deleted the record; what came is kept for a restore.")
_SUGGESTION: Final = ("suggestion", "Another origin feeds the record; what came is kept beside it.")
_GRAVE: Final = Grave("deleted", BY_SOURCE, "Its source deleted it.")


class Arrival(msgspec.Struct, frozen=True):
    """A delivery made ready: whose it is, its tree and its digest. `tree` is empty for a tombstone."""

    delivery: Delivery
    source: str
    key: str
    uuid: str
    tree: bytes = b""
    digest: bytes = b""
    organisation: int | None = None
    collections: str | None = None
    target: bool = False  # it names a record here: an edit, see edit_decision

    @property
    def record(self) -> Record:
        assert self.delivery.reading is not None  # noqa: S101 - a tombstone is decided before
        return self.delivery.reading.record


class Terms(msgspec.Struct, frozen=True):
    """The terms that deliveries come under: the state asked for, who brings them, and how they are judged."""

    asked: Asked
    judge: Judge
    admit: Admit
    may_edit: Callable[[Head], bool]
    now: int
    owner: int | None = None
    organisation: int | None = None
    publish: Publish = "all"
    harvest: bool = False


class Decision(msgspec.Struct, frozen=True):
    """What becomes of one delivery; `change` None leaves everything as it is."""

    outcome: OutcomeName
    change: Change | None = None
    code: str | None = None
    reason: str | None = None


def receive(known: Known | None, arrival: Arrival, terms: Terms) -> Decision:
    """Decide about one delivery by origin; a rejected one changes nothing."""
    if known is not None and known.claimed and known.origin is not None and known.origin.is_primary:
        return _taken_over(known, known.origin, arrival, terms)
    if known is not None:
        decision = _settled(known, arrival, terms)
        if decision is not None:
            return decision
    elif arrival.delivery.deleted:
        return Decision("unchanged", code="unknown", reason="Its source deleted what was never here.")
    if known is None or known.origin is None or known.origin.digest != arrival.digest:
        problems = terms.admit(arrival.record, arrival.delivery.identifier is not None)
        if problems:
            return Decision("rejected", code=problems[0].code, reason=problems[0].message)
    asked = _asked(arrival, terms)
    if known is None:
        return Decision("created", _created(arrival, terms, asked))
    change = (_published if asked == "published" else _worked)(known, arrival, terms, asked)
    if not _moves(change):
        return Decision("unchanged")
    return Decision("updated", change)


def _settled(known: Known, arrival: Arrival, terms: Terms) -> Decision | None:
    """The cases in which the content of the delivery does not count."""
    head = known.head
    if not terms.may_edit(head):
        return Decision("rejected", code="forbidden", reason="Your account may not change this record.")
    if head.erased:
        return Decision("unchanged", code="erased", reason="The record was erased; nothing of it is kept.")
    if arrival.delivery.deleted:
        if head.is_tombstone or known.origin is None or not known.origin.is_primary:
            return Decision("unchanged")
        after = stamped(head, buried(head, _GRAVE), terms.now)
        return Decision("deleted", Change(head, after, event=Event("delete", _GRAVE.reason)))
    if known.origin is not None and not known.origin.is_primary:
        return _kept(known, arrival, terms, "updated", _SUGGESTION)
    if head.is_tombstone and head.tombstone_by == BY_PERSON:
        return _kept(known, arrival, terms, "unchanged", _TOMBSTONE)
    return None


def _taken_over(known: Known, origin: Origin, arrival: Arrival, terms: Terms) -> Decision:
    """A harvest delivers for the first time what a person had made under its name: the record becomes the source's.

    The person's version and changes of fields become history; open work and ownership end. A record that the person
    deleted before it was ever public comes to life; a tombstone of what was public stays, as for every delivery.
    """
    head = known.head
    unread = msgspec.structs.replace(origin, digest=None)
    theirs = Known(_freed(head), unread)
    decision = receive(theirs, arrival, terms)
    if decision.outcome == "rejected" or head.erased:
        return decision
    change = decision.change or Change(theirs.head, theirs.head)
    change = msgspec.structs.replace(
        change,
        before=head,
        after=stamped(head, change.after, terms.now),
        overlay=(),
        event=Event(TAKEN_OVER, f"The harvest {arrival.source} brings this record now; it was made by hand before."),
    )
    if decision.outcome == "unchanged":
        return msgspec.structs.replace(decision, change=change)
    return Decision(decision.outcome, change, TAKEN_OVER, "A person had made it under the name of this source.")


def _freed(head: Head) -> Head:
    """A record without its owner and without open work."""
    free = msgspec.structs.replace(head, owner=None, organisation=None, holder=None, work="none")
    if head.accepted is not None or not head.is_tombstone:
        return free
    return msgspec.structs.replace(
        free, public="never", tombstone_by=None, reason=None, successor=None, before_tombstone=None
    )


def _kept(known: Known, arrival: Arrival, terms: Terms, outcome: OutcomeName, why: tuple[str, str]) -> Decision:
    """Keep what was received and leave the record as it is: a tombstone by a person, a merged record's other origin."""
    if known.origin is not None and known.origin.digest == arrival.digest:
        return Decision("unchanged", None, *why)
    change = Change(
        known.head, known.head, received=_received(arrival, terms.now), origin=(arrival.source, arrival.key)
    )
    return Decision(outcome, change, *why)


def _asked(arrival: Arrival, terms: Terms) -> Asked:
    if terms.publish == "without_warnings" and terms.judge(arrival.record).warnings:
        return "submitted"
    return terms.asked


def _created(arrival: Arrival, terms: Terms, asked: Asked) -> Change:
    published = asked == "published"
    head = Head(
        0,
        arrival.uuid,
        public="published" if published else "never",
        work="none" if published else asked,
        revision=1,
        accepted=1 if published else None,
        stamp=1,
        owner=None if arrival.organisation or terms.organisation else terms.owner,
        organisation=arrival.organisation or terms.organisation,
        collections=arrival.collections or "[]",
        created=terms.now,
        modified=terms.now,
    )
    revisions = (Revision(1, arrival.tree, terms.judge(arrival.record), published),)
    return Change(
        None,
        head,
        revisions=revisions,
        received=_received(arrival, terms.now, revisions),
        origin=(arrival.source, arrival.key),
        new_origin=True,
        event=None if published else Event(_ACTIONS[asked]),
    )


def _published(known: Known, arrival: Arrival, terms: Terms, _: Asked) -> Change:
    """Publish received + accepted overlay as its own revision, and lay the open overlay on top as the newest one."""
    head = _lifted(known.head)
    open_ = [entry for entry in known.overlay if entry.open] if head.work != "none" else []
    record = applied(arrival.record, [entry for entry in known.overlay if not entry.open])
    tree = arrival.tree if record is arrival.record else to_json(record)
    revisions: list[Revision] = []
    n = _number(known, arrival, tree, (head.accepted,) if open_ else (head.accepted, head.revision))
    if n is None:
        n = head.revision + 1
        revisions.append(Revision(n, tree, terms.judge(record), published=True))
        if open_:
            top = applied(arrival.record, known.overlay)
            revisions.append(Revision(n + 1, to_json(top), terms.judge(top), published=False))
    after = msgspec.structs.replace(
        head,
        public="published",
        work=head.work if open_ else "none",
        holder=head.holder if open_ else None,
        accepted=n,
        revision=revisions[-1].n if revisions else head.revision,
        reviewed=head.reviewed and n == head.accepted,
    )
    return _change(known, arrival, terms, after, tuple(revisions))


def _worked(known: Known, arrival: Arrival, terms: Terms, asked: Asked) -> Change:
    """Make a working revision of received + overlay and leave the public one."""
    head = _under_work(known.head)
    record = applied(arrival.record, known.overlay)
    tree = arrival.tree if record is arrival.record else to_json(record)
    revisions: tuple[Revision, ...] = ()
    if _number(known, arrival, tree, (head.revision,)) is None:
        revisions = (Revision(head.revision + 1, tree, terms.judge(record), published=False),)
    work = _work(head, known.overlay, asked, stays=terms.harvest and not revisions) if _opens(head, revisions) else None
    after = msgspec.structs.replace(
        head,
        work=work or head.work,
        holder=head.holder if work in (None, "in_review") else None,
        revision=head.revision + len(revisions),
    )
    return _change(known, arrival, terms, after, revisions)


def _opens(head: Head, revisions: tuple[Revision, ...]) -> bool:
    """Whether there is work: new content, or open work already; content equal to the public record's is no work."""
    return bool(revisions) or head.work != "none" or head.public != "published"


def _work(head: Head, overlay: tuple[Entry, ...], asked: Asked, *, stays: bool) -> str:
    if stands(asked, head.state):
        return asked if head.work == "none" else head.work
    if stays and head.work in ("changes_requested", "rejected"):
        return head.work  # A reviewer has decided about this content; the nightly harvest does not ask again.
    if head.work == "draft" and asked == "submitted" and any(entry.open for entry in overlay):
        return head.work  # Somebody is in the middle of an edit, and the source may not submit it.
    return asked


def _number(known: Known, arrival: Arrival, tree: bytes, candidates: tuple[int | None, ...]) -> int | None:
    """The first of these revisions that has this content already."""
    if not known.trees:  # No overlay and no work: the public revision is what was received last.
        same = known.origin is not None and known.origin.digest == arrival.digest
        return known.head.accepted if same else None
    wanted = comparison.core(tree)
    for n in candidates:
        if n is not None and n in known.trees and comparison.core(known.trees[n]) == wanted:
            return n
    return None


def _change(known: Known, arrival: Arrival, terms: Terms, after: Head, revisions: tuple[Revision, ...]) -> Change:
    head = known.head
    after = msgspec.structs.replace(
        after,
        organisation=head.organisation if arrival.organisation is None else arrival.organisation,
        collections=head.collections if arrival.collections is None else arrival.collections,
    )
    same = known.origin is not None and known.origin.digest == arrival.digest
    lives = head.is_tombstone and not after.is_tombstone
    action = "restore" if lives else _ACTIONS.get(after.work) if after.work != head.work else None
    return Change(
        head,
        stamped(head, after, terms.now) if after != head or not same else head,
        revisions=revisions,
        published=after.accepted if after.accepted != head.accepted and not revisions else None,
        received=None if same else _received(arrival, terms.now, revisions),
        origin=(arrival.source, arrival.key),
        event=Event(action) if action else None,
    )


def _moves(change: Change) -> bool:
    return change.received is not None or change.after is not change.before


def _lifted(head: Head) -> Head:
    return lifted(head) if head.is_tombstone else head


def _under_work(head: Head) -> Head:
    """What stays public under new work: nothing, if an undo had withdrawn it, until the work is accepted."""
    if head.is_tombstone and head.tombstone_by == BY_UNDO and head.accepted is not None:
        return msgspec.structs.replace(head, public="withdrawn")
    return _lifted(head)


def _received(arrival: Arrival, now: int, revisions: tuple[Revision, ...] = ()) -> Received:
    delivery = arrival.delivery
    revision = next((new.n for new in revisions if new.tree is arrival.tree), None)
    repairs = delivery.reading.repairs if delivery.reading is not None else ()
    return Received(
        identifier=storable_or_none(delivery.identifier),
        datestamp=storable_or_none(delivery.datestamp),
        base_url=storable_or_none(delivery.base_url),
        provenance=delivery.provenance,
        format=delivery.format,
        reader=READER,
        tree=arrival.tree if revision is None else None,
        revision=revision,
        digest=arrival.digest,
        source_bytes=delivery.source_bytes,
        repairs=msgspec.json.encode(repairs) if repairs else None,
        received=now,
    )


READER: Final = 2
"""The version of the readers; it rises when the same bytes are read into a different tree."""

_ACTIONS: Final = {"draft": "save", "submitted": "submit"}
