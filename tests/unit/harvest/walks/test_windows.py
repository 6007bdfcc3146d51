"""Windows: where to begin, and how a window is narrowed until one second is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.walks.windows import Window, apart, halves, moment, order_of, since, trusted, written


def test_a_run_begins_before_the_last_one_by_the_overlap() -> None:
    assert since("2026-11-25T12:00:00Z", 3_600, "second") == "2026-11-25T11:00:00Z"


def test_a_run_by_days_begins_on_the_day_of_the_last_one() -> None:
    assert since("2026-11-25T12:00:00Z", 0, "day") == "2026-11-25"


def test_a_first_run_asks_for_everything() -> None:
    assert since(None, 3_600, "second") is None
    assert since("yesterday", 3_600, "second") is None


def test_halves_have_the_units_in_the_middle_in_common() -> None:
    """So that it does not matter whether `from` and `until` are inclusive."""
    assert halves(Window("2026-03-01", "2026-03-06"), "day", None, None) == (
        Window("2026-03-01", "2026-03-04"),
        Window("2026-03-03", "2026-03-06"),
    )


def test_an_open_end_stays_open() -> None:
    older, newer = halves(Window(None, None), "second", "2026-01-01", "2026-01-01T00:00:04Z")

    assert older == Window(None, "2026-01-01T00:00:03Z")
    assert newer == Window("2026-01-01T00:00:02Z", None)


def test_halves_meet_without_an_overlap_where_both_bounds_are_inclusive() -> None:
    assert halves(Window("2026-03-01", "2026-03-04"), "day", None, None, inclusive=True) == (
        Window("2026-03-01", "2026-03-02"),
        Window("2026-03-03", "2026-03-04"),
    )


def test_three_seconds_are_halved_only_where_both_bounds_are_inclusive() -> None:
    window = Window("2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z")

    assert halves(window, "second", None, None) == ()
    assert len(halves(window, "second", None, None, inclusive=True)) == 2
    one = Window(window.since, window.since)
    assert halves(one, "second", None, None, inclusive=True) == ()


@given(first=st.integers(0, 2**31), length=st.integers(3, 10**8))
def test_halving_ends_and_covers_every_second(first: int, length: int) -> None:
    window = Window(_at(first), _at(first + length))
    for _ in range(40):
        parts = halves(window, "second", None, None)
        if not parts:
            break
        older, newer = parts
        assert (older.since, newer.until) == (window.since, window.until)
        assert _seconds(newer.since) == _seconds(older.until) - 1
        window = older
    assert _seconds(window.until) - _seconds(window.since) == 2


OWN = "2026-11-25T12:00:00Z"


@pytest.mark.parametrize(
    ("said", "trusted_"),
    [
        ("2026-11-25T11:59:00Z", "2026-11-25T11:59:00Z"),
        ("2026-11-25T13:00:00Z", OWN),  # local time marked as UTC
        ("2026-11-25T13:00:00+01:00", "2026-11-25T13:00:00+01:00"),  # the same moment
        ("2099-01-01T00:00:00Z", OWN),
        ("9999-12-31T23:59:59Z", OWN),
        ("9999-12-31T23:59:59-14:00", None),
        ("10000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("0000-00-00T00:00:00Z", None),
        ("2026-02-30T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("2026-11-25T25:61:61Z", None),
        ("-2026-11-25", None),
        ("the 25th of November", None),
        ("", None),
        (None, None),
    ],
)
def test_a_first_answer_is_trusted_up_to_our_own_clock(said: str | None, trusted_: str | None) -> None:
    assert trusted(said, OWN) == trusted_


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1990-01-01", "9999-12-31"])
@pytest.mark.parametrize("overlap_s", [0, 3_600, 10**12])
def test_no_date_is_too_early_or_too_late_to_reckon_with(said: str, overlap_s: int) -> None:
    asked = since(said, overlap_s, "second")

    assert asked is None or "1990-01-01" <= asked <= "9999-12-31T23:59:59Z"
    assert isinstance(halves(Window(said, None), "second", said, said), tuple)
    assert isinstance(apart(said, OWN), str)


def test_clocks_that_differ_by_minutes_are_told() -> None:
    assert apart("2026-11-25T12:01:00Z", OWN) is None
    assert "60 minutes ahead" in (apart("2026-11-25T13:00:00Z", OWN) or "")
    assert "5 minutes behind" in (apart("2026-11-25T11:55:00Z", OWN) or "")


def test_datestamps_are_compared_as_moments() -> None:
    assert order_of("2026-03-03") < order_of("2026-03-03T00:00:01Z") < order_of("2026-03-03T01:00:00+00:00")
    assert order_of("nonsense") < order_of("2026-03-03")


def _at(seconds: int) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415

    return written(datetime.fromtimestamp(seconds, UTC), "second")


def _seconds(text: str | None) -> int:
    found = moment(text)
    assert found is not None
    return int(found.timestamp())
