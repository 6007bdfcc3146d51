"""What somebody logs in with: password, second factor, recovery codes, passkeys; rows of account and passkey.

For the door of log-ins (portal.web.accounts), which keeps them by its own rules; others use `people`. An account gets
its uniquifier, the name that sessions and signed links know it by, when it is first looked for.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.accounts import sessions
from repository.site import Site

COLUMNS: Final = ("email", "password", "active", "confirmed", "uniquifier", "factor", "factor_secret",
                  "recovery_codes", "passkey_handle", "language", "name")  # fmt: skip
_SELECT: Final = f"SELECT id, role, {', '.join(COLUMNS)} FROM account WHERE "
_BY: Final = {name: text(f"{_SELECT}{name} = :value") for name in ("id", "email", "uniquifier", "passkey_handle")}
_NAMED: Final = text("UPDATE account SET uniquifier = :new WHERE id = :id AND uniquifier IS NULL")
_ADD: Final = text(
    "INSERT INTO account (email, role, password, active, created, uniquifier, passkey_handle, language)"
    " VALUES (:email, 'contributor', :password, :yes, :now, :uniquifier, :passkey_handle, :language)"
    " ON CONFLICT (email) DO NOTHING RETURNING id"
)
_PASSKEY: Final = (
    "SELECT id, account, credential, public_key, name, sign_count, facts, created, used FROM passkey WHERE "
)
_PASSKEYS_OF: Final = text(f"{_PASSKEY}account = :account ORDER BY id")
_PASSKEY_BY: Final = text(f"{_PASSKEY}credential = :credential")
_ADD_PASSKEY: Final = text(
    "INSERT INTO passkey (account, credential, public_key, name, sign_count, facts, created)"
    " VALUES (:account, :credential, :public_key, :name, :sign_count, :facts, :created)"
)
_USE_PASSKEY: Final = text("UPDATE passkey SET sign_count = :sign_count, used = :used WHERE id = :id")
_DROP_PASSKEY: Final = text("DELETE FROM passkey WHERE id = :id")
_SPEND_LINKS: Final = text(
    "UPDATE token SET used = :now WHERE account = :account AND kind = 'password' AND used IS NULL"
)


class Credentials(msgspec.Struct, frozen=True):
    """An account as the log-in sees it; `recovery_codes` is JSON."""

    id: int
    role: str
    email: str
    password: str | None
    active: bool
    confirmed: int | None
    uniquifier: str
    factor: str | None
    factor_secret: str | None
    recovery_codes: str | None
    passkey_handle: str | None
    language: str | None
    name: str | None


class Passkey(msgspec.Struct, frozen=True):
    """A key that a device or a password safe keeps; `facts` says how it may be used."""

    id: int
    account: int
    credential: bytes
    public_key: bytes
    name: str
    sign_count: int
    facts: dict[str, Any]
    created: int
    used: int | None


def find(site: Site, by: str, value: Any) -> Credentials | None:
    """The account with this id, email, uniquifier or passkey_handle."""
    with site.database.read() as connection:
        row = connection.execute(_BY[by], {"value": value}).one_or_none()
    if row is None:
        return None
    if row.uniquifier is None:
        _name(site, row.id)
        return find(site, by, value)
    return Credentials(**{**row._mapping, "active": bool(row.active)})


def add(connection: Connection, values: Mapping[str, Any]) -> int | None:
    """Add a contributor who has still to confirm the address; None when the address has an account already."""
    found: int | None = connection.execute(_ADD, {"yes": True, **values}).scalar_one_or_none()
    return found


def change(connection: Connection, account: int, changed: Mapping[str, Any], now: int) -> None:
    """Change columns of an account. With the uniquifier every session ends, and every link to set a password."""
    if not changed:
        return
    columns = ", ".join(f"{name} = :{name}" for name in COLUMNS if name in changed)
    connection.execute(text(f"UPDATE account SET {columns} WHERE id = :id"), {**changed, "id": account})
    if "uniquifier" in changed:
        sessions.end_all(connection, account)
        connection.execute(_SPEND_LINKS, {"account": account, "now": now})


def passkeys(site: Site, account: int) -> tuple[Passkey, ...]:
    """The passkeys of a person, oldest first."""
    with site.database.read() as connection:
        return tuple(_passkey(row) for row in connection.execute(_PASSKEYS_OF, {"account": account}))


def find_passkey(site: Site, credential: bytes) -> Passkey | None:
    """The passkey of a credential."""
    with site.database.read() as connection:
        row = connection.execute(_PASSKEY_BY, {"credential": credential}).one_or_none()
    return None if row is None else _passkey(row)


def add_passkey(connection: Connection, account: int, values: Mapping[str, Any]) -> None:
    """Keep a new passkey."""
    connection.execute(_ADD_PASSKEY, {**values, "account": account, "facts": json.dumps(values["facts"])})


def use_passkey(connection: Connection, passkey: int, sign_count: int, now: int) -> None:
    """Note that a passkey was used."""
    connection.execute(_USE_PASSKEY, {"id": passkey, "sign_count": sign_count, "used": now})


def drop_passkey(connection: Connection, passkey: int) -> None:
    """Forget a passkey."""
    connection.execute(_DROP_PASSKEY, {"id": passkey})


def _name(site: Site, account: int) -> None:
    with site.database.write() as connection:
        connection.execute(_NAMED, {"id": account, "new": secrets.token_hex(16)})


def _passkey(row: Any) -> Passkey:
    return Passkey(
        row.id, row.account, bytes(row.credential), bytes(row.public_key), row.name, row.sign_count,
        json.loads(row.facts), row.created, row.used,
    )  # fmt: skip
