"""What a list proves when it has ended: which lists are doubted, and what is asked next."""

from __future__ import annotations

import pytest

from harvest.walks.oai import audit
from harvest.walks.oai.audit import Doubt, End
from harvest.walks.oai.cursor import Cursor
from harvest.walks.oai.page import Header
from harvest.walks.walk import Ended
from harvest.walks.windows import Window


def a_cursor(**fields: object) -> Cursor:
    return Cursor(**({"prefix": "lom", "windows": (Window(),)} | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cursor", "end", "doubt"),
    [
        pytest.param({"got": 20, "listed": 25}, End(5, 25), "", id="as many as it said"),
        pytest.param({"got": 20}, End(5), "", id="says nothing"),
        pytest.param({"got": 20, "listed": 25}, End(3), "size", id="fewer than it said"),
        pytest.param({"got": 20, "listed": 25}, End(3, 23), "size", id="says less at its end"),
        pytest.param({"got": 20, "listed": 24}, End(5), "", id="more than it said"),
        pytest.param({"got": 10}, End(empty=True), "empty", id="an empty page"),
        pytest.param({"got": 10, "listed": 10}, End(empty=True), "", id="an empty page after all of them"),
        pytest.param({}, End(by_us=True), "round", id="nothing but empty pages, without end"),
        pytest.param({"got": 10, "first": 10}, End(by_us=True), "guard", id="its first page for ever"),
        pytest.param({"got": 10, "first": 10, "listed": 25}, End(by_us=True), "guard", id="the same, with a size"),
        pytest.param({"got": 20, "first": 10}, End(by_us=True), "round", id="a circle of pages"),
        pytest.param({"got": 20, "first": 10, "listed": 25}, End(by_us=True), "guard", id="a circle too short"),
        pytest.param({"got": 25, "first": 10, "listed": 25}, End(by_us=True), "round", id="a circle of all"),
    ],
)
def test_a_list_that_contradicts_itself_is_doubted(cursor: dict[str, object], end: End, doubt: Doubt) -> None:
    assert audit.doubt_of(a_cursor(**cursor), end) == doubt


def test_a_short_list_of_records_is_compared_with_the_identifiers() -> None:
    after = audit.listed_out(a_cursor(got=20, listed=25), End(3))

    assert isinstance(after, Cursor)
    assert (after.phase, after.windows, after.short) == ("audit", (Window(),), (Window(),))


def test_a_whole_list_of_a_provider_that_keeps_deletions_is_the_end() -> None:
    assert isinstance(audit.listed_out(a_cursor(got=20, listed=25), End(5)), Ended)


def test_a_whole_list_of_everything_needs_no_list_of_identifiers() -> None:
    after = audit.listed_out(a_cursor(got=20, listed=25, audit=True, full=True), End(5))

    assert isinstance(after, Cursor)
    assert after.phase == "lost"


def test_a_list_from_a_date_is_audited_by_its_identifiers() -> None:
    after = audit.listed_out(a_cursor(got=2, windows=(Window("2026-11-01"),), audit=True), End(1))

    assert isinstance(after, Cursor)
    assert (after.phase, after.windows) == ("audit", (Window(),))


def test_headers_without_identifiers_are_a_doubt() -> None:
    named, nameless = Header("oai:a", "2026-01-01", deleted=False), Header("", "2026-01-01", deleted=False)

    assert audit.nameless(a_cursor(), [named]).doubt == ""
    assert "without an identifier" in audit.nameless(a_cursor(), [named, nameless]).doubt


def test_nothing_ends_as_audited_by_a_list_alone() -> None:
    """Whatever a list of identifiers says, what it does not name is asked for before it counts as deleted."""
    for end in (End(25, 25), End(3, 25), End(empty=True), End(by_us=True), End()):
        after = audit.audited(a_cursor(phase="audit", audit=True), end)
        assert isinstance(after, Cursor), end
        assert after.phase in ("lost", "audit"), end


def test_halving_a_short_list_ends_where_it_names_nothing_new() -> None:
    known = {"earliest": "2026-01-01T00:00:00Z", "now": "2026-11-01T00:00:00Z"}
    cursor: Cursor | Ended = a_cursor(phase="audit", audit=True, **known)
    rounds = 0
    while isinstance(cursor, Cursor) and cursor.phase == "audit":
        cursor = audit.audited(cursor, End(3, 1_000))
        rounds += 1
        assert rounds < 50
    assert isinstance(cursor, Cursor)
    assert cursor.phase == "lost"
    assert "said that there are 1000" in cursor.doubt


def test_halving_ends_where_every_half_names_something_new_too() -> None:
    known = {"earliest": "2026-01-01T00:00:00Z", "now": "2026-11-01T00:00:00Z"}
    cursor: Cursor | Ended = a_cursor(phase="audit", audit=True, **known)
    lists = 0
    while isinstance(cursor, Cursor) and cursor.phase == "audit":
        cursor = audit.audited(_found(cursor), End(3, 1_000))
        lists += 1
        assert lists < 5_000
    assert isinstance(cursor, Cursor)
    assert any("could not be checked" in each for each in cursor.missing)


def _found(cursor: Cursor) -> Cursor:
    return audit.replace(cursor, found=cursor.found + 1)


def test_identifiers_that_do_not_come_delete_nothing_and_are_told() -> None:
    ended = audit.unlisted(a_cursor(phase="audit", audit=True), "badVerb")

    assert isinstance(ended, Ended)
    assert not ended.audited
    assert "badVerb" in ended.missing[0]
