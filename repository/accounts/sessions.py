"""Sessions: who is logged in where. A row can be ended at any moment, which a signed cookie cannot.

Only the sha-256 of what the cookie says is kept, so that a stolen backup logs nobody in. A session without an account
stands for somebody whose password was right and whose second factor is still to come.
"""

from __future__ import annotations

import logging
import secrets
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.errors import RepositoryError
from repository.site import Site

log = logging.getLogger(__name__)
IDLE_S: Final = 14 * 86_400
HALF_S: Final = 1_800
"""How long a session without an account lives: the second factor is asked for meanwhile."""
SEEN_S: Final = 60
"""How many seconds the noted last visit of a session may be behind."""
_INSERT: Final = text(
    "INSERT INTO session (id_hash, account, data, created, seen, expires, fresh_until, agent)"
    " SELECT :id, (SELECT id FROM account WHERE uniquifier = :who), :data, :now, :now, :expires, :fresh, :agent"
)
_FIND: Final = text("SELECT account, data, seen FROM session WHERE id_hash = :id AND expires > :now")
_CHANGE: Final = text("UPDATE session SET data = :data, fresh_until = :fresh WHERE id_hash = :id")
_SEEN: Final = text("UPDATE session SET seen = :now, expires = :expires WHERE id_hash = :id AND account IS NOT NULL")
_END: Final = text("DELETE FROM session WHERE id_hash = :id")
_END_OF: Final = text("DELETE FROM session WHERE account = :account")
_SWEEP: Final = text("DELETE FROM session WHERE expires <= :now")
_OPEN: Final = text(
    "SELECT id_hash, agent, created, seen FROM session WHERE account = :account AND expires > :now ORDER BY seen DESC"
)


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a session: whose it is, its contents, when it was last seen."""

    account: int | None
    contents: bytes
    seen: int


class Open(msgspec.Struct, frozen=True):
    """A session as its owner sees it. `number`: the first letters of its digest, which open nothing."""

    number: str
    agent: str | None
    created: int
    seen: int
    is_this: bool


class Contents(msgspec.Struct, frozen=True):
    """What is written down of a session. `who`: the uniquifier of the account, none before the log-in is complete."""

    data: bytes
    who: str | None
    fresh_until: int
    agent: str = ""


def begin(site: Site, contents: Contents) -> str:
    """Write a new session down; gives its secret, for the cookie. Sessions that ended long ago go with it."""
    secret = secrets.token_urlsafe(32)
    now = int(site.clock.now())
    values = {
        "id": digest(secret),
        "who": contents.who,
        "data": contents.data,
        "now": now,
        "expires": now + (HALF_S if contents.who is None else IDLE_S),
        "fresh": contents.fresh_until,
        "agent": contents.agent or None,
    }
    with site.database.write() as connection:
        connection.execute(_SWEEP, {"now": now})
        connection.execute(_INSERT, values)
    return secret


def find(site: Site, secret: str) -> Kept | None:
    """The session of a secret; None when it ended or never was."""
    with site.database.read() as connection:
        row = connection.execute(_FIND, {"id": digest(secret), "now": int(site.clock.now())}).one_or_none()
    return None if row is None else Kept(row.account, bytes(row.data), row.seen)


def change(site: Site, secret: str, contents: Contents) -> None:
    """Write down what a session holds now."""
    values = {"id": digest(secret), "data": contents.data, "fresh": contents.fresh_until}
    with site.database.write() as connection:
        connection.execute(_CHANGE, values)


def note_visit(site: Site, secret: str, kept: Kept) -> None:
    """Write down that a session was used, not at every request; a busy database is no reason to fail."""
    now = int(site.clock.now())
    if now - kept.seen < SEEN_S:
        return
    try:
        with site.database.try_write() as connection:
            if connection is not None:
                connection.execute(_SEEN, {"id": digest(secret), "now": now, "expires": now + IDLE_S})
    except RepositoryError as error:
        log.warning("a visit was not noted", extra={"reason": str(error)})


def end(site: Site, secret: str) -> None:
    """End one session: log out."""
    with site.database.write() as connection:
        connection.execute(_END, {"id": digest(secret)})


def end_number(site: Site, account: int, number: str) -> bool:
    """End the session of a person that `open_of` shows under this number."""
    with site.database.write() as connection:
        rows = connection.execute(_OPEN, {"account": account, "now": int(site.clock.now())}).all()
        found = [row.id_hash for row in rows if _number(row.id_hash) == number]
        for id_hash in found:
            connection.execute(_END, {"id": id_hash})
    return bool(found)


def end_all(connection: Connection, account: int) -> None:
    """End every session of a person, in a transaction that is open."""
    connection.execute(_END_OF, {"account": account})


def open_of(site: Site, account: int, secret: str | None = None) -> tuple[Open, ...]:
    """The open sessions of a person, the newest visit first; `secret` tells which of them is this one."""
    this = None if secret is None else digest(secret)
    with site.database.read() as connection:
        rows = connection.execute(_OPEN, {"account": account, "now": int(site.clock.now())}).all()
    return tuple(_open(row, this) for row in rows)


def digest(secret: str) -> bytes:
    """What is kept in place of a session's secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _open(row: Any, this: bytes | None) -> Open:
    return Open(_number(row.id_hash), row.agent, row.created, row.seen, bytes(row.id_hash) == this)


def _number(id_hash: bytes) -> str:
    return bytes(id_hash).hex()[:16]
