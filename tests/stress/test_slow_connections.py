"""Two hundred connections that are held open to harm, of each kind: everything else answers as before.

Half-sent bodies, slow readers of a large answer, slow headers, and idle ones, against a server as an operator starts
it. A body that does not come is let go within half a minute, and a table that ends its reader ends no worker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from repository.accounts import people, tokens
from repository.config import load
from repository.site import open_site
from tests.stress import crowd
from tests.stress.hostile_sheets import _cell, a_book
from tests.support.running import Running, running

COUNT = 200
PATIENCE_S = 5.0  # a busy machine is no failure; one that is held answers nothing at all
_JSON = b'{"record": {"general": {"title": [{"lang": "nl", "value": "Breuken"}]}}}'
_HALF = b"POST /api/v1/validate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
KINDS: dict[str, tuple[bytes, Callable[..., object] | None]] = {
    "half-sent bodies": (_HALF, None),
    "bodies in drops": (_HALF, lambda one: one.send(b" ")),
    "slow readers": (b"GET /api/v1/vocabularies/subject HTTP/1.1\r\nHost: a\r\n\r\n" * 20, lambda one: one.recv(10)),
    "slow headers": (b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", lambda one: one.send(b"a")),
    "idle ones": (b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", None),
}
HONEST = {
    "health": (crowd.get("/healthz"), b""),
    "Identify": (crowd.get("/oai?verb=Identify"), b""),
    "a page": (crowd.get("/about"), b""),
    "a search": (crowd.get("/search?q=breuken"), b""),
    "a body": (crowd.post("/api/v1/validate", len(_JSON), "Content-Type: application/json"), _JSON),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("slow"), "serve", "--port", str(_port())) as started:
        _await(lambda: started.get("/search?q=breuken")[0] == 200)  # until the first index is made it says so with 503
        assert len(started.get("/api/v1/vocabularies/subject")[1]) > 50_000  # what slow readers take, twenty times
        yield started


def _await(answers: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if answers():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def _port() -> int:
    from tests.support.running import free_port  # noqa: PLC0415

    return free_port()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_everything_else_answers_while_two_hundred_are_held(server: Running, kind: str) -> None:
    first, then = KINDS[kind]

    async def measured() -> dict[str, crowd.Times]:
        async with crowd.Held(server.port, COUNT, first, then):
            return await crowd.usual(server.port, HONEST, rounds=3)

    found = asyncio.run(measured())

    assert {name for name, times in found.items() if times.failed} == set()
    assert {name: times.worst_s for name, times in found.items() if times.worst_s > PATIENCE_S} == {}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["half-sent bodies", "bodies in drops"])
def test_a_body_that_does_not_come_is_let_go(server: Running, kind: str) -> None:
    first, then = KINDS[kind]

    async def until_ended() -> float:
        async with crowd.Held(server.port, COUNT, first, then) as held:
            begun = time.monotonic()
            while held.ended() < COUNT and time.monotonic() - begun < 60:
                await asyncio.sleep(0.5)
            return time.monotonic() - begun

    assert asyncio.run(until_ended()) < 40


@pytest.mark.slow
def test_a_worker_that_is_killed_twice_is_replaced_twice(tmp_path: Path) -> None:
    from tests.stress.arena import children_of  # noqa: PLC0415

    with running(tmp_path, "serve", "--port", str(_port())) as started:
        for _ in range(2):
            killed = children_of(started.process.pid)
            for child in killed:
                _kill(child)
            _await(lambda: started.get("/healthz")[0] == 200)
        assert started.process.poll() is None


def _kill(process: int) -> None:
    import os  # noqa: PLC0415
    import signal  # noqa: PLC0415

    os.kill(process, signal.SIGKILL)


@pytest.mark.slow
def test_a_workbook_made_to_harm_ends_no_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    site = open_site(load.load(None))
    people.add(site, "c@example.org", "contributor")
    token = tokens.create(site, "c@example.org", "write", None)
    site.database.dispose()
    book = a_book(_cell("A1", "title") + _cell("XFD1048576", "far"))
    head = crowd.post("/api/v1/imports", len(book), f"Authorization: Bearer {token}")
    with running(tmp_path, "serve", "--port", str(_port())) as started:
        for _ in range(3):
            status, _, body = asyncio.run(crowd.request(started.port, head, book))
            assert status == 201
            assert b'"too_large"' in body
