"""Who may do what: pure, and whatever is not allowed here is denied.

An Actor is a person with a site role, by session (scope admin: all that the role may) or by token (no more than its
scope). Work of others is seen by curators; by reviewers once it was submitted; by owners, who are a person or the
members of an organisation. What the lifecycle table says about a move is asked there, not repeated here.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from repository import lifecycle
from repository.lifecycle import Facts, Move, Role, State

Scope = Literal["read", "write", "admin"]
Action = Literal[
    "read", "see_work", "create", "import", "publish", "edit", "unlock", "curate", "manage_accounts", "erase",
    "save", "submit", "claim", "assign", "release", "request_changes", "accept", "reject", "withdraw", "delete",
    "restore",
]  # fmt: skip
SCOPES: Final[tuple[Scope, ...]] = ("read", "write", "admin")
ROLES: Final[tuple[Role, ...]] = ("contributor", "reviewer", "curator", "admin")
_CURATORS: Final = ("curator", "admin")
_NEEDS: Final[dict[str, int]] = {"read": 0, "see_work": 0, "manage_accounts": 2, "erase": 2}
_LIFECYCLE: Final = frozenset(rule.action for rule in lifecycle.TABLE)


class Actor(msgspec.Struct, frozen=True):
    """Somebody who acts. `memberships`: organisation -> member | manager; `organisation`: the one a token acts for."""

    account: int
    email: str
    role: Role
    scope: Scope = "admin"
    organisation: int | None = None
    memberships: dict[int, str] = {}

    @property
    def is_operator(self) -> bool:
        return self.account == 0

    @property
    def by(self) -> int | None:
        """The account as columns keep it: none for the operator."""
        return self.account or None

    @property
    def is_curator(self) -> bool:
        return self.role in _CURATORS

    def owns(self, owner: int | None, organisation: int | None) -> bool:
        """Whether this person, or the organisation that the token acts for, owns what has this owner."""
        if organisation is not None:
            return organisation in self.memberships and self.organisation in (None, organisation)
        return owner is not None and owner == self.account and self.organisation is None


OPERATOR: Final = Actor(0, "", "admin")
"""Whoever runs the command line."""


class Subject(msgspec.Struct, frozen=True):
    """What is acted on: a record, as far as the policy looks at it; empty for actions without one."""

    state: State = State()
    owner: int | None = None
    organisation: int | None = None
    holder: int | None = None
    author: int | None = None  # of the newest revision
    four_eyes: bool = False
    exists: bool = True


def facts(actor: Actor, subject: Subject) -> Facts:
    """What the lifecycle wants to know of this person and this record."""
    owner = actor.owns(subject.owner, subject.organisation)
    own = not actor.is_operator and actor.account in (subject.owner, subject.author)
    holder = subject.holder is not None and subject.holder == actor.account
    return Facts(actor.role, owner, holder, own, subject.four_eyes)


def can(actor: Actor | None, action: Action, subject: Subject | None = None) -> bool:
    """Whether this person may do this; None is somebody without an account."""
    subject = subject or Subject(exists=False)
    if actor is None:
        return action == "read" and subject.state.public == "published"
    if SCOPES.index(actor.scope) < _NEEDS.get(action, 1):
        return False
    if action in _LIFECYCLE:
        return isinstance(lifecycle.decide(action, subject.state, facts(actor, subject)), Move)
    match action:
        case "read":
            return subject.state.public == "published" or _sees_work(actor, subject)
        case "see_work":
            return _sees_work(actor, subject)
        case "create" | "import":
            return True
        case "publish":
            return actor.is_curator and (actor.is_operator or not subject.four_eyes)
        case "curate":
            return actor.is_curator
        case "edit" | "unlock":
            return actor.is_curator or actor.owns(subject.owner, subject.organisation)
        case "manage_accounts" | "erase":
            return actor.role == "admin"
        case _:
            return False


def _sees_work(actor: Actor, subject: Subject) -> bool:
    if actor.is_curator or actor.owns(subject.owner, subject.organisation):
        return True
    if subject.holder is not None and subject.holder == actor.account:
        return True
    return actor.role == "reviewer" and subject.state.work in (
        "submitted",
        "in_review",
        "changes_requested",
        "rejected",
    )
