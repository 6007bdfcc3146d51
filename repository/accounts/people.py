"""People: accounts with an e-mail address, a site role, and a password kept as argon2id."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from functools import cache
from typing import Any, Final

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, text

from repository.accounts import sessions
from repository.accounts.policy import ROLES, Actor, Scope
from repository.errors import Invalid, NotFound, Refused
from repository.site import Site

SHORTEST: Final = 8
LONGEST: Final = 1_000
_EMAIL: Final = re.compile(r"[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+\.[^\s@\x00-\x1f]+|[^\s@\x00-\x1f]+@localhost")
_BY_EMAIL: Final = text("SELECT id, email, role, password, active FROM account WHERE email = :email")
_BY_ID: Final = text("SELECT id, email, role, password, active FROM account WHERE id = :id")
_INSERT: Final = text(
    "INSERT INTO account (email, name, role, password, active, created, confirmed)"
    " VALUES (:email, :name, :role, :password, :active, :created, :created) ON CONFLICT (email) DO NOTHING"
)
_CHANGE: Final = text("UPDATE account SET role = :role, active = :active WHERE id = :id")
_ADMINS: Final = "SELECT id FROM account WHERE role = 'admin' AND active ORDER BY id"
_END_TOKENS: Final = text("UPDATE token SET revoked = :now WHERE account = :account AND revoked IS NULL")
_EVERY: Final = text(
    "SELECT a.id, a.email, a.name, a.role, a.active, a.created,"
    " (SELECT count(*) FROM token t WHERE t.account = a.id AND t.kind = 'api' AND t.revoked IS NULL"
    " AND (t.expires IS NULL OR t.expires > :now)) AS tokens,"
    " (SELECT max(t.used) FROM token t WHERE t.account = a.id AND t.kind = 'api') AS used"
    " FROM account a WHERE a.id > :after ORDER BY a.id LIMIT :limit"
)
MANY: Final = 1_000_000
_MEMBERSHIPS: Final = text("SELECT organisation, role FROM membership WHERE account = :id")
_hasher: Final = PasswordHasher()
log = logging.getLogger(__name__)


class Person(msgspec.Struct, frozen=True):
    """An account as admins see it. `tokens`: API tokens that count now; `used`: when one was used last."""

    id: int
    email: str
    name: str | None
    role: str
    active: bool
    created: int
    tokens: int
    used: int | None


@cache
def _nobody() -> str:
    """A hash to verify against when there is no account, so that the answer takes equally long."""
    return _hasher.hash("nobody has this password")


def add(site: Site, email: str, role: str, password: str | None = None, name: str = "") -> int:
    """Add a person, by default without a password; gives the account. Raises Invalid, Refused (exists)."""
    address = normal(email)
    _known_role(role)
    values = {
        "email": address,
        "name": name or None,
        "role": role,
        "password": None if password is None else hashed(password),
        "active": True,
        "created": int(site.clock.now()),
    }
    with site.database.write() as connection:
        if connection.execute(_INSERT, values).rowcount != 1:
            raise Refused(f"There is an account for {address} already.")
        account: int = connection.execute(_BY_EMAIL, {"email": address}).one().id
    return account


def set_role(site: Site, email: str, role: str, *, anyway: bool = False) -> None:
    """Give a person another site role; raises NotFound, Invalid, and Refused for the last admin."""
    change(site, get(site, email), role=role, anyway=anyway)


def set_active(site: Site, email: str, *, active: bool, anyway: bool = False) -> None:
    """Close an account, or open it again; raises NotFound, and Refused for the last admin."""
    change(site, get(site, email), active=active, anyway=anyway)


def change(
    site: Site, account: int, *, role: str | None = None, active: bool | None = None, anyway: bool = False
) -> None:
    """Change role and activity in one transaction; None leaves them. Raises NotFound, Invalid, Refused.

    A closed account has no session and no password that counts, and its tokens end for good: opening it again brings
    none of them back. Without `anyway`, Refused when no active admin would be left.
    """
    if role is not None:
        _known_role(role)
    with site.database.write() as connection:
        those = admins(connection, locked=not site.database.is_sqlite)
        row = connection.execute(_BY_ID, {"id": account}).one_or_none()
        if row is None:
            raise NotFound("There is no such account.")
        after = (role or row.role, row.active if active is None else active)
        if not anyway and locks_out(those, account, *after):
            raise Refused(f"{row.email} is the last active admin; make somebody else an admin first.")
        connection.execute(_CHANGE, {"id": account, "role": after[0], "active": bool(after[1])})
        if not after[1]:
            connection.execute(_END_TOKENS, {"account": account, "now": int(site.clock.now())})
            sessions.end_all(connection, account)
    log.info("account changed", extra={"account": account, "role": after[0], "active": bool(after[1])})


def locks_out(admins: Collection[int], account: int, role: str, active: bool) -> bool:
    """Whether nobody would be an active admin any more once `account` has this role and activity."""
    stays = role == "admin" and active
    return not stays and set(admins) == {account}


def every(site: Site, after: int = 0, limit: int | None = None) -> tuple[Person, ...]:
    """People by number, those after `after`, at most `limit`."""
    with site.database.read() as connection:
        rows = connection.execute(_EVERY, {"after": after, "now": int(site.clock.now()), "limit": limit or MANY})
        return tuple(_person(row) for row in rows)


def person(site: Site, account: int) -> Person:
    """The person of this account number; raises NotFound."""
    found = every(site, account - 1, 1)
    if not found or found[0].id != account:
        raise NotFound("There is no such account.")
    return found[0]


def verify(site: Site, email: str, password: str) -> Actor | None:
    """The person with this password, None for any mistake; takes equally long for unknown people."""
    with site.database.read() as connection:
        row = connection.execute(_BY_EMAIL, {"email": email.strip().lower()}).one_or_none()
        memberships = _memberships(connection, row.id) if row is not None else {}
    usable = row is not None and row.active and row.password is not None
    try:
        _hasher.verify(row.password if row is not None and usable else _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return None
    if row is None or not usable:
        return None
    return Actor(row.id, row.email, row.role, memberships=memberships)


def actor(site: Site, account: int, scope: Scope = "admin", organisation: int | None = None) -> Actor | None:
    """The person behind a session or token, with today's rights; None when the account is gone or closed."""
    with site.database.read() as connection:
        row = connection.execute(_BY_ID, {"id": account}).one_or_none()
        if row is None or not row.active:
            return None
        return Actor(row.id, row.email, row.role, scope, organisation, _memberships(connection, account))


