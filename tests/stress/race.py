"""The race: writers, incremental harvesters of every kind, and hands that kill servers, their workers and publishers.

test_race.py runs it for seconds; by hand `python -m tests.stress.race --seconds 180 [--url URL]` for as long as one
likes. Everything goes over HTTP and the command line, as strangers would do it. At the end, in quiet, each harvester
makes one more incremental run; then its copy must equal a fresh harvest of the same part, and every acknowledged
write must be in it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.stress.arena import Arena, an_arena, children_of, kill
from tests.stress.harvesters import Harvester, kinds
from tests.stress.writers import GONE, Ledger, Writer

QUIET_S = 120
WRITER = "writer"


def race(seconds: float, url: str | None = None, seed: int = 1, writers: int = 3) -> dict[str, Any]:
    """Run the race; gives its counts, among them `lost`, `missing`, `complaints` and `errors`, which must be none."""
    with tempfile.TemporaryDirectory() as folder:
        arena = an_arena(Path(folder), url)
        arena.run("user", "add", "race@example.org", "--role", "curator")
        token = arena.run("token", "create", "race@example.org", "--scope", "write")
        ledger, harvesters = Ledger(), kinds()
        work: list[Callable[[], None]] = [
            lambda: _keep_serving(arena, random.Random(seed + 1)),
            lambda: _keep_publishing(arena, random.Random(seed + 2)),
            *(_writing(Writer(arena, token, ledger, seed + 10 + n)) for n in range(writers)),
            *(_harvesting(arena, each, random.Random(seed + 100 + n)) for n, each in enumerate(harvesters)),
        ]
        threads = [threading.Thread(target=each) for each in work]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        arena.stop.set()
        for thread in threads:
            thread.join()
        return _judged(arena, ledger, harvesters)


def _keep_serving(arena: Arena, chance: random.Random) -> None:
    """A server of two workers; now one of them is killed, now all of it, and begun again."""
    server = _served(arena)
    while not arena.stop.wait(chance.uniform(0.5, 5.0)):
        workers = children_of(server.pid)
        if workers and chance.random() < 0.5:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
            arena.count("workers killed")
        else:
            kill(server)
            arena.count("servers killed")
            server = _served(arena)
    # Till the last write is answered there must be somebody to answer it.
    while any(thread.name == WRITER for thread in threading.enumerate()):
        time.sleep(0.1)
    kill(server)
    arena.count("servers killed")


def _served(arena: Arena) -> subprocess.Popen[bytes]:
    """A server, when it answers; the fight would else be over before it began on a machine that is slow to start it."""
    server = arena.start("serve", "--port", str(arena.port), "--workers", "2")
    deadline = time.monotonic() + QUIET_S
    while arena.ask("GET", "/healthz") is None:
        assert server.poll() is None, "the server ended by itself"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.1)
    return server


def _keep_publishing(arena: Arena, chance: random.Random) -> None:
    """Publishers at the command line beside the server's own, killed in the middle now and then."""
    while not arena.stop.is_set():
        process = arena.start("publish")
        try:
            process.wait(chance.uniform(1.0, 5.0))
            arena.count("publishers that ended")
        except subprocess.TimeoutExpired:
            kill(process)
            arena.count("publishers killed")


def _writing(writer: Writer) -> Callable[[], None]:
    def write() -> None:
        threading.current_thread().name = WRITER
        while not writer.arena.stop.is_set():
            writer.write()

    return write


def _harvesting(arena: Arena, harvester: Harvester, chance: random.Random) -> Callable[[], None]:
    def harvest() -> None:
        while not arena.stop.wait(chance.uniform(0.0, 1.0)):
            harvester.harvest(arena)

    return harvest


def _judged(arena: Arena, ledger: Ledger, harvesters: list[Harvester]) -> dict[str, Any]:
    server = _served(arena)
    try:
        _settle(arena)
        lost = {each.kind: _lost(arena, each) for each in harvesters}
        everything = harvesters[0].fresh()
        _insist(everything, arena)
        titles = {key.rpartition(":")[2]: seen.title or "" for key, seen in everything.copy.items()}
        # What was deleted before its first batch never was public: it is nowhere.
        missing = {
            uuid: f"acknowledged {acknowledged}, public {titles.get(uuid)}"
            for uuid, acknowledged in ledger.newest.items()
            if uuid not in ledger.doubts and titles.get(uuid, GONE) != acknowledged[1]
        }
        doctor = arena.run("doctor")
    finally:
        kill(server)
    complaints = [each for harvester in harvesters for each in harvester.complaints]
    return {
        "records": len(everything.copy), "deleted": sum(not title for title in titles.values()),
        "writes acknowledged": ledger.writes, "writes in doubt": len(ledger.doubts),
        **dict(sorted(arena.counts.items())), "harvests": sum(each.runs for each in harvesters),
        "harvests broken off": sum(each.broken_off for each in harvesters),
        "lost": lost, "missing": missing, "complaints": complaints, "errors": _errors(arena), "doctor": doctor,
    }  # fmt: skip


def _errors(arena: Arena) -> list[str]:
    """What the servers logged as errors, the ends of killed workers aside."""
    lines = (arena.home / "race.log").read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line for line in lines if '"level": "error"' in line or "Traceback" in line]
    return [line for line in found if '"_granian"' not in line][:20]


def _lost(arena: Arena, harvester: Harvester) -> int:
    """Records whose final state the harvester lacks, after one more incremental harvest in quiet."""
    _insist(harvester, arena)
    fresh = harvester.fresh()
    _insist(fresh, arena)
    return sum(harvester.copy.get(key) != seen for key, seen in fresh.copy.items())


def _settle(arena: Arena) -> None:
    """Wait until the server answers and nothing waits for publication."""
    deadline = time.monotonic() + QUIET_S
    while (answer := arena.ask("GET", "/readyz")) is None or answer[0] != 200:
        assert time.monotonic() < deadline, f"the server is not ready: {answer}"
        time.sleep(0.2)
    arena.run("publish")


def _insist(harvester: Harvester, arena: Arena) -> None:
    """One whole harvest in quiet; `from` stays where it was until it succeeds."""
    for _ in range(20):
        if harvester.harvest(arena):
            return
        time.sleep(0.5)
    raise AssertionError(f"The harvester {harvester.kind} could not end a harvest in quiet: {harvester.complaints}.")


def main() -> None:
    """The command line of the race."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--url", help="a PostgreSQL database (SQLAlchemy form); else SQLite")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    sys.stdout.write(json.dumps(race(given.seconds, given.url, given.seed), indent=1) + "\n")


if __name__ == "__main__":
    main()
