"""Records found in XML, whatever it is: OAI-PMH and SRU responses, wrappers, single records (design.md, command line).

The root says what a document is; a record's own element says what the record is, never the prefix asked for. Containers
are streamed, so memory stays that of one record. From one that is cut off the complete records come first, and the
break is the last delivery. A response without records is one reject that says so. This module must know only XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from lxml import etree
from msgspec.structs import replace

from schemas.errors import Problem, Unreadable
from schemas.formats import imscp
from schemas.formats.format import Delivery, Reading
from schemas.formats.lom import imsmd, lom
from schemas.formats.lom.foreign import split
from schemas.formats.oai_dc import oai_dc
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml import reader as xml
from schemas.xml.text import encoding_of

OAI_ROOT: Final = "OAI-PMH"
SRU_ROOT: Final = "searchRetrieveResponse"
_SINGLE: Final = frozenset(("lom", "obaa", "estcore", "dc", "oai_dc", "qualifieddc", "simpledc", "nsdl_dc"))
_STREAMED: Final = ("record", "lom", "obaa", "estcore", "dc", "qualifieddc", "nsdl_dc")
_PAGES: Final = frozenset(
    (
        "html",
        "head",
        "body",
        "div",
        "span",
        "p",
        "script",
        "table",
        "ul",
        "h1",
        "a",
        "meta",
        "rdf",
        "schema",
        "svg",
        "rss",
    )
) | {"feed", "urlset", "sitemapindex", "stylesheet"}
_PROLOG: Final = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<![^\[>]*(?:\[.*?\]\s*)?>|\s+)", re.DOTALL)
_TAG: Final = re.compile(r"<(?:[\w.\-]+:)?([\w.\-]+)")
_HEAD_BYTES: Final = 1 << 16


class Wish(NamedTuple):
    """How the XML is to be read: with one reader, or (`None`) with whichever takes the element."""

    vocabularies: Vocabularies
    reader: str | None = None
    salvage: bool = False


def root_of(data: bytes) -> str:
    """The local name of the root as far as the first bytes tell; "" where they do not."""
    try:
        text = data[:_HEAD_BYTES].decode(encoding_of(data), "replace").removeprefix("\ufeff")
    except Unreadable:
        return ""
    position = 0
    while found := _PROLOG.match(text, position):
        position = found.end()
    tag = _TAG.match(text, position)
    return tag[1] if tag else ""


def deliveries(data: bytes, wish: Wish) -> Iterator[Delivery]:
    """The records of a document; raises Unreadable for a fault that rules out all of it."""
    root = root_of(data)
    if root == OAI_ROOT:
        yield from _Response(wish).deliveries(data)
    elif root == SRU_ROOT:
        yield from _searched(data, wish)
    elif root == "manifest":
        yield imscp.delivery(data, wish.vocabularies, salvage=wish.salvage)
    elif root.lower() in _PAGES:
        raise Unreadable("unknown_format", f"The root element {root} is of no kind that is read here.")
    elif root.lower() in _SINGLE:
        parsed = xml.parse(data, salvage=wish.salvage)
        yield _mended(_single(parsed.root, data, wish), parsed.repairs)
    elif root == "metadata" and (found := _in_metadata(data, wish)) is not None:
        yield found
    else:
        yield from _wrapped(data, root, wish)


def _in_metadata(data: bytes, wish: Wish) -> Delivery | None:
    """The one record of a `metadata` document (HS-OER-LOM has this root); None where it wraps something else."""
    if len(data) > xml.RECORD.size_bytes:
        return None
    parsed = xml.parse(data, salvage=wish.salvage, limits=xml.CONTAINER)
    try:
        return _mended(_single(parsed.root, data, wish), parsed.repairs)
    except Unreadable:
        return None


def payload(element: etree._Element, wish: Wish) -> tuple[str, Reading]:
    """The format and reading of a record's own element; raises Unreadable(unknown_format)."""
    readers: dict[str, Any] = {"imsmd": imsmd, "lom": lom, "oai_dc": oai_dc}
    if wish.reader in readers:
        return wish.reader, readers[wish.reader].read(element, wish.vocabularies)
    if split(str(element.tag))[1] == "metadata" and len(element) == 1:
        return payload(element[0], wish)
    for name, reader in readers.items():
        if reader.recognises(element):
            return name, reader.read(element, wish.vocabularies)
    namespace, local = split(str(element.tag))
    of = f" of {namespace}" if namespace else ""
    raise Unreadable("unknown_format", f"The element {local}{of} is no metadata of a kind that is read here.")


