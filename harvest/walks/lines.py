"""Walking one address of JSON Lines (AMB, or canonical lines): fetched whole into a file, taken in by portions.

The file is the whole list, so what it no longer names is gone, unless one of its lines cannot be read: that might be
anybody's. A walk that is taken up again fetches again: in the same file it goes on at its line, in another it restarts.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final

import msgspec

from harvest.errors import BadStatus, Failed, Lost, TooMuch, Unreachable
from harvest.walks.walk import Around, Ended, Step, carefully, packed
from repository.records.origin import key_of
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from schemas.xml import reader as xml

AT_ONCE: Final = 200
LONGEST_LINE: Final = xml.RECORD.size_bytes
_ACCEPT: Final = {"Accept": "application/x-ndjson, application/jsonl, application/json;q=0.9, */*;q=0.5"}


class Cursor(msgspec.Struct, frozen=True, tag="lines", omit_defaults=True):
    """Byte and line where the walk stands, in the file of this digest."""

    digest: str = ""
    at: int = 0
    line: int = 0
    unnamed: int = 0  # lines whose record is not known
    records: int = 0  # that could be read


class LinesWalk:
    """One file of lines."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self._file: BinaryIO | None = None
        self._digest = ""

    def begin(self) -> Step:
        return Step(packed(Cursor()), response_date=self.around.now())

    def step(self, cursor: bytes) -> Step:
        at = msgspec.json.decode(cursor, type=Cursor)
        file = self._fetched()
        if at.digest != self._digest:
            at = Cursor(self._digest)
        file.seek(at.at)
        lines = list(islice(_lines(file), AT_ONCE))
        deliveries = [one for n, line in enumerate(lines, at.line + 1) for one in self._of_line(line, n)]
        keys = [key_of(each) for each in deliveries]
        after = msgspec.structs.replace(
            at, at=file.tell(), line=at.line + len(lines), unnamed=at.unnamed + keys.count(None),
            records=at.records + sum(each.reading is not None or each.deleted for each in deliveries),
        )  # fmt: skip
        seen = tuple(key for key in keys if key)
        if len(lines) == AT_ONCE:
            return Step(packed(after), lambda: deliveries, seen=seen)
        if after.records == 0:
            raise Failed(f"{self.around.source.url} holds no lines of JSON that describe records.")
        notes = ("Lines that cannot be read may be anybody's, so nothing was deleted.",) if after.unnamed else ()
        ended = Ended(audited=not after.unnamed)
        return Step(packed(ended), lambda: deliveries, seen=seen, notes=notes)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _fetched(self) -> BinaryIO:
        """The file; raises Lost, Failed."""
        if self._file is not None and self._digest:
            return self._file
        file: BinaryIO = tempfile.TemporaryFile(prefix="oerbron-lines-")  # noqa: SIM115 - `close` closes it
        self._file = file
        address = self.around.source.url
        try:
            answer = self.around.guest.get(address, _ACCEPT, into=file)
        except (Unreachable, BadStatus, TooMuch) as error:
            raise Lost(str(error)) from error
        if answer.status != 200:
            raise Failed(f"{address} answered with HTTP {answer.status}.{answer.detour}")
        file.seek(0)
        digest = hashlib.sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
        self._digest = digest.hexdigest()
        return file

    def _of_line(self, line: bytes, number: int) -> Iterator[Delivery]:
        if not line.strip():
            return
        place = f"line {number}"
        if len(line) > LONGEST_LINE:
            problem = Problem("", "too_large", f"The line is longer than {LONGEST_LINE} bytes.")
            yield Delivery(place=place, format="json", problems=(problem,), source_bytes=line[:1_000])
            return
        request = incoming.Incoming("", "amb", salvage=True, vocabularies=self.around.vocabularies)
        for one in carefully(incoming.deliveries(line, request), place, line):
            # The lines are another repository's: they name no record of ours, and no source but this one.
            yield msgspec.structs.replace(one, place=place, id=None, source=None, organisation=None, collections=None)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines from a file's position on; of one that is too long only the beginning, enough to see that it is."""
    while line := file.readline(LONGEST_LINE + 1):
        whole = line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE + 1)
            if not line:
                break
        yield whole
