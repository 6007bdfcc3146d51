"""Writing behind the publication line without the deposit: for tests of publication alone."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from sqlalchemy import text

from repository.config.sections import Config, ContextSection, DatabaseSection, OaiSection, SiteSection
from repository.publishing import outbox
from repository.site import STREAM_PAGES, PageSizes, Site, open_site
from schemas.record import Record, to_json


class FakeClock:
    """A clock that moves only when told; `monotonic` never runs back."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.wall = now
        self.mono = 0.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.mono

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.mono += seconds

    def step(self, seconds: float) -> None:
        """Somebody set the clock: wall time jumps, no time passes."""
        self.wall += seconds


def a_site(
    home: Path,
    clock: FakeClock | None = None,
    *,
    contexts: tuple[ContextSection, ...] = (),
    url: str = "",
    page_sizes: PageSizes = STREAM_PAGES,
) -> Site:
    config = Config(
        site=SiteSection(base_url="http://repository.example"),
        database=DatabaseSection(url=url or f"sqlite:///{home / 'test.sqlite'}"),
        oai=OaiSection(domain="repository.example", context=contexts),
    )
    return open_site(config, clock or FakeClock(), page_sizes=page_sizes)


def accept(site: Site, record: Record, *, id_: int | None = None, lane: int = 0, batch: str | None = None) -> int:
    """Accept a record, new or (by `id_`) as the next revision of one; gives its number."""
    with site.database.write() as connection:
        if id_ is None:
            made = {"uuid": str(uuid.uuid4()), "at": int(site.clock.now())}
            connection.execute(
                text(
                    "INSERT INTO record (uuid, public, work, revision, stamp, reviewed, collections, erased, created,"
                    " modified) VALUES (:uuid, 'never', 'none', 0, 0, :no, '[]', :no, :at, :at)"
                ),
                made | {"no": False},
            )
            id_ = connection.execute(text("SELECT id FROM record WHERE uuid = :uuid"), made).scalar_one()
        n = connection.execute(text("SELECT revision + 1 FROM record WHERE id = :id"), {"id": id_}).scalar_one()
        values = {"id": id_, "n": n, "tree": to_json(record), "at": int(site.clock.now()), "no": False}
        connection.execute(
            text(
                "INSERT INTO revision (record, n, tree, at, warnings, completeness, published)"
                " VALUES (:id, :n, :tree, :at, 0, 1.0, :no)"
            ),
            values,
        )
        connection.execute(
            text(
                "UPDATE record SET public = 'published', revision = :n, accepted = :n, stamp = stamp + 1 WHERE id = :id"
            ),
            values,
        )
        outbox.enqueue(connection, [id_], lane, batch)
    return id_


def withdraw(site: Site, id_: int) -> None:
    with site.database.write() as connection:
        connection.execute(
            text("UPDATE record SET public = 'withdrawn', stamp = stamp + 1, reason = 'gone' WHERE id = :id"),
            {"id": id_},
        )
        outbox.enqueue(connection, [id_], 0)


def uuid_of(site: Site, id_: int) -> str:
    with site.database.read() as connection:
        found: str = connection.execute(text("SELECT uuid FROM record WHERE id = :id"), {"id": id_}).scalar_one()
    return found


def collect(site: Site, id_: int, *slugs: str) -> None:
    """Put a record into collections: a change of sets only."""
    with site.database.write() as connection:
        connection.execute(
            text("UPDATE record SET collections = :c, stamp = stamp + 1 WHERE id = :id"),
            {"c": json.dumps(slugs), "id": id_},
        )
        outbox.enqueue(connection, [id_], 0)
