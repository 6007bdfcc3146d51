"""`python -m bench.harvest`: our harvester against our own provider, beside Sickle and oaipmh-scythe.

Fetching and parsing alone, in one run with the other clients, on pages of 100 and of 500; a harvest into an empty
repository from the first request to the last record public, by stage; its peak memory at two sizes; and the audit of a
long list of identifiers. Prints tables, and writes bench/results/harvest.json. Records per second are of wall clock
where a whole command is timed, else CPU microseconds of this process per record, the cheapest of three walks.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from bench import filling, harvest_audit, harvest_stages, measure
from harvest.network.client import Client
from harvest.network.guard import Rules
from harvest.walks.oai import page as pages
from harvest.walks.oai import requests as oai_asking
from schemas.formats.incoming.xml_kinds import Wish
from schemas.vocabularies.vocabularies import shipped

ROOT = Path(__file__).resolve().parents[1]
PAGE_SIZES = (100, 500)
PREFIXES = ("oai_dc", "lom")
REPEATS = 3


@contextmanager
def provider(home: Path, page_size: int) -> Iterator[str]:
    """Our own server over a filled repository; gives its base URL."""
    port = measure.free_port()
    file = home / f"serve-{page_size}.toml"
    file.write_text(f'[site]\nbase_url = "http://127.0.0.1:{port}"\n[oai]\npage_size = {page_size}\n', encoding="utf-8")
    start = "import sys; from portal.cli import main; sys.argv[0] = 'oerbron'; main()"
    command = [sys.executable, "-c", start, "--config", str(file), "serve", "--port", str(port), "--workers", "1"]
    env = {"OERBRON_HOME": str(home), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'oaipmh'}"}
    with measure.server(command, port, env, "/healthz"):
        yield f"http://127.0.0.1:{port}/oai"


def clients() -> dict[str, Callable[[str, str], int]]:
    """Who walks a list, by name; each gives how many records it saw."""
    return {
        "ours": _ours,
        "ours, the bytes of each record kept": _ours_raw,
        "ours, every record read as well": _ours_read,
        "sickle": _sickle,
        "sickle, the bytes of each record kept": _sickle_raw,
        "oaipmh-scythe": _scythe,
    }


def _pages(base: str, prefix: str) -> Iterator[pages.Page]:
    """Every page of a list, parsed strictly."""
    client = Client(Rules(frozenset(("127.0.0.1",))), "bench@example.org")
    address = oai_asking.url(base, "ListRecords", metadataPrefix=prefix)
    while True:
        page = pages.read(client.get(address).body)
        yield page
        if not page.said.token:
            break
        address = oai_asking.url(base, "ListRecords", resumptionToken=page.said.token)
    client.close()


def _ours(base: str, prefix: str) -> int:
    return sum(bool(header.identifier) for page in _pages(base, prefix) for header in page.headers())


def _ours_raw(base: str, prefix: str) -> int:
    return sum(
        bool(header.identifier and etree.tostring(record, with_tail=False, encoding="utf-8"))
        for page in _pages(base, prefix)
        for header, record in zip(page.headers(), page.elements("record"), strict=True)
    )


def _ours_read(base: str, prefix: str) -> int:
    wish = Wish(shipped())
    return sum(each.reading is not None for page in _pages(base, prefix) for each in page.deliveries(wish))


def _sickle(base: str, prefix: str) -> int:
    from sickle import Sickle  # noqa: PLC0415 - the yardsticks are optional

    return sum(bool(each.header.identifier) for each in Sickle(base).ListRecords(metadataPrefix=prefix))


def _sickle_raw(base: str, prefix: str) -> int:
    from sickle import Sickle  # noqa: PLC0415

    found = Sickle(base).ListRecords(metadataPrefix=prefix)
    return sum(bool(each.header.identifier and each.raw) for each in found)


def _scythe(base: str, prefix: str) -> int:
    from oaipmh_scythe import Scythe  # noqa: PLC0415

    with Scythe(base) as scythe:
        return sum(1 for _ in scythe.list_records(metadata_prefix=prefix))


def fetching(home: Path, records: int) -> dict[str, float]:
    """CPU microseconds per record of each client, the cheapest of some walks, by page size and prefix."""
    results: dict[str, float] = {}
    for page_size in PAGE_SIZES:
        with provider(home, page_size) as base:
            for prefix in PREFIXES:
                for name, walk in clients().items():
                    results[f"{name} | {prefix}, pages of {page_size}"] = min(
                        _cost(walk, base, prefix, records) for _ in range(REPEATS)
                    )
    return results


def _cost(walk: Callable[[str, str], int], base: str, prefix: str, records: int) -> float:
    began = time.process_time()
    assert walk(base, prefix) == records, "not every record came"
    return 1e6 * (time.process_time() - began) / records


def fetching_table(results: dict[str, float]) -> str:
    """The clients side by side, each with how many times Sickle's rate it is."""
    lists = [f"{prefix}, pages of {size}" for size in PAGE_SIZES for prefix in PREFIXES]
    lines = ["| fetch and parse, us per record (times sickle's rate) | " + " | ".join(lists) + " |"]
    lines.append("|---" * (len(lists) + 1) + "|")
    for name in clients():
        cells = [(results[f"{name} | {each}"], results[f"sickle | {each}"]) for each in lists]
        lines.append(f"| {name} | " + " | ".join(f"{us:.0f} ({sickle / us:.1f})" for us, sickle in cells) + " |")
    return "\n".join(lines)


def measured(home: Path, records: int) -> dict[str, Any]:
    """Both parts, over a filled repository."""
    results: dict[str, Any] = {"fetch": fetching(home, records)}
    with provider(home, 100) as base:
        return results | {"whole": harvest_stages.whole(base, records)}


def tables(results: dict[str, Any]) -> str:
    """What was measured, part by part."""
    writers = {"fetch": fetching_table, "whole": harvest_stages.table, "audit": harvest_audit.table}
    return "\n\n".join(writers[part](found) for part, found in results.items()) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--records", type=int, default=20_000)
    arguments.add_argument("--headers", type=int, default=0, help="also the audit of so many identifiers")
    arguments.add_argument("--home", type=Path, help="a filled home is kept there and used again")
    arguments.add_argument("--only", choices=("fetch", "whole", "audit"), help="one part of it")
    given = arguments.parse_args()
    results: dict[str, Any] = {}
    with _home(given.home) as home:
        if given.only != "audit" and not (home / "oerbron.sqlite").exists():
            filling.fill(home, given.records, tell=print)
        if given.only is None:
            results |= measured(home, given.records)
        elif given.only == "fetch":
            results["fetch"] = fetching(home, given.records)
        elif given.only == "whole":
            with provider(home, 100) as base:
                results["whole"] = harvest_stages.whole(base, given.records)
    if given.headers:
        results["audit"] = harvest_audit.audit(given.headers)
    print(tables(results))
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    (folder / "harvest.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _home(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


if __name__ == "__main__":
    main()
