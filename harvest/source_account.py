"""What there is to tell of a source: settings, state, last good run, outcomes, quarantine, next run.

The same account stands behind `harvest list` and `show`, the JSON API and the public report; what the public may not
see (the contact) is left out of the public one. Must not import the deposit: the public page of sources reads it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from harvest import run_rows as runs
from harvest import schedule
from harvest.run_rows import Run
from repository import sources
from repository.config.sections import HarvestSource
from repository.site import Site
from schemas.datestamp import utc_datestamp

RUNS: int = 20


class Account(NamedTuple):
    """A source as it stands now."""

    source: HarvestSource
    state: str  # new | running | crashed | complete | incomplete | failed | stopped | waiting
    last: Run | None
    good: Run | None
    runs: tuple[Run, ...]
    quarantined: dict[str, int]
    next_at: int | None
    waiting: int = 0  # deletions, as source_totals counts them
    alive: int = 0  # records, likewise


def public(site: Site) -> list[Account]:
    """Every source, by name."""
    return [public_of(site, source) for source in sources.sources(site)]


def public_of(site: Site, source: HarvestSource) -> Account:
    """A source as it stands now; only source_totals counts its records and the deletions that wait."""
    recent = runs.recent(site, source.name, RUNS)
    last = recent[0] if recent else None
    state = runs.shown_state(site, last)
    with site.database.read() as connection:
        held = runs.quarantine_codes(connection, source.name)
    due = schedule.next_at(source, state, last, int(site.clock.now()))
    return Account(source, state, last, runs.last_good(site, source.name), tuple(recent), held, due)


def documents(account: Account) -> list[dict[str, Any]]:
    """The last runs as JSON, the newest first."""
    return [run_document(account, each) for each in account.runs]


def document(account: Account, *, full: bool = False) -> dict[str, Any]:
    """An account as JSON; `full` adds settings and earlier runs."""
    source = account.source
    found: dict[str, Any] = {
        "name": source.name,
        "title": source.title or source.name,
        "kind": source.kind,
        "url": source.url,
        "state": account.state,
        "last_good": account.good and utc_datestamp(account.good.began),
        "next": None if account.next_at is None else utc_datestamp(account.next_at),
        "records": account.alive,
        "quarantined": sum(account.quarantined.values()),
        "waiting_deletes": account.waiting,
        "last": account.last and run_document(account, account.last),
    }
    if full:
        found["settings"] = msgspec.to_builtins(source)
        found["quarantine"] = account.quarantined
        found["runs"] = documents(account)
    return found


def run_document(account: Account, run: Run) -> dict[str, Any]:
    """A run as JSON."""
    return {
        "id": run.id,
        "state": account.state if run is account.last else run.state if run.state != "running" else "crashed",
        "began": utc_datestamp(run.began),
        "ended": None if run.ended is None else utc_datestamp(run.ended),
        "last_sign": utc_datestamp(run.beat),
        "resumed": run.resumed,
        "requests": run.steps,
        "listed": run.listed,
        "outcomes": run.counts,
        "errors": {
            code: {"count": each.count, "sample": each.sample, "reason": each.reason}
            for code, each in run.codes.items()
        },
        "notes": run.notes,
    }
