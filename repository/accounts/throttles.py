"""How often something may be tried within an hour: log-ins, recoveries, reports, registrations.

What counts is the pair of who comes (an address of the network) and what it is about (an account, named as it was
typed, whether there is one or not). So whoever guesses at one account is stopped, and the next person behind the same
address of a school is not. An address has a wider bound of its own, against one try at each of a thousand accounts. The
count is written before the try is judged, in one statement, so that tries at the same moment do not slip by.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final, Literal

from sqlalchemy import Connection, text

from repository.site import Site

Kind = Literal["log-in", "recovery", "report", "registration", "second factor"]
HOUR_S: Final = 3_600
MOST: Final[dict[Kind, int]] = {"log-in": 20, "recovery": 10, "report": 10, "registration": 10, "second factor": 20}
"""How often one address may try the same within an hour."""
MANY: Final = 10
"""How many times as often one address may try something at all: a school stands behind one."""
_COUNT: Final = text(
    "INSERT INTO throttle (kind, key, since, count) VALUES (:kind, :key, :now, 1)"
    " ON CONFLICT (kind, key) DO UPDATE SET"
    " count = CASE WHEN throttle.since <= :before THEN 1 ELSE throttle.count + 1 END,"
    " since = CASE WHEN throttle.since <= :before THEN :now ELSE throttle.since END"
    " RETURNING count"
)
_FORGET: Final = text("DELETE FROM throttle WHERE kind = :kind AND key = :key")
_LESS: Final = text("UPDATE throttle SET count = count - 1 WHERE kind = :kind AND key = :key AND count > 0")
_CODE: Final = text("SELECT count FROM throttle WHERE kind = 'code' AND key = :key")
_NOTE_CODE: Final = text(
    "INSERT INTO throttle (kind, key, since, count) VALUES ('code', :key, :now, :count)"
    " ON CONFLICT (kind, key) DO UPDATE SET count = excluded.count, since = excluded.since"
)
_SWEEP: Final = text("DELETE FROM throttle WHERE since <= :before")


def allows(site: Site, kind: Kind, address: str, about: str = "") -> bool:
    """Count one try and say whether it may be judged at all."""
    with site.database.write() as connection:
        tried = _counted(site, connection, kind, _key(address, about))
        in_all = _counted(site, connection, kind, _key(address)) if about else 0
    return tried <= MOST[kind] and in_all <= MOST[kind] * MANY


def succeeded(site: Site, kind: Kind, address: str, about: str) -> None:
    """Forget the tries of somebody who was right in the end: honest people are never counted out."""
    with site.database.write() as connection:
        connection.execute(_FORGET, {"kind": kind, "key": _key(address, about)})
        connection.execute(_LESS, {"kind": kind, "key": _key(address)})


def last_code(site: Site, account: int) -> int | None:
    """The half minute of the last code of an authenticator that was taken; older ones may not matter any more."""
    with site.database.read() as connection:
        found: int | None = connection.execute(_CODE, {"key": str(account)}).scalar_one_or_none()
    return found


def note_code(site: Site, account: int, counter: int) -> None:
    """Note that a code was used."""
    with site.database.write() as connection:
        connection.execute(_NOTE_CODE, {"key": str(account), "count": counter, "now": int(site.clock.now())})


def _counted(site: Site, connection: Connection, kind: Kind, key: str) -> int:
    now = int(site.clock.now())
    connection.execute(_SWEEP, {"before": now - HOUR_S})
    found: int = connection.execute(_COUNT, {"kind": kind, "key": key, "now": now, "before": now - HOUR_S}).scalar_one()
    return found


def _key(address: str, about: str = "") -> str:
    """A digest, since neither addresses nor who was tried are anybody's business later."""
    return sha256(f"{address}\n{about.strip().lower()}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
