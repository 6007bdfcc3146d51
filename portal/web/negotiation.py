"""Which representation somebody asks for: the Accept header against what there is (RFC 9110, 12.5.1).

Pure but for the request it reads. Nothing asked, or anything, gets the first; what cannot be given is 406 with the
list of what can. Browsers send */* with a low weight behind HTML: HTML stands first wherever there is a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request


def best(offered: Sequence[str]) -> str | None:
    """The media type to give; None when none is accepted."""
    accepted = request.accept_mimetypes
    if not accepted:
        return offered[0]
    found: str | None = accepted.best_match(offered)
    return found


def not_acceptable(offered: dict[str, str]) -> Response:
    """406: what there is, a line per media type with the address that gives it."""
    lines = "".join(f"{media_type}\t{address}\n" for media_type, address in offered.items())
    response = Response(f"None of the accepted media types is there. There are:\n{lines}", 406)
    response.content_type = "text/plain; charset=utf-8"
    response.vary.add("Accept")
    return response
