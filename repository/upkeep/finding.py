"""What the doctor found: one thing wrong, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

BACKUP: Final = "restore a backup (`oerbron restore FILE`)"
REFRESH: Final = "`oerbron publish --refresh` renders it anew"
_SHOWN: Final = 5


class Finding(NamedTuple):
    """One thing wrong: a code, and a sentence that says what, where and what to do."""

    code: str
    message: str


def named(rows: Sequence[Any]) -> str:
    """The first few of some rows by what names them, and how many more there are."""
    shown = ", ".join(str(row[0]) for row in rows[:_SHOWN])
    return shown + (f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else "")
