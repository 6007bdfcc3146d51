"""Names of sets: the family's word and the member's label, in the site's first language."""

from __future__ import annotations

import pytest

from provider.set_names import set_name
from repository.contexts.sets import FAMILIES
from schemas.vocabularies.vocabularies import shipped


@pytest.mark.parametrize(
    ("spec", "languages", "name"),
    [
        ("subject:mathematics:algebra", ("nl", "en"), "Vak: Algebra"),
        ("subject:mathematics", ("en",), "Subject: Mathematics"),
        ("language:nl", ("fr",), "Langue: Néerlandais"),
        ("language:xq", ("en",), "Language: xq"),
        ("source:my-source", ("de",), "Quelle: my-source"),
        ("open", ("nl",), "Open materiaal"),
        ("other:x", ("nl",), "other: x"),
    ],
)
def test_a_set_is_named_for_people(spec: str, languages: tuple[str, ...], name: str) -> None:
    assert set_name(spec, shipped(), languages) == name


@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
def test_every_family_has_a_word_in_every_language(language: str) -> None:
    words = {set_name(family, shipped(), (language,)) for family in FAMILIES}

    assert len(words) == len(FAMILIES)
    assert words.isdisjoint({"subject", "license", "organisation"})
