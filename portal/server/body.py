"""Receiving the body of a request before anything works on it: within its route's size, and not endlessly slowly.

The server hands a body over through a read that waits for the client, cannot be ended, and keeps the whole worker when
the request is answered meanwhile (granian 2.8.7, 2026-11). So whoever sends too slowly gets no answer: `connections`
sees here that somebody is stuck, finds the connection and closes it, and then the read ends.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from typing import IO, Any, Final, NamedTuple

from provider.flow_control import Lane

CHUNK: Final = 8 * 1024
IN_MEMORY: Final = 1_000_000
SLOWEST_S: Final = 15.0  # in which a chunk must come: half a kilobyte a second
HURRY_S: Final = 5.0  # the same while more than half of the places are taken


class Refusal(NamedTuple):
    """Why a request was not taken: status, the kind of problem, one sentence."""

    status: int
    kind: str
    sentence: str


class Received(NamedTuple):
    """A body as a file, its size, and what to call when it is done with."""

    file: IO[bytes]
    size: int
    done: Callable[[], None]


class Intake:
    """Receives bodies, so many at once; those beyond a megabyte hold a place of the few until they are answered."""

    def __init__(self, bodies: Lane, large: Lane, slowest_s: float = SLOWEST_S) -> None:
        self.bodies = bodies
        self.large = large
        self.slowest_s = slowest_s
        self._moved: dict[object, float] = {}  # what is being received, and when a chunk of it came last

    @property
    def patience_s(self) -> float:
        """How long a chunk may take now."""
        return min(HURRY_S, self.slowest_s) if self.bodies.crowded else self.slowest_s

    def is_stuck(self, now: float) -> bool:
        """Whether a body has not got on for longer than it may."""
        return any(now - at >= self.patience_s for at in tuple(self._moved.values()))

    def receive(self, source: Any, most: int, said: int | None) -> Received | Refusal:
        """Read at most `most` bytes; `said` is Content-Length, None for a body in chunks."""
        if not self.bodies.enter():
            return _BUSY
        body = _Body(self.large)
        try:
            refusal = self._read(source, body, most, said)
        except OSError as error:  # The disk is full.
            refusal = Refusal(503, "busy", f"The body cannot be kept: {error.strerror}.")
        finally:
            self._moved.pop(body, None)
            self.bodies.leave()
        if refusal is not None:
            body.close()
            return refusal
        body.file.seek(0)
        return Received(body.file, body.size, body.close)

    def _read(self, source: Any, body: _Body, most: int, said: int | None) -> Refusal | None:
        data = b"\0" * CHUNK
        while len(data) == CHUNK:
            self._moved[body] = time.monotonic()
            data = source.read(CHUNK)
            if body.size + len(data) > most:
                return Refusal(413, "too-large", f"The body is larger than the {most} bytes that are taken here.")
            if not body.take(data):
                return _BUSY
        if said is not None and body.size < said:
            return Refusal(400, "incomplete", "The body breaks off before its end.")
        return None


_BUSY: Final = Refusal(503, "busy", "Too many files are being received at once; come back later.")


class _Body:
    """What came so far, in memory and then in a file."""

    def __init__(self, large: Lane) -> None:
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it is done with
        self.size = 0
        self._large = large
        self._holds_place = False

    def take(self, data: bytes) -> bool:
        """Add a chunk; False when it gets large and there is no place for one more large body."""
        self.size += len(data)
        if self.size > IN_MEMORY and not self._holds_place:
            self._holds_place = self._large.enter()
            if not self._holds_place:
                return False
        self.file.write(data)
        return True

    def close(self) -> None:
        self.file.close()
        if self._holds_place:
            self._holds_place = False
            self._large.leave()
