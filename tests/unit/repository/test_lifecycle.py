"""The lifecycle: every row of design.md's table, and nothing that is not in it."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from repository.lifecycle import (
    PUBLIC,
    WORK,
    ActionName,
    Asked,
    Facts,
    Move,
    Refusal,
    Role,
    State,
    decide,
    decide_as,
    default_as,
    possible_actions,
    stands,
)

OWNER = Facts("contributor", owner=True)
STRANGER = Facts("contributor")
REVIEWER = Facts("reviewer")
HOLDER = Facts("reviewer", holder=True)
CURATOR = Facts("curator")
ADMIN = Facts("admin")

# design.md, in which state, written out: action, states of work (or public) it starts from, who, where it leads.
OPEN = ("draft", "changes_requested", "rejected")
REVIEW = ("submitted", "in_review")
ALIVE = ("never", "published", "withdrawn")
ROWS = [
    *(("save", p, w, who, (p, "draft")) for p in ALIVE for w in WORK for who in (OWNER, CURATOR, ADMIN)
      if not (w == "in_review" and who in (CURATOR, ADMIN))),
    *(("save", p, "in_review", who, (p, "in_review")) for p in ALIVE for who in (HOLDER, CURATOR, ADMIN)),
    *(("submit", p, w, who, (p, "submitted")) for p in ALIVE for w in OPEN for who in (OWNER, CURATOR, ADMIN)),
    *(("claim", p, w, who, (p, "in_review")) for p in ALIVE for w in REVIEW for who in (REVIEWER, CURATOR)),
    *(("assign", p, w, who, (p, "in_review")) for p in ALIVE for w in REVIEW for who in (CURATOR, ADMIN)),
    *(("release", p, "in_review", who, (p, "submitted")) for p in ALIVE for who in (HOLDER, CURATOR)),
    *(("request_changes", p, w, who, (p, "changes_requested")) for p in ALIVE for w in REVIEW
      for who in (HOLDER, CURATOR)),
    *(("accept", p, w, who, ("published", "none")) for p in ALIVE for w in REVIEW for who in (REVIEWER, CURATOR)),
    *(("reject", p, w, who, (p, "rejected")) for p in ALIVE for w in REVIEW for who in (REVIEWER, CURATOR)),
    *(("withdraw", p, w, CURATOR, ("withdrawn", "none")) for p in ALIVE for w in WORK),
    *(("withdraw", "never", w, OWNER, ("withdrawn", "none")) for w in WORK),
    *(("delete", p, w, CURATOR, ("deleted", "none")) for p in PUBLIC for w in WORK),
    *(("delete", "never", w, OWNER, ("deleted", "none")) for w in WORK),
]  # fmt: skip
IN_TABLE = {(action, public, work) for action, public, work, _, _ in ROWS} | {
    ("restore", public, work) for public in ("withdrawn", "deleted") for work in WORK
}
EVERY = [(a, p, w) for a, p, w in product(get_args(ActionName), PUBLIC, WORK)]


@pytest.mark.parametrize(("action", "public", "work", "facts", "to"), ROWS)
def test_every_row_leads_where_the_table_says(
    action: ActionName, public: str, work: str, facts: Facts, to: tuple[str, str]
) -> None:
    move = decide(action, State(public, work), facts)  # type: ignore[arg-type]

    assert isinstance(move, Move)
    assert (move.public or public, move.work) == to


@pytest.mark.parametrize(("action", "public", "work"), [pair for pair in EVERY if pair not in IN_TABLE])
def test_every_pair_that_is_not_in_the_table_is_refused(action: ActionName, public: str, work: str) -> None:
    everybody = [Facts(role, owner, holder) for role in get_args(Role) for owner in (0, 1) for holder in (0, 1)]  # type: ignore[arg-type]

    assert all(isinstance(decide(action, State(public, work), facts), Refusal) for facts in everybody)  # type: ignore[arg-type]


# The table once more, as one would read it aloud: who may do what from where, and where it leads. The first row counts.
# Who: site roles (admin may all that a curator may), `owner`, `holder`, `first`: the owner of what was never public.
TOMBSTONE = ("withdrawn", "deleted")
ALOUD: list[tuple[str, tuple[str, ...], tuple[str, ...], set[str], tuple[str | None, str | None]]] = [
    ("save", ALIVE, ("in_review",), {"holder", "curator"}, (None, "in_review")),
    ("save", ALIVE, WORK, {"owner", "curator"}, (None, "draft")),
    ("submit", ALIVE, OPEN, {"owner", "curator"}, (None, "submitted")),
    ("claim", ALIVE, REVIEW, {"reviewer", "curator"}, (None, "in_review")),
    ("assign", ALIVE, REVIEW, {"curator"}, (None, "in_review")),
    ("release", ALIVE, ("in_review",), {"holder", "curator"}, (None, "submitted")),
    ("request_changes", ALIVE, REVIEW, {"holder", "curator"}, (None, "changes_requested")),
    ("accept", ALIVE, REVIEW, {"reviewer", "curator"}, ("published", "none")),
    ("reject", ALIVE, REVIEW, {"reviewer", "curator"}, (None, "rejected")),
    ("withdraw", ALIVE, WORK, {"curator", "first"}, ("withdrawn", "none")),
    ("delete", PUBLIC, WORK, {"curator", "first"}, ("deleted", "none")),
    ("restore", TOMBSTONE, WORK, {"curator"}, (None, None)),
]  # fmt: skip


def _is(state: State, facts: Facts) -> set[str]:
    """What a person is to a record in the words of the table."""
    first = facts.owner and not state.ever_published and state.public != "published"
    said = {"owner": facts.owner, "holder": facts.holder, "first": first}
    return {name for name, true in said.items() if true} | {"curator" if facts.role == "admin" else facts.role}


def _aloud(action: str, state: State, facts: Facts) -> tuple[str | None, str | None] | None:
    """Where the table leads this person, None where it does not."""
    for name, public, work, who, to in ALOUD:
        if name == action and state.public in public and state.work in work and who & _is(state, facts):
            return None if state.erased and action != "delete" else to
    return None


@pytest.mark.parametrize("action", get_args(ActionName))
def test_the_table_leads_every_person_from_every_state_where_it_says_and_nowhere_else(action: ActionName) -> None:
    states = [State(*each) for each in product(PUBLIC, WORK, (False, True), (False, True))]
    people = [Facts(*each) for each in product(get_args(Role), (False, True), (False, True))]
    led = 0
    for state, facts in product(states, people):
        verdict, expected = decide(action, state, facts), _aloud(action, state, facts)
        found = None if isinstance(verdict, Refusal) else (verdict.public, verdict.work)
        assert found == expected, (state, facts)
        led += expected is not None
    assert 0 < led < len(states) * len(people)


@pytest.mark.parametrize("action", get_args(ActionName))
def test_a_refusal_tells_a_curator_about_the_state_and_never_about_his_rights(action: ActionName) -> None:
    for state in (State(*each) for each in product(PUBLIC, WORK, (False, True), (False, True))):
        verdict = decide(action, state, CURATOR)

        assert isinstance(verdict, Move) or (verdict.kind == "state" and verdict.message.endswith("."))


@pytest.mark.parametrize(("action", "public", "work"), EVERY)
def test_a_stranger_may_do_nothing(action: ActionName, public: str, work: str) -> None:
    assert isinstance(decide(action, State(public, work), STRANGER), Refusal)  # type: ignore[arg-type]


@pytest.mark.parametrize("public", ["withdrawn", "deleted"])
def test_a_curator_restores_to_what_was_before(public: str) -> None:
    assert decide("restore", State(public), CURATOR) == Move(None, None, "same")  # type: ignore[arg-type]


def test_nothing_restores_what_was_erased() -> None:
    verdict = decide("restore", State("deleted", erased=True), ADMIN)

    assert isinstance(verdict, Refusal)
    assert verdict.kind == "state"


@pytest.mark.parametrize("action", ["withdraw", "delete"])
def test_an_owner_removes_only_what_was_never_published(action: ActionName) -> None:
    assert isinstance(decide(action, State("never", "draft"), OWNER), Move)
    assert isinstance(decide(action, State("published"), OWNER), Refusal)
    assert isinstance(decide(action, State("withdrawn", ever_published=True), OWNER), Refusal)


def test_a_holder_keeps_the_review_when_he_saves_and_an_owner_takes_it_back() -> None:
    assert decide("save", State("never", "in_review"), HOLDER) == Move(None, "in_review", "same")
    assert decide("save", State("never", "in_review"), OWNER) == Move(None, "draft", "none")


def test_a_claim_names_a_holder_and_a_release_leaves_none() -> None:
    claim, release = (decide(a, State("never", "in_review"), CURATOR) for a in ("claim", "release"))

    assert isinstance(claim, Move)
    assert isinstance(release, Move)
    assert (claim.holder, release.holder) == ("named", "none")


def test_forbidden_and_impossible_are_told_apart() -> None:
    forbidden = decide("accept", State("never", "submitted"), OWNER)
    impossible = decide("accept", State("never", "draft"), CURATOR)

    assert isinstance(forbidden, Refusal)
    assert isinstance(impossible, Refusal)
    assert (forbidden.kind, impossible.kind) == ("forbidden", "state")


def test_a_curator_accepts_his_own_unless_four_eyes_and_a_reviewer_never() -> None:
    state = State("never", "submitted")

    assert isinstance(decide("accept", state, Facts("curator", own=True)), Move)
    assert isinstance(decide("accept", state, Facts("curator", own=True, four_eyes=True)), Refusal)
    assert isinstance(decide("accept", state, Facts("reviewer", own=True)), Refusal)


@pytest.mark.parametrize("asked", ["draft", "submitted", "published"])
def test_a_save_as_something_is_a_save_and_what_follows_in_one_step(asked: Asked) -> None:
    states = [State(*each) for each in product(PUBLIC, WORK, (False, True))]
    people = [Facts(*each) for each in product(get_args(Role), (False, True), (False, True))]
    for state, facts in product(states, people):
        verdict, saved = decide_as(asked, state, facts), _aloud("save", state, facts)
        follows = {
            "draft": saved,
            "submitted": saved and (None, "in_review" if saved[1] == "in_review" else "submitted"),
            "published": saved and (("published", "none") if "curator" in _is(state, facts) else None),
        }
        assert (None if isinstance(verdict, Refusal) else (verdict.public, verdict.work)) == follows[asked], state


@pytest.mark.parametrize("work", WORK)
def test_as_published_is_for_curators_only(work: str) -> None:
    state = State("never", work)  # type: ignore[arg-type]

    assert decide_as("published", state, CURATOR) == Move("published", "none")
    assert isinstance(decide_as("published", state, OWNER), Refusal)
    assert isinstance(decide_as("published", state, Facts("curator", own=True, four_eyes=True)), Refusal)


@pytest.mark.parametrize("work", WORK)
def test_as_submitted_goes_through_save_and_submit(work: str) -> None:
    assert decide_as("submitted", State("never", work), OWNER) == Move(None, "submitted")  # type: ignore[arg-type]


def test_as_submitted_stays_in_review_for_its_holder() -> None:
    assert decide_as("submitted", State("never", "in_review"), HOLDER) == Move(None, "in_review", "same")


@pytest.mark.parametrize("asked", ["draft", "submitted", "published"])
def test_equal_content_that_is_public_is_in_every_state_asked_for(asked: str) -> None:
    assert stands(asked, State("published"))  # type: ignore[arg-type]
    assert not stands(asked, State("published", "rejected"))  # type: ignore[arg-type]


def test_what_is_in_review_was_submitted() -> None:
    assert stands("submitted", State("never", "in_review"))
    assert not stands("draft", State("never", "submitted"))
    assert not stands("published", State("never", "submitted"))


def test_a_save_asks_for_what_the_role_is_for() -> None:
    assert default_as("curator", four_eyes=False) == "published"
    assert default_as("contributor", four_eyes=False) == "submitted"
    assert default_as("curator", four_eyes=True) == "submitted"


def test_the_possible_actions_are_those_that_would_not_be_refused() -> None:
    assert possible_actions(State("never", "submitted"), CURATOR) == (
        "save", "claim", "assign", "request_changes", "accept", "reject", "withdraw", "delete",
    )  # fmt: skip
