"""Many rows in few statements, for PostgreSQL: a round trip of the driver costs more than the row itself.

Pure. Takes statements as `database.many` does, `?` for each value. An INSERT becomes one with many rows, a DELETE by
one or two keys becomes one with arrays; any other statement stays as it is and runs once per row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

MOST_VALUES: Final = 20_000  # in one statement; the protocol takes 65,535
_INSERT: Final = re.compile(r"(INSERT INTO .* VALUES )(\(\?(?:, \?)*\))(.*)", re.DOTALL)
_DELETE: Final = re.compile(r"DELETE FROM (\S+) WHERE (\w+) = \?")
_DELETE_PAIRS: Final = re.compile(r"DELETE FROM (\S+) WHERE (\w+) = \? AND (\w+) = \?")

Row = tuple[Any, ...]


@cache
def marked(statement: str) -> str:
    """A statement with `%s` for each value."""
    return statement.replace("?", "%s")


def statements(statement: str, rows: Sequence[Row]) -> Iterator[tuple[str, Row | list[Row]]]:
    """Statements with `%s` for values, and what to run them with: one tuple, or a list of them (a run for each)."""
    if found := _INSERT.fullmatch(statement):
        yield from _inserts(found[1], marked(found[2]), marked(found[3]), rows)
    elif found := _DELETE.fullmatch(statement):
        yield f"DELETE FROM {found[1]} WHERE {found[2]} = ANY(%s)", ([row[0] for row in rows],)
    elif found := _DELETE_PAIRS.fullmatch(statement):
        groups: dict[Any, list[Any]] = {}
        for first, second in rows:
            groups.setdefault(first, []).append(second)
        yield f"DELETE FROM {found[1]} WHERE {found[2]} = %s AND {found[3]} = ANY(%s)", list(groups.items())
    else:
        yield marked(statement), list(rows)


def _inserts(head: str, marks: str, tail: str, rows: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    at_once = max(1, MOST_VALUES // len(rows[0]))
    for start in range(0, len(rows), at_once):
        portion = rows[start : start + at_once]
        values = ", ".join([marks] * len(portion))
        yield f"{head}{values}{tail}", tuple(value for row in portion for value in row)
