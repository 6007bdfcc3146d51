"""Idempotency keys: a repeated POST answers as the first did, and never does its work twice (api.md, records).

The key is claimed inside the very transaction that does the work, so that work and claim are kept or lost together: a
process may die between the two, two requests may run at once, the database may fail at COMMIT. The answer is kept
afterwards; if it was lost, the claim names the record and the answer is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.errors import Invalid, RepositoryError
from repository.site import Site
from repository.storage.database import Database

LONGEST: Final = 200
KEPT_S: Final = 7 * 86_400
_FIND: Final = text("SELECT request, status, headers, body FROM idempotency WHERE account = :account AND key = :key")
_CLAIM: Final = text(
    "INSERT INTO idempotency (account, key, request, headers, at) VALUES (:account, :key, :request, :headers, :at)"
    " ON CONFLICT (account, key) DO NOTHING"
)
_KEEP: Final = text(
    "UPDATE idempotency SET status = :status, headers = :headers, body = :body"
    " WHERE account = :account AND key = :key AND request = :request AND status IS NULL"
)
_PURGE: Final = text("DELETE FROM idempotency WHERE at < :before")
WIPES: Final = (
    "UPDATE idempotency SET status = NULL, body = NULL"
    """ WHERE headers LIKE (SELECT '%"about":"' || uuid || '"%' FROM record WHERE id = :id)""",
)
"""What erasure wipes here of a record, see upkeep.erasure: a repeated request is then told of the erasure."""


class Repeated(RepositoryError):
    """Another request with this key was faster; `once` answers as it did."""


class Key(msgspec.Struct, frozen=True):
    """A key of one account, and the digest of the request that it stands for."""

    account: int
    value: str
    request: bytes


class Answer(msgspec.Struct, frozen=True):
    """What was answered. `about`: the record or batch that the work made."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    about: str = ""


class _Claim(msgspec.Struct, frozen=True):
    """The `headers` column: what the work made, and, once it was answered, the headers."""

    about: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def key_of(account: int, value: str, method: str, path: str, body: bytes) -> Key:
    """The key of a request; raises Invalid for one that is empty, too long or not printable ASCII."""
    if not 0 < len(value) <= LONGEST or not value.isascii() or not value.isprintable():
        raise Invalid(f"Idempotency-Key must be 1 to {LONGEST} printable ASCII characters.")
    digest = sha256(b"\0".join((method.encode(), path.encode(), body))).digest()
    return Key(account, value, digest)


def once(site: Site, key: Key | None, do: Callable[[], Answer], again: Callable[[str], Answer]) -> Answer:
    """Answer a POST: as the first one with this key was answered, else by `do`, which passes the key to the deposit.

    If the first answer was lost, `again` makes it anew from what the first request made. Errors are not kept: nothing
    was done, so the request may be repeated. Raises Invalid when the key stood for another request.
    """
    if key is None:
        return do()
    found = _find(site.database, key)
    if found is None:
        try:
            answer = do()
        except Repeated:
            found = _find(site.database, key)
            if found is None:
                raise
        else:
            _keep(site.database, key, answer)
            if key.request[0] == 0:  # One request in 256 is enough.
                purge(site)
            return answer
    if isinstance(found, Answer):
        return found
    answer = again(found)
    _keep(site.database, key, msgspec.structs.replace(answer, about=found))
    return answer


def claim(connection: Connection, key: Key, about: str, now: int) -> None:
    """Claim a key in the transaction that does the work; raises Repeated when another request has claimed it.

    On PostgreSQL the insert waits for a concurrent claim to be kept or lost; SQLite writers wait anyway.
    """
    values = {"account": key.account, "key": key.value, "request": key.request, "at": now}
    headers = msgspec.json.encode(_Claim(about)).decode()
    if connection.execute(_CLAIM, {**values, "headers": headers}).rowcount != 1:
        raise Repeated("Another request with this Idempotency-Key was faster.")


def purge(site: Site) -> None:
    """Forget the keys that are older than a week."""
    with site.database.write() as connection:
        connection.execute(_PURGE, {"before": int(site.clock.now()) - KEPT_S})


def _find(database: Database, key: Key) -> Answer | str | None:
    """The answer to the first request; if that was lost, the name of what it made; None without a first request."""
    with database.read() as connection:
        row: Any = connection.execute(_FIND, {"account": key.account, "key": key.value}).one_or_none()
    if row is None:
        return None
    if bytes(row.request) != key.request:
        raise Invalid("This Idempotency-Key stood for another request; use a new one.")
    kept = msgspec.json.decode(row.headers, type=_Claim)
    if row.status is None:
        return kept.about
    return Answer(row.status, kept.headers, bytes(row.body), kept.about)


def _keep(database: Database, key: Key, answer: Answer) -> None:
    headers = msgspec.json.encode(_Claim(answer.about, answer.headers)).decode()
    with database.write() as connection:
        values = {"account": key.account, "key": key.value, "request": key.request}
        connection.execute(_KEEP, {**values, "status": answer.status, "headers": headers, "body": answer.body})
