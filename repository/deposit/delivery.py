"""Delivering: an import's or a harvest's records, in, in transactions of at most 500 records.

Ready and decide before the transaction, against a snapshot; inside it look again, decide anew only if somebody was
faster, and write in bulk (design.md, 5: a write transaction holds only SQL). Every delivery ends in one Outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection

from repository import lifecycle
from repository.accounts.policy import Subject, facts
from repository.deposit.admission import Judges
from repository.deposit.arrival import Arrivals, may_edit, permit
from repository.deposit.order import Order, Outcome
from repository.lifecycle import Refusal
from repository.outcome import OutcomeName
from repository.records import lookup
from repository.records import writing as ledger
from repository.records.change import BY_PERSON, Change, Event, Known, stamped
from repository.records.delivery_decision import Arrival, Decision, Terms, receive
from repository.records.edit_decision import Edit, Hand, edited, effective
from repository.records.tombstone import Grave, buried
from repository.records.writing import Pen, Reject
from repository.site import Site
from schemas import comparison
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.record import Record

PORTION: Final = 500
Ident = tuple[str, str]


class Done(NamedTuple):
    """One decided delivery: its place in the portion, what became of it, and what was known before."""

    place: int
    outcome: Outcome
    before: Known | None
    change: Change | None


Within = Callable[[Connection, Sequence[Done]], None]


def deliver(
    site: Site,
    deliveries: Sequence[Delivery],
    order: Order,
    within: Within | None = None,
    ahead: Within | None = None,
) -> list[Outcome]:
    """Take deliveries in, in their order; an outcome for each. Raises Forbidden when the order itself is not allowed.

    `ahead` and `within` are called inside each transaction, before and after it writes what was decided (staged
    batches keep their own account). What they raise undoes the transaction; `order.seen` then knows nothing of it.
    """
    permit(site, order)
    reception = _Reception(site, order, within, ahead)
    outcomes: list[Outcome] = []
    for start in range(0, len(deliveries), PORTION):
        outcomes += reception.portion(deliveries[start : start + PORTION])
    return outcomes


def remember(site: Site, order: Order, done: Sequence[tuple[Delivery, OutcomeName, str | None]]) -> None:
    """Let an order know deliveries that came under it in another process, with their outcomes and codes."""
    _Reception(site, order, None, None).recall(done)


def came_live(order: Order, source: str, key: str) -> str | None:
    """The datestamp of a live record of this key that came under a harvest's order before; None where none is known."""
    seen = order.seen.get(hash((source, key)))
    return seen[1] if isinstance(seen, tuple) and seen[0] else None


class _Line(NamedTuple):
    place: int
    delivery: Delivery
    arrival: Arrival | Decision


