"""Publication under any order of events: writers, publishers that die, clock steps, and harvesters between them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from repository.config.sections import ContextSection
from repository.published import snapshot
from repository.publishing import opening, outbox, publication
from repository.publishing.preparation import Prepared, prepare
from repository.upkeep import doctor
from schemas.record import LangString, Record, Rights
from tests.support.factories import a_record
from tests.support.replica import Replica
from tests.support.site import FakeClock, a_site, accept, collect, withdraw

_ACCEPTED = text("SELECT id, CASE WHEN public = 'published' THEN accepted END FROM record")
OPEN, CLOSED = "https://creativecommons.org/licenses/by/4.0/", "Alle rechten voorbehouden"


class Publication(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.site = a_site(
            Path(self.folder.name), self.clock, contexts=(ContextSection(name="open", filter="open=true"),)
        )
        opening.open_all(self.site)
        self.ids: list[int] = []
        self.prepared: Prepared | None = None
        self.replicas = [Replica(), Replica("open", "lom"), Replica(spec="collection:a"), Replica("open", page=1)]
        self.bound = -1
        self.seen: dict[int, int] = {}

    @rule(title=st.integers(0, 3), licence=st.sampled_from((OPEN, CLOSED)), lane=st.integers(0, 1))
    def create(self, title: int, licence: str, lane: int) -> None:
        self.ids.append(accept(self.site, self._record(title, licence), lane=lane))

    @precondition(lambda self: self.ids)
    @rule(which=st.integers(0, 9), title=st.integers(0, 3), licence=st.sampled_from((OPEN, CLOSED)))
    def edit(self, which: int, title: int, licence: str) -> None:
        accept(self.site, self._record(title, licence), id_=self.ids[which % len(self.ids)])

    @precondition(lambda self: self.ids)
    @rule(which=st.integers(0, 9), slugs=st.sampled_from(((), ("a",), ("a", "b"))))
    def collect(self, which: int, slugs: tuple[str, ...]) -> None:
        collect(self.site, self.ids[which % len(self.ids)], *slugs)

    @precondition(lambda self: self.ids)
    @rule(which=st.integers(0, 9))
    def withdraw(self, which: int) -> None:
        withdraw(self.site, self.ids[which % len(self.ids)])

    @precondition(lambda self: self.ids)
    @rule(which=st.integers(0, 9), title=st.integers(0, 3))
    def stage(self, which: int, title: int) -> None:
        accept(self.site, self._record(title, OPEN), id_=self.ids[which % len(self.ids)], batch="staged")

    @rule()
    def release(self) -> None:
        with self.site.database.write() as connection:
            outbox.release(connection, "staged")

    @rule(seconds=st.sampled_from((0.3, 1.0, 2.0, 5.0)))
    def wait(self, seconds: float) -> None:
        self.clock.pass_(seconds)

    @rule(seconds=st.sampled_from((-600.0, -3.0, 3.0, 600.0)))
    def step_the_clock(self, seconds: float) -> None:
        drift = self.clock.wall - self.site.publishing.started[0] - self.clock.mono + seconds
        if abs(drift) < 3_000:
            self.clock.step(seconds)

    @rule(rows=st.sampled_from((1, 2, 100)))
    def prepare(self, rows: int) -> None:
        self.prepared = prepare(self.site, rows, 10**9, lambda: True) or self.prepared

    @precondition(lambda self: self.prepared is not None)
    @rule()
    def seal(self) -> None:
        assert self.prepared is not None
        if publication.seal(self.site, self.prepared) is not None:
            self.prepared = None

    @rule()
    def die(self) -> None:
        self.prepared = None

    @rule()
    def publish(self) -> None:
        publication.publish(self.site)

    @rule()
    def advance(self) -> None:
        publication.advance(self.site)

    @rule(which=st.integers(0, 3))
    def request(self, which: int) -> None:
        self.replicas[which].request(self.site)

    @invariant()
    def nothing_appears_behind_the_horizon(self) -> None:
        with snapshot(self.site.database) as seen:
            now = {item.record: item.position for item in seen.changes(-1, 10_000)}
            assert seen.bound >= self.bound, "W fell"
            assert all(position <= seen.bound for position in now.values())
            fresh = {position for record, position in now.items() if self.seen.get(record) != position}
            assert all(position > self.bound for position in fresh), "a state appeared behind a stated responseDate"
            assert self.seen.keys() <= now.keys(), "a published record disappeared"
            accepted = dict(map(tuple, seen.connection.execute(_ACCEPTED)))
            shown = {item.record: None if item.deleted else item.revision for item in seen.changes(self.bound, 10_000)}
            assert all(accepted[record] == revision for record, revision in shown.items()), "not what was accepted"
            self.bound, self.seen = seen.bound, now

    @invariant()
    def the_doctor_finds_nothing(self) -> None:
        assert doctor.examine(self.site) == []

    def teardown(self) -> None:
        if not hasattr(self, "site"):
            return
        self.release()
        for _ in range(6):
            self.clock.pass_(2)
            publication.publish(self.site)
        for replica in self.replicas:
            replica.harvest(self.site)  # ends what was begun
            replica.harvest(self.site)
            truth = replica.truth(self.site)
            if not replica.spec:  # Leaving a set is silence: the promise holds per context and prefix.
                assert replica.copy == truth, "a harvester missed a final state"
            assert truth.items() <= replica.copy.items()
        self.site.database.dispose()
        self.folder.cleanup()

    @staticmethod
    def _record(title: int, licence: str) -> Record:
        base = a_record(f"Titel {title}")
        rights = Rights(description=(LangString("x-none", licence),))
        return Record(general=base.general, technical=base.technical, rights=rights)


TestPublication = Publication.TestCase
TestPublication.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
