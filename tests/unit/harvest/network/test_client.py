"""The guarded client against a server on loopback: redirects, caps, compression, errors; nothing else is contacted."""

from __future__ import annotations

import gzip
import random
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harvest.errors import BadStatus, Refused, TooMuch, Unreachable
from harvest.network.answer import retry_after_s
from harvest.network.client import Caps, Client
from harvest.network.guard import Rules

Reply = tuple[int, dict[str, str], bytes]


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, Reply]], str]]:
    """Starts a server that answers paths from a table; gives its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(replies: dict[str, Reply]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = replies[self.path]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(Rules(allow_hosts=frozenset(("127.0.0.1",))), "a@b.example", Caps(5, 5_000_000))
    yield made
    made.close()


def test_an_answer_has_its_body_headers_and_address(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (200, {"Content-Type": "text/xml"}, b"<a/>")})

    answer = client.get(f"{base}/a")

    assert (answer.status, answer.body, answer.url) == (200, b"<a/>", f"{base}/a")
    assert answer.headers["content-type"] == "text/xml"


def test_a_redirect_is_followed_and_told(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (302, {"Location": "/b"}, b""), "/b": (200, {}, b"x")})

    assert client.get(f"{base}/a").url == f"{base}/b"


def test_a_redirect_to_the_inside_is_refused(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (302, {"Location": "http://169.254.169.254/latest"}, b"")})

    with pytest.raises(Refused, match="not public"):
        client.get(f"{base}/a")


def test_a_redirect_to_another_scheme_is_refused(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (302, {"Location": "file:///etc/passwd"}, b"")})

    with pytest.raises(Refused):
        client.get(f"{base}/a")


def test_endless_redirects_end(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (302, {"Location": "/a"}, b"")})

    with pytest.raises(TooMuch, match="redirects"):
        client.get(f"{base}/a")


def test_a_name_is_connected_to_at_the_address_that_was_judged(serve: Callable[..., str]) -> None:
    base = serve({"/a": (200, {}, b"x")})
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    port = base.rpartition(":")[2]
    inside = Client(Rules(ports=frozenset((int(port),))), "a@b.example", resolve=resolve)
    named = Client(Rules(allow_hosts=frozenset(("a.example",))), "a@b.example", resolve=resolve)

    with pytest.raises(Refused, match=r"a\.example is not fetched"):
        inside.get(f"http://a.example:{port}/a")
    assert named.get(f"http://a.example:{port}/a").body == b"x"
    assert asked == ["a.example", "a.example"]


def test_a_name_without_an_address_is_unreachable() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable, match="cannot be reached"):
        Client(Rules(), "a@b.example", resolve=resolve).get("http://a.example/")


def test_a_compressed_body_is_unpacked(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1000))})

    assert client.get(f"{base}/a").body == b"x" * 1000


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
@pytest.mark.parametrize("after", [b"", b"\0\0padding", gzip.compress(b"<end/>")], ids=["end", "padding", "member"])
def test_what_follows_a_compressed_body_is_read_or_ignored_and_never_waited_for(
    serve: Callable[..., str], client: Client, size: int, after: bytes
) -> None:
    chance = random.Random(1)
    body = b"".join(chance.randbytes(40) * 40 for _ in range(size // 1600 + 1))[:size]  # shrinks to a thirtieth
    base = serve({"/a": (200, {"Content-Encoding": "gzip"}, gzip.compress(body, 1) + after)})

    assert client.get(f"{base}/a").body == body + (b"<end/>" if after.startswith(b"\x1f") else b"")


def test_a_bomb_stops_early(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(300_000_000), 9))})

    with pytest.raises(TooMuch):
        client.get(f"{base}/a")


def test_a_body_over_the_cap_is_too_much(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (200, {}, b"x" * 5_000_001)})

    with pytest.raises(TooMuch, match="5000000 bytes"):
        client.get(f"{base}/a")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(b"x" * 5000, mtime=0)[:-12]),
        ({"Content-Encoding": "gzip"}, b"no gzip at all"),
        ({"Content-Encoding": "deflate"}, zlib.compress(b"x" * 5000)[:-8]),
        ({"Content-Encoding": "br"}, b"xx"),
        ({"Content-Length": "100"}, b"cut off"),
    ],
)
def test_a_broken_body_never_passes_for_a_whole_one(
    serve: Callable[..., str], client: Client, headers: dict[str, str], body: bytes
) -> None:
    base = serve({"/a": (200, headers, body)})

    with pytest.raises(Unreachable):
        client.get(f"{base}/a")


def test_an_error_has_its_status_and_what_to_wait(serve: Callable[..., str], client: Client) -> None:
    base = serve({"/a": (503, {"Retry-After": "7"}, b"")})

    with pytest.raises(BadStatus) as error:
        client.get(f"{base}/a")

    assert (error.value.status, error.value.retry_after_s) == (503, 7.0)


def test_nobody_listening_is_unreachable(client: Client) -> None:
    with pytest.raises(Unreachable):
        client.get("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("120", 120.0), (" 5 ", 5.0), ("99999999999999999999", 3600.0), ("soon", None), ("-1", None),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("1.5", None), ("", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_never_over_an_hour(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, 100.0) == seconds
