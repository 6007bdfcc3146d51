"""The one spelling of a filter's value: `DE` is de, `en-us` en-US, `application/PDF` and `pdf` are application/pdf.

The index holds values in their normal form; who asks writes tags, media types, licences and concepts as he knows them
(http or https, with or without the closing slash, a label, a concept of a mapped scheme). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.language import normalise
from schemas.licence import parse
from schemas.summary.text import media_type
from schemas.vocabularies.vocabularies import Vocabularies

_ELEMENTS: Final = {"level": "level", "type": "learningResourceType", "audience": "audience", "subject": "subject"}
_PURPOSES: Final = {"subject": "discipline", "level": "educational level"}
WANTS: Final = {
    "subject": "a concept of the subjects", "level": "a concept of the levels", "type": "a concept of the types",
    "audience": "a concept of the audiences", "license": "the address or the name of a licence",
    "language": "a language tag such as nl or en-GB", "format": "a media type such as application/pdf",
}  # fmt: skip
"""What the values of a filter must be; the values of other filters are names."""


def spelling(name: str, value: str, vocabularies: Vocabularies) -> str | None:
    """The value as the index has it; None where it means nothing. A name (source, organisation) is itself."""
    match name:
        case "subject" | "level" | "type" | "audience":
            return _concept(name, value.strip(), vocabularies)
        case "license":
            found = parse(value)
            return found.uri if found is not None else None
        case "language":
            return normalise(value).value
        case "format":
            return media_type(value)
        case _:
            return value


def _concept(name: str, value: str, vocabularies: Vocabularies) -> str | None:
    for spelt in _addresses(value):
        known = vocabularies.concept(spelt)
        if known is not None and known.scheme == name:
            return known.id
        found = vocabularies.find(_ELEMENTS[name], None, spelt)
        if found is None and name in _PURPOSES:
            found = vocabularies.find_taxon(_PURPOSES[name], None, spelt, spelt)
        concept = vocabularies.concept(found) if found else None
        if concept is not None and concept.scheme == name:
            return concept.id
    return None


def _addresses(value: str) -> Iterator[str]:
    """A value, and an address with the other scheme and the other closing slash."""
    yield value
    if "://" not in value:
        return
    scheme, _, rest = value.partition("://")
    bare = rest.removesuffix("/")
    host, slash, path = bare.partition("/")
    for place in dict.fromkeys((bare, host.lower() + slash + path)):
        for other in dict.fromkeys((scheme.lower(), "https", "http")):
            yield f"{other}://{place}"
            yield f"{other}://{place}/"
