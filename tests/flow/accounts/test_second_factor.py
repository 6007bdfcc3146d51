"""The second factor: an authenticator, its recovery codes, and who must have one."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from passlib.totp import TOTP
from sqlalchemy import text

from repository.accounts import people
from repository.config.sections import AccountsSection
from tests.support.api import Api
from tests.support.browsing import Form, Visitor, a_person, somebody


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def _code(key: str, steps: int = 0) -> str:
    return str(TOTP(key=key).generate(time.time() + 30 * steps).token)


def _set_up(visitor: Visitor) -> str:
    """Set an authenticator up; gives its key."""
    form = Form(visitor.get("/my/second-factor").text, "/my/second-factor").fields
    page = visitor.post("/my/second-factor", {**form, "setup": "authenticator"}).text
    assert '<svg class="qr"' in page
    assert "data:image" not in page
    key = re.sub(r"[^A-Z2-7]", "", re.search(r"<code>([^<]+)</code>", page)[1])  # type: ignore[index]
    action = re.search(r'action="(/my/second-factor/[^"]+)"', page)[1]  # type: ignore[index]
    done = visitor.post(action, {**Form(page, action).fields, "code": _code(key)})
    assert (done.status_code, done.location) == (303, "/my/security")
    return key


def test_it_is_asked_for_at_the_next_log_in(api: Api) -> None:
    key = _set_up(somebody(api))
    visitor = Visitor(api)

    asked = visitor.log_in("ann@example.org", next_="/my/security")
    half_way = visitor.is_logged_in
    wrong = visitor.send(asked.location or "", "/login/code?next=/my/security", code="000000")
    right = visitor.send(asked.location or "", "/login/code?next=/my/security", code=_code(key, 1))

    assert (asked.location or "").startswith("/login/code")
    assert not half_way
    assert "That code is not right" in wrong.text
    assert (right.status_code, right.location) == (303, "/my/security")
    assert visitor.is_logged_in


def test_a_code_counts_once(api: Api) -> None:
    key = _set_up(somebody(api))
    code = _code(key, 1)
    first, second = Visitor(api), Visitor(api)
    for visitor in (first, second):
        visitor.log_in("ann@example.org")
        visitor.send("/login/code", code=code)

    assert first.is_logged_in
    assert not second.is_logged_in


def test_codes_are_not_guessed_on_and_on(api: Api) -> None:
    key = _set_up(somebody(api))
    visitor = Visitor(api)
    visitor.log_in("ann@example.org")
    for _ in range(20):
        visitor.send("/login/code", code="000000")

    refused = visitor.send("/login/code", code=_code(key, 1))

    assert refused.status_code == 429
    assert not visitor.is_logged_in


def test_the_key_is_kept_encrypted(api: Api) -> None:
    key = _set_up(somebody(api))

    with api.site.database.read() as connection:
        kept = connection.execute(text("SELECT factor_secret FROM account")).scalar_one()

    assert key not in kept
    assert "enckey" in json.loads(kept)


def test_a_recovery_code_lets_in_once(api: Api) -> None:
    owner = somebody(api)
    _set_up(owner)
    page = owner.send("/my/recovery-codes", generate_new_codes="1").text
    codes = re.findall(r"<code>([0-9a-f-]+)</code>", page)

    def use(code: str) -> bool:
        visitor = Visitor(api)
        visitor.log_in("ann@example.org")
        visitor.send("/login/recovery-code", code=code)
        return visitor.is_logged_in

    assert len(codes) == 8
    assert [use(codes[0].upper()), use(codes[0]), use(codes[1]), use("dead-beef-0000")] == [True, False, True, False]


def test_it_can_be_switched_off_again(api: Api) -> None:
    owner = somebody(api)
    _set_up(owner)

    form = Form(owner.get("/my/second-factor").text, "/my/second-factor").fields
    owner.post("/my/second-factor", {**form, "setup": "disable"})

    assert Visitor(api).log_in("ann@example.org").location == "/my"


def test_it_is_offered_and_nobody_is_forced(api: Api) -> None:
    a_person(api, "chief@example.org", "admin")

    assert Visitor(api).log_in("chief@example.org").location == "/my"


@pytest.mark.parametrize(
    ("wish", "role", "forced"),
    [("staff", "contributor", False), ("staff", "reviewer", True), ("everybody", "contributor", True)],
)
def test_who_must_have_one_sets_it_up_at_the_log_in(wish: str, role: str, forced: bool, tmp_path: Path) -> None:
    api = Api(tmp_path, accounts=AccountsSection(second_factor=wish))
    a_person(api, "ann@example.org", role)
    visitor = Visitor(api)

    asked = visitor.log_in("ann@example.org")

    assert visitor.is_logged_in != forced
    if not forced:
        return
    path = (asked.location or "").partition("?")[0]
    form: dict[str, Any] = Form(visitor.get(path).text, path).fields
    page = visitor.post(path, {**form, "setup": "authenticator"}).text
    key = re.sub(r"[^A-Z2-7]", "", re.search(r"<code>([^<]+)</code>", page)[1])  # type: ignore[index]
    visitor.post("/login/code", {**Form(page, "/login/code").fields, "code": _code(key)})
    assert visitor.is_logged_in


def test_a_link_to_the_page_of_codes_logs_nobody_out(api: Api) -> None:
    visitor = somebody(api)

    assert visitor.get("/login/code").location == "/my"
    assert visitor.is_logged_in


def test_strangers_see_no_page_to_set_one_up(api: Api) -> None:
    answer = Visitor(api).get("/my/second-factor")

    assert (answer.status_code, answer.location) == (303, "/login?next=/my/second-factor")


def test_what_matters_wants_the_password_once_more_after_an_hour(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = somebody(api)
    in_two_hours = time.time() + 7_200
    monkeypatch.setattr(time, "time", lambda: in_two_hours)
    _travel(monkeypatch, in_two_hours)

    asked = visitor.get("/my/recovery-codes")
    done = visitor.send(asked.location or "", "/login/again", password="een lang wachtwoord")

    assert (asked.location or "").startswith("/login/again?next=/my/recovery-codes")
    assert (done.status_code, done.location) == (303, "/my/recovery-codes")
    assert visitor.get("/my/recovery-codes").status_code == 200
    assert people.find(api.site, "ann@example.org") is not None


def _travel(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the library's own clock say so too."""
    from datetime import UTC, datetime  # noqa: PLC0415

    import flask_security.utils  # noqa: PLC0415

    later = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    monkeypatch.setattr(flask_security.utils, "naive_utcnow", lambda: later)
