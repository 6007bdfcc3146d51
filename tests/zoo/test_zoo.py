"""Every beast of the zoo, harvested over loopback: it ends as it must, within its number of requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zoo.beasts import BEASTS, Beast
from tests.zoo.fuzz import trouble
from tests.zoo.keeper import Zoo
from tests.zoo.table import HOUSES, show


@pytest.fixture(scope="module")
def zoo() -> Iterator[Zoo]:
    opened = Zoo()
    yield opened
    opened.close()


@pytest.mark.parametrize("beast", BEASTS.values(), ids=lambda beast: beast.name)
def test_a_harvest_ends_as_it_must(zoo: Zoo, beast: Beast, tmp_path: Path) -> None:
    end, _ = show(zoo, beast, tmp_path)

    assert beast.fits(end.told), (end.told, beast.ends, end.notes)
    assert not beast.says or any(beast.says in note for note in end.notes), end.notes
    assert end.requests <= beast.most_requests


def test_the_zoo_is_large_enough() -> None:
    assert len(HOUSES) == 9
    assert len(BEASTS) >= 200


@pytest.mark.parametrize("seed", range(24))
def test_no_mutated_answer_breaks_a_run_or_loses_a_record(zoo: Zoo, seed: int, tmp_path: Path) -> None:
    assert trouble(zoo, seed, tmp_path) == ""
