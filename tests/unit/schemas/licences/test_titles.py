"""The official titles of Creative Commons in every language it publishes them in, each type of licence."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from importlib.resources import files

import msgspec
import pytest

from schemas.licence import parse

TITLES: dict[str, dict[str, list[str]]] = msgspec.json.decode(
    (files("schemas") / "data" / "licences" / "titles.json").read_bytes()
)["titles"]
CASES = [(language, family) for language, titles in TITLES.items() for family in titles]
DRESSES = ("Creative Commons {}", "Creative Commons {} 4.0", "{} 4.0 International", "{} 3.0")
# Brackets in these hold half of the words of the title in another writing, or the title is in two languages at once.
BESIDE = ("CC BY ({})", "CC BY 4.0 {}", "{} (CC BY 4.0)")


def test_the_titles_are_of_many_languages_and_all_six_types() -> None:
    assert len(TITLES) > 90
    assert {family for _, family in CASES} == {"by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"}


@pytest.mark.parametrize(("language", "family"), CASES)
def test_a_title_is_read_as_its_type_in_every_language(language: str, family: str) -> None:
    for title in TITLES[language][family]:
        for dress in DRESSES:
            found = parse(dress.format(title))

            assert found is not None, dress.format(title)
            assert found.family == family, dress.format(title)


def _spaced(title: str) -> str:
    return re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])", " ", title)


def _words(title: str) -> list[str]:
    return re.split(r"[\s\-–—]+", _spaced(title))


def _shuffled(title: str, chance: random.Random) -> str:
    words = _words(title)
    return " ".join(chance.sample(words, len(words)))


def _slipped(title: str, chance: random.Random) -> str:
    """The title with two letters of its longest word exchanged, or one left out or doubled."""
    words = title.split()
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[longest]
    if len(word) < 6:
        return title
    at = chance.randrange(1, len(word) - 2)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at - 1 :],
    )
    return " ".join((*words[:longest], chance.choice(slips), *words[longest + 1 :]))


Change = Callable[[str, random.Random], str]
CHANGES: dict[str, Change] = {
    "upper": lambda title, _: title.upper(),
    "lower": lambda title, _: title.lower(),
    "title": lambda title, _: _spaced(title).title(),
    "dashes": lambda title, chance: re.sub(
        "[-–—]", lambda _: chance.choice("-‐‑‒–—−﹣－_/ \u00a0\u2009\u200b\u00ad"), title
    ),
    "spaced": lambda title, _: re.sub("[-–—]", " ", _spaced(title)),
    "glued": lambda title, _: re.sub(r"[\s\-–—]+", "", title),
    "commas": lambda title, _: re.sub(r"\s*[-–—]\s*", ", ", title),
    "brackets": lambda title, _: re.sub(r"\s*[-–—]\s*(.*)", r" (\1)", title),
    "shuffled": _shuffled,
    "slipped": _slipped,
    "soft hyphens": lambda title, chance: "".join(sign + chance.choice(("", "", "", "\u00ad")) for sign in title),
    "zero width": lambda title, chance: "".join(sign + chance.choice(("", "", "", "\u200b")) for sign in title),
    "full width": lambda title, _: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in title),
    "markup": lambda title, _: "<p>" + re.sub("[-–—]", "</b>-<b>", title) + "</p>",
    "reversed": lambda title, _: "-".join(re.split(r"\s*[-–—]\s*", title)[::-1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_dress_opens_the_title_of_a_closed_licence(change: str) -> None:
    chance = random.Random(f"licence {change}")
    cases = 0
    for titles in TITLES.values():
        for family, names in titles.items():
            if family in ("by", "by-sa"):
                continue
            for dress in (*DRESSES, *BESIDE):
                text = dress.format(CHANGES[change](names[0], chance))
                found = parse(text)
                cases += 1
                assert found is None or not found.open, text
    assert cases > 2000


@pytest.mark.parametrize("change", [name for name in CHANGES if name not in ("slipped", "shuffled", "glued", "markup")])
def test_the_title_of_an_open_licence_stays_open_in_other_dress(change: str) -> None:
    chance = random.Random(f"licence {change}")
    texts = [
        dress.format(CHANGES[change](name, chance))
        for titles in TITLES.values()
        for family in ("by", "by-sa")
        for name in titles.get(family, ())[:1]
        for dress in (*DRESSES, *BESIDE)
    ]
    lost = [text for text in texts if (found := parse(text)) is None or not found.open]

    assert len(lost) <= len(texts) * 0.02, lost
