"""The second factor by an authenticator: its picture is inline SVG, since the policy of the pages takes no other.

A code counts once (RFC 6238, 5.2): the number of its half minute is kept, and no code of it or of one before is taken.
"""

from __future__ import annotations

from typing import Any, Final

import qrcode
from flask import current_app
from flask_security import Totp
from markupsafe import Markup
from passlib.totp import TotpMatch

from repository.accounts import throttles

_QUIET: Final = 4  # modules around the code, as its standard wants them


class Authenticator(Totp):  # type: ignore[misc]
    """Flask-Security's, with a picture of ours and a memory."""

    def generate_qrcode(self, username: str, totp: str) -> Markup:
        code = qrcode.QRCode(border=_QUIET)
        code.add_data(self.get_totp_uri(username, totp))
        return svg(code.get_matrix())

    def get_last_counter(self, user: Any) -> int | None:
        return throttles.last_code(current_app.extensions["oerbron"], user.id)

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        throttles.note_code(current_app.extensions["oerbron"], user.id, tmatch.counter)


def svg(matrix: list[list[bool]]) -> Markup:
    """A QR code as inline SVG: one path, black on white whatever the colours of the page."""
    size = len(matrix)
    path = "".join(
        f"M{column} {row}h1v1h-1z" for row, cells in enumerate(matrix) for column, dark in enumerate(cells) if dark
    )
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="qr" viewBox="0 0 {size} {size}" width="232" height="232" aria-hidden="true"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )
