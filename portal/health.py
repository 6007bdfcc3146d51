"""Operation: `/healthz` (the process), `/readyz` (database, disk, horizon), `/metrics` (counts and lags).

Counts are kept per process and summed over the workers of `serve` (prometheus-client's multiprocess mode, when
PROMETHEUS_MULTIPROC_DIR is set); lags are read from the database when they are asked for.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import prometheus_client
from flask import Blueprint, Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from portal.web.problems import public_sentence
from repository.config.load import home
from repository.errors import RepositoryError
from repository.publishing import publication, waiting
from repository.site import Site

log = logging.getLogger(__name__)
VERBS = frozenset(
    ("Identify", "ListMetadataFormats", "ListSets", "ListIdentifiers", "ListRecords", "GetRecord")
)  # fmt: skip
DISK_FLOOR_BYTES = 50_000_000
LAG_CEILING_S = 900.0  # W moves every two seconds, or with every batch: beyond this it is stuck
REQUESTS = Counter("oerbron_requests", "Requests answered, by surface and status.", ("surface", "status"))
OAI_REQUESTS = Counter("oerbron_oai_requests", "OAI-PMH requests by verb.", ("verb",))
UNAVAILABLE = Counter("oerbron_unavailable", "Answers 503, by surface.", ("surface",))
_VERB = re.compile(rb"(?:^|&)verb=([A-Za-z]+)(?=&|$)")
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's name for it
_SURFACES = ("oai", "api", "doc", "id", "static")


class Lags:
    """How old W is, how many rows wait for publication, and how long they have waited; times in seconds.

    Only the interactive lane has an age: a refresh or a restore enqueues records that were saved long ago.
    """

    def __init__(self, site: Site) -> None:
        self.site = site

    def read(self) -> dict[str, float]:
        """Raises RepositoryError when the database cannot be read."""
        now = self.site.clock.now()
        with self.site.database.read() as connection:
            behind = waiting.backlog(connection)
        return {
            "horizon_lag_seconds": max(0.0, now - float(behind.w or now)),
            "outbox_rows": float(behind.rows),
            "outbox_age_seconds": max(0.0, now - behind.oldest) if behind.oldest is not None else 0.0,
            "quarantined_records": float(behind.quarantined),
        }

    def collect(self) -> Iterator[Metric]:
        try:
            values = self.read()
        except RepositoryError:
            values = {}
        yield GaugeMetricFamily("oerbron_database_up", "1 when the database answers.", value=float(bool(values)))
        for name, value in values.items():
            yield GaugeMetricFamily(f"oerbron_{name}", name.replace("_", " ").capitalize() + ".", value=value)


def blueprint(site: Site) -> Blueprint:
    """The three addresses for operators and their machines."""
    ops = Blueprint("ops", __name__)
    lags = Lags(site)

    @ops.get("/healthz")
    def _healthz() -> Response:
        return _plain("ok\n")

    @ops.get("/readyz")
    def _readyz() -> Response:
        try:
            publication.advance(site)  # Where nobody else reads, W stands still without being late.
            state = lags.read()
        except RepositoryError as error:
            # To the log only: a database's error names its address, port and user.
            log.warning("not ready", extra={"reason": str(error)})
            return _plain(f"not ready: {public_sentence(error)}\n", 503)
        if state["horizon_lag_seconds"] > LAG_CEILING_S:
            return _plain(f"not ready: nothing was published for {state['horizon_lag_seconds']:.0f} s\n", 503)
        if free_bytes() < DISK_FLOOR_BYTES:
            return _plain("not ready: the disk is nearly full\n", 503)
        return _plain(f"ready, {state['outbox_rows']:.0f} waiting to be published\n")

    @ops.get("/metrics")
    def _metrics() -> Response:
        registry = CollectorRegistry()
        if _FOLDER in os.environ:
            _folder_again()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            counted = prometheus_client.generate_latest(registry)
        else:
            counted = prometheus_client.generate_latest()
        gauges = CollectorRegistry()
        gauges.register(lags)
        body = counted + prometheus_client.generate_latest(gauges)
        return Response(body, content_type=prometheus_client.CONTENT_TYPE_LATEST)

    return ops


def free_bytes() -> int:
    """The free space of the disk that the home lies on (of its nearest folder that exists)."""
    folder = home().absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(Path(folder)).free


def count(app: Flask) -> None:
    """Count every answer by surface and status, and OAI-PMH requests by verb."""

    @app.after_request
    def _count(response: Response) -> Response:
        counted_path(request.path, response.status_code, request.query_string)
        return response


def counted_path(path: str, status: int, query: bytes) -> None:
    """Count one answer by the surface that its path belongs to."""
    head = path[1:].partition("/")[0]
    counted(head if head in _SURFACES else "pages", status, query)


def counted(surface: str, status: int, query: bytes) -> None:
    """Count one answer. Its work is done: a failure of the counters must not make an error of it."""
    try:
        _counter(REQUESTS, surface, str(status)).inc()
        if surface == "oai":
            asked = _VERB.search(query)
            verb = asked[1].decode("ascii") if asked else ""
            _counter(OAI_REQUESTS, verb if verb in VERBS else "other").inc()
        if status == 503:
            _counter(UNAVAILABLE, surface).inc()
    except OSError as error:
        _folder_again()
        log.warning("not counted", extra={"reason": str(error)})


@cache
def _counter(counter: Counter, *labels: str) -> Counter:
    """The counter of some labels; prometheus-client looks each of them up under a lock."""
    return counter.labels(*labels)


def _folder_again() -> None:
    """Make the workers' folder of counters again when it is gone: systems clean up /tmp while servers run."""
    folder = os.environ.get(_FOLDER)
    if folder:
        with suppress(OSError):
            Path(folder).mkdir(exist_ok=True)


def _plain(sentence: str, status: int = 200) -> Response:
    return Response(sentence, status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
