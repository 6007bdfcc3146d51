"""Leases: one process at a time does a piece of work, and if it dies another one can take over."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from repository.site import Site

_TAKE: Final = text(
    # A lease that ends later than any lease taken now can end is left over from before the clock stepped back.
    "INSERT INTO lease (name, holder, until) VALUES (:name, :holder, :until) ON CONFLICT (name) DO UPDATE"
    " SET holder = excluded.holder, until = excluded.until"
    " WHERE lease.until < :now OR lease.until > :beyond OR lease.holder = :holder"
)
_SKEW: Final = 4  # lengths of a lease: machines whose clocks differ by less do not take each other's leases
_HELD: Final = text("SELECT 1 FROM lease WHERE name = :name AND holder = :holder")
_HOLDER: Final = text("SELECT holder FROM lease WHERE name = :name")
_HOST: Final = socket.gethostname().replace(" ", "-")
_END: Final = text("DELETE FROM lease WHERE name = :name AND holder = :holder")


@contextmanager
def lease(site: Site, name: str, seconds: float) -> Iterator[Callable[[], bool] | None]:
    """Hold a named lease for the block, or give None when another process holds it.

    The function given tells whether the lease is still held, and renews it when a third of its time has passed: call it
    as often as you like. A lease whose holder died is free at once on its own machine, and after `seconds` elsewhere. A
    lease may save work, but nothing may be wrong without it, since clocks can step.
    """
    holder = f"{_HOST} {os.getpid()} {uuid.uuid4().hex}"
    taken = float("-inf")  # monotonic

    def renew() -> bool:
        nonlocal taken
        if site.clock.monotonic() - taken < seconds / 3:
            return True
        now = site.clock.now()
        values = {"name": name, "holder": holder, "until": now + seconds, "now": now, "beyond": now + _SKEW * seconds}
        with site.database.write() as connection:
            _free_if_dead(connection, name)
            connection.execute(_TAKE, values)
            held = connection.execute(_HELD, {"name": name, "holder": holder}).scalar() is not None
        taken = site.clock.monotonic() if held else float("-inf")
        return held

    if not renew():
        yield None
        return
    try:
        yield renew
    finally:
        with site.database.write() as connection:
            connection.execute(_END, {"name": name, "holder": holder})


def _free_if_dead(connection: Connection, name: str) -> None:
    """End the lease of a process of this machine that was killed."""
    holder = connection.execute(_HOLDER, {"name": name}).scalar()
    if _is_dead(holder or ""):
        connection.execute(_END, {"name": name, "holder": holder})


def _is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine that no longer runs."""
    host, _, rest = holder.partition(" ")
    pid = rest.partition(" ")[0]
    if host != _HOST or not pid.isdecimal():
        return False
    if _is_zombie(pid):
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # It lives, under another user.
    return False


def _is_zombie(pid: str) -> bool:
    """Whether a process has ended, but its parent has not asked after it yet (Linux; proc_pid_stat(5))."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[:1] == ["Z"]


def is_held(site: Site, name: str) -> bool:
    """Whether somebody holds a lease now; one whose holder died on this machine is held no more."""
    with site.database.read() as connection:
        row = connection.execute(text("SELECT holder, until FROM lease WHERE name = :name"), {"name": name}).first()
    return row is not None and row.until >= site.clock.now() and not _is_dead(row.holder)
