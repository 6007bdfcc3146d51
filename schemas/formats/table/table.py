"""Tables: CSV, TSV, XLSX and its kin, a record per row.

`deliveries` gives them with their places ("line 12" of a CSV, "row 12" of a workbook); what is wrong with the file, its
header or the mapping is one reject with one sentence, what is wrong with a row is that row's. A row that names a record
here (column `id`) carries its `cells`, and `laid` lays just these over that record. Which header means what is
table_columns'. This module must not decide about duplicates: the repository does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.format import Delivery, Reading
from schemas.formats.table.columns import NO_MAPPING, Columns, Mapping, columns_of, mapping_of
from schemas.formats.table.header import field_of, header_place, same_header, score
from schemas.formats.table.row import RowReader, laid
from schemas.formats.table.sheet import Row, Sheet, is_workbook, opened
from schemas.vocabularies.vocabularies import Vocabularies

__all__ = ["deliveries", "is_table", "is_workbook", "laid", "read"]

_TOP: Final = 25
_ADDRESSES: Final = ("url", "thumbnail")


def is_table(data: bytes) -> bool:
    """Whether text looks like a table with a header that is known: at least two of its names are."""
    try:
        (sheet,) = opened(data[: 1 << 16].rpartition(b"\n")[0] or data, score)
    except Unreadable:
        return False
    cells = [row.cells for row in sheet.rows[:_TOP]]
    return score(cells[header_place(cells, NO_MAPPING)]) > 1


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
    """The rows of a table, in their order; of a workbook those of each sheet that is a table of records."""
    kind = "csv"
    try:
        wishes = mapping_of(mapping)
        sheets = opened(data, score, delimiter=wishes.delimiter, encoding=wishes.encoding, sheet=wishes.sheet)
        kind = sheets[0].kind
        chosen = _chosen(sheets, wishes)
        tables = [(one, _headed(one, wishes)) for one in chosen]
    except Unreadable as error:
        yield _reject(kind, error)
        return
    reader = RowReader(wishes, vocabularies, salvage=salvage)
    for number, (sheet, (header, rows, columns, notes)) in enumerate(tables, 1):
        for row in rows:
            placed = row if number == 1 else row._replace(place=f"sheet {number}, {row.place}")
            yield _delivery(_Table(kind, header, columns.fields), placed, reader, notes)
            notes = ()  # noqa: PLW2901 - told once
        if sheet.broken is not None:
            yield _reject(kind, sheet.broken)
        elif not rows:
            yield _reject(kind, Unreadable("no_records", "The table has a header and no rows."))


class _Table(NamedTuple):
    """What the rows of a sheet have in common."""

    kind: str
    header: list[str]
    fields: dict[int, str]


def _chosen(sheets: list[Sheet], wishes: Mapping) -> list[Sheet]:
    """The sheets that hold records: those whose header names a title, else the one whose header says most."""
    if len(sheets) == 1:
        return sheets
    if wishes.columns:
        fitting = [one for one in sheets if {name.strip() for name in wishes.columns}.issubset(_header(one, wishes))]
        return fitting or sheets[:1]
    scores = [score(_header(one, wishes)) for one in sheets]
    titled = [one for one in sheets if "title" in map(field_of, _header(one, wishes)) and len(one.rows) > 1]
    full = [one for one in titled if score(_header(one, wishes)) > 1]
    return full or titled[:1] or [sheets[scores.index(max(scores))]]


def _header(sheet: Sheet, wishes: Mapping) -> list[str]:
    cells = [row.cells for row in sheet.rows]
    return [cell.strip() for cell in cells[header_place(cells, wishes)]]


def _headed(sheet: Sheet, wishes: Mapping) -> tuple[list[str], list[Row], Columns, tuple[Problem, ...]]:
    """The header, the rows below it, what its columns mean, and what is told of them; raises Unreadable."""
    place = header_place([row.cells for row in sheet.rows], wishes)
    cells = sheet.rows[place].cells
    width = (
        max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0) if sheet.kind == "xlsx" else len(cells)
    )
    header = cells[:width]
    columns = columns_of(header, wishes, field_of)
    notes = [Problem("", "column_ignored", f"The column “{name}” is not known.", "info") for name in columns.ignored]
    for row in sheet.rows[:place]:
        said = " ".join(" ".join(cell for cell in row.cells if cell.strip()).split())
        notes.append(Problem("", "line_above_header", f"Above the header stands “{said[:200]}”.", "info"))
    rows = [row for row in sheet.rows[place + 1 :] if not same_header(row.cells, header)]
    if sheet.kind == "xlsx":
        rows = [row._replace(cells=_trimmed(row.cells, width)) for row in rows]
    return header, rows, columns, tuple(notes)


def _trimmed(cells: list[str], width: int) -> list[str]:
    """The cells without the empty ones beyond the header."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _delivery(table: _Table, row: Row, reader: RowReader, notes: tuple[Problem, ...]) -> Delivery:
    source = msgspec.json.encode(dict(zip(table.header, row.cells, strict=False)))
    try:
        values, repairs = _fitted(row, len(table.header))
        given = [(field, values[place]) for place, field in table.fields.items() if place < len(values)]
        given, linked = _linked(given, row, table.fields)
        reading, id_, cells = reader.read(given, row.place)
    except Unreadable as error:
        return _reject(table.kind, error, source)
    told = tuple(
        Repair(table.fields[place], "merged_cell", None, row.cells[place][:200])
        for place in row.filled
        if place in table.fields
    )
    if notes or repairs or linked or told:
        reading = Reading(reading.record, (*repairs, *told, *linked, *reading.repairs), reading.problems + notes)
    return Delivery(
        place=row.place,
        format=table.kind,
        reading=reading,
        id=id_,
        cells=cells if id_ else None,
        source_bytes=source,
    )


def _linked(
    given: list[tuple[str, str]], row: Row, fields: dict[int, str]
) -> tuple[list[tuple[str, str]], tuple[Repair, ...]]:
    """The cells with the addresses they link to: an address is what its cell links to, else a linked cell gives one."""
    if not row.links:
        return given, ()
    repairs = []
    values = dict(enumerate(given))
    places = [place for place in fields if place < len(row.cells)]
    for number, place in enumerate(places):
        address, (field, text) = row.links.get(place), values.get(number, ("", ""))
        if address and field in _ADDRESSES and text.strip() != address:
            values[number] = (field, address)
            repairs.append(Repair(field, "linked_cell", text or None, address))
    found = list(values.values())
    if not any(field == "url" and text.strip() for field, text in found):
        known = [row.links[place] for place in places if place in row.links and fields[place] not in _ADDRESSES]
        for address in dict.fromkeys(known[:1] or [*row.links.values()][:1]):
            found.append(("url", address))
            repairs.append(Repair("url", "linked_cell", None, address))
    return found, tuple(repairs)


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
    for place, cell in enumerate(surplus):
        column = place % (width - 1) + 1
        if (text := cell.strip()) and text not in values[column].split("|"):
            values[column] = f"{values[column]}|{text}" if values[column] else text
    told = "|".join(text for cell in surplus if (text := cell.strip()))
    return values, (Repair("", "continued_row", f"{len(row.cells)} cells", f"{width} cells; put back: {told[:200]}"),)


def _reject(kind: str, error: Unreadable, source: bytes = b"") -> Delivery:
    return Delivery(
        place=error.place, format=kind, problems=(Problem("", error.code, error.message),), source_bytes=source
    )
