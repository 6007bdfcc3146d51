"""Records found in JSON: canonical trees and lines, AMB and schema.org JSON-LD, one document or a line per record.

A line that cannot be read is one reject with its number and the next line goes on. JSON of an unknown kind, a JSON
Schema or SKOS say, is one reject. This module must not know XML or tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats import jsonl
from schemas.formats.amb import amb
from schemas.formats.amb.linked import decode, scripts
from schemas.formats.format import Delivery
from schemas.formats.json_mend import mended
from schemas.vocabularies.vocabularies import Vocabularies

_PEEK_BYTES: Final = 1 << 20
_MOST_UNKNOWN: Final = 10_000  # entries that begin a list without one being a record: it is of another kind
_NO_RECORD: Final = Unreadable("unknown_format", "The entry of the list is no record.")


def deliveries(data: bytes, vocabularies: Vocabularies, *, salvage: bool = False) -> Iterator[Delivery]:
    """The records of a document or of its lines; raises Unreadable for what forbids the whole of it.

    With `salvage` bytes and characters are mended first, and each mend is told (schemas.formats.json_mend).
    """
    data = _utf8(data)
    if _is_lines(data):
        yield from _lines(data, vocabularies, salvage=salvage)
        return
    whole, repairs = mended(data) if salvage else (data, ())
    try:
        document = decode(whole)
    except Unreadable:
        if data.count(b"\n{") == 0:
            raise
        yield from _lines(data, vocabularies, salvage=salvage)
        return
    for delivery in _of_document(document, whole, vocabularies):
        yield _told(delivery, repairs)


def page(data: bytes, vocabularies: Vocabularies, *, salvage: bool = False) -> Iterator[Delivery]:
    """The records of the JSON-LD scripts in a page; raises Unreadable.

    A script that cannot be read is a reject of its own; one that speaks of something else (the site, the way to the
    page) is passed by where another one holds a record.
    """
    documents: list[Any] = []
    broken: list[Delivery] = []
    told: tuple[Repair, ...] = ()
    for number, script in enumerate(scripts(data), 1):
        whole, repairs = mended(script) if salvage else (script, ())
        told += repairs
        try:
            documents.append(decode(whole))
        except Unreadable as error:
            message = f"The JSON-LD script {number} of the page is not JSON."
            broken.append(_reject(Unreadable(error.code, message), f"script {number}", script))
    found = list(_found(documents, "file", data, vocabularies))
    if not found and not broken:
        raise Unreadable("unknown_format", "The JSON-LD of the page describes no learning resource.")
    yield from (_told(each, told) for each in found)
    yield from broken


def _told(delivery: Delivery, repairs: tuple[Repair, ...]) -> Delivery:
    """The delivery with the mends that were made before it was read."""
    if not repairs or delivery.reading is None:
        return delivery
    return replace(delivery, reading=replace(delivery.reading, repairs=repairs + delivery.reading.repairs))


def _utf8(data: bytes) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _is_lines(data: bytes) -> bool:
    """Whether the first line is a whole JSON object and more lines follow."""
    start = len(data) - len(data.lstrip())
    end = data.find(b"\n", start, start + _PEEK_BYTES)
    if end < 0 or not data[end:].strip():
        return False
    try:
        return isinstance(msgspec.json.decode(data[start:end]), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _lines(data: bytes, vocabularies: Vocabularies, *, salvage: bool) -> Iterator[Delivery]:
    number = position = 0
    size = len(data)
    while position < size:
        end = data.find(b"\n", position)
        line = data[position : end if end >= 0 else size].strip()
        last = end < 0
        position = size if last else end + 1
        number += 1
        if line:
            whole, repairs = mended(line) if salvage else (line, ())
            yield _told(_of_line(whole, f"line {number}", vocabularies, cut=last), repairs)


def _of_line(line: bytes, place: str, vocabularies: Vocabularies, *, cut: bool) -> Delivery:
    try:
        value = decode(line)
        found = list(_found(value, place, line, vocabularies))
    except Unreadable as error:
        # Only the last line can be cut off; a break inside the file is a mistake of that line.
        code = "not_json" if error.code == "truncated" and not cut else error.code
        message = "The line is not JSON." if code == "not_json" else error.message.replace("on line 1", f"on {place}")
        return _reject(Unreadable(code, message.replace("(line 1)", f"({place})")), place, line)
    if len(found) == 1:
        return found[0]
    many = "describes several records" if found else "is JSON of no kind that is read here"
    return _reject(Unreadable("unknown_format", f"The line {many}."), place, line)


def _of_document(document: Any, data: bytes, vocabularies: Vocabularies) -> Iterator[Delivery]:
    listed = document.get("items") if isinstance(document, dict) and "as_of" in document else document
    if isinstance(listed, list):
        yield from _of_list(listed, vocabularies)
        return
    found = list(_found(document, "file", data, vocabularies))
    if not found:
        raise Unreadable("unknown_format", "The JSON is of no kind that is read here.")
    yield from found


def _of_list(listed: list[Any], vocabularies: Vocabularies) -> Iterator[Delivery]:
    """The records of a list, each entry for itself; one of an unknown kind is a reject, where another is known."""
    if not listed:
        raise Unreadable("no_records", "The JSON is a list without entries.")
    unknown: list[Delivery] = []
    known = False
    number = 0
    for one in listed:
        source = msgspec.json.encode(one)
        found = list(_found(one, "", source, vocabularies))
        known = known or bool(found)
        for delivery in found or (_reject(_NO_RECORD, "", source),):
            number += 1
            unknown.append(replace(delivery, place=f"record {number}"))
        if known:
            yield from unknown
            unknown = []
        elif number >= _MOST_UNKNOWN:
            break
    if not known:
        raise Unreadable("unknown_format", "The JSON is of no kind that is read here.")


def _found(value: Any, place: str, data: bytes, vocabularies: Vocabularies) -> Iterator[Delivery]:
    if jsonl.is_canonical(value):
        yield jsonl.delivery(value, place, vocabularies, data)
        return
    if isinstance(value, dict) and "$schema" in value:
        return
    nodes = list(amb.resources(value))
    for number, node in enumerate(nodes, 1):
        whole = len(nodes) == 1
        reading = amb.read_resource(node, vocabularies)
        source = data if whole else msgspec.json.encode(node)
        yield Delivery(
            place=place if whole else f"record {number}",
            format="amb",
            reading=reading,
            source_bytes=source,
        )


def _reject(error: Unreadable, place: str, source: bytes) -> Delivery:
    return Delivery(place=place, format="json", problems=(Problem("", error.code, error.message),), source_bytes=source)
