"""`make bench`: the provider beside pyoai's server and nginx, GetRecord, import by stage, first and last page, feeds.

The harvest of bench.harvest comes with it. Everything is measured in one run on one machine, because only ratios within
a run mean anything. Prints a table and writes bench/results/latest.json; `--docs` writes docs/performance.md too.
`--large N` adds the pages of N records, most of them planted; `--search N` adds the search over N records.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import filling, harvest, linked, measure, planting, report, search
from bench.measure import ROOT, Walk, by_token, environment, fetch, server, serving, walk
from repository.search.engines.embedded import EmbeddedEngine

PREFIXES = ("oai_dc", "lom")
REPEATS = 3
ROUNDS, PAGES = 6, 200  # of the first and the last page
GET_RECORDS = 3_000


def _pyoai(home: Path, port: int) -> Any:
    command = [shutil.which("granian", path=str(Path(sys.executable).parent)) or "granian", "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-ws", "bench.pyoai_server:app"]
    return server(command, port, environment(home) | {"BENCH_DATABASE": f"sqlite:///{home / 'oerbron.sqlite'}"}, "/")


def _best(run: Callable[[], Walk]) -> Walk:
    """The cheapest of a few walks: what the machine's other work did not disturb."""
    return min((run() for _ in range(REPEATS)), key=lambda each: each.cpu_s)


def lists(home: Path) -> dict[str, Any]:
    """Whole ListRecords walks, ours and pyoai's, and our pages as static files."""
    results: dict[str, Any] = {}
    port = measure.free_port()
    pages: dict[str, list[bytes]] = {}
    with serving(home, port) as pid:
        for prefix in PREFIXES:
            pages[prefix] = list(_pages(port, prefix))
            first = f"/oai?verb=ListRecords&metadataPrefix={prefix}"
            results[f"ours {prefix}"] = _best(lambda f=first: walk(port, pid, f, by_token("/oai")))
        gzip = {"Accept-Encoding": "gzip"}
        results["ours oai_dc gzip"] = _best(lambda: _gzip_walk(port, pid, len(pages["oai_dc"]), gzip))
        paths = _get_records(pages["oai_dc"])
        results["ours GetRecord"] = _best(lambda: _one_by_one(port, pid, paths))
        results["ours memory MB"] = measure.memory_mb(pid)
    port = measure.free_port()
    with _pyoai(home, port) as pid:
        for prefix in PREFIXES:
            first = f"/oai?verb=ListRecords&metadataPrefix={prefix}"
            results[f"pyoai {prefix}"] = _best(lambda f=first: walk(port, pid, f, by_token("/oai")))
        paths = _get_records(list(_pages(port, "oai_dc")))
        results["pyoai GetRecord"] = _best(lambda: _one_by_one(port, pid, paths))
    if shutil.which("nginx"):
        for prefix in PREFIXES:
            results[f"nginx {prefix}"] = _static(pages[prefix])
    return results


