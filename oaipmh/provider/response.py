"""The XML of an answer, as bytes: the envelope, records, headers and resumption tokens (OAI-PMH 2.0, 2.5, 3.2, 3.5).

Stored bytes are joined, never parsed or decoded; only what a request brings along is escaped here. What comes out
is valid against OAI-PMH.xsd whatever the request was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from provider.arguments import ORDER
from provider.errors import ProtocolError
from repository.contexts.contexts import Context
from repository.contexts.sets import FAMILIES
from repository.published import Row
from schemas.datestamp import utc_datestamp
from schemas.namespaces import OAI, OAI_XSD, XSI
from schemas.xml.reader import escape, escape_attribute

HEAD: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}" xmlns:xsi="{XSI}"'
    f' xsi:schemaLocation="{OAI} {OAI_XSD}"><responseDate>'
).encode()
_SET_SPEC: Final = re.compile(rb"<setSpec>([^<]*)</setSpec>")
# What XML Schema's anyURI surely takes. An identifier that is no URI names no record, and is not repeated.
_URI: Final = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:(?://[^%\[\]#:/?\\]+(?::\d{1,4})?(?=[/?]|\Z))?(?!//)|(?![^/?#]*:)(?!//))"
    r"(?:[^%\[\]#]|%[0-9A-Fa-f]{2})*"
)


def document(base_url: str, w: int, given: dict[str, str], parts: Iterable[bytes]) -> bytes:
    """A whole answer. `w` is the W of the snapshot, `given` the arguments that `<request>` carries."""
    head = f"{utc_datestamp(w + 1)}</responseDate>{_request(base_url, given)}".encode()
    return b"".join((HEAD, head, *parts, b"</OAI-PMH>\n"))


def _request(base_url: str, given: dict[str, str]) -> str:
    attributes = "".join(
        [
            f' {name}="{escape_attribute(given[name])}"'
            for name in ORDER
            if name in given and (name != "identifier" or _URI.fullmatch(given[name]))
        ]
    )
    return f"<request{attributes}>{escape(base_url)}</request>"


def errors(found: Sequence[ProtocolError]) -> list[bytes]:
    return [f'<error code="{error.code}">{escape(error.message)}</error>'.encode() for error in found]


def element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def records(context: Context, rows: Iterable[Row]) -> list[bytes]:
    """The pieces of a `<record>` per row: the heart of ListRecords, so only `document` copies what is stored, once.

    A live row always has bytes (doctor checks it). Should one have none after all, its record cannot be had in this
    format, which the protocol calls "deleted": nobody loses the page, and a repair gives the record a new datestamp.
    """
    offered = header_filter(context)
    if offered is not None:
        rows = [row._replace(header=offered(row.header)) for row in rows]
    parts: list[bytes] = []
    for _, _, header, about, face in rows:
        if face is None:
            parts += (b"<record>", gone(header), b"</record>")
        else:
            parts += (b"<record>", header, b"<metadata>", face, b"</metadata>", about, b"</record>")
    return parts


def headers(context: Context, rows: Iterable[Row]) -> list[bytes]:
    """A `<header>` per row."""
    offered = header_filter(context)
    if offered is not None:
        rows = [row._replace(header=offered(row.header)) for row in rows]
    return [gone(header) if deleted else header for _, deleted, header, _, _ in rows]


def gone(header: bytes) -> bytes:
    """A header as deleted: a record that left a context is live elsewhere, and so its stored header says live."""
    return b'<header status="deleted">' + header[8:] if header.startswith(b"<header>") else header


def header_filter(context: Context) -> Callable[[bytes], bytes] | None:
    """A function that takes out of a header the sets this context does not offer; None where it offers all."""
    if context.families.issuperset(FAMILIES):
        return None

    def kept(match: re.Match[bytes]) -> bytes:
        return match[0] if context.offers(match[1].decode()) else b""

    return lambda header: _SET_SPEC.sub(kept, header)


def token(text: str, total: int, cursor: int) -> bytes:
    """A resumptionToken; an empty text ends the list."""
    return (
        f'<resumptionToken completeListSize="{total}" cursor="{cursor}">{text}</resumptionToken>'
        if text
        else f'<resumptionToken completeListSize="{total}" cursor="{cursor}"/>'
    ).encode()
