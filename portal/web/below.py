"""A site below a path (`[site] base_url = "https://example.org/oer"`), whatever the proxy in front makes of the path.

Pages, redirects and cookies are written as for the root of a host, by everybody, and are given the path here, on their
way out; whole addresses have it already, since they are made from base_url. On the way in the path is taken off where
the proxy left it. So no view, template or wing has to know of it, and none can forget it. At the root of a host nothing
of this is in the way. It must not touch what is not HTML: what other documents say is their own business.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from repository.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

Header = tuple[str, str]
_ATTRIBUTES: Final = rb"href|src|srcset|action|formaction|poster|data-href|hx-[a-z]+"
_COOKIE_PATH: Final = re.compile(r"(;\s*path=)/(?=;|$)", re.IGNORECASE)
_LINK: Final = re.compile(r"<(/(?!/)[^>]*)>")
_PLACES: Final = frozenset(("location", "content-location"))


def path_of(base_url: str) -> str:
    """The path that a site lies below, without a closing slash; "" at the root of a host."""
    return urlsplit(base_url).path.rstrip("/")


def check(prefix: str, rules: Iterable[str]) -> None:
    """Raise ConfigError for a path that begins like one of our own: nobody could tell the two apart."""
    first = prefix.split("/")[1]
    if first in {rule.split("/")[1] for rule in rules}:
        raise ConfigError(
            f"[site] base_url: the path may not begin with /{first}, which is an address of the repository itself;"
            " choose another one, such as /oer."
        )


def strip(environ: dict[str, Any], prefix: str) -> None:
    """Take the path off a request where the proxy left it; twice is once."""
    path = environ.get("PATH_INFO", "")
    if environ.get("SCRIPT_NAME") != prefix and (path == prefix or path.startswith(f"{prefix}/")):
        environ["PATH_INFO"] = path[len(prefix) :] or "/"
    environ["SCRIPT_NAME"] = prefix


class Below:
    """A WSGI application around another one that lies below `prefix` (/oer)."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self.app = app
        self.prefix = prefix
        name = re.escape(prefix[1:].encode())
        self._links = re.compile(rb"""(\s(?:%s)\s*=\s*["'])/(?!/|%s(?:[/?#"']))""" % (_ATTRIBUTES, name))
        self._put = rb"\g<1>" + prefix.replace("\\", r"\\").encode() + b"/"

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        strip(environ, self.prefix)
        told: list[Any] = []

        def start(status: str, headers: list[Header], *_: Any) -> Callable[[bytes], object]:
            told[:] = status, self._headers(headers)
            return _no_write

        answer = self.app(environ, start)
        status, headers = told
        if not _is_page(headers):
            start_response(status, headers)
            return answer
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        if body:
            body = self._page(body, packed=("content-encoding", "gzip") in {(n.lower(), v.lower()) for n, v in headers})
            headers = [*((n, v) for n, v in headers if n.lower() != "content-length"), _length(body)]
        start_response(status, headers)
        return [body]

    def _page(self, body: bytes, *, packed: bool) -> bytes:
        text = self._links.sub(self._put, gzip.decompress(body) if packed else body)
        return gzip.compress(text, 1, mtime=0) if packed else text

    def _headers(self, headers: list[Header]) -> list[Header]:
        return [(name, self._header(name.lower(), value)) for name, value in headers]

    def _header(self, name: str, value: str) -> str:
        if name in _PLACES:
            return self._below(value)
        if name == "link":
            return _LINK.sub(lambda found: f"<{self._below(found[1])}>", value)
        if name == "set-cookie":
            return _COOKIE_PATH.sub(rf"\g<1>{self.prefix}", value)
        return value

    def _below(self, place: str) -> str:
        """A place of this host, below the path."""
        if not place.startswith("/") or place.startswith("//"):
            return place
        bare = re.split(r"[?#]", place, maxsplit=1)[0]
        return place if bare == self.prefix or bare.startswith(f"{self.prefix}/") else self.prefix + place


def _is_page(headers: list[Header]) -> bool:
    return any(name.lower() == "content-type" and value.startswith("text/html") for name, value in headers)


def _length(body: bytes) -> Header:
    return "Content-Length", str(len(body))


def _no_write(_: bytes) -> object:
    raise NotImplementedError("the write of PEP 3333 is for old applications")
