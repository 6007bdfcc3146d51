"""Wordings that people write: none that closes is read as open, and nearly all that open stay open.

closed_*.txt and open_*.txt hold one wording a line; open ones begin with the family they name. The lexicon was made
with the *_tuned lists only: the *_unseen ones were written before it and show what it makes of others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.licence import parse

HERE = Path(__file__).parent


def closed(name: str) -> list[str]:
    return [line for line in (HERE / f"closed_{name}.txt").read_text("utf-8").split("\n") if line.strip()]


def opened(name: str) -> list[tuple[str, str]]:
    lines = (HERE / f"open_{name}.txt").read_text("utf-8").split("\n")
    return [(family, text) for family, _, text in (line.partition("\t") for line in lines if line.strip())]


@pytest.mark.parametrize("text", closed("tuned") + closed("unseen"))
def test_no_wording_that_closes_is_read_as_open(text: str) -> None:
    found = parse(text)

    assert found is None or not found.open


@pytest.mark.parametrize("name", ["tuned", "unseen"])
def test_wordings_that_open_stay_open(name: str) -> None:
    lost = [text for family, text in opened(name) if (found := parse(text)) is None or found.family != family]

    assert len(lost) <= len(opened(name)) * 0.02, lost


def test_there_are_enough_wordings_to_speak_of() -> None:
    assert len(closed("tuned")) + len(closed("unseen")) >= 300
    assert len(opened("tuned")) + len(opened("unseen")) >= 150
