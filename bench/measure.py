"""Measuring: processes pinned to a core, their CPU time and memory, and a client that walks a list of pages."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
OERBRON = (sys.executable, "-c", "import sys; from portal.cli import main; sys.argv[0] = 'oerbron'; main()")
TICKS = os.sysconf("SC_CLK_TCK")
SERVER_CORE, CLIENT_CORE = 0, 1


class Walk(NamedTuple):
    """One walk of a whole list: what came, in how long, and what it cost the server."""

    records: int
    pages: int
    wall_s: float
    cpu_s: float
    bytes: int

    @property
    def per_cpu_s(self) -> float:
        return self.records / max(self.cpu_s, 1e-9)

    @property
    def us(self) -> float:
        return 1e6 * self.cpu_s / max(self.records, 1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _pin(core: int) -> None:
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {core})


def pin_client() -> None:
    """Keep this process off the server's core."""
    _pin(CLIENT_CORE)


@contextmanager
def server(command: Sequence[str], port: int, env: dict[str, str], ready: str = "/") -> Iterator[int]:
    """A server on its own core; gives its process number once it answers."""
    process = subprocess.Popen(
        command, env=os.environ | env, preexec_fn=lambda: _pin(SERVER_CORE), start_new_session=True,  # noqa: PLW1509 - one thread here
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(port, ready)
        yield process.pid
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def environment(home: Path) -> dict[str, str]:
    """What our own programs need to know, run from the checkout."""
    return {"OERBRON_HOME": str(home), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'oaipmh'}"}


@contextmanager
def serving(home: Path, port: int) -> Iterator[int]:
    """`oerbron serve` of a home, with one worker on the server's core."""
    config = home / "bench.toml"
    # Nothing else on the server's core: no first dump in the background.
    config.write_text(
        f'[site]\nbase_url = "http://127.0.0.1:{port}"\n[linked]\ndump_every = "never"\n', encoding="utf-8"
    )
    command = [*OERBRON, "--config", str(config), "serve", "--port", str(port), "--workers", "1"]
    with server(command, port, environment(home), "/healthz") as pid:
        _settle(pid)
        yield pid


def _settle(pid: int, within_s: float = 120.0) -> None:
    """Wait until a server has nothing more to do by itself: sealed pages move to this address first, say."""
    end, quiet, before = time.monotonic() + within_s, 0, cpu_s(pid)
    while quiet < 3 and time.monotonic() < end:
        time.sleep(1.0)
        now = cpu_s(pid)
        quiet, before = quiet + 1 if now - before < 0.08 else 0, now


def _await(port: int, path: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            fetch(http.client.HTTPConnection("127.0.0.1", port, timeout=5), path)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Nothing answers on port {port}.")


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += family(int(stat.parent.name))
    return found


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and its children so far."""
    total = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(pid: int) -> float:
    """Resident memory of the largest process of a family."""
    sizes = [0]
    for each in family(pid):
        for line in Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                sizes.append(int(line.split()[1]))
    return max(sizes) / 1024


def fetch(connection: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None) -> bytes:
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def walk(
    port: int,
    pid: int,
    first: str,
    following: Callable[[bytes, int], str | None],
    headers: dict[str, str] | None = None,
) -> Walk:
    """Fetch page after page over one connection; `following` gives the next path from a body and its number."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    records = pages = size = 0
    began, before = time.perf_counter(), cpu_s(pid)
    path: str | None = first
    while path is not None:
        body = fetch(connection, path, headers)
        records += body.count(b"<header") if headers is None else 0
        size += len(body)
        pages += 1
        path = following(body, pages)
    return Walk(records, pages, time.perf_counter() - began, cpu_s(pid) - before, size)


def token_of(body: bytes) -> str | None:
    """The resumptionToken in an OAI-PMH answer, as it stands there."""
    start = body.rfind(b"<resumptionToken")
    if start < 0:
        return None
    inside = body[body.index(b">", start) + 1 :]
    text = inside[: max(inside.find(b"</"), 0)].decode()
    return text.replace("&amp;", "&") or None


def by_token(base: str, verb: str = "ListRecords") -> Callable[[bytes, int], str | None]:
    def following(body: bytes, _: int) -> str | None:
        token = token_of(body)
        return None if token is None else f"{base}?verb={verb}&resumptionToken={token}"

    return following
