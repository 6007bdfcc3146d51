"""Tints have enough contrast at every hue, and no subject is named in code."""

import re

import msgspec
import pytest

from portal.web.look import files, subjects, tints
from schemas.vocabularies.skos import shipped_trees
from schemas.vocabularies.vocabularies import Vocabularies, shipped


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("hue", range(0, 360, 5))
def test_every_hue_has_a_contrast_of_seven_to_one_light_and_dark(hue: int) -> None:
    pairs = re.findall(r"--tint: (#\w+); --tone: (#\w+)", tints.css({"a": hue}))

    assert len(pairs) == 2
    assert min(contrast(*pair) for pair in pairs) >= 7


def test_every_top_subject_has_a_class_of_its_own() -> None:
    names = subjects.names(shipped())
    style = tints.css(subjects.hues(shipped()))

    assert len(set(re.findall(r"--tint: (#\w+)", style))) == 2 * len(names)
    assert all(style.count(f".s-{name} ") == 2 for name in names)


def test_a_record_has_the_look_of_the_broadest_subject_above_its_own() -> None:
    vocabularies = shipped()
    deep = next(
        c for c in vocabularies.concepts.values() if c.scheme == "subject" and len(vocabularies.ancestors(c.id)) > 1
    )
    top = next(each for each in vocabularies.ancestors(deep.id) if not vocabularies.concepts[each].broader)

    assert subjects.look_of(vocabularies, [None, deep.id]) == subjects.Look(
        f"s-{vocabularies.concepts[top].notation}", vocabularies.concepts[top].icon
    )
    assert subjects.look_of(vocabularies, ["urn:unknown"]) == subjects.Look("", subjects.ICON)


def test_the_style_sheet_is_small_and_named_by_its_bytes() -> None:
    look = files.Look(shipped())
    path = look.paths["site.css"]
    found = look.files[path.rpartition("/")[2]]

    assert re.fullmatch(r"/look/site\.[0-9a-f]{12}\.css", path)
    assert len(found.plain) <= 15_000  # with the tints of the scheme
    assert look.paths["figtree.woff2"].rpartition("/")[2].encode() in found.plain


@pytest.mark.parametrize(
    ("style", "smaller"),
    [
        ("a :hover { color: red; }\n/* b */", "a :hover{color:red}"),
        (
            "@media (min-width: 1rem) { a, b > c { width: calc(1px + 2px); } }",
            "@media (min-width:1rem){a,b>c{width:calc(1px + 2px)}}",
        ),
        ("html { font: 100%/1.5 a, b; }", "html{font:100%/1.5 a,b}"),
    ],
)
def test_a_style_sheet_loses_nothing_but_space(style: str, smaller: str) -> None:
    assert files.smaller(style) == smaller


def test_a_scheme_without_hues_has_them_all_the_same_and_one_icon_for_all() -> None:
    trees = [
        msgspec.structs.replace(t, concepts=tuple(msgspec.structs.replace(c, icon="", hue="") for c in t.concepts))
        for t in shipped_trees()
    ]
    vocabularies = Vocabularies(trees, [])
    top = next(c for c in vocabularies.concepts.values() if c.scheme == "subject")

    assert len(set(subjects.hues(vocabularies).values())) == len(subjects.names(vocabularies))
    assert subjects.look_of(vocabularies, [top.id]).icon == subjects.ICON
