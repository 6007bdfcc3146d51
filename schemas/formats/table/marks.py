"""What a workbook says of its cells beside their values: where they link to, and which are merged (ECMA-376, 18.3.1).

A cell that reads "open" links to the resource; a subject merged over ten rows stands in the first. The library that
gives the values gives neither. Both stand at the end of a sheet's part in plain tags, which are looked for portion by
portion and not parsed; what cannot be found is simply not there. It is run by workbook_child, under its limits: a range
is kept as its ends and never as its cells. It must not know what a cell means.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from schemas.errors import Unreadable
from schemas.formats.archive import Archive

MOST: Final = 100_000  # links and merged ranges of a sheet; a spreadsheet program admits 65,530 links
_PORTION: Final = 1 << 20
_LONGEST_TAG: Final = 1 << 14
# No `<` stands inside a tag, so that each is looked at once, however many are begun.
_TAG: Final = rb"<(?:\w{1,20}:)?%b\b((?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*+)>"
_SHEET, _RELATION, _LINK, _MERGE = (
    re.compile(_TAG % name) for name in (b"sheet", b"Relationship", b"hyperlink", b"mergeCell")
)
_ATTRIBUTE: Final = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FORMULA: Final = re.compile(
    rb"<(?:\w{1,20}:)?c\b[^<>]{0,300}?\br=\"([A-Z]{1,3}\d{1,7})\"[^<>]{0,300}>\s{0,99}<(?:\w{1,20}:)?f\b[^<>]{0,300}>"
    rb"\s{0,99}=?(?:_xlfn\.)?HYPERLINK\(\s{0,99}(?:&quot;|\")([^<\n]{0,4000}?)(?:&quot;|\")",
    re.IGNORECASE,
)
_CELL: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_WEB: Final = ("http://", "https://")
_BOOK: Final = "xl/workbook.xml"

Cell = tuple[int, int]
"""Row and column, both from 0."""


class Marks(NamedTuple):
    """By row and column: the web address that a cell links to, and the last row of the merged range it begins."""

    links: dict[int, dict[int, str]]
    merged: dict[int, dict[int, int]]


NONE: Final = Marks({}, {})


class MarkedBook:
    """A workbook whose sheets have marks; one of another make has none."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive: Archive | None = Archive(path)
            self._parts = _parts(self._archive)
        except (Unreadable, KeyError, OSError):
            self._archive, self._parts = None, {}

    def marks_of(self, sheet: str) -> Marks:
        """The marks of a sheet, by its name; raises Unreadable(too_large) where there are too many."""
        part = self._parts.get(sheet)
        if self._archive is None or part is None or part not in self._archive.names:
            return NONE
        try:
            marks = _marks(self._archive, part)
        except Unreadable as error:
            if error.code == "too_large":
                raise
            return NONE
        return marks


class Filling:
    """Goes down the rows of a sheet and says of each what merged cells above it say."""

    def __init__(self, merged: Mapping[int, Mapping[int, int]]) -> None:
        self._merged = merged
        self._open: dict[int, tuple[int, str]] = {}  # by column: last row, and the words of the first

    def fill(self, row: int, cells: list[str]) -> tuple[int, ...]:
        """Give the empty cells of the next row that has words their values; the columns that were filled."""
        self._open = {column: one for column, one in self._open.items() if one[0] >= row}
        filled = []
        for column, (_, said) in self._open.items():
            if column < len(cells) and not cells[column].strip():
                cells[column] = said
                filled.append(column)
        for column, last in self._merged.get(row, {}).items():
            if column < len(cells) and cells[column].strip():
                self._open[column] = last, cells[column]
        return tuple(filled)


def _marks(archive: Archive, part: str) -> Marks:
    targets = _relations(archive, part)
    links: dict[int, dict[int, str]] = {}
    merged: dict[int, dict[int, int]] = {}
    count = 0
    for portion in archive.portions(part, _PORTION, _LONGEST_TAG):
        for (row, column), address in _links(portion, targets):
            count += column not in links.setdefault(row, {})
            links[row][column] = address
            _bound(count)
        for (row, column), last in _merged(portion):
            count += column not in merged.setdefault(row, {})
            merged[row][column] = last
            _bound(count)
    return Marks(links, merged)


def _bound(count: int) -> None:
    if count > MOST:
        raise Unreadable("too_large", f"A sheet of the workbook has more than {MOST} links or merged cells.")


def _attributes(inner: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(inner)
    return {key.decode().rpartition(":")[2]: unescape((a or b).decode("utf-8", "replace")) for key, a, b in found}


def _tags(archive: Archive, part: str, tag: re.Pattern[bytes]) -> Iterator[dict[str, str]]:
    """The attributes of each tag of a part; of one on the border of two portions twice."""
    for portion in archive.portions(part, _PORTION, _LONGEST_TAG):
        yield from (_attributes(found[1]) for found in tag.finditer(portion))


def _parts(archive: Archive) -> dict[str, str]:
    """The part of each sheet, by its name."""
    targets = _relations(archive, _BOOK)
    found = {}
    for said in _tags(archive, _BOOK, _SHEET):
        if target := targets.get(said.get("id", "")):
            found[said.get("name", "")] = target
    return found


def _relations(archive: Archive, part: str) -> dict[str, str]:
    """What the relations of a part point at: parts by their names in the archive, addresses as they are."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, str] = {}
    if rels not in archive.names:
        return found
    for said in _tags(archive, rels, _RELATION):
        target = said.get("Target", "")
        if said.get("TargetMode") != "External":
            target = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
        found[said.get("Id", "")] = target
        _bound(len(found))
    return found


def _links(portion: bytes, targets: dict[str, str]) -> Iterator[tuple[Cell, str]]:
    """The cells of a portion that link, and the web addresses they link to."""
    said: list[Iterator[tuple[str, str]]] = []
    if b"HYPERLINK(" in portion:
        said.append(_of_formulas(portion))
    if b"hyperlink" in portion:
        said.append(_of_tags(portion, targets))
    for name, address in chain.from_iterable(said):
        cell = _cell(name)
        if cell is not None and address.strip().lower().startswith(_WEB):
            yield cell, address.strip()


def _of_formulas(portion: bytes) -> Iterator[tuple[str, str]]:
    for found in _FORMULA.finditer(portion):
        yield found[1].decode(), unescape(unescape(found[2].decode("utf-8", "replace")))


def _of_tags(portion: bytes, targets: dict[str, str]) -> Iterator[tuple[str, str]]:
    for found in _LINK.finditer(portion):
        said = _attributes(found[1])
        target = targets.get(said.get("id", ""), "")
        if said.get("location") and target and "#" not in target:
            target = f"{target}#{said['location']}"
        yield said.get("ref", "").partition(":")[0], target


def _merged(portion: bytes) -> Iterator[tuple[Cell, int]]:
    """The first cell of each merged range and its last row: what stands in the first is said of each of its rows."""
    if b"mergeCell" not in portion:
        return
    for found in _MERGE.finditer(portion):
        first, _, last = _attributes(found[1]).get("ref", "").partition(":")
        start, end = _cell(first), _cell(last)
        if start is not None and end is not None and end[0] > start[0]:
            yield start, end[0]


def _cell(name: str) -> Cell | None:
    found = _CELL.fullmatch(name)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1
