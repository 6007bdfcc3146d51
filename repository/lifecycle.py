"""The life of a record as a table: which action, from which state, by whom, to which state (design.md, in which state).

Two axes: `public` (never, published, withdrawn, deleted) and `work`, the state of the newest revision. A record may be
published and have work at the same time; the public revision stays until `accept`. Everything that is not in the table
is refused. Pure: no database, no clock; what counts about the person comes in as Facts.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from repository.errors import Invalid

Public = Literal["never", "published", "withdrawn", "deleted"]
Work = Literal["none", "draft", "submitted", "in_review", "changes_requested", "rejected"]
Asked = Literal["draft", "submitted", "published"]
Role = Literal["contributor", "reviewer", "curator", "admin"]
ActionName = Literal[
    "save", "submit", "claim", "assign", "release", "request_changes", "accept", "reject", "withdraw", "delete",
    "restore",
]  # fmt: skip
Standing = Literal["owner", "first_owner", "holder", "reviewer", "curator"]

PUBLIC: Final[tuple[Public, ...]] = ("never", "published", "withdrawn", "deleted")
WORK: Final[tuple[Work, ...]] = ("none", "draft", "submitted", "in_review", "changes_requested", "rejected")
TOMBSTONES: Final[frozenset[str]] = frozenset({"withdrawn", "deleted"})


class State(msgspec.Struct, frozen=True):
    """Where a record stands; `ever_published` says whether any revision of it was ever accepted."""

    public: Public = "never"
    work: Work = "none"
    ever_published: bool = False
    erased: bool = False


class Facts(msgspec.Struct, frozen=True):
    """What counts about the person who acts: the site role, and the relation to this record."""

    role: Role = "contributor"
    owner: bool = False
    holder: bool = False
    own: bool = False  # this person made the newest revision or the record
    four_eyes: bool = False  # [accounts] four_eyes: nobody accepts their own work


class Move(msgspec.Struct, frozen=True):
    """Where an action leads. `public` None: unchanged. `holder`: none, the same, or (claim, assign) the one named."""

    public: Public | None
    work: Work | None  # None: as before the tombstone (restore)
    holder: Literal["none", "same", "named"] = "none"


class Refusal(msgspec.Struct, frozen=True):
    """Why not: `state` when the table has no such move for anybody, `forbidden` when this person may not."""

    kind: Literal["state", "forbidden"]
    message: str


class Rule(msgspec.Struct, frozen=True):
    """One row of the table."""

    action: ActionName
    public: frozenset[Public]
    work: frozenset[Work]
    by: frozenset[Standing]
    move: Move


def _rule(
    action: ActionName, sources: tuple[str, ...], by: tuple[Standing, ...], move: Move, *, deleted: bool = False
) -> Rule:
    """A rule. Its sources are states of work, or of public; a deleted record never has open work."""
    work = frozenset(state for state in WORK if state in sources) or frozenset(WORK)
    public = frozenset(state for state in PUBLIC if state in sources)
    any_public = frozenset(PUBLIC) if deleted else frozenset(PUBLIC) - {"deleted"}
    return Rule(action, public or any_public, work, frozenset(by), move)


TABLE: Final[tuple[Rule, ...]] = (
    # A save inside a review stays in it, so this row stands before the general one.
    _rule("save", ("in_review",), ("holder", "curator"), Move(None, "in_review", "same")),
    _rule("save", (), ("owner", "curator"), Move(None, "draft")),
    _rule("submit", ("draft", "changes_requested", "rejected"), ("owner", "curator"), Move(None, "submitted")),
    # For a curator, claiming a record means assigning it to oneself.
    _rule("claim", ("submitted", "in_review"), ("reviewer", "curator"), Move(None, "in_review", "named")),
    _rule("assign", ("submitted", "in_review"), ("curator",), Move(None, "in_review", "named")),
    _rule("release", ("in_review",), ("holder", "curator"), Move(None, "submitted")),
    _rule("request_changes", ("submitted", "in_review"), ("holder", "curator"), Move(None, "changes_requested")),
    _rule("accept", ("submitted", "in_review"), ("reviewer", "curator"), Move("published", "none")),
    _rule("reject", ("submitted", "in_review"), ("reviewer", "curator"), Move(None, "rejected")),
    _rule("withdraw", (), ("curator", "first_owner"), Move("withdrawn", "none")),
    _rule("delete", (), ("curator", "first_owner"), Move("deleted", "none"), deleted=True),
    _rule("restore", ("withdrawn", "deleted"), ("curator",), Move(None, None, "same"), deleted=True),
)


def as_asked(name: str) -> Asked:
    """The state that a name asks for; raises Invalid for any other word."""
    match name:
        case "draft" | "submitted" | "published":
            return name
        case _:
            raise Invalid(f"{name} is no state to bring a record into; use published, submitted or draft.")


def decide(action: ActionName, state: State, facts: Facts) -> Move | Refusal:
    """Where `action` leads from here for this person, or why it does not."""
    rules = [rule for rule in TABLE if rule.action == action]
    standing = _standing(state, facts)
    possible = [rule for rule in rules if state.public in rule.public and state.work in rule.work]
    if state.erased and action != "delete":
        possible = []
    for rule in possible:
        if rule.by & standing:
            return _unless_own(action, rule.move, facts)
    if possible or not any(rule.by & standing for rule in rules):
        return Refusal("forbidden", f"Your account may not {_verb(action)} this record.")
    return Refusal("state", f"A record that is {described(state)} cannot be {_PAST.get(action, action)}.")


def decide_as(asked: Asked, state: State, facts: Facts) -> Move | Refusal:
    """Where saving a record as draft, submitted or published leads; published is save and accept in one step."""
    saved = decide("save", state, facts)
    if isinstance(saved, Refusal) or asked == "draft":
        return saved
    if asked == "published":
        if facts.role not in ("curator", "admin"):
            return Refusal("forbidden", "Only a curator may publish without review; save it as submitted.")
        return _unless_own("accept", Move("published", "none"), facts)
    if saved.work == "in_review":
        return saved
    return decide("submit", State(state.public, saved.work or "draft", state.ever_published), facts)


def stands(asked: Asked, state: State) -> bool:
    """Whether a record with equal content is already in the state asked for, or public without open work."""
    if state.public == "published" and state.work == "none":
        return True
    if asked == "submitted":
        return state.work in ("submitted", "in_review")
    return asked == "draft" and state.work == "draft"


def default_as(role: Role, *, four_eyes: bool) -> Asked:
    """The state that a save without `as` asks for: a curator publishes, everybody else submits."""
    return "published" if role in ("curator", "admin") and not four_eyes else "submitted"


def possible_actions(state: State, facts: Facts) -> tuple[ActionName, ...]:
    """The actions that this person may take from here, in the order of the table."""
    names = dict.fromkeys(rule.action for rule in TABLE)
    return tuple(name for name in names if isinstance(decide(name, state, facts), Move))


def described(state: State) -> str:
    """The state in words."""
    public = "erased" if state.erased else "not published" if state.public == "never" else state.public
    return public if state.work == "none" else f"{public} and {state.work.replace('_', ' ')}"


def _standing(state: State, facts: Facts) -> frozenset[Standing]:
    names: set[Standing] = set()
    if facts.owner:
        names.add("owner")
        if state.public != "published" and not state.ever_published:
            names.add("first_owner")
    if facts.holder:
        names.add("holder")
    if facts.role == "reviewer":
        names.add("reviewer")
    if facts.role in ("curator", "admin"):
        names.add("curator")
    return frozenset(names)


def _unless_own(action: ActionName, move: Move, facts: Facts) -> Move | Refusal:
    """A curator may accept an own submission unless four_eyes; a reviewer may not."""
    if action == "accept" and facts.own and (facts.four_eyes or facts.role == "reviewer"):
        return Refusal("forbidden", "Somebody else has to accept your own submission.")
    return move


_PAST: Final = {
    "save": "saved",
    "submit": "submitted",
    "claim": "claimed",
    "assign": "assigned",
    "release": "released",
    "request_changes": "sent back for changes",
    "accept": "accepted",
    "reject": "rejected",
    "withdraw": "withdrawn",
    "delete": "deleted",
    "restore": "restored",
}


def _verb(action: ActionName) -> str:
    return "request changes to" if action == "request_changes" else action
