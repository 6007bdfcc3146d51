"""Zip archives, read in memory and guarded: nothing is ever unpacked to disk.

The whole archive is refused for a name that leads out of it, a link, a name given twice, an entry that swells more than
a hundredfold, an encrypted one, or simply too much of it all (reliability.md, archives): whoever made it meant harm or
made a mistake that guessing makes worse. It must not know what the entries hold.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from schemas.errors import Unreadable

MAGIC: Final = b"PK\x03\x04"
EMPTY_MAGIC: Final = b"PK\x05\x06"
_RATIO: Final = 100
_SMALL_BYTES: Final = 1024 * 1024  # what swells to less than this can do no harm
_TOTAL_BYTES: Final = 1024 * 1024 * 1024
_ENTRY_BYTES: Final = 100 * 1024 * 1024
_ENTRIES: Final = 100_000
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class Archive:
    """The entries of a zip by name, in the order of its directory. Raises Unreadable(unsafe_archive | bad_archive)."""

    def __init__(self, data: bytes | Path) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data) if isinstance(data, bytes) else data)
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            raise Unreadable("bad_archive", "The zip archive is broken or cut off.") from error
        entries = self._zip.infolist()
        if len(entries) > _ENTRIES:
            raise Unreadable("unsafe_archive", f"The archive has more than {_ENTRIES} entries.")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for entry in entries:
            _guard(entry)
            if entry.filename in self._entries:
                raise Unreadable("unsafe_archive", f"The archive has the name {_named(entry)} twice.")
            self._entries[entry.filename] = entry
            total += entry.file_size
        if total > _TOTAL_BYTES:
            raise Unreadable("unsafe_archive", "The archive holds more than a gigabyte.")

    @property
    def names(self) -> tuple[str, ...]:
        """The files in the archive, folders left out."""
        return tuple(name for name, entry in self._entries.items() if not entry.is_dir())

    def read(self, name: str) -> bytes:
        """The bytes of an entry; raises Unreadable when it is broken, too large or not what the directory says."""
        entry = self._entries[name]
        if entry.file_size > _ENTRY_BYTES:
            raise Unreadable("too_large", f"{_named(entry)} is larger than {_ENTRY_BYTES // 1024 // 1024} MB.")
        try:
            with self._zip.open(entry) as source:
                data = source.read(entry.file_size + 1)
        except _BROKEN as error:
            raise Unreadable("bad_archive", f"{_named(entry)} in the archive is broken.") from error
        if len(data) != entry.file_size:
            raise Unreadable("unsafe_archive", f"{_named(entry)} holds more than the archive says.")
        return data

    def portions(self, name: str, size: int, overlap: int) -> Iterator[bytes]:
        """The bytes of an entry, `size` at a time behind the last `overlap` of those before; raises Unreadable."""
        entry = self._entries[name]
        kept = b""
        try:
            with self._zip.open(entry) as source:
                while data := source.read(size):
                    yield kept + data
                    kept = (kept + data)[-overlap:]
        except _BROKEN as error:
            raise Unreadable("bad_archive", f"{_named(entry)} in the archive is broken.") from error


def is_archive(data: bytes) -> bool:
    return data[:4] in (MAGIC, EMPTY_MAGIC)


def _guard(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name.partition("/")[0] or ".." in name.split("/") or "\x00" in name:
        raise Unreadable("unsafe_archive", f"The name {_named(entry)} leads out of the archive.")
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable("unsafe_archive", f"{_named(entry)} is a link or a device, not a file.")
    if entry.flag_bits & 1:
        raise Unreadable("unsafe_archive", f"{_named(entry)} is encrypted.")
    if entry.file_size > _SMALL_BYTES and entry.file_size > _RATIO * max(entry.compress_size, 1):
        raise Unreadable("unsafe_archive", f"{_named(entry)} swells more than {_RATIO} times.")


def _named(entry: zipfile.ZipInfo) -> str:
    return "“" + entry.filename[:120].encode("unicode_escape").decode() + "”"
