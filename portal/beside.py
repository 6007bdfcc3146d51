"""A helper beside a command that brings much in: a second process publishes and indexes what has come so far.

It is forked, so that the two share what is loaded, and only where that is safe and pays: on a system that forks, while
no other thread runs, with a second core. It may be killed at any moment and nothing is lost or wrong: leases and the
index's own lock keep the two apart, and the command itself does whatever is left at its end.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Final

from portal.memory import give_back
from repository.config import Config
from repository.errors import Busy, RepositoryError
from repository.site import Site, open_site

_PAUSE_S: Final = 0.2
_STEP_S: Final = 1.0  # of a turn may go into the index
_WAIT_S: Final = 0.5
_BROUGHT: Final = b"b"  # the command publishes itself now, the helper goes on indexing
_PUBLIC: Final = b"p"  # everything is public: the helper indexes it and ends
log = logging.getLogger(__name__)


class Helper:
    """The command's end of the line to its helper. Without one (`process` is None) nothing happens."""

    def __init__(self, process: BaseProcess | None = None, line: int = -1) -> None:
        self._process = process
        self._line = line

    @property
    def is_there(self) -> bool:
        """Whether somebody publishes what the command brings in."""
        return self._process is not None and self._process.is_alive()

    def leave_publishing(self) -> None:
        """From now on the command publishes; the helper indexes."""
        self._say(_BROUGHT)

    def finish(self, waiting: Callable[[], object]) -> None:
        """Wait until the helper has indexed what is public, and has ended; `waiting` is called twice a second."""
        self._say(_PUBLIC)
        while self.is_there and self._process is not None:
            self._process.join(_WAIT_S)
            waiting()

    def end(self) -> None:
        """End it where it stands."""
        if self._process is not None:
            self._process.terminate()
            self._process.join()
            os.close(self._line)

    def _say(self, word: bytes) -> None:
        if self.is_there:
            with contextlib.suppress(BrokenPipeError):  # It has just ended: the command does its work.
                os.write(self._line, word)


@contextmanager
def helper(site: Site) -> Iterator[Helper]:
    """A helper for as long as the block lasts, where one pays."""
    if not _pays():
        yield Helper()
        return
    ours, theirs = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=_help, args=(site.config, ours, theirs), daemon=True)
    process.start()
    os.close(ours)
    found = Helper(process, theirs)
    try:
        yield found
    finally:
        found.end()


def _pays() -> bool:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores > 1 and "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1


def _help(config: Config, line: int, other_end: int) -> None:
    """The helper's life; it ends when it is told to, when the command is gone, and when something goes wrong."""
    os.close(other_end)
    gc.freeze()  # What is shared stays shared for as long as nobody counts it again.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the command decides.
    try:
        _work(open_site(config), line)
    except RepositoryError as error:  # The command will meet the same, and tell it.
        log.debug("the helper gave up", extra={"reason": str(error)})


def _work(site: Site, line: int) -> None:
    from portal.following import follow  # noqa: PLC0415 - commands that bring nothing in start faster
    from repository import publication  # noqa: PLC0415
    from repository.search.service import open_search  # noqa: PLC0415

    searching = open_search(site)
    publishes = True
    while True:
        with contextlib.suppress(Busy):  # Another process is at it.
            if publishes:
                publication.publish(site)
                follow(site)
            searching.step(_STEP_S)
        give_back()
        word = _heard(line)
        publishes = publishes and word != _BROUGHT
        if word == _PUBLIC:
            searching.catch_up()
            return
        if word == b"":
            return


def _heard(line: int) -> bytes | None:
    """What the command says, None when it says nothing for a moment, nothing at all (b"") when it is gone."""
    ready, _, _ = select.select([line], [], [], _PAUSE_S)
    return os.read(line, 1) if ready else None
