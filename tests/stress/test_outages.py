"""Power cuts and full disks: what was acknowledged is there afterwards, and the same process goes on by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from werkzeug.test import Client

from portal.app import create_app
from repository import deposit
from repository.clock import SystemClock
from repository.errors import RepositoryError
from repository.publishing import publication
from repository.site import Site, open_site
from repository.upkeep import doctor
from tests.support.deposit import a_delivery, an_order
from tests.support.running import free_port
from tests.support.site import a_site

NOBODY = 65534  # PostgreSQL refuses root
QUIET_S = 60


class Writer(Thread):
    """Writes one record after another and notes what was acknowledged, whatever happens to the database."""

    def __init__(self, site: Site) -> None:
        super().__init__(name="writer")
        self.site = site
        self.acknowledged: list[str] = []
        self.refused = 0
        self.stopped = Event()

    def run(self) -> None:
        n = 0
        while not self.stopped.is_set():
            n += 1
            self.write(f"key-{n}")

    def write(self, key: str) -> bool:
        """One record; whether it was acknowledged. Only our own errors may come of it."""
        try:
            outcome = deposit.deliver(self.site, [a_delivery("x" * 4000, identifier=key)], an_order())[0]
        except RepositoryError:
            self.refused += 1
            return False
        assert outcome.outcome == "created"
        self.acknowledged.append(key)
        return True


def publish_all(site: Site) -> None:
    publication.drain(site, 0, 10**9, time.sleep)


def missing(site: Site, acknowledged: list[str]) -> set[str]:
    """The acknowledged keys that are not published."""
    query = text('SELECT o.key FROM origin o JOIN "current" c ON c.record = o.record')
    with site.database.read() as connection:
        return set(acknowledged) - {row[0] for row in connection.execute(query)}


@dataclass
class Server:
    """A PostgreSQL of one's own, whose plug can be pulled."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *words: str) -> None:
        user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        command = (*user, str(self.programs / program), *words)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HOME": str(self.folder)})

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "start", "-o", options)

    def stop(self, how: str) -> None:
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", how, "-w", "stop")


@pytest.fixture
def server() -> Iterator[Server]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs or os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("pulling the plug needs root and Debian's postgresql")
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        folder = Path(name)
        os.chown(folder, NOBODY, NOBODY)
        made = Server(programs[-1], folder, free_port())
        made.run("initdb", "-D", f"{folder}/data", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        made.start()
        yield made
        made.stop("immediate")


@pytest.mark.slow
@pytest.mark.postgresql
def test_postgresql_loses_nothing_at_a_power_cut_and_the_process_goes_on(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    site = _on(server.url, tmp_path)
    client = Client(create_app(site))
    writer = Writer(site)
    writer.start()
    for _ in range(2):
        enough = len(writer.acknowledged) + 20
        _wait_for(lambda enough=enough: len(writer.acknowledged) > enough)
        _publish_a_little(site)
        server.stop("immediate")
        refused = writer.refused
        _wait_for(lambda refused=refused: writer.refused > refused)
        assert client.get("/readyz").status_code == 503
        assert client.get("/oai?verb=Identify").status_code == 503
        server.start()
        _wait_for(lambda: client.get("/readyz").status_code == 200)
    writer.stopped.set()
    writer.join()

    publish_all(site)

    assert len(writer.acknowledged) > 40
    assert missing(site, writer.acknowledged) == set()
    assert doctor.examine(site) == []
    site.database.dispose()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and _ran("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder))
    if not mounted:
        pytest.skip("a small disk needs root and the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_sqlite_loses_nothing_on_a_full_disk_and_goes_on_when_there_is_room(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(small_disk))
    site = _on(f"sqlite:///{small_disk}/full.sqlite", small_disk)
    client = Client(create_app(site))
    writer = Writer(site)
    assert writer.write("first")
    publish_all(site)
    while writer.write(f"key-{len(writer.acknowledged)}"):
        pass
    assert not any(writer.write(f"refused-{n}") for n in range(3))

    assert client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc").status_code == 200
    status, reason = _ready(client)
    assert (status, "disk" in reason) == (503, True)
    assert _ran("mount", "-o", "remount,size=200m", str(small_disk))

    assert _ready(client)[0] == 200
    assert writer.write("afterwards")
    publish_all(site)
    assert len(writer.acknowledged) > 10
    assert missing(site, writer.acknowledged) == set()
    assert doctor.examine(site) == []
    site.database.dispose()


def _on(url: str, home: Path) -> Site:
    """A site on the real clock."""
    fake = a_site(home, url=url)
    fake.database.dispose()
    return open_site(fake.config, SystemClock())


def _publish_a_little(site: Site) -> None:
    with_luck = publication.publish(site)
    assert with_luck is None or with_luck.quarantined == 0


def _ready(client: Client) -> tuple[int, str]:
    answer = client.get("/readyz")
    return answer.status_code, answer.get_data(as_text=True)


def _wait_for(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + QUIET_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def _ran(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
