"""A cluster that is away: 503 on the search only, in time, and everything else lives on; then it catches up."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.server.server import Ticker
from repository.config.sections import SearchSection
from repository.search.engines.elastic import ElasticEngine
from repository.search.errors import SearchUnavailable
from repository.search.service import Searching
from tests.conftest import ELASTICSEARCH
from tests.support.api import Api, body_of
from tests.support.factories import a_record


@pytest.fixture
def nowhere() -> str:
    """An address that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nowhere: str) -> Iterator[Api]:
    """A site whose cluster is away."""
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    opened = Api(tmp_path, search=SearchSection(engine="elasticsearch", url=nowhere))
    yield opened
    opened.site.database.dispose()


@pytest.mark.parametrize(
    "path", ["/api/v1/search?q=a", "/api/v1/suggest?q=a", "/search?q=a", "/feeds/atom.xml", "/sru?query=a"]
)
def test_searching_says_that_it_is_away(away: Api, path: str) -> None:
    began = time.monotonic()
    response = away.anybody.get(path)

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Traceback" not in response.text
    assert time.monotonic() - began < 10


def test_everything_else_lives_on(away: Api) -> None:
    curator = away.person("curator")
    uuid_ = away.published(curator)

    for path in ("/", f"/doc/resource/{uuid_}.html", f"/api/v1/records/{uuid_}", "/oai?verb=Identify", "/readyz"):
        assert away.anybody.get(path).status_code == 200, path
    away.clock.pass_(2)
    began = time.monotonic()
    response = curator.post("?as=published", json=a_record("Nog een"), headers={"Prefer": "wait=20"})
    assert response.status_code == 201
    assert body_of(response)["position"] is not None
    assert time.monotonic() - began < 15


def test_a_tick_publishes_though_the_search_is_away(away: Api, caplog: pytest.LogCaptureFixture) -> None:
    uuid_ = away.person("curator").created(a_record("Breuken"), "?as=published")
    away.clock.pass_(2)
    ticker = Ticker(away.site, away.searching)
    ticker.tick()
    ticker.tick()

    assert away.anybody.get(uuid_).status_code == 200
    assert [record.message for record in caplog.records].count("not indexed") == 1


def test_after_a_failure_to_connect_nobody_tries_for_a_moment(nowhere: str) -> None:
    engine = ElasticEngine(nowhere, "oerbron")
    with pytest.raises(SearchUnavailable):
        engine.current()
    began = time.monotonic()
    with pytest.raises(SearchUnavailable):
        engine.current()

    assert time.monotonic() - began < 0.05
    engine.door.close()


@pytest.mark.elasticsearch
def test_the_index_catches_up_when_the_cluster_is_back(away: Api) -> None:
    curator = away.person("curator")
    away.published(curator, a_record("Tijdens de storing"))
    with pytest.raises(SearchUnavailable):
        away.index()

    back = ElasticEngine(os.environ[ELASTICSEARCH], f"test-{uuid.uuid4().hex[:12]}")
    searching = Searching(away.site, back)
    try:
        ticker = Ticker(away.site, searching)
        ticker.tick()
        assert back.open(back.current() or "").sums()
    finally:
        back.drop(back.names())
        back.door.close()
