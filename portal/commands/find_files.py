"""Finding records on disk: files, folders and what is in them, as deliveries; each file ends in records or a reject.

Read by content (schemas.formats.incoming.incoming), never by name. What cannot even be opened is a reject with its
reason, so that the batch goes on (design.md 4). In a walked folder, hidden files and those that only describe it
(README, LICENSE, *.md) are skipped and counted, unless they are named themselves.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from schemas.errors import Problem, UnknownFormat, Unreadable
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from schemas.vocabularies.vocabularies import Vocabularies

MOST_BYTES = 4_000_000_000
_ABOUT = ("readme", "license", "licence", "copying", "sources", "notice")


class Wishes(msgspec.Struct, frozen=True):
    """How to read: a format or "auto", a mapping for tables, and whether to mend what can be mended."""

    format: str = "auto"
    mapping: bytes | None = None
    salvage: bool = False


class Found(msgspec.Struct, frozen=True):
    """A file to read; `problem` says why it cannot be."""

    path: Path
    name: str
    problem: Problem | None = None


class Walk:
    """The files under some paths, in the order of their names; `passed_by` counts those that hold no records."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.passed_by = 0

    def __iter__(self) -> Iterator[Found]:
        for path in self.paths:
            if path.is_dir():
                yield from self._folder(path)
            else:
                yield _found(path)

    def _folder(self, folder: Path) -> Iterator[Found]:
        unlisted: list[OSError] = []
        for name, folders, files in os.walk(folder, onerror=unlisted.append):
            self.passed_by += sum(one.startswith(".") for one in folders)
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for file in sorted(files):
                if file.startswith(".") or _only_speaks(file):
                    self.passed_by += 1
                else:
                    yield _found(Path(name) / file)
            while unlisted:
                error = unlisted.pop()
                yield _unreadable(Path(error.filename), f"The folder cannot be listed: {error.strerror}.")


def deliveries(found: Found, wishes: Wishes, vocabularies: Vocabularies) -> Iterator[Delivery]:
    """Everything in one file; at least one delivery, which is a reject when there is no record in it.

    Raises UnknownFormat when the wishes name a format that does not exist.
    """
    if found.problem is not None:
        yield _reject(found, found.problem)
        return
    try:
        data = found.path.read_bytes()
    except OSError as error:
        yield _reject(found, Problem("", "unreadable_file", f"The file cannot be read: {error.strerror}."))
        return
    request = incoming.Incoming(
        name=found.name,
        format=wishes.format,
        mapping=wishes.mapping,
        salvage=wishes.salvage,
        vocabularies=vocabularies,
    )
    try:
        for delivery in incoming.deliveries(data, request):
            yield msgspec.structs.replace(delivery, file=found.name)
    except Unreadable as error:
        yield _reject(found, Problem("", error.code, error.message), error.place)
    except UnknownFormat:
        raise
    except Exception as error:  # noqa: BLE001 - a run loop: one file never stops a batch
        reason = f"The rest of the file could not be read: {type(error).__name__}: {error}"
        yield _reject(found, Problem("", "internal", reason))


def shown(path: Path | str) -> str:
    """The name of a file as text: bytes that are no UTF-8 are shown as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _found(path: Path) -> Found:
    try:
        status = path.stat()
    except OSError as error:
        kind = "broken_link" if path.is_symlink() else "unreadable_file"
        return _unreadable(path, f"The file cannot be opened: {error.strerror}.", kind)
    if not stat.S_ISREG(status.st_mode):
        return _unreadable(path, "This is no ordinary file.", "not_a_file")
    if status.st_size > MOST_BYTES:
        return _unreadable(path, f"The file is larger than {MOST_BYTES} bytes.", "too_large")
    return Found(path, shown(path))


def _unreadable(path: Path, sentence: str, code: str = "unreadable_file") -> Found:
    return Found(path, shown(path), Problem("", code, sentence))


def _reject(found: Found, problem: Problem, place: str = "file") -> Delivery:
    return Delivery(place=place, format="", problems=(problem,), file=found.name)


def _only_speaks(name: str) -> bool:
    stem, _, ending = name.lower().rpartition(".")
    return ending == "md" or (stem or ending).startswith(_ABOUT)
