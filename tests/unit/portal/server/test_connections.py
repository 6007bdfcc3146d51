"""Which connections are let go: slow readers and senders, none whose request is being worked on."""

from __future__ import annotations

from portal.server.connections import Counted, Seen, reads_too_slowly, seen_of, sends_too_slowly

WINDOW_S = 30.0


def seen(*counted: tuple[float, Counted]) -> Seen:
    """What is seen after these looks, each at its time."""
    found: Seen | None = None
    for now, each in counted:
        found = seen_of(each, found, now, WINDOW_S)
    assert found is not None
    return found


def test_a_reader_that_takes_nothing_for_a_window_is_too_slow() -> None:
    found = seen((0, Counted(100, 50, 9_000, 1.0)), (31, Counted(100, 50, 9_000, 32.0)))

    assert reads_too_slowly(found, 31, WINDOW_S)
    assert not reads_too_slowly(found, 29, WINDOW_S)


def test_a_reader_that_takes_enough_is_not() -> None:
    found = seen((0, Counted(100, 50, 9_000, 1.0)), (31, Counted(40_000, 50, 9_000, 32.0)))

    assert not reads_too_slowly(found, 31, WINDOW_S)


def test_a_request_that_stays_half_sent_is_too_slow() -> None:
    found = seen((0, Counted(0, 200, 0, 0.1)), (16, Counted(0, 216, 0, 0.5)))

    assert sends_too_slowly(found, 16, 15.0, [])


def test_a_body_that_gets_on_is_not() -> None:
    found = seen((0, Counted(0, 200, 0, 0.1)), (14, Counted(0, 20_000, 0, 0.1)), (20, Counted(0, 21_000, 0, 0.1)))

    assert not sends_too_slowly(found, 20, 15.0, [])


def test_an_idle_connection_is_not() -> None:
    found = seen((0, Counted(0, 200, 0, 0.1)), (1, Counted(500, 200, 0, 1.1)), (90, Counted(500, 200, 0, 90.0)))

    assert not sends_too_slowly(found, 90, 15.0, [])


def test_a_request_that_is_being_worked_on_is_not() -> None:
    found = seen((0, Counted(0, 200, 0, 0.0)), (20, Counted(0, 200, 0, 20.0)))

    assert not sends_too_slowly(found, 20, 15.0, [0.01])
    assert sends_too_slowly(found, 20, 15.0, [12.0])
