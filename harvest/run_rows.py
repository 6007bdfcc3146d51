"""Runs of a source as rows: begun, moved with every step, ended; and how far the source was followed.

Only SQL. A run follows a source once, however often it is broken off and taken up again: its counts go on, and its
first responseDate stays (oai-pmh.md, E.1). A run whose row says running while nobody holds the lease has crashed;
whoever shows it says so (`shown_state`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, text

from harvest.walks.walk import State
from harvest.walks.windows import Window
from repository.jobs import lease
from repository.outcome import OUTCOMES
from repository.site import Site
from repository.storage.database import many

RESUMABLE: Final = ("running", "stopped", "incomplete")
LEASE_S: Final = 120.0
RunState = Literal["running", "complete", "incomplete", "failed", "stopped", "waiting"]
_NOTE: Final = (
    "INSERT INTO harvest_pending (source, key, datestamp, cause) VALUES (?, ?, NULL, 'audit') ON CONFLICT DO NOTHING"
)
_COLUMNS: Final = (
    "id, source, prefix, spec, state, began, beat, ended, since, first_response, cursor, offset, steps, resumed,"
    " listed, created, updated, unchanged, deleted, rejected, codes, notes"
)  # fmt: skip


class Overtaken(Exception):
    """Another process moved the run: it has the lease."""


class Code(msgspec.Struct, frozen=True, array_like=True):
    """Rejects of one code: how many, and one of them."""

    count: int
    sample: str
    reason: str


class Run(msgspec.Struct, frozen=True):
    """A row of harvest_run. Times are seconds since the epoch; `cursor` None: nothing is left to fetch."""

    id: int
    source: str
    prefix: str
    spec: str
    state: str
    began: int
    beat: int
    ended: int | None = None
    since: str | None = None
    first_response: str | None = None
    cursor: bytes | None = None
    offset: int = 0
    steps: int = 0
    resumed: int = 0
    listed: int | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    codes: dict[str, Code] = {}
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in OUTCOMES}

    @property
    def records(self) -> int:
        return sum(self.counts.values())


def lease_name(source: str) -> str:
    return f"harvest {source}"


def shown_state(site: Site, run: Run | None) -> str:
    """The state in the words of `harvest list`: a running one that no process works on any more has crashed."""
    if run is None:
        return "new"
    if run.state == "running" and not lease.is_held(site, lease_name(run.source)):
        return "crashed"
    return run.state


def begin(connection: Connection, source: str, prefix: str, spec: str, now: int) -> Run:
    """A new run."""
    row = connection.execute(
        text(
            'INSERT INTO harvest_run (source, prefix, spec, state, began, beat, "offset", steps, resumed, created,'
            " updated, unchanged, deleted, rejected, codes, notes) VALUES (:source, :prefix, :spec, 'running', :now,"
            " :now, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '[]') RETURNING id"
        ),
        {"source": source, "prefix": prefix, "spec": spec, "now": now},
    )
    return Run(row.scalar_one(), source, prefix, spec, "running", now, now)


def resume(connection: Connection, run: Run, now: int) -> Run:
    """Go on with a run that was broken off; its first note, which told how it ended, is taken back."""
    notes = run.notes if run.state == "running" else run.notes[1:]
    connection.execute(
        text(
            "UPDATE harvest_run SET state = 'running', resumed = resumed + 1, beat = :now, ended = NULL,"
            " notes = :notes"
            " WHERE id = :id"
        ),
        {"id": run.id, "now": now, "notes": msgspec.json.encode(notes).decode()},
    )
    return msgspec.structs.replace(run, state="running", resumed=run.resumed + 1, beat=now, ended=None, notes=notes)


def last(site: Site, source: str) -> Run | None:
    """The newest run of a source."""
    found = recent(site, source, 1)
    return found[0] if found else None


def last_good(site: Site, source: str) -> Run | None:
    """The newest run that brought everything."""
    with site.database.read() as connection:
        rows = _select(connection, "source = :source AND state IN ('complete', 'waiting')", {"source": source}, 1)
    return rows[0] if rows else None


def last_change(site: Site, source: str) -> Run | None:
    """The newest run that ended and changed something."""
    with site.database.read() as connection:
        where = "source = :source AND ended IS NOT NULL AND created + updated + deleted > 0"
        rows = _select(connection, where, {"source": source}, 1)
    return rows[0] if rows else None


def recent(site: Site, source: str, limit: int) -> list[Run]:
    """The newest runs of a source, the newest first."""
    with site.database.read() as connection:
        return _select(connection, "source = :source", {"source": source}, limit)


def _select(connection: Connection, where: str, values: dict[str, Any], limit: int) -> list[Run]:
    columns = _COLUMNS.replace("offset", '"offset"')
    rows = connection.execute(
        text(f"SELECT {columns} FROM harvest_run WHERE {where} ORDER BY id DESC LIMIT :limit"),
        values | {"limit": limit},
    )
    return [_run(row) for row in rows]


def _run(row: Any) -> Run:
    values = dict(row._mapping)
    values["cursor"] = None if values["cursor"] is None else bytes(values["cursor"])
    values["codes"] = msgspec.json.decode(values["codes"], type=dict[str, Code])
    values["notes"] = msgspec.json.decode(values["notes"], type=tuple[str, ...])
    return Run(**values)


class Move(msgspec.Struct, frozen=True):
    """What one transaction changes about a run; None leaves a column as it is."""

    cursor: bytes | None = None
    offset: int = 0
    response_date: str | None = None
    listed: int | None = None
    counts: dict[str, int] = {}
    codes: dict[str, Code] | None = None
    notes: tuple[str, ...] | None = None


_MOVE: Final = text(
    'UPDATE harvest_run SET cursor = COALESCE(:cursor, cursor), "offset" = :offset, steps = steps + :step, beat = :now,'
    " first_response = COALESCE(first_response, :response_date), listed = COALESCE(listed, :listed),"
    " created = created + :created, updated = updated + :updated, unchanged = unchanged + :unchanged,"
    " deleted = deleted + :deleted, rejected = rejected + :rejected, codes = COALESCE(:codes, codes),"
    " notes = COALESCE(:notes, notes) WHERE id = :id AND state = 'running' AND steps = :steps AND \"offset\" = :at"
)


def move(connection: Connection, run: Run, change: Move, now: int) -> Run:
    """Move a run on, in the transaction that takes the records in; raises Overtaken when another process moved it."""
    counts = dict.fromkeys(OUTCOMES, 0) | change.counts
    step = int(change.cursor is not None)
    values = {
        "id": run.id, "now": now, "cursor": change.cursor, "offset": change.offset, "step": step, "steps": run.steps,
        "at": run.offset, "response_date": change.response_date, "listed": change.listed,
        "codes": None if change.codes is None else msgspec.json.encode(change.codes).decode(),
        "notes": None if change.notes is None else msgspec.json.encode(change.notes).decode(),
    }  # fmt: skip
    if connection.execute(_MOVE, values | counts).rowcount != 1:
        raise Overtaken
    return msgspec.structs.replace(
        run,
        beat=now,
        steps=run.steps + step,
        offset=change.offset,
        cursor=run.cursor if change.cursor is None else change.cursor,
        first_response=run.first_response or change.response_date,
        listed=run.listed if run.listed is not None else change.listed,
        codes=run.codes if change.codes is None else change.codes,
        notes=run.notes if change.notes is None else change.notes,
        **{name: getattr(run, name) + counts[name] for name in OUTCOMES},
    )


def end(connection: Connection, run: Run, state: RunState, notes: tuple[str, ...], now: int) -> Run:
    """End a run; a broken-off one keeps its cursor, so that it can be taken up again."""
    keeps = state in ("stopped", "incomplete") and run.cursor is not None
    connection.execute(
        text(
            "UPDATE harvest_run SET state = :state, ended = :now, beat = :now, notes = :notes,"
            " cursor = CASE WHEN :keeps = 1 THEN cursor ELSE NULL END WHERE id = :id"
        ),
        {"id": run.id, "state": state, "now": now, "notes": msgspec.json.encode(notes).decode(), "keeps": int(keeps)},
    )
    return msgspec.structs.replace(
        run, state=state, ended=now, beat=now, notes=notes, cursor=run.cursor if keeps else None
    )


def beat(connection: Connection, run: Run, now: int) -> None:
    """A sign of life."""
    connection.execute(text("UPDATE harvest_run SET beat = :now WHERE id = :id"), {"id": run.id, "now": now})


def state_of(connection: Connection, source: str, prefix: str, spec: str) -> State:
    """How far a source was followed under a prefix and a set."""
    row = connection.execute(
        text("SELECT since, holes FROM harvest_state WHERE source = :source AND prefix = :prefix AND spec = :spec"),
        {"source": source, "prefix": prefix, "spec": spec},
    ).first()
    return State() if row is None else State(row.since, msgspec.json.decode(row.holes, type=tuple[Window, ...]))


def forget_state(connection: Connection, source: str) -> None:
    """Forget how far a source was followed: its next run asks for everything."""
    connection.execute(text("DELETE FROM harvest_state WHERE source = :source"), {"source": source})


def keep_state(connection: Connection, run: Run, prefix: str, state: State, now: int) -> None:
    """Note how far a source was followed."""
    connection.execute(
        text(
            "INSERT INTO harvest_state (source, prefix, spec, since, holes, at)"
            " VALUES (:source, :prefix, :spec, :since, :holes, :now) ON CONFLICT (source, prefix, spec)"
            " DO UPDATE SET since = excluded.since, holes = excluded.holes, at = excluded.at"
        ),
        {
            "source": run.source, "prefix": prefix, "spec": run.spec, "since": state.since, "now": now,
            "holes": msgspec.json.encode(state.holes).decode(),
        },
    )  # fmt: skip


def withdraw(connection: Connection, source: str) -> None:
    """Take back what an audit found to be gone."""
    connection.execute(text("DELETE FROM harvest_pending WHERE source = :s AND cause = 'audit'"), {"s": source})


def note_gone(connection: Connection, source: str, keys: Sequence[str]) -> None:
    """Note records that an audit found to be gone."""
    many(connection, _NOTE, [(source, key) for key in keys])


def quarantine_codes(connection: Connection, source: str) -> dict[str, int]:
    """The rows of the quarantine of a source by code, the most frequent first."""
    rows = connection.execute(
        text(
            "SELECT code, count(*) AS n FROM harvest_quarantine WHERE source = :s GROUP BY code ORDER BY n DESC, code"
        ),
        {"s": source},
    )
    return {row.code: row.n for row in rows}
