"""A cluster of three nodes loses each of them in turn (kill -9): no query fails, and no record is lost.

`python -m tests.stress.search_cluster FOLDER [NODE ...]`, for a cluster that `.ci/elasticsearch cluster FOLDER PORT`
started; some two minutes on a quiet machine. Not one of the tests: three nodes want 2.5 GB, and half a minute to start.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from repository.published import snapshot
from repository.publishing import publication
from repository.search.engines.elastic import ElasticEngine
from repository.search.errors import SearchUnavailable
from repository.search.plan.parameters import read
from repository.search.service import Searching
from repository.site import Site
from tests.support.factories import a_record
from tests.support.site import FakeClock, a_site, accept, withdraw

NODES: Final = (1, 2, 3)
_ROUNDS: Final = 12  # of changes, before and after a node is killed
_CATCH_UP_S: Final = 120.0
_QUERIES: Final = ("q=breuken&facets=subject,type", "sort=newest", "q=anders", "q=titel&sort=title", "q=brueken")
_SCRIPT: Final = Path(__file__).parents[2] / ".ci" / "elasticsearch"


class Asking:
    """Threads that search without a pause, and what went wrong."""

    def __init__(self, searching: Searching) -> None:
        self.searching = searching
        self.stopped = threading.Event()
        self.asked = 0
        self.worst_s = 0.0
        self.failed: Counter[str] = Counter()

    def ask(self) -> None:
        searches = [read([tuple(each.split("=", 1)) for each in query.split("&")])[0] for query in _QUERIES]  # type: ignore[misc]
        while not self.stopped.is_set():
            for search in searches:
                began = time.monotonic()
                try:
                    self.searching.find(search)
                except Exception as error:  # noqa: BLE001 - what is counted
                    self.failed[f"{type(error).__name__}: {error}"] += 1
                self.worst_s = max(self.worst_s, time.monotonic() - began)
                self.asked += 1

    @contextmanager
    def running(self, threads: int = 2) -> Iterator[None]:
        workers = [threading.Thread(target=self.ask) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self.stopped.set()
            for worker in workers:
                worker.join()


class Lost(NamedTuple):
    """What the loss of one node did: steps of the projection that had to be tried again, seconds until all was in."""

    node: int
    retried: int
    caught_up_s: float
    records: int
    different: int


def _url(folder: Path, node: int) -> str:
    return (folder / str(node) / "url").read_text().strip()


def _until(folder: Path, node: int, status: str) -> None:
    """Wait until the cluster has all nodes, and all copies (green)."""
    asked = {"wait_for_status": status, "wait_for_nodes": str(len(NODES)), "timeout": "120s"}
    answer = httpx.get(f"{_url(folder, node)}/_cluster/health", params=asked, timeout=130)
    assert answer.status_code == 200, answer.text


def _change(site: Site, chance: random.Random, records: list[int]) -> None:
    assert isinstance(site.clock, FakeClock)
    records += [accept(site, a_record(f"Titel {chance.random()} breuken")) for _ in range(10)]
    for one in chance.sample(records, 5):
        accept(site, a_record(f"Anders {chance.random()}"), id_=one)
    withdraw(site, records.pop(chance.randrange(len(records))))
    site.clock.pass_(2)
    publication.publish(site)


def _project(searching: Searching) -> int:
    """One step of the index, as a server's tick does it: what goes wrong is tried again at the next one."""
    try:
        searching.step()
    except SearchUnavailable:
        return 1
    return 0


def lose(folder: Path, node: int, searching: Searching, records: list[int], chance: random.Random) -> Lost:
    """Change records, kill a node without a warning, change more, catch up; then start the node again."""
    retried = 0
    for _ in range(_ROUNDS):
        _change(searching.site, chance, records)
        retried += _project(searching)
    os.kill(int((folder / str(node) / "pid").read_text()), signal.SIGKILL)
    for _ in range(_ROUNDS):
        _change(searching.site, chance, records)
        retried += _project(searching)
    began = time.monotonic()
    caught_up = _catch_up(searching) - began
    index = searching.index()
    found = Lost(
        node,
        retried,
        caught_up,
        sum(each.count for each in index.sums().values()),
        len(searching.projection.compare(index)),
    )
    subprocess.run([_SCRIPT, "node", folder, str(node)], check=True)
    _until(folder, NODES[node % len(NODES)], "green")
    return found


def _catch_up(searching: Searching) -> float:
    end = time.monotonic() + _CATCH_UP_S
    while time.monotonic() < end:
        try:
            searching.catch_up()
        except SearchUnavailable:
            time.sleep(0.5)
        else:
            return time.monotonic()
    raise TimeoutError("the index did not catch up")


def main(arguments: Sequence[str]) -> int:
    folder = Path(arguments[0]).resolve()
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as home:
        site = a_site(Path(home))
        engine = ElasticEngine(" ".join(_url(folder, node) for node in NODES), f"lost-{uuid.uuid4().hex[:8]}")
        searching = Searching(site, engine)
        records: list[int] = []
        _change(site, chance, records)
        searching.catch_up()
        _until(folder, 1, "green")
        asking, lost = Asking(searching), []
        with asking.running():
            for node in map(int, arguments[1:] or NODES):
                lost.append(lose(folder, node, searching, records, chance))
                _tell(lost[-1])
        with snapshot(site.database) as line:
            live = sum(1 for _ in line.live())
        engine.drop(engine.names())
        site.database.dispose()
    failed = asking.failed.total()
    sys.stdout.write(f"{asking.asked} queries, {failed} failed, the slowest took {asking.worst_s:.1f} s\n")
    sys.stdout.writelines(f"  {count} times {what}\n" for what, count in asking.failed.most_common(10))
    return bool(failed or lost[-1].records != live or any(each.different for each in lost))


def _tell(each: Lost) -> None:
    sys.stdout.write(
        f"node {each.node} killed: {each.records} records, {each.different} buckets differ, {each.retried} steps"
        f" tried again, all in after {each.caught_up_s:.1f} s\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
