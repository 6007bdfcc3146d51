"""A table, whatever it came in: its header, and the rows under it one after the other.

Text is read by `text`, a workbook by `workbook`; what holds for both is here: a header has so many columns at most, a
row so many cells and a cell so many characters, that no table asks for more memory than 256 MB. It must not know what
the columns mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas.errors import Unreadable
from schemas.formats.table import text, workbook
from schemas.formats.table.text import Row

WIDEST: Final = 1_000  # columns; no export that was seen has two hundred
LONGEST_CELL: Final = 256 * 1024  # characters; a workbook admits 32,767
_MOST_CELLS: Final = 10 * WIDEST


class Sheet(NamedTuple):
    """A header and the rows under it; a row that cannot be taken is told in its place."""

    kind: str  # csv | xlsx
    header: list[str]
    rows: Iterator[Row | Unreadable]


def opened(
    data: bytes, *, delimiter: str | None = None, encoding: str | None = None, sheet: str | None = None
) -> Sheet:
    """The table in the bytes; raises Unreadable."""
    if workbook.is_workbook(data):
        return _sheet("xlsx", _told(workbook.rows(data, sheet)))
    return _sheet("csv", text.rows(data, delimiter, encoding))


def _sheet(kind: str, rows: Iterator[Row | Unreadable]) -> Sheet:
    head = next(rows, None)
    if isinstance(head, Unreadable):
        raise head
    if head is None:
        raise Unreadable("empty_file", "The table has no rows.")
    header = _trimmed(head.cells, 0) if kind == "xlsx" else head.cells
    if len(header) > WIDEST:
        message = f"The header has {len(header)} columns; a table may have {WIDEST}."
        raise Unreadable("too_many_cells", message, head.place)
    return Sheet(kind, header, _bounded(rows, len(header), kind))


def _told(rows: Iterator[Row]) -> Iterator[Row | Unreadable]:
    """The rows of a workbook; what ends them early is the last one."""
    try:
        yield from rows
    except Unreadable as error:
        yield error


def _bounded(rows: Iterator[Row | Unreadable], width: int, kind: str) -> Iterator[Row | Unreadable]:
    """The rows, those with too many cells or too long ones as rejects."""
    for row in rows:
        if isinstance(row, Unreadable):
            yield row
            continue
        cells = _trimmed(row.cells, width) if kind == "xlsx" else row.cells
        if len(cells) > _MOST_CELLS:
            message = f"The row has {len(cells)} cells, the header {width}."
            yield Unreadable("too_many_cells", message, row.place)
        elif any(len(cell) > LONGEST_CELL for cell in cells):
            message = f"The row has a cell of more than {LONGEST_CELL} characters."
            yield Unreadable("too_long", message, row.place)
        else:
            yield Row(row.place, cells)


def _trimmed(cells: list[str], width: int) -> list[str]:
    """The cells without the empty ones beyond the header."""
    last = len(cells)
    while last > width and not cells[last - 1].strip():
        last -= 1
    return cells[:last]
