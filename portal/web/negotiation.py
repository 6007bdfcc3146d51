"""Which representation a request asks for: the Accept header against what there is (RFC 9110, 12.5.1).

Pure but for the request it reads. A request that names nothing, or accepts anything, gets the first one; one
that nothing fits gets 406 and the list of what there is. Browsers send */* with a low weight behind HTML, so HTML
stands first wherever there is a page.
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
