"""Letters: files without a server, each a message of its own; no text of a stranger reaches a header."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import msgspec
import pytest

from portal.server import letters
from portal.server.mail import Postman
from repository.config.sections import MailSection
from repository.jobs import mail_outbox
from repository.site import Site
from repository.upkeep import doctor
from tests.support.site import FakeClock, a_site

LINK = "http://repository.example/forgot/" + "x" * 400


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    return a_site(tmp_path, FakeClock())


def _queue(site: Site, language: str = "nl", to: str = "ann@example.org", link: str = LINK) -> None:
    with site.database.write() as connection:
        mail_outbox.queue(connection, to, "recover", language, link=link)


def _with_mail(site: Site) -> Site:
    site.config = msgspec.structs.replace(site.config, mail=MailSection(host="mail.example", sender="a@example.org"))
    return site


class Server:
    """A mail server that does as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.taken: list[EmailMessage] = []

    def send_message(self, msg: EmailMessage) -> None:
        if self.error is not None:
            raise self.error
        self.taken.append(msg)

    @contextmanager
    def open(self, section: MailSection) -> Iterator[Postman]:
        assert section.host
        yield self


def test_without_a_server_each_letter_is_a_file_whose_link_stands_alone(site: Site, tmp_path: Path) -> None:
    _queue(site)
    _queue(site, "fr", "bob@example.org")

    assert letters.send_waiting(site) == 2

    files = sorted((tmp_path / "mail").iterdir())
    assert [each.suffix for each in files] == [".eml", ".eml"]
    assert LINK.encode() in files[0].read_bytes().splitlines()
    first, second = (message_from_bytes(each.read_bytes(), policy=default) for each in files)
    assert (first["To"], second["To"]) == ("ann@example.org", "bob@example.org")
    assert first["Subject"] == "Een nieuw wachtwoord voor OERbron"
    assert first["From"] and first["Date"] and first["Message-ID"]
    assert not first.defects
    assert LINK in first.get_content().splitlines()
    assert letters.send_waiting(site) == 0


def test_every_letter_has_its_text_in_each_language_and_links_on_a_line_of_their_own(site: Site) -> None:
    folder = Path(letters.__file__).parents[1] / "templates" / "mail"
    names = {each.name.partition(".")[0] for each in folder.glob("*.txt")}

    for name in names:
        for language in ("nl", "en", "fr", "de"):
            lines = (folder / f"{name}.{language}.txt").read_text(encoding="utf-8").splitlines()
            assert lines[0].strip()
            assert not any("{{ link }}" in line and line != "{{ link }}" for line in lines), (name, language)


def test_an_address_with_a_line_break_and_a_name_of_the_site_with_one_make_no_header(site: Site) -> None:
    site.config = msgspec.structs.replace(
        site.config, site=msgspec.structs.replace(site.config.site, name="School\r\nBcc: all@example.org")
    )
    _queue(site, to="ann@example.org\nBcc: evil@example.org")
    _queue(site, to="bob@example.org")

    assert letters.send_waiting(site) == 1

    (letter,) = (message_from_bytes(each.read_bytes(), policy=default) for each in _files(site))
    assert letter["To"] == "bob@example.org"
    assert letter["Bcc"] is None
    assert "School Bcc: all@example.org" in letter["Subject"]


def _files(site: Site) -> list[Path]:
    return sorted((letters.home() / "mail").glob("*.eml"))


def test_a_language_without_a_text_gets_the_english_one(site: Site) -> None:
    _queue(site, "it")

    assert letters.send_waiting(site) == 1
    assert b"A new password" in _files(site)[0].read_bytes()


def test_a_server_that_is_away_is_asked_again_later_and_at_last_no_more(site: Site) -> None:
    _with_mail(site)
    clock = site.clock
    assert isinstance(clock, FakeClock)
    _queue(site)
    away, back = Server(smtplib.SMTPServerDisconnected("gone")), Server()

    assert letters.send_waiting(site, away.open) == 0
    assert letters.send_waiting(site, back.open) == 0
    clock.pass_(31)
    assert letters.send_waiting(site, back.open) == 1
    assert [each["To"] for each in back.taken] == ["ann@example.org"]

    _queue(site)
    for _ in range(mail_outbox.TRIES + 3):
        letters.send_waiting(site, away.open)
        clock.pass_(6 * 3_600)
    assert letters.send_waiting(site, back.open) == 0
    assert any("could not be sent" in note for note in doctor.notes(site))


def test_one_letter_that_is_refused_does_not_keep_the_others(site: Site) -> None:
    _with_mail(site)
    _queue(site, to="not an address\n")
    _queue(site, to="bob@example.org")
    server = Server()

    assert letters.send_waiting(site, server.open) == 1
    assert [each["To"] for each in server.taken] == ["bob@example.org"]


def test_two_processes_do_not_send_the_same_letter(site: Site) -> None:
    _queue(site)

    first, second = mail_outbox.take(site), mail_outbox.take(site)

    assert (len(first), len(second)) == (1, 0)


def test_what_a_letter_said_is_forgotten_once_it_was_sent(site: Site, tmp_path: Path) -> None:
    _queue(site)
    letters.send_waiting(site)

    assert LINK.encode() not in (tmp_path / "test.sqlite").read_bytes()


def test_the_doctor_minds_https_without_a_mail_server(tmp_path: Path) -> None:
    site = a_site(tmp_path, FakeClock())
    secure = msgspec.structs.replace(site.config.site, base_url="https://repository.example")
    site.config = msgspec.structs.replace(site.config, site=secure)

    assert any("[mail] host is empty" in note for note in doctor.notes(site))
    assert not any("[mail]" in note for note in doctor.notes(_with_mail(site)))
