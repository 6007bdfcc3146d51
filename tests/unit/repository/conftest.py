"""A repository for tests of the deposit, on both databases; the doctor looks at it when the test is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from repository.site import STREAM_PAGES, PageSizes, Site
from repository.upkeep import doctor
from tests.support.site import FakeClock, a_site


@pytest.fixture
def ticking() -> FakeClock:
    return FakeClock()


@pytest.fixture
def page_sizes() -> PageSizes:
    """The sizes of the event stream's pages; a module that wants small ones has a fixture of this name."""
    return STREAM_PAGES


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def place(request: pytest.FixtureRequest, tmp_path: Path, ticking: FakeClock, page_sizes: PageSizes) -> Iterator[Site]:
    """An empty repository, on SQLite and on PostgreSQL."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    site = a_site(tmp_path, ticking, url=url, page_sizes=page_sizes)
    yield site
    assert doctor.examine(site) == []
    site.database.dispose()
