"""A run from outside: it shows its life and stops while a request is under way; several processes share the work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from harvest import run_rows
from harvest.run import Doing, follow
from portal.server.background import Harvester
from repository import sources
from repository.config.sections import HarvestSection, HarvestSource
from repository.errors import Busy
from tests.support.api import Api
from tests.support.site import FakeClock
from tests.zoo.keeper import NAME, Keeper, Zoo, a_repository
from tests.zoo.provider import Provider, Reply


@dataclass
class Waits(Provider):
    """Answers its second page when it is let go on."""

    go_on: threading.Event = field(default_factory=threading.Event)

    def answer(self, arguments: dict[str, str]) -> Reply:
        if "resumptionToken" in arguments:
            assert self.go_on.wait(60)
        return super().answer(arguments)


@pytest.fixture
def keeper(zoo: Zoo, tmp_path: Path) -> Iterator[tuple[Keeper, Waits]]:
    provider = Waits()
    url = zoo.take_in(NAME, provider)
    with a_repository(tmp_path) as site:
        keeper = Keeper(site, url)
        yield keeper, provider
        provider.go_on.set()
        keeper.close()


def test_a_run_shows_its_life_while_a_request_is_under_way(keeper: tuple[Keeper, Waits]) -> None:
    kept, provider = keeper
    clock = kept.site.clock
    assert isinstance(clock, FakeClock)
    beats: list[int] = []

    def look() -> bool:
        """Called between two signs of life: half a minute passes at each."""
        clock.pass_(30)
        last = run_rows.last(kept.site, NAME)
        assert last is not None
        if last.records == 10:
            beats.append(last.beat)
            assert run_rows.shown_state(kept.site, last) == "running"
        if len(beats) == 8:
            provider.go_on.set()
        return False

    ended = follow(kept.site, kept.source, Doing(client=kept.client, stop=look, sign_s=0.01, most_s=1e9))

    assert ended.state == "complete", ended.notes
    signs = [after - before for before, after in pairwise(beats[2:])]
    assert len(signs) >= 5  # longer than its lease lasts
    assert set(signs) == {30}


def test_a_run_stops_when_it_is_asked_to_while_a_request_is_under_way(keeper: tuple[Keeper, Waits]) -> None:
    kept, provider = keeper

    def stop() -> bool:
        last = run_rows.last(kept.site, NAME)
        asked = last is not None and last.records == 10
        if asked:
            provider.go_on.set()
        return asked

    ended = follow(kept.site, kept.source, Doing(client=kept.client, stop=stop, sign_s=0.01))

    assert (ended.state, ended.records) == ("stopped", 10)
    assert kept.run().counts["created"] == 25


def test_a_run_that_takes_too_long_is_left_to_the_next_one(keeper: tuple[Keeper, Waits]) -> None:
    kept, provider = keeper
    clock = kept.site.clock
    assert isinstance(clock, FakeClock)
    provider.go_on.set()

    ended = follow(
        kept.site, kept.source, Doing(client=kept.client, between=lambda _: clock.pass_(3_600), most_s=2 * 3_600)
    )

    assert (ended.state, ended.notes[0]) == (
        "incomplete", "It was still not through after 2 hours. The next run goes on from here."
    )  # fmt: skip
    assert (kept.run().state, kept.outcomes[-1]["created"]) == ("complete", 25)


def test_a_source_is_followed_by_one_process_at_a_time(keeper: tuple[Keeper, Waits]) -> None:
    kept, provider = keeper
    provider.go_on.set()
    refused: list[str] = []

    def another(_: run_rows.Run) -> None:
        with pytest.raises(Busy) as busy:
            follow(kept.site, kept.source, Doing(client=kept.client))
        refused.append(str(busy.value))

    ended = follow(kept.site, kept.source, Doing(client=kept.client, between=another))

    assert ended.counts["created"] == 25
    assert set(refused) == {"The source zoo is being harvested by another process."}


def test_a_host_has_one_guest_at_a_time_and_processes_share_the_others(
    zoo: Zoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    api = Api(tmp_path, harvest=HarvestSection(allow_hosts=("127.0.0.1", "localhost")))
    providers = {"first": Provider(), "neighbour": Provider(), "elsewhere": Provider()}
    for name, provider in providers.items():
        url = zoo.take_in(name, provider)
        url = url.replace("127.0.0.1", "localhost") if name == "elsewhere" else url
        sources.add(api.site, HarvestSource(name, url, prefix="lom"))
    looked: list[dict[str, bool]] = []

    def another(_: run_rows.Run) -> None:
        if not looked:
            Harvester(api.site).look()
            looked.append({name: bool(provider.asked) for name, provider in providers.items()})

    follow(api.site, sources.get(api.site, "first"), Doing(between=another))
    Harvester(api.site).look()

    assert looked == [{"first": True, "neighbour": False, "elsewhere": True}]
    assert all(provider.asked for provider in providers.values())
    api.site.database.dispose()
