"""Deletions, decided when a run ends: by header, by audit, and under a brake (oai-pmh.md, E.7).

A provider that lost its database, or renamed a set, looks like one that deleted everything. So deletions of live
records are noted while the run goes on, and carried out at its end if they are few. If they are more than a fifth of
the source's records here, they wait for --confirm-deletes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from harvest import run_rows
from harvest.run_rows import Move, Run
from harvest.walks.walk import Unnamed
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
_UNNAMED: Final = (
    "FROM origin o JOIN record r ON r.id = o.record WHERE o.source = :source AND o.is_primary"
    f" AND {_LIVE} AND o.id > :after"
    " AND NOT EXISTS (SELECT 1 FROM harvest_seen s WHERE s.source = o.source AND s.key = o.key)"
)
_LOST: Final = text(f"SELECT o.id, o.key, o.identifier {_UNNAMED} ORDER BY o.id LIMIT :limit")
_WITH_NAME: Final = text(
    f"SELECT o.id, o.key, o.identifier {_UNNAMED} AND o.identifier IS NOT NULL ORDER BY o.id LIMIT :limit"
)
_COUNT: Final = text(f"SELECT count(*) {_UNNAMED}")
_NAMED: Final = text(
    "SELECT o.identifier FROM harvest_seen s JOIN origin o ON o.source = s.source AND o.key = s.key"
    " JOIN record r ON r.id = o.record WHERE s.source = :source AND o.identifier IS NOT NULL"
    f" AND {_LIVE} ORDER BY s.key LIMIT :limit"
)
_SEEN_AGAIN: Final = text(
    "DELETE FROM harvest_pending WHERE source = :source AND (cause = 'audit' OR datestamp IS NULL) AND EXISTS"
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
    """How many records wait to be deleted, and how many live ones there are."""
    with site.database.read() as connection:
        waiting = connection.execute(_WAITING, {"source": source}).scalar_one()
        return Brake(waiting, connection.execute(_ALIVE, {"source": source}).scalar_one())


def unnamed(site: Site, source: str, after: int, limit: int) -> list[Unnamed]:
    """Live records that the run did not name, numbered above `after`; those without an identifier are left out."""
    with site.database.read() as connection:
        rows = connection.execute(_WITH_NAME, {"source": source, "after": after, "limit": limit})
        return [Unnamed(row.id, row.identifier, row.key) for row in rows]


def unnamed_brake(site: Site, source: str) -> Brake:
    """How many live records the run did not name, and how many there are."""
    with site.database.read() as connection:
        missed = connection.execute(_COUNT, {"source": source, "after": 0}).scalar_one()
        return Brake(missed, connection.execute(_ALIVE, {"source": source}).scalar_one())


def named(site: Site, source: str, limit: int) -> list[str]:
    """The identifiers of a few live records that the run named."""
    with site.database.read() as connection:
        return list(connection.execute(_NAMED, {"source": source, "limit": limit}).scalars())


def age(connection: Connection, source: str) -> None:
    """Begin a new run: whatever it says of a record is newer than the deletions left waiting by earlier runs."""
    connection.execute(text("UPDATE harvest_pending SET datestamp = NULL WHERE source = :source"), {"source": source})


def seen_again(site: Site, source: str) -> None:
    """Drop the waiting deletions of records that the provider names after all."""
    with site.database.write() as connection:
        connection.execute(_SEEN_AGAIN, {"source": source})


def note_lost(site: Site, source: HarvestSource, beat: Callable[[], None]) -> None:
    """Note the records here that the provider did not name, after a walk that named everything.

    In a sitemap the keys are addresses of pages, and `PAGE#2` counts as named when PAGE is.
    """
    pages, name = source.kind == "sitemap", source.name
    statement = _WITH_NAME if source.kind == "oai-pmh" else _LOST
    after = 0
    while True:
        beat()
        with site.database.read() as connection:
            rows = connection.execute(statement, {"source": name, "after": after, "limit": PORTION}).all()
        if not rows:
            return
        with site.database.read() as connection:
            kept = _with_their_pages(connection, name, [row.key for row in rows]) if pages else set()
        with site.database.write() as connection:
            run_rows.note_gone(connection, name, [row.key for row in rows if row.key not in kept])
        after = rows[-1].id


def _with_their_pages(connection: Connection, source: str, keys: Sequence[str]) -> set[str]:
    pages = {key: key.partition("#")[0] for key in keys if "#" in key}
    rows = select_in(
        connection, "SELECT key FROM harvest_seen WHERE source = ? AND key IN (...)", list(pages.values()), source
    )
    there = {row[0] for row in rows}
    return {key for key, page in pages.items() if page in there}


def carry_out(site: Site, source: HarvestSource, run: Run, beat: Callable[[], None]) -> Run:
    """Carry out the waiting deletions; each transaction adds its own to the counts of the run."""
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
    """Forget what the provider named, a few thousand keys at a time."""
    while True:
        with site.database.write() as connection:
            if connection.execute(_CLEAR, {"source": source}).rowcount == 0:
                return


def _deletion(key: str, datestamp: str | None) -> Delivery:
    return Delivery(place="header", format="oai-pmh", identifier=key, datestamp=datestamp, deleted=True)