def _single(root: etree._Element, data: bytes, wish: Wish) -> Delivery:
    name, reading = payload(root, wish)
    return Delivery(place="file", format=name, reading=reading, source_bytes=data)


def _mended(delivery: Delivery, repairs: tuple[Any, ...]) -> Delivery:
    if not repairs or delivery.reading is None:
        return delivery
    reading = delivery.reading
    return replace(delivery, reading=replace(reading, repairs=repairs + reading.repairs))


def reject(error: Unreadable, place: str, format_: str, **more: Any) -> Delivery:
    return Delivery(place=place, format=format_, problems=(Problem("", error.code, error.message),), **more)


def _wrapped(data: bytes, root: str, wish: Wish) -> Iterator[Delivery]:
    """Records in a wrapper of any name; a document in which nothing is known is one reject."""
    unknown: list[Delivery] = []
    known = False
    for piece in xml.records(data, _STREAMED, salvage=wish.salvage):
        if piece.element is None:
            yield from unknown
            unknown, known = [], True
            yield _broken(piece)
            continue
        delivery = _mended(_of_record(piece.element, f"record {piece.number}", wish), piece.repairs)
        if not known and delivery.problems and delivery.problems[0].code == "unknown_format":
            unknown.append(delivery)
            continue
        yield from unknown
        unknown, known = [], True
        yield delivery
    if not known:
        parsed = None if unknown else xml.parse(data, salvage=wish.salvage, limits=xml.CONTAINER)
        if parsed is not None and oai_dc.recognises(parsed.root):
            yield _mended(_single(parsed.root, data, wish), parsed.repairs)
        elif parsed is not None and root.lower() == "records" and not len(parsed.root):
            raise Unreadable("no_records", "The document has no records.")
        else:
            message = f"The root element {root or '(none)'} is of no kind that is read here."
            raise Unreadable("unknown_format", message)


def _broken(piece: xml.Piece) -> Delivery:
    error = piece.broken or Unreadable("not_xml", "The record cannot be read.")
    return reject(error, error.place if error.place != "file" else f"record {piece.number}", "xml")


def _of_record(element: etree._Element, place: str, wish: Wish) -> Delivery:
    """A `record` of OAI-PMH, of SRU or of a plain wrapper, or a metadata root itself."""
    if split(str(element.tag))[1] == "record":
        children = {split(str(child.tag))[1]: child for child in element}
        if "header" in children or "metadata" in children:
            return harvested(element, place, wish)
        if "recordData" in children:
            return _found(children, place, wish)
        if len(element) == 0:
            return reject(Unreadable("no_metadata", "The record is empty."), place, "xml")
        if len(element) == 1 and not oai_dc.recognises(element):
            element = element[0]
    return _read(element, place, wish)


def _read(element: etree._Element, place: str, wish: Wish, **more: Any) -> Delivery:
    source = etree.tostring(element, with_tail=False, encoding="utf-8")
    try:
        name, reading = payload(element, wish)
    except Unreadable as error:
        return reject(error, place, "xml", source_bytes=source, **more)
    return Delivery(place=place, format=name, reading=reading, source_bytes=source, **more)


