"""Tables as bytes in, cells out: CSV in any usual dress, TSV, XLSX and its kin.

A CSV says neither its encoding nor its delimiter: a byte order mark, else UTF-8, else windows-1252; `sep=;` on a line
of its own, else of comma, semicolon, tab and bar the one that parts the header best (RFC 4180 for the rest). A workbook
gives its sheets with rows, numbers and dates as text, cells with what they link to. It must not know what the columns
mean.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import python_calamine

from schemas.errors import Unreadable
from schemas.formats.archive import Archive, is_archive
from schemas.formats.table.marks import Marks, marks_of

DELIMITERS: Final = (",", ";", "\t", "|")
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Score = Callable[[Sequence[str]], int]
_SEPARATOR: Final = re.compile(r'"?sep=(.)"?[ ,;\t]*\r?(?:\n|\Z)', re.IGNORECASE)
_SAMPLE: Final = 65_536
_TOP: Final = 25
_LONGEST_CELL: Final = 8 * 1024 * 1024
_WORKBOOK: Final = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


class Row(NamedTuple):
    """A row with its place, what its cells link to by column, and the columns filled from a merged cell above."""

    place: str
    cells: list[str]
    links: Mapping[int, str] = MappingProxyType({})
    filled: tuple[int, ...] = ()


class Sheet(NamedTuple):
    """The rows of a sheet, its header among the first of them; `broken` is the break that ended them."""

    kind: str  # csv | xlsx
    rows: list[Row]
    broken: Unreadable | None = None


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a spreadsheet: a zip with a workbook in it, or the old compound file."""
    if data[:8] == OLE:
        return True
    if not is_archive(data):
        return False
    try:
        names = set(Archive(data).names)
    except Unreadable:
        return False
    return bool(names.intersection(_WORKBOOK[:2])) or ("content.xml" in names and "mimetype" in names)


def opened(
    data: bytes,
    score: Score,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
) -> list[Sheet]:
    """The sheets in the bytes that have rows; `score` tells a header (header). Raises Unreadable."""
    if is_workbook(data):
        return _workbook(data, sheet)
    text = _text(data, encoding)
    said = _SEPARATOR.match(text)
    if said is None:
        return [_delimited(text, delimiter or _sniffed(text, score), 1)]
    return [_delimited(text[said.end() :], delimiter or said[1], 1 + said[0].count("\n"))]


def _text(data: bytes, encoding: str | None) -> str:
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise Unreadable("empty_file", "The file is empty.")
    codec = encoding or _codec(data)
    try:
        text = data.decode(codec)
    except LookupError as error:
        raise Unreadable("bad_mapping", f"There is no encoding “{codec}”.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"Byte 0x{data[error.start]:02X} at position {error.start + 1} (line {line}) is not valid {codec}."
        raise Unreadable("wrong_encoding", message, f"line {line}") from error
    except UnicodeError as error:  # codecs of Python that decode nothing ("undefined")
        raise Unreadable("bad_mapping", f"There is no encoding “{codec}”.") from error
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise Unreadable("illegal_character", f"There is a NUL character on line {line}.", f"line {line}")
    return text


def _codec(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _sniffed(text: str, score: Score) -> str:
    """The delimiter under which one of the first lines is most of a header, else that the first line holds most of."""
    top = [line for line in text[:_SAMPLE].split("\n") if line.strip()][:_TOP]
    bare = re.sub(r'"(?:[^"]|"")*"', "", top[0] if top else "")
    counts = {one: bare.count(one) for one in DELIMITERS}
    scores = {one: max((score(_cells(line, one)) for line in top), default=0) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: (scores[one] if scores[one] > 1 else 0, counts[one]))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _delimited(text: str, delimiter: str, first_line: int) -> Sheet:
    csv.field_size_limit(_LONGEST_CELL)
    broken: Unreadable | None = None
    try:
        rows = list(_rows(text, delimiter, first_line, strict=True))
    except csv.Error as error:
        # Cut off inside a quoted cell, or quotes inside one that are not doubled: the second is read as it stands.
        try:
            rows = list(_rows(text, delimiter, first_line, strict=False))
        except csv.Error as worse:
            raise Unreadable("not_a_table", f"The table cannot be read: {worse}.") from worse
        if "unexpected end" in str(error) and rows:
            place = rows.pop().place
            broken = Unreadable("truncated", f"The file breaks off inside a cell that begins on {place}.", place)
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not rows:
        raise broken or Unreadable("empty_file", "The table has no rows.")
    return Sheet("csv", rows, broken)


def _rows(text: str, delimiter: str, first_line: int, *, strict: bool) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    line = first_line
    for cells in reader:
        yield Row(f"line {line}", cells)
        line = reader.line_num + first_line


def _workbook(data: bytes, name: str | None) -> list[Sheet]:
    if is_archive(data):
        Archive(data)  # the guard
    sheets = []
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        names = [name] if name is not None else book.sheet_names
        for one in names:
            if one not in book.sheet_names:
                listed = ", ".join(book.sheet_names)
                raise Unreadable("bad_mapping", f"The workbook has no sheet “{one}”; it has {listed}.")
            values = book.get_sheet_by_name(one).to_python(skip_empty_area=False)
            rows = _marked([[_cell(value) for value in row] for row in values], marks_of(data, one))
            if rows:
                sheets.append(Sheet("xlsx", rows))
    except (python_calamine.CalamineError, OSError) as error:
        raise Unreadable("bad_workbook", f"The workbook cannot be read: {error}.") from error
    if not sheets:
        raise Unreadable("empty_file", "The workbook has no rows.")
    return sheets


def _marked(cells: list[list[str]], marks: Marks) -> list[Row]:
    """The rows with words, each with its links and with what a merged cell above says of it."""
    filled: dict[int, list[int]] = {}
    empty = [not any(cell.strip() for cell in row) for row in cells]
    for (row, column), (first, _) in marks.merged.items():
        if row < len(cells) and column < len(cells[row]) and not empty[row] and not cells[row][column].strip():
            cells[row][column] = cells[first][column]
            filled.setdefault(row, []).append(column)
    links: dict[int, dict[int, str]] = {}
    for (row, column), address in marks.links.items():
        links.setdefault(row, {})[column] = address
    return [
        Row(f"row {number + 1}", row, links.get(number, {}), tuple(filled.get(number, ())))
        for number, row in enumerate(cells)
        if not empty[number] or number in links
    ]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        at = value.isoformat(timespec="seconds")
        return at.removesuffix("T00:00:00")
    return "" if value is None else str(value)
