"""A process that publishes dies before each statement in turn; the next one finds all that waited."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import event

from repository.publishing import outbox, publication
from repository.site import Site
from repository.upkeep import doctor
from tests.support.factories import a_record
from tests.support.replica import Replica
from tests.support.site import FakeClock, a_site, accept, withdraw


class _Killed(Exception):
    """The process died here."""


def _dies_at(site: Site, statement: int) -> list[int]:
    """Make the n-th statement of this process its last; gives the count of what was run."""
    run = [0]

    def before(*_: Any) -> None:
        run[0] += 1
        if run[0] >= statement:
            raise _Killed

    event.listen(site.database.engine, "before_cursor_execute", before)
    return run


def test_a_crash_at_any_statement_loses_nothing(tmp_path: Path) -> None:
    clock = FakeClock()
    made = a_site(tmp_path, clock)
    ids = [accept(made, a_record(f"Titel {n}")) for n in range(3)]
    clock.pass_(2)
    publication.publish(made)
    before = Replica(page=1)
    before.harvest(made)
    accept(made, a_record("Anders"), id_=ids[0])
    withdraw(made, ids[1])
    accept(made, a_record("Nieuw"))
    made.database.dispose()
    copy = tmp_path / "copy"
    copy.mkdir()
    crashes = 0
    while True:
        shutil.copy(tmp_path / "test.sqlite", copy / "test.sqlite")
        dying = a_site(copy, FakeClock(clock.now() + 4))
        _dies_at(dying, crashes + 1)
        try:
            publication.publish(dying)
        except _Killed:
            crashes += 1
        else:
            break
        finally:
            dying.database.dispose()
        _goes_on(copy, clock.now() + 60, before)

    assert crashes > 20


def _goes_on(folder: Path, now: float, before: Replica) -> None:
    """The next process finds all that waited, and a harvester that saw the time before the crash misses nothing."""
    site = a_site(folder, FakeClock(now))
    replica = Replica(page=1, since=before.since, copy=dict(before.copy))
    replica.request(site)
    assert doctor.examine(site) == []

    publication.publish(site)
    replica.harvest(site)
    replica.harvest(site)

    with site.database.read() as connection:
        assert outbox.is_empty(connection)
    assert doctor.examine(site) == []
    assert replica.copy == replica.truth(site)
    site.database.dispose()
