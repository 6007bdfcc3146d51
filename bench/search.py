"""`python -m bench.search`: how fast the search builds, answers and follows, on generated records.

Everything goes through the parts that a server uses: documents made of records, the planner, the engine, publication
and projection. Prints a table of p50, p99 and worst times with the targets of the design, and exits 1 when one is
missed. `--folder` keeps the index, so that it is built once and measured in pieces.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.freshness import freshness
from bench.search_index import Bench
from repository.search.engines.elastic import ElasticEngine
from repository.search.engines.embedded import EmbeddedEngine
from repository.search.index.engine import Engine
from repository.search.language.word_lists import every_stop_word
from repository.search.language.words import plain_words
from repository.search.plan.parameters import read
from repository.search.suggestions import suggestions
from schemas.vocabularies.vocabularies import shipped

FACETS: Final = "subject,level,type,language,license,format,audience,age"
ROUNDS: Final = 300
NAME: Final = "m1-0-1"
PARTS: Final = ("build", "ask", "follow", "rebuild")
BUILD_S: Final = 90.0  # for 200,000 records


class Row(NamedTuple):
    """One line of the table, in milliseconds if it does not say otherwise; `cpu_ms` is the mean of this process."""

    name: str
    p50: float
    p99: float
    worst: float
    wanted: float
    cpu_ms: float | None = None

    @property
    def is_missed(self) -> bool:
        return self.p99 > self.wanted

    def __str__(self) -> str:
        cpu = "" if self.cpu_ms is None else f"{self.cpu_ms:.2f}"
        missed = " MISSED" if self.is_missed else ""
        return f"| {self.name} | {self.p50:.2f} | {self.p99:.2f}{missed} | {self.worst:.1f} | {cpu} | {self.wanted:g} |"


class Order(NamedTuple):
    """What is to be measured."""

    records: int
    rounds: int = ROUNDS
    parts: tuple[str, ...] = PARTS
    repeat: bool = False


HEAD: Final = "| search | p50 ms | p99 ms | worst ms | CPU ms | wanted p99 |\n|---|---|---|---|---|---|"


def _words(bench: Bench, chance: random.Random, count: int) -> str:
    while True:
        words = [w for w in plain_words(chance.choice(bench.titles)) if len(w) > 3 and w not in every_stop_word()]
        if len(words) >= count:
            return " ".join(chance.sample(words, count))


def kinds(bench: Bench, chance: random.Random) -> Iterator[tuple[str, Callable[[], Callable[[], object]], float]]:
    """Name, a maker of one timed act, and the p99 wanted in milliseconds (for 200,000 records, embedded)."""

    def ask(**given: str) -> Callable[[], object]:
        search, problems = read([(name.rstrip("_"), value) for name, value in given.items()])
        assert not problems
        return lambda: bench.search(search)

    subjects = [one for one in shipped().concepts.values() if one.scheme == "subject"]

    def subject() -> str:
        return chance.choice(subjects).id

    yield "one word, 10 hits", lambda: ask(q=_words(bench, chance, 1), size="10"), 25
    yield "three words", lambda: ask(q=_words(bench, chance, 3)), 25
    yield (
        "words, filters, 8 facets, highlights",
        lambda: ask(q=_words(bench, chance, 2), language=chance.choice(["nl", "en"]), facets=FACETS, highlight="true"),
        25,
    )
    yield (
        "one word, subject chosen, 8 facets",
        lambda: ask(q=_words(bench, chance, 1), subject=subject(), facets=FACETS),
        25,
    )
    yield "everything, 8 facets", lambda: ask(facets=FACETS), 120
    yield "a language, 8 facets", lambda: ask(language=chance.choice(["nl", "en", "fr", "de"]), facets=FACETS), 120
    yield "misspelt word", lambda: ask(q=_misspelt(_words(bench, chance, 1))), 25
    yield "newest first", lambda: ask(subject=subject()), 25
    yield "by title", lambda: ask(sort="title", language="nl"), 25

    def suggest() -> Callable[[], object]:
        title = chance.choice(bench.titles)
        text = title[: chance.randint(1, 12)]
        return lambda: suggestions(bench.language, bench.index, text, 10, ("nl",))

    yield "suggestions", suggest, 5


def _misspelt(word: str) -> str:
    return word[:2] + word[3] + word[2] + word[4:]


def percentiles(times_s: Sequence[float]) -> tuple[float, float, float]:
    """p50, p99 and the worst, in milliseconds."""
    ordered = sorted(times_s)
    return tuple(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.99, 1.0))  # type: ignore[return-value]


def latencies(bench: Bench, rounds: int) -> list[Row]:
    """Every kind of search, each with queries of its own that are asked once: nothing is remembered between them."""
    return [
        _timed(name, [make() for _ in range(rounds)], limit) for name, make, limit in kinds(bench, random.Random(1))
    ]


def _timed(name: str, acts: Sequence[Callable[[], object]], limit: float) -> Row:
    for act in acts[:20]:
        act()
    times = []
    cpu = time.process_time()
    for act in acts:
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return Row(name, *percentiles(times), limit, 1000 * (time.process_time() - cpu) / len(acts))


def follows(engine: Engine, rounds: int) -> list[Row]:
    """From a committed batch to its being found."""
    wanted = 1_500.0 if engine.shared else 50.0
    with tempfile.TemporaryDirectory() as home:
        here, elsewhere = freshness(Path(home), engine, NAME, rounds)
    rows = [Row("committed batch to found", *percentiles(here), wanted)]
    if elsewhere:
        rows.append(Row("committed batch to found by another process", *percentiles(elsewhere), wanted))
    return rows


def rebuilding(bench: Bench, engine: Engine) -> tuple[int, int]:
    """Queries asked and failed while another generation is filled."""
    asked = failed = 0
    stop = threading.Event()
    search, _ = read([("q", "breuken"), ("facets", FACETS)])

    def ask() -> None:
        nonlocal asked, failed
        while not stop.is_set():
            asked += 1
            try:
                bench.search(search)
            except Exception:  # noqa: BLE001 - what is counted
                failed += 1

    thread = threading.Thread(target=ask)
    thread.start()
    Bench(engine.open("m1-0-2"), min(bench.count, 20_000)).fill()
    stop.set()
    thread.join()
    engine.drop(["m1-0-2"])
    return asked, failed


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--records", type=int, default=200_000)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--folder", type=Path, help="keep the index here, and use the one that is here already")
    arguments.add_argument("--only", choices=PARTS, action="append", help="these parts only (repeatable)")
    arguments.add_argument("--repeat", action="store_true", help="analyse each distinct record once: a quick build")
    arguments.add_argument("--elasticsearch", metavar="URL", default="", help="measure a cluster instead")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine: Engine = EmbeddedEngine(given.folder or Path(folder))
        if given.elasticsearch:
            engine = ElasticEngine(given.elasticsearch, f"bench-{os.getpid()}")
        try:
            rows = measured(engine, Order(given.records, given.rounds, tuple(given.only or PARTS), given.repeat))
        finally:
            if given.elasticsearch:
                engine.drop(engine.names())
    print("\n".join(["", HEAD, *map(str, rows)]))
    return int(any(row.is_missed for row in rows))


def measured(engine: Engine, order: Order) -> list[Row]:
    """Measure the parts that are asked for, building the index first where it is not there."""
    is_there = NAME in engine.names()
    bench = Bench(engine.open(NAME), order.records)
    rows: list[Row] = []
    if not is_there:
        rows += _built(bench, order)
    if "ask" in order.parts:
        rows += latencies(bench, order.rounds)
    if "follow" in order.parts:
        rows += follows(engine, min(order.rounds, 100))
    if "rebuild" in order.parts:
        asked, failed = rebuilding(bench, engine)
        rows.append(Row(f"failed of {asked} queries while another index was made (count)", *[float(failed)] * 3, 0.0))
    return rows


def _built(bench: Bench, order: Order) -> list[Row]:
    cpu = time.process_time()
    spent = bench.fill(analyse=not order.repeat)
    print(
        f"{bench.count} records built in {spent:.1f} s ({bench.count / spent:.0f}/s), CPU with generating them"
        f" {time.process_time() - cpu:.1f} s; {bench.index.size_bytes() / 1e6:.0f} MB"
    )
    if order.repeat or "build" not in order.parts:
        return []
    return [Row(f"build of {bench.count} records (s)", *[spent] * 3, BUILD_S * bench.count / 200_000)]


if __name__ == "__main__":
    sys.exit(main())
