"""How a process takes its memory."""

from __future__ import annotations

import ctypes
from typing import Final

_M_ARENA_MAX: Final = -8


def one_arena() -> None:
    """Let all threads take their memory from one place, where the C library has several (glibc, mallopt(3)).

    What is made now in this thread and now in that one, answers of some hundred kilobytes or segments of the index,
    would each keep a heap of their own alive: a fifth more memory in a server, which then takes a tenth longer for a
    page too, and 70 MB in a command that indexes. Only one thread runs Python at a time, so that none waits for another
    here.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Give the system back what is free at the moment (glibc, malloc_trim(3))."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
