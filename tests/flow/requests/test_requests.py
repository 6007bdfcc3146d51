"""Reports, takedowns and letters without a log-in, their receipts, and what a decision does."""

from __future__ import annotations

import re

import pytest
from lxml import html

from repository.requests import requests
from repository.requests.requests import Asked
from tests.flow.test_search_api import a_lesson
from tests.support.api import Api, Caller

EN = {"Accept-Language": "en"}


def form(api: Api, path: str) -> dict[str, str]:
    """The hidden fields of a form, as it was opened."""
    page = html.fromstring(api.anybody.get(path, headers=EN).data)
    return {each.get("name"): each.get("value") for each in page.xpath("//main//input[@type='hidden']")}


def send(api: Api, path: str, waited: float = 5, **typed: str) -> html.HtmlElement:
    fields = form(api, path)
    api.clock.pass_(waited)
    response = api.anybody.post(path, data=fields | typed, headers=EN)
    page = html.fromstring(response.data)
    page.set("status", str(response.status_code))
    return page


def told(page: html.HtmlElement) -> str:
    return " ".join(" ".join(each.text_content().split()) for each in page.xpath("//*[@role='alert']"))


@pytest.fixture
def lesson(api: Api, curator: Caller) -> str:
    return api.published(curator, a_lesson("Breuken", "fractions"))


def test_a_takedown_is_asked_for_followed_granted_and_told(api: Api, curator: Caller, lesson: str) -> None:
    page = send(
        api, "/takedown", record=f"http://repository.example/doc/resource/{lesson}.html", reason="rights",
        email="maker@example.org", message="Het is van mij.",
    )  # fmt: skip
    receipt = page.xpath("//main//p[contains(@class,'box')]/a/@href")[0].removeprefix("http://repository.example")
    assert page.xpath("//h1")[0].text_content() == "Thank you, we received it"
    assert "Nobody has decided yet." in api.anybody.get(receipt, headers=EN).text

    found = curator.call("GET", "/api/v1/requests?state=open").get_json()["items"]
    assert [(each["kind"], each["record"], each["email"]) for each in found] == [
        ("takedown", lesson, "maker@example.org")
    ]
    action = {"action": "grant", "answer": "De maker vraagt het."}
    closed = curator.call("POST", f"/api/v1/requests/{found[0]['id']}/actions", json=action)
    api.publish()

    assert closed.get_json()["state"] == "granted"
    gone = api.anybody.get(f"/doc/resource/{lesson}.html", headers=EN)
    assert gone.status_code == 410
    assert "De maker vraagt het." in gone.text
    assert "It was granted." in api.anybody.get(receipt, headers=EN).text
    again = curator.call("POST", f"/api/v1/requests/{found[0]['id']}/actions", json=action)
    assert again.status_code == 200
    refused = curator.call("POST", f"/api/v1/requests/{found[0]['id']}/actions", json=action | {"action": "refuse"})
    assert refused.status_code == 409


def test_a_refusal_leaves_the_record_as_it_is(api: Api, curator: Caller, lesson: str) -> None:
    requests.ask(api.site, Asked("takedown", "Weg ermee.", "a@example.org", lesson))

    curator.call("POST", "/api/v1/requests/1/actions", json={"action": "refuse", "answer": "Het mag blijven."})
    api.publish()

    assert api.anybody.get(f"/doc/resource/{lesson}.html").status_code == 200


def test_a_report_needs_no_address_and_leads_to_the_queue(api: Api, curator: Caller, lesson: str) -> None:
    page = send(api, f"/doc/resource/{lesson}/report", reason="link", message="404 sinds gisteren")

    assert page.get("status") == "200"
    found = curator.call("GET", "/api/v1/requests").get_json()["items"][0]
    assert (found["kind"], found["record"], found["email"]) == ("report", lesson, None)
    assert found["reason"] == "The link does not work\n\n404 sinds gisteren"


