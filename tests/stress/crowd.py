"""A crowd on loopback: connections that are held open to harm, and requests that come whether or not answers do.

Everything is bounded in number and time. `Held` keeps so many connections of one kind; `usual` measures what an honest
client sees meanwhile; `flood` sends a steady stream of requests (an open loop) and tells how each ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

HOST: Final = "127.0.0.1"
TIMEOUT_S: Final = 60.0


class Times(NamedTuple):
    """Seconds of the requests of one kind: the middle, the worst; and how many failed."""

    median_s: float
    worst_s: float
    failed: int


class Flood(NamedTuple):
    """What came of a flood: requests sent and how they ended, with the times of those that were served."""

    sent: int
    served: int
    refused: int
    failed: int
    p50_s: float
    p99_s: float
    seconds: float

    @property
    def goodput(self) -> float:
        return self.served / self.seconds


async def request(port: int, head: bytes, body: bytes = b"") -> tuple[int, bytes, bytes]:
    """Status, head and body of one request on a connection of its own."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(head + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n" + body)
        answer = await reader.read(-1)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split(b" ", 2)[1]), top, rest


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1".encode()


def post(path: str, size: int, *headers: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", f"Content-Length: {size}", *headers)
    return "\r\n".join(lines).encode()


async def usual(port: int, requests: dict[str, tuple[bytes, bytes]], rounds: int = 10) -> dict[str, Times]:
    """How long each of the requests takes, one after the other."""
    found: dict[str, list[float]] = {name: [] for name in requests}
    failed = dict.fromkeys(requests, 0)
    for _ in range(rounds):
        for name, (head, body) in requests.items():
            begun = time.perf_counter()
            try:
                status, _, _ = await asyncio.wait_for(request(port, head, body), TIMEOUT_S)
                failed[name] += status >= 400
            except (OSError, IndexError, TimeoutError):
                failed[name] += 1
            found[name].append(time.perf_counter() - begun)
    return {name: Times(statistics.median(each), max(each), failed[name]) for name, each in found.items()}


class Held:
    """So many connections that each sent `first`; then `then` is called with each of them every second."""

    def __init__(
        self, port: int, count: int, first: bytes, then: Callable[[socket.socket], object] | None = None
    ) -> None:
        self.port = port
        self.count = count
        self.first = first
        self.then = then
        self.open: list[socket.socket] = []

    async def __aenter__(self) -> Held:
        for _ in range(self.count):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
            one.setblocking(False)
            await asyncio.get_running_loop().sock_connect(one, (HOST, self.port))
            if self.first:
                await asyncio.get_running_loop().sock_sendall(one, self.first)
            self.open.append(one)
        self._task = asyncio.create_task(self._go_on())
        await asyncio.sleep(1.0)
        return self

    async def _go_on(self) -> None:
        while self.then is not None:
            await asyncio.sleep(1.0)
            for one in self.open:
                with contextlib.suppress(OSError):
                    self.then(one)

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        for one in self.open:
            one.close()

    def ended(self) -> int:
        """How many of the connections the server has closed."""
        return sum(_is_ended(one) for one in self.open)


def _is_ended(one: socket.socket) -> bool:
    try:
        while one.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


async def flood(port: int, heads: Sequence[bytes], rate: float, seconds: float) -> Flood:
    """Send so many requests a second for so long, in turn, whether or not answers come."""
    times: list[float] = []
    ends = {"refused": 0, "failed": 0}

    async def one(head: bytes) -> None:
        begun = time.perf_counter()
        try:
            status, top, _ = await asyncio.wait_for(request(port, head), TIMEOUT_S)
        except (OSError, IndexError, TimeoutError):
            ends["failed"] += 1
            return
        if status == 503 and b"retry-after" in top.lower():
            ends["refused"] += 1
        elif status < 400:
            times.append(time.perf_counter() - begun)
        else:
            ends["failed"] += 1

    begun = time.perf_counter()
    tasks = []
    count = int(rate * seconds)
    for number in range(count):
        due = begun + number / rate
        if (wait := due - time.perf_counter()) > 0.001:
            await asyncio.sleep(wait)
        elif number % 20 == 0:
            await asyncio.sleep(0)
        tasks.append(asyncio.create_task(one(heads[number % len(heads)])))

    await asyncio.gather(*tasks)
    times.sort()
    at = (lambda part: times[min(len(times) - 1, int(len(times) * part))]) if times else (lambda _: float("nan"))
    took_s = time.perf_counter() - begun
    return Flood(count, len(times), ends["refused"], ends["failed"], at(0.5), at(0.99), took_s)
