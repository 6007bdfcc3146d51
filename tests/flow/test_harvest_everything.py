"""`oerbron harvest run NAME --all`: everything is asked for again, without the source being removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.test_cli_harvest import Home
from tests.support.commands import outcomes
from tests.zoo.keeper import Zoo
from tests.zoo.provider import Provider, Reply, kept


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _followed(home: Home, zoo: Zoo, provider: Provider) -> None:
    assert home.call("add", "klas", zoo.take_in("klas", provider), "--prefix", "lom").code == 0
    home.call("run", "klas")
    provider.asked.clear()


def _lists(provider: Provider) -> list[dict[str, str]]:
    return [each for each in provider.asked if each.get("verb") == "ListRecords" and "metadataPrefix" in each]


def test_a_change_under_an_old_datestamp_comes_with_all_only(home: Home, zoo: Zoo) -> None:
    provider = Provider()
    _followed(home, zoo, provider)
    provider.records["oai:zoo:3"] = kept(3, title="Changed without a word")

    usual, whole = home.call("run", "klas"), home.call("run", "klas", "--all")

    assert usual.counts["updated"] == 0
    assert (whole.code, whole.counts) == (0, outcomes(updated=1, unchanged=24))
    assert ["from" in each for each in _lists(provider)] == [True, False]


def test_the_run_after_it_asks_for_changes_again(home: Home, zoo: Zoo) -> None:
    provider = Provider()
    _followed(home, zoo, provider)
    home.call("run", "klas", "--all")
    provider.asked.clear()

    assert home.call("run", "klas").code == 0
    assert ["from" in each for each in _lists(provider)] == [True]


def test_all_does_not_go_on_with_a_run_that_was_broken_off(home: Home, zoo: Zoo) -> None:
    class Leaves(Provider):
        away = True

        def answer(self, arguments: dict[str, str]) -> Reply:
            gone = self.away and "resumptionToken" in arguments
            return Reply(404, b"moved") if gone else super().answer(arguments)

    provider = Leaves()
    _followed(home, zoo, provider)
    provider.away = False

    whole = home.call("run", "klas", "--all")

    assert (whole.code, whole.counts["created"] + whole.counts["unchanged"]) == (0, 25)
    assert not [each for each in _lists(provider) if "from" in each]


def test_many_deletions_wait_for_a_person_with_all_too(home: Home, zoo: Zoo) -> None:
    provider = Provider()
    _followed(home, zoo, provider)
    provider.records = {
        name: replace(each, deleted=True, datestamp="2026-11-25T12:30:00Z") for name, each in provider.records.items()
    }

    whole = home.call("run", "klas", "--all")

    assert (whole.code, whole.counts["deleted"]) == (1, 0)
    assert "25 of 25 records" in whole.err


def test_all_needs_a_name(home: Home, zoo: Zoo) -> None:
    _followed(home, zoo, Provider())

    answer = home.call("run", "--all")

    assert answer.code == 2
    assert "oerbron harvest run NAME --all" in answer.err


def test_all_of_a_source_that_is_not_there_is_a_sentence(home: Home) -> None:
    answer = home.call("run", "nobody", "--all")

    assert answer.code == 1
    assert "There is no source nobody" in answer.err
