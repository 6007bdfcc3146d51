"""Logging in and out: sessions that can be ended, the guard, forged requests, what strangers learn, forms that wait."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from repository.accounts import people, sessions, tokens
from tests.support.api import Api
from tests.support.browsing import PASSWORD, Form, Visitor, a_person, letters_of, link_in, somebody


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def rows(api: Api) -> int:
    with api.site.database.read() as connection:
        found: int = connection.execute(text("SELECT count(*) FROM session")).scalar_one()
    return found


def test_the_password_of_user_add_logs_in_and_a_button_logs_out(api: Api) -> None:
    a_person(api, "ann@example.org")
    visitor = Visitor(api)

    answer = visitor.log_in("Ann@Example.org")

    assert (answer.status_code, answer.location) == (303, "/my")
    assert visitor.is_logged_in
    assert visitor.send("/", "/logout").status_code == 303
    assert not visitor.is_logged_in
    assert rows(api) == 0


def test_a_page_that_is_read_sets_no_cookie_and_an_open_form_one(api: Api) -> None:
    visitor = Visitor(api)

    assert [visitor.get(path).headers.getlist("Set-Cookie") for path in ("/", "/about", "/search")] == [[], [], []]
    assert [len(visitor.get(path).headers.getlist("Set-Cookie")) for path in ("/login", "/register")] == [1, 0]
    assert rows(api) == 0


def test_the_cookie_of_an_open_form_becomes_no_session(api: Api) -> None:
    """Session fixation: what was known before the log-in opens nothing after it."""
    a_person(api)
    visitor = Visitor(api)
    visitor.get("/login")
    known = visitor.client.get_cookie("session")
    visitor.log_in("ann@example.org")

    thief = Visitor(api)
    assert known is not None
    thief.client.set_cookie("session", known.value)

    assert visitor.is_logged_in
    assert not thief.is_logged_in


def test_a_session_is_kept_as_a_digest_and_dies_with_its_row(api: Api) -> None:
    visitor = somebody(api)
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    with api.site.database.read() as connection:
        kept = connection.execute(text("SELECT id_hash, data FROM session")).one()
    assert cookie.value.encode() not in bytes(kept.id_hash) + bytes(kept.data)

    sessions.end(api.site, cookie.value.removeprefix("s."))

    assert not visitor.is_logged_in


def test_sessions_of_somebody_whose_account_is_closed_end_at_once(api: Api) -> None:
    visitor = somebody(api)

    people.set_active(api.site, "ann@example.org", active=False)

    assert not visitor.is_logged_in
    assert rows(api) == 0
    assert Visitor(api).log_in("ann@example.org").status_code == 200


def test_a_session_ends_when_nobody_came_for_two_weeks(api: Api) -> None:
    visitor = somebody(api)
    api.clock.pass_(13 * 86_400)
    assert visitor.is_logged_in
    api.clock.pass_(13 * 86_400)
    assert visitor.is_logged_in

    api.clock.pass_(15 * 86_400)

    assert not visitor.is_logged_in


def test_another_role_holds_from_the_next_request_on(api: Api) -> None:
    somebody(api)
    visitor = somebody(api)

    people.set_role(api.site, "ann@example.org", "curator")

    assert visitor.is_logged_in


def test_one_of_my_sessions_is_ended_from_another(api: Api) -> None:
    first, second = somebody(api), somebody(api)

    answer = second.send("/my/security", "/my/security/end")

    assert answer.status_code == 303
    assert not first.is_logged_in
    assert second.is_logged_in


def test_strangers_are_led_to_the_log_in_and_back(api: Api) -> None:
    a_person(api)
    visitor = Visitor(api)

    asked = visitor.get("/my/security?x=1")
    answer = visitor.log_in("ann@example.org", next_="/my/security")

    assert (asked.status_code, asked.location) == (303, "/login?next=/my/security%3Fx%3D1")
    assert (answer.status_code, answer.location) == (303, "/my/security")


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "/\\evil.example", "///evil.example", "javascript:alert(1)"]
)
def test_the_log_in_leads_to_no_other_site(api: Api, away: str) -> None:
    a_person(api)
    visitor = Visitor(api)
    form = Form(visitor.get("/login").text, "/login")

    answer = visitor.post("/login", {**form.fields, "email": "ann@example.org", "password": PASSWORD, "next": away})

    where = answer.location or "/"
    assert where.startswith("/")
    assert where[1:2] not in ("/", "\\")


def test_a_forged_request_changes_nothing(api: Api) -> None:
    visitor = somebody(api)

    answer = visitor.post("/my/password", {"password": PASSWORD, "new_password": "iets heel anders"})

    assert answer.status_code == 400
    assert Visitor(api).log_in("ann@example.org").status_code == 303


def test_nobody_learns_which_addresses_have_an_account(api: Api) -> None:
    a_person(api, "known@example.org")
    people.add(api.site, "without@example.org", "contributor")
    said = {}
    for name in ("known", "unknown", "without"):
        visitor = Visitor(api)
        wrong = visitor.log_in(f"{name}@example.org", "not the password")
        forgot = visitor.send("/forgot", email=f"{name}@example.org")
        again = visitor.send("/confirm", email=f"{name}@example.org")
        new = Visitor(api).send("/register", email=f"{name}@example.org", password="a new password")
        pages = (each.text.replace(f"{name}@", "x@") for each in (wrong, forgot, again, new))
        said[name] = [(page.partition("csrf_token")[0], page.partition("</form>")[2]) for page in pages]
        said[name] += [(str(each.status_code), str(each.location)) for each in (wrong, forgot, again, new)]

    assert said["known"] == said["unknown"] == said["without"]


def _median_ms(times: list[float]) -> float:
    return 1_000 * statistics.median(times)


@pytest.mark.parametrize("page", ["/login", "/forgot"])
def test_nor_by_the_time_that_an_answer_takes(api: Api, page: str) -> None:
    """Both hash once and write once. Only a whole argon2id more (50 ms and up) would be told apart from outside.

    What is measured is the processor's time, that of argon2's own threads too: what else the machine does is no sign.
    """
    a_person(api, "known@example.org")
    spent: dict[str, list[float]] = {"known@example.org": [], "unknown@example.org": []}
    for _ in range(7):
        for email, times in spent.items():
            visitor = Visitor(api)
            form = Form(visitor.get(page).text, page)
            typed = {**form.fields, "email": email, "password": "not the password"}
            began = time.process_time()
            visitor.post(page, typed)
            times.append(time.process_time() - began)

    known, unknown = (_median_ms(times) for times in spent.values())
    assert max(known, unknown) < 1.8 * min(known, unknown), (known, unknown)


def test_the_link_of_user_add_sets_a_password_once_without_a_log_in(api: Api) -> None:
    account = people.add(api.site, "new@example.org", "curator")
    path = f"/desk/password/{tokens.password_link(api.site, account)}"
    visitor = Visitor(api)

    short = visitor.send(path, password="kort")
    done = visitor.send(path, password=PASSWORD)
    again = visitor.get(path)

    assert (short.status_code, done.status_code, again.status_code) == (422, 200, 404)
    assert visitor.log_in("new@example.org").status_code == 303


def test_register_confirm_and_log_in(api: Api) -> None:
    visitor = Visitor(api)

    sent = visitor.send("/register", email="New@Example.org", password=PASSWORD)
    early = visitor.log_in("new@example.org")
    ((to, _, letter),) = letters_of(api)
    confirmed = visitor.get(link_in(letter))
    late = visitor.log_in("new@example.org")

    assert (sent.status_code, sent.location) == (303, "/login")
    assert "Confirm your address first" in early.text
    assert to == "new@example.org"
    assert (confirmed.status_code, confirmed.location) == (303, "/login")
    assert late.status_code == 303
    assert people.person(api.site, people.get(api.site, "new@example.org")).role == "contributor"


def test_registering_again_is_told_to_the_address_alone(api: Api) -> None:
    a_person(api, "ann@example.org")

    answer = Visitor(api).send("/register", email="ann@example.org", password="something else")

    assert answer.status_code == 303
    ((to, subject, letter),) = letters_of(api)
    assert (to, "already" in subject) == ("ann@example.org", True)
    assert Visitor(api).log_in("ann@example.org").status_code == 303
    assert link_in(letter).startswith("/forgot/")


def test_recover_sets_a_new_password_and_ends_every_session(api: Api) -> None:
    before = somebody(api)
    visitor = Visitor(api)

    visitor.send("/forgot", email="ann@example.org")
    ((_, _, letter),) = letters_of(api)
    done = visitor.send(link_in(letter), password="een heel nieuw wachtwoord")
    spent = visitor.get(link_in(letter))

    assert (done.status_code, done.location) == (303, "/login")
    assert (spent.status_code, spent.location) == (303, "/forgot")
    assert not before.is_logged_in
    assert visitor.log_in("ann@example.org").status_code == 200
    assert visitor.log_in("ann@example.org", "een heel nieuw wachtwoord").status_code == 303


def test_changing_the_password_logs_out_everywhere_else(api: Api) -> None:
    here, elsewhere = somebody(api), somebody(api)

    wrong = here.send("/my/password", password="not mine", new_password="een ander wachtwoord")
    done = here.send("/my/password", password=PASSWORD, new_password="een ander wachtwoord")

    assert "That is not your password." in wrong.text
    assert done.status_code == 303
    assert here.is_logged_in
    assert not elsewhere.is_logged_in


def test_another_address_counts_once_its_letter_was_opened(api: Api) -> None:
    visitor = somebody(api)

    visitor.send("/my/email", email="ann@school.example")
    ((to, _, letter),) = letters_of(api)
    visitor.get(link_in(letter))

    assert to == "ann@school.example"
    assert people.find(api.site, "ann@example.org") is None
    assert people.find(api.site, "ann@school.example") is not None
    ((told, _, words),) = letters_of(api)
    assert told == "ann@example.org"
    assert "ann@school.example" not in words


def test_what_was_typed_when_the_session_ended_is_sent_after_the_log_in(api: Api) -> None:
    """Pitfall: the log-in ends while somebody types. The page to log in carries the form, signed."""
    visitor = somebody(api)
    form = Form(visitor.get("/my/email").text, "/my/email")
    people.set_active(api.site, "ann@example.org", active=False)
    people.set_active(api.site, "ann@example.org", active=True)
    ours = {"Sec-Fetch-Site": "same-origin"}

    asked = visitor.post("/my/email", {**form.fields, "email": "ann@school.example"}, headers=ours)
    wrong = visitor.post("/login", {**Form(asked.text, "/login").fields, "email": "ann@example.org", "password": "no"})
    typed = {**Form(wrong.text, "/login").fields, "email": "ann@example.org", "password": PASSWORD}
    logged_in = visitor.post("/login", typed)
    waiting = Form(visitor.get(logged_in.location or "").text, "/my/email")
    sent = visitor.post("/my/email", waiting.fields)

    assert "You were logged out meanwhile" in asked.text
    assert logged_in.location == "/login/continue"
    assert waiting.fields["email"] == "ann@school.example"
    assert sent.status_code == 200
    assert [to for to, _, _ in letters_of(api)] == ["ann@school.example"]


def test_a_form_of_another_site_is_not_carried_and_a_carried_one_cannot_be_forged(api: Api) -> None:
    a_person(api)
    visitor = Visitor(api)

    foreign = visitor.post("/my/email", {"email": "evil@example.org"}, headers={"Sec-Fetch-Site": "cross-site"})
    hidden = visitor.post("/my/email", {"email": "evil@example.org"}, headers={"Origin": "null"})
    other = visitor.post("/my/email", {"email": "evil@example.org"}, headers={"Origin": "https://evil.example"})
    form = Form(visitor.get("/login").text, "/login").fields
    typed = {**form, "carried": "bmVlbg", "email": "ann@example.org", "password": PASSWORD}
    forged = visitor.post("/login", typed)

    for answer in (foreign, hidden, other):
        assert "carried" not in Form(answer.text, "/login").fields
    assert forged.location == "/my"


def test_the_carried_form_is_too_old_after_a_day(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    a_person(api)
    visitor = Visitor(api)
    ours = {"Sec-Fetch-Site": "same-origin"}
    asked = visitor.post("/my/email", {"email": "ann@school.example"}, headers=ours)
    form = Form(asked.text, "/login").fields
    later = time.time() + 25 * 3_600
    monkeypatch.setattr(time, "time", lambda: later)

    fresh = Form(visitor.get("/login").text, "/login").fields
    typed = {"carried": form["carried"], "csrf_token": fresh["csrf_token"]}
    answer = visitor.post("/login", {**typed, "email": "ann@example.org", "password": PASSWORD})

    assert answer.location == "/my"


def test_a_form_whose_cookie_is_gone_can_be_sent_once_more(api: Api) -> None:
    a_person(api)
    visitor = Visitor(api)
    form = Form(visitor.get("/forgot").text, "/forgot").fields
    visitor.client.delete_cookie("session")
    ours = {"Sec-Fetch-Site": "same-origin"}

    refused = visitor.post("/forgot", {**form, "email": "ann@example.org"}, headers=ours)
    sent = visitor.post("/forgot", Form(refused.text, "/forgot").fields)

    assert refused.status_code == 400
    assert sent.status_code == 200
    assert len(letters_of(api)) == 1


def test_each_letter_confirms_the_password_that_it_was_sent_for(api: Api) -> None:
    """Somebody registers the address of another and waits: the trap's letter is dead once its owner registers."""
    Visitor(api).send("/register", email="ann@example.org", password="the password of a thief")
    ((_, _, trap),) = letters_of(api)
    Visitor(api).send("/register", email="ann@example.org", password=PASSWORD)
    ((_, _, own),) = letters_of(api)

    assert Visitor(api).get(link_in(trap)).location == "/confirm"
    assert Visitor(api).get(link_in(own)).location == "/login"
    assert Visitor(api).log_in("ann@example.org", "the password of a thief").status_code == 200
    assert Visitor(api).log_in("ann@example.org").status_code == 303


