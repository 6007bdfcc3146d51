"""What a refusal leaves unread of a body (RFC 9112, 9.3): read away when it is little, else the connection ends.

A server that answers without having read the body cannot take the next request from the same connection: the rest of
the body would be taken for it. So the answer says `Connection: close` where that is so, and a client that keeps its
connections asks anew on another one instead of losing a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication

MOST_BYTES: Final = 256_000
_PIECE: Final = 65_536


class UnreadBody:
    """A WSGI application around another one."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        chunked = "HTTP_TRANSFER_ENCODING" in environ
        if not chunked and length in ("", "0"):
            return self.app(environ, start_response)
        body = _Counted(environ["wsgi.input"], None if chunked or not length.isdecimal() else int(length))
        environ["wsgi.input"] = body

        def start(
            status: str,
            headers: list[tuple[str, str]],
            error: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
        ) -> Callable[[bytes], object]:
            if not body.read_away():
                headers = [*(each for each in headers if each[0].lower() != "connection"), ("Connection", "close")]
            return start_response(status, headers, error)

        return self.app(environ, start)


class _Counted:
    """The input of a request, with how much of it is left; None: nobody knows (chunked)."""

    def __init__(self, raw: Any, left: int | None) -> None:
        self.raw = raw
        self.left = left
        self.ended = left == 0

    def read(self, size: int = -1) -> bytes:
        return self._taken(self.raw.read(size) if size >= 0 else self.raw.read(), size)

    def readline(self, size: int = -1) -> bytes:
        return self._taken(self.raw.readline(size) if size >= 0 else self.raw.readline(), size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        lines = [self._taken(line, 1) for line in self.raw.readlines(hint)]
        self.ended = self.ended or hint <= 0
        return lines

    def __iter__(self) -> Iterable[bytes]:
        while line := self.readline():
            yield line

    def read_away(self) -> bool:
        """Read what is left when it is little; whether everything was read then."""
        if self.ended:
            return True
        if self.left is None or self.left > MOST_BYTES:
            return False
        try:
            while not self.ended and self.read(min(_PIECE, self.left)):
                pass
        except Exception:  # noqa: BLE001 - whatever a server's input raises: the connection is of no more use
            return False
        return self.ended

    def _taken(self, data: bytes, size: int) -> bytes:
        if self.left is not None:
            self.left = max(0, self.left - len(data))
            self.ended = self.ended or self.left == 0
        if not data and size != 0:
            self.ended = True
        return data