def find(site: Site, email: str) -> int | None:
    """The account of an address."""
    with site.database.read() as connection:
        row = connection.execute(_BY_EMAIL, {"email": email.strip().lower()}).one_or_none()
    return None if row is None else int(row.id)


def get(site: Site, email: str) -> int:
    """The account of an address; raises NotFound."""
    account = find(site, email)
    if account is None:
        raise NotFound(f"There is no account for {email.strip().lower()}.")
    return account


def normal(email: str) -> str:
    """The address in the form that accounts are found by: lower case; raises Invalid for what is no address."""
    address = email.strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise Invalid(f"{address or 'An empty address'} is no e-mail address.")
    return address


def hashed(password: str) -> str:
    """argon2id of a password; raises Invalid when it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"A password has {SHORTEST} to {LONGEST} characters.")
    return _hasher.hash(password)


def _known_role(role: str) -> None:
    if role not in ROLES:
        raise Invalid(f"{role} is no role; there are {', '.join(ROLES)}.")


def admins(connection: Connection, *, locked: bool) -> tuple[int, ...]:
    """The active admins; `locked`: held, so that two of them cannot end each other at the same moment (PostgreSQL)."""
    return tuple(row[0] for row in connection.execute(text(_ADMINS + (" FOR UPDATE" if locked else ""))))


def _person(row: Any) -> Person:
    return Person(row.id, row.email, row.name, row.role, bool(row.active), row.created, row.tokens, row.used)


def _memberships(connection: Connection, account: int) -> dict[int, str]:
    return {row.organisation: row.role for row in connection.execute(_MEMBERSHIPS, {"id": account})}
