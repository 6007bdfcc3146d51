"""What answers share: JSON bodies, and who may keep an answer."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response, request


def json(body: Any, status: int = 200) -> Response:
    """A JSON answer; bytes are taken as already encoded."""
    encoded = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(encoded, status, content_type="application/json")


def cached(response: Response) -> Response:
    """A public answer that caches may keep but must ask about again; 304 when the client has it already.

    If-Match is ignored in reading: only writes look at it, and only at its revision.
    """
    response.headers["Cache-Control"] = "no-cache"
    if "If-Match" not in request.headers:
        response.make_conditional(request)
    return response


def private(response: Response) -> Response:
    """An answer that depends on who asks."""
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Authorization")
    return response


def personal(response: Response, *, secret_address: bool = False) -> Response:
    """A page for one person, which nobody keeps; its address is told to no other site when that is a secret."""
    response.headers["Cache-Control"] = "private, no-store"
    if secret_address:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
    return response
