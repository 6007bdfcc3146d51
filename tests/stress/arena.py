"""The arena of the race: one repository of its own, its processes, and plain HTTP to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OERBRON = [sys.executable, "-c", "from portal.cli import main; main()"]
TIMEOUT_S = 30
_CONFIG = """\
[site]
base_url = "http://127.0.0.1:{port}"
[oai]
domain = "race.example"
page_size = 20
[[oai.context]]
name = "open"
filter = "open=true"
[limits]
list_requests = 32
{database}"""


@dataclass
class Arena:
    """One repository under fire, and what is counted of the fight."""

    home: Path
    port: int
    config: Path
    stop: threading.Event = field(default_factory=threading.Event)
    counts: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self, what: str, number: int = 1) -> None:
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + number

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A process of ours in a group of its own, so that nothing of it outlives a kill."""
        with (self.home / "race.log").open("ab") as log:
            return subprocess.Popen(
                self._words(command), env=self._env(), stdout=log, stderr=log, start_new_session=True
            )

    def run(self, *command: str) -> str:
        """The last line that a command says, whatever its exit code."""
        done = subprocess.run(self._words(command), env=self._env(), capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return (done.stdout or done.stderr).strip().splitlines()[-1]

    def _words(self, command: tuple[str, ...]) -> list[str]:
        return [*OERBRON, "--config", str(self.config), *command]

    def _env(self) -> dict[str, str]:
        paths = os.pathsep.join((str(ROOT), str(ROOT / "oaipmh")))
        return os.environ | {"OERBRON_HOME": str(self.home), "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore"}

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes] | None:
        """Status and body of one request; None when no answer came."""
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error, suppress(OSError):
                return error.code, error.read()
            return None
        except (OSError, ValueError, EOFError):
            return None
        except Exception as error:
            if type(error).__module__ != "http.client":  # An answer cut off in the middle, in many guises.
                raise
            return None


def an_arena(folder: Path, url: str | None = None) -> Arena:
    """A repository in a folder, on a port that is free now; `url` names a PostgreSQL database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "config.toml"
    database = f'[database]\nurl = "{url}"\n' if url else ""
    config.write_text(_CONFIG.format(port=port, database=database), encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    return Arena(home, port, config)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def children_of(pid: int) -> list[int]:
    """The processes that a process started (Linux)."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(word) for word in text.split()]
