"""Records found in JSON: canonical trees and lines, AMB and schema.org JSON-LD, one document or a line per record.

Search answers and other frames (envelopes) are opened; what is nearly JSON is mended with a told repair; JSON-LD with
words other than schema.org's is read as RDF. A line that cannot be read is one reject with its number, and reading goes
on. JSON of an unknown kind, say a JSON Schema or SKOS, is one reject. It must not know XML or tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats import h5p, jsonl
from schemas.formats.amb import amb
from schemas.formats.amb.linked import Node, decode_leniently, text_of
from schemas.formats.format import Delivery, Reading
from schemas.formats.incoming import envelopes, moochub
from schemas.formats.json_mend import mended
from schemas.formats.rdf import read as rdf_read
from schemas.vocabularies.vocabularies import Vocabularies

_PEEK_BYTES: Final = 1 << 20
_MOST_UNKNOWN: Final = 10_000  # entries that begin a list without one being a record: it is of another kind
_NO_RECORD: Final = Unreadable("unknown_format", "The entry of the list is no record.")


def deliveries(data: bytes, vocabularies: Vocabularies, *, salvage: bool = False) -> Iterator[Delivery]:
    """The records of a document or of its lines; raises Unreadable for a fault that rules out all of it.

    With `salvage` bytes and characters are mended first, and each mend is told (schemas.formats.json_mend).
    """
    data = _utf8(data)
    if _is_lines(data):
        yield from _lines(data, vocabularies, salvage=salvage)
        return
    whole, mends = mended(data) if salvage else (data, ())
    try:
        document, repairs = decode_leniently(whole)
    except Unreadable:
        if data.count(b"\n{") == 0:
            raise
        yield from _lines(data, vocabularies, salvage=salvage)
        return
    yield from told(_of_document(document, whole, vocabularies), mends + repairs)


def told(found: Iterable[Delivery], repairs: tuple[Repair, ...]) -> Iterator[Delivery]:
    """The deliveries; what was mended in the JSON around them is told with the first one that is a record."""
    for one in found:
        if repairs and one.reading is not None:
            yield replace(one, reading=replace(one.reading, repairs=repairs + one.reading.repairs))
            repairs = ()
        else:
            yield one


def _utf8(data: bytes) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff", b"{\x00", b"[\x00"):
        try:
            return text_of(data).encode()
        except UnicodeError as error:
            raise Unreadable("wrong_encoding", "The file is not the UTF-16 it looks like.") from error
    while data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    return data


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
            yield from told((_of_line(whole, f"line {number}", vocabularies, cut=last),), repairs)


def _of_line(line: bytes, place: str, vocabularies: Vocabularies, *, cut: bool) -> Delivery:
    try:
        value, repairs = decode_leniently(line)
        found = list(told(_found(value, place, line, vocabularies), repairs))
    except Unreadable as error:
        # Only the last line can be cut off; any other that breaks off is a mistake of its own.
        code = "not_json" if error.code == "truncated" and not cut else error.code
        message = "The line is not JSON." if code == "not_json" else error.message.replace("on line 1", f"on {place}")
        return _reject(Unreadable(code, message.replace("(line 1)", f"({place})")), place, line)
    if len(found) == 1:
        return found[0]
    many = "describes several records" if found else "is JSON of no kind that is read here"
    return _reject(Unreadable("unknown_format", f"The line {many}."), place, line)


def _of_document(document: Any, data: bytes, vocabularies: Vocabularies) -> Iterator[Delivery]:
    if isinstance(document, list) and rdf_read.is_linked(document):
        yield from rdf_read.deliveries(data, vocabularies, "json-ld")
        return
    listed = document if isinstance(document, list) else envelopes.opened(document)
    if listed is not None:
        yield from _of_list(listed, vocabularies)
        return
    found = list(_found(document, "file", data, vocabularies))
    if not found:
        raise Unreadable("unknown_format", "The JSON is of no kind that is read here.")
    yield from found


def _of_list(listed: list[Any], vocabularies: Vocabularies) -> Iterator[Delivery]:
    """The records of a list, each entry by itself; if any kind is known, an entry of an unknown kind is a reject."""
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


def _resources(value: Any) -> list[Node]:
    if envelopes.is_course(value):
        return [moochub.resource(value)]
    return list(amb.resources(value))


def _own_name(node: Node, reading: Reading) -> str | None:
    """The name of a resource whose numbers do not name it alone: an ISBN is also its chapters', a course has many runs.

    It is the address that would name the resource without those numbers, so that it stays the same record.
    """
    record = reading.record
    if "identifier" in node or not (record.general and record.general.identifier):
        return None
    if any((one.catalog, one.entry) == ("URI", node.get("id")) for one in record.general.identifier):
        return None
    return next(iter(record.technical.location), None) if record.technical else None


def _found(value: Any, place: str, data: bytes, vocabularies: Vocabularies) -> Iterator[Delivery]:
    if jsonl.is_canonical(value):
        yield jsonl.delivery(value, place, vocabularies, data)
        return
    value = envelopes.entry_of(value)
    if isinstance(value, dict) and "$schema" in value:
        return
    if h5p.is_definition(value):
        reading = h5p.reading_of(value, vocabularies)
        yield Delivery(place=place, format="h5p", reading=reading, source_bytes=data)
        return
    nodes = _resources(value)
    if not nodes and rdf_read.is_linked(value):
        yield from _as_rdf(value, place, vocabularies)
        return
    for number, node in enumerate(nodes, 1):
        whole = len(nodes) == 1
        reading = amb.read_resource(node, vocabularies)
        source = data if whole else msgspec.json.encode(node)
        yield Delivery(
            place=place if whole else f"record {number}",
            format="amb",
            reading=reading,
            identifier=_own_name(node, reading),
            source_bytes=source,
        )


def _as_rdf(value: Any, place: str, vocabularies: Vocabularies) -> Iterator[Delivery]:
    try:
        found = list(rdf_read.deliveries(msgspec.json.encode(value), vocabularies, "json-ld"))
    except Unreadable as error:
        if error.code == "no_records":
            return
        raise
    for one in found:
        yield replace(one, place=place) if len(found) == 1 else one


def _reject(error: Unreadable, place: str, source: bytes) -> Delivery:
    return Delivery(place=place, format="json", problems=(Problem("", error.code, error.message),), source_bytes=source)
