"""What a workbook says of its cells beside their values: where they link to, and which are merged (ECMA-376, 18.3.1).

A cell that reads "open" links to the resource; a subject merged over ten rows stands in the first. The library that
gives the values gives neither. Both stand at the end of a sheet's part in plain tags, which are looked for and not
parsed; what cannot be found is simply not there. It must not know what a cell means.
"""

from __future__ import annotations

import posixpath
import re
from html import unescape
from typing import Final, NamedTuple

from schemas.errors import Unreadable
from schemas.formats.archive import Archive

_TAG: Final = rb"<(?:\w+:)?%b\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)/?>"
_SHEET, _RELATION, _LINK, _MERGE = (
    re.compile(_TAG % name) for name in (b"sheet", b"Relationship", b"hyperlink", b"mergeCell")
)
_ATTRIBUTE: Final = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c\b[^>]*\br=\"([A-Z]{1,3}\d{1,7})\"[^>]*>\s*<(?:\w+:)?f\b[^>]*>\s*=?(?:_xlfn\.)?HYPERLINK\(\s*(?:&quot;|\")(.*?)(?:&quot;|\")",
    re.IGNORECASE,
)
_CELL: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_WEB: Final = ("http://", "https://")
_TALLEST: Final = 1_000_000  # cells that merged ranges may cover together

Cell = tuple[int, int]
"""Row and column, both from 0."""


class Marks(NamedTuple):
    """The web addresses that cells link to, and the cells that stand for others of a merged range."""

    links: dict[Cell, str]
    merged: dict[Cell, Cell]


NONE: Final = Marks({}, {})


def marks_of(data: bytes, sheet: str) -> Marks:
    """The marks of a sheet, by its name; none where the workbook is of another make."""
    try:
        archive = Archive(data)
        part = _parts(archive).get(sheet)
        if part is None or part not in archive.names:
            return NONE
        source = archive.read(part)
        targets = _relations(archive, part)
    except (Unreadable, KeyError):
        return NONE
    return Marks(_links(source, targets), _merged(source))


def _attributes(inner: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(inner)
    return {key.decode().rpartition(":")[2]: unescape((a or b).decode("utf-8", "replace")) for key, a, b in found}


def _parts(archive: Archive) -> dict[str, str]:
    """The part of each sheet, by its name."""
    book = "xl/workbook.xml"
    targets = _relations(archive, book)
    found = {}
    for inner in _SHEET.findall(archive.read(book)):
        said = _attributes(inner)
        if target := targets.get(said.get("id", "")):
            found[said.get("name", "")] = target
    return found


def _relations(archive: Archive, part: str) -> dict[str, str]:
    """What the relations of a part point at: parts by their names in the archive, addresses as they are."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in archive.names:
        return {}
    found = {}
    for inner in _RELATION.findall(archive.read(rels)):
        said = _attributes(inner)
        target = said.get("Target", "")
        if said.get("TargetMode") != "External":
            target = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
        found[said.get("Id", "")] = target
    return found


def _links(source: bytes, targets: dict[str, str]) -> dict[Cell, str]:
    found: dict[Cell, str] = {}
    if b"HYPERLINK(" in source:
        for cell, address in _FORMULA.findall(source):
            _put(found, cell.decode(), unescape(unescape(address.decode("utf-8", "replace"))))
    for inner in _LINK.findall(source):
        said = _attributes(inner)
        target = targets.get(said.get("id", ""), "")
        if said.get("location") and target and "#" not in target:
            target = f"{target}#{said['location']}"
        _put(found, said.get("ref", "").partition(":")[0], target)
    return found


def _put(found: dict[Cell, str], name: str, address: str) -> None:
    cell = _cell(name)
    if cell is not None and address.strip().lower().startswith(_WEB):
        found[cell] = address.strip()


def _merged(source: bytes) -> dict[Cell, Cell]:
    """The cells below the first of a merged range: what stands in the first is said of each of its rows."""
    found: dict[Cell, Cell] = {}
    for inner in _MERGE.findall(source):
        first, _, last = _attributes(inner).get("ref", "").partition(":")
        start, end = _cell(first), _cell(last)
        if start is None or end is None or len(found) + end[0] - start[0] > _TALLEST:
            continue
        for row in range(start[0] + 1, end[0] + 1):
            found[row, start[1]] = start
    return found


def _cell(name: str) -> Cell | None:
    found = _CELL.fullmatch(name)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1
