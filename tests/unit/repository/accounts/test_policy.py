"""The policy, cell by cell: docs/permissions.md says what is expected, and each cell of it is a test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, get_args

import msgspec
import pytest

from repository.accounts.policy import (
    OPERATOR,
    SCOPES,
    Action,
    Actor,
    Scope,
    Subject,
    can,
    might,
    own_name,
    why_not,
)
from repository.config.sections import is_personal
from repository.lifecycle import TABLE, Role, State

PAGE: Final = (Path(__file__).parents[4] / "docs" / "permissions.md").read_text(encoding="utf-8")
SCHOOL: Final = 7
OWNED: Final = 50  # account of the owner
STATES: Final = {
    "draft": State("never", "draft"),
    "submitted record": State("never", "submitted"),
    "record in review": State("never", "in_review"),
    "rejected record": State("never", "rejected"),
    "published record": State("published", "none", ever_published=True),
    "withdrawn record": State("withdrawn", "none", ever_published=True),
    "record": State("never", "draft"),
}


def _person(account: int, role: Role = "contributor", **more: object) -> Actor:
    return Actor(account, f"{account}@example.org", role, **more)  # type: ignore[arg-type]


PEOPLE: Final[dict[str, Actor | None]] = {
    "anybody": None,
    "stranger": _person(40),
    "owner": _person(OWNED),
    "member": _person(41, memberships={SCHOOL: "member"}),
    "manager": _person(46, memberships={SCHOOL: "manager"}),
    "holder": _person(42),
    "reviewer": _person(43, "reviewer"),
    "curator": _person(44, "curator"),
    "admin": _person(45, "admin"),
    "operator": OPERATOR,
}


def _subject(what: str, column: str, actor: Actor | None) -> Subject | None:
    """What a row is about, as it stands towards the person of a column."""
    name = what.removeprefix("a ")
    if name in STATES:
        organisation = SCHOOL if column in ("member", "manager") else None
        return Subject(STATES[name], None if organisation else OWNED, organisation, 42)
    match what:
        case "one's own name":
            return Subject(name=own_name(actor) if actor is not None else "person-1")
        case "the name of another person":
            return Subject(name="person-99")
        case "the slug of an organisation":
            return Subject(name="school", organisation=SCHOOL)
        case "the slug of an organisation, which a harvest has too":
            return Subject(name="school", organisation=SCHOOL, harvested=True)
        case "the name of a harvest":
            return Subject(name="nightly", harvested=True)
        case "any other name":
            return Subject(name="kim")
        case "registering, confirming, recovering, logging in":
            return None
        case "an organisation":
            return Subject(organisation=SCHOOL)
        case "an import" | "a token":
            return Subject(owner=OWNED)
        case "nothing yet, where four eyes are asked for":
            return Subject(four_eyes=True)
        case _:
            return None


def _cells() -> list[tuple[str, str, str, str]]:
    section = PAGE.partition("## What the policy says")[2].partition("\n\nThe moves")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line]
    columns = rows[0][2:]
    return [(row[0], row[1], column, cell) for row in rows[2:] for column, cell in zip(columns, row[2:], strict=True)]


@pytest.mark.parametrize(("action", "what", "column", "least"), _cells())
def test_the_table_says_what_the_page_says(action: Action, what: str, column: str, least: str) -> None:
    actor = PEOPLE[column]
    subject = _subject(what, column, actor)

    if actor is None:
        assert can(None, action, subject) == (least == "read")
        return
    for scope in SCOPES:
        allowed = least != "-" and SCOPES.index(scope) >= SCOPES.index(least)  # type: ignore[arg-type]
        assert can(msgspec.structs.replace(actor, scope=scope), action, subject) == allowed, scope


def test_the_page_has_every_action_and_every_kind_of_person() -> None:
    cells = _cells()

    assert {cell[0] for cell in cells} == set(get_args(Action))
    assert {cell[2] for cell in cells} == set(PEOPLE)
    assert {rule.action for rule in TABLE} <= {cell[0] for cell in cells}


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize("scope", SCOPES)
def test_a_route_lets_in_whoever_may_do_something_there(action: Action, scope: Scope) -> None:
    rows = [cell for cell in _cells() if cell[0] == action]

    for column, actor in PEOPLE.items():
        person = None if actor is None else msgspec.structs.replace(actor, scope=scope)
        if any(can(person, action, _subject(what, column, person)) for _, what, name, _ in rows if name == column):
            assert might(person, action), column


@pytest.mark.parametrize("action", ["manage_accounts", "erase", "see_sources", "retry_source", "curate"])
def test_a_route_shuts_out_who_may_do_nothing_there(action: Action) -> None:
    for name in ("anybody", "stranger", "reviewer"):
        assert not might(PEOPLE[name], action)
    assert not might(_person(44, "curator", scope="read"), "retry_source")
    assert not might(_person(45, "admin", scope="write"), "manage_accounts")


def test_a_token_for_an_organisation_reaches_what_is_its_and_no_more() -> None:
    for_it = _person(OWNED, scope="write", organisation=SCHOOL, memberships={SCHOOL: "member"})

    assert can(for_it, "edit", Subject(organisation=SCHOOL))
    assert not can(for_it, "edit", Subject(owner=OWNED))
    assert not can(for_it, "edit", Subject(organisation=8))
    assert can(for_it, "see_batch", Subject(owner=OWNED, organisation=SCHOOL))
    assert not can(for_it, "see_batch", Subject(owner=OWNED))
    assert not can(for_it, "see_batch", Subject(owner=OWNED, organisation=8))
    assert can(for_it, "deliver_as", Subject(name="school", organisation=SCHOOL))
    assert not can(for_it, "deliver_as", Subject(name=own_name(for_it)))
    assert can(for_it, "end_token", Subject(owner=OWNED))


def test_who_left_an_organisation_reaches_nothing_of_it() -> None:
    left = _person(OWNED, organisation=SCHOOL, memberships={})

    assert not can(left, "edit", Subject(organisation=SCHOOL))
    assert not can(left, "act_for", Subject(organisation=SCHOOL))


def test_nobody_accepts_his_own_where_four_eyes_are_asked_for() -> None:
    own = Subject(State("never", "submitted"), owner=44, author=44)

    assert can(PEOPLE["curator"], "accept", own)
    assert not can(PEOPLE["curator"], "accept", msgspec.structs.replace(own, four_eyes=True))
    assert not can(PEOPLE["reviewer"], "accept", Subject(State("never", "submitted"), author=43))
    assert can(OPERATOR, "accept", Subject(State("never", "submitted"), four_eyes=True))


@pytest.mark.parametrize("name", ["person-1", "person-999"])
def test_the_name_of_a_person_is_known_as_one(name: str) -> None:
    assert is_personal(name)
    assert not is_personal(f"{name}-x")
    assert not is_personal(name.replace("-", ""))


def test_a_refusal_tells_whether_another_token_would_do() -> None:
    assert why_not(_person(1, scope="read"), "create") == "This token may only read."
    assert why_not(_person(1, "admin", scope="write"), "manage_accounts") == "This needs a token of the scope admin."
    assert why_not(_person(1, "admin", scope="read"), "manage_accounts") == "This token may only read."
    assert why_not(_person(1), "manage_accounts") == "Your account may not do this."
    assert why_not(_person(1), "manage_accounts", "No.") == "No."


def test_the_page_names_no_condition_that_the_code_does_not_know() -> None:
    assert not set(re.findall(r"^\| (\w+) \| ", PAGE, re.MULTILINE)) - set(get_args(Action)) - {"action", "route"}
