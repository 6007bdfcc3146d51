"""The server: granian workers over one site each, with a ticker that publishes about every second.

The main process opens the site once, so that a broken one is told in a sentence before anything listens; each worker
is forked from it and opens its own database connections. Data are safe at any kill (design.md, 2): SIGTERM only lets
requests finish, within 30 s.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import logging
import os
import resource
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from portal.server import lanes, letters, logs, mail, memory
from portal.server.after_publication import Dumper, follow
from portal.server.background import Harvester
from portal.server.body import Intake
from portal.server.connections import Connections
from repository import site
from repository.config.sections import Config
from repository.errors import Refused, RepositoryError
from repository.publishing import publication
from repository.search.service import Searching, open_search
from repository.site import Site, open_site
from repository.upkeep import backup

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask

TICK_S = 1.0
PROJECT_S = 1.0  # of a tick may go into the index
_METRICS = "oerbron-metrics-"
STOP_S = 22
# An answer lies read halfway in a slow client's hands for long; ldes-client 0.3.0 (2026-11, ordered) gave up when the
# connection was closed meanwhile, which granian does 30 s after the last byte.
IDLE_S = 120
CONNECTIONS = 8_192  # of a worker; each may wait, so there are more than anybody holds
HEAD_BYTES = 64 * 1024
RESPAWN_S = 6.0
log = logging.getLogger(__name__)


class Address(msgspec.Struct, frozen=True):
    """Where to listen, with how many processes, and whether a drill (`restore --exact`) may be served."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    drill: bool = False


class Ticker(threading.Thread):
    """Calls publish about once a second for as long as its process lives; no error ends it."""

    def __init__(self, site: Site, searching: Searching, server: int | None = None, tick_s: float = TICK_S) -> None:
        super().__init__(name="ticker", daemon=True)
        self.site = site
        self.searching = searching
        self.server = server  # the main process; it may be gone already, so the worker is told and does not look
        self.tick_s = tick_s
        self.search_away = False
        self.stopped = threading.Event()

    @property
    def is_orphan(self) -> bool:
        """Whether the main process was killed: nobody else would end this worker, which keeps the port."""
        return self.server is not None and os.getppid() != self.server

    def run(self) -> None:
        while not self.stopped.wait(self.tick_s):
            self.tick()
            if self.is_orphan:
                os.kill(os.getpid(), signal.SIGTERM)

    def tick(self) -> None:
        """Publish one batch, if there is one, and what follows it: index, feeds, alerts."""
        self.publish()
        self.project()
        follow(self.site)
        self.alert()

    def publish(self) -> None:
        """What goes wrong is logged and tried again."""
        try:
            sealed = publication.publish(self.site)
        except RepositoryError as error:
            log.warning("not published", extra={"reason": str(error)})
        except Exception:
            log.exception("publication failed")
        else:
            if sealed is not None and (sealed.published or sealed.quarantined):
                log.info("published", extra=sealed._asdict())

    def project(self) -> None:
        """A search that is away is told once, until it is back; publication does not wait for it."""
        try:
            step = self.searching.step(PROJECT_S)
        except RepositoryError as error:
            if not self.search_away:
                log.warning("not indexed", extra={"reason": str(error)})
            self.search_away = True
        except Exception:
            log.exception("projection failed")
        else:
            self.search_away = False
            if step.written:
                log.info("indexed", extra={"records": step.written})

    def alert(self) -> None:
        """Hold what changed to the saved searches, and send what is due."""
        try:
            self.searching.alerting.step()
            sent = mail.send_due(self.site)
        except RepositoryError as error:
            log.warning("no alerts", extra={"reason": str(error)})
        except Exception:
            log.exception("alerting failed")
        else:
            if sent:
                log.info("alerts sent", extra={"letters": sent})


