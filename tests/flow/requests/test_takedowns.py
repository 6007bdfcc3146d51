"""What a takedown that was granted must hold against: sources, work that lies open, two curators, two clicks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from repository.accounts import my_data, people
from repository.errors import Refused
from repository.requests import requests
from repository.requests.requests import Asked, Decision, Verdict
from repository.site import Site
from repository.storage.database import Database
from tests.flow.requests.test_requests import EN, form, lesson, send
from tests.flow.test_search_api import a_lesson
from tests.support.api import Api, Caller
from tests.support.deposit import CURATOR, a_delivery, bring, count, do, head, put

__all__ = ["lesson"]
GRANT = {"action": "grant", "answer": "De maker vraagt het."}


def asked(api: Api, record: str) -> int:
    requests.ask(api.site, Asked("takedown", "Weg ermee.", "a@example.org", record))
    return requests.page(api.site)[-1].id


def test_what_its_source_deleted_does_not_come_back_once_its_takedown_is_granted(api: Api, curator: Caller) -> None:
    live = a_delivery("Breuken", identifier="oai:kim:1")
    bring(api.site, live)
    api.publish()
    with api.site.database.read() as connection:
        uuid = str(connection.exec_driver_sql("SELECT uuid FROM record").scalar_one())
    bring(api.site, a_delivery(None, identifier="oai:kim:1"))
    api.publish()
    number = asked(api, uuid)

    closed = curator.call("POST", f"/api/v1/requests/{number}/actions", json=GRANT)
    api.publish()
    bring(api.site, live)
    api.publish()

    assert closed.status_code == 200
    gone = api.anybody.get(f"/doc/resource/{uuid}.html", headers=EN)
    assert gone.status_code == 410
    assert GRANT["answer"] in gone.text


def test_a_takedown_of_a_live_record_holds_against_its_source(api: Api, curator: Caller) -> None:
    live = a_delivery("Breuken", identifier="oai:kim:1")
    bring(api.site, live)
    api.publish()
    with api.site.database.read() as connection:
        uuid = str(connection.exec_driver_sql("SELECT uuid FROM record").scalar_one())

    curator.call("POST", f"/api/v1/requests/{asked(api, uuid)}/actions", json=GRANT)
    bring(api.site, live, a_delivery("Breuken, nieuw", identifier="oai:kim:1"))
    api.publish()

    assert api.anybody.get(f"/doc/resource/{uuid}.html").status_code == 410


def test_a_tombstone_gets_the_successor_that_its_takedown_names(api: Api, curator: Caller, lesson: str) -> None:
    heir = api.published(curator, a_lesson("Breuken, herzien", "fractions"))
    do(api.site, CURATOR, lesson, "withdraw", note="Verouderd.")
    api.publish()

    action = GRANT | {"successor": heir}
    closed = curator.call("POST", f"/api/v1/requests/{asked(api, lesson)}/actions", json=action)
    api.publish()

    assert closed.status_code == 200
    assert head(api.site, lesson).successor == heir


def test_a_tombstone_of_a_person_keeps_its_own_reason(api: Api, curator: Caller, lesson: str) -> None:
    curator.delete(lesson, reason="Verouderd.")
    api.publish()

    curator.call("POST", f"/api/v1/requests/{asked(api, lesson)}/actions", json=GRANT)

    assert (head(api.site, lesson).public, head(api.site, lesson).reason) == ("deleted", "Verouderd.")


def test_work_that_lies_open_goes_with_the_record(api: Api, curator: Caller, lesson: str) -> None:
    put(api.site, CURATOR, lesson, a_lesson("Breuken 2", "fractions"), as_state="draft", if_match=1)

    closed = curator.call("POST", f"/api/v1/requests/{asked(api, lesson)}/actions", json=GRANT)

    assert closed.status_code == 200
    assert head(api.site, lesson).work == "none"


class _Meanwhile:
    """A database on which another curator closes the request after it was read, before it is written."""

    def __init__(self, site: Site, verdict: Verdict) -> None:
        self.site, self.kept, self.verdict = site, site.database, verdict

    def __getattr__(self, name: str) -> Any:
        return getattr(self.kept, name)

    def write(self) -> Any:
        self.site.database = self.kept
        requests.decide(self.site, CURATOR, 1, Decision(self.verdict, "Ik was eerst."))
        return self.kept.write()


def answers(api: Api) -> list[str]:
    with api.site.database.read() as connection:
        found = connection.exec_driver_sql("SELECT data FROM outbox_mail WHERE template = 'answered'")
        return [json.loads(row[0])["answer"] for row in found]


def test_of_two_curators_who_disagree_at_once_one_is_told_and_one_letter_goes_out(api: Api, lesson: str) -> None:
    requests.ask(api.site, Asked("report", "Kapot.", "a@example.org", lesson))
    api.site.database = cast("Database", _Meanwhile(api.site, "refuse"))

    with pytest.raises(Refused, match="refused already"):
        requests.decide(api.site, CURATOR, 1, Decision("grant", "Hersteld."))

    assert answers(api) == ["Ik was eerst."]


def test_of_two_curators_who_agree_at_once_one_letter_goes_out(api: Api, lesson: str) -> None:
    requests.ask(api.site, Asked("report", "Kapot.", "a@example.org", lesson))
    api.site.database = cast("Database", _Meanwhile(api.site, "grant"))

    found = requests.decide(api.site, CURATOR, 1, Decision("grant", "Hersteld."))

    assert found.answer == "Ik was eerst."
    assert answers(api) == ["Ik was eerst."]


def test_the_same_form_sent_twice_is_one_request_with_one_receipt(api: Api, lesson: str) -> None:
    path = f"/doc/resource/{lesson}/report"
    sent = form(api, path) | {"reason": "link", "message": "404", "email": "a@example.org"}
    api.clock.pass_(5)

    first = api.anybody.post(path, data=sent, headers=EN)
    second = api.anybody.post(path, data=sent, headers=EN)
    other = api.anybody.post(path, data=sent | {"message": "403"}, headers=EN)

    assert first.status_code == second.status_code == other.status_code == 200
    assert (count(api.site, "request"), count(api.site, "outbox_mail")) == (2, 2)


def test_two_people_with_the_same_words_get_receipts_of_their_own(api: Api, lesson: str) -> None:
    path = f"/doc/resource/{lesson}/report"
    pages = [send(api, path, reason="link", message="404") for _ in range(2)]

    receipts = {page.xpath("//main//p[contains(@class,'box')]/a/@href")[0] for page in pages}
    assert len(receipts) == 2


@pytest.mark.parametrize("text", ["weg\x00ermee", "half \ud800 paar", "\u202egnikrew"])
def test_letters_that_no_database_holds_are_taken(api: Api, curator: Caller, lesson: str, text: str) -> None:
    receipt = requests.ask(api.site, Asked("report", text, "", lesson))

    assert api.anybody.get(f"/requests/{receipt}").status_code == 200
    assert curator.call("GET", "/api/v1/requests").status_code == 200


@pytest.mark.postgresql
def test_letters_that_no_database_holds_are_taken_by_postgresql(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    api = Api(tmp_path, postgres_url)
    fields = form(api, "/contact")
    api.clock.pass_(5)

    response = api.anybody.post("/contact", data=fields | {"email": "a@example.org", "message": "a\x00b"}, headers=EN)

    assert response.status_code == 200
    assert "\x00" not in requests.find(api.site, 1).reason
    api.site.database.dispose()


def test_an_erased_person_is_in_no_letter_and_no_request_that_was_decided(api: Api, lesson: str) -> None:
    people.add(api.site, "geheim@example.org", "contributor")
    with api.site.database.read() as connection:
        found = connection.exec_driver_sql("SELECT id FROM account WHERE email = 'geheim@example.org'")
        account = int(found.scalar_one())
    for by in (account, None):  # logged in, and not
        requests.ask(api.site, Asked("report", "Ik ben An Geheim.", "geheim@example.org", lesson, by))
    requests.ask(api.site, Asked("report", "Ik ben Bo.", "bo@example.org", lesson))
    requests.ask(api.site, Asked("takedown", "Nog te lezen.", "geheim@example.org", lesson, account))
    for number in (1, 2, 3):
        requests.decide(api.site, CURATOR, number, Decision("grant", "Dag."))

    with api.site.database.write() as connection:
        my_data.wipe(connection, account)

    with api.site.database.read() as connection:
        letters = connection.exec_driver_sql('SELECT DISTINCT "to" FROM outbox_mail').scalars().all()
    assert letters == ["bo@example.org"]
    assert [(one.email, one.reason, one.answer) for one in requests.page(api.site)] == [
        (None, "", None),
        (None, "", None),
        ("bo@example.org", "Ik ben Bo.", "Dag."),
        (None, "Nog te lezen.", None),
    ]
