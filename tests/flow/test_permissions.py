"""Every route asks the policy: its row stands in portal.permissions and the docs, and holds for each role and scope."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from portal import permissions
from portal.permissions import ROUTES, guard, permission_of
from repository.accounts.policy import ROLES, SCOPES, Action, Actor, might
from tests.support.api import Api, Caller, body_of

PAGE = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text(encoding="utf-8")


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def _routes(app: Flask) -> dict[tuple[str, str], str]:
    """The endpoint of every (method, rule)."""
    return {
        (method, rule.rule): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if method not in ("HEAD", "OPTIONS")
    }


def test_every_route_has_its_permission_and_every_permission_its_route(api: Api) -> None:
    endpoints = set(_routes(api.app).values())

    assert [each for each in sorted(endpoints) if permission_of(each) is None] == []
    assert set(ROUTES) <= endpoints
    assert {each.partition(".")[0] for each in endpoints} >= permissions.LOOK


def test_what_is_only_looked_at_changes_nothing(api: Api) -> None:
    """A blueprint that shows what is public has no method that writes, but for protocols that ask by POST."""
    asking = {"sru.answer", "oai.oai", "oai.source", "api.validate"}

    for (method, rule), endpoint in _routes(api.app).items():
        if permission_of(endpoint) == "look" and endpoint not in asking:
            assert method == "GET", rule


def test_the_page_names_every_route_that_is_not_for_everybody(api: Api) -> None:
    told = {(m, r): a for m, r, a in re.findall(r"^\| `([A-Z]+) (/\S+)` \| (\w+) \|$", PAGE, re.MULTILINE)}
    asked = {key: permission_of(endpoint) for key, endpoint in _routes(api.app).items()}

    assert told == {key: action for key, action in asked.items() if action != "look"}


def test_a_new_route_that_nobody_gave_a_permission_is_refused(api: Api) -> None:
    app = Flask("new")
    app.add_url_rule("/new", "new.page", lambda: "secret")
    app.add_url_rule("/about", "about.about", lambda: "public")
    guard(app, api.site)
    app.testing = False

    assert app.test_client().get("/about").status_code == 200
    assert app.test_client().get("/new").status_code == 500
    assert b"secret" not in app.test_client().get("/new").data


def _address(rule: str) -> str:
    uuid = "5f0c5b0e-52cf-5a4f-9a53-9e0c1d1f3f10"
    return re.sub(r"<\w+>", "1", rule.replace("<uuid>", uuid).replace("<batch>", uuid).replace("<source>", "nightly"))


def _callers(api: Api) -> list[tuple[str, Actor | None, Caller]]:
    found: list[tuple[str, Actor | None, Caller]] = [("nobody", None, api.anybody)]
    for role in ROLES:
        for scope in SCOPES:
            caller = api.person(role, role, scope)
            found.append((f"{role} {scope}", Actor(1, caller.email, role, scope), caller))
    return found


def test_route_by_role_by_scope(api: Api) -> None:
    """725 calls and more: nobody is let in where the policy has nothing for him, and nobody is shut out else."""
    api.index()
    wrong = []
    callers = _callers(api)
    for (method, rule), endpoint in _routes(api.app).items():
        action: Action | None = permission_of(endpoint)
        assert action is not None
        if not rule.startswith("/api/v1/") or endpoint == "api.revoke_token":
            continue
        for name, actor, caller in callers:
            status = caller.call(method, _address(rule)).status_code
            expected = {True: (200, 201, 204, 400, 404, 409, 410, 415, 422, 428)}.get(
                might(actor, action), (401,) if actor is None else (403,)
            )
            if status not in expected:
                wrong.append((name, method, rule, status))

    assert wrong == []


def test_a_refusal_is_a_problem_document_that_says_what_would_do(api: Api) -> None:
    nobody = api.anybody.get("/api/v1/people")
    reader = api.person("admin", "chief", "read").get("/api/v1/people")
    writer = api.person("admin", "chief", "write").get("/api/v1/people")
    curator = api.person("curator", scope="admin").get("/api/v1/people")

    assert (nobody.status_code, "WWW-Authenticate" in nobody.headers) == (401, True)
    assert body_of(reader)["detail"] == "This token may only read."
    assert body_of(writer)["detail"] == "This needs a token of the scope admin."
    assert body_of(curator)["detail"] == "Your account may not do this."
