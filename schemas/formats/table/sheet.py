"""A table, whatever it came in: its sheets one after the other, the first rows of each to look at and then the rest.

Text is read by `text`, a workbook by `workbook`; what holds for both is here: a row has so many cells at most and a
cell so many characters, and no more than the first rows of one sheet are held, so that no table asks for more memory
than 256 MB. It must not know what the columns mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from schemas.errors import Unreadable
from schemas.formats.table import text, workbook
from schemas.formats.table.text import LONGEST_ROW, TOP, Row, Score

WIDEST: Final = 1_000  # columns; no export that was seen has two hundred
LONGEST_CELL: Final = 256 * 1024  # characters; a workbook admits 32,767
_MOST_CELLS: Final = 10 * WIDEST


class Sheet(NamedTuple):
    """The first rows of a sheet, and those behind them, which are read when they are taken.

    A row that cannot be taken is told in its place. `place` counts the sheets of the workbook from 0.
    """

    kind: str  # csv | xlsx
    place: int
    top: list[Row | Unreadable]
    rest: Iterator[Row | Unreadable]


def opened(
    data: bytes,
    score: Score,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
) -> Iterator[Sheet | Unreadable]:
    """The sheets with rows, or the one of that name or place; what ends them early is told last.

    `score` tells a header (header). The rows of a sheet cannot be taken any more when the next sheet is.
    """
    try:
        if workbook.is_workbook(data):
            yield from _sheets(workbook.sheets(data, sheet))
        else:
            yield _sheet("csv", 0, text.rows(data, score, delimiter, encoding))
    except Unreadable as error:
        yield error


def _sheets(told: Iterator[int | Row]) -> Iterator[Sheet | Unreadable]:
    place = None
    for place, rows in groupby(_placed(told), key=itemgetter(0)):
        if place < 0:
            yield from (error for _, error in rows if isinstance(error, Unreadable))
        else:
            yield _sheet("xlsx", place, (row for _, row in rows))
    if place is None:
        yield Unreadable("empty_file", "The workbook has no rows.")


def _placed(told: Iterable[int | Row]) -> Iterator[tuple[int, Row | Unreadable]]:
    """The rows with the places of their sheets; what ends them early has the place -1."""
    place = 0
    try:
        for one in told:
            if isinstance(one, int):
                place = one
            else:
                yield place, one
    except Unreadable as error:
        yield -1, error


def _sheet(kind: str, place: int, rows: Iterator[Row | Unreadable]) -> Sheet:
    """The sheet of these rows; raises Unreadable where there are none."""
    rest = _bounded(rows)
    top: list[Row | Unreadable] = []
    size = 0  # characters
    while len(top) < TOP and size < LONGEST_ROW and (row := next(rest, None)) is not None:
        top.append(row)
        size += sum(map(len, row.cells)) if isinstance(row, Row) else 0
    if not top:
        raise Unreadable("empty_file", "The table has no rows.")
    return Sheet(kind, place, top, rest)


def _bounded(rows: Iterable[Row | Unreadable]) -> Iterator[Row | Unreadable]:
    """The rows, those with too many cells or too long ones as rejects."""
    for row in rows:
        if isinstance(row, Unreadable):
            yield row
        elif len(row.cells) > _MOST_CELLS:
            message = f"The row has {len(row.cells)} cells; a row may have {_MOST_CELLS}."
            yield Unreadable("too_many_cells", message, row.place)
        elif any(len(cell) > LONGEST_CELL for cell in row.cells):
            yield Unreadable("too_long", f"The row has a cell of more than {LONGEST_CELL} characters.", row.place)
        else:
            yield row
