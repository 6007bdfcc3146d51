"""CSV and TSV in any usual dress, read row by row: bytes in, cells out.

A CSV says neither its encoding nor its delimiter: a byte order mark, else UTF-8, else windows-1252; `sep=;` on a line
of its own, else of comma, semicolon, tab and bar the one that parts the header best (RFC 4180 for the rest). The text
is gone through once to know how it must be read, and once more for its rows; no more than one of them is held. It must
not know what the columns mean.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.errors import Unreadable

DELIMITERS: Final = (",", ";", "\t", "|")
TOP: Final = 25  # rows among which the header is looked for
LONGEST_ROW: Final = 2_000_000  # characters, as a record may have bytes
_PORTION: Final = 1 << 16
_SEPARATOR: Final = re.compile(r'"?sep=([^\r\n"])"?[ ,;\t]*\r?\n?', re.IGNORECASE)
Score = Callable[[Sequence[str]], int]
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"


class Row(NamedTuple):
    """Where a row begins, its cells, what they link to by column, and the columns filled from a merged cell above."""

    place: str
    cells: list[str]
    links: Mapping[int, str] = MappingProxyType({})
    filled: tuple[int, ...] = ()


class _TooLong(Exception):
    """A line, or the lines that a quote holds together, are longer than a row may be."""


class _Dress(NamedTuple):
    """How a text is to be read: its encoding, its delimiter, and whether it says this on its first line."""

    codec: str
    delimiter: str
    said: bool


def rows(
    data: bytes, score: Score, delimiter: str | None = None, encoding: str | None = None
) -> Iterator[Row | Unreadable]:
    """The rows that are not empty, in their order; a row that cannot be taken is told in its place.

    `score` tells a header (header). Raises Unreadable at once where the whole of the text cannot be read.
    """
    if not data[:_PORTION].strip(_BLANK) and not data.strip(_BLANK):
        raise Unreadable("empty_file", "The file is empty.")
    codec = encoding or _codec(data)
    _check(data, codec)
    csv.field_size_limit(LONGEST_ROW)
    top = list(_first_lines(data, codec))
    said = _SEPARATOR.fullmatch(top[0]) if top else None
    dress = _Dress(codec, delimiter or (said[1] if said else _sniffed(top, score)), said is not None)
    strict, cut = _how(data, dress)
    return _filled(_raw(data, dress, strict=strict), cut=cut)


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


def _first_lines(data: bytes, codec: str) -> Iterator[str]:
    """The first lines of a text, no more than a portion of it; as they stand."""
    text = io.TextIOWrapper(io.BytesIO(data), codec, newline="")
    left = _PORTION
    while left > 0 and (line := text.readline(left)):
        yield line.removeprefix("\ufeff") if left == _PORTION else line
        left -= len(line)


def _sniffed(lines: Sequence[str], score: Score) -> str:
    """The delimiter under which one of the first lines is most of a header, else that the first line holds most of."""
    top = list(islice((line for line in lines if line.strip()), TOP))
    bare = re.sub(r'"(?:[^"]|"")*"', "", top[0] if top else "")
    scores = {one: max((score(_cells(line, one)) for line in top), default=0) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: (scores[one] if scores[one] > 1 else 0, bare.count(one)))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _how(data: bytes, dress: _Dress) -> tuple[bool, bool]:
    """Whether the text keeps to the rules of quotes, and whether it is cut off inside a quoted cell.

    Quotes inside a cell that are not doubled are read as they stand. Raises Unreadable for what is no table at all.
    """
    cut = False
    for strict in (True, False):
        try:
            for _ in _raw(data, dress, strict=strict):
                pass
        except csv.Error as error:
            if not strict:
                raise Unreadable("not_a_table", f"The table cannot be read: {error}.") from error
            cut = "unexpected end" in str(error)
        else:
            return strict, cut
    raise AssertionError("one of the two returns or raises")


def _raw(data: bytes, dress: _Dress, *, strict: bool) -> Iterator[Row | Unreadable]:
    """Every row of the text; raises csv.Error."""
    lines = _Lines(data, dress.codec)
    if dress.said:
        next(lines, None)
        lines.end_row()
    while not lines.ended:
        try:
            for cells in csv.reader(lines, delimiter=dress.delimiter, strict=strict):
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
        self._text = io.TextIOWrapper(io.BytesIO(data), codec, newline="")
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
        if self._line == 0:
            line = line.removeprefix("\ufeff")
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
