"""Following one source to its end: the lease, the steps, the next page fetched while this one is taken in, the ending.

The only loop of this room. It may die anywhere: a run that was broken off goes on at its cursor (oai-pmh.md, E.3), and
what became of each record is counted in the transaction that took it in. Whatever ends a run early becomes a state and
a sentence, never an exception that reaches a person.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

import msgspec

from harvest import deletions, quarantine, run_rows
from harvest.errors import Failed, HarvestError, Lost, Refused, Stopped, TooMuch
from harvest.intake import Intake
from harvest.network.guest import Gets, Guest, Manners, Secret
from harvest.run_rows import Overtaken, Run, RunState
from harvest.walks import kinds
from harvest.walks import walk as steps
from harvest.walks.walk import Around, Ended, State, Step, Walk
from repository.config.sections import HarvestSource, seconds_of, secret_name
from repository.errors import Busy, RepositoryError
from repository.jobs import lease
from repository.records.change import BY_SOURCE
from repository.records.origin import stored_key
from repository.site import Site
from repository.storage.database import select_in
from schemas.datestamp import utc_datestamp

MOST_STEPS: Final = 2_000_000
UNNAMED: Final = 20  # records asked for in one step of the proof that ends an audit
WITNESSES: Final = 3
_NAP_S: Final = 1.0
_HERE: Final = (
    "SELECT o.key FROM origin o JOIN record r ON r.id = o.record WHERE o.source = ? AND NOT (o.is_primary"
    f" AND r.public = 'deleted' AND r.tombstone_by = '{BY_SOURCE}') AND o.key IN (...)"
)
log = logging.getLogger(__name__)


class Doing(NamedTuple):
    """How to do a run: whether many deletions are confirmed, what to call between steps, when to stop, how to sleep.

    `between` gets the run as it stands; there a command moves its progress bar and publishes. After `most_s` the rest
    is left to the next run, so that one slow source does not keep the others waiting for ever.
    """

    confirm_deletes: bool = False
    between: Callable[[Run], None] = lambda _: None
    stop: Callable[[], bool] = lambda: False
    sleep: Callable[[float], None] = time.sleep
    client: Gets | None = None
    most_s: float = 24 * 3_600.0
    sign_s: float = 20.0  # between two signs of life while a request is under way
    everything: bool = False  # begin anew, neither from the last good run nor where one was broken off


def follow(site: Site, source: HarvestSource, doing: Doing) -> Run:
    """Follow a source and give the run as it ended; raises Busy while another process follows it."""
    with lease.lease(site, run_rows.lease_name(source.name), run_rows.LEASE_S) as renew:
        if renew is None:
            raise Busy(f"The source {source.name} is being harvested by another process.")
        return _Following(site, source, doing, renew).run_it()


def guest_of(
    site: Site, source: HarvestSource, pause: Callable[[float], None] = time.sleep, client: Gets | None = None
) -> Guest:
    """The guarded client with the manners that the configuration asks for."""
    from harvest.network.client import Caps, Client, rules_of  # noqa: PLC0415 - httpx costs a start 0.1 s

    section = site.config.harvest
    used = client or Client(rules_of(section), site.config.site.admin_email, Caps(section.timeout_s))
    manners = Manners(max(section.delay_s, source.delay_s), pause, time.monotonic, site.clock.now)
    name = secret_name(source.name)
    return Guest(used, manners, source.url, Secret(name, os.environ.get(name, "")))


class _Following:
    def __init__(self, site: Site, source: HarvestSource, doing: Doing, renew: Callable[[], bool]) -> None:
        self.site = site
        self.source = source
        self.doing = doing
        self.renew = renew
        self.began = site.clock.monotonic()
        self.run = self._open()
        self.guest = guest_of(site, source, self._pause, doing.client)
        overlap_s = seconds_of(source.overlap) or 0
        self.around = Around(
            source, self.guest, site.vocabularies, overlap_s, self._state, self._unknown, self._stamps, self._now,
            lambda after: deletions.unnamed(site, source.name, after, UNNAMED),
            lambda: not doing.confirm_deletes and deletions.unnamed_brake(site, source.name).holds,
            lambda: deletions.named(site, source.name, WITNESSES),
        )  # fmt: skip

    def run_it(self) -> Run:
        """Take the steps and end the run, whatever happens."""
        try:
            with contextlib.closing(kinds.walk_of(self.around)) as walk:
                ended = self._walk(walk)
            return self._finish(ended)
        except Stopped as stop:
            return self._end("stopped", (str(stop),))
        except (Failed, Refused) as error:
            return self._end("failed", (str(error),))
        except (Lost, TooMuch) as error:
            return self._end("incomplete", (f"{error} The next run goes on from here.",))
        except Overtaken:
            raise Busy(f"Another process took over the harvest of {self.source.name}.") from None
        except HarvestError as error:
            return self._end("incomplete", (str(error),))
        except RepositoryError:
            raise
        except Exception as error:
            log.exception("a harvest broke", extra={"source": self.source.name})
            what = f"It broke on what it was doing ({type(error).__name__}: {error})"
            return self._end("incomplete", (f"{what[:500]}; the next run goes on from here.",))
        finally:
            if self.doing.client is None:
                self.guest.close()

    def _open(self) -> Run:
        """The run to go on with, or a new one."""
        last = run_rows.last(self.site, self.source.name)
        now = int(self.site.clock.now())
        if last is not None and not self.doing.everything and self._goes_on(last):
            with self.site.database.write() as connection:
                return run_rows.resume(connection, last, now)
        deletions.clear_seen(self.site, self.source.name)
        with self.site.database.write() as connection:
            deletions.age(connection, self.source.name)
            if self.doing.everything:
                run_rows.forget_state(connection, self.source.name)
            if last is not None and last.state == "running":
                why = "everything is asked for anew" if self.doing.everything else "the source asks for something else"
                run_rows.end(connection, last, "failed", (f"Its process died, and {why} now.",), now)
            return run_rows.begin(connection, self.source.name, self.source.prefix, self.source.set, now)

    def _goes_on(self, last: Run) -> bool:
        """Whether a run was broken off, and asked for what the source is still configured for."""
        if (last.prefix, last.spec) != (self.source.prefix, self.source.set):
            return False
        died_early = last.state == "running" and last.steps == 0
        return died_early or (last.state in run_rows.RESUMABLE and last.cursor is not None)

    def _walk(self, walk: Walk) -> Ended:
        """Take step after step; the next one is fetched while one is taken in."""
        intake = Intake(self.site, self.source, self.run)
        if self.run.cursor is None:
            self._take(intake, walk.begin())
        with ThreadPoolExecutor(1, thread_name_prefix="harvest") as pool:
            cursor = self.run.cursor or b""
            coming: Future[Step] | None = None
            while (ended := steps.ended(cursor)) is None:
                step = self._awaited(coming or pool.submit(walk.step, cursor))
                ahead = steps.ended(step.cursor) is None and not step.settles
                coming = pool.submit(walk.step, step.cursor) if ahead else None
                self._take(intake, step)
                cursor = step.cursor
            return ended

    def _awaited(self, coming: Future[Step]) -> Step:
        """Wait for the step being fetched; however long it takes, the lease is held and the run shows that it lives."""
        self._check()
        while not futures.wait((coming,), self.doing.sign_s).done:
            self._check()
            with self.site.database.write() as connection:
                run_rows.beat(connection, self.run, int(self.site.clock.now()))
        return coming.result()

    def _take(self, intake: Intake, step: Step) -> None:
        try:
            intake.take(step)
        finally:
            self.run = intake.run
        self.doing.between(self.run)

    def _finish(self, ended: Ended) -> Run:
        """Delete what is gone, and note how far the source was followed (E.1, E.7)."""
        name = self.source.name
        deletions.seen_again(self.site, name)
        if ended.audited and self.source.deletes == "follow":
            deletions.note_lost(self.site, self.source, self._check)
        brake = deletions.brake(self.site, name)
        held = brake.holds and not self.doing.confirm_deletes
        if not held and brake.waiting:
            self.run = deletions.carry_out(self.site, self.source, self.run, self._check)
        state: RunState = "waiting" if held else "incomplete" if ended.missing else "complete"
        notes = (*((str(brake),) if held else ()), *ended.missing, *self.run.notes)
        since = ended.since or self.run.first_response
        with self.site.database.write() as connection:
            now = int(self.site.clock.now())
            if since is not None and (not ended.missing or ended.holes):
                run_rows.keep_state(connection, self.run, ended.prefix, State(since, ended.holes), now)
            self.run = run_rows.end(connection, msgspec.structs.replace(self.run, cursor=None), state, notes, now)
        deletions.clear_seen(self.site, name)
        return self.run

    def _end(self, state: RunState, notes: tuple[str, ...]) -> Run:
        with self.site.database.write() as connection:
            now = int(self.site.clock.now())
            self.run = run_rows.end(connection, self.run, state, (*notes, *self.run.notes), now)
        return self.run

    def _check(self) -> None:
        """Between steps: keep the lease, stop when asked to, and do not go on for ever."""
        if self.doing.stop():
            raise Stopped("It was stopped between two pages; the next run goes on from there.")
        if not self.renew():
            raise Overtaken
        if self.site.clock.monotonic() - self.began > self.doing.most_s:
            raise Lost(f"It was still not through after {self.doing.most_s / 3_600:.0f} hours.")
        if self.run.steps > MOST_STEPS:
            raise Failed(f"The source was still not through after {MOST_STEPS} requests.")

    def _pause(self, seconds: float) -> None:
        """Sleep in naps, holding the lease and showing that the run is alive."""
        left = seconds
        while left > 0:
            if self.doing.stop():
                raise Stopped("It was stopped while it waited; the next run goes on from there.")
            nap = min(left, _NAP_S)
            self.doing.sleep(nap)
            left -= nap
            self.renew()

    def _state(self, prefix: str) -> State:
        with self.site.database.read() as connection:
            return run_rows.state_of(connection, self.source.name, prefix, self.source.set)

    def _now(self) -> str:
        return utc_datestamp(int(self.site.clock.now()))

    def _unknown(self, identifiers: Sequence[str]) -> set[str]:
        """Those identifiers that have neither a record nor a row of the quarantine here.

        A record that was deleted because of its source counts as missing, since its source lists it again. One that a
        person withdrew or deleted does not.
        """
        keys = {stored_key(each.strip()): each for each in identifiers}
        name = self.source.name
        with self.site.database.read() as connection:
            rows = select_in(connection, _HERE, list(keys), name)
            here = {row[0] for row in rows} | quarantine.known(connection, name, list(keys))
        return {identifier for key, identifier in keys.items() if key not in here}

    def _stamps(self, identifiers: Sequence[str]) -> dict[str, str | None]:
        """The provider's datestamps of those records that are here, by identifier."""
        keys = {stored_key(each.strip()): each for each in identifiers}
        with self.site.database.read() as connection:
            statement = "SELECT key, datestamp FROM origin WHERE source = ? AND key IN (...)"
            return {keys[key]: stamp for key, stamp in select_in(connection, statement, list(keys), self.source.name)}
