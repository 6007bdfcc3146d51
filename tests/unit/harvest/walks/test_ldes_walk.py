"""Which versions of an event stream are taken in: none that is older than what is here, all that may be news."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvest.walks.ldes.page import Member
from harvest.walks.ldes.walk import _Version, sifted

EARLY, LAST, LATE = "2026-11-26T10:00:00Z", "2026-11-26T11:00:00Z", "2026-11-26T12:00:00Z"


def a_version(stamp: str | None, microsecond: int = 0) -> _Version:
    when = None if stamp is None else datetime.fromisoformat(stamp).astimezone(UTC).replace(microsecond=microsecond)
    return _Version(Member("https://a.example/activity/1", when, ""), "https://a.example/1", deleted=False)


@pytest.mark.parametrize(
    ("stamp", "here", "last", "expected"),
    [
        pytest.param(EARLY, None, None, (1, 0), id="never here"),
        pytest.param(EARLY, EARLY, None, (1, 0), id="the first run, a page again"),
        pytest.param(EARLY, EARLY, LAST, (0, 1), id="taken by the last run"),
        pytest.param(EARLY, LAST, LAST, (0, 0), id="older than what is here"),
        pytest.param(EARLY, None, LAST, (1, 0), id="missed by the last run"),
        pytest.param(LATE, EARLY, LAST, (1, 0), id="new"),
        pytest.param(None, LAST, LAST, (1, 0), id="without a time"),
    ],
)
def test_what_may_be_news_is_taken(
    stamp: str | None, here: str | None, last: str | None, expected: tuple[int, int]
) -> None:
    version = a_version(stamp)

    news, same = sifted([version], {version.record: here} if here else {}, last)

    assert (len(news), same) == expected


def test_a_second_version_in_the_second_in_which_the_last_run_ended_is_not_lost() -> None:
    later = a_version(LAST, microsecond=700_000)

    assert sifted([later], {later.record: LAST}, LAST) == ([later], 0)
