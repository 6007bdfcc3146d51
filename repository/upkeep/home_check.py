"""The doctor of the home: whether it can be written to, by whom its files are read, and whether the disk has room.

`look` asks the system, `findings` decides, so that tests need no full disk. Changes nothing.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Final, NamedTuple

from repository.config.load import home
from repository.errors import DatabaseError
from repository.upkeep.finding import BACKUP, Finding

LEAST_BYTES: Final = 100_000_000
_MOST_FILES: Final = 100_000


class Home(NamedTuple):
    """What the system says of the home: files by what is wrong with them, and the room there is."""

    path: Path
    exists: bool = True
    free_bytes: int = LEAST_BYTES
    unwritable: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()  # of another owner
    open: tuple[str, ...] = ()  # read or written by others than their owner


def look(path: Path | None = None) -> Home:
    """The home as it is now."""
    path = home() if path is None else path
    if not path.is_dir():
        return Home(path, exists=False)
    unwritable: list[str] = []
    foreign: list[str] = []
    opened: list[str] = []
    for count, each in enumerate([path, *path.rglob("*")]):
        if count > _MOST_FILES:
            break
        try:
            found = each.lstat()
        except OSError:
            continue
        name = str(each.relative_to(path)) if each != path else "."
        if not stat.S_ISLNK(found.st_mode):
            unwritable += [name] if not os.access(each, os.W_OK) else []
            opened += [name] if found.st_mode & 0o077 else []
        foreign += [name] if found.st_uid != os.geteuid() else []
    return Home(path, True, shutil.disk_usage(path).free, tuple(unwritable), tuple(foreign), tuple(opened))


def findings(seen: Home) -> list[Finding]:
    """What is wrong with a home, each with what mends it."""
    if not seen.exists:
        return []
    found = []
    path = seen.path
    if seen.free_bytes < LEAST_BYTES:
        room = f"The disk of {path} has {seen.free_bytes / 1e6:.0f} MB left"
        found.append(Finding("disk", f"{room}: make room, or nothing can be saved; nothing that was saved is lost."))
    if seen.foreign:
        what = f"{_few(seen.foreign)} in {path} belongs to another user"
        found.append(Finding("owner", f"{what}; `chown -R $(id -un) {path}` as root mends it."))
    elif seen.unwritable:
        found.append(
            Finding("read_only", f"{_few(seen.unwritable)} in {path} cannot be written; `chmod -R u+rwX {path}`.")
        )
    if seen.open:
        what = f"{_few(seen.open)} in {path} can be read by other users of the machine"
        found.append(Finding("modes", f"{what}; `chmod -R go= {path}` mends it."))
    return found


def unusable(error: DatabaseError) -> Finding:
    """A database that cannot even be opened."""
    said = str(error).rstrip(".")
    what = "" if "restore" in said else f"; if nothing above says why, {BACKUP} into an empty OERBRON_HOME"
    return Finding("database", f"{said}{what}.")


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
