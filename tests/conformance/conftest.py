"""A stage for the conformance tests, on both databases; the doctor looks at it when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance.oai_site import Stage, a_stage


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Of an empty database; "" is SQLite."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def stage_on(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Makes the stage of a test; it takes what `a_stage` takes."""
    made: list[Stage] = []

    def make(**given: object) -> Stage:
        made.append(a_stage(tmp_path, **given))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def stage(stage_on: Callable[..., Stage]) -> Stage:
    """An empty repository on SQLite with three records a page."""
    return stage_on()


@pytest.fixture
def both(database_url: str, stage_on: Callable[..., Stage]) -> Stage:
    """The same on SQLite and on PostgreSQL."""
    return stage_on(url=database_url)
