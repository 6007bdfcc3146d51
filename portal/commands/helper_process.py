"""A helper beside a command that brings much in: a second process publishes and indexes what has come so far.

It may be killed at any moment and nothing is lost or wrong: leases and the index's own lock keep the two apart, and the
command itself finishes whatever is left. It is a new process, not a fork of the command, because SQLite's locks do not
survive a fork. The command speaks to it on its standard input: the configuration, then words of one letter. When that
input is closed, the command is gone and the helper ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from typing import BinaryIO, Final

import msgspec

from portal.server.memory import give_back, one_arena
from repository.config.sections import Config
from repository.errors import Busy, RepositoryError
from repository.publishing import publication
from repository.site import Site, open_site

WORTH_S: Final = 2.0  # a command that ends sooner starts no helper
_PAUSE_S: Final = 0.2
_STEP_S: Final = 1.0  # the part of a turn that may go into the index
_BROUGHT: Final = b"b"  # the command publishes itself now, the helper goes on indexing
_PUBLIC: Final = b"p"  # everything is public: the helper indexes it and ends


class Helper:
    """Publishes and indexes what a command brings in, once that takes longer than `worth_s` seconds.

    Where no helper runs (there is one core, it was killed), the command publishes a batch every `worth_s` itself. A
    helper that gets no further record into the index for `stuck_s` seconds is given up.
    """

    def __init__(self, site: Site, worth_s: float | None = None, stuck_s: float = 60.0) -> None:
        self.site = site
        self._worth_s = WORTH_S if worth_s is None else worth_s
        self._stuck_s = stuck_s
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = False
        self._last = time.monotonic()

    def __enter__(self) -> Helper:
        return self

    def __exit__(self, *_: object) -> None:
        """End the helper, whatever it is doing."""
        self._end()

    @property
    def is_there(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def go_on(self) -> None:
        """Called again and again between two transactions of the command."""
        if time.monotonic() - self._last < self._worth_s:
            return
        if not self._asked:
            self._asked = True
            self._start()
        if not self.is_there:
            with contextlib.suppress(Busy):  # Another process is at it; the command's end waits for that.
                publication.publish(self.site)
        self._last = time.monotonic()

    def leave_publishing(self) -> None:
        """From now on the command publishes; the helper indexes."""
        self._say(_BROUGHT)

    def finish(self, behind: Callable[[], int], tell: Callable[[int], object]) -> None:
        """Wait until the helper has indexed what is public, or gets no further, and end it.

        `behind` gives how many records are not in the index yet; `tell` is given how many more are in it now.
        """
        self._say(_PUBLIC)
        left, moved = behind(), time.monotonic()
        while self._process is not None and self.is_there and time.monotonic() - moved < self._stuck_s:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PAUSE_S)
            now = behind()
            if now < left:
                tell(left - now)
                moved = time.monotonic()
            left = now
        self._end()

    def _start(self) -> None:
        if _cores() < 2:
            return
        # In a session of its own, since Ctrl-C is for the command; silent, since the command meets the same errors.
        # It runs the command's own code (its path), and nothing that lies in the current folder (-P).
        path = os.pathsep.join(each for each in sys.path if each)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very module
                [sys.executable, "-P", "-m", __name__],
                env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError:  # No memory, no Python of that name: the command works alone.
            return
        self._say(msgspec.json.encode(self.site.config) + b"\n")

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            with contextlib.suppress(BrokenPipeError):
                self._line.close()

    def _say(self, words: bytes) -> None:
        if self.is_there:
            with contextlib.suppress(BrokenPipeError):  # It has just ended: the command does its work.
                self._line.write(words)
                self._line.flush()

    @property
    def _line(self) -> BinaryIO:
        assert self._process is not None  # noqa: S101 - asked for where there is one
        assert self._process.stdin is not None  # noqa: S101 - it is started with a pipe
        return self._process.stdin  # type: ignore[return-value]  # typeshed: IO[bytes]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _help() -> None:
    """What the helper does until it is told to end, the command is gone, or something goes wrong."""
    one_arena()
    with open(0, "rb", buffering=0, closefd=False) as line:  # Read no further than the end of the configuration.
        config = msgspec.json.decode(line.readline(), type=Config)
    with contextlib.suppress(RepositoryError):  # The command meets the same, and tells it.
        _work(open_site(config))


def _work(site: Site) -> None:
    from portal.server.after_publication import follow  # noqa: PLC0415 - the command needs none of it
    from repository.search.service import open_search  # noqa: PLC0415

    searching = open_search(site)
    publishes, ends = True, False
    while True:
        with contextlib.suppress(Busy):  # Another process is at it.
            if publishes:
                publication.publish(site)
                follow(site)
            if searching.step(_STEP_S).done and ends:
                return
        give_back()
        word = _heard()
        if word == b"":
            return
        publishes = publishes and word is None
        ends = ends or word == _PUBLIC


def _heard() -> bytes | None:
    """What the command says: None when it says nothing for a moment, b"" when it is gone."""
    ready, _, _ = select.select([0], [], [], _PAUSE_S)
    return os.read(0, 1) if ready else None


if __name__ == "__main__":
    _help()
