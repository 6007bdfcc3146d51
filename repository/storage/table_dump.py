"""A dump: tables as JSON lines in a zip with a manifest, read in one snapshot.

The file holds no path and no SQL of either database, so PostgreSQL can take what SQLite gave. Backups are dumps of
today's tables; a migration dumps the tables that it finds before it changes them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, select, text

FORMAT: Final = 1
LEFT_OUT: Final = frozenset({"lease", "alembic_version"})
ROWS: Final = 500
Tell = Callable[[str, int], None]


def write_dump(
    connection: Connection, tables: Iterable[Table], path: Path, *, schema: str, made: int, tell: Tell | None = None
) -> dict[str, Any]:
    """Write the rows of some tables, in order; gives the manifest. The file appears whole or not at all.

    `schema` is the step of the migrations that made the tables, `made` the time in seconds since the epoch.
    """
    partial = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            told = {table.name: _dump(connection, table, out, tell) for table in tables}
            horizon = connection.execute(text("SELECT w, epoch FROM horizon WHERE id = 1")).one()
            manifest = {
                "format": FORMAT, "schema": schema, "made": made, "watermark": horizon.w,
                "epoch": horizon.epoch, "tables": told,
            }  # fmt: skip
            out.writestr("manifest.json", json.dumps(manifest, indent=1))
        _sync(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def tables_found(connection: Connection) -> Iterator[Table]:
    """The tables that are in the database, whatever its version; each stands after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    yield from (table for table in found.sorted_tables if table.name not in LEFT_OUT)


def _dump(connection: Connection, table: Table, out: zipfile.ZipFile, tell: Tell | None) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    rows = connection.execute(select(table).execution_options(yield_per=ROWS))
    with out.open(f"{table.name}.jsonl", "w", force_zip64=True) as part:
        for row in rows:
            values = [_out(value) for value in row]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            part.write(line)
            count += 1
    if tell is not None:
        tell(table.name, count)
    return {"rows": count, "sha256": digest.hexdigest()}


def _out(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
