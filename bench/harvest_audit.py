"""The audit of a long list of identifiers: a provider that keeps no deletions names so many, all of them here but some.

The rows of what is here are written straight into the tables; the provider is a process of its own
(`python -m bench.harvest_audit PORT HEADERS`), so that only the harvester's time and memory are measured.
"""

from __future__ import annotations

import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text

from bench import measure
from repository import deposit
from repository.config.sections import Config, DatabaseSection
from repository.deposit import OPERATOR, Order
from repository.site import Site, open_site
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from schemas.generate.generate import lines

PAGE = 1_000
LOST = 50  # records that are here and that the provider does not name any more
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-11-25T12:00:00Z</responseDate><request>http://bench.example/oai</request>"
)
_IDENTIFY = (
    "<Identify><earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp><deletedRecord>no</deletedRecord>"
    "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
)


def audit(headers: int) -> dict[str, float]:
    """Harvest a provider of so many identifiers that has nothing new; wall clock, CPU, memory, deletions found."""
    from bench import harvest_stages  # noqa: PLC0415 - it needs the portal, the provider's process does not

    with tempfile.TemporaryDirectory() as name:
        home, port = Path(name), measure.free_port()
        _fill(home, headers)
        with measure.server([sys.executable, "-m", "bench.harvest_audit", str(port), str(headers)], port, {}):
            return harvest_stages.command(home, f"http://127.0.0.1:{port}/oai", ["--prefix", "lom"]) | {
                "headers": headers
            }


def _fill(home: Path, headers: int) -> None:
    """A repository in which all these records came from the source, and some more."""
    site = open_site(Config(database=DatabaseSection(url=f"sqlite:///{home / 'oerbron.sqlite'}")))
    found = incoming.deliveries(b"\n".join(lines(LOST, 1)), incoming.Incoming("bench", "jsonl"))
    lost = [
        Delivery(place=one.place, format="jsonl", reading=one.reading, identifier=f"oai:lost:{n}")
        for n, one in enumerate(found)
    ]
    deposit.deliver(site, lost, Order("bench", "published", OPERATOR, harvest=True))
    _known(site, headers)
    site.database.dispose()


def _known(site: Site, headers: int) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :headers)"
    first = "(SELECT max(id) + 1 FROM record WHERE uuid NOT LIKE 'bench-%')"
    with site.database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO record (id, uuid, public, work, revision, stamp, reviewed, collections, erased, created,"
                f" modified) {numbers} SELECT {first} + i, 'bench-' || i, 'published', 'none', 1, 0, 0, '[]', 0, 0, 0"
                " FROM n"
            ),
            {"headers": headers},
        )
        connection.execute(
            text(
                "INSERT INTO origin (source, key, record, is_primary) SELECT 'bench', 'oai:bench:' || substr(uuid, 7),"
                " id, 1 FROM record WHERE uuid LIKE 'bench-%'"
            )
        )
        connection.execute(
            text(
                "INSERT INTO harvest_state (source, prefix, spec, since, holes, at)"
                " VALUES ('bench', 'lom', '', '2026-11-24T12:00:00Z', '[]', 0)"
            )
        )


def table(results: dict[str, float]) -> str:
    """One line for the closing note."""
    return (
        f"audit of {results['headers']:,.0f} identifiers: {results['wall s']:.0f} s,"
        f" {1e6 * results['CPU s'] / results['headers']:.0f} us of CPU each, peak {results['peak MB']:.0f} MB,"
        f" {results['deleted']:.0f} of {LOST} lost deletions found"
    )


def _inside(asked: dict[str, str], headers: int) -> str:
    verb = asked.get("verb")
    if verb == "Identify":
        return _IDENTIFY
    if verb != "ListIdentifiers":
        return '<error code="noRecordsMatch"/>'
    start = int(asked.get("resumptionToken", "0"))
    end = min(start + PAGE, headers)
    rows = "".join(
        f"<header><identifier>oai:bench:{n}</identifier><datestamp>2026-01-01T00:00:00Z</datestamp></header>"
        for n in range(start, end)
    )
    token = str(end) if end < headers else ""
    size = f'completeListSize="{headers}"'
    return f"<ListIdentifiers>{rows}<resumptionToken {size}>{token}</resumptionToken></ListIdentifiers>"


def main() -> None:
    """Serve a list of identifiers until the process is ended."""
    port, headers = int(sys.argv[1]), int(sys.argv[2])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            body = f"{_HEAD}{_inside(asked, headers)}</OAI-PMH>".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ARG002
            return

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
