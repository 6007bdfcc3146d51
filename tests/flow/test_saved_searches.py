"""Saved searches over the API, on both databases: kept by a person, read with a token, as a feed and by mail."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from portal.server import mail
from repository.config.sections import MailSection
from repository.errors import Busy
from repository.upkeep import doctor
from schemas.xml.reader import parse
from tests.support.api import Api, Caller, body_of, codes_of
from tests.support.factories import a_record

SEARCHES = "/api/v1/searches"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """The address of the database; empty: SQLite in the home."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[Api]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    opened = Api(tmp_path, url)
    yield opened
    assert doctor.examine(opened.site) == []
    opened.site.database.dispose()


def saved(by: Caller, **wish: Any) -> dict[str, Any]:
    response = by.post(SEARCHES, json={"name": "Breuken", "query": "q=breuken", **wish})
    assert response.status_code == 201, response.text
    return body_of(response)


def test_a_saved_search_tells_what_is_new(api: Api, teacher: Caller, curator: Caller) -> None:
    api.published(curator, a_record("Breuken oud"))
    made = saved(teacher)
    new = api.published(curator, a_record("Breuken nieuw"))
    api.published(curator, a_record("Fietsen"))
    api.searching.alerting.catch_up()

    found = body_of(teacher.get(f"{SEARCHES}/{made['id']}"))
    assert [item["id"] for item in found["items"]] == [new]
    assert made["url"] == "http://repository.example/search?q=breuken"
    feed = api.anybody.get(made["feed"].removeprefix("http://repository.example"))
    assert feed.status_code == 200
    entries = parse(feed.data).root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Breuken nieuw"]
    assert feed.headers["X-Robots-Tag"] == "noindex"


def test_a_saved_search_is_its_owners_alone(api: Api, teacher: Caller, other: Caller) -> None:
    made = saved(teacher)

    assert body_of(other.get(SEARCHES))["items"] == []
    assert other.get(f"{SEARCHES}/{made['id']}").status_code == 404
    assert other.call("DELETE", f"{SEARCHES}/{made['id']}").status_code == 404
    assert api.anybody.get(SEARCHES).status_code == 401
    assert api.anybody.get("/feeds/saved/x.xml").status_code == 404
    assert teacher.call("DELETE", f"{SEARCHES}/{made['id']}").status_code == 204
    assert body_of(teacher.get(SEARCHES))["items"] == []
    assert api.anybody.get(made["feed"].removeprefix("http://repository.example")).status_code == 404


def test_a_token_that_may_only_read_saves_nothing(api: Api, teacher: Caller) -> None:
    reader = api.person("contributor", "teacher", "read")

    assert reader.post(SEARCHES, json={"name": "a"}).status_code == 403
    assert reader.get(SEARCHES).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422), ({"name": ""}, 422), ({"name": "a", "query": "age=oud"}, 422), ({"name": "a", "colour": 1}, 422),
        ({"name": "a", "mail": "perhaps"}, 422), ([], 422), ({"name": "x" * 201}, 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(teacher: Caller, body: Any, status: int) -> None:
    response = teacher.post(SEARCHES, json=body)

    assert response.status_code == status
    assert codes_of(response)


@pytest.mark.parametrize("number", ["0", "x", "9" * 40, "-1"])
def test_what_is_no_number_is_not_found(teacher: Caller, number: str) -> None:
    assert teacher.get(f"{SEARCHES}/{number}").status_code == 404


class Box:
    """A letter box; `broken` refuses every letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.broken = False

    def send_message(self, msg: EmailMessage) -> None:
        if self.broken:
            raise smtplib.SMTPServerDisconnected("away")
        self.letters.append(msg)

    @contextmanager
    def opened(self, _: MailSection) -> Iterator[Box]:
        yield self


@pytest.fixture
def mailing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[Api]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    opened = Api(tmp_path, url, mail=MailSection(host="mail.example", sender="bron@example.org"))
    yield opened
    opened.site.database.dispose()


def test_a_letter_tells_what_is_new_once_a_day(mailing: Api) -> None:
    box, teacher, curator = Box(), mailing.person("contributor", "teacher"), mailing.person("curator")
    saved(teacher, mail=True)
    saved(teacher, name="Geen brief", mail=False)
    first = mailing.published(curator, a_record("Breuken nieuw"))
    mailing.searching.alerting.catch_up()
    assert mail.send_due(mailing.site, box.opened) == 0
    mailing.clock.pass_(86_400)
    assert mail.send_due(mailing.site, box.opened) == 1
    assert mail.send_due(mailing.site, box.opened) == 0

    (letter,) = box.letters
    assert (letter["To"], letter["From"]) == ("teacher@example.org", "bron@example.org")
    assert f"Breuken nieuw\nhttp://repository.example/id/resource/{first}" in letter.get_content()
    mailing.published(curator, a_record("Breuken later"))
    mailing.searching.alerting.catch_up()
    mailing.clock.pass_(86_400)
    assert mail.send_due(mailing.site, box.opened) == 1
    assert "Breuken nieuw" not in box.letters[1].get_content()


def test_a_letter_that_is_not_taken_comes_later(mailing: Api) -> None:
    box, teacher = Box(), mailing.person("contributor", "teacher")
    saved(teacher, name="Breuken\nBcc: all@example.org", mail=True)
    mailing.published(mailing.person("curator"), a_record("Breuken nieuw"))
    mailing.searching.alerting.catch_up()
    mailing.clock.pass_(86_400)
    box.broken = True
    with pytest.raises(Busy):
        mail.send_due(mailing.site, box.opened)
    box.broken = False

    assert mail.send_due(mailing.site, box.opened) == 1
    assert box.letters[0]["Bcc"] is None


def test_without_a_server_nothing_is_sent(api: Api, teacher: Caller) -> None:
    saved(teacher, mail=True)

    assert mail.send_due(api.site) == 0
