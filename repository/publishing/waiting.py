"""Waiting until a change of one record is public (api.md, `Prefer: wait`).

A change that publication has to look at has a row in the outbox from its own transaction on; when that row is gone, the
change is public, dropped as no change, or quarantined. Whoever waits lends publication a hand, so that a write is
public as soon as a batch may be sealed, even where nothing else publishes. No error of publication may reach the
writer, whose work is kept already.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from repository.errors import RepositoryError
from repository.publishing import outbox, publication
from repository.site import Site

POLL_S: Final = 0.05
HANDFUL: Final = 200
"""Somebody who waits publishes at most so many rows; more are left to those whose task it is."""

_WAITS: Final = text("SELECT 1 FROM outbox WHERE record = :record LIMIT 1")
_MANY: Final = text(f"SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT {HANDFUL + 1}) few")
_W: Final = text("SELECT w FROM horizon WHERE id = 1")
_FREE: Final = text("SELECT count(*) FROM outbox WHERE batch IS NULL")
_OLDEST: Final = text(
    "SELECT record.modified FROM outbox JOIN record ON record.id = outbox.record"
    " WHERE outbox.batch IS NULL AND outbox.lane = :lane ORDER BY outbox.n LIMIT 1"
)
_QUARANTINED: Final = text("SELECT count(*) FROM quarantine")
log = logging.getLogger(__name__)


class Backlog(NamedTuple):
    """What waits for publication. `oldest` is when the first row of the interactive lane was saved."""

    w: int | None
    rows: int
    oldest: int | None
    quarantined: int


def backlog(connection: Connection) -> Backlog:
    """W and what waits, for those who watch a server."""
    return Backlog(
        connection.execute(_W).scalar(),
        connection.execute(_FREE).scalar_one(),
        connection.execute(_OLDEST, {"lane": outbox.INTERACTIVE}).scalar(),
        connection.execute(_QUARANTINED).scalar_one(),
    )


def is_waiting(site: Site, record: int) -> bool:
    """Whether a change of this record waits for publication, even one held by a staged batch."""
    with site.database.read() as connection:
        return connection.execute(_WAITS, {"record": record}).scalar() is not None


def until_public(site: Site, record: int, wait_s: float, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Wait at most `wait_s` seconds of real time until no change of the record waits; gives whether it succeeded."""
    return _until(site, lambda: is_waiting(site, record), wait_s, sleep)


def until_released(
    site: Site, after: int, upto: int, wait_s: float, sleep: Callable[[float], None] = time.sleep
) -> bool:
    """The same for the outbox rows with after < n <= upto that a staged batch has released."""

    def waits() -> bool:
        with site.database.read() as connection:
            return outbox.waits(connection, after, upto)

    return _until(site, waits, wait_s, sleep)


def _until(site: Site, waits: Callable[[], bool], wait_s: float, sleep: Callable[[float], None]) -> bool:
    end = time.monotonic() + wait_s
    while waits():
        if time.monotonic() >= end:
            return False
        if not _published_a_little(site):
            sleep(min(POLL_S, max(0.0, end - time.monotonic())))
    return True


def _published_a_little(site: Site) -> bool:
    """Publish a batch when few rows wait and a batch may be sealed now; gives whether one was sealed."""
    try:
        with site.database.read() as connection:
            if connection.execute(_MANY).scalar_one() > HANDFUL:
                return False
        sealed = publication.publish(site)
    except RepositoryError as error:
        log.warning("not published by one who waits", extra={"reason": str(error)})
        return False
    return sealed is not None and sealed.published > 0