def serve(config: Config, address: Address, ready: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; raises RepositoryError when the site cannot be opened."""
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415 - only a server needs it
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    logs.configure()
    memory.one_arena()
    opened = open_site(config)
    try:
        if not address.drill:
            refuse_drill(opened)
        warn_if_stale(opened)
    finally:
        opened.database.dispose()
    with _metrics_folder():
        import portal.app  # noqa: F401, PLC0415 - once for all workers, and not before the counters have their folder

        server = Server(
            "portal",
            address=address.host,
            port=address.port,
            interface=Interfaces.WSGI,
            workers=address.workers,
            http=HTTPModes.http1,  # with both, a connection that says nothing is waited for without end
            blocking_threads=lanes.THREADS,
            backpressure=_connections(),
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_S,
            websockets=False,
            http1_settings=HTTP1Settings(header_read_timeout=IDLE_S * 1_000, max_buffer_size=HEAD_BYTES),
            log_level=LogLevels.error,
            log_dictconfig=_log_settings(),
        )
        server.respawned_wrks = _AlwaysReplaced()
        if ready is not None:
            server.on_startup(ready)
        gc.collect()
        gc.freeze()  # Forked workers share these pages for as long as nobody counts them again.
        server.serve(target_loader=partial(_worker, config, address.port, os.getpid()), wrap_loader=False)


def refuse_drill(opened: Site) -> None:
    """Raise Refused for a repository that was restored exactly: harvesters must never see time run back."""
    if backup.is_exact(opened.database):
        raise Refused(
            "This repository is a drill: it was restored with --exact, and harvesters that see it would miss changes."
            " Serve it where no harvester comes with `oerbron serve --drill`, or restore it without --exact."
        )


def warn_if_stale(opened: Site) -> None:
    """Say when records were published under another configuration or version."""
    if publication.is_stale(opened):
        log.warning(
            "records were published under another configuration or version: run `oerbron publish --refresh`",
            extra={"fingerprint": opened.fingerprint},
        )


class _AlwaysReplaced(dict[int, float]):
    """When which worker was replaced: granian 2.8.7 ends the server when one dies twice in 5.5 s (2026-11).

    A worker that dies again is replaced again, after a moment.
    """

    def __setitem__(self, worker: int, at: float) -> None:
        if at - super().get(worker, 0.0) < RESPAWN_S:
            time.sleep(1.0)
        super().__setitem__(worker, at)

    def get(self, _worker: int, _default: Any = None) -> float:
        return 0.0

    def clear(self) -> None:
        """What is remembered is what a pause is made by."""


def _connections() -> int:
    """How many connections a worker may have, with as many files open as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 1_024
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(128, most - 1_024)


def _worker(config: Config, port: int, server: int) -> WSGIApplication:
    """The application of one worker process, its ticker running."""
    from portal.app import create_app  # noqa: PLC0415 - see serve

    logs.configure()
    opened = site.open_site(config)
    searching = open_search(opened)
    Ticker(opened, searching, server).start()
    Dumper(opened).start()
    Harvester(opened).start()
    letters.Carrier(opened).start()
    return admitted(create_app(opened, searching), config, port)


def admitted(app: Flask, config: Config, port: int) -> WSGIApplication:
    """The application behind the door of a worker that listens on this port."""
    from portal import health  # noqa: PLC0415 - see serve
    from portal.server.admission import Admission, Rules  # noqa: PLC0415
    from portal.web import below, limits, security  # noqa: PLC0415

    most = config.limits.body_bytes

    def most_bytes(environ: dict[str, Any]) -> int:
        adapter = app.url_map.bind("", path_info=environ["PATH_INFO"], default_method=environ["REQUEST_METHOD"])
        return limits.most_bytes(adapter, most, known="HTTP_AUTHORIZATION" in environ or "HTTP_COOKIE" in environ)

    ways = lanes.Lanes()
    intake = Intake(ways.bodies, ways.large)
    always = tuple(security.document_headers(config))
    rules = Rules(most_bytes, always, health.counted_path, below.path_of(config.site.base_url))
    door = Admission(app, ways, intake, rules)
    Connections(port, intake.is_stuck, lambda: intake.patience_s, door.inside).start()
    return door


@contextlib.contextmanager
def _metrics_folder() -> Any:
    """A folder that the workers' counters share; it lives as long as the server.

    prometheus-client looks for it once, when it is imported.
    """
    _sweep()
    folder = tempfile.mkdtemp(prefix=f"{_METRICS}{os.getpid()}-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders of servers that were killed and could not do it themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_METRICS}*"):
        pid = folder.name.removeprefix(_METRICS).partition("-")[0]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OSError):  # None of ours; or its server lives, under another user.
            continue


def _log_settings() -> dict[str, Any]:
    """Granian's own words (errors only) as JSON lines on stderr."""
    console = {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}
    return {
        "formatters": {"lines": {"()": "portal.server.logs.JsonLines"}},
        "handlers": {"console": console},
        "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
    }


def free_port(host: str, port: int, tries: int = 1) -> int:
    """The port, or the next one that is free; raises OSError with a sentence (without its full stop) when none is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = min(port + tries, 65_536) - 1
    for candidate in range(port, last + 1):
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                raise OSError(f"Port {candidate} of {host} cannot be used: {error.strerror}") from error
            return candidate
    taken = f"Port {port} of {host} is taken" if tries == 1 else f"The ports {port} to {last} of {host} are all taken"
    raise OSError(taken)
