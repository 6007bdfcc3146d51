"""XLSX and its kin: rows from a process of their own, which a hostile workbook may end without harm to this one.

The bytes are handed over in a file, the rows come back one by one, so that here no more than one of them is held. What
may be held there, and why, is workbook_child's. It must not know what the columns mean.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import msgspec

from schemas.errors import Unreadable
from schemas.formats.archive import Archive, is_archive
from schemas.formats.table.text import LONGEST_ROW, Row

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMES: Final = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_ENTRIES: Final = 10_000  # a workbook of a thousand sheets has some two thousand
_LONGEST_NAME: Final = 10_000  # of a sheet; a program admits 31 characters
_CHILD: Final = Path(__file__).with_name("workbook_child.py")
_AT_ONCE: Final = BoundedSemaphore(4)
_TOO_MUCH: Final = Unreadable(
    "too_large",
    "The workbook needs more memory or time than one may have (256 MB, 30 s), or its cells lie too far apart;"
    " save it as CSV, or leave out what is not needed.",
)


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a spreadsheet: a zip with a workbook in it, or the old compound file."""
    if data[:8] == OLE:
        return True
    if not is_archive(data):
        return False
    try:
        names = set(Archive(data).names)
    except Unreadable:
        return False
    return bool(names.intersection(_NAMES[:2])) or ("content.xml" in names and "mimetype" in names)


def sheets(data: bytes, wish: str | int | None) -> Iterator[int | Row]:
    """The place of each sheet with rows, and its rows behind it; raises Unreadable, also after some of them.

    `wish` is the name of the only sheet to read, or its place among those of the workbook, from 0.
    """
    if is_archive(data) and len(Archive(data).names) > _ENTRIES:  # the guard
        raise Unreadable("unsafe_archive", f"The workbook has more than {_ENTRIES} parts.")
    with _AT_ONCE, tempfile.NamedTemporaryFile(prefix="oerbron-") as file:
        try:
            file.write(data)
            file.flush()
        except OSError as error:
            raise Unreadable("unreadable_file", f"The workbook cannot be read: {error.strerror}.") from error
        yield from _of_child(file.name, wish[:_LONGEST_NAME] if isinstance(wish, str) else wish)


def _of_child(path: str, wish: str | int | None) -> Iterator[int | Row]:
    # It runs the very code of this process (its path), and nothing that lies in the current folder (-P).
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    with subprocess.Popen(  # noqa: S603 - a program of ours
        [sys.executable, "-P", str(_CHILD), path, json.dumps(wish)], env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as child:  # fmt: skip
        assert child.stdout is not None  # noqa: S101 - it is started with a pipe
        try:
            while line := child.stdout.readline(8 * LONGEST_ROW):
                told = _read(line)
                if isinstance(told, int):
                    yield told
                elif isinstance(told, list):
                    yield _row(*told)
                elif "code" in told:
                    raise Unreadable(told["code"], told["message"])
                else:
                    return
            raise _TOO_MUCH
        finally:
            child.kill()


def _row(number: int, cells: list[str], links: Iterable[tuple[int, str]] = (), filled: Iterable[int] = ()) -> Row:
    return Row(f"row {number}", cells, dict(links), tuple(filled))


def _read(line: bytes) -> Any:
    """What the child said; a line that breaks off is its end."""
    if not line.endswith(b"\n"):
        raise _TOO_MUCH
    return msgspec.json.decode(line)
