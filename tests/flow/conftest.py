"""What these tests share: providers to harvest from, and a site with its application, which the doctor looks at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from repository.upkeep import doctor
from tests.support.api import Api, Caller
from tests.zoo.keeper import Zoo


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    opened = Api(tmp_path)
    yield opened
    assert doctor.examine(opened.site) == []
    opened.site.database.dispose()


@pytest.fixture
def curator(api: Api) -> Caller:
    return api.person("curator")


@pytest.fixture
def reviewer(api: Api) -> Caller:
    return api.person("reviewer")


@pytest.fixture
def teacher(api: Api) -> Caller:
    return api.person("contributor", "teacher")


@pytest.fixture
def other(api: Api) -> Caller:
    return api.person("contributor", "other")


@pytest.fixture
def zoo() -> Iterator[Zoo]:
    opened = Zoo()
    yield opened
    opened.close()
