"""Languages: tags in, BCP 47 out, the rule told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.language import Tag, is_spoken, name, normalise


@pytest.mark.parametrize(
    ("tag", "value", "rule"),
    [
        ("nl", "nl", None),
        ("fr-CA", "fr-CA", None),
        ("zh-Hant-TW", "zh-Hant-TW", None),
        ("x-none", "x-none", None),
        ("x-t-rights-url", "x-t-rights-url", None),
        ("mul", "mul", None),
        ("", None, None),
        ("none", "x-none", "none"),
        ("pt_BR", "pt-BR", "underscore"),
        ("nl-be", "nl-BE", "case"),
        ("x-t-LRE", "x-t-lre", "case"),
        (" es\n", "es", "whitespace"),
        ("FRE", "fr", "three_letter"),
        ("fra-CA", "fr-CA", "three_letter"),
        ("nld", "nl", "three_letter"),
        ("en-UK", "en-GB", "region"),
        ("nl-XX", "nl", "region"),
        ("iw", "he", "deprecated"),
        ("cz", "cs", "deprecated"),
        ("fren", "fr", "truncated"),
        ("Nederlands", "nl", "name"),
        ("English", "en", "name"),
        ("Français", "fr", "name"),
        ("Português", "pt", "name"),
        ("Duits", "de", "name"),
        ("French (Canada)", "fr", "name"),
        ("http://id.loc.gov/vocabulary/iso639-1/fr", "fr", "uri"),
        ("\n\thttp://id.loc.gov/vocabulary/iso639-2/eng\n", "en", "uri"),
        ("http://publications.europa.eu/resource/authority/language/NLD", "nl", "uri"),
        ("klingonish", None, "unknown"),
        ("xyz", None, "unknown"),
    ],
)
def test_a_tag_becomes_bcp_47_and_the_rule_is_told(tag: str, value: str | None, rule: str | None) -> None:
    assert normalise(tag) == Tag(value, rule)


@given(st.text(max_size=20) | st.from_regex(r"[a-zA-Z]{2,4}([-_][a-zA-Z0-9]{2,5})?", fullmatch=True))
def test_a_normalised_tag_is_a_fixed_point(text: str) -> None:
    value = normalise(text).value

    assert value is None or normalise(value) == Tag(value, None)


@pytest.mark.parametrize(
    ("tag", "spoken"), [("nl", True), ("fr-CA", True), ("x-none", False), ("mul", False), ("zxx", False)]
)
def test_a_spoken_language_is_one_language(tag: str, spoken: bool) -> None:
    assert is_spoken(tag) is spoken


@pytest.mark.parametrize(
    ("tag", "language", "expected"),
    [
        ("nl", "en", "Dutch"),
        ("fr-CA", "nl", "Frans (Canada)"),
        ("de", "fr", "Allemand"),
        ("fra", "de", "Französisch"),
        ("el", "nl", "Grieks"),
        ("x-none", "nl", "geen taal"),
        ("nds", "nl", "Laagduits"),
        ("fr", "it", "French"),
        ("klingonish", "nl", "klingonish"),
    ],
)
def test_a_tag_has_a_name_in_the_languages_of_the_site(tag: str, language: str, expected: str) -> None:
    assert name(tag, language) == expected
