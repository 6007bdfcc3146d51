"""Flow control: so many at once, the next one is told when to come back."""

from __future__ import annotations

import threading

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


def test_the_configuration_says_how_many_or_one() -> None:
    assert places(7) == 7
    assert places(0) == 1


def test_who_waits_in_line_gets_the_place_that_is_given_back() -> None:
    lane = Lane(1, lambda: 0.0, line=1, wait_s=30.0)
    assert lane.enter()
    entered: list[bool] = []
    waiting = threading.Thread(target=lambda: entered.append(lane.enter()))
    waiting.start()
    while not lane._waiting:
        pass

    assert not lane.enter()  # The line is full.
    lane.leave()
    waiting.join(30)

    assert entered == [True]


def test_who_waits_too_long_is_sent_away_and_takes_no_place() -> None:
    lane = Lane(1, lambda: 0.0, line=1, wait_s=0.001)
    assert lane.enter()

    assert not lane.enter()
    lane.leave()

    assert lane.enter()
