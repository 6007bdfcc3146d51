"""The outbox: letters that are written down with what caused them, and sent soon after by whoever carries them.

`queue` takes the connection of the transaction that the letter belongs to: either both happen or neither. A letter is
sent at least once; after a crash at the wrong moment it comes twice.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.site import Site

CLAIM_S: Final = 120
"""How long whoever took letters to send them may need."""
TRIES: Final = 12
_PAUSE_S: Final = 30
_LONGEST_PAUSE_S: Final = 6 * 3_600
_KEPT_S: Final = 30 * 86_400
_INSERT: Final = text(
    'INSERT INTO outbox_mail ("to", account, template, language, data, tries, due)'
    " VALUES (:to, :account, :template, :language, :data, 0, :due)"
)
_DUE: Final = text(
    'SELECT id, "to", template, language, data, tries FROM outbox_mail'
    " WHERE sent IS NULL AND due <= :now ORDER BY due, id LIMIT :limit"
)
_CLAIM: Final = text(
    "UPDATE outbox_mail SET due = :until, tries = tries + 1 WHERE id = :id AND sent IS NULL AND due <= :now"
)
_SENT: Final = text("UPDATE outbox_mail SET sent = :now, error = NULL, data = '{}' WHERE id = :id")
_FAILED: Final = text("UPDATE outbox_mail SET error = :error, due = :due WHERE id = :id")
_SWEEP: Final = text("DELETE FROM outbox_mail WHERE sent <= :before")
_WAITING: Final = text("SELECT count(*) FROM outbox_mail WHERE sent IS NULL AND tries >= :tries")
_NEVER: Final = 2**53


class Letter(msgspec.Struct, frozen=True):
    """A letter to send: `template` and `language` name its text, `data` fills it in."""

    id: int
    to: str
    template: str
    language: str
    data: dict[str, Any]
    tries: int


def queue(
    connection: Connection, to: str, template: str, language: str, account: int | None = None, **data: Any
) -> None:
    """Write a letter down, in a transaction that is open; it is sent when that is committed. `data` must be JSON."""
    values = {"to": to, "account": account, "template": template, "language": language, "due": 0}
    connection.execute(_INSERT, values | {"data": json.dumps(data)})


def take(site: Site, limit: int = 50) -> tuple[Letter, ...]:
    """Letters that are due, taken by this process: others see them again only when CLAIM_S is over."""
    now = int(site.clock.now())
    with site.database.read() as connection:
        due = connection.execute(_DUE, {"now": now, "limit": limit}).all()
    if not due:
        return ()
    taken = []
    with site.database.write() as connection:
        for row in due:
            if connection.execute(_CLAIM, {"id": row.id, "now": now, "until": now + CLAIM_S}).rowcount == 1:
                taken.append(Letter(row.id, row.to, row.template, row.language, json.loads(row.data), row.tries + 1))
    return tuple(taken)


def sent(site: Site, letter: Letter) -> None:
    """Note that a letter went out; what it said is forgotten, links in it above all."""
    now = int(site.clock.now())
    with site.database.write() as connection:
        connection.execute(_SENT, {"id": letter.id, "now": now})
        connection.execute(_SWEEP, {"before": now - _KEPT_S})


def failed(site: Site, letter: Letter, reason: str) -> None:
    """Note why a letter did not go out; it is tried again after a pause that doubles, and at last given up."""
    values = {"id": letter.id, "error": reason[:500], "due": _next_try(int(site.clock.now()), letter.tries)}
    with site.database.write() as connection:
        connection.execute(_FAILED, values)


def given_up(site: Site) -> int:
    """How many letters could not be sent for good."""
    with site.database.read() as connection:
        found: int = connection.execute(_WAITING, {"tries": TRIES}).scalar_one()
    return found


def _next_try(now: int, tries: int) -> int:
    return _NEVER if tries >= TRIES else now + min(_PAUSE_S * 2 ** (tries - 1), _LONGEST_PAUSE_S)
