"""People and tokens over the API: admins stop a person or a token, at once and for good; nobody sees others' tokens."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from repository.accounts import people, tokens
from repository.config.sections import AccountsSection
from repository.errors import Refused
from tests.support.api import Api, Caller, body_of

PEOPLE = "/api/v1/people"
TOKENS = "/api/v1/tokens"
YEAR_S = 365 * 86_400


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


@pytest.fixture
def admin(api: Api) -> Caller:
    return api.person("admin", scope="admin")


def _person(admin: Caller, email: str) -> dict[str, Any]:
    found = [one for one in body_of(admin.get(PEOPLE))["items"] if one["email"] == email]
    assert len(found) == 1
    return dict(found[0])


def _token(caller: Caller, email: str) -> dict[str, Any]:
    return dict(next(one for one in body_of(caller.get(TOKENS))["items"] if one["person"]["email"] == email))


def test_an_admin_closes_an_account_and_its_tokens_end_at_once_and_for_good(api: Api, admin: Caller) -> None:
    teacher = api.person("contributor")
    teacher.created("Breuken", "?as=draft")
    found = _person(admin, teacher.email)

    closed = admin.call("PATCH", f"{PEOPLE}/{found['id']}", json={"active": False})

    assert (closed.status_code, body_of(closed)["active"], body_of(closed)["tokens"]) == (200, False, 0)
    assert teacher.get(TOKENS).status_code == 401
    assert teacher.post(json={}).status_code == 401
    admin.call("PATCH", f"{PEOPLE}/{found['id']}", json={"active": True})
    assert teacher.get(TOKENS).status_code == 401
    assert people.person(api.site, found["id"]).active


def test_a_closed_account_has_no_password_and_no_link_that_counts(api: Api, admin: Caller) -> None:
    made = body_of(admin.post(PEOPLE, json={"email": "new@example.org", "role": "contributor"}))
    secret = made["password_link"].rpartition("/")[2]
    admin.call("PATCH", f"{PEOPLE}/{made['id']}", json={"active": False})
    admin.call("PATCH", f"{PEOPLE}/{made['id']}", json={"active": True})

    with pytest.raises(Exception, match="used already"):
        tokens.redeem(api.site, secret, "a long password")
    assert people.verify(api.site, "new@example.org", "a long password") is None
    with pytest.raises(Refused, match="closed"):
        people.set_active(api.site, "new@example.org", active=False)
        tokens.create(api.site, "new@example.org", "write")


def test_a_role_that_changed_holds_from_the_next_request_on(api: Api, admin: Caller) -> None:
    curator = api.person("curator")
    assert curator.get("/api/v1/harvests").status_code == 200

    admin.call("PATCH", f"{PEOPLE}/{_person(admin, curator.email)['id']}", json={"role": "contributor"})

    assert curator.get("/api/v1/harvests").status_code == 403
    assert _person(admin, curator.email)["role"] == "contributor"


@pytest.mark.parametrize("change", [{"role": "curator"}, {"active": False}, {"role": "admin", "active": False}])
def test_the_last_admin_is_told_and_stays(api: Api, admin: Caller, change: dict[str, Any]) -> None:
    own = _person(admin, admin.email)

    refused = admin.call("PATCH", f"{PEOPLE}/{own['id']}", json=change)

    assert refused.status_code == 409
    assert "last active admin" in body_of(refused)["detail"]
    assert admin.get(PEOPLE).status_code == 200
    api.person("admin", "second", "admin")
    assert admin.call("PATCH", f"{PEOPLE}/{own['id']}", json=change).status_code == 200
    assert admin.get(PEOPLE).status_code in (401, 403)


def test_a_closed_admin_does_not_count_as_one_that_is_left(api: Api, admin: Caller) -> None:
    second = api.person("admin", "second", "admin")
    people.set_active(api.site, second.email, active=False)

    own = _person(admin, admin.email)

    assert admin.call("PATCH", f"{PEOPLE}/{own['id']}", json={"active": False}).status_code == 409


@pytest.mark.postgresql
def test_two_admins_cannot_end_each_other_at_the_same_moment(tmp_path: Path, postgres_url: str) -> None:
    api = Api(tmp_path, postgres_url)
    try:
        _end_each_other(api)
    finally:
        api.site.database.dispose()


def test_two_admins_cannot_end_each_other_on_sqlite(api: Api) -> None:
    _end_each_other(api)


def _end_each_other(api: Api) -> None:
    for turn in range(10):
        both = [f"{name}{turn}@example.org" for name in ("a", "b")]
        for one in people.every(api.site):
            people.change(api.site, one.id, role="curator", anyway=True)
        for email in both:
            people.add(api.site, email, "admin")
        gate = threading.Barrier(2)

        def end(email: str, gate: threading.Barrier = gate) -> None:
            gate.wait()
            try:
                people.set_role(api.site, email, "curator")
            except Refused:
                return

        threads = [threading.Thread(target=end, args=(email,)) for email in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(one.role == "admin" and one.active for one in people.every(api.site)) == 1


def test_a_revoked_token_ends_at_once(api: Api, admin: Caller) -> None:
    teacher = api.person("contributor")
    found = _token(admin, teacher.email)

    assert admin.call("DELETE", f"{TOKENS}/{found['id']}").status_code == 204
    assert teacher.get(TOKENS).status_code == 401
    assert _token(admin, teacher.email)["state"] == "revoked"
    assert admin.call("DELETE", f"{TOKENS}/{found['id']}").status_code == 404


def test_everybody_sees_and_ends_his_own_tokens_with_any_scope_and_nobody_elses(api: Api, admin: Caller) -> None:
    teacher, other = api.person("contributor", scope="read"), api.person("contributor", "other")

    assert [one["person"]["email"] for one in body_of(teacher.get(TOKENS))["items"]] == [teacher.email]
    theirs = _token(other, other.email)
    assert teacher.call("DELETE", f"{TOKENS}/{theirs['id']}").status_code == 404
    assert other.get(TOKENS).status_code == 200
    own = _token(teacher, teacher.email)
    assert teacher.call("DELETE", f"{TOKENS}/{own['id']}").status_code == 204
    assert teacher.get(TOKENS).status_code == 401
    writing = api.person("admin", scope="write")
    assert {one["person"]["email"] for one in body_of(writing.get(TOKENS))["items"]} == {writing.email}


def test_no_secret_and_no_password_link_is_ever_seen_again(api: Api, admin: Caller) -> None:
    teacher = api.person("contributor")
    link = body_of(admin.post(PEOPLE, json={"email": "new@example.org", "role": "reviewer"}))["password_link"]

    said = admin.get(TOKENS).text + admin.get(PEOPLE).text

    assert teacher.token is not None
    assert teacher.token not in said
    assert link.rpartition("/")[2] not in said
    assert "new@example.org" not in admin.get(TOKENS).text


def test_a_token_ends_after_a_year_and_says_so(api: Api) -> None:
    teacher = api.person("contributor")
    found = _token(teacher, teacher.email)
    assert (found["state"], found["expires"][:4]) == ("valid", str(int(found["created"][:4]) + 1))

    api.clock.pass_(YEAR_S - 10)
    assert teacher.get(TOKENS).status_code == 200
    api.clock.pass_(11)
    assert teacher.get(TOKENS).status_code == 401


@pytest.mark.parametrize(("lifetime", "after_s"), [("1h", 3_600), ("never", None)])
def test_how_long_a_token_lasts_is_configured(tmp_path: Path, lifetime: str, after_s: int | None) -> None:
    api = Api(tmp_path, accounts=AccountsSection(token_lifetime=lifetime))
    teacher = api.person("contributor")

    api.clock.pass_((after_s or 20 * YEAR_S) + 1)

    assert teacher.get(TOKENS).status_code == (200 if after_s is None else 401)


def test_the_last_use_of_a_token_is_seen_to_the_minute(api: Api, admin: Caller) -> None:
    teacher = api.person("contributor")
    assert _token(admin, teacher.email)["last_used"] is None
    teacher.get("")
    first = _token(admin, teacher.email)["last_used"]
    assert first is not None
    api.clock.pass_(30)
    teacher.get("")
    assert _token(admin, teacher.email)["last_used"] == first
    api.clock.pass_(31)
    teacher.get("")
    assert _token(admin, teacher.email)["last_used"] > first
    assert _person(admin, teacher.email)["last_used"] > first


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "no address", "role": "admin"}, 422),
        ({"email": "a@example.org", "role": "boss"}, 422),
        ({"email": "a@example.org"}, 422),
        ({"email": "a@example.org", "role": "admin", "active": True}, 422),
        ({"email": "admin@example.org", "role": "admin"}, 409),
        ({"email": "a@example.org", "role": "admin", "name": "a\x00b"}, 422),
        ([], 422),
    ],
)
def test_a_person_that_cannot_be_added_is_refused_in_a_sentence(
    api: Api, admin: Caller, body: Any, status: int
) -> None:
    response = admin.post(PEOPLE, json=body)

    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert len(people.every(api.site)) == 1


@pytest.mark.parametrize("path", ["0", "99", "x", "-1", "9" * 30, "1.0"])
def test_a_number_that_nobody_has_is_404(admin: Caller, path: str) -> None:
    assert admin.call("PATCH", f"{PEOPLE}/{path}", json={"active": False}).status_code == 404
    assert admin.call("DELETE", f"{TOKENS}/{path}").status_code == 404


def test_lists_of_people_and_tokens_come_in_pages(api: Api, admin: Caller) -> None:
    for name in ("a", "b", "c"):
        api.person("contributor", name)

    for address in (PEOPLE, TOKENS):
        first = body_of(admin.get(f"{address}?limit=3"))
        rest = body_of(admin.get(f"{address}?limit=3&after={first['next']}"))
        ids = [one["id"] for one in first["items"] + rest["items"]]
        assert ids == sorted(set(ids))
        assert (len(ids), rest["next"]) == (4, None)
        assert admin.get(f"{address}?limit=0").status_code == 400
