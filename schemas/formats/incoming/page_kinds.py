"""Records found in a page: JSON-LD in its scripts, else microdata or RDFa of schema.org in its markup.

What a page says of itself serves where the description is silent: `link rel=canonical`, else `og:url`, is the address
of a resource that names none, and the base of relative addresses (HTML, 4.2.4; RFC 6596). A script that cannot be read
is a reject of its own; one about something else (the site, the way to the page) is passed by if another holds a record.
Nothing is run or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin

import msgspec
from msgspec.structs import replace

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.amb import amb
from schemas.formats.amb.linked import Node, decode_leniently, scripts
from schemas.formats.format import Delivery
from schemas.formats.incoming.json_kinds import told
from schemas.formats.incoming.page_items import items
from schemas.formats.json_mend import mended
from schemas.vocabularies.vocabularies import Vocabularies

_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_HEAD_TAG: Final = re.compile(r"<(link|meta|base)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_CHARSET: Final = re.compile(rb"<meta\b[^>]*\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_WEB: Final = ("http://", "https://")
_HEAD_CHARS: Final = 400_000


class Page(NamedTuple):
    """What a page says of itself: its address, and the base of its relative addresses."""

    address: str | None
    base: str | None


def deliveries(data: bytes, vocabularies: Vocabularies, *, salvage: bool = False) -> Iterator[Delivery]:
    """The records of a page; raises Unreadable. With `salvage` scripts are mended first (schemas.formats.json_mend)."""
    text = decoded(data)
    page = page_of(text)
    documents: list[Any] = []
    broken: list[Delivery] = []
    repairs: tuple[Repair, ...] = ()
    for number, script in enumerate(scripts(_source(data, text, salvage=salvage)), 1):
        whole, mends = mended(script) if salvage else (script, ())
        repairs += mends
        try:
            found, told_too = _documents(whole)
            documents += found
            repairs += told_too
        except Unreadable as error:
            problem = Problem("", error.code, f"The JSON-LD script {number} of the page is not JSON.")
            broken.append(Delivery(place=f"script {number}", format="json", problems=(problem,), source_bytes=script))
    nodes = list(amb.resources(documents)) or list(amb.resources(items(text)))
    if not nodes and not broken:
        what = "describes no learning resource" if documents else "is not there, nor is microdata or RDFa"
        raise Unreadable("unknown_format", f"The JSON-LD of the page {what}.")
    yield from told(_read(nodes, page, data, vocabularies), repairs)
    yield from broken


def _source(data: bytes, text: str, *, salvage: bool) -> bytes:
    """The page in UTF-8; or as it came, where its wrong bytes are to be mended and no other encoding is declared."""
    if salvage and data[:2] not in (b"\xff\xfe", b"\xfe\xff") and not _CHARSET.search(data[:4096]):
        return data
    return text.encode("utf-8", "replace")


def page_of(text: str) -> Page:
    """The address and the base of a page."""
    canonical = shared = base = None
    for name, inner in _HEAD_TAG.findall(_COMMENT.sub("", text[:_HEAD_CHARS])):
        said = {key.lower(): unescape(a or b or c).strip() for key, a, b, c in _ATTRIBUTE.findall(inner)}
        match name.lower():
            case "base":
                base = base or said.get("href")
            case "link" if "canonical" in said.get("rel", "").lower().split():
                canonical = canonical or said.get("href")
            case "meta" if (said.get("property") or said.get("name") or "").lower() == "og:url":
                shared = shared or said.get("content")
    address = next((one for one in (canonical, shared) if one and one.startswith(_WEB)), None)
    if address is None and base and base.startswith(_WEB) and (canonical or shared):
        address = urljoin(base, canonical or shared or "")
    return Page(address, urljoin(address or "", base) if base else address)


def _read(nodes: list[Node], page: Page, data: bytes, vocabularies: Vocabularies) -> Iterator[Delivery]:
    whole = len(nodes) == 1
    for number, node in enumerate(nodes, 1):
        placed, repairs = _placed(node, page, whole=whole)
        reading = amb.read_resource(placed, vocabularies)
        yield Delivery(
            place="file" if whole else f"record {number}",
            format="amb",
            reading=replace(reading, repairs=repairs + reading.repairs),
            source_bytes=data if whole else msgspec.json.encode(node),
        )


def _placed(node: Node, page: Page, *, whole: bool) -> tuple[Node, tuple[Repair, ...]]:
    """The resource with absolute addresses; one without an address gets the page's, if it is the only one there."""
    found, repairs = dict(node), []
    for key in ("id", "url"):
        value = found.get(key)
        if not isinstance(value, str) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|_:", value.strip()):
            continue
        absolute = urljoin(page.base, value.strip()) if page.base and value.strip()[:1] != "#" else None
        del found[key]
        if absolute is not None and absolute.startswith(_WEB):
            found[key] = absolute
            repairs.append(Repair(key, "relative_address", value, absolute))
    if isinstance(found.get("id"), str) and found["id"].startswith("_:"):
        del found["id"]
    addresses = [found.get("id"), _first(found.get("url"))]
    if page.address and whole and not any(isinstance(one, str) and one.startswith(_WEB) for one in addresses):
        found["url"] = page.address
        repairs.append(Repair("url", "page_address", None, page.address))
    return found, tuple(repairs)


def _first(value: Any) -> Any:
    value = value[0] if isinstance(value, list) and value else value
    return value.get("id") if isinstance(value, dict) else value


def _documents(script: bytes) -> tuple[list[Any], tuple[Repair, ...]]:
    """The documents of a script: one, or several in a row; some scripts come wholly escaped for HTML."""
    try:
        value, repairs = decode_leniently(script)
    except Unreadable:
        if b"&quot;" in script:
            value, repairs = decode_leniently(unescape(script.decode("utf-8", "replace")).encode())
        elif (parts := re.split(rb"(?<=\})\s*\n\s*(?=\{)", script)) and len(parts) > 1:
            found = [decode_leniently(part) for part in parts]
            return [one for one, _ in found], tuple(repair for _, made in found for repair in made)
        else:
            raise
    return [value], repairs


def decoded(data: bytes) -> str:
    """The text of a page, decoded by its mark, by what it declares, else UTF-8, else windows-1252 (HTML, 13.2.3)."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    declared = _CHARSET.search(data[:4096])
    for codec in ("utf-8-sig", declared[1].decode("ascii", "replace") if declared else "cp1252", "cp1252"):
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")