def harvested(record: etree._Element, place: str, wish: Wish, base_url: str | None = None) -> Delivery:
    """One record of OAI-PMH 2.0 (2.5): header, metadata, about."""
    header = metadata = None
    provenance: bytes | None = None
    for child in record:
        local = split(str(child.tag))[1]
        if local == "header":
            header = child
        elif local == "metadata":
            metadata = child
        elif local == "about":
            provenance = provenance or _provenance(child)
    more = {**_header(header), "base_url": base_url, "provenance": provenance}
    deleted = header is not None and (header.get("status") or "").strip().lower() == "deleted"
    if deleted and not more["identifier"]:
        error = Unreadable("no_identity", "The header of a deleted record names no identifier.")
        return reject(error, place, "oai-pmh", **more)
    if deleted:
        source = etree.tostring(record, with_tail=False, encoding="utf-8")
        return Delivery(place=place, format="oai-pmh", deleted=True, source_bytes=source, **more)
    if metadata is None or len(metadata) == 0:
        error = Unreadable("no_metadata", "The record has no metadata and is not marked as deleted.")
        return reject(error, place, "oai-pmh", **more)
    # Some providers of qualified Dublin Core leave its wrapper out (a national portal, 2015).
    return _read(metadata if oai_dc.recognises(metadata) else metadata[0], place, wish, **more)


def _header(header: etree._Element | None) -> dict[str, Any]:
    found: dict[str, Any] = {"identifier": None, "datestamp": None, "sets": ()}
    for child in header if header is not None else ():
        local, text = split(str(child.tag))[1], (child.text or "").strip()
        if not text:
            continue
        if local == "setSpec":
            found["sets"] += (text,)
        elif local in ("identifier", "datestamp") and found[local] is None:
            found[local] = text
    return found


def _provenance(about: etree._Element) -> bytes | None:
    for child in about:
        if split(str(child.tag))[1] == "provenance":
            return etree.tostring(child, with_tail=False, encoding="utf-8")
    return None


class _Response:
    """One OAI-PMH response, read as it streams by."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.base_url: str | None = None
        self.verb = ""
        self.errors: list[str] = []

    def deliveries(self, data: bytes) -> Iterator[Delivery]:
        given = False
        number = 0
        for piece in xml.records(data, ("record", "request", "error"), salvage=self.wish.salvage):
            if piece.element is None:
                if self.errors and not given:
                    break  # the provider's own error says more
                given = True
                yield _broken(piece._replace(number=number + 1))
                continue
            local = split(str(piece.element.tag))[1]
            if local == "record":
                number += 1
                given = True
                delivery = harvested(piece.element, f"record {number}", self.wish, self.base_url)
                yield _mended(delivery, piece.repairs)
            else:
                self._note(local, piece.element)
        if not given:
            raise self._without_records()

    def _note(self, local: str, element: etree._Element) -> None:
        text = " ".join((element.text or "").split())
        if local == "request":
            self.base_url = text or None
            self.verb = element.get("verb") or ""
        else:
            self.errors.append(f"{element.get('code') or 'error'}{f': {text}' if text else ''}")

    def _without_records(self) -> Unreadable:
        if self.errors:
            return Unreadable("oai_error", f"The provider answered with {'; '.join(self.errors)}"[:500])
        verb = f" to {self.verb}" if self.verb else ""
        return Unreadable("no_records", f"The OAI-PMH response{verb} holds no records.")


def _searched(data: bytes, wish: Wish) -> Iterator[Delivery]:
    """The records of an SRU response (SRU 1.1-2.0); recordIdentifier names each."""
    given = False
    for piece in xml.records(data, ("record",), salvage=wish.salvage):
        given = True
        if piece.element is None:
            yield _broken(piece)
            continue
        children = {split(str(child.tag))[1]: child for child in piece.element}
        yield _mended(_found(children, f"record {piece.number}", wish), piece.repairs)
    if not given:
        raise Unreadable("no_records", "The SRU response holds no records.")


def _found(children: dict[str, etree._Element], place: str, wish: Wish) -> Delivery:
    name, data = children.get("recordIdentifier"), children.get("recordData")
    identifier = ((name.text or "").strip() if name is not None else "") or None
    if data is None:
        return reject(Unreadable("no_metadata", "The record has no recordData."), place, "sru", identifier=identifier)
    if len(data):
        return _read(data[0], place, wish, identifier=identifier)
    try:  # recordPacking string: the record is text, escaped
        inner = xml.parse((data.text or "").strip().encode(), salvage=wish.salvage)
    except Unreadable as error:
        return reject(error, place, "sru", identifier=identifier)
    return _mended(_read(inner.root, place, wish, identifier=identifier), inner.repairs)
