"""Followers of every kind beside one another: clients of others as processes, ours as simple as a stranger's.

Clients: `ldes-client` (npm; OERBRON_TEST_LDES_CLIENT or the PATH) and `resync` (PyPI; OERBRON_TEST_RESYNC names the
Python that has it). Each keeps what it wrote in a folder; what that comes to is read at the end.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tests.stress import copies
from tests.stress.copies import Copy
from tests.support.running import Running

NS = {"o": "http://www.openarchives.org/OAI/2.0/"}
_LONGEST_S = 900
_TRIES = 400  # two minutes: a busy machine starts a server slowly
_FLAGS = ("--retry-count", "0", "--safe", "--poll-interval", "700")  # safe: asks again when nobody answers


def ldes_client() -> str | None:
    """The command of the npm client; None where there is none."""
    return os.environ.get("OERBRON_TEST_LDES_CLIENT") or shutil.which("ldes-client")


def resync_python() -> str | None:
    """A Python that has the PyPI client `resync`; None where there is none."""
    python = os.environ.get("OERBRON_TEST_RESYNC") or sys.executable
    found = subprocess.run([python, "-c", "import resync.client"], capture_output=True, check=False)
    return python if found.returncode == 0 else None


@dataclass
class Streaming:
    """One ldes-client: run again and again with `--save`, once and for all with `--follow`, or at the end."""

    name: str
    flags: tuple[str, ...]
    url: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    runs: int = 0

    @property
    def out(self) -> Path:
        return self.folder / f"{self.name}.nq"

    def start(self) -> None:
        with self.out.open("ab") as out, (self.folder / f"{self.name}.err").open("ab") as err:
            self.process = subprocess.Popen([*self._words(), *self.flags, self.url], stdout=out, stderr=err)
        self.runs += 1

    def run(self) -> None:
        """To its end."""
        self.start()
        assert self.process is not None
        code = self.process.wait(_LONGEST_S)
        assert code == 0, (self.folder / f"{self.name}.err").read_text()[-2000:]

    def step(self) -> None:
        """Begin again when the last run has ended: with its state, or from nothing where it keeps none."""
        if self.process is None or self.process.poll() is not None:
            if "--save" not in self.flags:
                self.out.unlink(missing_ok=True)
            self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def lines(self) -> list[str]:
        """What it wrote, but for a line that is not whole yet."""
        return self.out.read_bytes().decode("utf-8", "ignore").split("\n")[:-1]

    def written(self) -> int:
        """How many members it wrote so far."""
        return self.out.read_bytes().count(b'activitystreams#published> "') if self.out.exists() else 0

    def members(self) -> list[copies.Activity]:
        return copies.activities(self.lines())

    def _words(self) -> list[str]:
        command = ldes_client()
        assert command is not None
        return [command, *_FLAGS]


class Resync(NamedTuple):
    """The client of ResourceSync, with a folder as its copy and its own state beside it."""

    base: str
    folder: Path

    def sync(self, mode: str) -> bool:
        """`--baseline` or `--incremental`; False when it was broken off, as by a resource that is gone by now."""
        python = resync_python()
        assert python is not None
        self.folder.mkdir(parents=True, exist_ok=True)
        script = str(Path(python).parent / "resync-sync")
        hashes = ["--hash", "md5"] if mode == "--baseline" else []  # resync 2.0.1 breaks off with them in a change list
        done = subprocess.run(
            [python, script, mode, "--delete", *hashes, f"{self.base}/={self.folder / 'copy'}"],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=_LONGEST_S,
        )  # fmt: skip
        with (self.folder / "said").open("a", encoding="utf-8") as said:
            said.write(f"{mode} {done.returncode}\n{done.stdout}{done.stderr}\n")
        return done.returncode == 0 and "FatalError" not in done.stderr

    def copy(self) -> Copy:
        files = (self.folder / "copy").rglob("*.nt")
        return {
            f"{self.base}/id/resource/{path.stem}": copies.said(
                copies.quads(path.read_text(encoding="utf-8").split("\n"))
            )
            for path in files
        }


class Dump(NamedTuple):
    datestamp: str
    copy: Copy


def dump(server: Running) -> Dump:
    """The newest dump in N-Quads, held against the digest that the list gives."""
    listed = json.loads(server.get("/dumps/")[1])
    newest = next(each for each in listed if each["format"] == "nq")
    body = server.get(urllib.parse.urlsplit(newest["url"]).path)[1]
    assert sha256(body).hexdigest() == newest["sha256"]
    return Dump(newest["datestamp"], copies.copy_of(gzip.decompress(body).decode().split("\n")[:-1]))


@dataclass
class Harvest:
    """An incremental OAI-PMH harvester of LOM by responseDate: digests of metadata by uuid; None: deleted."""

    copy: dict[str, str | None] = field(default_factory=dict)
    since: str = ""
    runs: int = 0

    def step(self, server: Running) -> None:
        query = {"verb": "ListRecords", "metadataPrefix": "lom"} | ({"from": self.since} if self.since else {})
        first = ""
        while query:
            root = ET.fromstring(_got(server, f"/oai?{urllib.parse.urlencode(query)}"))
            first = first or root.findtext("o:responseDate", "", NS)
            for record in root.iterfind(".//o:record", NS):
                uuid = record.findtext("o:header/o:identifier", "", NS).rpartition(":")[2]
                body = record.find("o:metadata", NS)
                self.copy[uuid] = None if body is None else lom_digest(ET.tostring(body[0]))
            token = root.findtext(".//o:resumptionToken", "", NS)
            query = {"verb": "ListRecords", "resumptionToken": token} if token else {}
        self.since = first
        self.runs += 1


@dataclass
class Listing:
    """A follower of the API's bulk list: the trees by uuid; None: a tombstone."""

    copy: dict[str, Any] = field(default_factory=dict)
    after: int = 0
    runs: int = 0

    def step(self, server: Running) -> None:
        while True:
            page = json.loads(_got(server, f"/api/v1/records?after={self.after}&limit=500"))
            for each in page["items"]:
                self.copy[each["id"]] = each["record"] if each["public"] == "published" else None
                self.after = each["position"]
            if page["next"] is None:
                break
        self.runs += 1


def lom_digest(xml: bytes) -> str:
    """A digest of the canonical form, which does not know where prefixes were declared."""
    return sha256(ET.canonicalize(xml, strip_text=False, rewrite_prefixes=True).encode()).hexdigest()


def _got(server: Running, path: str) -> bytes:
    """An answer, asked for again while the server is away (it is killed in between) or busy."""
    for _ in range(_TRIES):
        try:
            status, body = server.get(path)
        except OSError:
            status, body = 0, b""
        if status == 200:
            return body
        time.sleep(0.3)
    raise AssertionError(f"{path}: {status} {body[:300]!r}")
