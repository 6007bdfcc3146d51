"""Sends the letters of the outbox: to the server that `[mail]` names, else into files of OERBRON_HOME/mail.

A letter's text is a template, portal/templates/mail/NAME.LANGUAGE.txt, whose first line is the subject. What fills it
in is somebody's text: it never reaches a header but the subject, and that as one line.
"""

from __future__ import annotations

import logging
import os
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError, TemplateNotFound

from portal.server.mail import Open, Postman, connected
from repository.config.load import home
from repository.errors import RepositoryError
from repository.jobs import mail_outbox
from repository.jobs.mail_outbox import Letter
from repository.site import Site

FOLDER: Final = "mail"
LOOK_S: Final = 1.5
log = logging.getLogger(__name__)


class Carrier(threading.Thread):
    """Sends what waits, every other second, for as long as its process lives; no error ends it."""

    def __init__(self, site: Site, look_s: float = LOOK_S) -> None:
        super().__init__(name="letters", daemon=True)
        self.site = site
        self.look_s = look_s
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(self.look_s):
            try:
                send_waiting(self.site)
            except RepositoryError as error:
                log.warning("no letters were sent", extra={"reason": str(error)})
            except Exception:
                log.exception("sending letters failed")


def send_waiting(site: Site, open_: Open | None = None) -> int:
    """Send the letters that are due; how many went out. What fails is tried again later."""
    waiting = mail_outbox.take(site)
    if not waiting:
        return 0
    opened: Callable[[], AbstractContextManager[Postman]] = _into_files
    if site.config.mail.host:
        opened = lambda: (open_ or connected)(site.config.mail)  # noqa: E731
    went = 0
    try:
        with opened() as postman:
            for letter in waiting:
                went += _send(site, postman, letter)
    except (smtplib.SMTPException, OSError) as error:  # The server itself: every letter waits.
        log.warning("the mail server takes no letters", extra={"reason": str(error)})
        for letter in waiting[went:]:
            mail_outbox.failed(site, letter, str(error))
    return went


def _send(site: Site, postman: Postman, letter: Letter) -> int:
    try:
        postman.send_message(written(site, letter))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, TemplateError, ValueError) as error:
        log.warning("a letter was not sent", extra={"letter": letter.id, "reason": type(error).__name__})
        mail_outbox.failed(site, letter, str(error))
        return 0
    mail_outbox.sent(site, letter)
    return 1


def written(site: Site, letter: Letter) -> EmailMessage:
    """A letter as a message (RFC 5322): plain text, its lines as they are written."""
    text = _template(letter.template, letter.language).render(
        site=" ".join(site.config.site.name.split()), base_url=site.base_url, **letter.data
    )
    subject, _, body = text.partition("\n")
    message = EmailMessage(policy=SMTP)
    message["From"] = site.config.mail.sender or f"no-reply@{urlsplit(site.base_url).hostname or 'localhost'}"
    message["To"] = letter.to
    message["Subject"] = " ".join(subject.split())[:200]
    message["Date"] = format_datetime(datetime.fromtimestamp(site.clock.now(), UTC))
    message["Message-ID"] = make_msgid(domain=urlsplit(site.base_url).hostname)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(body, cte="8bit")  # a link stays on one line, whole
    return message


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("portal", "templates/mail"), undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text


def _template(name: str, language: str) -> Any:
    try:
        return _environment().get_template(f"{name}.{language}.txt")
    except TemplateNotFound:
        return _environment().get_template(f"{name}.en.txt")


class _Files:
    """The postman of a repository without a mail server: a file for each letter, whole from its first moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send_message(self, msg: EmailMessage) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        part = self.folder / f"{stamp}-{os.getpid()}.part"
        part.write_bytes(msg.as_bytes())
        part.rename(part.with_suffix(".eml"))


@contextmanager
def _into_files() -> Iterator[Postman]:
    folder = home() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    yield _Files(folder)
