"""`oerbron serve` and `oerbron demo` as processes: they answer, say where, and end when asked to."""

from __future__ import annotations

import re
import signal
import socket
from pathlib import Path
from typing import Any

import msgspec

from tests.support.commands import oerbron
from tests.support.running import free_port, running


def test_serve_answers_operators_and_ends_at_sigterm(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "serve", "--port", str(port)) as server:
        assert server.get("/healthz") == (200, b"ok\n")
        assert server.get("/readyz")[0] == 200
        assert server.get("/oai?verb=Identify")[0] == 200
        status, metrics = server.get("/metrics")

        assert status == 200
        assert b'oerbron_requests_total{status="200",surface="oai"} 1.0' in metrics
        assert b"oerbron_database_up 1.0" in metrics
        assert server.stop() == 0
        assert f"Serving http://127.0.0.1:{port}" in server.said


def test_metrics_are_summed_over_workers(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "serve", "--port", str(port), "--workers", "2") as server:
        for _ in range(12):
            server.get("/oai?verb=Identify")

        found = re.search(rb'oerbron_oai_requests_total\{verb="Identify"\} ([\d.]+)', server.get("/metrics")[1])

        assert found is not None
        assert float(found[1]) == 12.0


def test_serve_on_a_taken_port_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        answer = oerbron(tmp_path, "serve", "--port", str(port))

    assert answer.code == 1
    assert answer.sentences == [f"oerbron: Port {port} of 127.0.0.1 is taken."]


def test_demo_fills_a_folder_of_its_own_and_finds_it_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = min(taken.getsockname()[1], 65000)
        with running(tmp_path, "demo", "--records", "40", "--port", str(port)) as server:
            status, listed = server.get("/api/v1/records?after=0&limit=100")
            sets = server.get("/oai?verb=ListSets")[1]

            assert status == 200
            assert listed.count(b'"public":"published"') == 40
            assert b"<setSpec>organisation:de-linde</setSpec>" in sets
            assert b"<setSpec>collection:stem</setSpec>" in sets
            assert server.port > port
            assert f"Port {port} is taken; the demo uses {server.port}." in server.said
            assert f"  OAI-PMH  http://127.0.0.1:{server.port}/oai" in server.said.splitlines()
            assert (tmp_path / "demo" / "oerbron.sqlite").is_file()
            assert server.stop(signal.SIGINT) == 0
    first = server.port

    with running(tmp_path, "demo", "--records", "40", "--port", str(first)) as again:
        assert _items(again.get("/api/v1/records?after=0&limit=100")[1]) == _items(listed)
        assert "0 sample records brought in; 40 are there." in again.said


def _items(answer: bytes) -> list[Any]:
    return list(msgspec.json.decode(answer)["items"])
