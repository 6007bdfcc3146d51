"""The program that reads one workbook: a process of its own, with as much memory and time as a workbook may take.

A few hundred bytes can make the reader of workbooks ask for 549 GB (a cell A1 and a cell XFD1048576: it makes room for
the whole rectangle), and then it ends its process (calamine 0.37, 2026-11). So it has one to end. Started with the path
of a file and the name of a sheet ("" for the first one with rows); writes a line of JSON per row that is not empty,
[number, cells], and at the end {} or {"code", "message"}. Nothing but this is known of what stands in the file.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final

MOST_BYTES: Final = 224 * 1024 * 1024
MOST_S: Final = 30
_HINT: Final = "save it as CSV, or leave out what is not needed"


class _Bad(Exception):
    """What is wrong with the workbook: a code and a sentence."""


def _limit() -> None:
    """Take no more memory and time than this from here on; leave no core file."""
    for what, most in ((resource.RLIMIT_AS, MOST_BYTES), (resource.RLIMIT_CPU, MOST_S), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def _rows(path: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the sheet of that name, or of the first sheet with rows, without the empty cells at their ends."""
    import python_calamine  # noqa: PLC0415 - within the limits

    try:
        book = python_calamine.load_workbook(path)
        names = [name] if name else book.sheet_names
        for one in names:
            if one not in book.sheet_names:
                listed = ", ".join(book.sheet_names)[:500]
                raise _Bad("bad_mapping", f"The workbook has no sheet “{one}”; it has {listed}.")
            found = False
            for number, row in enumerate(book.get_sheet_by_name(one).iter_rows(), 1):
                cells = _trimmed([_cell(value) for value in row])
                if cells:
                    found = True
                    yield number, cells
            if found:
                return
    except (python_calamine.CalamineError, OSError) as error:
        raise _Bad("bad_workbook", f"The workbook cannot be read: {str(error)[:300]}.") from error
    raise _Bad("empty_file", "The workbook has no rows.")


def _trimmed(cells: list[str]) -> list[str]:
    width = len(cells)
    while width and not cells[width - 1].strip():
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
        for row in _rows(sys.argv[1], sys.argv[2]):
            sys.stdout.write(json.dumps(row) + "\n")
    except _Bad as bad:
        end = {"code": bad.args[0], "message": bad.args[1]}
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
