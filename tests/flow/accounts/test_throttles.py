"""Whoever guesses is stopped, on loopback too; the second honest one never is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from repository.accounts import throttles
from tests.support.api import Api
from tests.support.browsing import PASSWORD, Form, Visitor, a_person, letters_of, somebody


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def test_after_twenty_wrong_passwords_the_right_one_waits_an_hour(api: Api) -> None:
    a_person(api)
    visitor = Visitor(api)
    statuses = [visitor.log_in("ann@example.org", f"guess number {n}").status_code for n in range(20)]

    refused = visitor.log_in("Ann@example.org ")
    api.clock.pass_(3_601)
    later = visitor.log_in("ann@example.org")

    assert statuses == [200] * 20
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert "wait an hour" in refused.text
    assert later.status_code == 303


def test_the_next_one_behind_the_same_address_is_let_in_and_so_is_the_owner_elsewhere(api: Api) -> None:
    a_person(api)
    a_person(api, "bob@example.org")
    for n in range(25):
        Visitor(api).log_in("ann@example.org", f"guess number {n}")

    assert Visitor(api).log_in("bob@example.org").status_code == 303
    assert Visitor(api, "192.0.2.7").log_in("ann@example.org").status_code == 303


def test_whoever_is_right_is_never_counted_out(api: Api) -> None:
    a_person(api)

    assert {Visitor(api).log_in("ann@example.org").status_code for _ in range(30)} == {303}


def test_an_address_that_tries_many_accounts_is_stopped(api: Api) -> None:
    for n in range(200):
        throttles.allows(api.site, "log-in", "127.0.0.1", f"{n}@example.org")

    assert Visitor(api).log_in("anybody@example.org", "guess").status_code == 429


def test_ten_recoveries_an_hour(api: Api) -> None:
    a_person(api)
    a_person(api, "bob@example.org")
    statuses = [Visitor(api).send("/forgot", email="ann@example.org").status_code for _ in range(11)]

    other = Visitor(api).send("/forgot", email="bob@example.org")

    assert statuses == [200] * 10 + [429]
    assert other.status_code == 200
    assert len(letters_of(api)) == 11


@pytest.mark.parametrize("url", ["", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_tries_at_the_same_moment_do_not_slip_by(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    api = Api(tmp_path, url=request.getfixturevalue("postgres_url") if url else "")
    allowed: list[bool] = []

    def guess() -> None:
        allowed.append(throttles.allows(api.site, "log-in", "192.0.2.1", "ann@example.org"))

    threads = [threading.Thread(target=guess) for _ in range(30)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(allowed) == [False] * 10 + [True] * 20
    api.site.database.dispose()


def test_a_proxy_on_this_machine_says_who_comes(api: Api) -> None:
    a_person(api)
    for _ in range(20):
        throttles.allows(api.site, "log-in", "198.51.100.1", "ann@example.org")

    def log_in(said: str, peer: str) -> int:
        visitor = Visitor(api, peer)
        typed = Form(visitor.get("/login").text, "/login").fields
        typed |= {"email": "ann@example.org", "password": PASSWORD}
        return visitor.post("/login", typed, headers={"X-Forwarded-For": said}).status_code

    assert log_in("203.0.113.9, 198.51.100.1", "127.0.0.1") == 429
    assert log_in("198.51.100.1, 203.0.113.9", "127.0.0.1") == 303
    assert log_in("198.51.100.1", "192.0.2.5") == 303  # nobody's proxy: what it says does not count


def test_giving_the_password_once_more_is_never_counted_out(api: Api) -> None:
    visitor = somebody(api)

    assert {visitor.send("/login/again", password=PASSWORD).status_code for _ in range(25)} == {303}