class _Reception:
    """Deliveries under one order."""

    def __init__(self, site: Site, order: Order, within: Within | None, ahead: Within | None) -> None:
        self.site = site
        self.order = order
        self.within = within
        self.ahead = ahead
        self.arrivals = Arrivals(site, order)
        judges = Judges(site)
        actor = order.actor
        self.terms = Terms(
            asked=lifecycle.as_asked(order.as_state),
            judge=judges.judge,
            admit=_anything if order.readable_is_enough else judges.admit,
            may_edit=lambda head: may_edit(actor, head),
            now=int(site.clock.now()),
            owner=actor.by,
            organisation=actor.organisation,
            publish=order.publish,
            harvest=order.harvest,
        )

    def portion(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        left = [_Line(place, delivery, self.arrivals.ready(delivery)) for place, delivery in enumerate(deliveries)]
        done: list[Done] = []
        while left:
            with self.site.database.read() as connection:
                left, known = self._look_up(connection, left)
            decided = self._decide(left, known)
            if not self.order.dry_run and (self.within or any(_writes(each) for each in decided)):
                decided = self._write(left, known, decided)
            self._remember(left, decided)
            done += decided
            left = left[len(decided) :]
        return [each.outcome for each in done]

    def recall(self, done: Sequence[tuple[Delivery, OutcomeName, str | None]]) -> None:
        lines = [_Line(place, each[0], self.arrivals.ready(each[0])) for place, each in enumerate(done)]
        with self.site.database.read() as connection:
            lines, _ = self._look_up(connection, lines)
        for line, (_, outcome, code) in zip(lines, done, strict=True):
            self._remember_one(line.arrival, outcome, code)

    def _look_up(
        self, connection: Connection, lines: list[_Line], *, locked: bool = False
    ) -> tuple[list[_Line], dict[Ident, Known]]:
        """What is known of the records of these lines; a line whose id is unknown becomes a delivery by origin."""
        uuids = [line.arrival.uuid for line in lines if isinstance(line.arrival, Arrival) and line.arrival.target]
        known: dict[Ident, Known] = {}
        for each in lookup.by_uuid(connection, uuids, locked=locked) if uuids else ():
            known["", each.head.uuid] = each
        if len(known) < len(uuids):
            lines = [self._as_delivery(line, known) for line in lines]
        pairs = [_ident(line.arrival) for line in lines if isinstance(line.arrival, Arrival)]
        by_origin = lookup.by_origin(connection, [pair for pair in pairs if pair[0]], locked=locked)
        for each in lookup.with_claims(connection, by_origin) if self.order.harvest else by_origin:
            if each.origin is not None:
                known[each.origin.source, each.origin.key] = each
        self._compare(connection, lines, known)
        return lines, known

    @staticmethod
    def _compare(connection: Connection, lines: list[_Line], known: dict[Ident, Known]) -> None:
        """Give what was received last the digest of what comes now where they differ in derived parts only."""
        differ: dict[str, dict[str, Arrival]] = {}
        for line in lines:
            arrival = line.arrival
            if isinstance(arrival, Arrival) and not arrival.target and arrival.tree:
                before = known.get(_ident(arrival))
                if before is not None and before.origin is not None and before.origin.digest != arrival.digest:
                    differ.setdefault(arrival.source, {})[arrival.key] = arrival
        for source, arrivals in differ.items():
            for key, tree in lookup.received(connection, source, list(arrivals)).items():
                arrival, before = arrivals[key], known[source, key]
                if before.origin is not None and comparison.core(tree) == comparison.core(arrival.tree):
                    origin = msgspec.structs.replace(before.origin, digest=arrival.digest)
                    known[source, key] = msgspec.structs.replace(before, origin=origin)

    def _as_delivery(self, line: _Line, known: dict[Ident, Known]) -> _Line:
        arrival = line.arrival
        if isinstance(arrival, Decision) or not arrival.target or ("", arrival.uuid) in known:
            return line
        return line._replace(arrival=self.arrivals.by_origin(arrival))

    def _decide(self, lines: list[_Line], known: dict[Ident, Known]) -> list[Done]:
        """Decide about the lines in order, up to one that concerns a record that this round has changed already."""
        decided: list[Done] = []
        touched: set[Ident | int] = set()
        for line in lines:
            arrival = line.arrival
            if isinstance(arrival, Decision):
                decided.append(_done(line, arrival, None))
                continue
            ident = _ident(arrival)
            before = known.get(ident)
            if ident in touched or (before is not None and before.head.id in touched):
                break
            decision = self._repeated(arrival) or self._one(before, arrival)
            if decision.outcome != "rejected":
                touched.add(ident)
                if before is not None:
                    touched.add(before.head.id)
            decided.append(_done(line, decision, before))
        return decided

    def _one(self, before: Known | None, arrival: Arrival) -> Decision:
        try:
            if arrival.target and before is not None:
                return self._edit(before, arrival)
            return receive(before, arrival, self.terms)
        except Exception as error:  # noqa: BLE001 - a run loop: what is wrong with one record becomes its outcome
            reason = f"The record could not be taken in: {type(error).__name__}: {error}"
            return Decision("rejected", code="internal", reason=reason)

    def _repeated(self, arrival: Arrival) -> Decision | None:
        """What the same key earlier in this import, or harvest, makes of a delivery."""
        seen = self.order.seen.get(_mark(arrival))
        if seen is None:
            return None
        digest, datestamp = seen if isinstance(seen, tuple) else (seen, "")
        if digest == _short(arrival):
            return Decision("unchanged", code="repeated")
        if not self.order.harvest:
            reason = "The same key came before in this import, with other content."
            return Decision("rejected", code="duplicate_key", reason=reason)
        came = arrival.delivery.datestamp or ""
        if came < datestamp or (arrival.delivery.deleted and digest and came == datestamp):
            return Decision("unchanged", code="superseded", reason="A later state of it came before.")
        return None

    def _remember(self, lines: list[_Line], decided: list[Done]) -> None:
        for line, each in zip(lines, decided, strict=False):
            self._remember_one(line.arrival, each.outcome.outcome, each.outcome.code)

    def _remember_one(self, arrival: Arrival | Decision, outcome: OutcomeName, code: str | None) -> None:
        if isinstance(arrival, Decision) or outcome == "rejected" or code in ("repeated", "superseded"):
            return
        short = _short(arrival)
        datestamp = arrival.delivery.datestamp or ""
        said = (short, datestamp) if self.order.harvest else short
        self.order.seen[_mark(arrival)] = said
        if arrival.delivery.id is not None:  # Its id was unknown and may be known from now on: the same line again.
            self.order.seen[hash(("", arrival.uuid))] = said

    def _edit(self, known: Known, arrival: Arrival) -> Decision:
        """A line whose id exists here edits that record, as PUT and DELETE do."""
        actor, head = self.order.actor, known.head
        about = facts(actor, Subject(head.state, head.owner, head.organisation, head.holder))
        if arrival.delivery.deleted:
            if head.is_tombstone:
                return Decision("unchanged")
            verdict = lifecycle.decide("delete", head.state, about)
            if isinstance(verdict, Refusal):
                return _refusal(verdict)
            after = stamped(head, buried(head, Grave("deleted", BY_PERSON, "Deleted by an import.")), self.terms.now)
            return Decision("deleted", Change(head, after, event=Event("delete", after.reason)))
        if head.is_shut:
            return Decision("rejected", code="tombstone", reason=f"The record is {head.public}; restore it first.")
        verdict = lifecycle.decide_as(self.terms.asked, head.state, about)
        if isinstance(verdict, Refusal):
            return _refusal(verdict)
        cells = arrival.delivery.cells
        only = None if cells is None else tuple(cells)
        edit = Edit(arrival.record, self.terms.asked, only, arrival.organisation, arrival.collections)
        problems = self.terms.admit(effective(known, edit), known.origin is not None)
        if problems:
            return Decision("rejected", code=problems[0].code, reason=problems[0].message)
        change = edited(known, edit, verdict, Hand(self.terms.judge, self.terms.now, actor.by))
        return Decision("unchanged") if change is None else Decision("updated", change)

    def _write(self, lines: list[_Line], known: dict[Ident, Known], decided: list[Done]) -> list[Done]:
        order, now = self.order, int(self.site.clock.now())
        with self.site.database.write() as connection:
            self.site.settle(connection)
            _, again = self._look_up(connection, lines[: len(decided)], locked=True)
            if again != known:
                decided = self._decide(lines[: len(decided)], again)
            if self.ahead is not None:
                self.ahead(connection, decided)
            changed = [each for each in decided if each.change is not None]
            pen = Pen(now, order.actor.by, order.lane, order.batch)
            ids = ledger.write(connection, [each.change for each in changed if each.change is not None], pen)
            numbers = {each.place: id_ for each, id_ in zip(changed, ids, strict=True)}
            decided = [_numbered(each, numbers.get(each.place)) for each in decided]
            if not order.harvest:  # a harvest keeps its own, once each however often they come
                rejects = [
                    self._reject(line, each, now)
                    for line, each in zip(lines, decided, strict=False)
                    if each.outcome.outcome == "rejected"
                ]
                ledger.write_rejects(connection, rejects)
            if self.within is not None:
                self.within(connection, decided)
        return decided

    def _reject(self, line: _Line, done: Done, now: int) -> Reject:
        outcome = done.outcome
        file = outcome.file or self.order.file
        return Reject(
            self.order.source, file, outcome.place, outcome.identifier, outcome.code or "rejected",
            outcome.reason or "", line.delivery.source_bytes, now,
        )  # fmt: skip


def _done(line: _Line, decision: Decision, before: Known | None) -> Done:
    arrival, delivery = line.arrival, line.delivery
    key = arrival.key or None if isinstance(arrival, Arrival) else None
    uuid = before.head.uuid if before else arrival.uuid if isinstance(arrival, Arrival) else None
    outcome = Outcome(
        decision.outcome,
        delivery.place,
        delivery.identifier or key or delivery.id,
        uuid,
        before.head.id if before else None,
        decision.code,
        decision.reason,
        delivery.file,
    )
    return Done(line.place, outcome, before, decision.change)


def _numbered(done: Done, record: int | None) -> Done:
    if record is None or done.outcome.record is not None:
        return done
    was = done.outcome
    return done._replace(
        outcome=Outcome(was.outcome, was.place, was.identifier, was.uuid, record, was.code, was.reason, was.file)
    )


def _writes(done: Done) -> bool:
    return done.change is not None or done.outcome.outcome == "rejected"


def _ident(arrival: Arrival) -> Ident:
    return ("", arrival.uuid) if arrival.target else (arrival.source, arrival.key)


def _mark(arrival: Arrival) -> int:
    return hash(_ident(arrival))


def _short(arrival: Arrival) -> int:
    return int.from_bytes(arrival.digest[:8])


def _anything(_: Record, __: bool) -> tuple[Problem, ...]:
    return ()


def _refusal(refusal: Refusal) -> Decision:
    code = "forbidden" if refusal.kind == "forbidden" else "refused"
    return Decision("rejected", code=code, reason=refusal.message)
