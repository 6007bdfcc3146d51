"""The schema: made once at first use, moved once by whoever comes first, whole after a kill at any point."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import inspect

from repository.clock import SystemClock
from repository.errors import DatabaseError
from repository.migrations import migration
from repository.migrations.migration import HEAD, Steps, _version, upgrade
from repository.publishing import publication
from repository.storage.database import Database
from repository.storage.tables import metadata
from repository.upkeep import backup, doctor
from tests.stress.arena import ROOT
from tests.support.factories import a_record
from tests.support.site import FakeClock, a_site, accept

KILLS = 20
_NURSERY = """
import os, sys
from pathlib import Path
sys.path[:0] = [{root!r}, {root!r} + "/oaipmh"]
import alembic.command, alembic.config
from repository.clock import SystemClock
from repository.storage.database import Database
from repository.migrations.migration import Steps, upgrade
steps = Steps(Path(sys.argv[2]), sys.argv[3]) if len(sys.argv) > 2 else Steps()

def child():
    pid = os.fork()
    if pid:
        return pid
    upgrade(Database(sys.argv[1]), SystemClock(), steps)
    os._exit(0)

for line in sys.stdin:
    pids = [child() for _ in range(int(line))]
    print(*pids, flush=True)
    print(*(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids), flush=True)
"""


class Nursery:
    """A process that forks others, each of which opens the database; forked, because a start takes a second."""

    def __init__(self, url: str, *steps: str) -> None:
        command = [sys.executable, "-c", _NURSERY.format(root=str(ROOT)), url, *steps]
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

    site = a_site(tmp_path, FakeClock(time.time()), url=url)  # the schema was made by the clock on the wall
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


_NEXT = """
import time
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "HEAD_STEP"

def upgrade():
    op.add_column("record", sa.Column("novelty", sa.Integer()))
    time.sleep(0.05)
    op.execute(sa.text("UPDATE record SET novelty = 7"))
    op.create_table("novelty", sa.Column("id", sa.Integer(), primary_key=True))
    time.sleep(0.05)
    op.execute(sa.text("INSERT INTO novelty (id) VALUES (1)"))
"""


@pytest.fixture
def next_steps(tmp_path: Path) -> Steps:
    """The shipped steps and one more."""
    shipped = Path(str(migration.__file__)).parent
    folder = tmp_path / "steps"
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "m9999_next.py").write_text(_NEXT.replace("HEAD_STEP", HEAD))
    return Steps(folder, "9999")


def _fill(tmp_path: Path, url: str, records: int) -> None:
    site = a_site(tmp_path, url=url)
    for _ in range(records):
        accept(site, a_record())
    assert publication.publish(site) is not None
    site.database.dispose()


def _state(url: str) -> tuple[str | None, bool, int]:
    """The step, whether the new column is there, and the number of records."""
    database = Database(url)
    with database.read() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("record")}
        tables = set(inspect(connection).get_table_names())
        assert ("novelty" in columns) == ("novelty" in tables)
        records = connection.exec_driver_sql("SELECT count(*) FROM record").scalar()
        found = (_version(connection), "novelty" in columns, int(records or 0))
    database.dispose()
    return found


def test_a_killed_migration_of_a_filled_database_leaves_it_whole(
    url: str, tmp_path: Path, next_steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    _fill(tmp_path, url, 20)
    nursery = Nursery(url, str(next_steps.folder), next_steps.head)
    chance = random.Random(2)
    killed = 0
    for n in range(KILLS):
        (process,) = nursery.fork(1)
        time.sleep(0.25 * (n + chance.random()) / KILLS)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        killed += nursery.ended() == [-signal.SIGKILL]
        assert _state(url) in ((HEAD, False, 20), ("9999", True, 20))
        if _state(url)[0] == "9999":
            break

    nursery.fork(4)
    assert nursery.ended() == [0] * 4
    nursery.close()

    assert _state(url) == ("9999", True, 20)
    assert killed > KILLS // 4
    assert not list((tmp_path / "backups").glob("*.part"))
    for path in (tmp_path / "backups").glob("*.zip"):
        assert json.loads(zipfile.ZipFile(path).read("manifest.json"))["schema"] == HEAD
    assert list((tmp_path / "backups").glob("*.zip"))


def test_a_backup_made_before_a_migration_is_restored_by_the_version_that_made_it(
    url: str, tmp_path: Path, next_steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    _fill(tmp_path, url, 5)
    database = Database(url)

    upgrade(database, SystemClock(), next_steps)
    upgrade(database, SystemClock(), next_steps)

    (kept,) = (tmp_path / "backups").glob("*.zip")
    database.dispose()
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite'}")
    upgrade(other, SystemClock())
    backup.restore(other, SystemClock(), kept, exact=True)
    with other.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM record").scalar() == 5
        assert connection.exec_driver_sql("SELECT count(*) FROM face_lom").scalar() == 5
    other.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left(url: str, tmp_path: Path, next_steps: Steps) -> None:
    database = Database(url)
    upgrade(database, SystemClock(), next_steps)

    with pytest.raises(DatabaseError, match="newer version"):
        upgrade(database, SystemClock())

    assert _state(url)[:2] == ("9999", True)
    database.dispose()


def test_nothing_is_changed_where_no_backup_can_be_written(
    url: str, tmp_path: Path, next_steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path / "home"))
    _fill(tmp_path, url, 1)
    database = Database(url)

    with pytest.raises(DatabaseError, match="Nothing was changed"):
        upgrade(database, SystemClock(), next_steps)

    assert _state(url) == (HEAD, False, 1)
    database.dispose()


def _drop(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    database.dispose()
