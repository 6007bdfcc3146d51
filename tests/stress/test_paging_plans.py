"""A page costs the same wherever it lies: no plan touches more rows than the page has, on both databases.

On PostgreSQL the plan is looked at twice: for the very values, and the generic one that a prepared statement gets
after some runs, which knows no value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from repository import published
from repository.published import ORDINALS, position_of
from repository.publishing import opening
from repository.site import Site
from repository.storage.database import reader_of
from tests.support.site import a_site

RECORDS = 60_000
BATCH = 5_000
BASE = 1_700_000_000
PAGE = 101
LISTS = {"": 1, "dense": 2, "sparse": 500}  # every so many-th record
_SERIES = f"WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n < {RECORDS - 1})"
_POSITION = f"(CAST({BASE // 2} AS BIGINT) + n / {BATCH}) * {ORDINALS} + n % {BATCH}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def big(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A repository whose published tables were filled by the database itself."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    site = a_site(tmp_path, url=url)
    opening.open_all(site)
    blob = "CAST('{}' AS BYTEA)" if url else "CAST('{}' AS BLOB)"
    fill, header = blob.format("x" * 500), blob.format("<header/>")
    try:
        with site.database.write() as connection:
            connection.execute(
                text(
                    'INSERT INTO "current" (position, record, uuid, state, header, about, facts, lists, digest,'
                    f" fingerprint, revision, first_position) {_SERIES} SELECT {_POSITION}, n, 'u' || n, 'live',"
                    f" {header}, {header}, {header}, {header}, {header}, 'f', 1, {_POSITION} FROM g"
                )
            )
            connection.execute(text(f"INSERT INTO face_lom {_SERIES} SELECT {_POSITION}, {fill} FROM g"))
            for number, (spec, every) in enumerate(LISTS.items(), 1):
                connection.execute(text(f"INSERT INTO list VALUES ({number}, '', '{spec}', '')"))
                places = f"SELECT {number}, {_POSITION}, false FROM g WHERE n % {every} = 0"
                connection.execute(text(f"INSERT INTO listing {_SERIES} {places}"))
            connection.execute(text("ANALYZE"))
        yield site
    finally:
        site.database.dispose()


def _last(back: int) -> int:
    n = RECORDS - 1 - back
    return position_of(BASE + n // BATCH * 2, n % BATCH)


@pytest.mark.parametrize(("spec", "number"), [(spec, number) for number, spec in enumerate(LISTS, 1)])
def test_a_page_touches_no_more_rows_than_it_has(big: Site, spec: str, number: int) -> None:
    for after in (-1, _last(LISTS[spec] * (PAGE + 1)), _last(50)):
        values = (number, after, _last(0), PAGE)
        for face in ("lom", None):
            statement = published.page_statement(face, big.database.is_sqlite)
            with big.database.read() as connection:
                if big.database.is_sqlite:
                    _searches_only(connection, statement, values)
                else:
                    _touches_at_most(connection, statement, values)


def _searches_only(connection: Connection, statement: str, values: tuple[int, ...]) -> None:
    steps = [row[3] for row in reader_of(connection).fetch(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert [step for step in steps if not step.startswith("SEARCH")] == []  # nothing is walked, nothing is sorted


def _touches_at_most(connection: Connection, statement: str, values: tuple[int, ...]) -> None:
    explain = "EXPLAIN (ANALYZE, FORMAT JSON)"
    ((known,),) = reader_of(connection).fetch(f"{explain} {statement}", values)
    connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
    numbered = statement
    for place in range(1, len(values) + 1):
        numbered = numbered.replace("?", f"${place}", 1)
    connection.exec_driver_sql(f"PREPARE page (int, bigint, bigint, bigint) AS {numbered}")
    given = ", ".join(map(str, values))
    generic = connection.exec_driver_sql(f"{explain} EXECUTE page ({given})").scalar_one()
    connection.exec_driver_sql("DEALLOCATE page")
    for plan in (known, generic):
        assert max(_rows((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])) <= PAGE, plan


def _rows(node: dict[str, Any]) -> Iterator[int]:
    """Rows that each step of a plan looked at, those it threw away included."""
    yield (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    for inner in node.get("Plans", ()):
        yield from _rows(inner)
