"""Flow control by concurrency: so many list requests at once in this process, the next one comes back later.

OAI-PMH 2.0, 3.1.2.2: HTTP 503 with Retry-After is how a repository says that it is busy. Single records, Identify
and ListSets pass beside this lane, so that they stay fast when whole lists are being taken.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from provider.errors import Unavailable

LEAST_S: Final = 10
MOST_S: Final = 60


class Lane:
    """At most `limit` holders at once; nobody waits in it."""

    def __init__(self, limit: int, chance: Callable[[], float]) -> None:
        self.limit = limit
        self.chance = chance
        self._free = threading.Semaphore(limit)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Hold a place for the block; raises Unavailable when there is none."""
        if not self._free.acquire(blocking=False):
            raise Unavailable("Too many lists are being taken at once; come back later.", jittered(self.chance()))
        try:
            yield
        finally:
            self._free.release()


def jittered(chance: float) -> int:
    """Seconds to stay away, spread so that those who were sent off together do not return together."""
    return LEAST_S + int(chance * (MOST_S - LEAST_S + 1))


def places(configured: int) -> int:
    """How many lists at once: what the configuration says, else twice the cores."""
    return configured or 2 * (os.cpu_count() or 1)
