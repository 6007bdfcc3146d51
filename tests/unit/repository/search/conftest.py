"""Both engines for the tests of the search; Elasticsearch where a node is named (OERBRON_TEST_ELASTICSEARCH_URL)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from repository.search.index.engine import Engine, Index
from tests.support.engines import ENGINES, an_engine


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine without any generation, of each kind."""
    with an_engine(request.param, tmp_path / "search") as made:
        yield made


@pytest.fixture
def index(engine: Engine) -> Index:
    return engine.open("m1-0-1")
