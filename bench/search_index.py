"""Generated records in an index, for the benchmark of the search: filled, asked, changed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from repository.published import SHIFT, Facts
from repository.search.highlight import Marker
from repository.search.index.document import Document, Documents
from repository.search.index.engine import After, Batch, Index
from repository.search.plan.language import Language
from repository.search.plan.parameters import Search
from repository.search.request import wanted
from schemas.generate.generate import records
from schemas.record import Record
from schemas.summary.summary import Summary, summarise
from schemas.vocabularies.vocabularies import shipped

PORTION: Final = 1_000
DISTINCT: Final = 20_000  # generated records; more documents repeat them under other identities and dates
_SAMPLE: Final = 2_000  # records that queries are made of
_START: Final = 600_000_000  # half the datestamp of the first one: all of them long ago


class Bench:
    """One index, filled, and what is needed to ask it."""

    def __init__(self, index: Index, count: int) -> None:
        self.language = Language(shipped())
        self.index = index
        self.count = count
        self.made = Documents(shipped(), self.language.analyser)
        self.summaries: list[Summary] = [summarise(record, shipped()) for record in records(_SAMPLE, 1)]
        self.titles = [summary.title for summary in self.summaries]

    def fill(self, *, analyse: bool = True) -> float:
        """Seconds of building; records are generated before, as they lie in a database.

        Without `analyse` each distinct record is analysed once only: for an index that is but to be asked.
        """
        base = list(records(min(self.count, DISTINCT), 1))
        documents = self._analysed(base) if analyse else self._repeated([self._document(one, 0) for one in base])
        spent = 0.0
        with self.index.writing(bulk=True) as writer:
            assert writer is not None
            for start in range(0, self.count, PORTION):
                began = time.perf_counter()
                portion = [next(documents) for _ in range(min(PORTION, self.count - start))]
                writer.put(Batch(portion, (), portion[-1].position))
                spent += time.perf_counter() - began
                if start % 50_000 == 0:
                    print(f"  {start} in {spent:.0f} s", file=sys.stderr)
            began = time.perf_counter()
        return spent + time.perf_counter() - began

    def _analysed(self, base: Sequence[Record]) -> Iterator[Document]:
        for n in range(self.count):
            yield self._document(base[n % len(base)], n)

    def _repeated(self, base: Sequence[Document]) -> Iterator[Document]:
        for n in range(self.count):
            one, id_, place = base[n % len(base)], _id(n), _place(n)
            day = f"{99_999 - (place >> SHIFT) * 2 // 86_400:05d}"
            title = one.by_title.removesuffix(one.id)
            yield replace(one, id=id_, position=place, by_title=title + id_, by_newest=f"{day}-{id_}")

    def _document(self, record: Record, n: int) -> Document:
        place = _place(n)
        facts = Facts(source=f"s{n % 7}")
        return self.made.of(_id(n), (place, place), record, summarise(record, shipped()), facts)

    def search(self, search: Search, after: After | None = None) -> int:
        """As the API does it, without the records' trees."""
        planned = self.language.plan(search.q, self.index)
        found = self.index.find(wanted(search, planned, after))
        if search.highlight and planned is not None:
            marker = Marker(planned, self.language.analyser)
            for summary in self.summaries[: len(found.hits)]:
                marker.highlights(summary)
        return found.total


def _place(n: int) -> int:
    return ((_START + n // 50) << SHIFT) + n % 50


def _id(n: int) -> str:
    text = f"{(n * 2654435761) % 2**32:08x}"
    return f"{text}-0000-4000-8000-{n:012x}"
