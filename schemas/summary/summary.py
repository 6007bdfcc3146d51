"""The summary: what lists, filters, sets and feeds need of a record, in one language-neutral struct.

Search, contexts, sets, pages and the JSON API (api.md, `summary`) all look at this one reading of a record, so that a
filter finds what a page shows. It carries no e-mail address and no phone number. It is made for every record that is
published: tens of microseconds, no copy of what it does not need. It must not know formats or a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from schemas.language import normalise, several
from schemas.licence import Licence, label, of_rights
from schemas.record import Record
from schemas.summary.age import AgeRange, age_range, joined
from schemas.summary.people import Contributor, contributors_of, dates_of
from schemas.summary.place import formats_of, thumbnail_of, url_of
from schemas.summary.terms import Term, Terms, best
from schemas.summary.text import keywords, without_contact
from schemas.vocabularies.vocabularies import Vocabularies

__all__ = ["Contributor", "Summary", "Term", "labelled", "summarise"]

_FREE_FAMILIES: Final = ("by", "zero", "mark", "publicdomain")
_LABEL_LANGUAGES: Final = ("nl", "en", "fr", "de")


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A record in short. Languages are BCP 47, `created` and `modified` ISO 8601 as precise as the record has them."""

    title: str
    title_lang: str | None = None
    description: str | None = None
    language: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    url: str | None = None
    thumbnail: str | None = None
    contributors: tuple[Contributor, ...] = ()
    publisher: str | None = None
    resource_types: tuple[Term, ...] = ()
    levels: tuple[Term, ...] = ()
    subjects: tuple[Term, ...] = ()
    audiences: tuple[Term, ...] = ()
    age_range: AgeRange | None = None
    license: Licence | None = None
    free: bool | None = None
    formats: tuple[str, ...] = ()
    created: str | None = None
    modified: str | None = None


def summarise(record: Record, vocabularies: Vocabularies) -> Summary:
    """The summary of a record; an empty title where it has none."""
    general = record.general
    languages = _languages(record)
    main = languages[0] if languages else None
    title, title_lang = best(general.title if general else None, main)
    description, _ = best(next(filter(None, general.description), None) if general else None, main)
    contributors, publisher = contributors_of(record, vocabularies)
    created, modified = dates_of(record)
    terms = Terms(record, vocabularies, main or title_lang)
    licence = _licence(record)
    return Summary(
        title=title,
        title_lang=title_lang,
        description=description or None,
        language=languages,
        keywords=_keywords(record),
        url=url_of(record),
        thumbnail=thumbnail_of(record, vocabularies),
        contributors=contributors,
        publisher=publisher,
        resource_types=terms.of("learningResourceType"),
        levels=terms.of("level"),
        subjects=terms.of("subject"),
        audiences=terms.of("audience"),
        age_range=_ages(record),
        license=licence,
        free=_free(licence),
        formats=formats_of(record),
        created=created,
        modified=modified,
    )


def labelled(
    summary: Summary, vocabularies: Vocabularies, languages: Sequence[str], completeness: float
) -> dict[str, Any]:
    """The `summary` object of api.md, terms and licence in the first of the languages that has a label."""

    def named(terms: Iterable[Term]) -> list[dict[str, str | None]]:
        return [{"id": t.id, "label": vocabularies.label(t.id, languages) if t.id else t.label} for t in terms]

    licence = summary.license
    ages = summary.age_range
    return {
        "title": summary.title,
        "description": summary.description,
        "language": list(summary.language),
        "keywords": list(summary.keywords),
        "url": summary.url,
        "thumbnail": summary.thumbnail,
        "contributors": [msgspec.structs.asdict(contributor) for contributor in summary.contributors],
        "publisher": summary.publisher,
        "resource_types": named(summary.resource_types),
        "levels": named(summary.levels),
        "subjects": named(summary.subjects),
        "audiences": named(summary.audiences),
        "age_range": {"min": ages[0], "max": ages[1]} if ages else None,
        "license": {
            "id": licence.uri,
            "label": label(licence, _label_language(languages)),
            "open": licence.open,
            "free": summary.free,
        }
        if licence
        else None,
        "formats": list(summary.formats),
        "created": summary.created,
        "modified": summary.modified,
        "completeness": completeness,
    }


def _label_language(languages: Sequence[str]) -> str:
    tags = (language.partition("-")[0] for language in languages)
    return next((tag for tag in tags if tag in _LABEL_LANGUAGES), "en")


def _languages(record: Record) -> tuple[str, ...]:
    """The resource's languages, else those of its users' task (5.11); a guess from the strings is none."""
    tags = record.general.language if record.general else ()
    found = _spoken(tags)
    if not found:
        found = _spoken(raw for part in record.educational for raw in part.language)
    return tuple(found)


def _spoken(raws: Iterable[str]) -> dict[str, None]:
    tags = (normalise(one).value for raw in raws for one in several(raw))
    return dict.fromkeys(tag for tag in tags if tag and tag != "x-none")


def _keywords(record: Record) -> tuple[str, ...]:
    groups = list(record.general.keyword) if record.general else []
    for classification in record.classification:
        groups += classification.keyword
    found: dict[str, str] = {}
    for strings in groups:
        for string in strings:
            for keyword in keywords(string.value):
                found.setdefault(keyword.casefold(), keyword)
    return tuple(found.values())


def _ages(record: Record) -> AgeRange | None:
    ranges = []
    for part in record.educational:
        for strings in part.typical_age_range:
            known = next((found for string in strings if (found := age_range(string.value))), None)
            if known is not None:
                ranges.append(known)
    return joined(ranges)


def _licence(record: Record) -> Licence | None:
    licence = of_rights(record.rights)
    if licence is None or "@" not in licence.raw + (licence.statement or "") + (licence.rights_holder or ""):
        return licence
    return msgspec.structs.replace(
        licence,
        raw=without_contact(licence.raw),
        statement=without_contact(licence.statement) if licence.statement else None,
        rights_holder=without_contact(licence.rights_holder) if licence.rights_holder else None,
    )


def _free(licence: Licence | None) -> bool | None:
    """What the record says of its cost, else what the licence means: Creative Commons costs nothing."""
    if licence is None or licence.free_access is not None:
        return licence.free_access if licence else None
    return True if licence.family.startswith(_FREE_FAMILIES) else None
