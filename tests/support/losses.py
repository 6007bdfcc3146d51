"""Which fields of the full record come back through a format, each field written alone beside a title."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from schemas.formats.format import Reading, Writing
from schemas.record import General, Record
from tests.support.samples import a_full_record, writing

_WHOLE = ("metaMetadata", "relation", "annotation", "classification", "files", "ext")


def lost(write: Callable[[Record, Writing], bytes | None], read: Callable[[bytes], Reading]) -> set[str]:
    """The paths of the fields that are another value after writing and reading."""
    found = set()
    for path, record in _fields():
        written = write(record, writing(record))
        assert written is not None
        if _at(read(written).record, path) != _at(record, path):
            found.add(path)
    return found


def _fields() -> Iterator[tuple[str, Record]]:
    """Every field of the full record by its path, in a record that has it and a title."""
    full = msgspec.to_builtins(a_full_record())
    title = msgspec.to_builtins(Record(general=General(title=a_full_record().general.title)))  # type: ignore[union-attr]
    for category, value in full.items():
        if category in _WHOLE:
            yield category, msgspec.convert({**title, category: value}, Record)
            continue
        part = value[0] if isinstance(value, tuple) else value
        for field in part:
            alone: Any = {**title.get(category, {}), field: part[field]}
            alone = [alone] if isinstance(value, tuple) else alone
            yield f"{category}.{field}", msgspec.convert({**title, category: alone}, Record)


def _at(record: Record, path: str) -> Any:
    value: Any = msgspec.to_builtins(record)
    for key in path.split("."):
        value = value[0] if isinstance(value, tuple) and value else value
        value = value.get(key) if isinstance(value, dict) else None
    return value
