"""The port to an engine: what it must be able to do, and the structs that go in and out.

An engine keeps generations of an index, one of them current. It stores documents, matches plans and counts facets; it
analyses nothing and decides nothing. Two stand behind this port, `embedded` and `elastic`; the oracle of the tests is
a third. Errors of their libraries become SearchUnavailable or IndexDamaged there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

import msgspec

from repository.search.index.document import Document
from repository.search.plan.lexicon import Lexicon
from repository.search.plan.parameters import Sort
from repository.search.plan.plan import Node

MARK: Final = "watermark"  # the id of the document that holds the watermark


class Filter(msgspec.Struct, frozen=True):
    """One filter by its parameter's name: a facet's counts ignore the filter of its own name."""

    name: str
    node: Node


class After(msgspec.Struct, frozen=True):
    """Where a walk goes on: behind this hit. `rank` is how many hits stood up to it.

    Scores follow the statistics of an index, which moves. So by relevance, if the index moved since `as_of`, the walk
    goes on where the hit stands now, or the nearest of those `before` it that did not change itself. With as_of None
    nothing moved, and it goes on behind `score`.
    """

    key: str
    rank: int
    score: float | None = None
    as_of: int | None = None
    before: tuple[str, ...] = ()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One search, planned. `node` None matches every record; an order by relevance needs a node."""

    node: Node | None = None
    filters: tuple[Filter, ...] = ()
    order: Sort = "newest"
    size: int = 20
    after: After | None = None
    facets: tuple[str, ...] = ()
    counted: bool = True


class Hit(msgspec.Struct, frozen=True):
    """One record found: `key` is what the order sorts by (the id itself by relevance), `shown` its title."""

    id: str
    key: str
    shown: str
    score: float | None = None


class Found(msgspec.Struct, frozen=True):
    """Hits in order, the count of all, values by facet with their counts (commonest first, then by value)."""

    total: int
    hits: tuple[Hit, ...]
    more: bool
    counts: dict[str, tuple[tuple[str, int], ...]] = {}


class Gone(msgspec.Struct, frozen=True):
    """A record that is not public any more, since this position."""

    id: str
    position: int


class Batch(msgspec.Struct, frozen=True):
    """What happened up to a position of the publication log; written whole, with its watermark, or not at all.

    `mends`: it puts right what is wrong in the index, whatever stands there.
    """

    documents: Sequence[Document]
    gone: Sequence[Gone]
    watermark: int
    mends: bool = False


class Sum(msgspec.Struct, frozen=True):
    """How many records a bucket has, and the sum of their checks."""

    count: int = 0
    check: int = 0


class Writer(Protocol):
    def watermark(self) -> int | None:
        """As Index.watermark, with what this writer has put."""
        ...

    def put(self, batch: Batch) -> None:
        """Write a batch; when this returns it is kept, and searchable. In bulk: when the block ends, if not before."""
        ...


class Index(Lexicon, Protocol):
    """One generation. Reading sees what was written whole; any number of processes read."""

    name: str

    def find(self, wanted: Wanted) -> Found: ...

    def watermark(self) -> int | None:
        """The position up to which everything is in; None for an index that was never written."""
        ...

    def writing(self, *, bulk: bool = False) -> AbstractContextManager[Writer | None]:
        """A writer for the block, None when another process has it: nobody waits for it."""
        ...

    def sums(self) -> Mapping[int, Sum]:
        """Checksums by bucket (document.bucket_of)."""
        ...

    def members(self, bucket: int) -> Mapping[str, int]:
        """The records of a bucket with their positions."""
        ...

    def size_bytes(self) -> int: ...


class Engine(Protocol):
    """Where the generations are. `shared`: it has no lock of its own, one projector at a time is chosen elsewhere."""

    shared: bool

    def names(self) -> Sequence[str]:
        """Every generation there is."""
        ...

    def current(self) -> str | None:
        """The one that is searched; None while there is none."""
        ...

    def open(self, name: str) -> Index:
        """A generation; made when it is not there yet."""
        ...

    def flaws(self, name: str) -> Sequence[str]:
        """What is wrong with the files of a generation, where the engine keeps files of its own."""
        ...

    def turn(self, name: str) -> None:
        """Make a generation the current one, in one step."""
        ...

    def drop(self, names: Iterable[str]) -> None:
        """Take generations away."""
        ...
