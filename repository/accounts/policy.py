"""Who may do what: one table, pure, and whatever it does not allow is denied.

An Actor is a person with a site role, who comes by session (scope admin: all that the role may) or by token (no more
than its scope). A row of PERMISSIONS says: this action, from this scope on, by these people, on this condition; several
rows of one action are alternatives. Which moves of a record exist is asked of the lifecycle table, not repeated here.
Every route names its action (portal.permissions), docs/permissions.md is written from the table, each cell has a test.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from repository import lifecycle
from repository.config.sections import is_personal
from repository.errors import Forbidden
from repository.lifecycle import Facts, Move, Role, State

Scope = Literal["read", "write", "admin"]
Action = Literal[
    "look", "read", "see_work", "create", "import", "publish", "deliver_as", "edit", "unlock", "act_for", "see_batch",
    "change_batch", "see_searches", "keep_searches", "curate", "see_sources", "retry_source", "see_tokens", "end_token",
    "manage_accounts", "erase", "log_in", "keep_own_account", "manage_organisation", "ask",
    "see_requests", "close_requests",
    "save", "submit", "claim", "assign", "release", "request_changes", "accept", "reject", "withdraw", "delete",
    "restore",
]  # fmt: skip
Who = Literal[
    "anybody", "person", "self", "reviewer", "curator", "admin", "operator", "owner", "holder", "member", "manager"
]
When = Literal[
    "always", "published", "submitted", "one pair of eyes", "own name", "no harvest's name", "acting for it"
]  # fmt: skip
SCOPES: Final[tuple[Scope, ...]] = ("read", "write", "admin")
ROLES: Final[tuple[Role, ...]] = ("contributor", "reviewer", "curator", "admin")
_CURATORS: Final = ("curator", "admin")
_LIFECYCLE: Final = frozenset(rule.action for rule in lifecycle.TABLE)
_SUBMITTED: Final = ("submitted", "in_review", "changes_requested", "rejected")


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
        """Whether this person, or the organisation that the token acts for, is this owner or this organisation."""
        if organisation is not None:
            return organisation in self.memberships and self.organisation in (None, organisation)
        return owner is not None and owner == self.account and self.organisation is None


OPERATOR: Final = Actor(0, "", "admin")
"""Whoever runs the command line."""


class Subject(msgspec.Struct, frozen=True):
    """What is acted on, as far as the policy looks at it; empty for actions on nothing in particular.

    Usually a record; else a batch, a token, an organisation (`owner` and `organisation` are its own), or the name that
    something is delivered under: `name`, with `organisation` if that name is a slug, `harvested` if it is a harvest's.
    """

    state: State = State()
    owner: int | None = None
    organisation: int | None = None
    holder: int | None = None
    author: int | None = None  # of the newest revision
    four_eyes: bool = False
    exists: bool = True
    name: str = ""
    harvested: bool = False


class Permission(msgspec.Struct, frozen=True):
    """A row of the table. Curators are curators and admins, reviewers are reviewers alone."""

    action: Action
    scope: Scope
    who: tuple[Who, ...]
    when: When = "always"


PERMISSIONS: Final[tuple[Permission, ...]] = (
    Permission("look", "read", ("anybody",)),  # whatever is public: pages, feeds, OAI-PMH, search, validation
    Permission("read", "read", ("anybody",), "published"),
    Permission("read", "read", ("owner", "holder", "curator")),
    Permission("read", "read", ("reviewer",), "submitted"),
    Permission("see_work", "read", ("owner", "holder", "curator")),
    Permission("see_work", "read", ("reviewer",), "submitted"),
    Permission("create", "write", ("person",)),
    Permission("import", "write", ("person",)),
    Permission("publish", "write", ("curator",), "one pair of eyes"),
    Permission("publish", "write", ("operator",)),
    Permission("deliver_as", "write", ("person",), "own name"),
    Permission("deliver_as", "write", ("curator",), "no harvest's name"),
    Permission("deliver_as", "write", ("operator",)),
    Permission("edit", "write", ("owner", "curator")),
    Permission("unlock", "write", ("owner", "curator")),
    Permission("act_for", "write", ("member", "curator")),
    Permission("see_batch", "read", ("self",), "acting for it"),
    Permission("see_batch", "read", ("curator",)),
    Permission("change_batch", "write", ("self",), "acting for it"),
    Permission("change_batch", "write", ("curator",)),
    Permission("see_searches", "read", ("person",)),  # one's own: the query asks for no others
    Permission("keep_searches", "write", ("person",)),
    Permission("curate", "write", ("curator",)),
    Permission("see_sources", "read", ("curator",)),
    Permission("retry_source", "write", ("curator",)),
    Permission("see_tokens", "read", ("self",)),
    Permission("see_tokens", "admin", ("admin",)),
    Permission("end_token", "read", ("self",)),
    Permission("end_token", "admin", ("admin",)),
    Permission("manage_accounts", "admin", ("admin",)),
    Permission("erase", "admin", ("admin",)),
    Permission("ask", "read", ("anybody",)),  # a report, a takedown, a letter; following it by a receipt
    Permission("see_requests", "read", ("reviewer", "curator")),
    Permission("close_requests", "write", ("curator",)),
    Permission("log_in", "read", ("anybody",)),  # register, confirm, recover: what writes and is open to strangers
    Permission("manage_organisation", "write", ("manager",)),  # its members, its words and its logo
    Permission("manage_organisation", "admin", ("admin",)),
    Permission("keep_own_account", "write", ("person",)),  # password, profile, tokens, data: one's own by the query
)


def facts(actor: Actor, subject: Subject) -> Facts:
    """What the lifecycle needs to know about this person and this record."""
    owner = actor.owns(subject.owner, subject.organisation)
    own = not actor.is_operator and actor.account in (subject.owner, subject.author)
    holder = subject.holder is not None and subject.holder == actor.account
    return Facts(actor.role, owner, holder, own, subject.four_eyes)


def can(actor: Actor | None, action: Action, subject: Subject | None = None) -> bool:
    """Whether this person may do this; None is somebody without an account."""
    subject = subject or Subject(exists=False)
    if action in _LIFECYCLE:
        if actor is None or not _reaches(actor, "write"):
            return False
        return isinstance(lifecycle.decide(action, subject.state, facts(actor, subject)), Move)
    return any(
        _reaches(actor, row.scope) and _is(actor, row.who, subject) and _holds(row.when, actor, subject)
        for row in PERMISSIONS
        if row.action == action
    )


def might(actor: Actor | None, action: Action) -> bool:
    """Whether this person may do this to anything at all: what a route asks before it looks anything up."""
    if action in _LIFECYCLE:
        return actor is not None and _reaches(actor, "write")
    return any(
        _reaches(actor, row.scope) and any(_may_be(actor, who) for who in row.who)
        for row in PERMISSIONS
        if row.action == action
    )


def demand(actor: Actor, action: Action, subject: Subject | None = None, sentence: str = "") -> None:
    """Raise Forbidden, in the given words, when this person may not do this."""
    if not can(actor, action, subject):
        raise Forbidden(why_not(actor, action, sentence))


def may_ask(actor: Actor, action: Action) -> None:
    """Raise Forbidden when this person, with this token, may not do this to anything at all."""
    if not might(actor, action):
        raise Forbidden(why_not(actor, action))


def why_not(actor: Actor, action: Action, sentence: str = "") -> str:
    """Why somebody may not: because of the token, if the same person might with another one; else the sentence."""
    if might(msgspec.structs.replace(actor, scope="admin"), action) and not might(actor, action):
        return "This token may only read." if actor.scope == "read" else "This needs a token of the scope admin."
    return sentence or "Your account may not do this."


def own_name(actor: Actor) -> str:
    """The name that a person's own deliveries go under; it does not tell who that is."""
    return f"person-{actor.account}"


