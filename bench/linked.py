"""`python -m bench.linked`: what the linked-data feeds cost, on generated records, with the targets beside them.

Sealed pages, the root and record pages over HTTP, from a server on one core to a client on the other; dumps and what
publishing with graphs and sealing costs in this process. The root of a million members is planted as rows of its page
table, and so are the rows of a large dump (copies of those that were published). Exits 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import text

from bench import measure, planting
from bench.filling import CHUNK
from bench.measure import cpu_s, fetch, serving, walk
from repository import deposit
from repository.config.sections import Config, DatabaseSection, SiteSection
from repository.linked import dumps, ldes_pages, ldes_quads, ldes_sealing
from repository.published import snapshot
from repository.publishing import outbox, publication
from repository.site import PageSizes, Site, open_site
from schemas.formats.format import Delivery, Reading
from schemas.generate.generate import records
from schemas.record import Record

ROUNDS: Final = 5
REQUESTS: Final = 3_000
MILLION: Final = 1_000_000


class Row(NamedTuple):
    """A figure; `most` or `least` is its target, None where there is none."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def good(self) -> bool:
        return self.value >= (self.least or 0.0) and (self.most is None or self.value <= self.most)


def run(count: int, dumped: int) -> Iterator[Row]:
    """Every figure, one after the other."""
    port = measure.free_port()
    with tempfile.TemporaryDirectory() as name:
        bare = _publishing(_site(Path(name), port), count, graphs=False)
    with tempfile.TemporaryDirectory() as name:
        site = _site(Path(name), port)
        full = _publishing(site, count, graphs=True)
        sealing = _sealing(site)
        yield Row("publishing without graphs", bare, "us a record")
        yield Row("publishing with graphs", full, "us a record")
        yield Row("sealing", sealing, "us a member")
        yield Row("publishing slows, with graphs and sealing", 100 * (full + sealing - bare) / bare, "%", most=25)
        yield from _served(site, Path(name), port)
        site.database.dispose()
        planting.plant(Path(name), dumped, lambda _: None, ("face_rdf", "face_json", "face_lom"))
        yield from _dumped(site)


def _site(home: Path, port: int) -> Site:
    os.environ["OERBRON_HOME"] = str(home)
    url = f"sqlite:///{home / 'oerbron.sqlite'}"
    return open_site(Config(site=SiteSection(base_url=f"http://127.0.0.1:{port}"), database=DatabaseSection(url=url)))


def _publishing(site: Site, count: int, *, graphs: bool) -> float:
    """CPU microseconds of publishing a record: rendering and writing its faces, sealing the batch."""
    if not graphs:
        del site.views["rdf"]
    made = records(count, 1)
    order = deposit.Order(source="bench", as_state="published", actor=deposit.OPERATOR)
    spent = 0.0
    for start in range(0, count, CHUNK):
        deposit.deliver(site, [_delivery(start + n, next(made)) for n in range(min(CHUNK, count - start))], order)
        spent += _cpu_s(lambda: publication.publish(site))
    while not _empty(site):
        spent += _cpu_s(lambda: publication.publish(site))
        time.sleep(0.1)
    return 1e6 * spent / count


def _delivery(n: int, record: Record) -> Delivery:
    key = f"r{n}"
    return Delivery(place=key, format="jsonl", reading=Reading(record), source=("bench", key), identifier=key)


def _empty(site: Site) -> bool:
    with site.database.read() as connection:
        return outbox.is_empty(connection)


def _sealing(site: Site) -> float:
    pages = 0

    def seal() -> None:
        nonlocal pages
        pages = ldes_sealing.seal(site)

    return 1e6 * _cpu_s(seal) / max(1, pages * site.page_sizes.members)


