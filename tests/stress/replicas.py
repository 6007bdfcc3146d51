"""Replicas: after thousands of random changes every follower of every feed holds the same records, triple by triple.

tests/conformance/test_feeds_replicas.py runs it short; by hand `python -m tests.stress.replicas --changes 10000`.
A server runs (and is killed once in the middle), changes come through the repository, followers follow meanwhile; in
the quiet after it those that bootstrap do, and every copy is held against what the database has published.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from repository.linked import graphs
from repository.published import snapshot
from repository.site import Site
from repository.upkeep import doctor
from tests.stress import copies
from tests.stress.copies import Copy
from tests.stress.field import ORDERED, QUIET_S, Field, at_home, change, following, quiet
from tests.stress.followers import Dump, Resync, Streaming, dump, ldes_client, lom_digest, resync_python
from tests.support.commands import oerbron
from tests.support.running import Running, until_free

_PATIENCE_S = 400  # a client that must keep the order holds everything back until it has it


class Truth(NamedTuple):
    """What is published: graphs by IRI, LOM digests and trees by uuid (None: a tombstone), and the log's members."""

    graphs: Copy
    lom: dict[str, str | None]
    trees: dict[str, Any]
    members: list[int]
    sealed: int


def fight(
    folder: Path,
    changes: int,
    seconds: float,
    seed: int = 1,
    tell: Callable[[str], None] = lambda _: None,
    url: str = "",
) -> dict[str, Any]:
    """Run it; a row per follower: what it holds, after how many runs, and which records differ (must be none)."""
    with at_home(folder / "home"):
        field = Field(folder, seed, url)
        half = changes // 2
        with field.serve() as server, following(field, server):
            change(field, half, seconds / 2)
            quiet(field)
            oerbron(field.home, "--config", field.config, "dump", "--format", "nq")
            bootstrap = dump(server)
            tell(f"{half} changes made, dump of {len(bootstrap.copy)} records at {bootstrap.datestamp}")
            change(field, half // 2, seconds / 4)
            server.stop(9)
            until_free(field.port)
            with field.serve() as server_:
                server.port, server.process = server_.port, server_.process
                change(field, changes - half - half // 2, seconds / 4)
                quiet(field)
                tell(f"{dict(field.changer.done)}")
                return _judged(field, server, bootstrap, tell)


def truth(site: Site) -> Truth:
    """What the database has published."""
    found = Truth({}, {}, {}, [], 0)
    with snapshot(site.database) as line:
        for item in line.changes(-1, 1_000_000):
            tree = None if item.deleted else line.face("json", item.position)
            found.trees[item.uuid] = None if tree is None else json.loads(tree)
            lom = None if item.deleted else line.face("lom", item.position)
            found.lom[item.uuid] = None if lom is None else lom_digest(lom)
            graph = None if item.deleted else graphs.graph(site, line, item.position)
            if graph is not None:
                statements = copies.quads(graph.decode().split("\n")[:-1])
                found.graphs[site.url(f"/id/resource/{item.uuid}")] = copies.said(statements)
        rows = line.connection.exec_driver_sql("SELECT position FROM log WHERE member ORDER BY position")
        found.members.extend(row[0] for row in rows)
        pages = line.connection.exec_driver_sql("SELECT count(*) FROM page").scalar()
    return found._replace(sealed=int(pages or 0))


def _judged(field: Field, server: Running, bootstrap: Dump, tell: Callable[[str], None]) -> dict[str, Any]:
    known = truth(field.site)
    rows: dict[str, dict[str, Any]] = {}

    def row(name: str, copy: dict[str, Any], expected: dict[str, Any], runs: int, **more: Any) -> None:
        differing = sorted(key for key in copy.keys() | expected.keys() if copy.get(key) != expected.get(key))
        rows[name] = {
            "records": sum(each is not None for each in copy.values()),
            "triples": sum(each.triples for each in copy.values() if isinstance(each, copies.Said)) or None,
            "runs": runs, "differ": len(differing), "for example": differing[:3], **more,
        }  # fmt: skip
        tell(f"{name}: {rows[name]}")

    field.halt()
    if ldes_client():
        for name, copy, members, runs in _streamed(field, known, bootstrap):
            row(name, copy, known.graphs, runs, members=members)
    if resync_python():
        field.resync.sync("--incremental")
        row("resync incremental", field.resync.copy(), known.graphs, 0)
        fresh = Resync(field.base, field.folder / "fresh")
        fresh.sync("--baseline")
        row("resync baseline", fresh.copy(), known.graphs, 1)
    oerbron(field.home, "--config", field.config, "dump", "--format", "nq")
    row("dump", dump(server).copy, known.graphs, 1)
    for name, follower, expected in (
        ("OAI-PMH lom", field.harvest, known.lom), ("API list", field.listing, known.trees),
    ):  # fmt: skip
        whole = type(follower)()
        for kind, each in ((f"{name}, incremental", follower), (f"{name}, whole", whole)):
            each.step(server)
            row(kind, each.copy, expected, each.runs)
    checked = oerbron(field.home, "--config", field.config, "ldes", "check", f"{field.base}/ldes", "--again")
    return {
        "changes": dict(field.changer.done), "members": len(known.members), "sealed pages": known.sealed,
        "live": len(known.graphs), "rows": rows, "failures": field.failures, "check": checked.out.splitlines()[-1],
        "doctor": [finding.code for finding in doctor.examine(field.site)],
    }  # fmt: skip


def _streamed(field: Field, known: Truth, bootstrap: Dump) -> Iterator[tuple[str, Copy, int, int]]:
    """Name, copy, members and runs of each mode of the client of the stream."""
    for name in ("follow", "follow ordered"):
        stream = field.streams[name]
        _awaited(stream, len(known.members))
        members = stream.members()
        copy = copies.applied({}, members if "ordered" in name else copies.by_number(members))
        yield name, copy, len(members), stream.runs
    save = field.streams["save"]
    assert save.process is not None
    save.process.wait(QUIET_S)
    save.run()
    members = save.members()
    yield "save", copies.applied({}, copies.by_number(members)), len(members), save.runs
    for name in ("plain", "ordered", "last version only"):
        stream = field.streams[name]
        stream.run()
        members = stream.members()
        yield name, copies.applied({}, members if name == "ordered" else copies.by_number(members)), len(members), 1
    field.streams["materialize"].run()
    lines = field.streams["materialize"].lines()
    yield "materialize", copies.materialized(lines), sum(f"<{copies.TYPE}> <{copies.AS}" in line for line in lines), 1
    after = Streaming("after", ("--after", bootstrap.datestamp, *ORDERED), f"{field.base}/ldes", field.folder)
    after.run()
    yield "dump, then --after", copies.applied(bootstrap.copy, after.members()), len(after.members()), 1


def _awaited(stream: Streaming, members: int) -> None:
    """Until a client that follows wrote so many members."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and stream.written() < members:
        time.sleep(1.0)
    time.sleep(2.0)
    stream.stop()


def table(result: dict[str, Any]) -> str:
    """A row per follower."""
    lines = [f"{'follower':26} {'records':>8} {'triples':>9} {'members':>8} {'runs':>5} {'differ':>7}"]
    for name, each in result["rows"].items():
        cells = (each["records"], each["triples"] or "-", each.get("members", "-"), each["runs"] or "-")
        lines.append(f"{name:26} {cells[0]:>8} {cells[1]:>9} {cells[2]:>8} {cells[3]:>5} {each['differ']:>7}")
    more = {key: value for key, value in result.items() if key != "rows"}
    return "\n".join([*lines, json.dumps(more, ensure_ascii=False)])


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--changes", type=int, default=1_000)
    arguments.add_argument(
        "--seconds", type=float, default=0, help="how long the changes take; 0: a 30th of a second each"
    )
    arguments.add_argument("--folder", type=Path, help="where everything is left, an empty one")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--database", default="", help="the address of an empty PostgreSQL database; else SQLite")
    given = arguments.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    seconds = given.seconds or given.changes / 30

    def tell(said: str) -> None:
        print(said, file=sys.stderr)  # noqa: T201

    result = fight(folder, given.changes, seconds, given.seed, tell, given.database)
    print(table(result))  # noqa: T201
    sys.exit(any(each["differ"] for each in result["rows"].values()) or bool(result["doctor"] or result["failures"]))


if __name__ == "__main__":
    main()
