"""The schema of the database: made on first use, moved upward only, each step in one transaction.

Alembic keeps the steps (versions/); this module decides whether any is needed, so that a start costs one SELECT.
"""

from __future__ import annotations

import secrets
import uuid
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from repository.clock import Clock
from repository.database import Database
from repository.errors import DatabaseError

HEAD: Final = "0001"
_LOCK: Final = 7_046_301  # one process at a time migrates a PostgreSQL database


def upgrade(database: Database, clock: Clock) -> None:
    """Bring the schema to HEAD; raises DatabaseError for a database that a newer version made."""
    with database.read() as connection:
        if _version(connection) == HEAD:
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _version(connection) != HEAD:
            _migrate(connection)
            _seed(connection, clock)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - costs 0.2 s, and is wanted once in the life of a database
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        message = "The database was made by a newer version of OERbron; install that version to open it."
        raise DatabaseError(message) from error


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
