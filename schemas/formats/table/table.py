"""Tables: CSV, TSV, XLSX and its kin, a record per row.

`deliveries` gives them with their places ("line 12" of a CSV, "row 12" of a workbook); what is wrong with the file, its
header or the mapping is one reject with one sentence, what is wrong with a row is that row's. A row that names a record
here (column `id`) carries its `cells`, and `laid` lays just these over that record. Which header means what is
table_columns'. This module must not decide about duplicates: the repository does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

import msgspec

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.format import Delivery, Reading
from schemas.formats.table.columns import NO_MAPPING, Columns, Mapping, columns_of, mapping_of
from schemas.formats.table.header import field_of, header_place, same_header, score
from schemas.formats.table.row import RowReader, laid
from schemas.formats.table.sheet import WIDEST, Sheet, opened
from schemas.formats.table.text import Row
from schemas.formats.table.workbook import is_workbook
from schemas.vocabularies.vocabularies import Vocabularies

__all__ = ["deliveries", "is_table", "is_workbook", "laid", "read"]

_ADDRESSES: Final = ("url", "thumbnail")
_ENOUGH: Final = 2  # names that are known make a header


def is_table(data: bytes) -> bool:
    """Whether text looks like a table with a header that is known: at least two of its names are."""
    sheet = next(opened(data[: 1 << 16].rpartition(b"\n")[0] or data, score))
    if isinstance(sheet, Unreadable):
        return sheet.code == "too_many_cells"
    try:
        return score(_header(sheet, NO_MAPPING).cells) >= _ENOUGH
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
    """The rows of a table, in their order; of a workbook those of each sheet that is a table of records."""
    kind = "xlsx" if is_workbook(data) else "csv"
    try:
        wishes = mapping_of(mapping)
    except Unreadable as error:
        yield _reject(kind, error)
        return
    reader = RowReader(wishes, vocabularies, salvage=salvage)
    number = 0
    for sheet in _chosen(data, wishes):
        if isinstance(sheet, Unreadable):
            yield _reject(kind, sheet)
            continue
        number += 1
        try:
            table = _table(sheet, wishes)
        except Unreadable as error:
            yield _reject(kind, error)
            continue
        yield from _of_table(table, "" if number == 1 else f"sheet {number}, ", reader)


class _Table(NamedTuple):
    """A sheet of which the header is known: its rows, what they have in common, and what is told of it."""

    kind: str
    header: list[str]
    columns: Columns
    rows: Iterator[Row | Unreadable]
    notes: tuple[Problem, ...]


def _chosen(data: bytes, wishes: Mapping) -> Iterator[Sheet | Unreadable]:
    """The sheets that hold records: those whose header names a title, else the one whose header says most.

    Sheets that hold none are passed by as they come; where all did, the one that is best is read once more.
    """
    place, best = None, (-1, -1)
    found = False
    for sheet in opened(data, score, delimiter=wishes.delimiter, encoding=wishes.encoding, sheet=wishes.sheet):
        if isinstance(sheet, Unreadable) or _is_of_records(sheet, wishes):
            found = True
            yield sheet
        elif (rank := _rank(sheet, wishes)) > best:
            place, best = sheet.place, rank
    if not found:
        yield from opened(data, score, sheet=place)


def _is_of_records(sheet: Sheet, wishes: Mapping) -> bool:
    if sheet.kind == "csv" or wishes.sheet is not None:
        return True  # the only one
    names = _names(sheet, wishes)
    if wishes.columns:
        return {name.strip() for name in wishes.columns}.issubset(names)
    return _rank(sheet, wishes)[0] > 0 and score(names) >= _ENOUGH


def _rank(sheet: Sheet, wishes: Mapping) -> tuple[int, int]:
    """How much a sheet is one of records: whether its header names a title, then how much else it names."""
    if wishes.columns:
        return 0, 0
    names = _names(sheet, wishes)
    titled = len(sheet.top) > 1 and "title" in map(field_of, names)
    return int(titled), 0 if titled else score(names)


def _names(sheet: Sheet, wishes: Mapping) -> list[str]:
    try:
        return [cell.strip() for cell in _header(sheet, wishes).cells]
    except Unreadable:
        return []


def _header(sheet: Sheet, wishes: Mapping) -> Row:
    """The header among the first rows; raises Unreadable where there is none, or one that is too wide."""
    rows = [row for row in sheet.top if isinstance(row, Row)]
    cells = [row.cells for row in rows]
    place = header_place(cells, wishes) if rows else 0
    first = sheet.top[0]
    if isinstance(first, Unreadable) and (not rows or score(cells[place]) < _ENOUGH):
        raise first
    header = rows[place]
    width = max((at for at, cell in enumerate(header.cells, 1) if cell.strip()), default=0)
    width = width if sheet.kind == "xlsx" else len(header.cells)
    if width > WIDEST:
        message = f"The header has {width} columns; a table may have {WIDEST}."
        raise Unreadable("too_many_cells", message, header.place)
    return header._replace(cells=header.cells[:width])


def _table(sheet: Sheet, wishes: Mapping) -> _Table:
    """The header, what its columns mean, and the rows that are left; raises Unreadable."""
    head = _header(sheet, wishes)
    columns = columns_of(head.cells, wishes, field_of)
    notes = [Problem("", "column_ignored", f"The column “{name}” is not known.", "info") for name in columns.ignored]
    place = next(at for at, row in enumerate(sheet.top) if isinstance(row, Row) and row.place == head.place)
    above = sheet.top[:place]
    for row in above:
        if isinstance(row, Row):
            said = " ".join(" ".join(cell for cell in row.cells if cell.strip()).split())
            notes.append(Problem("", "line_above_header", f"Above the header stands “{said[:200]}”.", "info"))
    lost = (row for row in above if isinstance(row, Unreadable))
    return _Table(sheet.kind, head.cells, columns, chain(lost, sheet.top[place + 1 :], sheet.rest), tuple(notes))


def _of_table(table: _Table, before: str, reader: RowReader) -> Iterator[Delivery]:
    empty = True
    notes = table.notes
    for row in table.rows:
        if isinstance(row, Unreadable):
            empty = False
            yield _reject(table.kind, Unreadable(row.code, row.message, before + row.place))
        elif not same_header(row.cells, table.header):
            empty = False
            yield _delivery(table, row._replace(place=before + row.place), reader, notes)
            notes = ()
    if empty:
        yield _reject(table.kind, Unreadable("no_records", "The table has a header and no rows."))


def _delivery(table: _Table, row: Row, reader: RowReader, notes: tuple[Problem, ...]) -> Delivery:
    source = msgspec.json.encode(dict(zip(table.header, row.cells, strict=False)))
    try:
        values, repairs = _fitted(row, len(table.header))
        given = [(field, values[place]) for place, field in table.columns.fields.items() if place < len(values)]
        given, linked = _linked(given, row, table.columns.fields)
        reading, id_, cells = reader.read(given, row.place)
    except Unreadable as error:
        return _reject(table.kind, error, source)
    told = tuple(
        Repair(table.columns.fields[place], "merged_cell", None, row.cells[place][:200])
        for place in row.filled
        if place in table.columns.fields
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
