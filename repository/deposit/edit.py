"""What saving and acting share: look, plan, look again inside the transaction, write, show.

A plan is a function of what is known that gives a Change or raises; it runs before the transaction, and once more
inside it only if somebody was faster (design.md, 5: a write transaction holds only SQL).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, text

from repository.accounts.policy import Actor, Subject, demand
from repository.deposit import idempotency
from repository.deposit.admission import Judges
from repository.deposit.working_view import Working, described, taken_over_from, visible
from repository.errors import Forbidden, Invalid, Refused, Stale
from repository.lifecycle import Move, Refusal
from repository.publishing.outbox import INTERACTIVE
from repository.records import lookup
from repository.records import writing as ledger
from repository.records.change import Change, Known
from repository.records.edit_decision import Hand
from repository.records.writing import Pen
from repository.site import Site
from schemas.errors import Problem
from schemas.record import Record

Plan = Callable[[Known, Subject], Change | None]
_SLUG: Final = text("SELECT id FROM organisation WHERE slug = :slug")


def edit(site: Site, actor: Actor, uuid: str, plan: Plan, key: idempotency.Key | None = None) -> Working:
    """Carry out a plan on one record and show it; raises what the plan raises, NotFound, Repeated."""
    with site.database.read() as connection:
        first = lookup.find(connection, uuid, received=True)
        subject = visible(site, connection, actor, first, uuid)
    assert first is not None  # noqa: S101 - visible raises for None
    change = _planned(site, actor, plan, first, subject)
    with site.database.write() as connection:
        known = lookup.find(connection, uuid, locked=True, received=True)
        if known != first:
            subject = visible(site, connection, actor, known, uuid)
            assert known is not None  # noqa: S101
            change = _planned(site, actor, plan, known, subject)
        if key is not None:
            idempotency.claim(connection, key, uuid, int(site.clock.now()))
        if change is not None:
            write(site, connection, actor, change)
        return shown(connection, actor, uuid, "unchanged" if change is None else "updated")


def _planned(site: Site, actor: Actor, plan: Plan, known: Known, subject: Subject) -> Change | None:
    """What a plan gives; who may not, because a harvest took the record over from him, is told so."""
    try:
        return plan(known, subject)
    except Forbidden as error:
        with site.database.read() as connection:
            told = taken_over_from(connection, actor, known)
        raise (error if told is None else Forbidden(told)) from error


def write(site: Site, connection: Connection, actor: Actor, change: Change) -> None:
    """Write one person's change, in the interactive lane."""
    ledger.write(connection, [change], Pen(int(site.clock.now()), actor.by, INTERACTIVE))


def shown(connection: Connection, actor: Actor, uuid: str, outcome: str) -> Working:
    """The record after the change, for who made it (who may see it or not: he made it)."""
    known = lookup.find(connection, uuid)
    assert known is not None  # noqa: S101 - it was written in this transaction
    head = known.head
    subject = Subject(head.state, head.owner, head.organisation, head.holder, actor.by)
    return described(connection, known, actor, subject, outcome)  # type: ignore[arg-type]


def hand(site: Site, actor: Actor, judges: Judges, note: str | None = None, holder: int | None = None) -> Hand:
    return Hand(judges.judge, int(site.clock.now()), actor.by, holder, note)


def move_or_raise(verdict: Move | Refusal) -> Move:
    """The move; raises Forbidden (403) or Refused (409) with the table's own words."""
    if isinstance(verdict, Move):
        return verdict
    raise (Forbidden if verdict.kind == "forbidden" else Refused)(verdict.message)


def fresh(known: Known, if_match: int | None) -> None:
    """Raise Stale when the caller worked on another revision than the newest."""
    if if_match is not None and if_match != known.head.revision:
        raise Stale(
            f"The newest revision is {known.head.revision}, not {if_match}; read the record again and repeat the edit."
        )


def admitted(judges: Judges, record: Record, *, named: bool) -> None:
    """Raise Invalid when the record may not be submitted or published as it is."""
    problems = judges.admit(record, named)
    if problems:
        raise Invalid(problems[0].message, problems)


def organisation_id(connection: Connection, actor: Actor, slug: str | None) -> int | None:
    """The organisation that somebody acts for, by slug or by token; raises Invalid, Forbidden."""
    found = organisation_named(connection, actor, slug)
    if slug:
        may_act_for(actor, found)
    return found


def organisation_named(connection: Connection, actor: Actor, slug: str | None) -> int | None:
    """The organisation of a slug, be its people who they may; without one that of the token. Raises Invalid."""
    if not slug:
        return actor.organisation
    found: int | None = connection.execute(_SLUG, {"slug": slug}).scalar()
    if found is None:
        sentence = f"There is no organisation {slug} here."
        raise Invalid(sentence, (Problem("organisation", "unknown_organisation", sentence),))
    return found


def may_act_for(actor: Actor, organisation: int | None) -> None:
    """Raise Forbidden when somebody may not give a record to an organisation."""
    if organisation is not None:
        about = Subject(organisation=organisation)
        demand(actor, "act_for", about, "Your account does not belong to this organisation.")
