"""Deletions, decided about when a run ends: by header, by audit, and the brake (oai-pmh.md, E.7).

A provider that lost its database, or a set that was renamed, looks like one that deleted everything. So deletions of
live records are noted while the run goes on, and carried out at its end when they are few; more than a fifth of what
the source has here waits for --confirm-deletes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from harvest import run_rows
from harvest.run_rows import Move, Run
from repository import deposit
from repository.config.sections import HarvestSource
from repository.deposit import OPERATOR, Order
from repository.deposit.delivery import PORTION, Done
from repository.publishing.outbox import BULK
from repository.site import Site
from repository.storage.database import many, select_in
from schemas.formats.format import Delivery

BRAKE: Final = 0.2
_LIVE: Final = "r.public NOT IN ('withdrawn', 'deleted')"
_LOST: Final = text(
    "SELECT o.id, o.key FROM origin o JOIN record r ON r.id = o.record WHERE o.source = :source AND o.is_primary"
    f" AND {_LIVE} AND o.id > :after"
    " AND NOT EXISTS (SELECT 1 FROM harvest_seen s WHERE s.source = o.source AND s.key = o.key)"
    " ORDER BY o.id LIMIT :limit"
)
_NOTE: Final = (
    "INSERT INTO harvest_pending (source, key, datestamp, cause) VALUES (?, ?, NULL, 'audit') ON CONFLICT DO NOTHING"
)
_SEEN_AGAIN: Final = text(
    "DELETE FROM harvest_pending WHERE source = :source AND cause = 'audit' AND EXISTS"
    " (SELECT 1 FROM harvest_seen s WHERE s.source = harvest_pending.source AND s.key = harvest_pending.key)"
)
_PENDING: Final = text("SELECT key, datestamp FROM harvest_pending WHERE source = :source ORDER BY key LIMIT :limit")
_WAITING: Final = text(
    "SELECT count(*) FROM harvest_pending p JOIN origin o ON o.source = p.source AND o.key = p.key"
    f" JOIN record r ON r.id = o.record WHERE p.source = :source AND {_LIVE}"
)
_ALIVE: Final = text(
    "SELECT count(*) FROM origin o JOIN record r ON r.id = o.record"
    f" WHERE o.source = :source AND o.is_primary AND {_LIVE}"
)
_DONE: Final = "DELETE FROM harvest_pending WHERE source = ? AND key = ?"
_CLEAR: Final = text(
    "DELETE FROM harvest_seen WHERE source = :source AND key IN"
    " (SELECT key FROM harvest_seen WHERE source = :source LIMIT 5000)"
)


class Brake(NamedTuple):
    """Deletions that wait, and how many live records the source has."""

    waiting: int
    alive: int

    @property
    def holds(self) -> bool:
        """Whether a person must look: a single record is never held up."""
        return self.waiting > 1 and self.waiting > BRAKE * self.alive

    def __str__(self) -> str:
        share = round(100 * self.waiting / max(self.alive, 1))
        return (
            f"{self.waiting} of {self.alive} records ({share} %) would be deleted;"
            " see whether the source meant it, then run with --confirm-deletes."
        )


def brake(site: Site, source: str) -> Brake:
    """What waits to be deleted, against what there is."""
    with site.database.read() as connection:
        waiting = connection.execute(_WAITING, {"source": source}).scalar_one()
        return Brake(waiting, connection.execute(_ALIVE, {"source": source}).scalar_one())


def note_lost(site: Site, source: str, beat: Callable[[], None], *, pages: bool = False) -> None:
    """Note what is here and was not named by the provider, after a walk that named everything.

    `pages`: the keys are addresses of pages, and `PAGE#2` is there as long as PAGE is.
    """
    with site.database.write() as connection:
        connection.execute(_SEEN_AGAIN, {"source": source})
    after = 0
    while True:
        beat()
        with site.database.read() as connection:
            rows = connection.execute(_LOST, {"source": source, "after": after, "limit": PORTION}).all()
        if not rows:
            return
        with site.database.read() as connection:
            kept = _with_their_pages(connection, source, [row.key for row in rows]) if pages else set()
        with site.database.write() as connection:
            many(connection, _NOTE, [(source, row.key) for row in rows if row.key not in kept])
        after = rows[-1].id


def _with_their_pages(connection: Connection, source: str, keys: Sequence[str]) -> set[str]:
    pages = {key: key.partition("#")[0] for key in keys if "#" in key}
    rows = select_in(
        connection, "SELECT key FROM harvest_seen WHERE source = ? AND key IN (...)", list(pages.values()), source
    )
    there = {row[0] for row in rows}
    return {key for key, page in pages.items() if page in there}


def carry_out(site: Site, source: HarvestSource, run: Run, beat: Callable[[], None]) -> Run:
    """Delete what waits, in transactions that count as they go."""
    order = Order(source.name, "published", OPERATOR, lane=BULK, file=source.url, harvest=True)
    moved = run

    def within(connection: Connection, done: Sequence[Done]) -> None:
        nonlocal moved
        many(connection, _DONE, [(source.name, keys[each.place]) for each in done])
        counts = Counter(each.outcome.outcome for each in done)
        change = Move(counts={str(name): count for name, count in counts.items()})
        moved = run_rows.move(connection, moved, change, int(site.clock.now()))

    while True:
        beat()
        with site.database.read() as connection:
            rows = connection.execute(_PENDING, {"source": source.name, "limit": PORTION}).all()
        if not rows:
            return moved
        keys = [row.key for row in rows]
        order.seen.clear()
        deposit.deliver(site, [_deletion(row.key, row.datestamp) for row in rows], order, within)


def clear_seen(site: Site, source: str) -> None:
    """Forget what the provider named, some thousand keys at a time."""
    while True:
        with site.database.write() as connection:
            if connection.execute(_CLEAR, {"source": source}).rowcount == 0:
                return


def _deletion(key: str, datestamp: str | None) -> Delivery:
    return Delivery(place="header", format="oai-pmh", identifier=key, datestamp=datestamp, deleted=True)
