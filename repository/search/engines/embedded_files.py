"""The files of an embedded index: held against their own checksums, and what an error while using them means.

Each file of tantivy ends in its payload's CRC-32 (a footer of JSON, its length, a magic number: tantivy 0.27,
directory/footer.rs). `meta.json` names the segments that count. A generation that cannot be read gets a file `damaged`.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from repository.search.errors import IndexDamaged, SearchUnavailable

META: Final = "meta.json"
RECORDS: Final = "records"
WORDS: Final = "words"
DAMAGED: Final = "damaged"
_OF_THE_MACHINE: Final = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES, errno.EPERM, errno.EROFS)
)
"""Errors that say nothing about the files of an index: a full disk, no more handles, no right to them."""
log = logging.getLogger(__name__)
_MAGIC: Final = 1337
_PARTS: Final = ("idx", "pos", "term", "store", "fast", "fieldnorm")
_TAIL: Final = struct.Struct("<II")
_MOST_FOOTER: Final = 10_000
_PIECE: Final = 1 << 20


def flaws(generation: Path) -> list[str]:
    """What is wrong with the files of a generation, `records/ab12.idx: ...` each; an empty list is health."""
    found = []
    for part in (WORDS, RECORDS):
        if not (generation / part).is_dir():
            found.append(f"{part}: it is gone")
            continue
        found += [f"{part}/{flaw}" for flaw in _of_part(generation / part)]
    return found


def _of_part(folder: Path) -> Iterator[str]:
    try:
        before = (folder / META).read_bytes()
        names = _names(json.loads(before))
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{META}: it cannot be read ({type(error).__name__})"
        return
    found = [f"{name}: {flaw}" for name in names if (flaw := _flaw(folder / name)) is not None]
    try:  # A writer may have merged segments meanwhile: what it took away is missed by nobody.
        after = (folder / META).read_bytes()
    except OSError:
        after = b""
    yield from found if after == before else ()


def _names(meta: Any) -> Iterator[str]:
    """The files of the segments that count."""
    for segment in meta["segments"]:
        name = str(segment["segment_id"]).replace("-", "")
        yield from (f"{name}.{part}" for part in _PARTS)
        if segment.get("deletes"):
            yield f"{name}.{int(segment['deletes']['opstamp'])}.del"


def _flaw(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL.size))
            length, magic = _TAIL.unpack(file.read(_TAIL.size))
            payload = size - _TAIL.size - length
            if magic != _MAGIC or length > _MOST_FOOTER or payload < 0:
                return "it was cut off, or overwritten"
            file.seek(payload)
            wanted = json.loads(file.read(length))["crc"]
            file.seek(0)
            found = 0
            while payload > 0 and (piece := file.read(min(_PIECE, payload))):
                found, payload = zlib.crc32(piece, found), payload - len(piece)
            return None if found == wanted else "it was changed"
    except FileNotFoundError:
        return "it is gone"
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        return f"it cannot be read ({type(error).__name__})"


@contextmanager
def translated(generation: Path, *, opening: bool = False) -> Iterator[None]:
    """Errors of tantivy as ours; an index that is damaged is marked, so that nobody uses it again."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise _meant(generation, error, opening=opening) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a panic in Rust arrives; it is no Exception
            raise
        raise _meant(generation, error, opening=opening) from error


def _meant(generation: Path, error: BaseException, *, opening: bool) -> SearchUnavailable:
    """What an error while using a generation means: its files are damaged, or it cannot be used just now.

    An index that does not open is of no use. Of one that did, the files decide: an odd question, or an odd record,
    must never cost the index.
    """
    found = re.search(r"os error (\d+)", str(error))
    number = error.errno if isinstance(error, OSError) else int(found[1]) if found else None
    if number in _OF_THE_MACHINE:
        return SearchUnavailable(f"The search index cannot be used now: {os.strerror(number or 0)}.")
    if not opening and not flaws(generation):
        return SearchUnavailable(f"The search index cannot do this: {str(error)[:200]}.")
    with suppress(OSError):
        (generation / DAMAGED).touch()
    log.warning("the search index is damaged", extra={"index": generation.name, "reason": str(error)[:300]})
    return IndexDamaged(f"The index {generation.name} is damaged ({str(error)[:200]}); a new one is being made.")
