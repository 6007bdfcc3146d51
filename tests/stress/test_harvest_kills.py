"""A few harvests that are killed at random moments; `python -m tests.stress.kills --runs 100` does many."""

from __future__ import annotations

from pathlib import Path

from tests.stress.kills import harvests

RUNS = 3


def test_a_harvest_that_is_killed_ends_as_one_that_is_not(tmp_path: Path) -> None:
    found = harvests(tmp_path, RUNS, seed=2)

    assert [each for each in found if not each.is_right] == []
    assert sum(len(each.kills) for each in found) >= RUNS
