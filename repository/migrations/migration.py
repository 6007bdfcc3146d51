"""The schema of the database: made on first use, moved upward only, all steps in one transaction.

Alembic keeps the steps (versions/), each with its own DDL, which never changes again; this module decides whether any
is needed, so that a start costs one SELECT. Before a database that holds something is changed, its tables are dumped
into `backups` of the home; the version of OERbron that made the database can restore that file.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Connection, inspect, text

from repository.clock import Clock
from repository.config.load import home
from repository.errors import DatabaseError
from repository.storage.database import Database
from repository.storage.table_dump import tables_found, write_dump

HEAD: Final = "0002"
_LOCK: Final = 7_046_301  # one process at a time migrates a PostgreSQL database


class Steps(NamedTuple):
    """Where the steps lie (a folder of Alembic's), and the name of the last one."""

    folder: Path = Path(__file__).parent
    head: str = HEAD


_SHIPPED: Final = Steps()


def upgrade(database: Database, clock: Clock, steps: Steps = _SHIPPED) -> None:
    """Bring the schema to its last step; raises DatabaseError for a database that a newer version made.

    The dump is made in the transaction of the steps: it holds exactly what they start from, and a kill leaves the
    database as it was. Other processes can read meanwhile; their writes wait.
    """
    with database.read() as connection:
        if _version(connection) == steps.head:
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        version = _version(connection)
        if version == steps.head:
            return
        if version is not None and _is_filled(connection):
            _refuse_newer(steps, version)
            _keep(connection, version, int(clock.now()))
        _migrate(connection, steps)
        _seed(connection, clock)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _is_filled(connection: Connection) -> bool:
    """Whether the database holds anything that somebody would miss."""
    return any(
        connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).scalar() is not None
        for table in ("record", "account", "harvest_source")
    )


def _keep(connection: Connection, version: str, now: int) -> None:
    """Dump what is there: `backups/before-migration-of-0001-20261130T201500Z.zip` in the home."""
    folder = home() / "backups"
    when = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"before-migration-of-{version}-{when}.zip"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for broken_off in folder.glob("before-migration-of-*.part"):
            broken_off.unlink()
        write_dump(connection, tables_found(connection), path, schema=version, made=now)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"The database is older than this OERbron, and no backup can be written to {folder} ({reason})."
        raise DatabaseError(f"{message} Nothing was changed; make room there or set OERBRON_HOME.") from error


def _refuse_newer(steps: Steps, version: str) -> None:
    if version > steps.head:  # the names of steps are numbers of four digits
        raise DatabaseError(_NEWER)


_NEWER: Final = "The database was made by a newer version of OERbron; install that version to open it."


def _migrate(connection: Connection, steps: Steps) -> None:
    from alembic import command  # noqa: PLC0415 - costs 0.2 s, and is needed once in the life of a database
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(steps.folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseError(_NEWER) from error


def _seed(connection: Connection, clock: Clock) -> None:
    """The rows that every database starts with: the horizon and a secret."""
    start = int(clock.now()) // 2 * 2
    connection.execute(
        text(
            "INSERT INTO horizon (id, w, published_wall, epoch, first_w) VALUES (1, :w, :wall, :epoch, :w)"
            " ON CONFLICT (id) DO NOTHING"
        ),
        {"w": start, "wall": float(start - 2), "epoch": uuid.uuid4().hex[:12]},
    )
    connection.execute(
        text("INSERT INTO setting (key, value) VALUES ('secret', :s) ON CONFLICT (key) DO NOTHING"),
        {"s": secrets.token_hex(32)},
    )
