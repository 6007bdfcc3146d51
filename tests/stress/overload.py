"""Overload: five times what a server can do, for some seconds, and what becomes of it (reliability.md, Overload).

    python -m tests.stress.overload [--records 2000] [--seconds 10] [--times 5]

First the capacity of each kind of request is found with eight clients, each of which waits for its answer; then so many
times that rate is sent whether or not answers come, while health is asked every fifth of a second. Client and server
share the machine, so the figures are the worst that could be: prints a table of them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.stress import crowd
from tests.stress.arena import children_of
from tests.support.running import Running, free_port, running

CLIENTS = 8
PROBE_S = 0.2


class Row(NamedTuple):
    """One kind of request: its capacity, what came of the flood, health meanwhile, memory, and how it was after."""

    name: str
    capacity: float
    flood: crowd.Flood
    health_worst_s: float
    health_failed: int
    memory_mb: tuple[float, float]
    recovered_s: float

    @property
    def goodput(self) -> float:
        """What was served in a second, of the capacity."""
        return self.flood.goodput / self.capacity


async def capacity(port: int, heads: Sequence[bytes], seconds: float) -> float:
    """Requests a second that are answered when eight clients ask one after the other."""
    done = 0
    until = time.perf_counter() + seconds

    async def client(first: int) -> None:
        nonlocal done
        for number in range(first, 1_000_000):
            if time.perf_counter() > until:
                return
            status, _, _ = await crowd.request(port, heads[number % len(heads)])
            done += status < 400

    await asyncio.gather(*(client(each) for each in range(CLIENTS)))
    return done / seconds


async def _health(port: int, worst: list[float], failed: list[int]) -> None:
    while True:
        begun = time.perf_counter()
        try:
            status, _, _ = await crowd.request(port, crowd.get("/healthz"))
            failed[0] += status != 200
        except (OSError, IndexError):
            failed[0] += 1
        worst[0] = max(worst[0], time.perf_counter() - begun)
        await asyncio.sleep(PROBE_S)


async def _recovered(port: int, head: bytes) -> float:
    """Seconds until a request is served again."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < 60:
        with contextlib.suppress(OSError, IndexError):
            status, _, _ = await crowd.request(port, head)
            if status < 400:
                break
        await asyncio.sleep(0.05)
    return time.perf_counter() - begun


async def overloaded(server: Running, name: str, heads: Sequence[bytes], seconds: float, times: float) -> Row:
    """A row for one kind of request."""
    for head in heads:  # what is made once is made before
        await crowd.request(server.port, head)
    can = await capacity(server.port, heads, seconds / 2)
    before = memory_mb(server.process.pid)
    worst, failed = [0.0], [0]
    probe = asyncio.create_task(_health(server.port, worst, failed))
    flood = await crowd.flood(server.port, heads, can * times, seconds)
    probe.cancel()
    after = memory_mb(server.process.pid)
    back = await _recovered(server.port, heads[0])
    return Row(name, can, flood, worst[0], failed[0], (before, after), back)


def memory_mb(pid: int) -> float:
    """Resident memory of a server with its workers."""
    total = 0
    for each in (pid, *children_of(pid)):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{each}/status").read_text(encoding="ascii")
            total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS")), 0)
    return total / 1024


def kinds(server: Running) -> dict[str, list[bytes]]:
    """Requests of each kind."""
    _, body = server.get("/api/v1/records?after=0&limit=50")
    found = json.loads(body)["items"]
    return {
        "record page": [crowd.get(f"/doc/resource/{each['id']}.html") for each in found],
        "search": [crowd.get(f"/search?q={each}") for each in ("breuken", "fractions", "water", "history", "atom")],
        "GetRecord": [
            crowd.get(f"/oai?verb=GetRecord&metadataPrefix=lom&identifier={each['oai_identifier']}") for each in found
        ],
        "ListRecords": [crowd.get("/oai?verb=ListRecords&metadataPrefix=lom")],
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=2_000)
    asked.add_argument("--seconds", type=float, default=10)
    asked.add_argument("--times", type=float, default=5)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        words = ("demo", "--records", str(told.records), "--port", str(free_port()))
        with running(Path(folder), *words) as server:
            for row in table(server, told.seconds, told.times):
                sys.stdout.write(written(row) + "\n")
                sys.stdout.flush()


def table(server: Running, seconds: float, times: float) -> list[Row]:
    """A row for each kind, and one for all of them mixed."""
    every = kinds(server)
    mixed = [heads[number % len(heads)] for number in range(100) for heads in every.values()]
    return [
        asyncio.run(overloaded(server, name, heads, seconds, times))
        for name, heads in (*every.items(), ("mixed", mixed))
    ]


def written(row: Row) -> str:
    flood = row.flood
    return (
        f"| {row.name} | {row.capacity:.0f}/s | {flood.sent} sent, {flood.served} served, {flood.refused} refused,"
        f" {flood.failed} failed | goodput {row.goodput:.0%} | p50 {flood.p50_s:.2f} p99 {flood.p99_s:.2f} s"
        f" | health {row.health_worst_s:.2f} s, {row.health_failed} failed"
        f" | {row.memory_mb[0]:.0f} -> {row.memory_mb[1]:.0f} MB | back after {row.recovered_s:.2f} s |"
    )


if __name__ == "__main__":
    main()
