"""Pages for everybody are packed with gzip and named by an ETag, so that a cache may keep them and ask again.

A page that somebody with a session asks for is for that person: nobody keeps it, and it is not packed, since the length
of what is packed can tell a secret in it. So is one that sets a cookie.
"""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response, request

from portal.web.i18n import COOKIE
from portal.web.responses import personal

_LEAST: Final = 1_000  # bytes that are worth packing


def pack(app: Flask) -> None:
    """Do so with every page; to be called before anything else looks at answers, since the last one called is first."""

    @app.after_request
    def _packed(response: Response) -> Response:
        if response.mimetype == "text/html" and _is_of_somebody():
            personal(response)
        elif response.mimetype == "text/html" and _is_for_all(response):
            response.add_etag(weak=True)
            response.make_conditional(request)
            if response.status_code != 304 and "gzip" in request.accept_encodings.values():
                _squeeze(response)
            response.vary.add("Accept-Encoding")
        return response


def _is_of_somebody() -> bool:
    """Whether a request comes with a session, or with the cookie of an open form."""
    return not set(request.cookies) <= {COOKIE}


def _is_for_all(response: Response) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not response.is_streamed
        and "Set-Cookie" not in response.headers
        and "Content-Encoding" not in response.headers
    )


def _squeeze(response: Response) -> None:
    body = response.get_data()
    if len(body) >= _LEAST:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
