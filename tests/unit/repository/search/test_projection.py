"""The index follows the publication log: batches, generations, replays, repairs, two processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from repository.jobs import lease
from repository.publishing import publication
from repository.search import verification
from repository.search.errors import SearchUnavailable
from repository.search.index.engine import Batch, Engine, Gone
from repository.search.index.projection import Step
from repository.search.plan.parameters import read
from repository.search.service import Searching
from repository.site import Site
from tests.support.factories import a_record
from tests.support.site import FakeClock, a_site, accept, uuid_of, withdraw


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Site]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    opened = a_site(tmp_path, clock, url=url)
    yield opened
    opened.database.dispose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def searching(site: Site, engine: Engine) -> Searching:
    return Searching(site, engine)


def publish(site: Site, *titles: str) -> list[int]:
    made = [accept(site, a_record(title)) for title in titles]
    sealed(site)
    return made


def sealed(site: Site) -> None:
    assert isinstance(site.clock, FakeClock)
    site.clock.pass_(2)
    publication.publish(site)


def total(searching: Searching, q: str = "") -> int:
    return searching.find(read([("q", q)])[0]).found.total


def test_the_index_follows_what_is_published(site: Site, searching: Searching) -> None:
    first, _ = publish(site, "Breuken", "Fietsen")
    assert searching.catch_up() == 2
    assert total(searching) == 2
    accept(site, a_record("Kommagetallen"), id_=first)
    sealed(site)
    searching.catch_up()

    assert total(searching, "breuken") == 0
    assert total(searching, "kommagetallen") == 1


def test_how_far_it_is_behind_is_known_before_there_is_an_index_and_after(site: Site, searching: Searching) -> None:
    assert searching.projection.behind() == 0
    publish(site, "Breuken", "Fietsen")
    assert searching.projection.behind() == 2
    searching.catch_up()
    assert searching.projection.behind() == 0
    publish(site, "Kommagetallen")
    assert searching.projection.behind() == 1


def test_what_is_withdrawn_leaves_the_index_and_stays_away(site: Site, searching: Searching) -> None:
    (record,) = publish(site, "Breuken")
    searching.catch_up()
    withdraw(site, record)
    sealed(site)
    searching.catch_up()
    assert total(searching) == 0

    searching.projection.rebuild()
    assert total(searching) == 0


def test_an_empty_repository_has_an_index_too(searching: Searching) -> None:
    with pytest.raises(SearchUnavailable):
        total(searching)
    searching.catch_up()

    assert total(searching) == 0


def test_nothing_to_do_costs_no_writer(site: Site, searching: Searching) -> None:
    publish(site, "Breuken")
    searching.catch_up()

    with searching.index().writing():
        assert searching.step(1.0).done


def test_who_finds_the_writer_taken_leaves_it(site: Site, searching: Searching) -> None:
    publish(site, "Breuken")
    searching.catch_up()
    publish(site, "Fietsen")

    with lease.lease(site, "search", 60) if searching.engine.shared else searching.index().writing():
        step = searching.step(1.0)
    assert (step.written, step.done) == (0, False)
    assert searching.step(1.0).written == 1


def test_what_was_written_and_not_marked_is_written_again_to_the_same_state(site: Site, searching: Searching) -> None:
    publish(site, "Breuken", "Fietsen", "Lopen")
    searching.catch_up()
    index = searching.index()
    sums = index.sums()
    with index.writing() as writer:  # As if the process had died before the last watermark.
        assert writer is not None
        writer.put(Batch((), (), 1))
    searching.catch_up()

    assert index.sums() == sums
    assert total(searching) == 3


def test_a_step_ends_when_its_time_is_over_and_the_next_goes_on(site: Site, searching: Searching) -> None:
    searching.projection.portion = 2
    publish(site, *(f"Titel {n}" for n in range(7)))

    steps: list[Step] = []
    while not steps or not steps[-1].done:
        steps.append(searching.step(0.0))

    assert [step.written for step in steps] == [2, 2, 2, 1]
    assert total(searching) == 7


def test_a_rebuild_keeps_the_old_one_and_drops_older_ones(site: Site, searching: Searching) -> None:
    publish(site, "Breuken")
    searching.catch_up()
    first = searching.engine.current()
    second = searching.projection.rebuild().name
    third = searching.projection.rebuild().name

    assert searching.engine.current() == third
    assert set(searching.engine.names()) == {second, third}
    assert first not in {second, third}
    assert total(searching, "breuken") == 1


def test_another_analysis_makes_a_new_index_and_the_old_one_is_searched_meanwhile(
    site: Site, searching: Searching
) -> None:
    searching.projection.portion = 2
    publish(site, *(f"Titel {n}" for n in range(5)))
    searching.catch_up()
    before = searching.engine.current()
    making = searching.projection.making
    searching.projection.made_with = lambda _: making._replace(digest="00000000")

    assert not searching.step(0.0).done
    assert searching.engine.current() == before
    assert total(searching) == 5
    searching.catch_up()
    assert searching.engine.current() == f"{making.layout}-00000000-2"
    assert total(searching) == 5


def test_an_index_of_another_layout_is_not_searched(site: Site, searching: Searching) -> None:
    publish(site, "Breuken")
    searching.catch_up()
    other = searching.projection.making._replace(layout="m0")
    searching.projection.made_with = lambda _: other
    searching.projection.making = other

    with pytest.raises(SearchUnavailable):
        total(searching)


def test_an_index_that_knows_more_than_the_line_is_made_anew(site: Site, searching: Searching) -> None:
    publish(site, "Breuken")
    searching.catch_up()
    before = searching.engine.current()
    with searching.index().writing() as writer:
        assert writer is not None
        writer.put(Batch((), (), 1 << 52))
    searching.catch_up()

    assert searching.engine.current() != before
    assert total(searching) == 1


def test_verification_mends_what_is_lost_and_what_came_back(site: Site, searching: Searching) -> None:
    records = publish(site, *(f"Titel {n}" for n in range(6)))
    searching.catch_up()
    index = searching.index()
    kept = index.watermark() or 0
    with index.writing() as writer:
        assert writer is not None
        writer.put(Batch((), tuple(Gone(uuid_of(site, one), kept) for one in records[:2]), kept))
    withdraw(site, records[5])
    sealed(site)
    with index.writing() as writer:  # The withdrawal is lost, its watermark is not.
        assert writer is not None
        writer.put(Batch((), (), kept + (1 << 15)))
    assert 1 <= len(searching.projection.compare(index)) <= 3  # Buckets: records may share one.

    done = verification.verified(searching)

    assert (done.records, done.mended, done.different) == (5, 3, 0)
    assert verification.verified(searching).mended == 0


def test_the_state_tells_what_waits(site: Site, searching: Searching) -> None:
    assert not verification.state(searching).healthy
    publish(site, "Breuken")
    searching.catch_up()
    publish(site, "Fietsen")
    state = verification.state(searching)

    assert (state.records, state.waiting, state.healthy) == (1, 1, True)
    assert any("waiting: 1 changes" in line for line in state.lines())


def test_a_wait_lends_a_hand_and_ends_in_time(site: Site, searching: Searching) -> None:
    publish(site, "Breuken")
    searching.catch_up()
    publish(site, "Fietsen")
    naps: list[float] = []

    with searching.index().writing():
        assert not searching.until_searchable(1 << 52, 0.0, naps.append)
    assert searching.until_searchable(searching.index().watermark() or 0, 0.0, naps.append)
