"""What a line of an import does to the record here that it names by id: it edits it, as PUT and DELETE do.

What a source sent stays as it is; the line is laid over it (edit_decision). Every other delivery is decided about in
delivery_decision. Pure: the look-up found the record, the policy gave the facts.
"""

from __future__ import annotations

from typing import Final

from repository import lifecycle
from repository.lifecycle import Facts, Refusal
from repository.records.change import BY_PERSON, Change, Event, Known, stamped
from repository.records.delivery_decision import Arrival, Decision, Terms
from repository.records.edit_decision import Edit, Hand, edited, effective
from repository.records.tombstone import Grave, buried

_GRAVE: Final = Grave("deleted", BY_PERSON, "Deleted by an import.")


def edited_by_line(known: Known, arrival: Arrival, terms: Terms, facts: Facts) -> Decision:
    """Decide about a line whose id exists here; `facts` say what the person who imports is to this record."""
    if arrival.delivery.deleted:
        return _deleted(known, terms, facts)
    head = known.head
    if head.is_shut:
        return Decision("rejected", code="tombstone", reason=f"The record is {head.public}; restore it first.")
    verdict = lifecycle.decide_as(terms.asked, head.state, facts)
    if isinstance(verdict, Refusal):
        return _refusal(verdict)
    cells = arrival.delivery.cells
    only = None if cells is None else tuple(cells)
    edit = Edit(arrival.record, terms.asked, only, arrival.organisation, arrival.collections)
    problems = terms.admit(effective(known, edit), known.origin is not None)
    if problems:
        return Decision("rejected", code=problems[0].code, reason=problems[0].message)
    change = edited(known, edit, verdict, Hand(terms.judge, terms.now))
    return Decision("unchanged") if change is None else Decision("updated", change)


def _deleted(known: Known, terms: Terms, facts: Facts) -> Decision:
    head = known.head
    if head.is_tombstone:
        return Decision("unchanged")
    verdict = lifecycle.decide("delete", head.state, facts)
    if isinstance(verdict, Refusal):
        return _refusal(verdict)
    after = stamped(head, buried(head, _GRAVE), terms.now)
    return Decision("deleted", Change(head, after, event=Event("delete", after.reason)))


def _refusal(refusal: Refusal) -> Decision:
    code = "forbidden" if refusal.kind == "forbidden" else "refused"
    return Decision("rejected", code=code, reason=refusal.message)