def _reaches(actor: Actor | None, scope: Scope) -> bool:
    return scope == "read" if actor is None else SCOPES.index(actor.scope) >= SCOPES.index(scope)


def _is(actor: Actor | None, who: tuple[Who, ...], subject: Subject) -> bool:
    return bool(_standings(actor, subject).intersection(who))


def _standings(actor: Actor | None, subject: Subject) -> set[Who]:
    """Everything that this person is to a subject."""
    if actor is None:
        return {"anybody"}
    found: set[Who] = {"anybody", "person"}
    found |= {"self"} if subject.owner is not None and subject.owner == actor.account else set()
    found |= {"reviewer"} if actor.role == "reviewer" else set()
    found |= {"curator"} if actor.is_curator else set()
    found |= {"admin"} if actor.role == "admin" else set()
    found |= {"operator"} if actor.is_operator else set()
    found |= {"owner"} if actor.owns(subject.owner, subject.organisation) else set()
    found |= {"holder"} if subject.holder is not None and subject.holder == actor.account else set()
    if subject.organisation is not None and actor.owns(None, subject.organisation):
        found |= {"member"}
        found |= {"manager"} if actor.memberships[subject.organisation] == "manager" else set()
    return found


def _may_be(actor: Actor | None, who: Who) -> bool:
    """Whether this person could be that to any subject."""
    return who in _standings(actor, Subject()) or (
        actor is not None and who in ("self", "owner", "holder", "member", "manager")
    )


def _holds(when: When, actor: Actor | None, subject: Subject) -> bool:
    match when:
        case "always":
            return True
        case "published":
            return subject.state.public == "published"
        case "submitted":
            return subject.state.work in _SUBMITTED
        case "one pair of eyes":
            return not subject.four_eyes
        case "no harvest's name":
            return not subject.harvested and not is_personal(subject.name)
        case "acting for it":  # an organisation's token reaches what was staged for it, a session everything
            return actor is not None and actor.organisation in (None, subject.organisation)
        case "own name":
            return actor is not None and not subject.harvested and _is_own(actor, subject)


def _is_own(actor: Actor, subject: Subject) -> bool:
    """Whether a name is this person's own, or that of an organisation that this person delivers for."""
    if subject.organisation is not None:
        return actor.owns(None, subject.organisation)
    return subject.name == own_name(actor) and actor.organisation is None
