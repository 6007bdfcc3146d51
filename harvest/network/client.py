"""The one door to the network: guarded, capped, polite GETs.

Every hop of a redirect is judged anew, every name is resolved once and the connection goes to the address that was
judged; bytes, compression ratio, redirects and time are bounded while an answer streams in, so that a bomb stops
early (reliability.md). httpx and httpcore are spoken here and nowhere else; their exceptions become harvest.errors.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, NamedTuple

import httpcore
import httpx
from isal import isal_zlib

from harvest.errors import BadStatus, Refused, TooMuch, Unreachable
from harvest.network import guard
from harvest.network.answer import Answer, retry_after_s
from harvest.network.guard import Rules
from repository.config.sections import HarvestSection

MOST_BYTES: Final = 100_000_000
MOST_FILE_BYTES: Final = 20_000_000_000
MOST_FILE_S: Final = 4 * 3_600.0
MOST_RATIO: Final = 100
RATIO_FROM_BYTES: Final = 1_000_000
MOST_REDIRECTS: Final = 5
_MOST_AT_ONCE: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
Resolve = Callable[[str, int], list[str]]


class Caps(NamedTuple):
    """Bounds of one request: seconds in all, bytes after decompression."""

    timeout_s: float = 60.0
    most_bytes: int = MOST_BYTES


class Client:
    """GETs for one configuration; `contact` stands in the User-Agent, so that a provider knows whom to ask."""

    def __init__(self, rules: Rules, contact: str, caps: Caps | None = None, resolve: Resolve | None = None) -> None:
        self.rules = rules
        self.caps = caps = caps or Caps()
        pool = httpcore.ConnectionPool(network_backend=_Backend(rules, resolve or addresses_of), http2=False)
        self._http = httpx.Client(
            transport=_Transport(pool), timeout=min(caps.timeout_s, 60.0), follow_redirects=False, trust_env=False
        )
        self.agent = f"OERbron/0.1 (+mailto:{contact})"

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        accept_errors: bool = False,
        into: BinaryIO | None = None,
    ) -> Answer:
        """Fetch an address; raises Refused, Unreachable, TooMuch, BadStatus (unless `accept_errors`).

        `into` takes the body of a success instead of the answer, up to MOST_FILE_BYTES: it never is in memory whole.
        """
        wanted = {"User-Agent": self.agent, "Accept-Encoding": "gzip", **(headers or {})}
        deadline = time.monotonic() + self.caps.timeout_s
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(url, wanted, deadline, into)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                if answer.status >= 300 and not accept_errors:
                    raise BadStatus(url, answer.status, retry_after_s(answer.headers.get("retry-after"), time.time()))
                return answer
            url = str(httpx.URL(url).join(answer.headers["location"]))
        raise TooMuch(f"{url} redirects more than {MOST_REDIRECTS} times.")

    def close(self) -> None:
        self._http.close()

    def _once(self, url: str, headers: Mapping[str, str], deadline: float, into: BinaryIO | None) -> Answer:
        why = guard.refusal(url, self.rules)
        if why is not None:
            raise Refused(f"{url[:200]} is not fetched: {why}.")
        with _translated(url), self._http.stream("GET", url, headers=headers) as response:
            named = {name.lower(): value for name, value in response.headers.items()}
            kept = into if into is not None and response.status_code == 200 else None
            most_bytes = self.caps.most_bytes if kept is None else MOST_FILE_BYTES
            body = bytearray()
            if kept is not None:
                kept.seek(0)
                kept.truncate()
                deadline += MOST_FILE_S
            for piece in _decoded(url, response.iter_raw(), named.get("content-encoding", ""), most_bytes):
                if kept is None:
                    body += piece
                else:
                    kept.write(piece)
                if time.monotonic() > deadline:
                    raise Unreachable(f"{url} did not end within {self.caps.timeout_s:.0f} s.")
            return Answer(url, response.status_code, named, bytes(body))


class _Backend(httpcore.SyncBackend):
    """Connects to the judged address of a name, never to what a second look-up would say."""

    def __init__(self, rules: Rules, resolve: Resolve) -> None:
        super().__init__()
        self.rules = rules
        self.resolve = resolve

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        name = host.rstrip(".").lower()
        try:
            found = [name] if _is_address(name) else self.resolve(name, port)
        except OSError as error:
            raise httpcore.ConnectError(f"{name} has no address") from error
        admitted = guard.admitted(name, found, self.rules)
        if not admitted:
            raise Refused(f"{name} is not fetched: it lies in a network that is not public.")
        last: Exception = httpcore.ConnectError(f"{name} has no address")
        for address in admitted[:4]:
            try:
                return super().connect_tcp(address, port, *args, **kwargs)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last


class _Transport(httpx.BaseTransport):
    """httpx over a pool whose connections are guarded."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self.pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
            target=request.url.raw_path,
        )  # fmt: skip
        answer = self.pool.handle_request(
            httpcore.Request(
                method=request.method, url=url, headers=request.headers.raw, content=request.stream,
                extensions=request.extensions,
            )
        )  # fmt: skip
        assert isinstance(answer.stream, Iterable)  # noqa: S101 - a sync pool gives a sync stream
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Stream(answer.stream),
            extensions=answer.extensions,
        )  # fmt: skip

    def close(self) -> None:
        self.pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    def close(self) -> None:
        close = getattr(self.pieces, "close", None)
        if close is not None:
            close()


