"""Letters with the alerts of saved searches, where `[mail]` names a server; one process at a time sends.

A letter tells what is new since the one before, at most so often as the configuration says. What was sent is written
down after it was sent: when the server is away the letter comes later, and after a crash it may come twice.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from email.message import EmailMessage
from typing import Final, Protocol
from urllib.parse import quote

from portal.web import resource
from repository.config.sections import MailSection
from repository.errors import Busy
from repository.jobs import lease
from repository.published import snapshot
from repository.search.alerts import saved_searches
from repository.search.alerts.saved_searches import Alert, Saved
from repository.site import Site

MOST_TOLD: Final = 50  # records in one letter
_TIMEOUT_S: Final = 20
_LEASE_S: Final = 120.0


class Postman(Protocol):
    def send_message(self, msg: EmailMessage) -> object: ...


Open = Callable[[MailSection], AbstractContextManager[Postman]]


def send_due(site: Site, open_: Open | None = None) -> int:
    """Send the letters that are due; how many they were. Raises Busy when the server does not take them."""
    section = site.config.mail
    if not section.host:
        return 0
    due = _due(site)
    if not due:
        return 0
    with lease.lease(site, "alert mail", _LEASE_S) as renew:
        if renew is None:
            return 0
        due = _due(site)  # Another process may have sent them before the lease was ours.
        try:
            with (open_ or connected)(section) as postman:
                for one, email in due:
                    _send(site, postman, one, email)
                    renew()
        except (smtplib.SMTPException, OSError) as error:
            raise Busy(f"The mail server does not take the alerts: {error}") from error
    return len(due)


def _due(site: Site) -> list[tuple[Saved, str]]:
    before = int(site.clock.now() - 3600 * site.config.mail.alerts_every_h)
    return saved_searches.due(site, before)


def _send(site: Site, postman: Postman, one: Saved, email: str) -> None:
    with snapshot(site.database) as line:
        alerts = saved_searches.alerts(line.connection, one, MOST_TOLD, one.mailed)
        items = line.find_all([each.uuid for each in alerts])
        trees = line.faces("json", [item.position for item in items.values() if not item.deleted])
    titles = {
        uuid: resource.read(site, item, trees[item.position]).summary.title
        for uuid, item in items.items()
        if item.position in trees
    }
    if told := [each for each in alerts if each.uuid in titles]:
        postman.send_message(_letter(site, one, email, told, titles))
    newest = max((each.position for each in alerts), default=one.mailed)
    saved_searches.mailed(site, one, newest)


def _letter(site: Site, one: Saved, email: str, told: Sequence[Alert], titles: dict[str, str]) -> EmailMessage:
    name = " ".join(one.name.split())
    lines = [f"{titles[each.uuid]}\n{site.url(f'/id/resource/{each.uuid}')}\n" for each in told]
    letter = EmailMessage()
    letter["From"] = site.config.mail.sender
    letter["To"] = email
    letter["Subject"] = f"{site.config.site.name}: {name} ({len(told)})"
    letter["Auto-Submitted"] = "auto-generated"
    search = site.url(f"/search?{one.query}")
    feed = site.url(f"/feeds/saved/{quote(one.secret)}.xml")
    letter.set_content("\n".join([*lines, "--", search, feed, ""]))
    return letter


def connected(section: MailSection) -> AbstractContextManager[Postman]:
    """A connection to the server that `[mail]` names."""
    server = smtplib.SMTP(section.host, section.port, timeout=_TIMEOUT_S)
    if section.starttls:
        server.starttls(context=ssl.create_default_context())
    if section.user:
        server.login(section.user, os.environ.get("OERBRON_MAIL_PASSWORD", ""))
    return server
