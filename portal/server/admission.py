"""The door of a worker: every request is received, admitted to its lane, carried out and sent, or told to come back.

A WSGI application around the application (PEP 3333). It knows no view; which body a route takes is portal.web.limits',
who shares a lane with whom is `lanes`'. What it refuses it answers itself and cheaply: under five times what the worker
can do, four of five answers are made here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from portal.server import answer
from portal.server.body import Received, Refusal
from portal.server.lanes import Lanes
from portal.web.below import strip
from portal.web.problems import TYPES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from portal.server.body import Intake

Header = tuple[str, str]
BUSY: Final = Refusal(503, "busy", "The repository is busy; try again in a moment.")
RETRY_S: Final = (2, 10)  # from when to when those who were sent away come back
_LINES: Final = {
    400: "400 Bad Request", 413: "413 Content Too Large",
    415: "415 Unsupported Media Type", 503: "503 Service Unavailable",
}  # fmt: skip


class Rules(NamedTuple):
    """What the door is told: the largest body that a request may have, the headers of every answer, who counts what is
    refused (path, status, query), and the path that the site lies below, if any."""

    most_bytes: Callable[[dict[str, Any]], int]
    always: tuple[Header, ...]
    counted: Callable[[str, int, bytes], None]
    below: str = ""


class Admission:
    """The door around one application."""

    def __init__(self, app: WSGIApplication, lanes: Lanes, intake: Intake, rules: Rules) -> None:
        self.app = app
        self.lanes = lanes
        self.intake = intake
        self.rules = rules
        self._inside: dict[object, float] = {}

    def inside(self) -> list[float]:
        """Since when those requests that were received wholly are worked on, by the monotonic clock."""
        return list(self._inside.values())

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.file_wrapper"] = answer.Passage
        if self.rules.below:
            strip(environ, self.rules.below)
        if environ.get("CONTENT_LENGTH", "0") in ("0", "") and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._admitted(environ, start_response)
        received = self._received(environ)
        if isinstance(received, Refusal):
            return self._refused(received, environ, start_response)
        environ["wsgi.input"] = received.file
        environ["CONTENT_LENGTH"] = str(received.size)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        try:
            return self._admitted(environ, start_response)
        finally:
            received.done()

    def _received(self, environ: dict[str, Any]) -> Received | Refusal:
        """The body, or why it is not taken: its size, its coding, its speed."""
        coding = environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
        if coding not in ("identity", ""):
            return Refusal(415, "media-type", "A body is sent as it is, without Content-Encoding; unpack it first.")
        said = environ.get("CONTENT_LENGTH")
        size = int(said) if said and said.isascii() and said.isdigit() else None
        most = self.rules.most_bytes(environ)
        if size is not None and size > most:
            wanted = f"at most {most} bytes are taken here" if most else "no body is taken here"
            return Refusal(413, "too-large", f"The body is too large: {wanted}.")
        return self.intake.receive(environ["wsgi.input"], most, size)

    def _admitted(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        lane = self.lanes.of(environ)
        if not lane.enter():
            return self._refused(BUSY, environ, start_response)
        told: list[Any] = []
        self._inside[told_by := object()] = time.monotonic()

        def start(status: str, headers: list[Header], _: Any = None) -> Any:
            told[:] = status, headers
            return _no_write

        try:
            made = answer.made(self.app(environ, start))
        finally:
            del self._inside[told_by]
            lane.leave()
        if isinstance(made, answer.Passage):
            if not self.lanes.answers.enter():
                made.close()
                return self._refused(BUSY, environ, start_response)
            made.left = self.lanes.answers.leave
        start_response(told[0], told[1])
        return made

    def _refused(self, why: Refusal, environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        """The answer of a refusal; a connection with a body that nobody reads is closed after it."""
        path = environ["PATH_INFO"]
        self.rules.counted(path, why.status, b"")
        body, kind = _told(why, path)
        headers = [("Content-Type", kind), ("Cache-Control", "no-store")]
        if why.status == 503:
            low, high = RETRY_S
            headers.append(("Retry-After", str(low + int(self.lanes.answers.chance() * (high - low + 1)))))
        if why.status != 503 or environ.get("CONTENT_LENGTH", "0") != "0":
            headers.append(("Connection", "close"))
        headers.append(("Content-Length", str(len(body))))
        start_response(_LINES[why.status], [*headers, *self.rules.always])
        return [body if environ["REQUEST_METHOD"] != "HEAD" else b""]


def _told(why: Refusal, path: str) -> tuple[bytes, str]:
    if not path.startswith("/api/"):
        return f"{why.sentence}\n".encode(), "text/plain; charset=utf-8"
    title = _LINES[why.status].partition(" ")[2]
    problem = {"type": TYPES + why.kind, "title": title, "status": why.status, "detail": why.sentence, "problems": ()}
    return msgspec.json.encode(problem), "application/problem+json"


def _no_write(_: bytes) -> object:
    raise NotImplementedError("the write of PEP 3333 is for old applications")
