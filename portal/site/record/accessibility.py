"""What a record says of access: text alternatives, captions, no sound needed, hazards. Pure.

The values are those of schema.org's accessibilityFeature, accessibilityHazard and accessModeSufficient (W3C, Schema.org
Accessibility Properties for Discoverability Vocabulary), which formats keep as LOM classifications of the purpose
"accessibility restrictions". What is not in the table is shown as it stands; nothing is concluded from silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from portal.web.i18n import later
from schemas.formats.assembly import ACCESSIBILITY
from schemas.record import LangString, Record

WORDS: Final = {
    "alternativetext": later("Text alternatives for pictures"),
    "longdescription": later("Long descriptions of pictures"),
    "captions": later("Captions"),
    "transcript": later("Transcript"),
    "audiodescription": later("Audio description"),
    "signlanguage": later("Sign language"),
    "highcontrastdisplay": later("High contrast"),
    "structuralnavigation": later("Headings to navigate by"),
    "noflashinghazard": later("No flashing"),
    "flashing": later("Contains flashing"),
}
SILENT: Final = later("No sound needed")
_ENOUGH: Final = "accessModeSufficient"
_HEARD: Final = "auditory"
_MODES: Final = ("accessMode", _ENOUGH, "accessibilityControl", "accessibilityAPI")


def labels(record: Record, languages: Sequence[str]) -> tuple[str, ...]:
    """The sentences (to be translated) and texts of one record, each once."""
    said = list(_said(record, languages))
    enough = {value.casefold() for source, value in said if source == _ENOUGH}
    found = [WORDS.get(value.casefold(), value) for source, value in said if source not in _MODES]
    if enough and _HEARD not in enough:
        found.append(SILENT)
    return tuple(dict.fromkeys(found))


def _said(record: Record, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each value with the last part of the name of its source."""
    for one in record.classification:
        if one.purpose is None or one.purpose.value != ACCESSIBILITY:
            continue
        for path in one.taxon_path:
            source = _text(path.source, languages).rpartition("/")[2]
            for taxon in path.taxon:
                if value := _text(taxon.entry, languages) or (taxon.id or "").rpartition("/")[2].rpartition("#")[2]:
                    yield source, value
        if text := _text(one.description, languages):
            yield "", text


def _text(texts: Sequence[LangString] | None, languages: Sequence[str]) -> str:
    """The text in the reader's language, else the first."""
    own = (each.value for tag in languages for each in texts or () if (each.lang or "").startswith(tag))
    return next(own, texts[0].value if texts else "").strip()
