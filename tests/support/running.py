"""A server in a process of its own, as an operator starts it: `oerbron serve` or `oerbron demo` on a free port."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

_READY_S = 120  # generous: a busy machine is no failure
_STOP_S = 40


class Running:
    """A running server: its port, its process, and what it said so far."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, said: Path) -> None:
        self.process = process
        self.port = port
        self._said = said

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Status and body of a GET; a status of an error is an answer too."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status), bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code), bytes(error.read())

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Send a signal, wait until it is gone and nobody listens any more; the exit code."""
        self.process.send_signal(with_signal)
        code = self.process.wait(_STOP_S)
        until_free(self.port)
        return code


@contextlib.contextmanager
def running(home: Path, *words: str) -> Iterator[Running]:
    """`oerbron WORDS` with OERBRON_HOME=home, answering; it is ended with the block, whatever happened."""
    home.mkdir(parents=True, exist_ok=True)
    said = home / f"said-{time.monotonic_ns()}.txt"
    code = "import sys; from portal.cli import main; sys.argv[0] = 'oerbron'; main()"
    environment = {**os.environ, "OERBRON_HOME": str(home)}
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    with said.open("wb") as output:
        command = [sys.executable, "-c", code, *words]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        found = Running(process, 0, said)
        try:
            _await(found)
            yield found
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(_STOP_S)
            if found.port:
                until_free(found.port)


def free_port() -> int:
    """A port that nobody listens on now, below those that the system gives to clients, with room above it."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until_free(port: int, seconds: float = 20.0) -> None:
    """Wait until nobody listens on a port: a worker outlives its killed server by a few seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return
        time.sleep(0.1)
    raise AssertionError(f"somebody still listens on port {port}")


def _await(server: Running) -> None:
    """Wait until the server answers at the address that it says."""
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        assert server.process.poll() is None, server.said
        if told := re.search(r"http://127\.0\.0\.1:(\d+)\S*\n", server.said):
            server.port = int(told[1])
            with contextlib.suppress(OSError):
                if server.get("/healthz")[0] == 200:
                    return
        time.sleep(0.05)
    raise AssertionError(f"it does not answer: {server.said}")
