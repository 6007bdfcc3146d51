"""Tables: CSV, TSV, XLSX and its kin, a record per row.

`deliveries` gives them with their places ("line 12" of a CSV, "row 12" of a workbook); what is wrong with the file, its
header or the mapping is one reject with one sentence, what is wrong with a row is that row's. A row that names a record
here (column `id`) carries its `cells`, and `laid` lays just these over that record. Which header means what is
table_columns'. This module must not decide about duplicates: the repository does.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.format import Delivery, Reading
from schemas.formats.table.columns import columns_of, looks_like_one, mapping_of
from schemas.formats.table.row import RowReader, laid
from schemas.formats.table.sheet import Sheet, opened
from schemas.formats.table.text import Row
from schemas.formats.table.workbook import is_workbook
from schemas.vocabularies.vocabularies import Vocabularies

__all__ = ["deliveries", "is_table", "is_workbook", "laid", "read"]


def is_table(data: bytes) -> bool:
    """Whether text looks like a table with a header that is known."""
    try:
        return looks_like_one(opened(data[: 1 << 16].rpartition(b"\n")[0] or data).header)
    except Unreadable as error:
        return error.code == "too_many_cells"


def read(source: bytes, vocabularies: Vocabularies) -> Reading:
    """The record of the first row; raises Unreadable where there is none."""
    for delivery in deliveries(source, None, vocabularies):
        if delivery.reading is not None:
            return delivery.reading
        problem = delivery.problems[0]
        raise Unreadable(problem.code, problem.message, delivery.place)
    raise Unreadable("no_records", "The table has no rows.")


def deliveries(
    data: bytes, mapping: bytes | None, vocabularies: Vocabularies, *, salvage: bool = False
) -> Iterator[Delivery]:
    """The rows of a table, in their order."""
    kind = "csv"
    try:
        wishes = mapping_of(mapping)
        sheet = opened(data, delimiter=wishes.delimiter, encoding=wishes.encoding, sheet=wishes.sheet)
        kind = sheet.kind
        columns = columns_of(sheet.header, wishes)
    except Unreadable as error:
        yield _reject(kind, error)
        return
    reader = RowReader(wishes, vocabularies, salvage=salvage)
    ignored = tuple(
        Problem("", "column_ignored", f"The column “{name}” is not known.", "info") for name in columns.ignored
    )
    empty = True
    for row in sheet.rows:
        empty = False
        if isinstance(row, Unreadable):
            yield _reject(kind, row)
        else:
            yield _delivery(sheet, row, reader, columns.fields, ignored)
            ignored = ()
    if empty:
        yield _reject(kind, Unreadable("no_records", "The table has a header and no rows."))


def _delivery(
    sheet: Sheet, row: Row, reader: RowReader, fields: dict[int, str], notes: tuple[Problem, ...]
) -> Delivery:
    source = msgspec.json.encode(dict(zip(sheet.header, row.cells, strict=False)))
    try:
        values, repairs = _fitted(row, len(sheet.header))
        given = [(field, values[place]) for place, field in fields.items() if place < len(values)]
        reading, id_, cells = reader.read(given, row.place)
    except Unreadable as error:
        return _reject(sheet.kind, error, source)
    if notes or repairs:
        reading = Reading(reading.record, repairs + reading.repairs, reading.problems + notes)
    return Delivery(
        place=row.place,
        format=sheet.kind,
        reading=reading,
        id=id_,
        cells=cells if id_ else None,
        source_bytes=source,
    )


def _fitted(row: Row, width: int) -> tuple[list[str], tuple[Repair, ...]]:
    """The cells of a row, no more than there are columns; raises Unreadable(too_many_cells).

    An export of OER Commons (2025) hangs the further values of a record, row for row, behind its last cell: such
    surplus comes in whole rows less one cell, and goes back to the columns it belongs to.
    """
    surplus = row.cells[width:]
    if not any(cell.strip() for cell in surplus):
        return row.cells[:width], ()
    if width < 3 or len(surplus) % (width - 1):
        message = f"The row has {len(row.cells)} cells, the header {width}."
        raise Unreadable("too_many_cells", message, row.place)
    values = [cell.strip() for cell in row.cells[:width]]
    seen = [set(value.split("|")) for value in values]
    more: list[list[str]] = [[value] if value else [] for value in values]
    for place, cell in enumerate(surplus):
        column = place % (width - 1) + 1
        if (text := cell.strip()) and text not in seen[column]:
            seen[column].add(text)
            more[column].append(text)
    values = ["|".join(texts) for texts in more]
    told = "|".join(text for cell in surplus if (text := cell.strip()))
    return values, (Repair("", "continued_row", f"{len(row.cells)} cells", f"{width} cells; put back: {told[:200]}"),)


def _reject(kind: str, error: Unreadable, source: bytes = b"") -> Delivery:
    return Delivery(
        place=error.place, format=kind, problems=(Problem("", error.code, error.message),), source_bytes=source
    )