@pytest.mark.parametrize(
    ("path", "typed", "sentence"),
    [
        (
            "/takedown",
            {"reason": "rights", "email": "a@example.org", "message": "Weg", "record": "x"},
            "no such resource",
        ),
        ("/takedown", {"email": "a@example.org", "message": "Weg", "record": "x"}, "Choose a reason."),
        ("/contact", {"email": "geen adres", "message": "Dag"}, "This is no e-mail address."),
        ("/contact", {"email": "", "message": "Dag"}, "This may not stay empty."),
        ("/contact", {"email": "a@example.org", "message": " "}, "This may not stay empty."),
        ("/contact", {"email": "a@example.org", "message": "x" * 5001}, "at most 5000"),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_nothing_typed_is_lost(
    api: Api, path: str, typed: dict[str, str], sentence: str
) -> None:
    page = send(api, path, **typed)

    assert page.get("status") == "422"
    assert sentence in told(page)
    assert all(typed["message"].strip() in each.text_content() for each in page.xpath("//textarea"))
    for link in page.xpath("//*[@role='alert']//a/@href"):
        assert page.xpath(f"//*[@id='{link[1:]}']")


def test_a_form_that_comes_back_at_once_is_shown_again_and_taken_the_second_time(api: Api) -> None:
    typed = {"email": "a@example.org", "message": "Dag"}

    quick = send(api, "/contact", waited=0, **typed)
    again = send(api, "/contact", waited=3, **typed)

    assert "That was quick." in told(quick)
    assert quick.xpath("//textarea")[0].text_content().strip() == "Dag"
    assert again.get("status") == "200"


def test_a_form_that_was_not_opened_here_is_not_taken(api: Api, curator: Caller) -> None:
    response = api.anybody.post("/contact", data={"email": "a@example.org", "message": "Dag", "opened": "1"})

    assert response.status_code in (400, 403, 422)
    assert curator.call("GET", "/api/v1/requests").get_json()["items"] == []


def test_the_eleventh_of_an_hour_is_stopped_and_the_next_hour_is_open(api: Api) -> None:
    typed = {"email": "a@example.org", "message": "Dag"}
    states = [send(api, "/contact", **typed).get("status") for _ in range(11)]
    later = send(api, "/contact", waited=3_700, **typed)

    assert states == ["200"] * 10 + ["422"]
    assert later.get("status") == "200"


def test_a_takedown_of_what_is_gone_already_is_taken(api: Api, curator: Caller, lesson: str) -> None:
    curator.delete(lesson, reason="Verouderd.")
    api.publish()

    page = send(api, "/takedown", record=lesson, reason="rights", email="a@example.org", message="Ook uit het archief.")
    closed = curator.call("POST", "/api/v1/requests/1/actions", json={"action": "grant", "answer": "Gedaan."})

    assert page.get("status") == "200"
    assert closed.get_json()["state"] == "granted"


def test_a_draft_is_no_resource_that_anybody_could_report(api: Api, curator: Caller) -> None:
    draft = curator.created(a_lesson("Geheim", "fractions"), "?as=draft")

    assert api.anybody.get(f"/doc/resource/{draft}/report").status_code == 404
    page = send(api, "/takedown", record=draft, reason="rights", email="a@example.org", message="Weg")
    assert "no such resource" in told(page)


def test_a_receipt_that_nobody_has_shows_nothing_and_no_page_names_who_asked(api: Api, lesson: str) -> None:
    receipt = requests.ask(api.site, Asked("report", "Kapot.", "geheim@example.org", lesson))

    assert api.anybody.get("/requests/abc").status_code == 404
    page = api.anybody.get(f"/requests/{receipt}")
    assert "geheim@example.org" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "private, no-store"


def test_only_reviewers_see_requests_and_only_curators_close_them(
    api: Api, curator: Caller, reviewer: Caller, teacher: Caller, lesson: str
) -> None:
    requests.ask(api.site, Asked("report", "Kapot.", "", lesson))
    action = {"action": "refuse", "answer": "Het werkt."}

    assert api.anybody.get("/api/v1/requests").status_code == 401
    assert teacher.call("GET", "/api/v1/requests").status_code == 403
    assert reviewer.call("GET", "/api/v1/requests").status_code == 200
    assert reviewer.call("POST", "/api/v1/requests/1/actions", json=action).status_code == 403
    assert curator.call("POST", "/api/v1/requests/1/actions", json=action).status_code == 200


def test_letters_are_written_with_what_they_tell(api: Api, curator: Caller, lesson: str) -> None:
    requests.ask(api.site, Asked("report", "Kapot.", "a@example.org", lesson, language="fr"))
    curator.call("POST", "/api/v1/requests/1/actions", json={"action": "grant", "answer": "Hersteld."})

    with api.site.database.read() as connection:
        rows = connection.exec_driver_sql('SELECT "to", template, language, data FROM outbox_mail ORDER BY id').all()
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("a@example.org", "received", "fr"),
        ("a@example.org", "answered", "nl"),
    ]
    assert re.search(r"/requests/[\w-]{20,}", rows[0][3])
    assert "Hersteld." in rows[1][3]


def test_the_erasure_of_a_record_takes_what_was_asked_about_it(api: Api, curator: Caller, lesson: str) -> None:
    from repository.upkeep import erasure  # noqa: PLC0415

    requests.ask(api.site, Asked("takedown", "Mijn naam staat erin.", "a@example.org", lesson))
    erasure.erase(api.site, lesson, "Gevraagd.")

    found = requests.find(api.site, 1)
    assert (found.reason, found.email) == ("", None)


@pytest.mark.parametrize("body", [{}, {"action": "burn", "answer": "x"}, {"action": "grant", "answer": " "}, [1]])
def test_an_action_that_is_none_is_told(api: Api, curator: Caller, lesson: str, body: object) -> None:
    requests.ask(api.site, Asked("report", "Kapot.", "", lesson))

    assert curator.call("POST", "/api/v1/requests/1/actions", json=body).status_code in (400, 422)
    assert requests.find(api.site, 1).state == "open"
