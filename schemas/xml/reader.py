"""The one hardened reader of XML, and the escaping and character gate of every writer.

There is only one, because these must hold everywhere: no DTD, no entities, no network, four encodings, caps on bytes,
elements and depth (reliability.md, XML row); a lint rule then forbids lxml's parsers elsewhere. Comments and processing
instructions are removed. Strict by default: one plain sentence per error, with its line; `salvage=True` mends what
can be mended (schemas.xml.text) and tells each mend. This module must not know any metadata format.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from lxml import etree

from schemas.errors import Repair, Unreadable
from schemas.xml.errors import NAMESPACE_NAME, code_of, unreadable
from schemas.xml.escape import encode, escape, escape_attribute, gate
from schemas.xml.stream import Limits, Piece, count, pieces
from schemas.xml.text import decode, encoding_of, line_of, renamed, salvaged

__all__ = [
    "CONTAINER",
    "PAGE",
    "RECORD",
    "Limits",
    "Parsed",
    "Piece",
    "encode",
    "escape",
    "escape_attribute",
    "gate",
    "parse",
    "records",
]


RECORD: Final = Limits(size_bytes=2 * 1024 * 1024, elements=20_000)
PAGE: Final = Limits(size_bytes=100 * 1024 * 1024, elements=20_000)
CONTAINER: Final = Limits(size_bytes=100 * 1024 * 1024, elements=2_000_000)
"""For a whole page parsed at once with `parse` (an OAI-PMH response); prefer `records`, which keeps no tree."""


class Parsed(NamedTuple):
    root: etree._Element
    repairs: tuple[Repair, ...] = ()


def parse(data: bytes, *, salvage: bool = False, limits: Limits = RECORD) -> Parsed:
    """Read one document; raises Unreadable with one of the codes empty_file, doctype, unsupported_encoding,
    wrong_encoding, illegal_character, truncated, not_xml, too_large, too_deep, too_many_elements.
    """
    data = _sized(data, limits)
    try:
        return Parsed(_strict(data, limits))
    except Unreadable as error:
        if not _mendable(error, salvage=salvage):
            raise
    text, repairs = salvaged(data) if salvage else renamed(data)
    return Parsed(_strict(text.encode("utf-8", "ignore"), limits, mended=True), repairs)


_FATAL: Final = frozenset(
    ("doctype", "unsupported_encoding", "too_large", "too_deep", "too_many_elements", "truncated", "no_records")
)


def _mendable(error: Unreadable, *, salvage: bool) -> bool:
    """Whether another try is worth it: a namespace name with a blank in it is mended even without salvage."""
    if salvage:
        return error.code not in _FATAL
    cause = error.__cause__
    return isinstance(cause, etree.XMLSyntaxError) and code_of(cause) == NAMESPACE_NAME


def records(data: bytes, names: Collection[str], *, salvage: bool = False, limits: Limits = PAGE) -> Iterator[Piece]:
    """Stream the elements with these local names (any namespace, none inside another) out of a container.

    Memory stays that of one record. Of a document cut off or broken, the complete records before the break come
    first and the break is the last piece. With `salvage` a broken document is mended and goes on after the records
    already given. Raises Unreadable for what forbids the whole document (empty, DOCTYPE, encoding, size).
    """
    data = _sized(data, limits)
    _refuse_doctype(data)
    given = 0
    for piece in pieces(data, names, limits):
        if piece.broken is None or piece.element is not None:
            given = piece.number
        elif _mendable(piece.broken, salvage=salvage):
            break
        yield piece
    else:
        return
    text, repairs = salvaged(data) if salvage else renamed(data)
    yield from _resumed(text.encode("utf-8", "ignore"), names, limits, given, list(repairs))


def _resumed(data: bytes, names: Collection[str], limits: Limits, given: int, repairs: list[Repair]) -> Iterator[Piece]:
    """The pieces after the first `given`, each with the mends on the lines it covers."""
    for piece in pieces(data, names, limits, mended=True):
        if piece.number <= given:
            continue
        end = piece.line
        if piece.element is not None:
            end += etree.tostring(piece.element, with_tail=False).count(b"\n")
        mine = tuple(r for r in repairs if _line(r) <= end) if piece.element is not None else tuple(repairs)
        repairs = [r for r in repairs if r not in mine]
        yield piece._replace(repairs=mine)


def _line(repair: Repair) -> int:
    return int(repair.path.rpartition(" ")[2]) if repair.path.startswith("line ") else 0


def _sized(data: bytes, limits: Limits) -> bytes:
    if len(data) > limits.size_bytes:
        raise Unreadable("too_large", f"The document is larger than {limits.size_bytes // (1024 * 1024)} MB.")
    if not data or (data[:1] in b" \t\r\n\xef\xff\xfe\x00" and not data.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00")):
        raise Unreadable("empty_file", "The file is empty.")
    return data


def _strict(data: bytes, limits: Limits, *, mended: bool = False) -> etree._Element:
    utf8 = data if mended else _utf8(data)
    _refuse_doctype(utf8)
    try:
        root = etree.fromstring(utf8, _parser())
    except etree.XMLSyntaxError as error:
        if utf8 is data:
            decode(data)  # raises, naming the byte, if a byte is what is wrong
        raise unreadable(utf8, error) from error
    # An element takes at least four bytes, so nearly every record is too small to need counting.
    if len(utf8) > 4 * limits.elements and count(root) > limits.elements:
        raise Unreadable("too_many_elements", f"The record has more than {limits.elements} elements.")
    return root


def _utf8(data: bytes) -> bytes:
    """The document in UTF-8. UTF-8 itself passes as it is: libxml2 refuses every wrong byte in it."""
    if encoding_of(data) in ("utf-8", "utf-8-sig"):
        return data
    return decode(data).removeprefix("\ufeff").encode("utf-8")


def _parser() -> etree.XMLParser:
    """A parser for one use: a shared one would serialise the threads."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _refuse_doctype(data: bytes) -> None:
    """Refuse a document type declaration before any parser can expand it; it can only stand in the prolog."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"):
        data = decode(data).encode("utf-8")
    position = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while True:
        position = data.find(b"<", position)
        if position < 0:
            return
        if data.startswith(b"<!--", position):
            position = data.find(b"-->", position)
        elif data.startswith(b"<?", position):
            position = data.find(b"?>", position)
        elif data[position : position + 9].upper() == b"<!DOCTYPE":
            line = line_of(data, position)
            raise Unreadable("doctype", f"A DOCTYPE is not accepted (line {line}).", f"line {line}")
        else:
            return
        if position < 0:
            return
