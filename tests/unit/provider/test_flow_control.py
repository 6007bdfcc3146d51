"""Flow control: so many at once, the next one is told when to come back."""

from __future__ import annotations

import pytest

from provider.errors import Unavailable
from provider.flow_control import Lane, jittered, places


def test_a_full_lane_sends_away_with_a_time() -> None:
    lane = Lane(1, lambda: 0.5)

    with lane.entered(), pytest.raises(Unavailable) as sent, lane.entered():
        pass

    assert 10 <= sent.value.retry_after_s <= 60


def test_a_place_is_free_again_after_an_error() -> None:
    lane = Lane(1, lambda: 0.0)
    with pytest.raises(ValueError, match="mine"), lane.entered():
        raise ValueError("mine")

    with lane.entered():
        assert True


def test_the_times_are_spread_from_10_to_60() -> None:
    assert jittered(0.0) == 10
    assert jittered(0.999999) == 60


def test_the_configuration_says_how_many_or_twice_the_cores() -> None:
    assert places(7) == 7
    assert places(0) >= 2
