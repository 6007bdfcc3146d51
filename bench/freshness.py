"""From a committed batch to its being found: published for real, projected by the same code that a server calls.

The index has its many records already; the database has only those that are published here, one in each batch. Time
begins when `publish` has committed, and ends when the record is found by its words: in the process that published it,
and in another one that only reads.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from repository import deposit
from repository.config.sections import Config, DatabaseSection
from repository.published import datestamp_of, snapshot
from repository.publishing import publication
from repository.search.index.engine import Engine, Filter, Wanted
from repository.search.index.generation import Making
from repository.search.plan.plan import Is
from repository.search.service import Searching
from repository.site import open_site
from schemas.formats.format import Delivery, Reading
from schemas.generate.generate import records

_PATIENCE_S: Final = 60.0
_READER: Final = """
import sys, time
from pathlib import Path
from repository.search.engines.embedded import EmbeddedEngine

index = EmbeddedEngine(Path(sys.argv[1])).open(sys.argv[2])
seen = index.watermark()
print("ready", flush=True)
while True:
    now = index.watermark()
    if now != seen:
        seen = now
        print(now, time.monotonic(), flush=True)
    time.sleep(0.001)
"""


class _Clock:
    """Batches are published every two seconds; here that long passes at once. Never earlier than what is indexed."""

    def __init__(self, least: int) -> None:
        self.ahead = max(0.0, least + 2 - time.time())

    def now(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


def freshness(home: Path, engine: Engine, name: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds until each batch was found in the same process, and in another one (none: a cluster)."""
    clock = _Clock(datestamp_of(engine.open(name).watermark() or 0))
    os.environ["OERBRON_HOME"] = str(home)
    site = open_site(Config(database=DatabaseSection(url=f"sqlite:///{home / 'fresh.sqlite'}")), clock)
    searching = Searching(site, engine)
    layout, digest, _ = name.split("-")
    searching.projection.made_with = lambda _: Making(layout, digest)
    engine.turn(name)
    order = deposit.Order(source="bench", as_state="published", actor=deposit.OPERATOR)
    here: list[float] = []
    committed: dict[int, float] = {}
    folder = getattr(engine, "folder", None)
    with _reader(folder, name) as lines:
        for n, record in enumerate(records(rounds, 99)):
            deposit.deliver(
                site, [Delivery(place=str(n), format="bench", identifier=f"k{n}", reading=Reading(record))], order
            )
            clock.ahead += 2.0
            publication.publish(site)
            began = time.monotonic()
            with snapshot(site.database) as line:
                (item,) = line.newest(1)
            # As in a server: one thread lets the index follow, another one is asked. A step ends some time after its
            # commit, when segments are merged.
            stepping = threading.Thread(target=searching.step)
            stepping.start()
            wanted = Wanted(filters=(Filter("id", Is("id", (item.uuid,))),))
            while (searching.index().watermark() or 0) < item.position or searching.index().find(wanted).total != 1:
                assert time.monotonic() < began + _PATIENCE_S, "what was published is not found"
                time.sleep(0.001)
            here.append(time.monotonic() - began)
            committed[item.position] = began
            stepping.join()
    site.database.dispose()
    seen = [line.split() for line in lines]
    return here, [float(at) - committed[int(position)] for position, at in seen if int(position) in committed]


@contextmanager
def _reader(folder: Path | None, name: str) -> Iterator[Sequence[str]]:
    """Another process that looks for the watermark; its lines are there when the block has ended."""
    lines: list[str] = []
    if folder is None:
        yield lines
        return
    with subprocess.Popen(
        [sys.executable, "-c", _READER, str(folder), name], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield lines
            time.sleep(0.2)
        finally:
            process.terminate()
        lines += process.stdout.readlines()
