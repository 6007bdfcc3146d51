"""Who somebody is at another provider of log-ins (OpenID Connect): issuer and subject stand for one account."""

from __future__ import annotations

import secrets
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, text

from repository.accounts import people, sessions
from repository.errors import Invalid, Refused
from repository.site import Site

_FIND: Final = text("SELECT account FROM identity WHERE issuer = :issuer AND subject = :subject")
_LINK: Final = text(
    "INSERT INTO identity (issuer, subject, account, created) VALUES (:issuer, :subject, :account, :now)"
    " ON CONFLICT (issuer, subject) DO NOTHING"
)
_BY_EMAIL: Final = text("SELECT id, active, confirmed FROM account WHERE email = :email")
_ADD: Final = text(
    "INSERT INTO account (email, name, role, active, created, confirmed, language)"
    " VALUES (:email, :name, 'contributor', :yes, :now, :now, :language) RETURNING id"
)
_CONFIRM: Final = text("UPDATE account SET confirmed = :now, password = NULL, uniquifier = :new WHERE id = :id")


class Claims(msgspec.Struct, frozen=True):
    """What a provider says of somebody, proven by its signature."""

    issuer: str
    subject: str
    email: str = ""
    is_verified: bool = False
    name: str = ""


Step = Literal["known", "join", "take over", "new", "refuse"]


def decide(claims: Claims, known: int | None, account: tuple[bool, bool] | None, *, registration: bool) -> Step:
    """What becomes of a log-in; `account`: of this address, whether it is open and confirmed.

    Only an address that the provider has verified says who somebody is. An account that was made with it but never
    confirmed is anybody's: whoever proves the address takes it over, and the password that was set goes.
    """
    if known is not None:
        return "known"
    if not claims.email or not claims.is_verified:
        return "refuse"
    if account is None:
        return "new" if registration else "refuse"
    is_open, is_confirmed = account
    if not is_open:
        return "refuse"
    return "join" if is_confirmed else "take over"


def account_of(site: Site, claims: Claims, language: str) -> int:
    """The account that somebody logs in to, made or linked where that is due; raises Refused."""
    email = ""
    if claims.email:
        try:
            email = people.normal(claims.email)
        except Invalid:
            claims = msgspec.structs.replace(claims, email="")
    now = int(site.clock.now())
    with site.database.write() as connection:
        known = connection.execute(_FIND, {"issuer": claims.issuer, "subject": claims.subject}).scalar_one_or_none()
        row = connection.execute(_BY_EMAIL, {"email": email}).one_or_none() if email else None
        account = None if row is None else (bool(row.active), row.confirmed is not None)
        step = decide(claims, known, account, registration=site.config.accounts.registration)
        match step:
            case "known":
                return int(known or 0)
            case "refuse":
                raise Refused("Nobody can be logged in by that.")
            case "new":
                values = {"email": email, "name": claims.name[:120] or None, "yes": True, "now": now}
                number: int = connection.execute(_ADD, values | {"language": language}).scalar_one()
            case "join" | "take over":
                number = int(row.id) if row is not None else 0
        if step == "take over":
            connection.execute(_CONFIRM, {"id": number, "now": now, "new": secrets.token_hex(16)})
            sessions.end_all(connection, number)
        _link(connection, claims, number, now)
    return number


def link(site: Site, claims: Claims, account: int) -> bool:
    """Let somebody who is logged in come by that provider too; False when that log-in is another person's."""
    with site.database.write() as connection:
        _link(connection, claims, account, int(site.clock.now()))
        whose = connection.execute(_FIND, {"issuer": claims.issuer, "subject": claims.subject}).scalar_one()
    return bool(whose == account)


def _link(connection: Connection, claims: Claims, account: int, now: int) -> None:
    values = {"issuer": claims.issuer, "subject": claims.subject, "account": account, "now": now}
    connection.execute(_LINK, values)
