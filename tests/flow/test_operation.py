"""What operators and their machines ask: readiness and its reasons, lags, counts; and how a server ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import Client

from portal import health
from portal.app import create_app
from portal.server.server import Ticker
from repository.publishing import outbox, publication
from repository.search.service import open_search
from repository.site import Site
from tests.stress.arena import children_of
from tests.support.factories import a_record
from tests.support.running import free_port, running
from tests.support.site import FakeClock, a_site, accept


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    made = a_site(tmp_path, clock)
    yield made
    made.database.dispose()


@pytest.fixture
def app(site: Site) -> Flask:
    return create_app(site)


def get(app: Flask, path: str) -> tuple[int, str]:
    answer = Client(app).get(path)
    return answer.status_code, answer.get_data(as_text=True)


def gauge(app: Flask, name: str) -> float:
    found = re.search(rf"^oerbron_{name} (\S+)$", get(app, "/metrics")[1], re.MULTILINE)
    assert found is not None, name
    return float(found[1])


def test_a_server_without_its_database_is_alive_and_not_ready_and_ready_again_by_itself(
    site: Site, app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "test.sqlite"
    assert get(app, "/readyz")[0] == 200
    site.database.dispose()
    file.rename(tmp_path / "away")
    file.mkdir()  # A file that is merely missing would be made anew.

    assert get(app, "/healthz") == (200, "ok\n")
    status, reason = get(app, "/readyz")
    assert (status, reason.startswith("not ready: The database")) == (503, True)
    assert gauge(app, "database_up") == 0
    assert get(app, "/oai?verb=Identify")[0] == 503

    file.rmdir()
    (tmp_path / "away").rename(file)
    assert get(app, "/readyz")[0] == 200
    assert gauge(app, "database_up") == 1
    assert get(app, "/oai?verb=Identify")[0] == 200


def test_a_horizon_that_stands_still_is_not_ready(site: Site, app: Flask, clock: FakeClock) -> None:
    accept(site, a_record())
    clock.pass_(health.LAG_CEILING_S + 10)

    status, reason = get(app, "/readyz")

    assert (status, "nothing was published" in reason) == (503, True)
    publication.publish(site)
    assert get(app, "/readyz")[0] == 200


def test_a_quiet_night_is_no_reason_not_to_be_ready(app: Flask, clock: FakeClock) -> None:
    clock.pass_(12 * 3600)

    assert get(app, "/readyz")[0] == 200


def test_a_full_disk_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one thing that is stood in for: how much room the file system says there is."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))

    status, reason = get(app, "/readyz")

    assert (status, "disk" in reason) == (503, True)


def test_the_lags_tell_what_waits_and_since_when(site: Site, app: Flask, clock: FakeClock) -> None:
    accept(site, a_record("Snel"))
    accept(site, a_record("Bulk"), lane=outbox.BULK)
    clock.pass_(42)

    assert gauge(app, "outbox_rows") == 2
    assert gauge(app, "outbox_age_seconds") == 42
    assert gauge(app, "horizon_lag_seconds") == 42
    assert gauge(app, "quarantined_records") == 0
    publication.publish(site)
    assert gauge(app, "outbox_rows") == gauge(app, "outbox_age_seconds") == 0
    assert gauge(app, "horizon_lag_seconds") < 2


def test_a_refresh_does_not_look_like_a_backlog_of_years(site: Site, app: Flask, clock: FakeClock) -> None:
    accept(site, a_record())
    clock.pass_(2)
    publication.publish(site)
    clock.pass_(3600)
    with site.database.write() as connection:
        connection.execute(text("UPDATE \"current\" SET fingerprint = 'old'"))
    publication.refresh(site)

    assert gauge(app, "outbox_rows") == 1
    assert gauge(app, "outbox_age_seconds") == 0
    clock.pass_(2)
    publication.publish(site)


def test_requests_are_counted_by_verb_and_503s_by_surface(site: Site, app: Flask, tmp_path: Path) -> None:
    before = _counts(app)
    get(app, "/oai?verb=Identify")
    get(app, "/oai?verb=Nonsense")
    site.database.dispose()
    (tmp_path / "test.sqlite").rename(tmp_path / "away")
    (tmp_path / "test.sqlite").mkdir()
    get(app, "/oai?verb=Identify")
    (tmp_path / "test.sqlite").rmdir()
    (tmp_path / "away").rename(tmp_path / "test.sqlite")

    after = _counts(app)

    assert after["Identify"] - before["Identify"] == 2
    assert after["other"] - before["other"] == 1
    assert after["503"] - before["503"] == 1


def test_a_folder_of_counters_that_was_tidied_away_makes_no_error_of_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that starts after that needs the folder anew."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (tmp_path / "oerbron-metrics-999999999-x").mkdir()  # left behind by a server that was killed
    with running(tmp_path / "home", "serve", "--port", str(free_port())) as server:
        (folder,) = tmp_path.glob("oerbron-metrics-*")
        assert folder.name.startswith(f"oerbron-metrics-{server.process.pid}-")
        shutil.rmtree(folder)
        (worker,) = children_of(server.process.pid)
        os.kill(worker, signal.SIGKILL)
        status = 0
        while status == 0:
            with suppress(OSError):  # until there is a worker again
                status = server.get("/oai?verb=Identify")[0]

        assert status == 200
        assert server.get("/oai?verb=Identify")[0] == 200
        assert server.get("/metrics")[0] == 200


@pytest.mark.slow
def test_sigterm_ends_a_server_within_30_s_whoever_hangs_on_it(tmp_path: Path) -> None:
    """One connection that says nothing, one that sends half a request."""
    with running(tmp_path, "serve", "--port", str(free_port()), "--workers", "2") as server:
        idle = socket.create_connection(("127.0.0.1", server.port))
        half = socket.create_connection(("127.0.0.1", server.port))
        with idle, half:
            half.sendall(b"POST /oai HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nverb=")
            assert server.get("/healthz")[0] == 200
            began = time.monotonic()

            server.stop()

            assert time.monotonic() - began < 30


def _counts(app: Flask) -> dict[str, float]:
    said = get(app, "/metrics")[1]
    patterns = {
        "Identify": r'oerbron_oai_requests_total\{verb="Identify"\} (\S+)',
        "other": r'oerbron_oai_requests_total\{verb="other"\} (\S+)',
        "503": r'oerbron_unavailable_total\{surface="oai"\} (\S+)',
    }
    found: dict[str, Any] = {name: re.search(pattern, said) for name, pattern in patterns.items()}
    return {name: float(match[1]) if match else 0.0 for name, match in found.items()}


def test_a_worker_whose_server_was_killed_while_it_started_knows(site: Site) -> None:
    """Once it took for its server who had adopted it, lived on for ever and kept the port."""
    searching = open_search(site)

    assert Ticker(site, searching, server=os.getpid()).is_orphan
    assert not Ticker(site, searching, server=os.getppid()).is_orphan
    assert not Ticker(site, searching).is_orphan


def test_a_server_that_is_killed_as_soon_as_it_answers_leaves_no_worker(tmp_path: Path) -> None:
    with running(tmp_path, "serve", "--port", str(free_port()), "--workers", "4") as server:
        server.stop(signal.SIGKILL)  # the last workers still start

    until = time.monotonic() + 60
    while _processes_with(f"OERBRON_HOME={tmp_path}") and time.monotonic() < until:
        time.sleep(0.1)
    assert _processes_with(f"OERBRON_HOME={tmp_path}") == []


def _processes_with(setting: str) -> list[str]:
    """The processes in whose environment a setting stands."""
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if setting.encode() in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
    return found
