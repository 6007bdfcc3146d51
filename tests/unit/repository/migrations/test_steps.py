"""The steps of the migrations: frozen, and together exactly the schema that the tables name."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, text

from repository.clock import SystemClock
from repository.migrations import migration
from repository.migrations.migration import HEAD, upgrade
from repository.storage.database import Database
from repository.storage.tables import metadata

STEPS = sorted(Path(str(migration.__file__)).parent.glob("versions/m*.py"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Gives an empty database; a second call empties it again."""
    made: list[Database] = []

    def empty() -> Database:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / f'{len(made)}.sqlite'}"
        else:
            url = str(request.getfixturevalue("postgres_url"))
        database = Database(url)
        made.append(database)
        if request.param == "postgresql":
            with database.write() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        return database

    yield empty
    for each in made:
        each.dispose()


def _schema(database: Database) -> list[str]:
    """Everything that a database says about its tables, in an order of its own."""
    queries = (
        ("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL",)
        if database.is_sqlite
        else (
            "SELECT table_name || ' ' || ordinal_position || ' ' || column_name || ' ' || data_type || ' ' ||"
            " is_nullable || ' ' || coalesce(column_default, '') || ' ' || is_identity"
            " FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace",
        )
    )
    with database.read() as connection:
        rows = [str(row[0]) for query in queries for row in connection.execute(text(query))]
    return sorted(_plain(row) for row in rows if "alembic_version" not in row)


def _plain(said: str) -> str:
    """Without white space, and the parts of a table in an order of their own: names and types count."""
    return " ".join(sorted(re.sub(r"\s+", " ", said).replace(", ", " ").split(" ")))


def test_all_steps_together_make_exactly_the_tables(make: Callable[[], Database]) -> None:
    by_steps = make()
    upgrade(by_steps, SystemClock())
    said = _schema(by_steps)
    with by_steps.read() as connection:
        compared = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(compared, metadata) == []

    by_tables = make()
    with by_tables.write() as connection:
        metadata.create_all(connection)

    assert said == _schema(by_tables)


def test_a_column_that_no_step_makes_is_seen(make: Callable[[], Database]) -> None:
    changed = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(changed)
    changed.tables["record"].append_column(Column("forgotten", Integer))
    database = make()
    upgrade(database, SystemClock())

    with database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), changed)

    assert [each[0] for each in found] == ["add_column"]


def test_the_last_step_is_the_head() -> None:
    assert STEPS[-1].name[1:5] == HEAD


@pytest.mark.parametrize("step", STEPS, ids=lambda path: path.stem)
def test_a_step_has_its_own_ddl(step: Path) -> None:
    """Frozen: a step that imported anything of ours would change when that does."""
    tree = ast.parse(step.read_text(encoding="utf-8"))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert {name.split(".")[0] for name in imported} <= {"__future__", "alembic", "sqlalchemy"}
