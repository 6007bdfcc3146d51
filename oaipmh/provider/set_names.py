"""The names of sets for people, in the site's first language (OAI-PMH 2.0, 2.6 and 4.6: setName).

Pure. A family has its word here; concepts have their labels in the vocabularies, languages theirs in schemas. The
sets of sources, organisations and collections are named by their spec: their names are not in the public tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas import language as languages_
from schemas.vocabularies.vocabularies import Vocabularies

_WORDS: Final[dict[str, dict[str, str]]] = {
    "subject": {"nl": "Vak", "en": "Subject", "fr": "Matière", "de": "Fach"},
    "level": {"nl": "Niveau", "en": "Level", "fr": "Niveau", "de": "Bildungsstufe"},
    "type": {"nl": "Materiaalsoort", "en": "Resource type", "fr": "Type de ressource", "de": "Materialart"},
    "license": {"nl": "Licentie", "en": "Licence", "fr": "Licence", "de": "Lizenz"},
    "language": {"nl": "Taal", "en": "Language", "fr": "Langue", "de": "Sprache"},
    "source": {"nl": "Bron", "en": "Source", "fr": "Source", "de": "Quelle"},
    "organisation": {"nl": "Organisatie", "en": "Organisation", "fr": "Organisation", "de": "Organisation"},
    "collection": {"nl": "Collectie", "en": "Collection", "fr": "Collection", "de": "Sammlung"},
    "open": {"nl": "Open materiaal", "en": "Open resources", "fr": "Ressources libres", "de": "Offene Materialien"},
    "closed": {
        "nl": "Niet-open materiaal",
        "en": "Resources that are not open",
        "fr": "Ressources non libres",
        "de": "Nicht offene Materialien",
    },
    "validated": {"nl": "Gevalideerd", "en": "Validated", "fr": "Validées", "de": "Geprüft"},
}


def set_name(spec: str, vocabularies: Vocabularies, languages: Sequence[str]) -> str:
    """The name of a set, family first: "Vak: Algebra"."""
    family, _, rest = spec.partition(":")
    words = _WORDS.get(family, {})
    word = next((words[language] for language in languages if language in words), family)
    return f"{word}: {_member(family, rest, vocabularies, languages)}" if rest else word


def _member(family: str, rest: str, vocabularies: Vocabularies, languages: Sequence[str]) -> str:
    concept = vocabularies.by_spec(family, rest)
    if concept is not None:
        return vocabularies.label(concept, languages)
    if family == "language":
        tag = rest.replace(":", "-")
        return languages_.name(tag, languages[0] if languages else "en") or tag
    return rest
