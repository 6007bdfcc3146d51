"""The tables of the statistics: months, steps of completeness, trees, CSV that no spreadsheet calculates."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest

from portal.site.systems.counted import Row, Table, as_csv, of_facet, tally
from repository.published import position_of


def at(year: int, month: int, day: int) -> int:
    return position_of(int(datetime(year, month, day, 23, 59, 58, tzinfo=UTC).timestamp()))


def test_records_are_counted_by_the_month_in_which_they_came_oldest_first() -> None:
    found = tally([(at(2026, 2, 28), 0.5), (at(2025, 12, 31), 0.5), (at(2026, 2, 1), 0.5)])

    assert list(found.months.items()) == [("2025-12", 1), ("2026-02", 2)]


@pytest.mark.parametrize(("completeness", "step"), [(0.0, 0), (0.19, 0), (0.2, 1), (0.99, 4), (1.0, 4)])
def test_completeness_falls_into_fifths(completeness: float, step: int) -> None:
    assert tally([(0, completeness)]).steps == {step: 1}


def test_a_tree_is_shown_one_step_deep() -> None:
    leaf = {"value": "c", "label": "C", "count": 1}
    tree = [{"value": "a", "label": "A", "count": 3, "children": [leaf | {"value": "b", "children": [leaf]}]}]

    assert of_facet(tree) == (Row("A", 3, 0, "a"), Row("C", 1, 1, "b"))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_a_label_is_never_a_formula_in_the_csv(sign: str) -> None:
    table = Table("source", "Source", (Row(f"{sign}1+1", 2, value=f"{sign}x"),))

    rows = list(csv.reader(as_csv([table]).splitlines()))

    assert rows[1] == ["source", f"'{sign}1+1", f"'{sign}x", "2"]


def test_a_label_with_commas_and_quotes_is_read_back_as_it_was() -> None:
    label = 'Kunst, "muziek"'

    assert next(csv.DictReader(as_csv([Table("subject", "", (Row(label, 1),))]).splitlines()))["label"] == label
