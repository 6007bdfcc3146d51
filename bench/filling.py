"""Filling a repository with generated records, and what each stage of an import costs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from portal.server.after_publication import follow
from repository import deposit
from repository.config.sections import Config, DatabaseSection
from repository.publishing import outbox, publication
from repository.search.service import open_search
from repository.site import Site, open_site
from schemas.formats.incoming import incoming
from schemas.formats.lom import lom
from schemas.generate.generate import records
from schemas.record import Record
from schemas.validation.validation import validate
from schemas.xml.reader import parse

T = TypeVar("T")
SAMPLE = 2_000
CHUNK = 500


class _Clock:
    """CPU and wall clock of what is done `within` a stage, in seconds; what happens between two is not counted."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall = 0.0

    @contextmanager
    def within(self, stage: str) -> Iterator[None]:
        began = time.process_time(), time.perf_counter()
        yield
        self.cpu[stage] = self.cpu.get(stage, 0.0) + time.process_time() - began[0]
        self.wall += time.perf_counter() - began[1]


def fill(home: Path, count: int, tell: Callable[[str], None]) -> dict[str, float]:
    """Import `count` generated LOM records into a new repository in `home`; microseconds of CPU per record by stage.

    The records are generated and written as LOM between the stages, outside the clock.
    """
    os.environ["OERBRON_HOME"] = str(home)
    site = open_site(Config(database=DatabaseSection(url=f"sqlite:///{home / 'oerbron.sqlite'}")))
    stages = _stages(site, min(count, SAMPLE))
    order = deposit.Order(source="bench", as_state="published", actor=deposit.OPERATOR)
    clock = _Clock()
    done = size_bytes = 0
    for document in _documents(count):
        with clock.within("read (stream, parse, repair)"):
            deliveries = list(
                incoming.deliveries(document, incoming.Incoming(name="bench", vocabularies=site.vocabularies))
            )
        with clock.within("deliver (judge, decide, store)"):
            deposit.deliver(site, deliveries, order)
        done, size_bytes = done + len(deliveries), size_bytes + len(document)
        _publish(site, clock)
    while _publish(site, clock) is not None or not _empty(site):
        time.sleep(0.2)
    cpu, wall = sum(clock.cpu.values()), clock.wall
    with clock.within("index"):
        open_search(site).catch_up()
    with clock.within("seal the event stream"):
        follow(site)
    stages |= {f"whole: {stage}": 1e6 * spent / done for stage, spent in clock.cpu.items()}
    stages["all of it, with publication (CPU)"] = 1e6 * cpu / done
    stages["all of it, with publication (wall)"] = 1e6 * wall / done
    stages["all of it, with publication and search (CPU)"] = 1e6 * sum(clock.cpu.values()) / done
    tell(
        f"{done} records of {size_bytes / done:,.0f} bytes: {done / cpu:.0f} per CPU second,"
        f" {done / wall:.0f} per second of wall clock"
    )
    site.database.dispose()
    return stages


def _publish(site: Site, clock: _Clock) -> publication.Sealed | None:
    with clock.within("publish (write the faces, seal)"):
        return publication.publish(site)


def _empty(site: Site) -> bool:
    with site.database.read() as connection:
        return outbox.is_empty(connection)


def _documents(count: int) -> Iterator[bytes]:
    """Generated records as LOM documents, CHUNK in each."""
    batch: list[bytes] = []
    for record in records(count, 1):
        batch.append(lom.write_verbatim(record))
        if len(batch) == CHUNK:
            yield b"<records>" + b"".join(batch) + b"</records>"
            batch = []
    if batch:
        yield b"<records>" + b"".join(batch) + b"</records>"


def _stages(site: Site, count: int) -> dict[str, float]:
    sources = [lom.write_verbatim(record) for record in records(count, 2)]
    stages = {"parse": _cost(sources, parse)}
    roots = [parse(source).root for source in sources]
    stages["read"] = _cost(roots, lambda root: lom.read(root, site.vocabularies))
    trees: list[Record] = [lom.read(parse(source).root, site.vocabularies).record for source in sources]
    stages["validate (core)"] = _cost(trees, lambda record: validate(record, "core", site.vocabularies))
    return stages


def _cost(values: list[T], work: Callable[[T], object]) -> float:
    began = time.process_time()
    for value in values:
        work(value)
    return 1e6 * (time.process_time() - began) / len(values)