def test_the_token_of_a_form_that_was_open_before_the_log_in_proves_nothing_after_it(api: Api) -> None:
    a_person(api)
    visitor = Visitor(api)
    before = Form(visitor.get("/login").text, "/login").fields["csrf_token"]
    visitor.log_in("ann@example.org")

    answer = visitor.post("/my/password", {"csrf_token": before, "password": PASSWORD, "new_password": "anders anders"})

    assert answer.status_code == 400


def test_a_description_that_was_being_typed_comes_through_the_log_in_as_it_was(api: Api) -> None:
    """Every sign of it: markup, several lines, letters that turn the direction; and it can be sent on."""
    visitor = somebody(api)
    fields = Form(visitor.get("/share/new").text, "/share/new").fields
    typed = {**fields, "title": "Breuken <b>vergelijken</b> & meer", "description": "Een\n\ntwee \u05d0\u202e drie"}
    with api.site.database.write() as connection:
        connection.execute(text("DELETE FROM session"))

    asked = visitor.post("/share/new", typed, headers={"Sec-Fetch-Site": "same-origin"})
    visitor.post("/login", {**Form(asked.text, "/login").fields, "email": "ann@example.org", "password": PASSWORD})
    waiting = Form(visitor.get("/login/continue").text, "/share/new").fields
    sent = visitor.post("/share/new", waiting)

    assert {name: waiting.get(name) for name in typed if name != "csrf_token"} == {
        name: text_ for name, text_ in typed.items() if name != "csrf_token"
    }
    assert "Breuken &lt;b&gt;vergelijken" in sent.text
