"""Publication, the heart: seals batches, gives datestamp and position, and makes the bytes public in one commit.

design.md, 2, is the algorithm and its invariants; decisions/0003 says why. Two phases: prepare (unlocked: choose,
load, render) and seal (locked: read the clock, check again, write, move W). Everything public follows from what a
seal commits, so a process may be killed anywhere: an unsealed row is still in the outbox.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from sqlalchemy import Connection, Row, text

from repository.errors import Busy, ClockRefused
from repository.jobs import lease
from repository.publishing import opening, outbox, sealing
from repository.publishing.outbox import enqueue as enqueue  # noqa: PLC0414 - the writers' side of publication
from repository.publishing.preparation import Prepared, prepare
from repository.site import Site

BATCH_S: Final = 2  # one batch per this much wall clock
MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 40_000_000  # processes stay small whatever waits (design.md admits 64 MB)
LEASE_S: Final = 20
PATIENCE: Final = 20
LOCK_S: Final = 0.5
LOCK_BULK_S: Final = 1.2
STEP_S: Final = 3_600
LEAP_S: Final = 400 * 86_400
_HORIZON: Final = text("SELECT w, published_wall FROM horizon WHERE id = 1")
_HORIZON_LOCKED: Final = text("SELECT w, published_wall FROM horizon WHERE id = 1 FOR UPDATE SKIP LOCKED")
_HORIZON_AWAITED: Final = text("SELECT w, published_wall FROM horizon WHERE id = 1 FOR UPDATE")
_MOVE: Final = text("UPDATE horizon SET w = :w, published_wall = :wall WHERE id = 1")
_STALE: Final = text(
    'SELECT c.record FROM "current" c JOIN record r ON r.id = c.record WHERE c.fingerprint <> :fingerprint'
    " AND c.record > :after AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.record = c.record)"
    " ORDER BY c.record LIMIT 500"
)


class Sealed(NamedTuple):
    """What one batch did: the datestamp it got, and how many records moved, were dropped, or were quarantined."""

    w: int
    published: int
    dropped: int = 0
    quarantined: int = 0
    left: int = 0


def publish(site: Site, sleep: Callable[[float], None] | None = None) -> Sealed | None:
    """Publish one batch of what waits; None when nothing waits, another process is at it, or it is too early.

    With `sleep`, which is given seconds, it is never too early: the batch is rendered meanwhile, and sealed as soon as
    may be.
    """
    refuse_clock(site)
    opening.open_all(site)
    if not site.publishing.opened:
        return None  # Another process fills a view; what is published meanwhile would lack it.
    with site.database.read() as connection:
        if outbox.is_empty(connection):
            return None
        last = connection.execute(_HORIZON).one()
    if sleep is None and _too_early(site.clock.now(), last.published_wall):
        return None
    with lease.lease(site, "publish", LEASE_S) as renew:
        if renew is None:
            return None
        prepared = prepare(site, MOST_ROWS, MOST_BYTES, renew)
        if prepared is None:
            return None
        if sleep is not None and _too_early(now := site.clock.now(), last.published_wall):
            sleep(last.published_wall + BATCH_S - now)
        return seal(site, prepared)


def seal(site: Site, prepared: Prepared) -> Sealed | None:
    """Write prepared records under the lock and move W; None when the lock is taken or it is too early."""
    with site.database.write() as connection:
        horizon = _lock(site, connection)
        now = site.clock.now()
        if horizon is None or _too_early(now, horizon.published_wall):
            return None
        d = _next(horizon.w, now)
        deadline = time.monotonic() + (LOCK_S if prepared.interactive else LOCK_BULK_S)
        done = sealing.write(site, connection, prepared, d, deadline)
        connection.execute(_MOVE, {"w": d, "wall": now})
    return Sealed(d, done.published, done.dropped, done.quarantined, done.left)


def advance(site: Site) -> None:
    """Move W by an empty batch when it is older than 2 s and the lock is free; never waits.

    If anything waits for publication, its batch will move W: an empty batch before it would delay it by 2 s, and under
    constant requests for ever. A stale W is safe, because responseDate follows it, so W simply stays when the lock or
    the clock is in the way.
    """
    if site.clock.monotonic() - site.publishing.moved < BATCH_S:
        return
    site.publishing.moved = site.clock.monotonic()
    try:
        refuse_clock(site)
        with site.database.read() as connection:
            if not _is_old(connection.execute(_HORIZON).one(), site.clock.now()) or not outbox.is_empty(connection):
                return
        with site.database.try_write() as connection:
            horizon = _lock(site, connection) if connection is not None else None
            if connection is None or horizon is None:
                return
            now = site.clock.now()
            if _is_old(horizon, now):
                connection.execute(_MOVE, {"w": _next(horizon.w, now), "wall": now})
    except (Busy, ClockRefused):
        return


def drain(
    site: Site, after: int, upto: int, sleep: Callable[[float], None],
    tell: Callable[[Sealed | None], None] | None = None,
) -> None:  # fmt: skip
    """Open what is not open yet, then publish until no free row with after < n <= upto waits.

    `sleep` is given the seconds between two tries, `tell` is given what each did. Another process that writes for long
    is waited for, PATIENCE times as long as a statement waits; raises Busy when it still writes then.
    """
    refuse_clock(site)
    opening.open_all(site)
    patience = PATIENCE
    while True:
        with site.database.read() as connection:
            if not outbox.waits(connection, after, upto):
                return
        try:
            sealed, patience = publish(site, sleep), PATIENCE
        except Busy:
            sealed, patience = None, patience - 1
            if not patience:
                raise
        if tell is not None:
            tell(sealed)
        if sealed is None:
            sleep(0.1)


def refresh(site: Site) -> int:
    """Enqueue, in the bulk lane, every record that was published under another fingerprint; gives how many."""
    count, after = 0, -1
    while True:
        with site.database.write() as connection:
            records = [row[0] for row in connection.execute(_STALE, {"fingerprint": site.fingerprint, "after": after})]
            outbox.enqueue(connection, records, outbox.BULK)
        if not records:
            return count
        count, after = count + len(records), records[-1]


def is_stale(site: Site) -> bool:
    """Whether any record was published under another fingerprint (`serve` warns)."""
    with site.database.read() as connection:
        return connection.execute(_STALE, {"fingerprint": site.fingerprint, "after": -1}).scalar() is not None


def refuse_clock(site: Site) -> None:
    """Raise ClockRefused when the clock jumped while this process ran, or is far ahead of W."""
    wall, mono = site.publishing.started
    drift = (site.clock.now() - wall) - (site.clock.monotonic() - mono)
    if abs(drift) > STEP_S:
        raise ClockRefused(
            f"The clock of this machine jumped by {drift:.0f} s; nothing is published. Set it right and start again."
        )
    if site.publishing.clock_accepted:
        return
    with site.database.read() as connection:
        w = connection.execute(_HORIZON).one().w
    if site.clock.now() - w > LEAP_S:
        raise ClockRefused(
            "The clock is more than 400 days ahead of the last publication; if it is right, run"
            " `oerbron publish --accept-clock`."
        )
    site.publishing.clock_accepted = True


def accept_clock(site: Site) -> None:
    """Take the clock as it is: an operator said that it is right."""
    site.publishing.clock_accepted = True
    with site.database.write() as connection:
        horizon = connection.execute(_HORIZON if site.database.is_sqlite else _HORIZON_AWAITED).one()
        now = site.clock.now()
        connection.execute(_MOVE, {"w": _next(horizon.w, now), "wall": now})


def _lock(site: Site, connection: Connection) -> Row[tuple[int, float]] | None:
    """The horizon's row, locked; None when another process has it (SQLite locks the whole database at BEGIN)."""
    return connection.execute(_HORIZON if site.database.is_sqlite else _HORIZON_LOCKED).one_or_none()


def _is_old(horizon: Row[tuple[int, float]], now: float) -> bool:
    """Whether an empty batch may move W; after the clock stepped back, only once the clock has caught up with W."""
    return now - horizon.w >= BATCH_S and not _too_early(now, horizon.published_wall)


def _too_early(now: float, published_wall: float) -> bool:
    """Whether the last batch is too recent. After a step back of the clock it never is: W rises by itself then."""
    return 0 <= now - published_wall < BATCH_S


def _next(w: int, now: float) -> int:
    """The datestamp of the next batch: even, above W, and not behind the clock."""
    return max(w + 2, int(now) // 2 * 2)
