"""Which record a delivery is: its origin, and the uuid that follows from the origin (design.md, which record is it).

Origin = (source, key). The key is the OAI header identifier; else the first LOM identifier; else the first location;
else there is none and the delivery is rejected. What names nothing outside its own document (`#top`, `_:b0`, a
placeholder, a template) is skipped. A replay gives the same uuid, because it is a uuid5. Pure.
"""

from __future__ import annotations

import re
from hashlib import sha1, sha256
from typing import Final
from uuid import UUID

from schemas.formats.format import Delivery
from schemas.identifiers import is_identity
from schemas.record import Record

# The identifiers that authoring tools give every manifest; they count only where nothing else names the package.
_MANIFEST: Final = re.compile(r"(?:ims|scorm)?[-_]?man(?:ifest)?[-_ ]?0*1?", re.IGNORECASE)
LONGEST_KEY: Final = 1_000
"""Characters of a key that a database index takes; a longer key (a data: address) is stored by its digest."""


def key_of(delivery: Delivery) -> str | None:
    """The key of a delivery at its source, None when nothing names it."""
    if delivery.source is not None:
        return delivery.source[1]
    given = (delivery.identifier or "").strip()
    own = None
    if not is_identity(given) or _MANIFEST.fullmatch(given):
        own = key_in(delivery.reading.record) if delivery.reading is not None else None
    return own or (given if is_identity(given) else None)


def key_in(record: Record) -> str | None:
    """The key that the record itself gives: identifier, else location, else the address of its first file."""
    for identifier in record.general.identifier if record.general is not None else ():
        if identifier.entry and is_identity(identifier.entry, identifier.catalog):
            entry = identifier.entry.strip()
            return f"{identifier.catalog.strip()}:{entry}" if identifier.catalog else entry
    for location in record.technical.location if record.technical is not None else ():
        if is_identity(location):
            return location.strip()
    return next((file.url.strip() for file in record.files if is_identity(file.url)), None)


def stored_key(key: str) -> str:
    """The key as the database holds it: itself, or its beginning and its digest when it is very long."""
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[: LONGEST_KEY - 80]}...sha256:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def digest_of(tree: bytes) -> bytes:
    """The digest of a received tree, 16 bytes: trees with equal digests need not be compared."""
    return sha256(tree).digest()[:16]


def uuid_of(namespace: UUID, source: str, key: str) -> str:
    """The uuid5 of an origin in the site's namespace (RFC 9562, 5.5), written out."""
    name = f"{source}\n{key}".encode("utf-8", "surrogatepass")
    raw = bytearray(sha1(namespace.bytes + name, usedforsecurity=False).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x50
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
