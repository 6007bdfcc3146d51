"""What the statistics count, as tables of label and number. Pure.

A table is made once from counts and shown three times: as bars, as numbers beside them, and as CSV.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from repository.published import datestamp_of

DEEPEST: Final = 1  # steps below the top of a tree that are shown
STEPS: Final = ("0–19 %", "20–39 %", "40–59 %", "60–79 %", "80–100 %")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Row(NamedTuple):
    """One line of a table: its label, its number, how far it stands below the top, and where it leads."""

    label: str
    number: int
    depth: int = 0
    value: str = ""


class Table(NamedTuple):
    """A table with its name (as in the address of a search) and its heading."""

    name: str
    heading: str
    rows: tuple[Row, ...]

    @property
    def most(self) -> int:
        """The greatest number, which is the longest bar."""
        return max((each.number for each in self.rows), default=0)


def of_facet(values: Iterable[Mapping[str, Any]], depth: int = 0) -> tuple[Row, ...]:
    """The values of a facet in their order, those of a tree with what stands just below them."""
    rows: list[Row] = []
    for each in values:
        rows.append(Row(each["label"], each["count"], depth, each["value"]))
        if depth < DEEPEST:
            rows += of_facet(each.get("children", ()), depth + 1)
    return tuple(rows)


class Tally(NamedTuple):
    """Live records by the month in which they came (YYYY-MM), and by how complete they are (an index of STEPS)."""

    months: Mapping[str, int]
    steps: Mapping[int, int]


def tally(records: Iterable[tuple[int, float]]) -> Tally:
    """Count first positions by month (UTC), and completeness (0 to 1) by fifths."""
    days: Counter[int] = Counter()
    steps: Counter[int] = Counter()
    for position, completeness in records:
        days[datestamp_of(position) // 86_400] += 1
        steps[min(int(completeness * len(STEPS)), len(STEPS) - 1)] += 1
    months: Counter[str] = Counter()
    for day, count in days.items():
        months[datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m")] += count
    return Tally(dict(sorted(months.items())), dict(steps))


def as_csv(tables: Sequence[Table]) -> str:
    """All tables in one file; a text that a spreadsheet would calculate is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("table", "label", "value", "count"))
    for table in tables:
        for row in table.rows:
            writer.writerow((table.name, _text(row.label), _text(row.value), row.number))
    return out.getvalue()


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
