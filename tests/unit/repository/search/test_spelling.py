"""Spelling: distances, and what is near."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repository.search.language.spelling import distance, edits, forms, nearest

_WORDS = st.text("abc", min_size=4, max_size=9)


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("breuken", "breuken", 0), ("breukne", "breuken", 1), ("beuken", "breuken", 1), ("breukken", "breuken", 1),
        ("breuken", "breukte", 2), ("abcdef", "fedcba", 3), ("kat", "", 3),
    ],
)  # fmt: skip
def test_a_swap_is_one_edit(one: str, other: str, away: int) -> None:
    assert distance(one, other, 2) == away


@settings(deadline=None)
@given(_WORDS, _WORDS)
def test_words_within_their_edits_share_a_form(one: str, other: str) -> None:
    if distance(one, other, 2) <= min(edits(one), edits(other)):
        assert not set(forms(one)).isdisjoint(forms(other))


def test_the_nearest_and_among_them_the_commonest_comes_first() -> None:
    counts = {"breuken": 3, "beuken": 9, "breukje": 50}

    assert nearest("beuken", counts, counts)[0] == ("beuken", 0)
    assert nearest("brueken", counts, counts) == (("breuken", 1),)
    assert nearest("reuken", counts, counts) == (("beuken", 1), ("breuken", 1))


@pytest.mark.parametrize("word", ["kat", "b2b1", "x" * 30])
def test_short_words_and_codes_are_not_corrected(word: str) -> None:
    assert nearest(word, ["kats", "b2b2", "x" * 29], {"kats": 1, "b2b2": 1, "x" * 29: 1}) == ()
