"""Five clients of others harvest a running server: whole, by set, by dates, by context; all of them get the same.

Each runs in a process of its own, as its documentation says (oai_clients.py, http_oai.pl, catmandu_oai.pl). What they
must find is read from the database.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from repository.config.load import load
from repository.published import datestamp_of, snapshot
from repository.site import Site, open_site
from schemas.datestamp import utc_datestamp
from tests.support.commands import oerbron
from tests.support.deposit import CURATOR, do
from tests.support.running import free_port, running

pytestmark = pytest.mark.slow

RECORDS, WITHDRAWN = 90, 8
_HERE = Path(__file__).parent
_CONFIG = """
[oai]
page_size = 20
[[oai.context]]
name = "open"
filter = "open=true"
"""
Found = set[tuple[str, str, str]]


class Live(NamedTuple):
    """A running server, and what is published in it."""

    base: str
    site: Site

    def truth(self, spec: str = "", context: str = "") -> Found:
        """Identifier, datestamp and status of what is in a set, or in a context."""
        with snapshot(self.site.database) as line:
            items = line.changes(-1, 10_000)
        if spec:
            items = [item for item in items if spec in item.facts.sets]
        if context:
            items = [item for item in items if context in item.facts.contexts + item.facts.left]
        return {
            (self.site.oai_identifier(item.uuid), utc_datestamp(datestamp_of(item.position)),
             "deleted" if item.deleted else "live")
            for item in items
        }  # fmt: skip


def _open(home: Path, config: Path) -> Site:
    """The site of a home, opened in this process, whose own home is another."""
    given = load(config)
    database = msgspec.structs.replace(given.database, url=f"sqlite:///{home / 'oerbron.sqlite'}")
    return open_site(msgspec.structs.replace(given, database=database))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server over generated records, of which some were withdrawn after they had been published."""
    home = tmp_path_factory.mktemp("clients")
    config, lines, port = home / "oerbron.toml", home / "records.jsonl", free_port()
    config.write_text(_CONFIG + f'[site]\nbase_url = "http://127.0.0.1:{port}"\n')
    assert oerbron(home, "generate", str(RECORDS), "--out", lines).code == 0
    imported = oerbron(home, "--config", config, "import", lines)
    assert imported.counts["created"] == RECORDS, imported
    site = _open(home, config)
    with snapshot(site.database) as line:
        chosen = [item.uuid for item in line.changes(-1, RECORDS)][:: RECORDS // WITHDRAWN][:WITHDRAWN]
    for uuid in chosen:
        do(site, CURATOR, uuid, "withdraw", note="Taken back by its author.")
    assert oerbron(home, "--config", config, "publish").code == 0
    with running(home, "--config", str(config), "serve", "--port", str(port)) as server:
        yield Live(f"http://127.0.0.1:{server.port}/oai", site)
        server.stop()
    site.database.dispose()


_CLIENTS = {
    "sickle": [sys.executable, "oai_clients.py", "sickle"],
    "scythe": [sys.executable, "oai_clients.py", "scythe"],
    "oaipmh": [sys.executable, "oai_clients.py", "oaipmh"],
    "http_oai": ["perl", "http_oai.pl"],
    "catmandu": ["perl", "catmandu_oai.pl"],
}
clients = pytest.mark.parametrize(
    "client",
    [
        *("sickle", "scythe", "oaipmh"),
        *(pytest.param(name, marks=pytest.mark.perl) for name in ("http_oai", "catmandu")),
    ],
)


def harvest(client: str, base: str, verb: str, **arguments: str) -> Found:
    """What a client brings home; it may bring nothing twice."""
    program, script, *words = _CLIENTS[client]
    pairs = [f"{name.rstrip('_')}={value}" for name, value in arguments.items()]
    command = [program, str(_HERE / script), *words, base, verb, *pairs]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    lines = [tuple(line.split("\t")) for line in done.stdout.splitlines()]
    assert len(lines) == len(set(lines))
    return set(lines)  # type: ignore[arg-type]


def verbs(client: str) -> tuple[str, ...]:
    """Catmandu's lists of headers lose the identifiers (0.19)."""
    return ("ListRecords",) if client == "catmandu" else ("ListRecords", "ListIdentifiers")


@clients
def test_a_client_harvests_everything(live: Live, client: str) -> None:
    wanted = live.truth()
    assert len(wanted) == RECORDS
    assert sum(status == "deleted" for _, _, status in wanted) == WITHDRAWN

    for verb, prefix in zip(verbs(client), ("lom", "oai_dc"), strict=False):
        assert harvest(client, live.base, verb, metadataPrefix=prefix) == wanted


@clients
def test_a_client_harvests_a_set_and_its_deleted_records(live: Live, client: str) -> None:
    wanted = live.truth("open")
    assert {status for _, _, status in wanted} == {"live", "deleted"}
    assert len(wanted) < RECORDS

    assert harvest(client, live.base, "ListRecords", metadataPrefix="oai_dc", set="open") == wanted


@clients
def test_a_client_harvests_what_changed(live: Live, client: str) -> None:
    whole = live.truth()
    first, last = (extreme(stamp for _, stamp, _ in whole) for extreme in (min, max))

    newer = harvest(client, live.base, verbs(client)[-1], metadataPrefix="oai_dc", from_=last)
    older = harvest(client, live.base, verbs(client)[-1], metadataPrefix="oai_dc", until=first)

    assert newer == {each for each in whole if each[1] == last}
    assert {status for _, _, status in newer} == {"deleted"}
    assert older == {each for each in whole if each[1] == first}


@clients
def test_a_client_harvests_a_context(live: Live, client: str) -> None:
    wanted = live.truth(context="open")
    assert 0 < len(wanted) < RECORDS

    assert harvest(client, f"{live.base}/open", verbs(client)[-1], metadataPrefix="lom") == wanted


def test_the_server_packs_what_it_sends(live: Live) -> None:
    address = f"{live.base}?verb=ListRecords&metadataPrefix=lom"
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as packed, urllib.request.urlopen(address) as plain:
        assert packed.headers["Content-Encoding"] == "gzip"
        wanted, found = plain.read(), gzip.decompress(packed.read())

    # Two answers may have two response dates.
    assert found[400:] == wanted[400:]
