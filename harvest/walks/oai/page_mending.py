"""Mending a page that is not well-formed: record by record, so that one bad record costs no more than itself.

Only after strict reading failed (oai-pmh.md, E.2 and E.4), and only for a page whose root is closed. Each record is
cut out by its tags and parsed by itself, first strictly, then with mends (schemas.xml.reader, salvage); one that stays
unreadable is given with its raw bytes and the place of the fault in the page. The rest of the page must then be
well-formed, or there is no page. Nothing is guessed about a page that was cut off: the window is narrowed instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec.structs import replace

from harvest.walks.oai.page import Header, Page, Said, careful, of_root, sized
from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.format import Delivery
from schemas.formats.incoming.xml_kinds import Wish
from schemas.xml import reader as xml
from schemas.xml.text import encoding_of, line_of

_CLOSED: Final = re.compile(rb"</(?:[\w.-]+:)?OAI-PMH\s*>\s*$")
_END: Final = re.compile(rb"</(?:[\w.-]+:)?OAI-PMH\s*>")
_START: Final = re.compile(rb"<\?xml[\s?]|<(?:[\w.-]+:)?OAI-PMH[\s>]")
_HEADER: Final = re.compile(
    rb"<(?:[\w.-]+:)?header\b([^<>]*)>(.*?)(?:</(?:[\w.-]+:)?header\s*>|<(?:[\w.-]+:)?metadata[\s>])", re.DOTALL
)
_DELETED: Final = re.compile(rb"""\bstatus\s*=\s*["']\s*deleted\s*["']""", re.IGNORECASE)
_RECORD: Final = re.compile(rb"<(/?)((?:[\w.-]+:)?record)(?=[\s>/])[^<>]*?(/?)>")
_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?OAI-PMH\b([^<>]*)>")
_LIST: Final = re.compile(rb"<(?:[\w.-]+:)?(?:ListRecords|GetRecord)\b([^<>]*)>")
_NAMESPACE: Final = re.compile(rb"""\sxmlns(?::[\w.-]+)?\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""")
_IDENTIFIER: Final = re.compile(rb"<(?:[\w.-]+:)?identifier\s*>([^<]{1,2000})</")
_DATESTAMP: Final = re.compile(rb"<(?:[\w.-]+:)?datestamp\s*>([^<]{1,40})</")


class Cut(NamedTuple):
    """A record's bytes and where they stand in the page."""

    number: int
    line: int
    start: int
    data: bytes


class Mended:
    """A page put together from its records; to its readers it is like page.Page."""

    def __init__(self, said: Said, cuts: tuple[Cut, ...], namespaces: bytes) -> None:
        self.said = said
        self._cuts = cuts
        self._namespaces = namespaces

    def deliveries(self, wish: Wish) -> Iterator[Delivery]:
        for cut in self._cuts:
            yield self._one(cut, wish)

    def headers(self) -> Iterator[Header]:
        for cut in self._cuts:
            yield _header(cut)

    def _one(self, cut: Cut, wish: Wish) -> Delivery:
        place = f"record {cut.number}"
        opening = b"<page" + self._namespaces + b">"
        wrapped = opening + cut.data + b"</page>"
        try:
            parsed = xml.parse(wrapped, salvage=True, limits=xml.Limits(xml.RECORD.size_bytes * 2, xml.RECORD.elements))
        except Unreadable as error:
            return self._unreadable(cut, place, error)
        element = parsed.root[0]
        delivery = sized(careful(element, place, wish, self.said.base_url))
        if delivery.reading is None:
            return replace(delivery, source_bytes=cut.data) if not delivery.deleted else delivery
        repairs = tuple(_moved(repair, cut.line - 1) for repair in parsed.repairs)
        return replace(delivery, reading=replace(delivery.reading, repairs=repairs + delivery.reading.repairs))

    def _unreadable(self, cut: Cut, place: str, error: Unreadable) -> Delivery:
        where = _line(error.place)
        line = cut.line + (where - 1 if where else 0)
        return Delivery(
            place=f"{place}, line {line}" if where else place,
            format="oai-pmh",
            problems=(Problem("", error.code, f"{error.message} The record starts at byte {cut.start} of the page."),),
            identifier=_header(cut).identifier or None,
            datestamp=_header(cut).datestamp or None,
            source_bytes=cut.data,
            base_url=self.said.base_url,
        )


def mend(body: bytes) -> Page | Mended:
    """A page from bytes that are not well-formed; raises Unreadable when not even its frame is whole."""
    data = _utf8(body)
    if not _CLOSED.search(data):
        raise Unreadable("truncated", f"The page breaks off after {len(body)} bytes.")
    cuts = tuple(_cuts(data))
    ends = [0, *(cut.start + len(cut.data) for cut in cuts)]
    frame = b"".join(data[end:start] for end, start in zip(ends, [*(cut.start for cut in cuts), None], strict=True))
    said = of_root(xml.parse(frame, salvage=True, limits=xml.CONTAINER).root).said
    return Mended(said._replace(items=len(cuts)), cuts, _namespaces(data))


def within(body: bytes) -> bytes:
    """A page from its declaration or root to its first end tag, without what a server put before and after it.

    The body itself where nothing was put there, or where that cannot be told: a body cut off has no end tag.
    """
    try:
        codec = encoding_of(body)
    except Unreadable:
        return body
    data = body
    if codec not in ("utf-8", "utf-8-sig", "latin-1", "cp1252"):
        data = _utf8(body)
    start, end = _START.search(data), _END.search(data)
    if start is None or end is None or end.start() < start.start():
        return body
    found = data[start.start() : end.end()]
    return body if len(found) == len(data.strip(b" \t\r\n\xef\xbb\xbf")) else found


def _header(cut: Cut) -> Header:
    """The header of a record that is not well-formed, as far as its tags tell; later tags do not belong to it."""
    found = _HEADER.search(cut.data)
    inside = found[2] if found else b""
    deleted = found is not None and _DELETED.search(found[1]) is not None
    return Header(_found(_IDENTIFIER, inside) or "", _found(_DATESTAMP, inside) or "", deleted)


def _cuts(data: bytes) -> Iterator[Cut]:
    """The outermost records. Raises Unreadable when their tags do not pair: then nothing can be cut safely."""
    depth = number = start = 0
    name = b""
    for found in _RECORD.finditer(data):
        closing, tag, empty = found[1], found[2], found[3]
        if depth == 0:
            if closing:
                raise Unreadable("not_xml", "The tags of the records do not pair.")
            start, name = found.start(), tag
        if tag != name or empty:
            continue
        depth += -1 if closing else 1
        if depth == 0:
            number += 1
            yield Cut(number, line_of(data, start), start, data[start : found.end()])
    if depth:
        raise Unreadable("not_xml", "The tags of the records do not pair.")


def _namespaces(data: bytes) -> bytes:
    """The namespace declarations that the records inherit, each prefix once, the inner one first."""
    told: dict[bytes, bytes] = {}
    for pattern in (_ROOT, _LIST):
        found = pattern.search(data)
        for each in _NAMESPACE.findall(found[1]) if found else ():
            told[each.split(b"=", 1)[0].strip()] = each
    return b"".join(told.values())


def _utf8(body: bytes) -> bytes:
    """The page in UTF-8 as far as its encoding can be known; wrong bytes stay for each record to mend."""
    codec = encoding_of(body)
    if codec in ("utf-8", "utf-8-sig"):
        return body.removeprefix(b"\xef\xbb\xbf")
    text = body.decode(codec, "replace").removeprefix("\ufeff")
    return re.sub(r"(<\?xml[^>]*?)\sencoding\s*=\s*[\"'][^\"']*[\"']", r"\1", text, count=1).encode("utf-8", "replace")


def _found(pattern: re.Pattern[bytes], data: bytes) -> str | None:
    found = pattern.search(data)
    return found[1].decode("utf-8", "replace").strip() if found else None


def _line(place: str) -> int:
    return int(place.rpartition(" ")[2]) if place.startswith("line ") else 0


def _moved(repair: Repair, lines: int) -> Repair:
    """A repair with its line counted in the page, not in the record."""
    line = _line(repair.path)
    return replace(repair, path=f"line {line + lines}") if line else repair
