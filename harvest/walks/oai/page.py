"""One page of OAI-PMH (2.0, 3.2), read strictly: what it says of itself, and its records one by one.

A page counts only when the whole of it is well-formed to its last end tag: one that was cut off must never pass for a
complete one (oai-pmh.md, E.2). A small page is parsed once into a tree; a large one is looked through first and read
again record by record, so that memory stays that of one record. Mending a broken page is
harvest.walks.oai.page_mending's.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from lxml import etree
from msgspec.structs import replace

from schemas.errors import Problem, Unreadable
from schemas.formats.format import Delivery
from schemas.formats.incoming.xml_kinds import Wish, harvested, root_of
from schemas.xml import reader as xml

ROOT: Final = "OAI-PMH"
LONGEST_TOKEN: Final = 8_192
_SMALL_BYTES: Final = 4_000_000
_LISTED: Final = ("record", "header")
_NAMES: Final = ("record", "header", "request", "error", "resumptionToken", "responseDate")
_CODES: Final = {
    name.lower(): name
    for name in (
        "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noRecordsMatch",
        "noMetadataFormats", "noSetHierarchy",
    )
}  # fmt: skip
log = logging.getLogger(__name__)
_OTHER_ROOT: Final = "The answer is no OAI-PMH: its root element is {}."


class Header(NamedTuple):
    """A header of ListIdentifiers (2.4), or that of a record."""

    identifier: str
    datestamp: str
    deleted: bool


class Said(NamedTuple):
    """What a page says of itself. `token` is None where there is none, "" where the list ends with an empty one."""

    response_date: str | None = None
    base_url: str | None = None
    errors: tuple[tuple[str, str], ...] = ()
    token: str | None = None
    listed: int | None = None  # completeListSize
    items: int = 0
    note: str = ""  # what was odd about the page


class Page:
    """A whole page; `deliveries` and `headers` go through it anew each time."""

    def __init__(self, said: Said, body: bytes, listed: Sequence[etree._Element] | None) -> None:
        self.said = said
        self._body = body
        self._listed = listed  # its records and headers; None: too many to keep

    def deliveries(self, wish: Wish) -> Iterator[Delivery]:
        """Its records in their order; one that cannot be read is a delivery that says so."""
        base_url = self.said.base_url
        for number, element in enumerate(self.elements("record"), 1):
            place = f"record {number}"
            yield sized(_named(careful(element, place, wish, base_url), element))

    def headers(self) -> Iterator[Header]:
        """The headers of ListIdentifiers, or those of the records."""
        for element in self.elements(*_LISTED):
            found = element if local(element) == "header" else _child(element, "header")
            if found is not None:
                yield header(found)

    def elements(self, *names: str) -> Iterator[etree._Element]:
        """The elements of these local names that the lists of a page hold, one after the other."""
        if self._listed is not None:
            yield from (each for each in self._listed if local(each) in names)
            return
        for piece in xml.records(self._body, _NAMES):
            if piece.element is not None and local(piece.element) in names:
                yield piece.element


def read(body: bytes, small_bytes: int = _SMALL_BYTES) -> Page:
    """A page, as a tree up to `small_bytes`; raises Unreadable for what is not well-formed or not OAI-PMH."""
    if len(body) <= small_bytes:
        return of_root(parsed(body), body)
    check_root(body)
    said = Said()
    for piece in xml.records(body, _NAMES):
        if piece.broken is not None and piece.broken.code != "too_many_elements":
            raise piece.broken
        said = said._replace(items=said.items + 1) if piece.element is None else _noted(said, piece.element)
    return Page(_checked(said), body, None)


def of_root(root: etree._Element, body: bytes = b"") -> Page:
    """The page of a parsed document; raises Unreadable for a token that is too long."""
    said = Said()
    listed: list[etree._Element] = []
    for part in root:
        for each in (part,) if local(part) in _NAMES else part:
            if local(each) in _LISTED:
                listed.append(each)
            else:
                said = _noted(said, each)
    return Page(_checked(said._replace(items=len(listed))), body, listed)


def parsed(body: bytes, *, salvage: bool = False) -> etree._Element:
    """The root of a response; raises Unreadable, with not_oai_pmh for what is something else, XML or not."""
    try:
        root = xml.parse(body, salvage=salvage, limits=xml.CONTAINER).root
    except Unreadable:
        check_root(body)
        raise
    if local(root) != ROOT:
        raise Unreadable("not_oai_pmh", _OTHER_ROOT.format(local(root)))
    return root


def check_root(body: bytes) -> None:
    """Raise Unreadable(not_oai_pmh) where the beginning of a document shows that it is not OAI-PMH."""
    root = root_of(body)
    if root and root != ROOT:
        raise Unreadable("not_oai_pmh", _OTHER_ROOT.format(root))


def careful(element: etree._Element, place: str, wish: Wish, base_url: str | None) -> Delivery:
    """What a record delivers; if a reader breaks on it, it is a reject like any other."""
    try:
        return harvested(element, place, wish, base_url)
    except Exception as error:
        log.exception("a record could not be read", extra={"place": place})
        child = _child(element, "header")
        found = Header("", "", deleted=False) if child is None else header(child)
        message = f"The record cannot be read ({type(error).__name__})."
        return Delivery(
            place=place, format="oai-pmh", problems=(Problem("", "unreadable", message),), base_url=base_url,
            identifier=found.identifier or None, datestamp=found.datestamp or None,
        )  # fmt: skip


def sized(delivery: Delivery) -> Delivery:
    """The delivery, or the reason why the record is too large to be one."""
    if len(delivery.source_bytes) <= xml.RECORD.size_bytes:
        return delivery
    message = f"The record is larger than {xml.RECORD.size_bytes // (1024 * 1024)} MB."
    return replace(delivery, reading=None, problems=(Problem("", "too_large", message),))


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    tag: str = element.tag  # always text: comments, whose tag is not, are removed by the reader
    return tag.rpartition("}")[2]


def header(element: etree._Element) -> Header:
    """A header as it stands."""
    identifier = datestamp = None
    for child in element:
        name = local(child)
        if name == "identifier" and identifier is None:
            identifier = (child.text or "").strip()
        elif name == "datestamp" and datestamp is None:
            datestamp = (child.text or "").strip()
        if identifier is not None and datestamp is not None:
            break  # The sets that follow may be many, and nobody needs them here.
    return Header(identifier or "", datestamp or "", (element.get("status") or "").strip().lower() == "deleted")


def code_of(told: str | None) -> str:
    """A code as the protocol writes it (2.0, 3.6): providers change its case, and put signs between its words."""
    plain = re.sub(r"[^A-Za-z]", "", told or "").lower()
    return (
        _CODES.get(plain) or _CODES.get(plain.replace("recordmatch", "recordsmatch")) or (told or "").strip() or "error"
    )


def _noted(said: Said, element: etree._Element) -> Said:
    text = (element.text or "").strip()
    match local(element):
        case "responseDate":
            return said._replace(response_date=text or None)
        case "request":
            return said._replace(base_url=text or None)
        case "error":
            return said._replace(errors=(*said.errors, (code_of(element.get("code")), " ".join(text.split())[:300])))
        case "resumptionToken":
            listed = (element.get("completeListSize") or "").strip()
            number = int(listed) if listed.isascii() and listed.isdigit() and len(listed) < 12 else None
            return said._replace(token=text, listed=number)
        case "record" | "header":
            return said._replace(items=said.items + 1)
        case _:
            return said


def _checked(said: Said) -> Said:
    if len(said.token or "") > LONGEST_TOKEN:
        raise Unreadable("token_too_long", f"The resumption token has more than {LONGEST_TOKEN} characters.")
    return said


def _named(delivery: Delivery, element: etree._Element) -> Delivery:
    """A delivery that cannot be read, with the bytes of the whole record, so that they can be looked at."""
    if delivery.reading is not None or delivery.deleted:
        return delivery
    return replace(delivery, source_bytes=etree.tostring(element, with_tail=False, encoding="utf-8"))


def _child(element: etree._Element, name: str) -> etree._Element | None:
    for child in element:
        if local(child) == name:
            return child
    return None
