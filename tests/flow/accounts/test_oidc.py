"""Logging in by another provider, proven against a small one: who is let in, and which lies are seen through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from repository.accounts import identities, people
from repository.accounts.identities import Claims, Step, decide
from repository.config.sections import AccountsSection, OidcSection
from tests.support.api import Api
from tests.support.browsing import PASSWORD, Visitor, a_person, letters_of, somebody
from tests.support.log_in_provider import Provider, provider


@pytest.fixture(scope="module")
def school() -> Iterator[Provider]:
    with provider() as found:
        yield found


@pytest.fixture
def api(tmp_path: Path, school: Provider) -> Api:
    school.lie, school.claims = "", {"sub": "42", "email": "ann@example.org", "email_verified": True, "name": "Ann"}
    return Api(tmp_path, accounts=AccountsSection(oidc=(OidcSection("school", school.issuer, "oerbron", "School"),)))


def _come(visitor: Visitor, next_: str = "") -> str:
    """Go to the provider and come back; where it ends."""
    there = visitor.get(f"/login/with/school?next={next_}").location or ""
    if not there.startswith("http://127.0.0.1:"):
        return there
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=10).headers["Location"])
    assert back.netloc == "repository.example"
    return visitor.get(f"{back.path}?{back.query}").location or ""


def test_the_page_to_log_in_offers_it(api: Api) -> None:
    assert "Log in with School" in Visitor(api).get("/login").text


def test_somebody_new_gets_an_account_and_comes_back_to_it(api: Api) -> None:
    first, second = Visitor(api), Visitor(api)

    assert _come(first, "/my/security") == "/my/security"
    assert _come(second) == "/my"

    assert first.is_logged_in
    assert second.is_logged_in
    (person,) = people.every(api.site)
    assert (person.email, person.name, person.role) == ("ann@example.org", "Ann", "contributor")
    assert Visitor(api).log_in("ann@example.org", "").status_code == 200


def test_who_has_an_account_of_that_address_logs_in_to_it(api: Api) -> None:
    a_person(api, "ann@example.org", "curator")
    visitor = Visitor(api)

    _come(visitor)

    assert visitor.is_logged_in
    assert [each.role for each in people.every(api.site)] == ["curator"]


def test_an_address_that_is_not_verified_opens_nothing(api: Api, school: Provider) -> None:
    a_person(api, "ann@example.org", "admin")
    visitor = Visitor(api)
    for unsure in ({"email_verified": False}, {"email_verified": "true"}, {"email": ""}):
        school.claims = {"sub": "66", "email": "ann@example.org", **unsure}
        assert _come(visitor) == "/login"

    assert not visitor.is_logged_in


def test_who_registered_first_with_anothers_address_keeps_nothing_of_it(api: Api) -> None:
    """Somebody sets a trap: registers with the address of another, who then comes by the provider."""
    trap = Visitor(api)
    trap.send("/register", email="ann@example.org", password=PASSWORD)
    letters_of(api)

    visitor = Visitor(api)
    _come(visitor)

    assert visitor.is_logged_in
    trap.log_in("ann@example.org")
    assert not trap.is_logged_in


@pytest.mark.parametrize("lie", ["issuer", "audience", "nonce", "expired", "signature"])
def test_a_lie_is_seen_through(api: Api, school: Provider, lie: str) -> None:
    school.lie = lie
    visitor = Visitor(api)

    assert _come(visitor) == "/login"
    assert not visitor.is_logged_in
    assert people.every(api.site) == ()
    assert "That log-in did not work" in visitor.get("/login").text


def test_an_answer_that_was_not_asked_for_logs_nobody_in(api: Api) -> None:
    """Forged log-in: somebody is sent to the way back with a code of another."""
    thief = Visitor(api)
    there = thief.get("/login/with/school").location or ""
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=10).headers["Location"])
    visitor = Visitor(api)

    assert visitor.get(f"{back.path}?{back.query}").location == "/login"
    assert not visitor.is_logged_in


def test_the_way_back_leads_to_no_other_site(api: Api) -> None:
    assert _come(Visitor(api), "https://evil.example/") == "/my"
    assert _come(Visitor(api), "//evil.example/") == "/my"


def test_a_closed_account_stays_closed(api: Api) -> None:
    a_person(api, "ann@example.org")
    people.set_active(api.site, "ann@example.org", active=False)
    visitor = Visitor(api)

    assert _come(visitor) == "/login"
    assert not visitor.is_logged_in


def test_somebody_who_is_logged_in_links_it_to_the_own_account(api: Api, school: Provider) -> None:
    visitor = somebody(api, "bob@example.org")
    school.claims = {"sub": "43"}
    assert _come(visitor) == "/my/security"

    again = Visitor(api)
    _come(again)

    assert "bob@example.org" in again.get("/my").text
    other = somebody(api, "eve@example.org")
    _come(other)
    assert "belongs to another account" in other.get("/my/security").text


def test_without_registration_only_those_with_an_account_are_let_in(tmp_path: Path, school: Provider) -> None:
    school.lie, school.claims = "", {"sub": "42", "email": "ann@example.org", "email_verified": True}
    section = AccountsSection(registration=False, oidc=(OidcSection("school", school.issuer, "oerbron"),))
    api = Api(tmp_path, accounts=section)

    assert _come(Visitor(api)) == "/login"
    a_person(api, "ann@example.org")
    assert _come(Visitor(api)) == "/my"
    assert Visitor(api).get("/register").status_code == 404


def test_a_provider_that_nobody_named_is_not_there(api: Api) -> None:
    assert Visitor(api).get("/login/with/other").status_code == 404
    assert Visitor(api).get("/login/with/other/back").status_code == 404


@pytest.mark.parametrize(
    ("known", "email", "verified", "account", "registration", "expected"),
    [
        (7, "", False, None, False, "known"),
        (None, "a@b.cd", True, None, True, "new"),
        (None, "a@b.cd", True, None, False, "refuse"),
        (None, "a@b.cd", False, (True, True), True, "refuse"),
        (None, "", True, None, True, "refuse"),
        (None, "a@b.cd", True, (True, True), False, "join"),
        (None, "a@b.cd", True, (True, False), True, "take over"),
        (None, "a@b.cd", True, (False, True), True, "refuse"),
    ],
)
def test_what_becomes_of_a_log_in(
    known: int | None, email: str, verified: bool, account: tuple[bool, bool] | None, registration: bool, expected: Step
) -> None:
    claims = Claims("https://login.example", "42", email, verified)

    assert decide(claims, known, account, registration=registration) == expected


def test_one_log_in_elsewhere_is_one_account_however_often_it_comes(api: Api) -> None:
    claims = Claims("https://login.example", "42", "ann@example.org", True)

    assert len({identities.account_of(api.site, claims, "nl") for _ in range(3)}) == 1
