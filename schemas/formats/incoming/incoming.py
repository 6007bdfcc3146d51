"""Everything that comes in, recognised by its content: the one door from bytes to deliveries.

`deliveries` looks at what the bytes are, never at a name, and gives every record in them, each with its place; whatever
cannot be read is a reject with a code and one plain sentence, never silence and never an exception (design.md,
section 4). The readers it chooses from are this package's. It must not decide what becomes of a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec.structs import replace

from schemas.errors import Problem, UnknownFormat, Unreadable
from schemas.formats import h5p, imscp, json_text
from schemas.formats.amb.linked import SCRIPT
from schemas.formats.archive import Archive, is_archive
from schemas.formats.format import Delivery
from schemas.formats.incoming import json_kinds, page_kinds, xml_kinds
from schemas.formats.incoming.xml_kinds import Wish
from schemas.formats.rdf import portions as rdf_portions
from schemas.formats.rdf import read as rdf_read
from schemas.formats.rdf.nodes import RDF
from schemas.formats.table import table
from schemas.vocabularies.vocabularies import Vocabularies, shipped

__all__ = ["FORMATS", "Incoming", "deliveries"]

FORMATS: Final = ("auto", "lom", "imsmd", "oai_dc", "amb", "rdf", "jsonl", "csv", "xlsx", "imscp", "h5p")
"""What `Incoming.format` may be."""

_TABLES: Final = frozenset(("csv", "xlsx"))
_JSON: Final = frozenset(("amb", "jsonl"))
_GZIP: Final = b"\x1f\x8b"
_BLANK: Final = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_FRAGMENTS: Final = ("script", "head", "body", "div", "")
_RDF_BYTES: Final = 20_000_000
_PORTIONED_BYTES: Final = 200_000


@dataclass(frozen=True)
class Incoming:
    """How to read bytes; `name` is only for messages."""

    name: str
    format: str = "auto"
    mapping: bytes | None = None
    salvage: bool = False
    vocabularies: Vocabularies = field(default_factory=shipped)


def deliveries(data: bytes, request: Incoming) -> Iterator[Delivery]:
    """Every record in the bytes, in their order, as deliveries; raises UnknownFormat for an unknown `format` only."""
    if request.format not in FORMATS:
        raise UnknownFormat(f"There is no format {request.format} to read; there are {', '.join(FORMATS)}.")
    return _guarded(data, request, inside=False)


def _guarded(data: bytes, request: Incoming, *, inside: bool) -> Iterator[Delivery]:
    """The deliveries; a fault that rules out all of the bytes is one reject."""
    try:
        yield from _recognised(data, request, inside=inside)
    except Unreadable as error:
        problem = Problem("", error.code, error.message)
        yield Delivery(place=error.place or "file", format=request.format, problems=(problem,))


def _recognised(data: bytes, request: Incoming, *, inside: bool) -> Iterator[Delivery]:
    wanted = request.format
    if not data[:4096].strip(_BLANK) and not data.strip(_BLANK):
        raise Unreadable("empty_file", "The file is empty.")
    if (wanted in _TABLES and not is_archive(data)) or (wanted in ("auto", *_TABLES) and table.is_workbook(data)):
        yield from table.deliveries(data, request.mapping, request.vocabularies, salvage=request.salvage)
        return
    if wanted == "imscp":
        yield imscp.delivery(data, request.vocabularies, salvage=request.salvage)
    elif is_archive(data):
        yield from _archived(data, request, inside=inside)
    elif wanted == "rdf" or (wanted == "auto" and rdf_read.is_turtle(data)):
        yield from _linked(data, request.vocabularies)
    elif (first := _first(data)) == "<":
        yield from _marked_up(data, request)
    elif wanted in _JSON or (first in "{[" and wanted == "auto"):
        yield from json_kinds.deliveries(data, request.vocabularies, salvage=request.salvage)
    elif wanted == "auto" and (request.mapping is not None or table.is_table(data)):
        yield from table.deliveries(data, request.mapping, request.vocabularies, salvage=request.salvage)
    elif data[:2] == _GZIP:
        raise Unreadable("unknown_format", "The file is compressed with gzip; unpack it first.")
    elif wanted in ("lom", "imsmd", "oai_dc") or (wanted == "auto" and b"<" in data[:200] and b"<?xml" in data[:1000]):
        yield from _marked_up(data, request)
    else:
        raise Unreadable("unknown_format", "The file is of no kind that is read here.")


def _linked(data: bytes, vocabularies: Vocabularies) -> Iterator[Delivery]:
    """The resources of RDF; large RDF in lines is read resource by resource."""
    portions = rdf_portions.portions(data) if len(data) > _PORTIONED_BYTES else None
    if portions is None:
        yield from rdf_read.deliveries(data, vocabularies, most_bytes=_RDF_BYTES)
        return
    number = 0
    for graph in portions:
        for iri, node in rdf_read.resources(graph, blank=True):
            number += 1
            source = msgspec.json.encode(node)
            yield replace(rdf_read.delivered(iri, node, vocabularies, source), place=f"record {number}")


def _first(data: bytes) -> str:
    """The first character that is no blank, in JSON also after what people put before it; "" where there is none."""
    head = data[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", "replace")
    elif head[1:2] == b"\x00" or head[:1] == b"\x00":
        text = head.replace(b"\x00", b"").decode("latin-1")
    else:
        text = head.decode("utf-8", "replace")
    first = text.lstrip("\ufeff \t\r\n")[:1]
    return first if first == "<" or (opening := json_text.first(text)) not in ("{", "[") else opening


def _marked_up(data: bytes, request: Incoming) -> Iterator[Delivery]:
    """XML, or a page with JSON-LD in it."""
    wanted = request.format
    root = xml_kinds.root_of(data).lower()
    if root == "rdf" and wanted in ("auto", "rdf") and RDF.encode() in data[:65536]:
        yield from rdf_read.deliveries(data, request.vocabularies, "xml", most_bytes=_RDF_BYTES)
        return
    if wanted in ("auto", "amb") and (root == "html" or (root in _FRAGMENTS and SCRIPT.search(data))):
        yield from page_kinds.deliveries(data, request.vocabularies, salvage=request.salvage)
        return
    reader = wanted if wanted in ("lom", "imsmd", "oai_dc") else None
    yield from xml_kinds.deliveries(data, Wish(request.vocabularies, reader, request.salvage))


def _archived(data: bytes, request: Incoming, *, inside: bool) -> Iterator[Delivery]:
    """A package, or an archive of files and packages, each read by itself; an archive within an archive is refused."""
    if inside:
        if (package := _package(Archive(data), data, request)) is None:
            raise Unreadable("nested_archive", "An archive inside an archive is not opened, but for a package.")
        yield package
        return
    archive = Archive(data)
    if (package := _package(archive, data, request)) is not None:
        yield package
        return
    found = False
    for name in archive.names:
        if _is_rubbish(name):
            continue
        found = True
        try:
            entry = archive.read(name)
        except Unreadable as error:
            yield Delivery(place=name, format=request.format, problems=(Problem("", error.code, error.message),))
            continue
        for delivery in _guarded(entry, request, inside=True):
            place = name if delivery.place == "file" else f"{name}: {delivery.place}"
            yield replace(delivery, place=place)
    if not found:
        raise Unreadable("no_records", "The archive holds no files.")


def _package(archive: Archive, data: bytes, request: Incoming) -> Delivery | None:
    """The record of a content package or an H5P package; None for an archive that is neither."""
    if request.format in ("auto", "imscp") and imscp.manifest_name(archive) is not None:
        return imscp.delivery(data, request.vocabularies, salvage=request.salvage)
    if request.format in ("auto", "h5p") and (name := h5p.definition_name(archive)) is not None:
        return h5p.delivery(archive, name, request.vocabularies)
    return None


def _is_rubbish(name: str) -> bool:
    """What file systems leave in archives."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db", "desktop.ini")
