"""Windows: where to begin, and how a window is narrowed until one second is left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvest.walks.windows import Window, halves, moment, since, written


def test_a_run_begins_before_the_last_one_by_the_overlap() -> None:
    assert since("2026-11-25T12:00:00Z", 3_600, "second") == "2026-11-25T11:00:00Z"


def test_a_run_by_days_begins_on_the_day_of_the_last_one() -> None:
    assert since("2026-11-25T12:00:00Z", 0, "day") == "2026-11-25"


def test_a_first_run_asks_for_everything() -> None:
    assert since(None, 3_600, "second") is None
    assert since("yesterday", 3_600, "second") is None


def test_halves_meet_without_a_gap_or_an_overlap() -> None:
    assert halves(Window("2026-03-01", "2026-03-04"), "day", None, None) == (
        Window("2026-03-01", "2026-03-02"),
        Window("2026-03-03", "2026-03-04"),
    )


def test_an_open_end_stays_open() -> None:
    older, newer = halves(Window(None, None), "second", "2026-01-01", "2026-01-01T00:00:03Z")

    assert older == Window(None, "2026-01-01T00:00:01Z")
    assert newer == Window("2026-01-01T00:00:02Z", None)


def test_one_second_is_not_halved() -> None:
    assert halves(Window("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), "second", None, None) == ()


@given(first=st.integers(0, 2**31), length=st.integers(1, 10**8))
def test_halving_ends_and_covers_every_second(first: int, length: int) -> None:
    window = Window(_at(first), _at(first + length))
    for _ in range(40):
        parts = halves(window, "second", None, None)
        if not parts:
            break
        older, newer = parts
        assert (older.since, newer.until) == (window.since, window.until)
        assert _seconds(newer.since) == _seconds(older.until) + 1
        window = older
    assert window.since == window.until


def _at(seconds: int) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415

    return written(datetime.fromtimestamp(seconds, UTC), "second")


def _seconds(text: str | None) -> int:
    found = moment(text)
    assert found is not None
    return int(found.timestamp())
