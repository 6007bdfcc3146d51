"""Everything that is kept of a person: handed over as one document, and erased when the person wants.

What somebody made stays, under "a former member": the records have an owner by number, and nothing tells any more who
that was. The rest goes at once: sessions, tokens, passkeys, letters, memberships, searches, profile. The row of the
account stays, empty, because the log of what was done names its number.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, text

from repository.accounts import people
from repository.errors import NotFound, Refused
from repository.site import Site
from schemas.datestamp import utc_datestamp

GONE: Final = "erased.invalid"
"""The domain of an address that nobody has (RFC 2606)."""
_MOMENTS: Final = frozenset(
    ("created", "confirmed", "seen", "expires", "used", "revoked", "modified", "at", "due", "sent", "mailed_at")
)
_KEPT: Final = {
    "account": "SELECT email, name, role, active, created, confirmed, handle, orcid, about, public, language, digest,"
    " factor FROM account WHERE id = :id",
    "profile_concepts": "SELECT concept, kind, public FROM profile_concept WHERE account = :id",
    "organisations": "SELECT g.slug, g.name, m.role FROM membership m JOIN organisation g ON g.id = m.organisation"
    " WHERE m.account = :id",
    "log_ins_elsewhere": "SELECT issuer, subject, created FROM identity WHERE account = :id",
    "sessions": "SELECT created, seen, expires, agent FROM session WHERE account = :id",
    "passkeys": "SELECT name, created, used FROM passkey WHERE account = :id",
    "tokens": "SELECT id, kind, scope, created, expires, used, revoked FROM token WHERE account = :id",
    "saved_searches": "SELECT name, query, mail, created FROM saved_search WHERE account = :id",
    "letters": 'SELECT "to", template, language, due, sent FROM outbox_mail WHERE account = :id',
    "imports": 'SELECT id, state, file, at FROM batch WHERE "by" = :id',
    "records": "SELECT uuid, public, work, created, modified FROM record WHERE owner = :id",
    "revisions": 'SELECT r.uuid, v.n, v.at, v.note FROM revision v JOIN record r ON r.id = v.record WHERE v."by" = :id',
    "actions": 'SELECT r.uuid, e.action, e.at, e.note FROM event e JOIN record r ON r.id = e.record WHERE e."by" = :id',
    "requests": 'SELECT kind, record, email, reason, state, created FROM request WHERE "by" = :id',
}
_GO: Final = (
    "DELETE FROM session WHERE account = :id",
    "DELETE FROM passkey WHERE account = :id",
    "DELETE FROM identity WHERE account = :id",
    "DELETE FROM profile_concept WHERE account = :id",
    "DELETE FROM membership WHERE account = :id",
    "DELETE FROM token WHERE account = :id",
    "DELETE FROM alert WHERE search IN (SELECT id FROM saved_search WHERE account = :id)",
    "DELETE FROM saved_search WHERE account = :id",
    'DELETE FROM outbox_mail WHERE account = :id OR "to" = (SELECT email FROM account WHERE id = :id)',
    "DELETE FROM idempotency WHERE account = :id",
    "UPDATE record SET holder = NULL WHERE holder = :id",
    # What nobody has decided yet is still to be read; who asked is forgotten at once.
    "UPDATE request SET reason = '', answer = NULL WHERE state <> 'open'"
    ' AND ("by" = :id OR email = (SELECT email FROM account WHERE id = :id))',
    'UPDATE request SET email = NULL WHERE "by" = :id OR email = (SELECT email FROM account WHERE id = :id)',
    "UPDATE account SET email = :email, name = NULL, password = NULL, active = :no, handle = NULL, orcid = NULL,"
    " about = NULL, public = '[]', language = NULL, confirmed = NULL, uniquifier = NULL, factor = NULL,"
    " factor_secret = NULL, recovery_codes = NULL, passkey_handle = NULL, role = 'contributor' WHERE id = :id",
)
_OUTDATED: Final = (
    "DELETE FROM session",
    "DELETE FROM throttle",
    "DELETE FROM outbox_mail WHERE sent IS NULL",
)


def export(site: Site, account: int) -> dict[str, Any]:
    """All that is kept of a person, table by table, moments as ISO 8601; secrets are not kept and so not in it."""
    with site.database.read() as connection:
        found = {
            name: [_row(row._mapping) for row in connection.execute(text(statement), {"id": account})]
            for name, statement in _KEPT.items()
        }
    if not found["account"]:
        raise NotFound("There is no such account.")
    return {"account": found.pop("account")[0], **found}


def check(connection: Connection, account: int, *, locked: bool = False) -> int:
    """When an account that may be erased was made; raises NotFound, and Refused for the last active admin."""
    row = connection.execute(text("SELECT role, created FROM account WHERE id = :id"), {"id": account}).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    if people.locks_out(people.admins(connection, locked=locked), account, row.role, active=False):
        raise Refused("You are the last active admin; make somebody else an admin first.")
    return int(row.created)


def wipe(connection: Connection, account: int) -> None:
    """Erase an account, in a transaction that is open; repository.upkeep.erasure calls it."""
    values = {"id": account, "email": f"former-{account}@{GONE}", "no": False}
    for statement in _GO:
        connection.execute(text(statement), values)


def after_restore(connection: Connection) -> None:
    """Log-ins that a backup brings back may have been ended since: all log in anew, and no old letter goes out."""
    for statement in _OUTDATED:
        connection.execute(text(statement))


def _row(values: Any) -> dict[str, Any]:
    return {name: _moment(name, value) for name, value in values.items()}


def _moment(name: str, value: Any) -> Any:
    if name in _MOMENTS and isinstance(value, int) and value > 0:
        return utc_datestamp(value)
    return value
