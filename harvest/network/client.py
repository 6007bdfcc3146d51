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

from harvest.errors import BadStatus, Refused, TooMuch, Unreachable
from harvest.network import guard
from harvest.network.answer import Answer, retry_after_s
from harvest.network.coding import Unpacker, unpacker_of
from harvest.network.guard import Rules
from repository.config.sections import HarvestSection

MOST_BYTES: Final = 100_000_000
MOST_FILE_BYTES: Final = 20_000_000_000
MOST_FILE_S: Final = 4 * 3_600.0
MOST_RATIO: Final = 100
RATIO_FROM_BYTES: Final = 1_000_000
MOST_REDIRECTS: Final = 5
_TELLING: Final = 2  # bytes that tell how a body is packed
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

        `into` takes the body of a success in place of the answer, up to MOST_FILE_BYTES: it is never whole in memory.
        """
        asked = url
        wanted = {"User-Agent": self.agent, "Accept-Encoding": "gzip", **(headers or {})}
        deadline = time.monotonic() + self.caps.timeout_s
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(url, wanted, deadline, into)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                if answer.status >= 300 and not accept_errors:
                    raise BadStatus(url, answer.status, retry_after_s(answer.headers.get("retry-after"), time.time()))
                return answer if url == asked else answer._replace(asked=asked)
            url = _led_to(url, answer.headers["location"])
            if guard.target(url) != guard.target(asked):
                wanted.pop("Authorization", None)  # it was meant for the first address only
        raise TooMuch(f"{guard.shown(url)} redirects more than {MOST_REDIRECTS} times.")

    def close(self) -> None:
        self._http.close()

    def _once(self, url: str, headers: Mapping[str, str], deadline: float, into: BinaryIO | None) -> Answer:
        why = guard.refusal(url, self.rules)
        if why is not None:
            raise Refused(f"{guard.shown(url)} is not fetched: {why}.")
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
        except (OSError, ValueError) as error:  # a name that cannot be encoded is a UnicodeError
            raise httpcore.ConnectError(f"{name[:100]} has no address") from error
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


def _led_to(url: str, location: str) -> str:
    """Where a redirect leads to; raises Refused if that is no address."""
    try:
        return str(httpx.URL(url).join(location))
    except (httpx.InvalidURL, ValueError) as error:
        where = guard.shown(location)
        raise Refused(f"{guard.shown(url)} redirects to {where}, which is no address ({error}).") from error


def _decoded(url: str, raw: Iterable[bytes], coding: str, most_bytes: int) -> Iterator[bytes]:
    """The body decompressed as it comes, within the caps; raises TooMuch, Unreachable."""
    unpack: Unpacker | None = None
    came = gave = 0
    for piece in _beginning(raw):
        if not came:
            unpack = unpacker_of(coding, piece, url)
        came += len(piece)
        for out in (piece,) if unpack is None else unpack.pieces(piece):
            gave += len(out)
            if gave > most_bytes or came > most_bytes:
                raise TooMuch(f"{guard.shown(url)} sends more than {most_bytes} bytes.")
            if gave > RATIO_FROM_BYTES and gave > MOST_RATIO * came:
                raise TooMuch(
                    f"{guard.shown(url)} sends {gave // came} times what it compressed; that is no honest page."
                )
            yield out
    if unpack is not None and came and not unpack.is_over:
        raise Unreachable(f"{guard.shown(url)} broke off inside its compressed body.")


def _beginning(raw: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces; the first is long enough to tell how the body is packed, if the body is long enough itself."""
    first = b""
    for piece in raw:
        if len(first) < _TELLING:
            first += piece
            if len(first) >= _TELLING:
                yield first
        elif piece:
            yield piece
    if first and len(first) < _TELLING:
        yield first


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


@contextmanager
def _translated(url: str) -> Iterator[None]:
    """Turn every error of the libraries below into one of ours: nothing that a stranger sends may end a run."""
    where = guard.shown(url)
    try:
        yield
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise Unreachable(f"{where} did not answer in time.") from error
    except httpx.InvalidURL as error:
        raise Refused(f"{where} is not fetched: it is no address ({error}).") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, OSError) as error:
        raise Unreachable(f"{where} cannot be reached ({type(error).__name__}: {error}).") from error
    except (ValueError, TypeError, ArithmeticError, LookupError, httpx.StreamError) as error:
        # Nonsense in headers and names makes the libraries raise any of these.
        raise Unreachable(f"{where} answered in no way that can be read ({type(error).__name__}).") from error
