"""The race, for seconds; by hand it runs for minutes (race.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stress.race import race

SECONDS = 20


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_no_kill_makes_a_harvester_miss_a_state_or_loses_a_write(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None

    counts = race(SECONDS, url)

    assert set(counts["lost"].values()) == {0}, counts
    assert counts["missing"] == {}, counts
    assert (counts["complaints"], counts["errors"]) == ([], []), counts
    assert counts["doctor"] == "healthy", counts
    assert min(counts["servers killed"], counts["writes acknowledged"], counts["harvests"]) > 0, counts
