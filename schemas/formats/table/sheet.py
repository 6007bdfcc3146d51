"""Tables as bytes in, cells out: CSV in any usual dress, TSV, XLSX and its kin.

A CSV says neither its encoding nor its delimiter: a byte order mark, else UTF-8, else windows-1252; of comma,
semicolon, tab and bar the one that parts the header best (RFC 4180 for the rest). A workbook gives its first sheet
with rows, numbers and dates as text. It must not know what the columns mean.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import python_calamine

from schemas.errors import Unreadable
from schemas.formats.archive import Archive, is_archive

DELIMITERS: Final = (",", ";", "\t", "|")
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LONGEST_CELL: Final = 8 * 1024 * 1024
_WORKBOOK: Final = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


class Row(NamedTuple):
    place: str
    cells: list[str]


class Sheet(NamedTuple):
    """A header and the rows under it; `broken` is the break that ended them."""

    kind: str  # csv | xlsx
    header: list[str]
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
    data: bytes, *, delimiter: str | None = None, encoding: str | None = None, sheet: str | None = None
) -> Sheet:
    """The table in the bytes; raises Unreadable."""
    if is_workbook(data):
        return _workbook(data, sheet)
    text = _text(data, encoding)
    return _delimited(text, delimiter or _sniffed(text))


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


def _sniffed(text: str) -> str:
    """The delimiter that the first line holds most of, outside quotes."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    bare = re.sub(r'"(?:[^"]|"")*"', "", first)
    return max(DELIMITERS, key=bare.count)


def _delimited(text: str, delimiter: str) -> Sheet:
    csv.field_size_limit(_LONGEST_CELL)
    broken: Unreadable | None = None
    try:
        rows = list(_rows(text, delimiter, strict=True))
    except csv.Error as error:
        # Cut off inside a quoted cell, or quotes inside one that are not doubled: the second is read as it stands.
        try:
            rows = list(_rows(text, delimiter, strict=False))
        except csv.Error as worse:
            raise Unreadable("not_a_table", f"The table cannot be read: {worse}.") from worse
        if "unexpected end" in str(error) and rows:
            place = rows.pop().place
            broken = Unreadable("truncated", f"The file breaks off inside a cell that begins on {place}.", place)
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not rows:
        raise broken or Unreadable("empty_file", "The table has no rows.")
    return Sheet("csv", rows[0].cells, rows[1:], broken)


def _rows(text: str, delimiter: str, *, strict: bool) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    line = 1
    for cells in reader:
        yield Row(f"line {line}", cells)
        line = reader.line_num + 1


def _workbook(data: bytes, name: str | None) -> Sheet:
    if is_archive(data):
        Archive(data)  # the guard
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        names = [name] if name is not None else book.sheet_names
        for one in names:
            if one not in book.sheet_names:
                listed = ", ".join(book.sheet_names)
                raise Unreadable("bad_mapping", f"The workbook has no sheet “{one}”; it has {listed}.")
            values = book.get_sheet_by_name(one).to_python(skip_empty_area=False)
            rows = [Row(f"row {number}", [_cell(value) for value in row]) for number, row in enumerate(values, 1)]
            rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
            if rows:
                width = max(place for place, cell in enumerate(rows[0].cells, 1) if cell.strip())
                return Sheet("xlsx", rows[0].cells[:width], [Row(r.place, _trimmed(r.cells, width)) for r in rows[1:]])
    except (python_calamine.CalamineError, OSError) as error:
        raise Unreadable("bad_workbook", f"The workbook cannot be read: {error}.") from error
    raise Unreadable("empty_file", "The workbook has no rows.")


def _trimmed(cells: list[str], width: int) -> list[str]:
    """The cells without the empty ones beyond the header."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells


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
