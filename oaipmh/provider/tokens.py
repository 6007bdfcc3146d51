"""Resumption tokens: signed, stateless, never consumed (OAI-PMH 2.0, 3.5).

Pure. A token is the whole state of a list request: a MessagePack array, signed with HMAC-SHA256 and written in
base64url without padding, so that it holds only `A-Za-z0-9_-` (harvesters that do not encode it lose nothing) and
lives through restarts, on every worker and replica. What a token may do is decided by verbs, not here.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Final

import msgspec

_VERSION: Final = b"oerbron resumption token 1\0"  # of the array below; a token of another version does not verify
_SIGNATURE_BYTES: Final = 16
MOST_CHARACTERS: Final = 2048


class Token(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a list request stands after a page.

    Positions as in repository.published: the list holds those above `since`, up to `until` (None: without end); the
    next page starts above `after`. `started` and `w` are the W of the first page and of the page that gave the
    token, `total` is completeListSize, `delivered` counts what was given before the next page. In a list of sets
    `spec` is the last setSpec given, and the positions mean nothing.
    """

    verb: str
    context: str
    prefix: str
    spec: str
    since: int
    until: int | None
    after: int
    started: int
    w: int
    total: int
    delivered: int
    epoch: str


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Token).decode


def write(token: Token, secret: bytes) -> str:
    """The token as text, signed with the secret."""
    payload = _encode(token)
    return urlsafe_b64encode(payload + _signature(payload, secret)).rstrip(b"=").decode("ascii")


def read(text: str, secrets: Sequence[bytes]) -> Token | None:
    """The token in a text that one of the secrets signed, None for everything else."""
    raw = _raw(text)
    payload, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if not any(hmac.compare_digest(signature, _signature(payload, secret)) for secret in secrets):
        return None
    try:
        return _decode(payload)
    except msgspec.DecodeError:
        return None


def _signature(payload: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, _VERSION + payload, "sha256")[:_SIGNATURE_BYTES]


def _raw(text: str) -> bytes:
    """The bytes that a text stands for, none where it is not in its one lawful form."""
    if len(text) > MOST_CHARACTERS or not text.isascii():
        return b""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""
    # The last character has bits that decode to nothing: only the canonical text is a token.
    return raw if urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") == text else b""
