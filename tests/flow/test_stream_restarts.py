"""Sealed pages over HTTP: the same bytes after a restart, after kill -9, and after backup and restore elsewhere."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from tests.support.commands import oerbron
from tests.support.running import Running, free_port, running

_CONFIG = '[site]\nbase_url = "http://127.0.0.1:{port}"\n[linked]\ndump_every = "never"\n'
_SEALED = re.compile(rb"<http://127\.0\.0\.1:\d+(/ldes/i?\d+-[0-9a-f]{8})>")


def _pages(server: Running) -> dict[str, tuple[bytes, bytes]]:
    """Every sealed page of the stream as it comes plain and compressed, by address."""
    found: dict[str, tuple[bytes, bytes]] = {}
    waiting = ["/ldes", "/ldes/i0"]
    while waiting:
        body = server.get(waiting.pop())[1]
        for path in {each.decode() for each in _SEALED.findall(body)} - found.keys():
            plain, packed = server.get(path), server.get(path, **{"Accept-Encoding": "gzip"})
            assert (plain[0], packed[0]) == (200, 200)
            found[path] = plain[1], packed[1]
            waiting.append(path)
    return found


def test_sealed_pages_stay_byte_for_byte_whatever_befalls_the_server(tmp_path: Path) -> None:
    home, drill, config = tmp_path / "home", tmp_path / "drill", tmp_path / "config.toml"
    port = str(free_port())
    config.write_text(_CONFIG.format(port=port), encoding="utf-8")
    oerbron(tmp_path, "generate", "520", "--out", tmp_path / "records.jsonl")
    assert oerbron(home, "--config", config, "import", tmp_path / "records.jsonl").counts["created"] == 520
    words = ("--config", str(config), "serve", "--port", port)

    with running(home, *words) as server:
        before = _pages(server)
        server.stop(signal.SIGKILL)
    with running(home, *words) as server:
        killed = _pages(server)
        server.stop()
    with running(home, *words) as server:
        restarted = _pages(server)
        assert oerbron(home, "--config", config, "backup", tmp_path / "b.zip").code == 0
    assert oerbron(drill, "--config", config, "restore", "--exact", tmp_path / "b.zip").code == 0
    with running(drill, *words, "--drill") as server:
        restored = _pages(server)

    assert len(before) == 2
    assert before == killed == restarted == restored
