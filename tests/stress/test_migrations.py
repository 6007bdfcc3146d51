"""The schema at first use: made once, whoever comes first, and whole again after a kill at any point."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import inspect

from repository import doctor, publication
from repository.clock import SystemClock
from repository.database import Database
from repository.migrations import HEAD, _version, upgrade
from repository.tables import metadata
from tests.behind import a_site, accept
from tests.factories import a_record
from tests.stress.arena import ROOT

KILLS = 20
_NURSERY = """
import os, sys
sys.path[:0] = [{root!r}, {root!r} + "/oaipmh"]
import alembic.command, alembic.config
from repository.clock import SystemClock
from repository.database import Database
from repository.migrations import upgrade

def child():
    pid = os.fork()
    if pid:
        return pid
    upgrade(Database(sys.argv[1]), SystemClock())
    os._exit(0)

for line in sys.stdin:
    pids = [child() for _ in range(int(line))]
    print(*pids, flush=True)
    print(*(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids), flush=True)
"""


class Nursery:
    """A process that forks others, each of which opens the database; forked, because a start takes a second."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-c", _NURSERY.format(root=str(ROOT)), url]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.said, self.heard = self.process.stdout, self.process.stdin

    def fork(self, number: int) -> list[int]:
        """So many processes at once; their numbers."""
        self.heard.write(f"{number}\n")
        self.heard.flush()
        return self._numbers()

    def ended(self) -> list[int]:
        """Their exit codes, when all have ended."""
        return self._numbers()

    def close(self) -> None:
        self.heard.close()
        self.process.wait()
        self.said.close()

    def _numbers(self) -> list[int]:
        return [int(word) for word in self.said.readline().split()]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture
def nursery(url: str) -> Iterator[Nursery]:
    made = Nursery(url)
    yield made
    made.close()


def test_a_schema_whose_making_was_killed_is_whole_or_not_there(nursery: Nursery, url: str, tmp_path: Path) -> None:
    """The time it takes is measured, then killed at points spread over it; what is there is dropped in between."""
    nursery.fork(1)
    began = time.monotonic()
    assert nursery.ended() == [0]
    took_s = time.monotonic() - began
    chance = random.Random(1)
    killed = 0
    for n in range(KILLS):
        _drop(url)
        (process,) = nursery.fork(1)
        time.sleep(took_s * (n + chance.random()) / KILLS)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        killed += nursery.ended() == [-signal.SIGKILL]
        database = Database(url)
        with database.read() as connection:
            there = set(inspect(connection).get_table_names()) & metadata.tables.keys()
            assert there in (set(), set(metadata.tables))
            assert _version(connection) in ((None,) if not there else (HEAD,))
        database.dispose()

    site = a_site(tmp_path, url=url)
    accept(site, a_record())
    site.clock.pass_(2)  # type: ignore[attr-defined]
    assert publication.publish(site) is not None
    assert doctor.examine(site) == []
    assert killed > KILLS // 4
    site.database.dispose()


def test_processes_that_come_at_once_make_one_schema(nursery: Nursery, url: str) -> None:
    nursery.fork(4)

    assert nursery.ended() == [0] * 4
    database = Database(url)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM horizon").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM setting WHERE key = 'secret'").scalar() == 1
    database.dispose()


def test_a_schema_that_is_there_is_left_alone(url: str) -> None:
    database = Database(url)
    upgrade(database, SystemClock())
    with database.read() as connection:
        before = connection.exec_driver_sql("SELECT * FROM horizon").all()

    upgrade(database, SystemClock())

    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM horizon").all() == before
    database.dispose()


def _drop(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    database.dispose()
