"""No rearrangement, case, dash or spacing of a closed licence's words ever reads as open."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.licence import parse
from tests.unit.schemas.licences.test_titles import TITLES
from tests.unit.schemas.licences.test_wordings import closed

_SEPARATORS = [" ", "-", "‑", "–", "—", "−", " - ", " / ", "_", ", ", " · ", "\u00a0", "\u200b ", " (", ") ", "\u00ad "]
_NAMES = [
    f"Creative Commons {name} 4.0"
    for titles in TITLES.values()
    for family, names in titles.items()
    if family not in ("by", "by-sa")
    for name in names
]
_LABELS = ["CC BY NC 4.0", "CC BY ND", "CC BY NC SA 3.0 DE", "CC BY NC ND 4.0 International", "CC BY Non Commercial"]
_PHRASES = [text for text in closed("tuned") if re.fullmatch(r"[^\W\d_]{2,}(?:[ ,]+[^\W\d_]{2,}){2,}", text)]
# Their words in another order say something else ("the author by Creative Commons"), or nothing of a licence.
_ABOUT_ORDER = ("used to be", "by the author", "by John")
_CASES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str.lower, str.upper, str.title, str])


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s\-–—,;:()/+_]+|\.(?!\d)", text) if word]


@settings(max_examples=2000, deadline=None)
@given(st.sampled_from(_NAMES) | st.sampled_from(_LABELS) | st.sampled_from(_PHRASES), st.data())
def test_no_rearrangement_of_a_closed_licences_words_reads_as_open(text: str, data: st.DataObject) -> None:
    if any(part in text for part in _ABOUT_ORDER):
        return
    case = data.draw(_CASES)
    words = [case(word) for word in data.draw(st.permutations(_words(text)))]
    between = [data.draw(st.sampled_from(_SEPARATORS)) for _ in words]
    written = "".join(word + gap for word, gap in zip(words, between, strict=True)).strip()

    found = parse(written)

    assert found is None or not found.open, written


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(_LABELS + _NAMES), st.text(max_size=30), st.text(max_size=30))
def test_nothing_around_a_closed_licence_opens_it(text: str, before: str, after: str) -> None:
    found = parse(f"{before} {text} {after}")

    assert found is None or not found.open
