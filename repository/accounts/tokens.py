"""Secrets: API tokens for programs, and links that set a password once. Only their sha-256 is kept.

A secret has 256 random bits, so that a fast digest is enough and one index look-up finds it.
"""

from __future__ import annotations

import logging
import secrets
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import text

from repository.accounts import organisations, people, sessions
from repository.accounts.policy import SCOPES, Actor
from repository.config.sections import seconds_of
from repository.errors import Forbidden, Invalid, NotFound, Refused, RepositoryError
from repository.site import Site

PREFIX: Final = "oerbron_"
LINK_S: Final = 86_400
log = logging.getLogger(__name__)
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
_REVOKE: Final = text("UPDATE token SET revoked = :now WHERE id = :id AND kind = 'api' AND revoked IS NULL")
_PASSWORD_OF: Final = text("UPDATE account SET password = :password, uniquifier = NULL WHERE id = :id AND active")
_LISTED: Final = text(
    "SELECT t.id, t.account, a.email, t.scope, g.slug, t.created, t.expires, t.revoked, t.used FROM token t"
    " JOIN account a ON a.id = t.account LEFT JOIN organisation g ON g.id = t.organisation"
    " WHERE t.kind = 'api' AND t.id > :after AND (:account = 0 OR t.account = :account) ORDER BY t.id LIMIT :limit"
)
_SEEN: Final = text("UPDATE token SET used = :now WHERE id = :id AND (used IS NULL OR used < :now)")
USE_S: Final = 60
"""How many seconds the noted last use of a token may be behind: not every request writes it down."""


class Listed(msgspec.Struct, frozen=True):
    """A token as it is shown later: everything but the secret."""

    id: int
    account: int
    email: str
    scope: str
    organisation: str | None
    created: int
    expires: int | None
    revoked: int | None
    used: int | None

    def state(self, now: float) -> str:
        """valid | expired | revoked."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"


def create(site: Site, email: str, scope: str, organisation: str | None = None, expires_in_s: int | None = None) -> str:
    """Make an API token and give its secret, which is never shown again; raises NotFound, Invalid, Forbidden, Refused.

    `expires_in_s` None: as `[accounts] token_lifetime` says; 0: it never ends.
    """
    if scope not in SCOPES:
        raise Invalid(f"{scope} is no scope; there are {', '.join(SCOPES)}.")
    account = people.get(site, email)
    if people.actor(site, account) is None:
        raise Refused(f"The account of {email} is closed; open it before you make a token for it.")
    if expires_in_s is None:
        expires_in_s = lifetime_s(site)
    acts_for = None
    if organisation is not None:
        acts_for = organisations.get(site, organisation).id
        person = people.actor(site, account)
        if person is None or acts_for not in person.memberships:
            raise Forbidden(f"{email} does not belong to {organisation}.")
    return _make(site, {"account": account, "kind": _API, "scope": scope, "organisation": acts_for}, expires_in_s)


def authenticate(site: Site, secret: str) -> Actor | None:
    """The person whose token this is, with no more rights than it gives; None for a token that does not count."""
    row = _find(site, secret, _API)
    if row is None:
        return None
    actor = people.actor(site, row.account, row.scope, row.organisation)
    if actor is None or (row.organisation is not None and row.organisation not in actor.memberships):
        return None
    _note_use(site, row)
    return actor


def lifetime_s(site: Site) -> int:
    """How long a token lasts if nothing else is said; 0: for ever."""
    return seconds_of(site.config.accounts.token_lifetime) or 0


def every(site: Site, email: str) -> tuple[Listed, ...]:
    """The API tokens of a person, without their secrets."""
    return page(site, people.get(site, email))


def page(site: Site, account: int = 0, after: int = 0, limit: int | None = None) -> tuple[Listed, ...]:
    """API tokens by number, without their secrets: of one person, or of everybody (account 0)."""
    wanted = {"account": account, "after": after, "limit": limit or people.MANY}
    with site.database.read() as connection:
        return tuple(Listed(*row) for row in connection.execute(_LISTED, wanted))


def find(site: Site, token: int) -> Listed | None:
    """The token with this number, whatever has become of it."""
    return next((one for one in page(site, 0, token - 1, 1) if one.id == token), None)


def revoke(site: Site, token: int) -> None:
    """End a token for good; raises NotFound."""
    with site.database.write() as connection:
        if connection.execute(_REVOKE, {"id": token, "now": int(site.clock.now())}).rowcount != 1:
            raise NotFound(f"There is no token {token}, or it was revoked already.")


def password_link(site: Site, account: int, expires_in_s: int = LINK_S) -> str:
    """The secret of a link that lets a person set a password, once, within a day."""
    return _make(site, {"account": account, "kind": _PASSWORD, "scope": "write", "organisation": None}, expires_in_s)


def opens(site: Site, secret: str) -> bool:
    """Whether a link that sets a password would still do so."""
    row = _find(site, secret, _PASSWORD)
    return row is not None and people.actor(site, row.account) is not None


def redeem(site: Site, secret: str, password: str) -> Actor:
    """Set the password that a link stands for; open links and sessions of the person end. Raises NotFound, Invalid."""
    digest = people.hashed(password)
    row = _find(site, secret, _PASSWORD)
    actor = people.actor(site, row.account) if row is not None and _spent(site, row, digest) else None
    if actor is None:
        raise NotFound("This link was used already, or is older than a day; ask for a new one.")
    return actor


def _spent(site: Site, row: Any, password: str) -> bool:
    """Use a link up and set the password, in one transaction; False when the link was used meanwhile."""
    now = int(site.clock.now())
    with site.database.write() as connection:
        if connection.execute(_USE, {"id": row.id, "now": now}).rowcount != 1:
            return False
        connection.execute(_PASSWORD_OF, {"id": row.account, "password": password})
        connection.execute(_SPEND, {"account": row.account, "now": now})
        sessions.end_all(connection, row.account)
    return True


def _note_use(site: Site, row: Any) -> None:
    """Write down that a token was used; that may fail (a busy or full database), and the request goes on."""
    now = int(site.clock.now())
    if row.used is not None and now - row.used < USE_S:
        return
    try:
        with site.database.try_write() as connection:
            if connection is not None:
                connection.execute(_SEEN, {"id": row.id, "now": now})
    except RepositoryError as error:
        log.warning("the use of a token was not noted", extra={"token": row.id, "reason": str(error)})


def _make(site: Site, values: dict[str, Any], expires_in_s: int | None) -> str:
    secret = PREFIX + secrets.token_urlsafe(32)
    now = int(site.clock.now())
    expires = now + expires_in_s if expires_in_s else None
    with site.database.write() as connection:
        connection.execute(_INSERT, {**values, "digest": _digest(secret), "created": now, "expires": expires})
    return secret


def _find(site: Site, secret: str, kind: str) -> Any | None:
    with site.database.read() as connection:
        row = connection.execute(_FIND, {"digest": _digest(secret), "kind": kind}).one_or_none()
    if row is None or row.revoked is not None or (kind == _PASSWORD and row.used is not None):
        return None
    return None if row.expires is not None and row.expires <= site.clock.now() else row


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