def _pages(port: int, prefix: str) -> Iterator[bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    path: str | None = f"/oai?verb=ListRecords&metadataPrefix={prefix}"
    following = by_token("/oai")
    while path is not None:
        body = fetch(connection, path)
        yield body
        path = following(body, 0)


def _gzip_walk(port: int, pid: int, pages: int, headers: dict[str, str]) -> Walk:
    """The first page again and again, compressed: what gzip adds, without unpacking tokens."""
    path = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    done = walk(port, pid, path, lambda _, n: path if n < pages else None, headers)
    return done._replace(records=pages * 100)


def _get_records(pages: list[bytes]) -> list[str]:
    """Requests for single records, drawn from all of them."""
    identifiers = [part.split(b"<", 1)[0].decode() for page in pages for part in page.split(b"<identifier>")[1:]]
    identifiers = [each for each in identifiers if each.startswith("oai:")]
    chance = random.Random(1)
    return [
        f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={chance.choice(identifiers)}" for _ in range(GET_RECORDS)
    ]


def _one_by_one(port: int, pid: int, paths: list[str]) -> Walk:
    return walk(port, pid, paths[0], lambda _, n: paths[n] if n < len(paths) else None)


def _static(pages: list[bytes]) -> Walk:
    """The same bytes as files behind nginx, one worker."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:  # noqa: S108
        folder, port = Path(name), measure.free_port()
        folder.chmod(0o755)
        (folder / "www").mkdir()
        for number, page in enumerate(pages):
            (folder / "www" / f"{number}.xml").write_bytes(page)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error; worker_processes 1; master_process off;\n"
            "events {}\nhttp { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;"
            f" open_file_cache max=10000; types {{ text/xml xml; }}\n"
            f" server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}\n",
            encoding="utf-8",
        )
        command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")]
        with server(command, port, {}, "/0.xml") as pid:

            def again() -> Walk:
                rounds = 5 * len(pages)
                return walk(port, pid, "/0.xml", lambda _, n: f"/{n % len(pages)}.xml" if n < rounds else None)

            return _best(again)


def pages_of(home: Path) -> dict[str, Any]:
    """What the first and the last full page of the whole list cost the server, in ms of CPU and of wall clock."""
    port = measure.free_port()
    results: dict[str, Any] = {}
    with serving(home, port) as pid:
        for prefix in PREFIXES:
            first = f"/oai?verb=ListRecords&metadataPrefix={prefix}"
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            following = by_token("/oai")
            early = late = latest = following(fetch(connection, first), 0)
            while (path := following(fetch(connection, latest or first), 0)) is not None:
                late, latest = latest, path
            walks: dict[str, list[Walk]] = {"first": [], "last": []}
            for _ in range(ROUNDS):  # in turns, so that what disturbs one disturbs the other
                for name, page in (("first", early or first), ("last", late or first)):
                    walks[name].append(walk(port, pid, page, lambda _, n, q=page: q if n < PAGES else None))
            for name, done in walks.items():
                results[f"{name} page {prefix}"] = {
                    "cpu_ms": round(1000 * min(each.cpu_s for each in done) / PAGES, 3),
                    "wall_ms": round(1000 * min(each.wall_s for each in done) / PAGES, 3),
                }
        results["memory MB"] = measure.memory_mb(pid)
    return results


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--records", type=int, default=20_000)
    arguments.add_argument("--large", type=int, default=0, help="also the first and last page of so many records")
    arguments.add_argument("--search", type=int, default=0, help="also the search, over so many records")
    arguments.add_argument("--docs", action="store_true", help="write docs/performance.md")
    given = arguments.parse_args()
    measure.pin_client()
    results: dict[str, Any] = {
        "when": f"{datetime.now(UTC):%Y-%m-%d}", "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(), "records": given.records,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        began = time.perf_counter()
        results["import"] = filling.fill(home, given.records, tell=print)
        print(f"filled in {time.perf_counter() - began:.1f} s")
        results["lists"] = {
            key: value._asdict() | {"us": value.us} if isinstance(value, Walk) else value
            for key, value in lists(home).items()
        }
        results[f"pages of {given.records:,}"] = pages_of(home)
        results["harvest"] = harvest.measured(home, given.records)
        if given.large:
            planting.plant(home, given.large, tell=print)
            results[f"pages of {given.large:,}"] = pages_of(home)
    results["linked"] = [row._asdict() for row in linked.run(min(given.records, 5_000), 5 * given.records)]
    if given.search:
        with tempfile.TemporaryDirectory() as name:
            rows = search.measured(EmbeddedEngine(Path(name)), search.Order(given.search))
        results[f"search of {given.search:,}"] = [row._asdict() for row in rows]
    table = f"{report.table(results)}\n{harvest.tables(results['harvest'])}"
    print(table)
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if given.docs:
        report.write_docs(ROOT / "docs" / "performance.md", table)


if __name__ == "__main__":
    main()
