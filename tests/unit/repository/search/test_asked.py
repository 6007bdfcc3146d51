"""The parameters of a search: what they say, and how mistakes are told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repository.published import position_of
from repository.search.plan.parameters import PARAMETERS, Search, read


def good(*pairs: tuple[str, str]) -> Search:
    search, problems = read(pairs)
    assert not problems
    return search


def test_values_of_one_filter_are_kept_together() -> None:
    search = good(("subject", "a"), ("type", "v"), ("subject", "b"), ("subject", "a"))

    assert search.filters == (("subject", ("a", "b")), ("type", ("v",)))


@pytest.mark.parametrize(("text", "ages"), [("12", (12, 12)), ("6-12", (6, 12)), ("12-6", (6, 12)), ("0", (0, 0))])
def test_an_age_is_a_year_or_a_range(text: str, ages: tuple[int, int]) -> None:
    assert good(("age", text)).ages == (ages,)


@pytest.mark.parametrize(
    ("name", "text", "position"),
    [
        ("from", "1970-01-01T00:00:10Z", position_of(10)),
        ("from", "1970-01-01T00:00:11Z", position_of(12)),
        ("until", "1970-01-01T00:00:10Z", position_of(12) - 1),
        ("until", "1970-01-01T00:00:11Z", position_of(12) - 1),
        ("from", "1970-01-02", position_of(86_400)),
        ("until", "1970-01-01", position_of(86_400) - 1),
        ("until", "1970-12", position_of(365 * 86_400) - 1),
        ("until", "1970", position_of(365 * 86_400) - 1),
    ],
)
def test_dates_bound_the_datestamp(name: str, text: str, position: int) -> None:
    search = good((name, text))

    assert (search.since if name == "from" else search.until) == position


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sort", "best"), ("age", "oud"), ("age", "1-"), ("age", "٣"), ("facets", "colour"), ("size", "101"),
        ("size", "-1"), ("size", "ten"), ("from", "yesterday"), ("until", "2026-02-30"), ("open", "maybe"),
        ("highlight", "yes"), ("subject", ""), ("q", "x" * 1025), ("type", "y" * 513), ("colour", "red"),
        ("from", "9999"), ("from", "0000-01-01"),
    ],
)  # fmt: skip
def test_a_senseless_value_is_told_by_its_name(name: str, value: str) -> None:
    _, problems = read([(name, value)])

    if (name, value) == ("from", "9999"):
        assert not problems or problems[0].path == "from"
    else:
        assert [problem.path for problem in problems] == [name]


@pytest.mark.parametrize("name", ["q", "sort", "size", "from", "cursor", "facets"])
def test_what_may_stand_once_is_told_when_it_stands_twice(name: str) -> None:
    value = {"sort": "title", "size": "3", "from": "2026", "facets": "type"}.get(name, "x")
    _, problems = read([(name, value), (name, value)])

    assert [problem.code for problem in problems] == ["repeated_parameter"]


def test_without_words_the_newest_stand_first() -> None:
    assert good(("sort", "relevance")).order == "newest"
    assert good(("q", "breuken")).order == "relevance"
    assert good(("q", "breuken"), ("sort", "title")).order == "title"


def test_a_search_says_itself_again() -> None:
    search = good(("q", "é b"), ("age", "6-12"), ("subject", "s"), ("from", "2026"), ("sort", "title"), ("size", "5"))

    assert read(search.pairs(paging=True))[0] == search


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(PARAMETERS)), st.text(max_size=30)), max_size=12))
def test_no_parameters_fail(pairs: list[tuple[str, str]]) -> None:
    search, _ = read(pairs)

    assert 0 <= search.size <= 100
