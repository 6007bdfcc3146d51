"""A record as its form shows it, and the record that a form makes: what the form does not show stays untouched. Pure.

A field that was not changed changes nothing, so that a title in two languages, a foreign taxon or a licence in words of
its own survives a save by somebody who came for a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from portal.web.i18n import later
from schemas.record import (
    Classification,
    Educational,
    General,
    LangString,
    LangStrings,
    Record,
    Rights,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
)
from schemas.summary.summary import Summary, summarise
from schemas.vocabularies.vocabularies import Vocabularies

FIELDS: Final = {
    "title": later("Title"),
    "description": later("Description"),
    "licence": later("Licence"),
    "level": later("Level"),
    "subject": later("Subject"),
    "type": later("Resource type"),
    "language": later("Language"),
    "keywords": later("Keywords"),
    "url": later("Web address (URL)"),
}
KEEP: Final = "keep"
_CC: Final = "https://creativecommons.org/licenses/{}/4.0/"
LICENCES: Final = {
    _CC.format("by"): later("CC BY: others may change and sell it, if they name me"),
    _CC.format("by-sa"): later("CC BY-SA: the same, and what they make of it they share alike"),
    _CC.format("by-nc"): later("CC BY-NC: others may change it, but not sell it"),
    _CC.format("by-nc-sa"): later("CC BY-NC-SA: the same, and what they make of it they share alike"),
    _CC.format("by-nd"): later("CC BY-ND: others may pass it on, but not change it"),
    _CC.format("by-nc-nd"): later("CC BY-NC-ND: others may pass it on, but neither change nor sell it"),
    "https://creativecommons.org/publicdomain/zero/1.0/": later("CC0: anybody may do anything with it"),
    "http://rightsstatements.org/vocab/InC/1.0/": later("All rights reserved: it may be looked at, no more"),
}
_LONG: Final = {"title": 500, "description": 10_000, "keywords": 1_000, "url": 2_000}


class Filled(NamedTuple):
    """What stands in the form. Levels, subjects and types are IRIs of concepts."""

    title: str = ""
    description: str = ""
    licence: str = ""
    level: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    language: str = ""
    keywords: str = ""
    url: str = ""


def of_record(record: Record, vocabularies: Vocabularies) -> Filled:
    """The form of a record."""
    summary = summarise(record, vocabularies)
    return Filled(
        title=summary.title,
        description=summary.description or "",
        licence=_licence(summary),
        level=_ids(summary.levels),
        subject=_ids(summary.subjects),
        type=_ids(summary.resource_types),
        language=summary.language[0] if summary.language else "",
        keywords=", ".join(summary.keywords),
        url=summary.url or "",
    )


def of_form(typed: Mapping[str, Sequence[str]]) -> Filled:
    """The form that was sent: every field once, or several times where several may be chosen."""

    def one(name: str) -> str:
        return next(iter(typed.get(name, ())), "").strip()[: _LONG.get(name, 500)]

    def many(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each for each in typed.get(name, ()) if each))[:20]

    return Filled(
        one("title"), one("description"), one("licence"), many("level"), many("subject"), many("type"),
        one("language"), one("keywords"), one("url"),
    )  # fmt: skip


def merged(base: Record, filled: Filled, vocabularies: Vocabularies) -> Record:
    """The record with what was changed in its form."""
    shown = of_record(base, vocabularies)
    found = replace(base, general=_general(base.general or General(), shown, filled))
    if filled.url != shown.url:
        found = replace(found, technical=_technical(base.technical or Technical(), shown.url, filled.url))
    if filled.licence not in (KEEP, shown.licence):
        rights = base.rights or Rights()
        said = (LangString("en", filled.licence),) if filled.licence else None
        found = replace(found, rights=replace(rights, description=said, copyright_and_other_restrictions=None))
    for element, name, before, after in (
        ("context", "level", shown.level, filled.level),
        ("learning_resource_type", "learningResourceType", shown.type, filled.type),
    ):
        if set(before) != set(after):
            found = _educational(found, element, name, before, after, vocabularies)
    levels_gone = set(shown.level) - set(filled.level)
    if set(shown.subject) != set(filled.subject) or levels_gone:
        gone = (set(shown.subject) - set(filled.subject)) | levels_gone
        new = [one for one in filled.subject if one not in shown.subject]
        found = replace(found, classification=_classified(found.classification, gone, new, vocabularies))
    return found


def _general(general: General, shown: Filled, filled: Filled) -> General:
    lang = filled.language or None
    if filled.language != shown.language:
        general = replace(general, language=(filled.language,) if filled.language else ())
    if filled.title != shown.title:
        general = replace(general, title=_reworded(general.title, shown.title, filled.title, lang))
    if filled.description != shown.description:
        first = _reworded(next(iter(general.description), None), shown.description, filled.description, lang)
        general = replace(general, description=((first,) if first else ()) + general.description[1:])
    if filled.keywords != shown.keywords:
        words = [each.strip() for each in re.split(r"[,;\n]", filled.keywords) if each.strip()]
        general = replace(general, keyword=tuple((LangString(lang, each),) for each in dict.fromkeys(words)))
    return general


def _reworded(strings: LangStrings | None, before: str, after: str, lang: str | None) -> LangStrings | None:
    """The strings with the one that was shown in its new words; other languages stay."""
    kept = list(strings or ())
    for place, string in enumerate(kept):
        if string.value.strip() == before.strip() or (place == 0 and len(kept) == 1):
            kept[place : place + 1] = [LangString(string.lang or lang, after)] if after else []
            return tuple(kept) or None
    return ((LangString(lang, after), *kept) if after else tuple(kept)) or None


def _technical(technical: Technical, before: str, after: str) -> Technical:
    rest = tuple(one for one in technical.location if one != before)
    return replace(technical, location=((after, *rest) if after else rest))


def _educational(
    record: Record, element: str, name: str, before: Iterable[str], after: Sequence[str], vocabularies: Vocabularies
) -> Record:
    gone = set(before) - set(after)
    every = list(record.educational) or [Educational()]
    for place, each in enumerate(every):
        kept = tuple(
            one for one in getattr(each, element)
            if not gone.intersection((one.uri, *vocabularies.find_all(name, one.source, one.value or "")))
        )  # fmt: skip
        every[place] = replace(each, **{element: kept})
    added = tuple(_term(one, vocabularies) for one in after if one not in set(before))
    every[0] = replace(every[0], **{element: (*getattr(every[0], element), *added)})
    return replace(record, educational=tuple(every))


def _term(one: str, vocabularies: Vocabularies) -> Vocabulary:
    concept = vocabularies.concept(one)
    source = vocabularies.schemes[concept.scheme].id if concept else None
    return Vocabulary(source=source, value=concept.notation if concept else one, uri=one)


def _classified(
    every: tuple[Classification, ...], gone: set[str], new: Sequence[str], vocabularies: Vocabularies
) -> tuple[Classification, ...]:
    """Without the taxa that mean what was taken away, and with a classification of what was added."""
    kept = []
    for each in every:
        paths = tuple(path for path in each.taxon_path if not gone.intersection(_meant(each, path, vocabularies)))
        if paths or not each.taxon_path:
            kept.append(replace(each, taxon_path=paths))
    if new:
        paths = tuple(TaxonPath(taxon=(_taxon(one, vocabularies),)) for one in new)
        kept.append(Classification(purpose=Vocabulary("LOMv1.0", "discipline"), taxon_path=paths))
    return tuple(kept)


def _meant(classification: Classification, path: TaxonPath, vocabularies: Vocabularies) -> set[str]:
    purpose = classification.purpose.value if classification.purpose else None
    source = path.source[0].value if path.source else None
    found: set[str] = set()
    for taxon in path.taxon[-1:]:
        entry = taxon.entry[0].value if taxon.entry else None
        found.update(vocabularies.find_taxa(purpose, source, taxon.id, entry))
    return found


def _taxon(one: str, vocabularies: Vocabularies) -> Taxon:
    concept = vocabularies.concept(one)
    labels = tuple(LangString(tag, text) for tag, text in concept.labels.items()) if concept else ()
    return Taxon(one, labels or None)


def _licence(summary: Summary) -> str:
    """The licence as the form's list has it; KEEP for one that is not in the list."""
    if summary.license is None:
        return ""
    return summary.license.uri if summary.license.uri in LICENCES else KEEP


def _ids(terms: Iterable[object]) -> tuple[str, ...]:
    return tuple(one for term in terms if (one := getattr(term, "id", None)))
