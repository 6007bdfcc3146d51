"""CSV and TSV in any usual dress, read row by row: bytes in, cells out.

A CSV says neither its encoding nor its delimiter: a byte order mark, else UTF-8, else windows-1252; of comma,
semicolon, tab and bar the one that parts the header best (RFC 4180 for the rest). The text is gone through once to
know how it must be read, and once more for its rows; no more than one of them is held. It must not know what the
columns mean.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Final, NamedTuple

from schemas.errors import Unreadable

DELIMITERS: Final = (",", ";", "\t", "|")
LONGEST_ROW: Final = 2_000_000  # characters, as a record may have bytes
_PORTION: Final = 1 << 16
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"


class Row(NamedTuple):
    """The cells of a row, and where it begins."""

    place: str
    cells: list[str]


class _TooLong(Exception):
    """A line, or the lines that a quote holds together, are longer than a row may be."""


def rows(data: bytes, delimiter: str | None = None, encoding: str | None = None) -> Iterator[Row | Unreadable]:
    """The rows that are not empty, in their order; a row that cannot be taken is told in its place.

    Raises Unreadable at once where the whole of the text cannot be read.
    """
    if not data[:_PORTION].strip(_BLANK) and not data.strip(_BLANK):
        raise Unreadable("empty_file", "The file is empty.")
    codec = encoding or _codec(data)
    _check(data, codec)
    csv.field_size_limit(LONGEST_ROW)
    parted = delimiter or _sniffed(data, codec)
    strict, cut = _how(data, codec, parted)
    return _filled(_raw(data, codec, parted, strict=strict), cut=cut)


def _codec(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        for _ in _decoded(data, "utf-8"):
            pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _decoded(data: bytes, codec: str) -> Iterator[str]:
    """The text in portions; an error of decoding says its place in the whole."""
    decoder = codecs.getincrementaldecoder(codec)()
    view = memoryview(data)
    for start in range(0, len(data), _PORTION):
        kept = len(decoder.getstate()[0])
        try:
            yield decoder.decode(view[start : start + _PORTION], start + _PORTION >= len(data))
        except UnicodeDecodeError as error:
            error.start += start - kept
            raise


def _check(data: bytes, codec: str) -> None:
    """Raise Unreadable where the bytes are not of the encoding, or hold a NUL."""
    line = 1
    try:
        for text in _decoded(data, codec):
            if "\x00" in text:
                line += text.count("\n", 0, text.index("\x00"))
                raise Unreadable("illegal_character", f"There is a NUL character on line {line}.", f"line {line}")
            line += text.count("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"Byte 0x{data[error.start]:02X} at position {error.start + 1} (line {line}) is not valid {codec}."
        raise Unreadable("wrong_encoding", message, f"line {line}") from error
    except (LookupError, UnicodeError, TypeError) as error:  # none of that name, or one that decodes no bytes to text
        raise Unreadable("bad_mapping", f"There is no encoding “{codec}”.") from error


def _sniffed(data: bytes, codec: str) -> str:
    """The delimiter that the first line holds most of, outside quotes."""
    lines = _Lines(data, codec)
    first = ""
    while not first.strip():
        try:
            first = next(lines, "\0")
        except _TooLong:
            break
        lines.end_row()
    bare = re.sub(r'"(?:[^"]|"")*"', "", first)
    return max(DELIMITERS, key=bare.count)


def _how(data: bytes, codec: str, delimiter: str) -> tuple[bool, bool]:
    """Whether the text keeps to the rules of quotes, and whether it is cut off inside a quoted cell.

    Quotes inside a cell that are not doubled are read as they stand. Raises Unreadable for what is no table at all.
    """
    cut = False
    for strict in (True, False):
        try:
            for _ in _raw(data, codec, delimiter, strict=strict):
                pass
        except csv.Error as error:
            if not strict:
                raise Unreadable("not_a_table", f"The table cannot be read: {error}.") from error
            cut = "unexpected end" in str(error)
        else:
            return strict, cut
    raise AssertionError("one of the two returns or raises")


def _raw(data: bytes, codec: str, delimiter: str, *, strict: bool) -> Iterator[Row | Unreadable]:
    """Every row of the text; raises csv.Error."""
    lines = _Lines(data, codec)
    while not lines.ended:
        try:
            for cells in csv.reader(lines, delimiter=delimiter, strict=strict):
                place = f"line {lines.begun}"
                lines.end_row()
                yield Row(place, cells)
        except _TooLong:
            place = f"line {lines.begun}"
            message = f"The row that begins on {place} is longer than {LONGEST_ROW} characters."
            lines.end_row()
            yield Unreadable("too_long", message, place)


def _filled(found: Iterator[Row | Unreadable], *, cut: bool) -> Iterator[Row | Unreadable]:
    """The rows that are not empty; the last one of a text that is cut off is a reject."""
    for row, following in pairwise(chain(found, (None,))):
        if isinstance(row, Unreadable):
            yield row
        elif row is not None and cut and following is None:
            message = f"The file breaks off inside a cell that begins on {row.place}."
            yield Unreadable("truncated", message, row.place)
        elif row is not None and any(cell.strip() for cell in row.cells):
            yield row


class _Lines:
    """The lines of a text for a csv.reader, with their ends; raises _TooLong where those of one row get too long.

    A line that is too long by itself is passed over, so that reading can go on behind it.
    """

    def __init__(self, data: bytes, codec: str) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig" if codec == "utf-8" else codec, newline="")
        self._line = 0  # lines read
        self._taken = 0  # characters of the row that is being read
        self.begun = 1  # the line on which it begins
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self._line += 1
        self._taken += len(line)
        if self._taken > LONGEST_ROW:
            while line and line[-1] not in "\r\n":
                line = self._text.readline(LONGEST_ROW)
            raise _TooLong
        return line

    def end_row(self) -> None:
        """The next line begins another row."""
        self.begun, self._taken = self._line + 1, 0
