"""The program that reads one workbook: a process of its own, with as much memory and time as a workbook may take.

A few hundred bytes can make the reader of workbooks ask for 549 GB (a cell A1 and a cell XFD1048576: it makes room for
the whole rectangle), and then it ends its process (calamine 0.37, 2026-11). So it has one to end. Started with the
path of a file and the wish for a sheet in JSON (its name, its place from 0, or null for all), it writes a line of JSON
for each sheet with rows, its place, and for each of its rows that is not empty: [number, cells], where there are marks
[number, cells, [[column, address], ...], [filled column, ...]]; at the end {} or {"code", "message"}. Nothing but this
is known of what stands in the file.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from schemas.errors import Unreadable
from schemas.formats.table.marks import Filling, MarkedBook, Marks

MOST_BYTES: Final = 224 * 1024 * 1024
MOST_S: Final = 30
MOST_SHEETS: Final = 300
_HINT: Final = "save it as CSV, or leave out what is not needed"


def _limit() -> None:
    """Take no more memory and time than this from here on; leave no core file."""
    for what, most in ((resource.RLIMIT_AS, MOST_BYTES), (resource.RLIMIT_CPU, MOST_S), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def _told(path: Path, wish: str | int | None) -> Iterator[int | list[Any]]:
    """The place of each wanted sheet that has rows, and behind it its rows."""
    import python_calamine  # noqa: PLC0415 - within the limits

    try:
        book = python_calamine.load_workbook(path)
        names = book.sheet_names
        marked = MarkedBook(path)
        for place in _wanted(names, wish):
            sheet, begun = book.get_sheet_by_index(place), False
            for row in _rows(sheet, marked.marks_of(names[place])):
                if not begun:
                    begun = True
                    yield place
                yield row
    except (python_calamine.CalamineError, OSError) as error:
        raise Unreadable("bad_workbook", f"The workbook cannot be read: {str(error)[:300]}.") from error


def _wanted(names: Sequence[str], wish: str | int | None) -> Sequence[int]:
    """The places of the sheets that are asked for; raises Unreadable."""
    if isinstance(wish, int):
        return (wish,)
    if wish is not None:
        if wish not in names:
            listed = ", ".join(names[:MOST_SHEETS])[:500]
            raise Unreadable("bad_mapping", f"The workbook has no sheet “{wish[:100]}”; it has {listed}.")
        return (names.index(wish),)
    if len(names) > MOST_SHEETS:
        message = f"The workbook has {len(names)} sheets; it may have {MOST_SHEETS}. Name the one to read in a mapping."
        raise Unreadable("too_large", message)
    return range(len(names))


def _rows(sheet: Any, marks: Marks) -> Iterator[list[Any]]:
    """The rows of a sheet that have words or links, without the empty cells at their ends."""
    left = sheet.start[1] if sheet.start else 0  # columns before the first that is in use are no cells of a row
    filling = Filling({row: _moved(marked, left) for row, marked in marks.merged.items()})
    for row, values in enumerate(sheet.iter_rows()):
        cells = [_cell(value) for value in values]
        links = _moved(marks.links.get(row, {}), left)
        filled = filling.fill(row, cells) if any(cell.strip() for cell in cells) else ()
        cells = _trimmed(cells, max(links, default=-1) + 1)
        if links or filled:
            yield [row + 1, cells, list(links.items()), filled]
        elif cells:
            yield [row + 1, cells]


def _moved(marked: Mapping[int, Any], left: int) -> dict[int, Any]:
    return {column - left: one for column, one in marked.items()}


def _trimmed(cells: list[str], least: int) -> list[str]:
    """The cells without the empty ones at their end, but those that are linked."""
    width = len(cells)
    while width > least and not cells[width - 1].strip():
        width -= 1
    return cells[:width]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        at = value.isoformat(timespec="seconds")
        return at.removesuffix("T00:00:00")
    return "" if value is None else str(value)


def main() -> None:
    """Write the rows of the file that was named, then how it ended."""
    _limit()
    end: dict[str, str] = {}
    try:
        for told in _told(Path(sys.argv[1]), json.loads(sys.argv[2])):
            sys.stdout.write(json.dumps(told) + "\n")
    except Unreadable as error:
        end = {"code": error.code, "message": error.message}
    except BrokenPipeError:
        return
    except MemoryError:
        end = {"code": "too_large", "message": f"The workbook needs more memory than one may have; {_HINT}."}
    except BaseException:  # noqa: BLE001 - the reader's panics are no Exception; this process is there for them
        end = {"code": "bad_workbook", "message": "The workbook cannot be read: it is broken."}
    sys.stdout.write(json.dumps(end) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