def _cpu_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _served(site: Site, home: Path, port: int) -> Iterator[Row]:
    """What a server gives on one core."""
    with snapshot(site.database) as line:
        leaves = [
            f"/ldes/{leaf.name}" for leaf in ldes_pages.pages(line.connection, ldes_quads.LEAF, 0, ldes_pages.ALL)
        ]
        items = line.changes(-1, REQUESTS)
    documents = [f"/doc/resource/{item.uuid}" for item in items]
    random.Random(1).shuffle(documents)
    with serving(home, port) as pid:
        yield Row("sealed pages, gzip", _members_s(port, pid, leaves, "gzip"), "members a CPU s", 100_000)
        # Fifteen kilobytes a member: what this measures is the sending of them.
        yield Row("sealed pages, identity", _members_s(port, pid, leaves, "identity"), "members a CPU s")
        yield from _answers("record page as JSON-LD", (port, pid), documents, {"Accept": "application/ld+json"}, 10)
    _plant_pages(site)
    with serving(home, port) as pid:
        yield from _answers(f"root of {MILLION:,} members", (port, pid), ["/ldes"], {}, 5)


def _members_s(port: int, pid: int, leaves: Sequence[str], coding: str) -> float:
    """The best of a few walks over all leaves, each long enough for the kernel's clock."""
    most, headers = max(len(leaves), 200), {"Accept-Encoding": coding}

    def once() -> float:
        done = walk(port, pid, leaves[0], lambda _, n: leaves[n % len(leaves)] if n < most else None, headers)
        return done.pages * PageSizes().members / max(done.cpu_s, 1e-9)

    return max(once() for _ in range(ROUNDS))


def _answers(
    name: str, at: tuple[int, int], paths: Sequence[str], headers: dict[str, str], most_ms: float
) -> Iterator[Row]:
    """How long answers take, and what one costs the server (port, process) in CPU time."""
    port, pid = at
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, before = [], cpu_s(pid)
    for n in range(REQUESTS):
        began = time.perf_counter()
        fetch(connection, paths[n % len(paths)], headers)
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    yield Row(f"{name}, CPU", 1000 * (cpu_s(pid) - before) / REQUESTS, "ms")
    yield Row(f"{name}, median", times[len(times) // 2], "ms")
    yield Row(f"{name}, p99", times[int(0.99 * len(times))], "ms", most=most_ms)


def _plant_pages(site: Site) -> None:
    """Rows of the sealed pages of a million members; nobody reads what is in them."""
    leaves = MILLION // site.page_sizes.members
    with site.database.write() as connection:
        last = int(connection.execute(text("SELECT max(last) FROM page")).scalar() or 0)
        connection.execute(text("DELETE FROM page"))
        rows = [
            {"level": level, "n": n, "first": last - (count - n) * 100, "last": last - (count - n) * 100 + 99}
            for level, count in ((ldes_quads.LEAF, leaves), (ldes_quads.INDEX, leaves // site.page_sizes.leaves))
            for n in range(count)
        ]
        insert = (
            "INSERT INTO page (level, n, digest, first, last, nquads, gzip, base)"
            " VALUES (:level, :n, '00000000', :first, :last, :none, :none, :base)"
        )
        connection.execute(text(insert), [row | {"none": b"", "base": site.base_url} for row in rows])


def _dumped(site: Site) -> Iterator[Row]:
    for name in dumps.ENDINGS:
        began, cpu = time.perf_counter(), time.process_time()
        made = (dumps.make(site, (name,)) or [])[0]
        took = time.perf_counter() - began
        yield Row(f"dump of {made.records:,} records, {name}, CPU", time.process_time() - cpu, "s")
        yield Row(f"dump of {made.records:,} records, {name}", took, "s", most=30 * made.records / 100_000)


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--records", type=int, default=5_000)
    arguments.add_argument("--dump", type=int, default=100_000, help="records in the dumps")
    given = arguments.parse_args()
    measure.pin_client()
    good = True
    print(f"| {'what':58} | {'figure':>12} | {'unit':16} | {'target':>12} |")
    print(f"|{'-' * 60}|{'-' * 14}|{'-' * 18}|{'-' * 14}|")
    for row in run(given.records, given.dump):
        target = f">= {row.least:,.0f}" if row.least else f"<= {row.most:g}" if row.most else ""
        print(f"| {row.name:58} | {row.value:12,.2f} | {row.unit:16} | {target:>12} |{'' if row.good else ' MISSED'}")
        good &= row.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
