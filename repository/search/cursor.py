"""Cursors: where a walk goes on, as a text that only this site can have made, and only for this search.

Nothing is kept on the server. A cursor holds the sorting key behind which the next page begins; the signature covers
this key and the search, so that a cursor of another search is refused instead of giving a wrong page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

import msgspec

from repository.search.errors import BadCursor
from repository.search.index.engine import After
from repository.search.plan.parameters import Search

_SIGNATURE_BYTES: Final = 12
_LONGEST: Final = 1_000
_decoder = msgspec.json.Decoder(After)


def write(after: After, search: Search, secret: bytes) -> str:
    """The cursor that goes on behind a hit."""
    body = msgspec.json.encode(after)
    return base64.urlsafe_b64encode(_signature(body, search, secret) + body).decode().rstrip("=")


def read(text: str, search: Search, secrets: Iterable[bytes]) -> After:
    """Where a cursor leads; raises BadCursor."""
    raw = _decoded(text)
    signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not any(hmac.compare_digest(signature, _signature(body, search, secret)) for secret in secrets):
        raise BadCursor("cursor is not one of this search; begin again without it.")
    return _decoder.decode(body)


def _decoded(text: str) -> bytes:
    try:
        if len(text) > _LONGEST:
            return b""
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _signature(body: bytes, search: Search, secret: bytes) -> bytes:
    said = msgspec.json.encode([search.order, search.pairs()])
    return hmac.new(secret, b"search cursor\n" + said + b"\n" + body, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
