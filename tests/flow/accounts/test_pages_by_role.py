"""Every page that is not for everybody, by every role: strangers are led to the log-in, and only who may gets in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from portal.permissions import permission_of
from repository.accounts.policy import ROLES, Actor, might
from tests.support.api import Api
from tests.support.browsing import Visitor, somebody

LET_IN = (200, 302, 303, 400, 404, 409, 410, 422)


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def _pages(api: Api) -> list[tuple[Rule, str]]:
    """Rule and method of every page that asks for a permission."""
    return [
        (rule, method)
        for rule in api.app.url_map.iter_rules()
        if permission_of(rule.endpoint) != "look" and not rule.rule.startswith("/api/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _address(rule: Rule) -> str:
    return re.sub(r"<(\w+:)?\w+>", "5f0c5b0e-52cf-5a4f-9a53-9e0c1d1f3f10", rule.rule)


def test_there_are_such_pages(api: Api) -> None:
    assert len(_pages(api)) > 60


def test_strangers_are_led_to_the_log_in_wherever_they_need_one(api: Api) -> None:
    wrong = []
    for rule, method in _pages(api):
        action = permission_of(rule.endpoint)
        assert action is not None
        if might(None, action):
            continue
        answer = Visitor(api).client.open(_address(rule), method=method)
        asked = answer.status_code == 303 and (answer.location or "").startswith("/login?next=")
        if not (asked if method == "GET" else answer.status_code == 403 and 'action="/login"' in answer.text):
            wrong.append((method, rule.rule, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_who_is_logged_in_sees_what_the_role_may(api: Api, role: str) -> None:
    visitor = somebody(api, f"{role}@example.org", role)
    actor = Actor(1, f"{role}@example.org", role)  # type: ignore[arg-type]
    wrong = []
    for rule, method in _pages(api):
        action = permission_of(rule.endpoint)
        assert action is not None
        if method != "GET":
            continue
        status = visitor.get(_address(rule)).status_code
        if status not in (LET_IN if might(actor, action) else (403,)):
            wrong.append((rule.rule, status))

    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_written_without_the_token_of_a_page(api: Api, role: str) -> None:
    visitor = somebody(api, f"{role}@example.org", role)
    actor = Actor(1, f"{role}@example.org", role)  # type: ignore[arg-type]
    wrong = []
    for rule, method in _pages(api):
        if method == "GET":
            continue
        action = permission_of(rule.endpoint)
        assert action is not None
        status = visitor.client.open(_address(rule), method=method, data={"name": "forged"}).status_code
        if status != (400 if might(actor, action) else 403):
            wrong.append((method, rule.rule, status))

    assert wrong == []
    assert visitor.is_logged_in


def test_what_comes_with_a_session_is_kept_by_nobody(api: Api) -> None:
    visitor = somebody(api)

    for path in ("/", "/about", "/search", "/my", "/my/profile", "/my/tokens"):
        answer = visitor.get(path)
        assert "private" in answer.headers["Cache-Control"], path
        assert "Cookie" in answer.headers["Vary"], path
