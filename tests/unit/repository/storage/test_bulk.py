"""Many rows in few statements."""

from __future__ import annotations

from repository.storage.bulk import MOST_VALUES, statements


def test_rows_of_an_insert_go_in_one_statement_and_keep_what_follows() -> None:
    statement = "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = excluded.b"

    assert list(statements(statement, [(1, "x"), (2, None)])) == [
        (
            "INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
            (1, "x", 2, None),
        )
    ]


def test_an_insert_of_more_values_than_one_statement_takes_is_cut() -> None:
    rows = [(n, n) for n in range(MOST_VALUES)]

    made = list(statements("INSERT INTO t (a, b) VALUES (?, ?)", rows))

    assert [len(values) for _, values in made] == [MOST_VALUES, MOST_VALUES]
    assert [value for _, values in made for value in values] == [value for row in rows for value in row]


def test_rows_are_deleted_by_an_array_of_their_keys() -> None:
    assert list(statements("DELETE FROM t WHERE a = ?", [(1,), (2,)])) == [
        ("DELETE FROM t WHERE a = ANY(%s)", ([1, 2],))
    ]


def test_rows_with_two_keys_are_deleted_by_an_array_for_each_first_key() -> None:
    assert list(statements("DELETE FROM t WHERE a = ? AND b = ?", [(1, 5), (2, 6), (1, 7)])) == [
        ("DELETE FROM t WHERE a = %s AND b = ANY(%s)", [(1, [5, 7]), (2, [6])])
    ]


def test_what_is_neither_runs_for_each_row() -> None:
    assert list(statements("UPDATE t SET a = ? WHERE b = ?", [(1, 2)])) == [
        ("UPDATE t SET a = %s WHERE b = %s", [(1, 2)])
    ]
