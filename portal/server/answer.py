"""Answers on their way out: made while their lane's place is held, sent when it is given back.

A small answer is handed to the server whole, which sends it without a thread. What is larger than a megabyte is put
into a file first, so that a slow reader keeps no snapshot of the database open, and one of our files (a dump) is sent
as it is; each of these takes one of the places for large answers, and a thread that waits for its reader.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Final

IN_MEMORY: Final = 1_000_000
_PORTION: Final = 32 * 1024


class Passage:
    """A file that is an answer (PEP 3333, wsgi.file_wrapper): bytes as they are asked for, closed at the end."""

    def __init__(self, file: IO[bytes], portion: int = _PORTION) -> None:
        self.file = file
        self.portion = min(portion, _PORTION)
        self.left: Callable[[], None] | None = None

    @property
    def is_small(self) -> bool:
        return isinstance(self.file, io.BufferedReader) and os.fstat(self.file.fileno()).st_size <= IN_MEMORY

    def __iter__(self) -> Iterator[bytes]:
        while portion := self.file.read(self.portion):
            yield portion

    def close(self) -> None:
        self.file.close()
        left, self.left = self.left, None
        if left is not None:
            left()


def made(answer: Iterable[bytes]) -> list[bytes] | Passage:
    """The whole of an answer: in memory, or in a file when it is large."""
    if isinstance(answer, Passage):
        if not answer.is_small:
            return answer
        try:
            return [b"".join(answer)]
        finally:
            answer.close()
    if isinstance(answer, tuple | list):
        return list(answer)
    try:
        return _collected(iter(answer))
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def _collected(portions: Iterator[bytes]) -> list[bytes] | Passage:
    parts: list[bytes] = []
    size = 0
    for portion in portions:
        parts.append(portion)
        size += len(portion)
        # One piece is there already, however large; many are still to be made.
        if size > IN_MEMORY and len(parts) > 1:
            file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
            file.writelines(parts)
            parts.clear()
            file.writelines(portions)
            file.seek(0)
            return Passage(file)
    return parts
