"""The keeper: shows a beast to the harvester over loopback, in a repository of its own, and says how it ended.

One server for the whole zoo; a beast lives under its name. Sleeping is only noted, so that a beast that asks for an
hour costs nothing.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import event

from harvest import run_rows
from harvest.network.client import Caps, Client
from harvest.network.guard import Rules
from harvest.run import Doing, follow
from repository.config.sections import Config, DatabaseSection, HarvestSource, OaiSection, SiteSection
from repository.site import Site, open_site
from tests.support.site import FakeClock
from tests.zoo.provider import Provider, Reply

NAME = "zoo"


class End(NamedTuple):
    """How a run ended: its state, what is live here, what each run's outcomes were, codes held, seconds slept."""

    state: str
    alive: frozenset[str]
    outcomes: tuple[dict[str, int], ...]
    held: dict[str, int]
    notes: tuple[str, ...]
    slept_s: float
    requests: int

    @property
    def told(self) -> str:
        """The end state in a few words."""
        last = ", ".join(f"{count} {name}" for name, count in self.outcomes[-1].items() if count) or "nothing"
        held = ", ".join(f"{count} {code}" for code, count in self.held.items())
        return f"{self.state}: {last}; {len(self.alive)} here" + (f"; held: {held}" if held else "")


class Zoo:
    """The server, with the beasts that are in it now."""

    def __init__(self) -> None:
        self.beasts: dict[str, Provider] = {}
        zoo = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                beast = zoo.beasts[path.split("/")[1]]
                reply = beast.reply(query, {name.lower(): value for name, value in self.headers.items()})
                _send(self, reply)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                return  # a client that hangs up on a beast is no fault

        self.server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def take_in(self, name: str, beast: Provider) -> str:
        """Let a beast live here; gives its base URL."""
        self.beasts[name] = beast
        beast.base = beast.base or f"http://127.0.0.1:{self.server.server_port}/{name}"
        return f"http://127.0.0.1:{self.server.server_port}/{name}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(5)


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.status == 0:  # hang up without a word
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        return
    handler.send_response(reply.status)
    for name, value in reply.headers:
        handler.send_header(name, value)
    if not any(name == "Content-Length" for name, _ in reply.headers):
        handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    if reply.drip_s:
        with contextlib.suppress(OSError):
            for n in range(len(reply.body)):
                handler.wfile.write(reply.body[n : n + 1])
                time.sleep(reply.drip_s)
        return
    handler.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
    if reply.cut is not None:
        handler.close_connection = True


@contextlib.contextmanager
def a_repository(home: Path, domain: str = "zoo-keeper.example") -> Iterator[Site]:
    """A repository that harvests."""
    config = Config(
        site=SiteSection(base_url=f"http://{domain}"),
        database=DatabaseSection(url=f"sqlite:///{home / 'zoo.sqlite'}"),
        oai=OaiSection(domain=domain),
    )
    site = open_site(config, FakeClock())
    # What a beast does is not about power cuts, and there are many beasts.
    event.listen(site.database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    site.database.dispose()
    try:
        yield site
    finally:
        site.database.dispose()


class Keeper:
    """Follows one source in one repository."""

    def __init__(
        self, site: Site, url: str, timeout_s: float = 5.0, most_bytes: int = 5_000_000, **settings: Any
    ) -> None:
        self.site = site
        self.source = HarvestSource(**({"name": NAME, "url": url, "prefix": "lom"} | settings))
        rules, caps = Rules(frozenset(("127.0.0.1",))), Caps(timeout_s, 5_000_000)
        self.client = Client(rules, "zoo@example.org", caps, _addresses)
        self.slept_s = 0.0
        self.outcomes: list[dict[str, int]] = []

    def run(self, *, confirm: bool = False, everything: bool = False) -> run_rows.Run:
        def sleep(seconds: float) -> None:
            self.slept_s += seconds

        ended = follow(self.site, self.source, Doing(confirm, sleep=sleep, client=self.client, everything=everything))
        self.outcomes.append(ended.counts)
        return ended

    def end(self, beast: Provider) -> End:
        """How things stand now."""
        last = run_rows.last(self.site, self.source.name)
        assert last is not None
        with self.site.database.read() as connection:
            held = run_rows.quarantine_codes(connection, self.source.name)
        state = run_rows.shown_state(self.site, last)
        return End(
            state, live(self.site, self.source.name), tuple(self.outcomes), held, last.notes,
            self.slept_s, len(beast.asked),
        )  # fmt: skip

    def close(self) -> None:
        self.client.close()


def _addresses(host: str, port: int) -> list[str]:
    """What the system makes of a name without asking anybody: nothing but loopback is ever contacted."""
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)]


def live(site: Site, source: str) -> frozenset[str]:
    """The keys of a source's live records."""
    with site.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT o.key FROM origin o JOIN record r ON r.id = o.record WHERE o.source = ?"
            " AND r.public NOT IN ('deleted', 'withdrawn')",
            (source,),
        )
        return frozenset(row[0] for row in rows)
