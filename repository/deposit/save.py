"""Saving a record by form or API: a new one, one that names its origin, or an edit of one that is here (api.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection

from repository import lifecycle
from repository.accounts.policy import Actor, Subject, may_ask
from repository.deposit import idempotency
from repository.deposit.admission import Judges
from repository.deposit.arrival import default_name
from repository.deposit.delivery import Done, deliver
from repository.deposit.edit import (
    admitted,
    edit,
    fresh,
    hand,
    may_act_for,
    move_or_raise,
    organisation_id,
    organisation_named,
    shown,
    write,
)
from repository.deposit.order import Order, Outcome
from repository.deposit.working_view import Working
from repository.errors import Forbidden, Invalid, Refused
from repository.lifecycle import Asked, Facts, State
from repository.publishing.outbox import INTERACTIVE
from repository.records import edit_decision
from repository.records.change import Change, Known
from repository.records.edit_decision import Edit
from repository.site import Site
from schemas.errors import Problem
from schemas.formats.format import Delivery, Reading
from schemas.record import Record

BODY: Final = "body"


class Save(msgspec.Struct, frozen=True, kw_only=True):
    """A record as somebody wants it kept.

    `uuid` None makes a new one, or, with `source` (name, key), delivers to that origin. `as_state` None goes by role.
    `if_match` is the revision that was read. `repairs` and `source_bytes` come from the reader of the body.
    """

    record: Record
    uuid: str | None = None
    as_state: str | None = None
    if_match: int | None = None
    source: tuple[str, str] | None = None
    organisation: str | None = None
    collections: tuple[str, ...] | None = None
    note: str | None = None
    format: str = "json"
    reading: Reading | None = None
    source_bytes: bytes = b""
    key: idempotency.Key | None = None


def save(site: Site, actor: Actor, wish: Save) -> Working:
    """Keep a record; the outcome is created, updated or unchanged (equal content in the state asked for).

    Raises NotFound, Forbidden (403), Refused (409: a tombstone, no such move), Stale (412), Invalid (422).
    """
    if "\x00" in (wish.note or ""):
        raise Invalid("A note may not hold a NUL character.")
    may_ask(actor, "create" if wish.uuid is None else "save")
    asked = _asked(site, actor, wish)
    if wish.uuid is not None:
        return _edit(site, actor, wish, asked)
    return _create(site, actor, wish, asked) if wish.source is None else _deliver(site, actor, wish, asked)


def _asked(site: Site, actor: Actor, wish: Save) -> Asked:
    if wish.as_state is None:
        return lifecycle.default_as(actor.role, four_eyes=site.config.accounts.four_eyes)
    return lifecycle.as_asked(wish.as_state)


def _create(site: Site, actor: Actor, wish: Save, asked: Asked) -> Working:
    judges = Judges(site)
    about = Facts(actor.role, owner=True, own=not actor.is_operator, four_eyes=site.config.accounts.four_eyes)
    move = move_or_raise(lifecycle.decide_as(asked, State(), about))
    if asked != "draft":
        admitted(judges, wish.record, named=False)
    uuid = str(uuid4())
    with site.database.write() as connection:
        site.settle(connection)
        organisation = organisation_id(connection, actor, wish.organisation)
        wanted = Edit(wish.record, asked, None, organisation, _collections(wish))
        if wish.key is not None:
            idempotency.claim(connection, wish.key, uuid, int(site.clock.now()))
        write(
            site,
            connection,
            actor,
            edit_decision.created(uuid, wanted, move, actor.by, hand(site, actor, judges, wish.note)),
        )
        return shown(connection, actor, uuid, "created")


def _edit(site: Site, actor: Actor, wish: Save, asked: Asked) -> Working:
    assert wish.uuid is not None  # noqa: S101 - save looked
    judges = Judges(site)
    organisation = None
    if wish.organisation is not None:
        with site.database.read() as connection:
            organisation = organisation_named(connection, actor, wish.organisation)
    wanted = Edit(wish.record, asked, None, organisation, _collections(wish))

    def plan(known: Known, subject: Subject) -> Change | None:
        head = known.head
        if organisation != head.organisation:  # Who edits may send back what he read, be he no member of it.
            may_act_for(actor, organisation)
        about = lifecycle_facts(actor, subject)
        move = lifecycle.decide_as(asked, head.state, about)
        if head.is_shut and (actor.is_curator or about.owner):
            raise Refused(f"The record is {head.public}; restore it before you edit it.")
        move = move_or_raise(move)
        fresh(known, wish.if_match)
        if asked != "draft":
            admitted(judges, edit_decision.effective(known, wanted), named=known.origin is not None)
        return edit_decision.edited(known, wanted, move, hand(site, actor, judges, wish.note))

    return edit(site, actor, wish.uuid, plan, wish.key)


def lifecycle_facts(actor: Actor, subject: Subject) -> Facts:
    """Who saves writes the newest revision himself, whoever wrote the one before."""
    owner = actor.owns(subject.owner, subject.organisation)
    holder = subject.holder is not None and subject.holder == actor.account
    return Facts(actor.role, owner, holder, not actor.is_operator, subject.four_eyes)


def _deliver(site: Site, actor: Actor, wish: Save, asked: Asked) -> Working:
    """POST with an origin: a delivery of one record, but with the API's answers where an import only counts."""
    assert wish.source is not None  # noqa: S101 - save looked
    name, key = wish.source
    if not name or not key:
        raise Invalid("A source has a name and a key, neither of them empty.")
    delivery = Delivery(
        place=BODY,
        format=wish.format,
        reading=wish.reading or Reading(wish.record),
        source=wish.source,
        source_bytes=wish.source_bytes,
        organisation=wish.organisation,
        collections=wish.collections,
    )
    order = Order(default_name(site, actor), asked, actor, lane=INTERACTIVE, readable_is_enough=asked == "draft")

    def within(connection: Connection, done: Sequence[Done]) -> None:
        _raise_for(done[0].outcome, Judges(site).admit(wish.record))
        if wish.key is not None:
            idempotency.claim(connection, wish.key, done[0].outcome.uuid or "", int(site.clock.now()))

    outcome = deliver(site, [delivery], order, within)[0]
    with site.database.read() as connection:
        return shown(connection, actor, outcome.uuid or "", outcome.outcome)


def _raise_for(outcome: Outcome, admission: tuple[Problem, ...]) -> None:
    """The API's answer to what an import would only count; raised inside the transaction, so that nothing is kept."""
    reason = outcome.reason or "The record cannot be taken."
    if outcome.code in ("tombstone", "erased"):
        raise Refused("The record was withdrawn or deleted by a person; restore it first.")
    if outcome.code == "forbidden":
        raise Forbidden(reason)
    if outcome.outcome == "rejected":
        found = Problem("", outcome.code or "rejected", reason)
        raise Invalid(reason, admission if outcome.code in {problem.code for problem in admission} else (found,))


def _collections(wish: Save) -> str | None:
    return None if wish.collections is None else json.dumps(wish.collections)
