"""Acting on a record: the moves of the lifecycle table, and unlocking fields (api.md, actions)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from sqlalchemy import text

from repository import lifecycle
from repository.accounts.policy import Actor, Subject, facts, may_ask
from repository.deposit import idempotency
from repository.deposit.admission import Judges
from repository.deposit.edit import admitted, edit, fresh, hand, move_or_raise
from repository.deposit.save import lifecycle_facts
from repository.deposit.working_view import Working
from repository.errors import Invalid, Refused
from repository.lifecycle import ActionName, Move
from repository.records import edit_decision
from repository.records.change import BY_PERSON, Change, Event, Head, Known, stamped
from repository.records.overlay import is_path
from repository.records.tombstone import Grave, buried
from repository.site import Site
from schemas.errors import Problem
from schemas.record import from_json

ACTIONS: Final[frozenset[str]] = frozenset(rule.action for rule in lifecycle.TABLE) - {"save"}
_NOTED: Final = frozenset({"request_changes", "reject"})
_ADMITS: Final = frozenset({"submit", "accept"})
_REVIEWER: Final = text("SELECT id FROM account WHERE email = :email AND active AND role <> 'contributor'")


class Action(msgspec.Struct, frozen=True):
    """One action: `to` is the e-mail address that assign names; `reason` and `successor` belong to delete."""

    name: str
    note: str | None = None
    to: str | None = None
    reason: str | None = None
    successor: str | None = None
    if_match: int | None = None
    key: idempotency.Key | None = None


def act(site: Site, actor: Actor, uuid: str, action: Action) -> Working:
    """Move a record; raises NotFound, Forbidden (403), Refused (409: no such move), Stale (412), Invalid (422)."""
    if action.name not in ACTIONS:
        raise Invalid(f"There is no action {action.name}; there are {', '.join(sorted(ACTIONS))}.")
    if any("\x00" in (text or "") for text in (action.note, action.to, action.reason, action.successor)):
        raise Invalid("A note or reason may not hold a NUL character.")
    name = cast("ActionName", action.name)
    may_ask(actor, name)
    judges = Judges(site)
    if name == "assign" and not (action.to or "").strip():
        raise Invalid("Say to whom: assign needs the e-mail address of a reviewer or curator.")

    def plan(known: Known, subject: Subject) -> Change | None:
        move = move_or_raise(lifecycle.decide(name, known.head.state, facts(actor, subject)))
        fresh(known, action.if_match)
        _complete(action, known.head)
        # Only now is the address looked up: who may not assign does not learn whose address it is.
        holder = _holder(site, actor, action) if name in ("claim", "assign") else None
        doing = hand(site, actor, judges, action.note or action.reason, holder)
        if name in ("withdraw", "delete"):
            return _buried(known, action, move, doing.now)
        if name == "restore":
            return edit_decision.restored(known, doing)
        if name in _ADMITS:
            admitted(judges, from_json(known.trees[known.head.revision]), named=known.origin is not None)
        return edit_decision.acted(known, name, move, doing)

    return edit(site, actor, uuid, plan, action.key)


def unlock(site: Site, actor: Actor, uuid: str, paths: Sequence[str], as_state: str = "draft") -> Working:
    """Unlock fields, so that what the source says shows again: at once (published) or when the work is accepted."""
    may_ask(actor, "unlock")
    asked = lifecycle.as_asked(as_state)
    unknown = [path for path in paths if not is_path(path)]
    if unknown:
        raise Invalid(f"{unknown[0]} names no field; a field is named like general.keyword.")
    judges = Judges(site)

    def plan(known: Known, subject: Subject) -> Change | None:
        move = move_or_raise(lifecycle.decide_as(asked, known.head.state, lifecycle_facts(actor, subject)))
        if known.head.is_tombstone:
            raise Refused(f"The record is {known.head.public}; restore it before you edit it.")
        return edit_decision.freed(known, paths, move, hand(site, actor, judges))

    return edit(site, actor, uuid, plan)


def _buried(known: Known, action: Action, move: Move, now: int) -> Change | None:
    """A tombstone made by a person; the same one again changes nothing, so that a DELETE may be repeated."""
    head = known.head
    reason = action.reason or action.note
    if (head.public, head.tombstone_by, head.reason, head.successor) == (
        move.public, BY_PERSON, reason, action.successor,
    ):  # fmt: skip
        return None
    grave = Grave(move.public or "deleted", BY_PERSON, reason, action.successor)
    return Change(head, stamped(head, buried(head, grave), now), event=Event(action.name, reason))


def _complete(action: Action, head: Head) -> None:
    """Raise Invalid when an action lacks what it has to say (design.md: request_changes {note}, delete {reason})."""
    lacks: list[Problem] = []
    if action.name in _NOTED and not (action.note or "").strip():
        lacks.append(Problem("note", "missing_note", f"Say in a note why; {action.name} needs one."))
    if action.name == "withdraw" and head.accepted is not None and not (action.note or action.reason or "").strip():
        lacks.append(Problem("note", "missing_note", "Say in a note why it is withdrawn; its tombstone shows it."))
    if action.name == "delete" and head.accepted is not None and not (action.reason or "").strip():
        lacks.append(Problem("reason", "missing_reason", "Give a reason; the tombstone shows it."))
    if action.successor is not None and not _names_successor(action.successor, head):
        sentence = "A successor is the uuid of another record or an http(s) address."
        lacks.append(Problem("successor", "wrong_form", sentence))
    if lacks:
        raise Invalid(lacks[0].message, tuple(lacks))


def _names_successor(successor: str, head: Head) -> bool:
    parts = urlsplit(successor)
    if parts.scheme in ("http", "https"):
        return bool(parts.netloc) and not any(c.isspace() for c in successor)
    try:
        return str(UUID(successor)) == successor.lower() and successor.lower() != head.uuid
    except ValueError:
        return False


def _holder(site: Site, actor: Actor, action: Action) -> int | None:
    """Who is to hold the review: oneself by claim, the one named by assign."""
    if action.name == "claim":
        return actor.account or None
    with site.database.read() as connection:
        found: Any = connection.execute(_REVIEWER, {"email": (action.to or "").strip().lower()}).scalar()
    if found is None:
        raise Invalid(f"{action.to} is no reviewer or curator here.")
    return int(found)
