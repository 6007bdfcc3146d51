"""The one door to the database: an engine with safe settings, snapshots to read from, transactions to write in.

SQLite and PostgreSQL behave alike here: `read` is one snapshot however many statements it runs, `write` is exclusive
on SQLite (BEGIN IMMEDIATE) and READ COMMITTED on PostgreSQL. Errors of the drivers become DatabaseError or Busy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, exc
from sqlalchemy.engine import make_url

from repository.errors import Busy, DatabaseError
from repository.storage import bulk

BUSY_TIMEOUT_MS = 15_000
ROWS_AT_ONCE = 500  # whose keys one SELECT names


class Database:
    """An engine with the two ways to use it."""

    def __init__(self, url: str | URL) -> None:
        self.url = url
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot: every statement inside sees the same state."""
        with _translated(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def glance(self) -> Iterator[Reader]:
        """A snapshot like that of `read`, without SQLAlchemy's connection, which costs more than reading a record."""
        if not self.is_sqlite:  # the round to the server outweighs it, and the isolation level is SQLAlchemy's to reset
            with self.read() as connection:
                yield reader_of(connection)
            return
        with _translated():
            dialect = self.engine.dialect
            try:
                pooled = self.engine.raw_connection()
            except dialect.loaded_dbapi.Error as error:
                raise _of_driver(dialect, "CONNECT", (), error) from error
            try:
                reader = Reader(pooled.driver_connection, dialect)
                reader.fetch("BEGIN")
                yield reader
            finally:
                pooled.close()  # which rolls back

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end and rolled back on any error. Only SQL inside, and little."""
        with _translated(), self.engine.connect() as connection:
            connection.info["write"] = True
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.info.pop("write", None)

    @contextmanager
    def try_write(self) -> Iterator[Connection | None]:
        """Like `write`, but gives None at once when another process writes (SQLite; PostgreSQL locks by row)."""
        with _translated(), self.engine.connect() as connection:
            connection.info["write"] = "now"
            try:
                try:
                    transaction = connection.begin()
                    connection.exec_driver_sql("SELECT 1")
                except exc.OperationalError as error:
                    connection.rollback()
                    if not _is_busy(error):
                        raise
                    yield None
                    return
                with transaction:
                    yield connection
            finally:
                connection.info.pop("write", None)

    def compact(self) -> None:
        """Write the file anew without what was deleted, and empty its journal; raises Busy when others keep it open.

        PostgreSQL gives the room of deleted rows to new ones; what it keeps of them is the business of its operator.
        """
        with _translated(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
                return
            raw: Any = connection.connection.driver_connection  # in no transaction: SQLite takes no VACUUM in one
            try:
                raw.execute("VACUUM")
                others = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError as error:
                raise exc.OperationalError("VACUUM", None, error) from error
        if others:
            raise Busy("Other processes are reading the database; what was deleted is still in its journal.")

    def dispose(self) -> None:
        self.engine.dispose()


def _engine(url: str | URL) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    # Last in, first out: each connection has a cache of its own, so few of them are kept in use and warm.
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=10, max_overflow=20, pool_use_lifo=True
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(raw: sqlite3.Connection, _: Any) -> None:
    # The driver's own transaction handling would let two SELECTs of one transaction see two states.
    raw.isolation_level = None
    cursor = raw.cursor()
    # Of a new file: most stored bytes lie in one piece then, and reading a list costs a quarter less.
    cursor.execute("PRAGMA page_size=8192")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # What was withdrawn or erased is overwritten at once.
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    how = connection.info.get("write")
    if how is None:
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN")  # It takes no lock and reads nothing, so it cannot fail; and every request does it.
        return
    if how == "now":
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        if how == "now":
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


class Reader:
    """A snapshot read by the driver's own cursor, for what every request reads.

    There SQLAlchemy's results cost more (80 us a statement) than SQLite does (5 us).
    """

    def __init__(self, driver: Any, dialect: Dialect) -> None:
        self._driver = driver
        self._dialect = dialect
        self.is_sqlite = dialect.name == "sqlite"

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a SELECT; `?` marks the values on both databases."""
        try:
            if self.is_sqlite:
                return cast("list[tuple[Any, ...]]", self._driver.execute(statement, values).fetchall())
            with self._driver.cursor(binary=True) as cursor:
                return cast("list[tuple[Any, ...]]", cursor.execute(bulk.marked(statement), values).fetchall())
        except self._dialect.loaded_dbapi.Error as error:
            raise _of_driver(self._dialect, statement, values, error) from error


def _of_driver(dialect: Dialect, statement: str, values: Sequence[Any], error: Exception) -> BaseException:
    """A driver's error as SQLAlchemy would raise it."""
    return exc.DBAPIError.instance(statement, tuple(values), error, dialect.loaded_dbapi.Error)


def reader_of(connection: Connection) -> Reader:
    """The driver's side of a connection that SQLAlchemy holds, in the same transaction."""
    return Reader(connection.connection.driver_connection, connection.dialect)


def many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement for many rows on the driver itself; `?` marks the values on both databases."""
    if rows and connection.dialect.name == "sqlite":
        connection.exec_driver_sql(statement, list(rows))
    elif rows:
        for each, values in bulk.statements(statement, rows):
            connection.exec_driver_sql(each, values)


def select_in(connection: Connection, statement: str, values: Sequence[Any], *first: Any) -> list[Any]:
    """All rows of a SELECT whose `IN (...)` takes the values, asked for in portions; `first` goes before them."""
    sqlite = connection.dialect.name == "sqlite"
    statement = statement if sqlite else statement.replace("?", "%s")
    found: list[Any] = []
    for start in range(0, len(values), ROWS_AT_ONCE):
        portion = tuple(values[start : start + ROWS_AT_ONCE])
        marks = ", ".join(["?" if sqlite else "%s"] * len(portion))
        found += connection.exec_driver_sql(statement.replace("...", marks), (*first, *portion)).all()
    return found


def lock(connection: Connection, statement: str, values: Sequence[Any], *first: Any) -> None:
    """Lock the rows of a SELECT until the transaction ends; SQLite has locked the whole database already."""
    if connection.dialect.name != "sqlite":
        select_in(connection, statement + " ORDER BY r.id FOR UPDATE OF r", values, *first)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except exc.TimeoutError as error:
        raise Busy("Every connection to the database is in use; try again in a moment.") from error
    except exc.OperationalError as error:
        if _is_busy(error):
            raise Busy("The database is busy; try again in a moment.") from error
        raise DatabaseError(f"The database cannot be used: {error.orig}") from error
    except exc.DBAPIError as error:
        raise DatabaseError(f"The database refused a statement: {error.orig}") from error


def _is_busy(error: exc.OperationalError) -> bool:
    return "locked" in str(error.orig) or "busy" in str(error.orig)
