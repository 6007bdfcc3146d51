"""Projection: the index follows the publication log (search.md, projection).

One step takes the writer without waiting, reads what moved behind the index's own watermark from one snapshot of the
line, and writes it with the new watermark, batch by batch. A crash is a replay. Any process may do it, none has to:
the watermark says how far the index is. A new generation is filled the same way while the current one is searched,
compared with the line, and only then made the current one; the one before is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from repository.jobs import lease
from repository.published import Item, Snapshot, snapshot
from repository.search.errors import IndexDamaged, SearchUnavailable
from repository.search.index import generation
from repository.search.index.document import Document, Documents, bucket_of, check_of
from repository.search.index.engine import Batch, Engine, Gone, Index, Sum, Writer
from repository.search.index.generation import Making
from repository.search.plan.language import Language
from repository.site import Site
from schemas.record import from_json
from schemas.summary.summary import summarise

PORTION: Final = 500  # records read at once
MANY: Final = 500  # records behind from which on it pays to write in bulk
_MOST_BEHIND: Final = 1_000_000
_MOVED: Final = 2_000  # records behind the index that a comparison takes into account
_LEASE_S: Final = 60.0
Tell = Callable[[int], object]


class Step(NamedTuple):
    """What one step did: records written, and whether the index has all that the line had."""

    written: int
    done: bool


class Projection:
    """Keeps the generations of one engine up with one site."""

    def __init__(self, site: Site, engine: Engine, language: Language) -> None:
        self.site = site
        self.engine = engine
        self.documents = Documents(site.vocabularies, language.analyser)
        self.portion = PORTION
        self.many = MANY
        self.made_with: Callable[[Site], Making] = making_of
        self.making: Making = making_of(site)

    def step(self, within_s: float, tell: Tell | None = None) -> Step:
        """Follow the line for about so many seconds; nothing when another process is at it."""
        name = self._target()
        index = self.engine.open(name)
        is_current = name == self.engine.current()
        if is_current and not self._is_behind(index):
            return Step(0, True)
        with self._alone() as renew:
            if renew is None:
                return Step(0, False)
            done = self._follow(index, time.monotonic() + within_s, renew, tell)
            if done.done and not is_current:
                self._turn(index)
            return done

    def rebuild(self, tell: Tell | None = None) -> Index:
        """Fill a new generation from nothing and make it the current one; searching goes on meanwhile."""
        self._refresh_making()
        index = self.engine.open(self.making.following(self.engine.names()))
        with self._alone() as renew:
            if renew is None:
                raise SearchUnavailable("Another process is writing the index; try again in a minute.")
            while not self._follow(index, time.monotonic() + 3_600.0, renew, tell).done:
                time.sleep(0.05)
            self._turn(index)
        return index

    @contextmanager
    def _alone(self) -> Iterator[Callable[[], bool] | None]:
        """Be the only projector: by the engine's own lock, or by a lease where it has none."""
        if not self.engine.shared:
            yield lambda: True
            return
        with lease.lease(self.site, "search", _LEASE_S) as renew:
            yield renew

    def _target(self) -> str:
        """The generation to keep up: the current one where it is made as it has to be, else the one that will be."""
        self._refresh_making()
        current = self.engine.current()
        if current is not None and self.making.keeps(current) and self._is_sound(current):
            return current
        names = self.engine.names()
        found = self.making.newest(names)
        if found is None or found == current or not self._is_sound(found):
            return self.making.following(names)
        return found

    def watermark(self) -> int:
        """How far the generation that is kept up goes, 0 for nothing."""
        return self.engine.open(self._target()).watermark() or 0

    def behind(self) -> int:
        """How many records that generation has still to follow, counted up to a million."""
        with snapshot(self.site.database) as line:
            return line.behind(self.watermark(), _MOST_BEHIND)

    def _refresh_making(self) -> None:
        self.making = self.made_with(self.site)

    def _is_sound(self, name: str) -> bool:
        """Whether an index can be read, and knows no more than the line (a database was put back by `restore`)."""
        try:
            watermark = self.engine.open(name).watermark()
        except IndexDamaged:
            return False
        if watermark is None:
            return True
        with snapshot(self.site.database) as line:
            return watermark <= line.bound

    def _is_behind(self, index: Index) -> bool:
        with snapshot(self.site.database) as line:
            return line.behind(index.watermark() or 0, 1) > 0

    def _follow(self, index: Index, until: float, renew: Callable[[], bool], tell: Tell | None) -> Step:
        written = 0
        with snapshot(self.site.database) as line:
            waiting = line.behind(index.watermark() or 0, self.many)
        with index.writing(bulk=waiting == self.many) as writer:
            if writer is None:
                return Step(0, False)
            while True:
                moved = self._portion(writer)
                written += moved
                if tell is not None:
                    tell(moved)
                if moved < self.portion:
                    return Step(written, True)
                if time.monotonic() > until or not renew():
                    return Step(written, False)

    def _portion(self, writer: Writer) -> int:
        """Write the next records; how many there were. The watermark is read under the writer's lock."""
        watermark = writer.watermark()
        with snapshot(self.site.database) as line:
            items = line.changes(watermark or 0, self.portion)
            documents = self._documents(line, items)
        if items or watermark is None:
            gone = tuple(Gone(item.uuid, item.position) for item in items if item.deleted)
            writer.put(Batch(documents, gone, items[-1].position if items else 0))
        return len(items)

    def _documents(self, line: Snapshot, items: Sequence[Item]) -> list[Document]:
        live = [item for item in items if not item.deleted]
        trees = line.faces("json", [item.position for item in live])
        return [self.document(item, trees[item.position]) for item in live if item.position in trees]

    def document(self, item: Item, tree: bytes) -> Document:
        """A published record as the index has it."""
        record = from_json(tree)
        summary = summarise(record, self.site.vocabularies)
        return self.documents.of(item.uuid, (item.position, item.first_position), record, summary, item.facts)

    def _turn(self, index: Index) -> None:
        """Make a generation the current one, if it holds what the line holds; drop what is older than the last one."""
        if different := self.compare(index):
            raise SearchUnavailable(
                f"The new index {index.name} differs from the records in {len(different)} places; the old one stays."
            )
        before = self.engine.current()
        self.engine.turn(index.name)
        kept = {index.name, before}
        self.engine.drop([name for name in self.engine.names() if name not in kept and _is_older(name, index.name)])

    # Comparing and mending

    def compare(self, index: Index) -> list[int]:
        """The buckets whose checksums are not those of the line at the index's watermark."""
        found = index.sums()
        watermark = index.watermark()
        wanted: dict[int, Sum] = {}
        moved: set[int] = set()
        with snapshot(self.site.database) as line:
            for uuid, position in line.live():
                bucket = bucket_of(uuid)
                before = wanted.get(bucket, Sum())
                wanted[bucket] = Sum(before.count + 1, before.check + check_of(uuid, position))
            # What moved behind the watermark is not the index's fault yet: its buckets are looked at the next time.
            moved.update(bucket_of(item.uuid) for item in line.changes(watermark or 0, _MOVED))
        return [
            bucket
            for bucket in sorted({*wanted, *found})
            if wanted.get(bucket, Sum()) != found.get(bucket, Sum()) and bucket not in moved
        ]

    def repair(self, index: Index, buckets: Sequence[int], tell: Tell | None = None) -> int:
        """Write what differs in some buckets anew; how many records that were."""
        mended = 0
        with index.writing() as writer:
            if writer is None:
                raise SearchUnavailable("Another process is writing the index; try again in a minute.")
            for bucket in buckets:
                mended += self._mend(index, writer, bucket)
                if tell is not None:
                    tell(1)
        return mended

    def _mend(self, index: Index, writer: Writer, bucket: int) -> int:
        has = index.members(bucket)
        watermark = index.watermark() or 0
        with snapshot(self.site.database) as line:
            wanted = {uuid: position for uuid, position in line.live() if bucket_of(uuid) == bucket}
            different = [uuid for uuid in wanted if has.get(uuid) != wanted[uuid] and wanted[uuid] <= watermark]
            items = sorted(line.find_all(different).values(), key=lambda item: item.position)
            documents = self._documents(line, items)
        gone = tuple(Gone(uuid, watermark) for uuid in has if uuid not in wanted)
        if documents or gone:
            writer.put(Batch(documents, gone, watermark, mends=True))
        return len(documents) + len(gone)


def making_of(site: Site) -> Making:
    """What a site's index has to be made with today."""
    with snapshot(site.database) as line:
        epoch = line.epoch
    return generation.making(site.config.search.engine, site.vocabularies.version, epoch)


def _is_older(name: str, than: str) -> bool:
    return generation.number_of(name) < generation.number_of(than)
