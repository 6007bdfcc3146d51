"""A repository of ours served on loopback, and one that harvests it: chains of them, in one process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from harvest.run import Doing, follow
from harvest.run_rows import Run
from portal.app import create_app
from portal.server.after_publication import follow as follow_publication
from repository import deposit
from repository.config.sections import Config, DatabaseSection, HarvestSection, HarvestSource, OaiSection, SiteSection
from repository.deposit import OPERATOR, Order
from repository.publishing import publication
from repository.site import STREAM_PAGES, PageSizes, Site, open_site
from repository.upkeep import doctor
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from schemas.generate import generate
from tests.support.running import free_port


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's interface
        return


class Clock:
    """Real seconds, with the two seconds between two batches passed by at a word."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return 1_795_000_000.0 + self.ahead

    def monotonic(self) -> float:
        return self.ahead

    def pass_(self, seconds: float) -> None:
        self.ahead += seconds


class Node:
    """A repository with an address."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.site = site
        self.clock = clock
        self.base = site.base_url

    def publish(self) -> None:
        """Publish all that waits, and what follows it."""
        for _ in range(3):
            self.clock.pass_(2)
            publication.publish(self.site)
        follow_publication(self.site)

    def harvest(self, url: str, *, confirm: bool = False, **settings: Any) -> Run:
        """Follow a source and publish what came; naps take no time."""
        source = HarvestSource(**({"name": "upstream", "url": url} | settings))
        ended = follow(self.site, source, Doing(confirm_deletes=confirm, sleep=lambda _: None))
        self.publish()
        return ended

    def faces(self, view: str = "lom") -> list[bytes]:
        """The published bytes of every live record, sorted."""
        with self.site.database.read() as connection:
            rows = connection.exec_driver_sql(
                f'SELECT f.bytes FROM face_{view} f JOIN "current" c ON c.position = f.position'
                " WHERE c.state = 'live'"
            )
            return sorted(bytes(row[0]) for row in rows)


def lines(count: int, seed: int = 1) -> list[Delivery]:
    """Realistic records, named oai:kim:0 and so on."""
    request = incoming.Incoming("chain", "jsonl")
    found = incoming.deliveries(b"\n".join(generate.lines(count, seed)), request)
    return [
        Delivery(place=one.place, format="jsonl", reading=one.reading, identifier=f"oai:kim:{n}")
        for n, one in enumerate(found)
    ]


def deletions(*numbers: int) -> list[Delivery]:
    """What deletes records of `lines`."""
    return [Delivery(place="header", format="oai-pmh", identifier=f"oai:kim:{n}", deleted=True) for n in numbers]


def bring(site: Site, deliveries: list[Delivery]) -> None:
    """Take records in, as the source kim delivers them."""
    deposit.deliver(site, deliveries, Order(source="kim", as_state="published", actor=OPERATOR, harvest=True))


def outcomes(**given: int) -> dict[str, int]:
    """The counts of a run; those not given are 0."""
    return dict.fromkeys(("created", "updated", "unchanged", "deleted", "rejected"), 0) | given


@contextlib.contextmanager
def a_node(home: Path, domain: str, page_sizes: PageSizes = STREAM_PAGES, **sections: Any) -> Iterator[Node]:
    """A repository, served on loopback; the doctor looks at it at the end."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = Config(
        site=SiteSection(base_url=f"http://127.0.0.1:{port}"),
        database=DatabaseSection(url=f"sqlite:///{home / 'node.sqlite'}"),
        oai=OaiSection(domain=domain),
        harvest=HarvestSection(allow_hosts=("127.0.0.1",)),
        **sections,
    )
    clock = Clock()
    site = open_site(config, clock, page_sizes=page_sizes)
    server = make_server("127.0.0.1", port, create_app(site), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Node(site, clock)
        assert doctor.examine(site) == []
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
        site.database.dispose()
