"""The connections of a worker as the system sees them: who reads or sends too slowly is let go.

The server neither bounds how long an answer may lie with its reader nor a body be on its way, nor tells which
connection a request came by (granian 2.8.7, 2026-11); but the system counts the bytes of each (Linux, TCP_INFO). A
reader must take LOWEST bytes a second over WINDOW_S. When a body is stuck, those connections are closed that have asked
and were not answered, sent less than a chunk in that time, and are none of those whose requests are being worked on:
these sent their last byte when their work began. Elsewhere than on Linux nothing is watched.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import stat
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from portal.server.body import CHUNK

LOWEST: Final = 512
WINDOW_S: Final = 30.0
PASS_S: Final = 1.0
SEND_BUFFER: Final = 256 * 1024  # what the system may hold of an answer for one reader
NOT_ACKNOWLEDGED_MS: Final = 60_000
SETTLING_S: Final = 2.0  # between the last byte of a request and the begin of its work, on a busy machine
_LAST_DATA_RECEIVED: Final = 52  # in tcp_info: u32, milliseconds
_ACKED: Final = 120  # in tcp_info: u64 tcpi_bytes_acked, u64 tcpi_bytes_received
log = logging.getLogger(__name__)


class Seen(NamedTuple):
    """What was seen of one connection: bytes sent, taken and received, and since when it is in which state."""

    sent: int
    taken: int
    received: int
    heard_at: float  # when the last byte came
    unread_since: float | None = None  # an answer lies with its reader
    taken_then: int = 0
    asked_since: float | None = None  # something came that was not answered
    received_then: int = 0


class Connections(threading.Thread):
    """Looks at this worker's connections once a second.

    `is_stuck` says whether a body has not got on for `patience_s`, `inside` since when requests are being worked on.
    """

    def __init__(
        self, port: int, is_stuck: Callable[[float], bool], patience_s: Callable[[], float],
        inside: Callable[[], Iterable[float]], window_s: float = WINDOW_S,
    ) -> None:  # fmt: skip
        super().__init__(name="connections", daemon=True)
        self.port = port
        self.is_stuck = is_stuck
        self.patience_s = patience_s
        self.inside = inside
        self.window_s = window_s
        self._seen: dict[tuple[object, ...], Seen] = {}

    def run(self) -> None:
        if not sys.platform.startswith("linux"):
            return
        while True:
            time.sleep(PASS_S)
            try:
                self.look(time.monotonic())
            except Exception:
                log.exception("connections were not looked at")

    def look(self, now: float) -> None:
        """Go through the connections once, and close those that hold what others need."""
        seen: dict[tuple[object, ...], Seen] = {}
        patience_s = self.patience_s() if self.is_stuck(now) else None
        working = [at for at in self.inside() if now - at >= 1.0]
        for connection in _sockets(self.port):
            with contextlib.suppress(OSError):
                peer = connection.getpeername()
                found = seen_of(_counted(connection), self._seen.get(peer), now, self.window_s)
                if reads_too_slowly(found, now, self.window_s) or (
                    patience_s is not None and sends_too_slowly(found, now, patience_s, working)
                ):
                    connection.shutdown(socket.SHUT_RDWR)
                seen[peer] = found
        self._seen = seen


class Counted(NamedTuple):
    """What the system counts: bytes taken by the other side, received, and waiting; seconds since the last came."""

    taken: int
    received: int
    queued: int
    silent_s: float


def seen_of(counted: Counted, before: Seen | None, now: float, window_s: float) -> Seen:
    """What is seen now, after what was seen before."""
    taken, received = counted.taken, counted.received
    sent, heard_at = taken + counted.queued, now - counted.silent_s
    if before is None:
        asked = now if received and not sent else None
        return Seen(sent, taken, received, heard_at, now if counted.queued else None, taken, asked, received)
    unread, taken_then = before.unread_since, before.taken_then
    if not counted.queued:
        unread = None
    elif unread is None or now - unread >= 2 * window_s:
        unread, taken_then = now, taken
    asked, received_then = before.asked_since, before.received_then
    if sent > before.sent:
        asked = None
    elif received - received_then >= CHUNK or (asked is None and received > before.received):
        asked, received_then = now, received
    return Seen(sent, taken, received, heard_at, unread, taken_then, asked, received_then)


def reads_too_slowly(found: Seen, now: float, window_s: float) -> bool:
    """Whether a reader left an answer lying for a window and took too little of it."""
    if found.unread_since is None or now - found.unread_since < window_s:
        return False
    return found.taken - found.taken_then < LOWEST * (now - found.unread_since)


def sends_too_slowly(found: Seen, now: float, patience_s: float, working: Iterable[float]) -> bool:
    """Whether a request was begun, is not being worked on, and less than a chunk of it came for too long."""
    if found.asked_since is None or now - found.asked_since < patience_s:
        return False
    return not any(-0.1 <= at - found.heard_at <= SETTLING_S for at in working)


def _counted(connection: socket.socket) -> Counted:
    facts = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    taken, received = struct.unpack_from("<QQ", facts, _ACKED)
    (silent_ms,) = struct.unpack_from("<L", facts, _LAST_DATA_RECEIVED)
    (queued,) = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0" * 4))
    return Counted(taken, received, queued, silent_ms / 1000)


def _sockets(port: int) -> Iterator[socket.socket]:
    """This process's connections to its own port, each under a number of its own, which is closed after its turn."""
    with os.scandir("/proc/self/fd") as listing:
        numbers = [int(entry.name) for entry in listing]
    for number in numbers:
        with contextlib.suppress(OSError):  # It was closed meanwhile.
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as one:
                if _is_ours(one, port):
                    yield one


def _is_ours(one: socket.socket, port: int) -> bool:
    try:
        if one.family not in (socket.AF_INET, socket.AF_INET6) or one.getsockname()[1] != port:
            return False
        one.getpeername()
    except OSError:
        if _listens(one):
            _prepare(one)
        return False
    return True


def _listens(one: socket.socket) -> bool:
    return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _prepare(listener: socket.socket) -> None:
    """What every accepted connection inherits: how much the system holds for it, and how long in vain."""
    if listener.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) != 2 * SEND_BUFFER:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, NOT_ACKNOWLEDGED_MS)
