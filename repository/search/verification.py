"""Keeping an index well: what state it is in, and whether it holds what the publication line holds.

What operators ask through `oerbron index`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from repository.published import datestamp_of, snapshot
from repository.search.errors import IndexDamaged, SearchUnavailable
from repository.search.service import Searching

_MOST_COUNTED = 10_000


class State(msgspec.Struct, frozen=True):
    """The index in use (None: there is none), what it has, and what waits for it."""

    engine: str
    name: str | None
    records: int
    watermark: int | None
    waiting: int
    size_bytes: int
    others: tuple[str, ...]
    outdated: bool
    damaged: bool = False

    @property
    def healthy(self) -> bool:
        """Whether there is an index that can be read and is made as it has to be."""
        return self.name is not None and not self.outdated and not self.damaged

    def lines(self) -> Iterator[str]:
        """The state in words, a line each."""
        yield f"engine: {self.engine}"
        if self.name is None:
            yield "index: none yet; `oerbron index rebuild` or a running server makes it"
            return
        if self.damaged:
            yield f"index: {self.name} is damaged; `oerbron index rebuild` or a running server makes a new one"
            return
        yield f"index: {self.name}, {self.records} records, {self.size_bytes / 1e6:.1f} MB"
        if self.watermark:
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(datestamp_of(self.watermark)))
            yield f"goes up to: {stamp} (position {self.watermark})"
        many = "more than " if self.waiting > _MOST_COUNTED else ""
        yield f"waiting: {many}{min(self.waiting, _MOST_COUNTED)} changes"
        if self.outdated:
            yield "outdated: another version or vocabulary made it; a new one is being made by a running server"
        if self.others:
            yield f"kept beside it: {', '.join(self.others)}"


class Verified(msgspec.Struct, frozen=True):
    """What a verification found: records written anew or taken away, buckets that differ all the same."""

    name: str
    records: int
    mended: int
    different: int


def state(searching: Searching) -> State:
    """The state of a site's index."""
    engine = searching.engine
    name = engine.current()
    others = tuple(other for other in engine.names() if other != name)
    kind = searching.site.config.search.engine
    if name is None:
        return State(kind, None, 0, None, 0, 0, others, outdated=False)
    try:
        index = engine.open(name)
        watermark, records, size_bytes = (
            index.watermark(),
            sum(n.count for n in index.sums().values()),
            index.size_bytes(),
        )
    except IndexDamaged:
        return State(kind, name, 0, None, 0, 0, others, outdated=False, damaged=True)
    with snapshot(searching.site.database) as line:
        waiting = line.behind(watermark or 0, _MOST_COUNTED + 1)
    outdated = not searching.projection.making.keeps(name)
    return State(kind, name, records, watermark, waiting, size_bytes, others, outdated)


def verified(searching: Searching) -> Verified:
    """Catch up, compare by checksums, mend what differs, compare again."""
    try:
        return _verified(searching)
    except IndexDamaged:  # A part that only a comparison reads; catching up makes a new index now.
        return _verified(searching)


def _verified(searching: Searching) -> Verified:
    searching.catch_up()
    name = searching.engine.current()
    if name is None:
        raise SearchUnavailable("There is no index; run `oerbron index rebuild`.")
    index = searching.engine.open(name)
    different = searching.projection.compare(index)
    mended = searching.projection.repair(index, different) if different else 0
    left = searching.projection.compare(index) if different else []
    return Verified(name, sum(each.count for each in index.sums().values()), mended, len(left))
