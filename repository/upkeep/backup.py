"""Backup and restore: every table in one snapshot, as JSON lines in a zip with a manifest.

The file holds no path and no SQL of either database, so what SQLite gave PostgreSQL takes. Two ways back
(design.md, 2): `exact` gives byte-identical answers; a disaster restore gives a new epoch and moves every record.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, MetaData, Table, text

from repository.clock import Clock
from repository.errors import DatabaseError
from repository.migrations.migration import HEAD
from repository.published import datestamp_of, face_table
from repository.publishing import opening, outbox
from repository.publishing.sealing import FORCED
from repository.storage.database import Database
from repository.storage.table_dump import FORMAT, LEFT_OUT, ROWS, Tell, write_dump
from repository.storage.tables import metadata

AHEAD_S: Final = 400 * 86_400
Within = Callable[[Connection], None]


def backup(database: Database, clock: Clock, path: Path, tell: Tell | None = None) -> dict[str, Any]:
    """Write a backup beside running writers; gives the manifest. The file appears whole or not at all."""
    with database.read() as connection:
        return write_dump(connection, _tables(connection), path, schema=HEAD, made=int(clock.now()), tell=tell)


def verify(path: Path) -> dict[str, Any]:
    """The manifest of a backup whose every part was read and has its digest; raises DatabaseError else."""
    try:
        with zipfile.ZipFile(path) as file:
            manifest: dict[str, Any] = json.loads(file.read("manifest.json"))
            if manifest["format"] != FORMAT or manifest["schema"] != HEAD:
                raise DatabaseError(f"{path} was made by another version of OERbron ({manifest['schema']}).")
            for name, expected in manifest["tables"].items():
                digest = hashlib.sha256()
                with file.open(f"{name}.jsonl") as part:
                    while chunk := part.read(1 << 20):
                        digest.update(chunk)
                if digest.hexdigest() != expected["sha256"]:
                    raise DatabaseError(f"{path} is damaged: {name} has not the digest that its manifest names.")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise DatabaseError(f"{path} is no backup that can be read: {error}.") from error
    return manifest


def restore(
    database: Database, clock: Clock, path: Path, *, exact: bool, tell: Tell | None = None, within: Within | None = None
) -> dict[str, Any]:
    """Replace everything in a database by a backup, in one transaction; gives its manifest.

    A disaster restore (not `exact`) gives a new epoch, moves W to now and enqueues every published record with a
    forced move, so that harvesters get every one again. `within` is called at the end of the transaction: what was
    erased since the backup must not be there for a moment.
    """
    manifest = verify(path)
    with database.write() as connection, zipfile.ZipFile(path) as file:
        newest = _newest(connection, clock.now())
        _empty(connection)
        for table in metadata.sorted_tables:
            if table.name in manifest["tables"]:
                _load(connection, table, file, tell)
        for name in manifest["tables"]:
            if name.startswith("face_"):
                opening.make_face_table(connection, name.removeprefix("face_"))
                _load(connection, _face(name), file, tell)
        _number(database, connection)
        if exact:
            _remember(connection, "exact_restore", "1")
        else:
            _restamp(connection, max(newest, int(clock.now()) // 2 * 2), clock.now())
        if within is not None:
            within(connection)
    return manifest


def _newest(connection: Connection, now: float) -> int:
    """The newest datestamp of the database that is replaced: W never falls, unless it is one that nobody gave out."""
    w = connection.execute(text("SELECT w FROM horizon WHERE id = 1")).scalar()
    if isinstance(w, int) and w <= now + AHEAD_S:
        return (w + 1) // 2 * 2
    position = connection.execute(text('SELECT max(position) FROM "current"')).scalar()
    given_out = datestamp_of(position) if isinstance(position, int) else 0
    return given_out if given_out <= now + AHEAD_S else 0


def is_exact(database: Database) -> bool:
    """Whether this database is a drill: `serve` refuses it unless told."""
    with database.read() as connection:
        found = connection.execute(text("SELECT value FROM setting WHERE key = 'exact_restore'")).scalar()
    return found == "1"


def _restamp(connection: Connection, w: int, wall: float) -> None:
    connection.execute(
        text(
            "UPDATE horizon SET w = CASE WHEN w > :w THEN w ELSE :w END, published_wall = :wall, epoch = :epoch"
            " WHERE id = 1"
        ),
        {"w": w, "wall": wall - 2, "epoch": uuid.uuid4().hex[:12]},
    )
    connection.execute(text("DELETE FROM setting WHERE key = 'exact_restore'"))
    _remember(connection, "pages_lost", "1")  # of the event stream, sealed since the backup: linked.ldes
    connection.execute(text('UPDATE "current" SET digest = :none'), {"none": FORCED})
    records = [row[0] for row in connection.execute(text('SELECT record FROM "current" ORDER BY position'))]
    outbox.enqueue(connection, records, outbox.BULK)


def _tables(connection: Connection) -> Iterator[Table]:
    yield from (table for table in metadata.sorted_tables if table.name not in LEFT_OUT)
    names = connection.execute(text("SELECT name FROM \"view\" WHERE name NOT LIKE 'context:%'"))
    yield from (_face(face_table(name)) for (name,) in names)


def _face(name: str) -> Table:
    return Table(name, MetaData(), Column("position", BigInteger, primary_key=True), Column("bytes", LargeBinary))


def _load(connection: Connection, table: Table, file: zipfile.ZipFile, tell: Tell | None) -> None:
    names = [column.name for column in table.columns]
    binary = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    count = 0
    with file.open(f"{table.name}.jsonl") as part:
        batch: list[dict[str, Any]] = []
        for line in part:
            values = zip(names, json.loads(line), strict=True)
            batch.append({k: base64.b64decode(v) if k in binary and v is not None else v for k, v in values})
            if len(batch) == ROWS:
                connection.execute(table.insert(), batch)
                count, batch = count + len(batch), []
        if batch:
            connection.execute(table.insert(), batch)
    if tell is not None:
        tell(table.name, count + len(batch))


def _empty(connection: Connection) -> None:
    for (name,) in connection.execute(text("SELECT name FROM \"view\" WHERE name NOT LIKE 'context:%'")).all():
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {face_table(name)}")
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())


def _number(database: Database, connection: Connection) -> None:
    """PostgreSQL counts on from its sequences, which explicit numbers do not move."""
    if database.is_sqlite:
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and column.autoincrement is True:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{column.name}'),"
                f' coalesce((SELECT max({column.name}) FROM "{table.name}"), 0) + 1, false)'
            )


def _remember(connection: Connection, key: str, value: str) -> None:
    connection.execute(text("DELETE FROM setting WHERE key = :k"), {"k": key})
    connection.execute(text("INSERT INTO setting (key, value) VALUES (:k, :v)"), {"k": key, "v": value})
