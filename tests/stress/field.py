"""The field of the replicas: a repository that changes while followers of every feed are at work on it."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from repository.config.load import load
from repository.publishing import outbox
from repository.site import Site, open_site
from tests.stress.changes import Changer
from tests.stress.followers import Harvest, Listing, Resync, Streaming, ldes_client, resync_python
from tests.support.running import Running, free_port, running

QUIET_S = 60
ORDERED = ("--ordered", "ascending")
_CONFIG = (
    '[site]\nbase_url = "http://127.0.0.1:{port}"\n[harvest]\nallow_hosts = ["127.0.0.1"]\nports = [{port}]\n'
    '[database]\nurl = "{url}"\n'
)
_AT_WORK = {"save": 4.0, "follow": 0.5, "follow ordered": 0.5}  # modes of the client, and seconds between two looks


class Field:
    """A repository that changes, its server, and those who follow it; `url` names an empty database, "" SQLite."""

    def __init__(self, folder: Path, seed: int, url: str = "") -> None:
        self.folder, self.home, self.port = folder, folder / "home", free_port()
        self.config = folder / "config.toml"
        self.config.write_text(_CONFIG.format(port=self.port, url=url), encoding="utf-8")
        self.home.mkdir()
        self.base = f"http://127.0.0.1:{self.port}"
        self.site: Site = open_site(load(self.config))
        self.chance = random.Random(seed)
        self.changer = Changer(self.site, random.Random(seed + 1))
        self.stop = threading.Event()
        self.threads: list[threading.Thread] = []
        self.failures: list[str] = []
        self.streams = {
            name: Streaming(name, flags, f"{self.base}/ldes", folder)
            for name, flags in {
                "plain": (), "ordered": ORDERED, "follow": ("--follow",), "follow ordered": ("--follow", *ORDERED),
                "save": ("--save", str(folder / "state")), "last version only": ("--last-version-only",),
                "materialize": ("--materialize", *ORDERED),
            }.items()
        }  # fmt: skip
        self.harvest, self.listing = Harvest(), Listing()
        self.resync = Resync(self.base, folder / "resync")

    def halt(self) -> None:
        """Nobody begins anything any more; clients that follow go on."""
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def serve(self) -> AbstractContextManager[Running]:
        return running(self.home, "--config", str(self.config), "serve", "--port", str(self.port))


def change(field: Field, changes: int, seconds: float) -> None:
    """So many changes over so long: mostly one by one, now and then a burst."""
    counts = field.changer.done
    began, first = time.monotonic(), counts.total()
    while (made := counts.total() - first) < changes:
        field.changer.change(field.chance.choice((1, 1, 1, 1, 1, 1, 5, 40)))
        ahead = made / changes * seconds - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(min(ahead, 1.0))


def quiet(field: Field) -> None:
    """Until the server has published all there is."""
    deadline = time.monotonic() + QUIET_S
    while True:
        with field.site.database.read() as connection:
            if outbox.is_empty(connection):
                break
        assert time.monotonic() < deadline, "the server does not publish what waits"
        time.sleep(0.2)
    time.sleep(2.5)  # a tick, so that pages are sealed


@contextmanager
def following(field: Field, server: Running) -> Iterator[None]:
    """Followers at work until the block ends."""

    def step(work: Callable[[], None], pause_s: float) -> None:
        while not field.stop.wait(pause_s):
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a follower that fails is a finding, not the end of the fight
                field.failures.append(f"{type(error).__name__}: {error}")

    jobs: list[tuple[Callable[[], None], float]] = [
        (lambda: field.harvest.step(server), 1.0), (lambda: field.listing.step(server), 1.0),
    ]  # fmt: skip
    if ldes_client():
        # A client that follows ends when an answer breaks off; somebody starts it again.
        jobs += [(field.streams[name].step, pause_s) for name, pause_s in _AT_WORK.items()]
    if resync_python():
        jobs.append((_resyncing(field), 5.0))
    field.threads = [threading.Thread(target=step, args=job) for job in jobs]
    for thread in field.threads:
        thread.start()
    try:
        yield
    finally:
        field.halt()
        for stream in field.streams.values():
            stream.stop()


def _resyncing(field: Field) -> Callable[[], None]:
    """A baseline until one is whole, then changes; what is broken off is begun again from the same stamp."""
    based = False

    def step() -> None:
        nonlocal based
        based = field.resync.sync("--incremental" if based else "--baseline") or based

    return step


@contextmanager
def at_home(home: Path) -> Iterator[None]:
    """OERBRON_HOME for the site of this process."""
    before = os.environ.get("OERBRON_HOME")
    os.environ["OERBRON_HOME"] = str(home)
    try:
        yield
    finally:
        os.environ.pop("OERBRON_HOME")
        if before is not None:
            os.environ["OERBRON_HOME"] = before
