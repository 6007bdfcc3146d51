"""Flow control by concurrency: so many at once in this process, so many in line behind them, the next comes back later.

OAI-PMH 2.0, 3.1.2.2: HTTP 503 with Retry-After is how a repository says that it is busy. Lists are taken one at a time,
because threads that fight for one interpreter all become slower (docs/performance.md); single records, Identify and
ListSets pass beside this lane, so that they stay fast when whole lists are being taken.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from provider.errors import Unavailable

LEAST_S: Final = 10
MOST_S: Final = 60
LINE: Final = 64
WAIT_S: Final = 2.0


class Lane:
    """At most `limit` holders at once; at most `line` wait for a place, each at most `wait_s`, first come first."""

    def __init__(self, limit: int, chance: Callable[[], float], line: int = 0, wait_s: float = WAIT_S) -> None:
        self.limit = limit
        self.chance = chance
        self.line = line
        self.wait_s = wait_s
        self._free = limit
        self._waiting: deque[threading.Lock] = deque()
        self._mutex = threading.Lock()

    @property
    def crowded(self) -> bool:
        """Whether more than half of the places are taken."""
        return self._free * 2 < self.limit

    def enter(self) -> bool:
        """Take a place, after waiting for one if need be; False when there is none."""
        with self._mutex:
            if self._free:
                self._free -= 1
                return True
            if len(self._waiting) >= self.line:
                return False
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=self.wait_s):
            return True
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # It was called up between the two.

    def leave(self) -> None:
        """Give the place to who has waited longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Hold a place for the block; raises Unavailable when there is none."""
        if not self.enter():
            raise Unavailable("Too many lists are being taken at once; come back later.", jittered(self.chance()))
        try:
            yield
        finally:
            self.leave()


def jittered(chance: float) -> int:
    """Seconds to stay away, spread so that those who were sent off together do not return together."""
    return LEAST_S + int(chance * (MOST_S - LEAST_S + 1))


def places(configured: int) -> int:
    """How many lists at once: what the configuration says, else one."""
    return configured or 1
