"""Repositories in processes of their own, one harvesting the other: a chain A -> B -> C, and every kind of source.

`python -m tests.stress.chain --records 3000` serves A, B and C, runs `oerbron harvest run` along the chain, changes
and deletes at A, runs it again twice, and compares what each gives out over OAI-PMH, byte for byte; then an empty D
follows A's event stream, sitemap and lines, each twice. It prints outcomes, seconds and the most memory a run took.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from lxml import etree

from schemas.generate import generate
from tests.support.commands import outcomes
from tests.support.running import Running, free_port, running

OAI = "{http://www.openarchives.org/OAI/2.0/}"
PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"
KINDS = {"ldes": "/ldes", "sitemap": "/sitemap.xml", "amb": "/dumps/latest.jsonl"}
_CODE = "import sys; from portal.cli import main; sys.argv[0] = 'oerbron'; main()"
_SUMMARY = re.compile(", ".join(rf"{name} (\d+)" for name in outcomes()))


class Run(NamedTuple):
    """What one `harvest run` came to."""

    what: str
    counts: dict[str, int]
    seconds: float
    peak_mb: float


class Given(NamedTuple):
    """One record as a repository gives it out: its metadata (None: deleted) and who says to have had it, last first."""

    metadata: bytes | None
    origins: tuple[str, ...]


class Node(NamedTuple):
    """A repository: its folder and its configuration."""

    home: Path
    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def oerbron(self, *words: str) -> tuple[str, float, float]:
        """A command in a process of its own: what it said, its seconds, and its peak of memory in MB."""
        began = time.monotonic()
        environment = {**os.environ, "OERBRON_HOME": str(self.home)}
        command = [sys.executable, "-c", _CODE, "--config", str(self.home / "config.toml"), *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment) as process:
            assert process.stdout is not None
            said = process.stdout.read().decode()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, said
        return said, time.monotonic() - began, used.ru_maxrss / 1024

    def live(self) -> int:
        """How many records it has that are public."""
        with contextlib.closing(sqlite3.connect(self.home / "oerbron.sqlite")) as database:
            return int(database.execute("SELECT count(*) FROM \"current\" WHERE state = 'live'").fetchone()[0])

    def harvest(self, name: str) -> Run:
        said, seconds, peak_mb = self.oerbron("harvest", "run", name)
        found = _SUMMARY.search(said)
        assert found is not None, said
        counts = dict(zip(outcomes(), map(int, found.groups()), strict=True))
        return Run(f"{self.home.name} <- {name}", counts, seconds, peak_mb)


def a_node(home: Path) -> Node:
    home.mkdir()
    node = Node(home, free_port())
    (home / "config.toml").write_text(
        f'[site]\nbase_url = "{node.base}"\n[oai]\ndomain = "{home.name}.example"\n'
        '[harvest]\nallow_hosts = ["127.0.0.1"]\n',
        encoding="utf-8",
    )
    return node


@contextlib.contextmanager
def served(node: Node) -> Iterator[Running]:
    words = ("--config", str(node.home / "config.toml"), "serve", "--port", str(node.port))
    with running(node.home, *words) as server:
        yield server


def given(server: Running) -> dict[str, Given]:
    """All that a repository gives out as lom, by the key that its first owner gave it."""
    found: dict[str, Given] = {}
    query = "metadataPrefix=lom"
    while query:
        _, body = server.get(f"/oai?verb=ListRecords&{query}")
        root = etree.fromstring(body)
        for record in root.iter(f"{OAI}record"):
            identifier = record.findtext(f"{OAI}header/{OAI}identifier") or ""
            metadata = record.find(f"{OAI}metadata")
            origins = [one.text or "" for one in record.iter(f"{PROVENANCE}baseURL")]
            named = [one.text or "" for one in record.iter(f"{PROVENANCE}identifier")]
            key = named[-1] if named else identifier
            found[key] = Given(None if metadata is None else etree.tostring(metadata[0]), tuple(origins))
        token = root.findtext(f".//{OAI}resumptionToken")
        query = f"resumptionToken={token}" if token else ""
    return found


def live(found: dict[str, Given]) -> dict[str, bytes]:
    return {key: one.metadata for key, one in found.items() if one.metadata is not None}


def brought(node: Node, lines: Sequence[bytes]) -> str:
    """Import lines into a repository whose server runs."""
    path = node.home / "lines.jsonl"
    path.write_bytes(b"\n".join(lines))
    return node.oerbron("import", str(path), "--source", "school")[0].splitlines()[-1]


def changed(lines: Sequence[bytes]) -> list[bytes]:
    """Every tenth record with another title."""
    found = []
    for line in lines[::10]:
        tree = msgspec.json.decode(line)
        tree["record"]["general"]["title"] = [{"lang": "nl", "value": "Anders dan eerst"}]
        found.append(msgspec.json.encode(tree))
    return found


def go(folder: Path, count: int, kinds: Sequence[str] = tuple(KINDS)) -> Iterator[Run]:
    """The whole story; raises AssertionError where two repositories differ."""
    lines = list(generate.lines(count, 1))
    nodes = [a_node(folder / name) for name in "abc"]
    first, second, third = nodes
    brought(first, lines)
    second.oerbron("harvest", "add", "a", f"{first.base}/oai", "--prefix", "lom", "--schedule", "never")
    third.oerbron("harvest", "add", "b", f"{second.base}/oai", "--prefix", "lom", "--schedule", "never")
    with served(first) as at_first, served(second) as at_second, served(third) as at_third:
        servers = (at_first, at_second, at_third)

        def cycle(expected: dict[str, int]) -> Iterator[Run]:
            for node, name in ((second, "a"), (third, "b")):
                run = node.harvest(name)
                yield run
                assert run.counts == expected, run
            told = [given(server) for server in servers]
            assert live(told[1]) == live(told[0])
            assert live(told[2]) == live(told[0])
            assert {one.origins for one in told[2].values() if one.metadata} == {
                (f"{second.base}/oai", f"{first.base}/oai")
            }

        yield from cycle(outcomes(created=count))
        yield from cycle(outcomes(unchanged=count))
        edited = changed(lines)
        assert brought(first, edited).startswith(f"created 0, updated {len(edited)},")
        gone = [identifier for identifier, one in given(at_first).items() if one.metadata][: max(1, count // 20)]
        told = brought(first, [msgspec.json.encode({"id": one, "public": "deleted"}) for one in gone])
        assert told.startswith(f"created 0, updated 0, unchanged 0, deleted {len(gone)},"), told
        moved = {identifier: one for identifier, one in given(at_first).items() if identifier not in gone}
        updated = sum(b"Anders dan eerst" in (one.metadata or b"") for one in moved.values())
        for node, name in ((second, "a"), (third, "b")):
            run = node.harvest(name)
            yield run
            assert (run.counts["updated"], run.counts["deleted"], run.counts["created"]) == (updated, len(gone), 0), run
        yield from cycle(outcomes(unchanged=count))  # deletions that are known too
        first.oerbron("dump", "--format", "jsonl")
        for kind in kinds:
            yield from _of_kind(folder, first, kind, count - len(gone))


def _of_kind(folder: Path, first: Node, kind: str, count: int) -> Iterator[Run]:
    node = a_node(folder / f"d-{kind}")
    node.oerbron("harvest", "add", kind, f"{first.base}{KINDS[kind]}", "--kind", kind, "--schedule", "never")
    for time_ in (1, 2):
        run = node.harvest(kind)
        yield run
        assert run.counts["rejected"] == 0, run
        assert time_ == 1 or run.counts == outcomes(unchanged=sum(run.counts.values())), run
        assert node.live() == count, run


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=3_000)
    arguments.add_argument("--kinds", nargs="*", default=list(KINDS))
    said = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for run in go(Path(name), said.records, said.kinds):
            counts = ", ".join(f"{outcome} {n}" for outcome, n in run.counts.items() if n)
            rate = sum(run.counts.values()) / run.seconds
            row = f"{run.what:14} {counts:40} {run.seconds:7.1f} s {rate:7.0f}/s {run.peak_mb:6.0f} MB\n"
            sys.stdout.write(row)
            sys.stdout.flush()
    sys.stdout.write("what A, B and C give out is the same, byte for byte\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
