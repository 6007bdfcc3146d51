"""Taking a step in: its records, its quarantine, its marks for the audit and the new cursor in one transaction.

The records go through the one deposit; what belongs to the run is written by its `within` hook, so that a kill leaves
either all of a step or nothing of it (oai-pmh.md, E.3). A step of more than 500 records is several transactions, and
the run remembers how many of them are in. Deletions of live records wait for the end of the run (harvest.deletions).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from harvest import quarantine, run_rows, source_defaults
from harvest.run_rows import Code, Move, Run
from harvest.walks.walk import Step
from harvest.walks.windows import order_of as stamp_order
from repository import deposit
from repository.config.load import NOBODYS_DOMAIN
from repository.config.sections import HarvestSource
from repository.deposit import OPERATOR, Order
from repository.deposit.delivery import PORTION, Done, came_live
from repository.deposit.order import Outcome
from repository.publishing.outbox import BULK
from repository.records.change import TAKEN_OVER
from repository.records.origin import key_of, stored_key
from repository.site import Site
from repository.storage.database import many, select_in
from schemas.formats.format import Delivery

Stamp = tuple[datetime, str]
MOST_REMEMBERED: Final = 50_000
MOST_CODES: Final = 200
_NO_STAMP: Final = (datetime.min.replace(tzinfo=UTC), "")
MOST_NAMED: Final = 5
_TAKEN: Final = re.compile(r"Taken over, since people had made them under this name: (\d+) \(such as (.*)\)\.")
_LIVE: Final = (
    "SELECT o.key FROM origin o JOIN record r ON r.id = o.record WHERE o.source = ? AND o.is_primary"
    " AND r.public NOT IN ('withdrawn', 'deleted') AND o.key IN (...)"
)
_PEND: Final = (
    "INSERT INTO harvest_pending (source, key, datestamp, cause) VALUES (?, ?, ?, 'header')"
    " ON CONFLICT (source, key) DO UPDATE SET cause = excluded.cause, datestamp = CASE"
    " WHEN harvest_pending.datestamp > excluded.datestamp THEN harvest_pending.datestamp ELSE excluded.datestamp END"
)
_WAITING: Final = "SELECT key, datestamp FROM harvest_pending WHERE source = ? AND key IN (...)"
_STAMPS: Final = "SELECT key, datestamp FROM origin WHERE source = ? AND key IN (...)"
_UNPEND: Final = "DELETE FROM harvest_pending WHERE source = ? AND key = ?"
_SEEN: Final = "INSERT INTO harvest_seen (source, key) VALUES (?, ?) ON CONFLICT DO NOTHING"
_BASE_URL: Final = re.compile(rb"<(?:[\w.-]+:)?baseURL[^>]*>\s*([^<]*?)\s*</")


class Lately(dict[int, Any]):
    """What came lately under an order: bounded, so that a list of millions costs no more than one of thousands."""

    def __setitem__(self, key: int, value: Any) -> None:
        super().__setitem__(key, value)
        if len(self) > MOST_REMEMBERED:
            del self[next(iter(self))]


def order_of(source: HarvestSource) -> Order:
    """The terms that records of a source come under."""
    return Order(
        source=source.name,
        as_state="submitted" if source.publish == "review" else "published",
        actor=OPERATOR,
        lane=BULK,
        file=source.url,
        harvest=True,
        publish="without_warnings" if source.publish == "without_warnings" else "all",
        seen=Lately(),
    )


class Intake:
    """The steps of one run, taken in one after the other; `run` is the run as it stands."""

    def __init__(self, site: Site, source: HarvestSource, run: Run) -> None:
        self.site = site
        self.source = source
        self.run = run
        self.order = order_of(source)
        self._change = source_defaults.changing(source)
        self._own = site.url("/oai").encode()
        with site.database.read() as connection:
            self._holding = quarantine.count(connection, source.name) > 0
            self._pending = self._any_pending(connection)

    def take(self, step: Step) -> None:
        """Take a step in; raises runs.Overtaken when another process is at the run."""
        rest = islice(iter(step.deliveries()), self.run.offset, None)
        chunk = list(islice(rest, PORTION))
        while True:
            following = list(islice(rest, PORTION))
            last = not following
            _Chunk(self, chunk, step if last else None).take()
            if last:
                return
            chunk = following

    def _any_pending(self, connection: Connection) -> bool:
        found = select_in(connection, "SELECT 1 FROM harvest_pending WHERE source IN (...)", [self.source.name])
        return bool(found)

    def is_own(self, delivery: Delivery) -> bool:
        """Whether a record is one of ours coming back, by its identifier or through its provenance.

        Taking it in would make a copy, which its provider would take in as a copy of the copy, and so on for ever.
        """
        identifier = delivery.identifier or ""
        if self.site.domain != NOBODYS_DOMAIN and self.site.uuid_of(identifier) is not None:
            return True
        return delivery.provenance is not None and self._own in _BASE_URL.findall(delivery.provenance)


class _Chunk:
    """At most 500 records of a step, in one transaction (in several where one of them comes twice)."""

    def __init__(self, intake: Intake, deliveries: Sequence[Delivery], step: Step | None) -> None:
        self.intake = intake
        self.source = intake.source.name
        self.step = step  # None: more of it follows
        self.size = len(deliveries)
        own = [each for each in deliveries if intake.is_own(each)]
        others = [each for each in deliveries if not intake.is_own(each)] if own else list(deliveries)
        if intake.source.deletes == "keep":
            others = [each for each in others if not each.deleted]
        others = self._latest(others)
        self.ignored = self.size - len(others)
        self.pending = self._live(others)
        self.deliveries = [intake._change(each) for each in others if not (each.deleted and _key(each) in self.pending)]
        self.done = 0

    def take(self) -> None:
        site = self.intake.site
        if self.deliveries:
            deposit.deliver(site, self.deliveries, self.intake.order, self._within)
            return
        with site.database.write() as connection:
            self._within(connection, ())

    def _latest(self, deliveries: list[Delivery]) -> list[Delivery]:
        """The deliveries without deletions that a later live record outdates, and without what a later one deletes.

        Some lists hold both headers of a record that was published again, in any order: the later datestamp counts, at
        equal ones the live record.
        """
        deleted = _newest(each for each in deliveries if each.deleted)
        if not deleted:
            return deliveries
        live = _newest(each for each in deliveries if not each.deleted and each.reading is not None)
        before = self._came_before(list(deleted))
        return [
            each
            for each in deliveries
            if (key := _key(each)) not in deleted
            or not (
                max(live.get(key, _NO_STAMP), before.get(key, _NO_STAMP)) >= stamp_order(each.datestamp)
                if each.deleted
                else stamp_order(each.datestamp) < deleted[key]
            )
        ]

    def _came_before(self, keys: Sequence[str]) -> dict[str, Stamp]:
        """The datestamps of those live records that this run brought already.

        A run that was taken up again does not know; then a record here that is later than its deletion counts.
        """
        source, intake = self.source, self.intake
        found = {key: stamp for key in keys if (stamp := came_live(intake.order, source, key)) is not None}
        known = {key: stamp_order(stamp) for key, stamp in found.items()}
        unsure = [key for key in keys if key not in known] if intake.run.resumed else []
        if unsure:
            with intake.site.database.read() as connection:
                rows = select_in(connection, _STAMPS, unsure, source)
            known |= {key: _just_before(stamp) for key, stamp in rows if stamp}
        return known

    def _live(self, deliveries: Iterable[Delivery]) -> dict[str, str | None]:
        """The keys of live records among those that their source deleted, with their datestamps."""
        deleted = {_key(each): each.datestamp for each in deliveries if each.deleted}
        if not deleted:
            return {}
        with self.intake.site.database.read() as connection:
            live = {row[0] for row in select_in(connection, _LIVE, list(deleted), self.source)}
        return {key: datestamp for key, datestamp in deleted.items() if key in live}

    def _within(self, connection: Connection, done: Sequence[Done]) -> None:
        intake, now = self.intake, int(self.intake.site.clock.now())
        self.done += len(done)
        is_last = self.done == len(self.deliveries)
        pairs = [(self.deliveries[each.place], each.outcome) for each in done]
        rejected = [(delivery, outcome) for delivery, outcome in pairs if outcome.outcome == "rejected"]
        counts: Counter[str] = Counter(outcome.outcome for _, outcome in pairs)
        self._settle(connection, pairs, rejected, now)
        taken = [outcome.uuid or "" for _, outcome in pairs if outcome.code == TAKEN_OVER]
        notes: tuple[str, ...] | None = taken_over(intake.run.notes, taken) if taken else None
        step = self.step if is_last else None
        if is_last:
            counts["unchanged"] += self.ignored
            many(connection, _PEND, [(self.source, key, datestamp) for key, datestamp in self.pending.items()])
        if step is not None:
            counts["unchanged"] += step.unchanged
            many(connection, _SEEN, [(self.source, stored_key(key)) for key in step.seen])
            if step.withdraws:
                run_rows.withdraw(connection, self.source)
            run_rows.note_gone(connection, self.source, step.gone)
            notes = tuple(dict.fromkeys((*(notes or intake.run.notes), *step.notes))) if step.notes else notes
        offset = 0 if step is not None else intake.run.offset + self.size if is_last else intake.run.offset
        change = Move(
            cursor=step.cursor if step is not None else None,
            offset=offset,
            response_date=step.response_date if step is not None else None,
            listed=step.listed if step is not None else None,
            counts=dict(counts),
            codes=_coded(intake.run.codes, rejected) if rejected else None,
            notes=notes,
        )
        intake.run = run_rows.move(connection, intake.run, change, now)
        intake._holding = intake._holding or bool(rejected)
        intake._pending = intake._pending or bool(self.pending)

    def _settle(
        self,
        connection: Connection,
        pairs: Sequence[tuple[Delivery, Outcome]],
        rejected: Sequence[tuple[Delivery, Outcome]],
        now: int,
    ) -> None:
        """Keep what was rejected; let go what the quarantine and the waiting deletions hold of what arrived."""
        quarantine.keep(connection, self.source, rejected, now)
        intake = self.intake
        if not intake._holding and not intake._pending:
            return
        arrived = [delivery for delivery, outcome in pairs if outcome.outcome != "rejected"]
        if intake._holding:
            quarantine.drop(connection, self.source, [quarantine.name_of(delivery) for delivery in arrived])
        if intake._pending:
            live = _newest(delivery for delivery in arrived if not delivery.deleted)
            waiting = select_in(connection, _WAITING, list(live), self.source)
            back = [(self.source, key) for key, stamp in waiting if stamp is None or live[key] >= stamp_order(stamp)]
            many(connection, _UNPEND, back)


def taken_over(notes: Sequence[str], uuids: Sequence[str]) -> tuple[str, ...]:
    """The notes of a run with the records that it took over from people, in one sentence for all of them."""
    before = next((found for note in notes if (found := _TAKEN.fullmatch(note))), None)
    count = len(uuids) + (int(before[1]) if before else 0)
    named = ", ".join(([before[2]] if before else []) + [*uuids][: 0 if before else MOST_NAMED])
    others = [note for note in notes if not _TAKEN.fullmatch(note)]
    sentence = f"Taken over, since people had made them under this name: {count} (such as {named})."
    return (*others, sentence)


def _key(delivery: Delivery) -> str:
    return stored_key(key_of(delivery) or "")


def _newest(deliveries: Iterable[Delivery]) -> dict[str, Stamp]:
    """The latest datestamp of each key."""
    found: dict[str, Stamp] = {}
    for each in deliveries:
        key, stamp = _key(each), stamp_order(each.datestamp)
        found[key] = max(found.get(key, stamp), stamp)
    return found


def _just_before(stamp: str) -> Stamp:
    """A datestamp that outdates only earlier ones."""
    when, _ = stamp_order(stamp)
    return (when - timedelta(microseconds=1) if when > datetime.min.replace(tzinfo=UTC) else when), ""


def _coded(codes: dict[str, Code], rejected: Iterable[tuple[Delivery, Outcome]]) -> dict[str, Code]:
    """The rejects by code with those that came now; a sample is kept of each code."""
    found = dict(codes)
    for delivery, outcome in rejected:
        code = outcome.code or "rejected"
        before = found.get(code)
        if before is not None:
            found[code] = msgspec.structs.replace(before, count=before.count + 1)
        elif len(found) < MOST_CODES:
            sample = outcome.identifier or delivery.place
            found[code] = Code(1, sample.encode("utf-8", "replace").decode(), (outcome.reason or "")[:500])
    return found
