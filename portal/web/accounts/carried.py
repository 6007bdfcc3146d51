"""A form that somebody had typed when the session ended: it goes along through the log-in, signed, for a day.

Only what a page of this site sent is taken along, so that no other site can have somebody send its form. Files are not.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from flask import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from repository.site import Site

DAY_S: Final = 86_400
MOST_BYTES: Final = 400_000
_LEFT_OUT: Final = frozenset(("csrf_token", "password", "carried"))


class Carried(NamedTuple):
    """A form on its way: where it goes, and its fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]


def of(site: Site, request: Request) -> str:
    """The form of a request, signed; "" when there is none to take along."""
    if request.method != "POST" or not is_ours(site, request):
        return ""
    fields = [(name, text) for name, text in request.form.items(multi=True) if name not in _LEFT_OUT]
    if not fields:
        return ""
    packed = zlib.compress(json.dumps([request.full_path.rstrip("?"), fields]).encode())
    return "" if len(packed) > MOST_BYTES else str(_signer(site).dumps(urlsafe_b64encode(packed).decode()))


def read(site: Site, signed: str | None) -> Carried | None:
    """The form that was taken along; None for what is older than a day or was never signed here."""
    if not signed:
        return None
    try:
        packed = _signer(site).loads(signed, max_age=DAY_S)
        path, fields = json.loads(zlib.decompress(urlsafe_b64decode(packed)))
    except (BadSignature, zlib.error, ValueError):
        return None
    return Carried(path, tuple((name, text) for name, text in fields))


def is_ours(site: Site, request: Request) -> bool:
    """Whether a page of this site sent the request; a browser says so in headers that no page can set.

    Every browser sends one of them with a form (Fetch, 3.1), so that a request with none comes from a program.
    """
    if (sent_from := request.headers.get("Sec-Fetch-Site")) is not None:
        return sent_from == "same-origin"
    said = request.headers.get("Origin") or request.headers.get("Referer")
    return said is None or urlsplit(said).netloc in (request.host, urlsplit(site.base_url).netloc)


def _signer(site: Site) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(site.secret, salt="a form on its way through the log-in")
