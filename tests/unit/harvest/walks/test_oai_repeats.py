"""The guard against lists that go round in circles."""

from __future__ import annotations

from harvest.walks.oai.repeats import Repeats


def _page(start: int, size: int = 10) -> list[tuple[str, str]]:
    return [(f"oai:x:{n}", "2026-01-01") for n in range(start, start + size)]


def test_new_pairs_are_counted_once() -> None:
    repeats = Repeats()

    assert repeats.page([*_page(0), *_page(5)]) == 15


def test_three_pages_without_anything_new_end_a_list() -> None:
    repeats = Repeats()
    repeats.page(_page(0))

    ended = []
    for _ in range(3):
        repeats.page(_page(0))
        ended.append(repeats.is_over)

    assert ended == [False, False, True]


def test_a_page_with_one_new_pair_goes_on() -> None:
    repeats = Repeats()
    for _ in range(3):
        repeats.page(_page(0))
    repeats.page(_page(1))

    assert not repeats.is_over


def test_a_new_datestamp_is_news() -> None:
    repeats = Repeats()
    repeats.page(_page(0))

    assert repeats.page([("oai:x:1", "2026-01-02")]) == 1


def test_a_million_pairs_fit_into_a_fixed_memory() -> None:
    repeats = Repeats()

    fresh = sum(repeats.page(_page(start, 1_000)) for start in range(0, 200_000, 1_000))

    assert fresh > 199_900
    assert len(repeats._bits) == 1 << 22
