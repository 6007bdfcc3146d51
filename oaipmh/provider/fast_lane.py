"""The fast lane: what a harvester GETs is answered from the raw WSGI environ, before Flask (PEP 3333).

A request context of Flask costs more than GetRecord does. Everything else (POST, HEAD, a person's browser, a request
with Authorization, an error that nobody foresaw) goes on to the application, whose views give the same answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from provider import negotiation
from provider.endpoint import Endpoint
from provider.errors import Unavailable
from provider.negotiation import Header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

log = logging.getLogger(__name__)
_VERB: Final = "verb="


class Front:
    """A WSGI application around another one.

    `always` are the headers that every document carries; `counted` is told status and query string of each answer.
    """

    def __init__(
        self,
        app: WSGIApplication,
        endpoints: Mapping[str, Endpoint],
        always: Iterable[Header],
        counted: Callable[[int, bytes], None],
    ) -> None:
        self.app = app
        self.always = tuple(always)
        self.counted = counted
        self.endpoints = {f"/oai/{name}" if name else "/oai": each for name, each in endpoints.items()}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        endpoint = self.endpoints.get(environ.get("PATH_INFO", ""))
        query = environ.get("QUERY_STRING", "")
        if (
            endpoint is None
            or environ["REQUEST_METHOD"] != "GET"
            or _VERB not in query
            or "HTTP_SEC_FETCH_DEST" in environ
            or "HTTP_AUTHORIZATION" in environ
        ):
            return self.app(environ, start_response)
        raw = query.encode("latin-1")
        try:
            body, headers = negotiation.document(endpoint.answer(raw), environ.get("HTTP_ACCEPT_ENCODING", ""))
        except Unavailable as error:
            body, headers = negotiation.refusal(str(error), error.retry_after_s)
            return self._answer(start_response, 503, "503 Service Unavailable", body, headers, raw)
        except Exception:  # noqa: BLE001 - an edge
            # The outermost edge: the application fails the same way, and has a page and a log line for it.
            log.warning("handed on", extra={"path": environ["PATH_INFO"]})
            return self.app(environ, start_response)
        return self._answer(start_response, 200, "200 OK", body, headers, raw)

    def _answer(
        self, start_response: StartResponse, status: int, line: str, body: bytes, headers: list[Header], query: bytes
    ) -> tuple[bytes]:
        self.counted(status, query)
        start_response(line, [*headers, ("Content-Length", str(len(body))), *self.always])
        return (body,)
