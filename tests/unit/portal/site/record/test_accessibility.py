"""The accessibility label says what a record says of access, and concludes nothing from silence."""

from __future__ import annotations

import pytest

from portal.site.record.accessibility import SILENT, labels
from schemas.record import Classification, LangString, Record, Taxon, TaxonPath, Vocabulary

_SCHEMA = "https://schema.org/"


def a_record(*said: tuple[str, str], purpose: str = "accessibility restrictions", text: str = "") -> Record:
    paths = tuple(
        TaxonPath((LangString(None, _SCHEMA + key),), (Taxon(entry=(LangString(None, value),)),)) for key, value in said
    )
    description = (LangString("en", text),) if text else None
    return Record(classification=(Classification(Vocabulary("LOMv1.0", purpose), paths, description),))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([("accessibilityFeature", "captions")], ("Captions",)),
        ([("accessibilityFeature", "alternativeText")] * 2, ("Text alternatives for pictures",)),
        ([("accessibilityFeature", "our own thing")], ("our own thing",)),
        ([("accessibilityHazard", "noFlashingHazard")], ("No flashing",)),
        ([("accessModeSufficient", "visual")], (SILENT,)),
        ([("accessModeSufficient", "textual"), ("accessModeSufficient", "Auditory")], ()),
        ([("accessMode", "visual")], ()),
        ([], ()),
    ],
)
def test_each_value_has_its_words(said: list[tuple[str, str]], shown: tuple[str, ...]) -> None:
    assert labels(a_record(*said), ("en",)) == shown


def test_a_summary_is_shown_as_it_was_written() -> None:
    assert labels(a_record(text="Works with a screen reader."), ("en",)) == ("Works with a screen reader.",)


def test_other_classifications_say_nothing_of_access() -> None:
    assert labels(a_record(("accessibilityFeature", "captions"), purpose="discipline"), ("en",)) == ()
