"""Secrets: API tokens for programs, and links that set a password once. Only their sha-256 is kept.

A secret has 256 random bits, so that a fast digest is enough and one index look-up finds it.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import text

from repository.accounts import organisations, people
from repository.accounts.policy import SCOPES, Actor
from repository.errors import Forbidden, Invalid, NotFound
from repository.site import Site

PREFIX: Final = "oerbron_"
LINK_S: Final = 86_400
_API: Final = "api"
_PASSWORD: Final = "password"  # noqa: S105 - the kind of a link, not a password
_INSERT: Final = text(
    "INSERT INTO token (account, kind, digest, scope, organisation, created, expires)"
    " VALUES (:account, :kind, :digest, :scope, :organisation, :created, :expires)"
)
_FIND: Final = text(
    "SELECT id, account, scope, organisation, expires, used, revoked FROM token WHERE digest = :digest AND kind = :kind"
)
_USE: Final = text("UPDATE token SET used = :now WHERE id = :id AND used IS NULL")
_SPEND: Final = text("UPDATE token SET used = :now WHERE account = :account AND kind = 'password' AND used IS NULL")
_REVOKE: Final = text("UPDATE token SET revoked = :now WHERE id = :id AND revoked IS NULL")
_PASSWORD_OF: Final = text("UPDATE account SET password = :password WHERE id = :id AND active")
_LISTED: Final = text(
    "SELECT t.id, t.scope, g.slug, t.created, t.expires, t.revoked FROM token t"
    " LEFT JOIN organisation g ON g.id = t.organisation WHERE t.account = :account AND t.kind = 'api' ORDER BY t.id"
)


class Listed(msgspec.Struct, frozen=True):
    """A token as its owner sees it again: everything but the secret."""

    id: int
    scope: str
    organisation: str | None
    created: int
    expires: int | None
    revoked: int | None


def create(site: Site, email: str, scope: str, organisation: str | None = None, expires_in_s: int | None = None) -> str:
    """Make an API token and give its secret, the only time it is seen; raises NotFound, Invalid, Forbidden."""
    if scope not in SCOPES:
        raise Invalid(f"{scope} is no scope; there are {', '.join(SCOPES)}.")
    account = people.get(site, email)
    acts_for = None
    if organisation is not None:
        acts_for = organisations.get(site, organisation).id
        person = people.actor(site, account)
        if person is None or acts_for not in person.memberships:
            raise Forbidden(f"{email} does not belong to {organisation}.")
    return _make(site, {"account": account, "kind": _API, "scope": scope, "organisation": acts_for}, expires_in_s)


def authenticate(site: Site, secret: str) -> Actor | None:
    """The person whose token this is, with no more rights than it gives; None for any that does not count."""
    row = _find(site, secret, _API)
    if row is None:
        return None
    actor = people.actor(site, row.account, row.scope, row.organisation)
    if actor is None or (row.organisation is not None and row.organisation not in actor.memberships):
        return None
    return actor


def every(site: Site, email: str) -> tuple[Listed, ...]:
    """The API tokens of a person, without their secrets."""
    account = people.get(site, email)
    with site.database.read() as connection:
        return tuple(Listed(*row) for row in connection.execute(_LISTED, {"account": account}))


def revoke(site: Site, token: int) -> None:
    """End a token for good."""
    with site.database.write() as connection:
        if connection.execute(_REVOKE, {"id": token, "now": int(site.clock.now())}).rowcount != 1:
            raise NotFound("There is no such token, or it was revoked already.")


def password_link(site: Site, account: int, expires_in_s: int = LINK_S) -> str:
    """The secret of a link that lets a person set a password, once, within a day."""
    return _make(site, {"account": account, "kind": _PASSWORD, "scope": "write", "organisation": None}, expires_in_s)


def redeem(site: Site, secret: str, password: str) -> Actor:
    """Set the password that a link stands for; every open link of the person is spent. Raises NotFound, Invalid."""
    digest = people.hashed(password)
    row = _find(site, secret, _PASSWORD)
    actor = people.actor(site, row.account) if row is not None and _spent(site, row, digest) else None
    if actor is None:
        raise NotFound("This link was used already, or is older than a day; ask for a new one.")
    return actor


def _spent(site: Site, row: Any, password: str) -> bool:
    """Use a link up and set the password, in one transaction; False when somebody was faster."""
    now = int(site.clock.now())
    with site.database.write() as connection:
        if connection.execute(_USE, {"id": row.id, "now": now}).rowcount != 1:
            return False
        connection.execute(_PASSWORD_OF, {"id": row.account, "password": password})
        connection.execute(_SPEND, {"account": row.account, "now": now})
    return True


def _make(site: Site, values: dict[str, Any], expires_in_s: int | None) -> str:
    secret = PREFIX + secrets.token_urlsafe(32)
    now = int(site.clock.now())
    expires = None if expires_in_s is None else now + expires_in_s
    with site.database.write() as connection:
        connection.execute(_INSERT, {**values, "digest": _digest(secret), "created": now, "expires": expires})
    return secret


def _find(site: Site, secret: str, kind: str) -> Any | None:
    with site.database.read() as connection:
        row = connection.execute(_FIND, {"digest": _digest(secret), "kind": kind}).one_or_none()
    if row is None or row.revoked is not None or row.used is not None:
        return None
    return None if row.expires is not None and row.expires <= site.clock.now() else row


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
