"""Erasure: what the law or a takedown wants gone is gone everywhere; the tombstone stays (design.md, 2, invariant 3).

Content, revisions, received bytes, overlay, staged rows and rejects go in one transaction with the outbox row; the
faces go with the publication of the tombstone. Each folder that owns tables says what is wiped of them (its WIPES:
statements of the one parameter :id). What was erased is written to erasures.jsonl in the home, outside the database,
so that a restore of an older backup erases it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from repository import sources
from repository.accounts import my_data
from repository.collections import shown as collections_shown
from repository.config.load import home
from repository.deposit import idempotency
from repository.errors import NotFound
from repository.imports import batch
from repository.linked import dumps, ldes_erasure
from repository.publishing import outbox, sealing
from repository.records import writing
from repository.requests import requests
from repository.site import Site

_ERASED: Final = text(
    "UPDATE record SET public = 'deleted', work = 'none', holder = NULL, erased = :yes, tombstone_by = 'person',"
    " reason = :reason, successor = NULL, before_tombstone = NULL, stamp = stamp + 1, modified = :at WHERE id = :id"
)
WIPES: Final = (
    *writing.WIPES,
    *sealing.WIPES,
    *sources.WIPES,
    *ldes_erasure.WIPES,
    *dumps.WIPES,
    *idempotency.WIPES,
    *batch.WIPES,
    *collections_shown.WIPES,
    *requests.WIPES,
)
"""What each folder wipes of the record :id, from the lowest up; `origin` and `record` keep the names they look by."""


class Hand(NamedTuple):
    """When, and the account that did it (None: the operator)."""

    at: int
    by: int | None


def erase(site: Site, uuid: str, reason: str, by: int | None = None) -> None:
    """Erase a record's content for good; raises NotFound. The caller publishes, then calls `scrub`."""
    with site.database.read() as connection:
        _number(connection, uuid)
    # Before the database: what is erased there and not told here would come back with a restore. The other way round
    # it is erased by that restore, as was asked.
    _append(home() / "erasures.jsonl", {"uuid": uuid, "reason": reason, "at": int(site.clock.now())})
    with site.database.write() as connection:
        _erase(connection, uuid, reason, Hand(int(site.clock.now()), by))


def erase_account(site: Site, account: int) -> None:
    """Erase somebody's account for good, also from what a restore brings back; raises NotFound, Refused."""
    with site.database.read() as connection:
        made = my_data.check(connection, account)
    now = int(site.clock.now())
    with site.database.write() as connection:
        my_data.check(connection, account, locked=not site.database.is_sqlite)
        _append(home() / "erasures.jsonl", {"account": account, "made": made, "at": now})
        my_data.wipe(connection, account)


def replay(connection: Connection, now: int) -> int:
    """Erase again, in the transaction of a restore, what was erased before it; how many records there were.

    Sessions and letters of then do not come back.
    """
    my_data.after_restore(connection)
    count = 0
    for entry in _entries(home() / "erasures.jsonl"):
        if "account" in entry:
            _erase_again(connection, int(entry["account"]), int(entry["made"]))
            continue
        found = connection.execute(text("SELECT erased FROM record WHERE uuid = :uuid"), {"uuid": entry["uuid"]})
        row = found.one_or_none()
        if row is not None and not row.erased:
            _erase(connection, entry["uuid"], entry["reason"], Hand(now, None))
            count += 1
    return count


def _erase_again(connection: Connection, account: int, made: int) -> None:
    """Another database may have given the number to another person, who was made at another time."""
    found = connection.execute(text("SELECT created FROM account WHERE id = :id"), {"id": account}).scalar()
    if found == made:
        my_data.wipe(connection, account)


class Replay:
    """`replay` for `backup.restore`, which calls it in its transaction; `count` says how many records there were."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.count = 0

    def __call__(self, connection: Connection) -> None:
        self.count = replay(connection, self.now)


def scrub(site: Site) -> None:
    """Overwrite what the database file still holds of rows that are gone; raises Busy when others keep it from that."""
    site.database.compact()


def _erase(connection: Connection, uuid: str, reason: str, hand: Hand) -> None:
    id_ = _number(connection, uuid)
    for statement in WIPES:
        connection.execute(text(statement), {"id": id_})
    connection.execute(_ERASED, {"id": id_, "yes": True, "reason": reason, "at": hand.at})
    connection.execute(
        text(
            'INSERT INTO event (record, at, "by", action, note, public, work)'
            " VALUES (:id, :at, :by, 'erase', :reason, 'deleted', 'none')"
        ),
        {"id": id_, "at": hand.at, "by": hand.by, "reason": reason},
    )
    outbox.enqueue(connection, [id_], outbox.INTERACTIVE)


def _number(connection: Connection, uuid: str) -> int:
    found = connection.execute(text("SELECT id FROM record WHERE uuid = :uuid"), {"uuid": uuid}).scalar()
    if found is None:
        raise NotFound(f"There is no record {uuid} here; give its uuid as in its address.")
    return int(found)


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """What was erased, oldest first. A line that a crash cut off stands for an erasure that did not begin."""
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _append(path: Path, entry: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            cut_off = file.read(1) != b"\n"
            file.write(b"\n" * cut_off)
        file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