def rules_of(section: HarvestSection) -> Rules:
    """What the configuration lets through."""
    return Rules(frozenset(host.lower() for host in section.allow_hosts), frozenset(section.ports))


def addresses_of(host: str, port: int) -> list[str]:
    """Every address of a name, as the system resolves it."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _decoded(url: str, raw: Iterable[bytes], coding: str, most_bytes: int) -> Iterator[bytes]:
    """The body decompressed as it comes, within the caps; raises TooMuch, Unreachable."""
    coding = coding.strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Unreachable(f"{url} answered in the coding {coding[:40]}, which was not asked for.")
    unpack = None if coding in ("", "identity") else _Unpacker(url)
    came = gave = 0
    for piece in raw:
        came += len(piece)
        for out in (piece,) if unpack is None else unpack.pieces(piece):
            gave += len(out)
            if gave > most_bytes or came > most_bytes:
                raise TooMuch(f"{url} sends more than {most_bytes} bytes.")
            if gave > RATIO_FROM_BYTES and gave > MOST_RATIO * came:
                raise TooMuch(f"{url} sends {gave // came} times what it compressed; that is no honest page.")
            yield out
    if unpack is not None and came and not unpack.is_over:
        raise Unreachable(f"{url} broke off inside its compressed body.")


class _Unpacker:
    """Decompresses what comes piece by piece, at most a megabyte at once.

    Members of gzip that follow each other are one body (RFC 1952, 2.2); what else follows the end is padding.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._open = isal_zlib.decompressobj(47)  # gzip or zlib, as the first bytes say

    @property
    def is_over(self) -> bool:
        """Whether the body may end here."""
        return bool(self._open.eof)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What some bytes unpack to; raises Unreachable."""
        out = b""
        while data or len(out) == _MOST_AT_ONCE:  # a full portion may leave more inside than its input tells
            if self._open.eof:
                if not data.startswith(_GZIP):
                    return
                self._open = isal_zlib.decompressobj(47)
            try:
                out = self._open.decompress(data, _MOST_AT_ONCE)
            except isal_zlib.IsalError as error:  # type: ignore[misc]  # its stub names no class
                raise Unreachable(f"{self._url} sent a body that cannot be decompressed.") from error
            data = self._open.unused_data if self._open.eof else self._open.unconsumed_tail
            yield out


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise Unreachable(f"{url} did not answer in time.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unreachable(f"{url} cannot be reached ({type(error).__name__}: {error}).") from error
