"""Records pulled out of a container of XML, one by one, in the memory of one record.

The half of schemas.xml.reader that streams: the same hardened parser, fed in pieces. A record that grows too large is
emptied while it is read, and comes out as too large; a container that gives no record for too long is given up. This
module must not decide what is mended; schemas.xml.reader does.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple, cast

from lxml import etree

from schemas.errors import Repair, Unreadable
from schemas.xml.errors import beyond_root, unreadable
from schemas.xml.text import decode, encoding_of, line_of

_CHUNK: Final = 1 << 16
_LARGEST: Final = 2 * 1024 * 1024  # bytes of one record, and of what may stand between two


class Limits(NamedTuple):
    """What is accepted at most; `elements` counts the elements of one record."""

    size_bytes: int
    elements: int


class Piece(NamedTuple):
    """One record of a container, or (`broken`) the break that ended it or the record that is too large.

    `number` counts the records from 1; `line` is where the record starts. The element belongs to the stream: read it
    before asking for the next piece, because then it is emptied. After a break nothing follows.
    """

    number: int
    line: int
    element: etree._Element | None
    broken: Unreadable | None = None
    repairs: tuple[Repair, ...] = ()


_counted = etree.XPath("count(descendant-or-self::*)")


def count(element: etree._Element) -> int:
    return int(cast(float, _counted(element)))


def pieces(data: bytes, names: Collection[str], limits: Limits, *, mended: bool = False) -> Iterator[Piece]:
    """Pull the records out chunk by chunk; what was read is freed."""
    broken: Unreadable | None = None
    utf8 = data
    if not mended:
        utf8, broken = _as_far_as_good(data)
    parser = _parser(names)
    stream = _Stream(limits)
    fed = 0
    for chunk in _chunks(utf8):
        failure = _fed(parser, utf8, chunk, last=broken is None)
        end = fed + len(chunk or b"")
        yield from stream.finished(parser, fed, end)
        fed = end
        failure = failure or stream.overlong(utf8, fed)
        if failure is not None:
            broken = broken if broken is not None and failure.code == "truncated" else failure
            break
    if broken is not None:
        line = int(broken.place.rpartition(" ")[2]) if " " in broken.place else 1
        yield Piece(stream.number + 1, line, None, broken)


def _parser(names: Collection[str]) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in names],
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


class _Stream:
    """Where the reading of a container stands: how many records came, which one is open and since which byte."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.number = 0
        self.depth = 0
        self.open: etree._Element | None = None
        self.since = 0
        self.too_large = False

    def finished(self, parser: etree.XMLPullParser, fed: int, end: int) -> Iterator[Piece]:
        """The records that ended in the chunk just fed, from byte `fed` to before byte `end`."""
        for event, found in parser.read_events():
            element = cast(etree._Element, found)
            if event == "start":
                if self.depth == 0:
                    self.open, self.since = element, fed
                self.depth += 1
                continue
            self.depth -= 1
            if self.depth == 0:
                self.number += 1
                yield self.piece(element, end)
                _let_go(element)
                self.open, self.since, self.too_large = None, fed, False

    def piece(self, element: etree._Element, end: int) -> Piece:
        line = cast(int, element.sourceline or 1)
        if self.too_large:
            message = f"Record {self.number} is larger than {_LARGEST // (1024 * 1024)} MB."
            return Piece(self.number, line, None, Unreadable("too_large", message, f"record {self.number}"))
        # An element takes at least four bytes, so nearly every record is too small to need counting.
        if end - self.since > 4 * self.limits.elements and count(element) > self.limits.elements:
            message = f"Record {self.number} has more than {self.limits.elements} elements."
            return Piece(self.number, line, None, Unreadable("too_many_elements", message, f"record {self.number}"))
        return Piece(self.number, line, element)

    def overlong(self, data: bytes, fed: int) -> Unreadable | None:
        """Empty the open record if it is too large; the break, if no record has begun for too long."""
        if fed - self.since <= _LARGEST:
            return None
        if self.open is None:
            line = line_of(data, fed)
            return Unreadable("no_records", f"No record begins on {_LARGEST // (1024 * 1024)} MB up to line {line}.")
        self.too_large = True
        _empty(self.open)
        return None


def _empty(element: etree._Element) -> None:
    """Free what is complete in an element that is still being read: at each level all but the last child."""
    while len(element):
        del element[:-1]
        element = element[0]


def _as_far_as_good(data: bytes) -> tuple[bytes, Unreadable | None]:
    """The document in UTF-8 up to its first undecodable byte, and what is wrong with that.

    UTF-8 is checked in pieces: as one text, a page of 100 MB could take 400 MB.
    """
    codec = encoding_of(data)
    if codec == "utf-8":
        good = _decodable(data)
        return (data, None) if good == len(data) else (data[:good], _first_error(data))
    try:
        return data.decode(codec).removeprefix("\ufeff").encode("utf-8"), None
    except UnicodeDecodeError as error:
        return data[: error.start].decode(codec, "ignore").encode("utf-8"), _first_error(data)


def _decodable(data: bytes) -> int:
    """How many bytes from the start are UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _CHUNK):
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _CHUNK], start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - kept + error.start
    return len(data)


def _first_error(data: bytes) -> Unreadable | None:
    try:
        decode(data)
    except Unreadable as error:
        return error
    return None


def _chunks(data: bytes) -> Iterator[bytes | None]:
    """The data in pieces, and None for its end."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
    yield None


def _fed(parser: etree.XMLPullParser, data: bytes, chunk: bytes | None, *, last: bool) -> Unreadable | None:
    try:
        if chunk is None:
            parser.close()
        else:
            parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        found = unreadable(data, error)
        found.__cause__ = error
        if chunk is None and found.code == "not_xml" and last and not beyond_root(error):
            line = line_of(data, len(data))
            return Unreadable("truncated", f"The file breaks off at byte {len(data)} (line {line}).", f"line {line}")
        return found
    return None


def _let_go(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
