"""Pages of lists, on a snapshot in memory: keyset, bounds, tokens, and what happens when records move (A5 to A8)."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider import tokens
from provider.arguments import read
from provider.errors import (
    BadResumptionToken,
    CannotDisseminateFormat,
    NoRecordsMatch,
    Refused,
    Unavailable,
)
from provider.lists import ENDLESS_S, list_identifiers, list_records, window
from provider.verb_request import Asked, Openings
from repository.published import ORDINALS, datestamp_of, position_of
from schemas.datestamp import utc_datestamp
from tests.support.fakes import START, FakeLine, a_context, fake_site

FIRST = "verb=ListRecords&metadataPrefix=oai_dc"


class Page:
    """One page, taken apart."""

    def __init__(self, parts: list[bytes]) -> None:
        text = b"".join(parts).decode()
        self.numbers = [int(n) for n in re.findall(r"uuid-(\d+)<", text)]
        found = re.search(r'<resumptionToken completeListSize="(\d+)" cursor="(\d+)"(?:/>|>([^<]*)</)', text)
        self.has_token = "<resumptionToken" in text
        self.total, self.cursor = (int(found[1]), int(found[2])) if found else (None, None)
        self.token = found[3] if found else None


def ask(line: FakeLine, query: str, *, site: Any = None, context: Any = None) -> Page:
    site = site or fake_site(page_size=2)
    asked = Asked(site, context or a_context(), read(query.encode()), line, Openings())  # type: ignore[arg-type]
    return Page(list_records(asked) if "ListRecords" in query else list_identifiers(asked))


def following(page: Page, verb: str = "ListRecords") -> str:
    assert page.token
    return f"verb={verb}&resumptionToken={page.token}"


def refusal(line: FakeLine, query: str, **given: Any) -> type:
    with pytest.raises(Refused) as refused:
        ask(line, query, **given)
    [error] = refused.value.errors
    return type(error)


def a_line(count: int) -> FakeLine:
    line = FakeLine()
    for n in range(count):
        line.add(n)
    return line


def test_a_list_of_one_page_has_no_token() -> None:
    page = ask(a_line(2), FIRST)

    assert page.numbers == [0, 1]
    assert not page.has_token


def test_an_exactly_full_last_page_ends_the_list() -> None:
    line = a_line(4)
    first = ask(line, FIRST)

    last = ask(line, following(first))

    assert last.numbers == [2, 3]
    assert last.has_token
    assert last.token is None


@given(st.integers(1, 12), st.integers(1, 5), st.sampled_from(["ListRecords", "ListIdentifiers"]))
def test_every_record_comes_once_with_cursor_and_size(count: int, size: int, verb: str) -> None:
    line, site = a_line(count), fake_site(page_size=size)
    page = ask(line, f"verb={verb}&metadataPrefix=oai_dc", site=site)
    seen = [*page.numbers]
    while page.token:
        page = ask(line, following(page, verb), site=site)
        assert page.numbers
        assert page.cursor == len(seen)
        assert page.total == count
        seen += page.numbers

    assert seen == list(range(count))
    assert page.has_token == (count > size)


def test_the_size_is_counted_once_and_carried() -> None:
    line = a_line(7)
    page = ask(line, FIRST)
    while page.token:
        page = ask(line, following(page))

    assert line.counted == 1


def test_the_size_never_falls_below_what_was_given() -> None:
    line = a_line(3)
    first = ask(line, FIRST)
    for n in range(3, 9):
        line.add(n)
    second = ask(line, following(first))
    third = ask(line, following(second))

    assert (second.total, third.total) == (4, 6)


def test_a_token_sent_again_gives_the_same_page() -> None:
    line = a_line(5)
    query = following(ask(line, FIRST))

    assert ask(line, query).numbers == ask(line, query).numbers == [2, 3]


def test_a_token_keeps_set_and_bounds() -> None:
    line = FakeLine(w=START + 20)
    for n in range(9):
        line.add(n, at=START + 2 + n - n % 2, ordinal=n, specs=("open",) if n % 2 else ())
    until = utc_datestamp(START + 9)

    page = ask(line, f"{FIRST}&set=open&from={utc_datestamp(START + 4)}&until={until}", site=fake_site(page_size=1))
    seen = page.numbers
    while page.token:
        page = ask(line, following(page), site=fake_site(page_size=1))
        seen += page.numbers

    assert seen == [3, 5, 7]


def test_a_record_that_moves_while_paging_comes_again_and_none_is_lost() -> None:
    line = a_line(5)
    first = ask(line, FIRST)
    line.take(position_of(START + 2, 0))
    line.w = START + 4
    line.add(0, at=START + 4)

    second = ask(line, following(first))
    third = ask(line, following(second))

    assert [*first.numbers, *second.numbers, *third.numbers] == [0, 1, 2, 3, 4, 0]


def test_when_the_rest_moved_out_the_last_record_ends_the_list() -> None:
    line = a_line(4)
    first = ask(line, f"{FIRST}&until={utc_datestamp(START + 2)}")
    for n in (2, 3):
        line.take(position_of(START + 2, n))

    page = ask(line, following(first))

    assert page.numbers == [1]
    assert page.token is None
    assert (page.cursor, page.total) == (2, 4)


def test_when_nothing_is_left_the_token_is_bad() -> None:
    line = a_line(4)
    first = ask(line, FIRST)
    for n in range(4):
        line.take(position_of(START + 2, n))

    assert refusal(line, following(first)) is BadResumptionToken


def test_the_record_that_ends_a_list_lies_within_its_bounds() -> None:
    line = FakeLine(w=START + 8)
    line.add(0, at=START + 2)
    for n in (1, 2, 3):
        line.add(n, at=START + 4)
    first = ask(line, f"{FIRST}&from={utc_datestamp(START + 4)}")
    for n in (1, 2, 3):
        line.take(position_of(START + 4, n))

    assert refusal(line, following(first)) is BadResumptionToken


def test_a_list_older_than_six_hours_ends_at_the_w_of_its_first_page() -> None:
    line = a_line(5)
    first = ask(line, FIRST)
    line.w += ENDLESS_S
    line.add(5, at=line.w)
    within = ask(line, following(ask(line, following(first))))
    line.w += 2
    line.add(6, at=line.w)

    after = ask(line, following(ask(line, following(first))))

    assert within.numbers == [4, 5]
    assert after.numbers == [4]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (f"from={utc_datestamp(START + 4)}", [1, 2]),
        (f"from={utc_datestamp(START + 3)}", [1, 2]),  # an odd second: a responseDate of ours
        (f"from={utc_datestamp(START + 5)}", [2]),
        (f"until={utc_datestamp(START + 4)}", [0, 1]),
        (f"until={utc_datestamp(START + 5)}", [0, 1]),
        (f"until={utc_datestamp(START + 3)}", [0]),
        (f"from={utc_datestamp(START + 4)}&until={utc_datestamp(START + 4)}", [1]),
        ("from=0001-01-01", [0, 1, 2]),
        ("until=9999-12-31", [0, 1, 2]),
        ("from=2026-11-18&until=2026-11-18", [0, 1, 2]),
    ],
)
def test_bounds_are_inclusive(query: str, numbers: list[int]) -> None:
    line = FakeLine(w=START + 8)
    for n in range(3):
        line.add(n, at=START + 2 + 2 * n)

    assert ask(line, f"{FIRST}&{query}", site=fake_site()).numbers == numbers


@pytest.mark.parametrize("query", ["from=2030-01-01", "until=1999-12-31", "from=9999-12-31", "set=nope"])
def test_nothing_that_answers_is_norecordsmatch(query: str) -> None:
    assert refusal(a_line(2), f"{FIRST}&{query}") is NoRecordsMatch


def test_a_set_that_the_context_does_not_offer_is_unknown() -> None:
    line = FakeLine()
    line.add(0, specs=("source:x",))
    context = a_context(families=frozenset({"subject"}))

    assert refusal(line, f"{FIRST}&set=source:x", context=context) is NoRecordsMatch


def test_an_unknown_prefix_cannot_be_disseminated() -> None:
    assert refusal(a_line(1), "verb=ListRecords&metadataPrefix=marc") is CannotDisseminateFormat


def test_a_known_prefix_without_records_is_norecordsmatch() -> None:
    context = a_context(formats=("oai_dc", "rare"))

    assert refusal(a_line(1), "verb=ListRecords&metadataPrefix=rare", context=context) is NoRecordsMatch


def test_a_sparse_format_has_lists_of_its_own() -> None:
    line = a_line(3)
    line.rows["", "", "rare"] = {position_of(START + 2, 1): line.rows["", "", ""][position_of(START + 2, 1)]}
    context = a_context(formats=("oai_dc", "rare"))

    assert ask(line, "verb=ListIdentifiers&metadataPrefix=rare", context=context).numbers == [1]


def test_a_token_of_a_format_that_is_no_longer_given_is_bad() -> None:
    line = a_line(3)
    query = following(ask(line, FIRST))

    assert refusal(line, query, context=a_context(formats=("lom",))) is BadResumptionToken


def test_a_token_of_a_set_that_is_no_longer_offered_is_bad() -> None:
    line = FakeLine()
    for n in range(3):
        line.add(n, specs=("source:x",))
    query = following(ask(line, f"{FIRST}&set=source:x"))

    assert refusal(line, query, context=a_context(families=frozenset({"open"}))) is BadResumptionToken


def test_a_token_belongs_to_its_verb() -> None:
    line = a_line(3)
    first = ask(line, FIRST)

    assert refusal(line, following(first, "ListIdentifiers")) is BadResumptionToken


def test_a_token_belongs_to_its_context_and_its_epoch() -> None:
    line = a_line(3)
    query = following(ask(line, FIRST))

    assert refusal(line, query, context=a_context("part")) is BadResumptionToken
    line.epoch = "epoch2"
    assert refusal(line, query) is BadResumptionToken


def test_a_replica_that_lags_behind_the_token_sends_away() -> None:
    line = a_line(3)
    query = following(ask(line, FIRST))
    line.w -= 2

    with pytest.raises(Unavailable) as sent:
        ask(line, query)

    assert sent.value.retry_after_s > 0


def test_a_view_that_is_being_filled_sends_away() -> None:
    line = a_line(3)
    line.closed = {"oai_dc"}

    with pytest.raises(Unavailable):
        ask(line, FIRST)
    with pytest.raises(Unavailable):
        ask(line, "verb=ListIdentifiers&metadataPrefix=oai_dc")


def test_a_context_that_is_being_filled_sends_away() -> None:
    line = a_line(3)
    line.closed = {"context:part"}

    with pytest.raises(Unavailable):
        ask(line, FIRST, context=a_context("part"))


def test_a_repository_without_records_has_nothing_to_fill() -> None:
    line = FakeLine(closed={"oai_dc", "context:part"})

    assert refusal(line, FIRST) is NoRecordsMatch
    assert refusal(line, FIRST, context=a_context("part")) is NoRecordsMatch


def test_a_token_altered_in_its_meaning_is_foreign() -> None:
    line = a_line(3)
    token = tokens.read(ask(line, FIRST).token or "", [b"one"])
    assert token is not None
    forged = tokens.write(msgspec.structs.replace(token, after=-1), b"guessed")

    assert refusal(line, f"verb=ListRecords&resumptionToken={forged}") is BadResumptionToken


@given(st.integers(-62_135_596_800, 253_402_300_799), st.integers(0, 3), st.integers(0, ORDINALS - 1))
def test_windows_hold_exactly_the_datestamps_between_their_bounds(second: int, away: int, ordinal: int) -> None:
    asked = read(f"{FIRST}&from={utc_datestamp(second)}&until={utc_datestamp(second)}".encode())
    since, until = window(asked)
    assert until is not None
    even = (second - second % 2) + 2 * (away - 1)
    position = position_of(even, ordinal)

    assert (since < position <= until) == (second <= datestamp_of(position) <= second and position >= 0)
