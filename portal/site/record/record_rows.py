"""A record as rows of words: every element there is, in the order of the standard, for the record page.

Pure: takes the published tree and the vocabularies, gives sections of labelled values; the template only lays them
out. Labels of concepts come from SKOS in the reader's language, names of elements from `words`, and a stranger's
text stays text (links go through `links`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from portal.web.element_names import FIELDS, SECTIONS
from portal.web.links import safe_link
from schemas import agent
from schemas import language as languages_
from schemas.datestamp import is_impossible
from schemas.record import (
    Annotation,
    Classification,
    Contribute,
    DateTime,
    Duration,
    Entity,
    File,
    Foreign,
    Identifier,
    LangString,
    OrComposite,
    Record,
    Relation,
    Requirement,
    Size,
    TaxonPath,
    Vocabulary,
)
from schemas.vocabularies.terms import is_iri, words_of_iri
from schemas.vocabularies.vocabularies import Vocabularies

_OURS = "https://w3id.org/oerbron/"
_CLOCK = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_UNITS = ("h", "min", "s")


class Value(msgspec.Struct, frozen=True):
    """One value: its text, the language it is in, where it leads to, and a word beside it."""

    text: str
    lang: str | None = None
    href: str | None = None
    detail: str = ""
    code: bool = False


class Row(msgspec.Struct, frozen=True):
    label: str
    values: tuple[Value, ...]


class Section(msgspec.Struct, frozen=True):
    title: str
    rows: tuple[Row, ...]


class Presenter:
    """What a page needs to put a record into words: vocabularies, the reader's languages, translator, days in words."""

    def __init__(
        self,
        vocabularies: Vocabularies,
        languages: Sequence[str],
        translate: Callable[[str], str],
        day: Callable[[str], str] = str,
    ) -> None:
        self.vocabularies = vocabularies
        self.languages = tuple(languages)
        self.translate = translate
        self.day = day

    def sections(self, record: Record) -> tuple[Section, ...]:
        """Every category of the record that holds something, as rows."""
        found = []
        for field, title in SECTIONS.items():
            part = getattr(record, field)
            parts = part if isinstance(part, tuple) else () if part is None else (part,)
            rows = tuple(row for one in parts for row in self._rows(one))
            if rows:
                found.append(Section(self.translate(title), rows))
        return tuple(found)

    def _rows(self, part: Any) -> Iterator[Row]:
        match part:
            case Relation() | Annotation() | Classification() | File() | Foreign():
                yield from self._whole(part)
            case _:
                for field in type(part).__struct_fields__:
                    yield from self._field(f"{type(part).__name__}.{field}", getattr(part, field))

    def _field(self, name: str, value: Any) -> Iterator[Row]:
        label = self.translate(FIELDS[name])
        if name.endswith(".contribute"):
            for one in value:
                yield from self._row(self._term(one.role) or label, self._contribute(one))
        elif name.endswith(".language"):
            tags = value if isinstance(value, tuple) else () if value is None else (value,)
            yield from self._row(label, (Value(self._language(tag)) for tag in tags))
        else:
            yield from self._row(label, self._values(value))

    @staticmethod
    def _row(label: str, values: Iterator[Value]) -> Iterator[Row]:
        kept = tuple(value for value in values if value.text.strip())
        if kept:
            yield Row(label, kept)

    def _whole(self, part: Any) -> Iterator[Row]:
        label = self.translate(FIELDS[type(part).__name__])
        match part:
            case Relation(kind=kind, resource=resource):
                parts = () if resource is None else (*resource.identifier, *resource.description)
                yield from self._row(self._term(kind) or label, self._values(parts))
            case Annotation():
                yield from self._row(label, self._annotation(part))
            case Classification():
                yield from self._classification(part, self._term(part.purpose) or label)
            case File():
                detail = ", ".join(str(p) for p in (part.mime, part.size and _bytes(part.size), part.role) if p)
                yield from self._row(label, iter((Value(part.url, part.lang, safe_link(part.url), detail),)))
            case Foreign():
                yield from self._row(label, iter((Value(part.xml, detail=part.path, code=True),)))

    def _values(self, thing: Any) -> Iterator[Value]:
        match thing:
            case None:
                return
            case str():
                yield Value(thing, href=safe_link(thing))
            case LangString(lang=lang, value=value):
                yield Value(value, lang, safe_link(value))
            case tuple():
                for one in thing:
                    yield from self._values(one)
            case Identifier(catalog=catalog, entry=entry):
                yield Value(entry or "", href=safe_link(entry), detail=catalog or "")
            case Vocabulary():
                yield Value(self._term(thing), href=_leading(thing.uri))
            case Entity():
                yield _entity(thing)
            case DateTime(description=description):
                yield Value(self._date(thing), detail=self._best(description))
            case Duration(description=description):
                yield Value(_span(thing), detail=self._best(description))
            case Size(raw=raw, bytes=size):
                yield Value(_bytes(size) if size else raw)
            case Requirement(or_composite=alternatives):
                yield Value(f" {self.translate('or')} ".join(filter(None, map(self._software, alternatives))))
            case TaxonPath():
                yield from self._taxon_path(thing)
            case _:
                raise TypeError(f"no words for {type(thing).__name__}")

    def _contribute(self, contribute: Contribute) -> Iterator[Value]:
        date = self._date(contribute.date)
        for entity in agent.each(contribute.entity):
            value = _entity(entity)
            yield msgspec.structs.replace(value, detail=", ".join(filter(None, (value.detail, date))))
        if not contribute.entity:
            yield Value(date)

    def _annotation(self, annotation: Annotation) -> Iterator[Value]:
        """The remark with who made it and when beside it; these alone where there are no words."""
        who = _entity(annotation.entity).text if annotation.entity else ""
        beside = ", ".join(filter(None, (who, self._date(annotation.date))))
        remarks = tuple(self._values(annotation.description))
        if not remarks:
            yield Value(beside)
        for place, remark in enumerate(remarks):
            yield msgspec.structs.replace(remark, detail=beside) if place == 0 else remark

    def _classification(self, part: Classification, label: str) -> Iterator[Row]:
        """The paths under the purpose; where there are none, the words about it stand there."""
        if part.taxon_path:
            yield from self._row(label, self._values(part.taxon_path))
            yield from self._field("Classification.description", part.description)
        else:
            yield from self._row(label, self._values(part.description))
        yield from self._field("Classification.keyword", part.keyword)

    def _date(self, date: DateTime | None) -> str:
        """A date in words, or as it came where it could not be read."""
        if date is None:
            return ""
        if date.value:
            return self.day(date.value)
        return "" if is_impossible(date.raw or "") else date.raw or ""

    def _software(self, alternative: OrComposite) -> str:
        versions = "–".join(v for v in (alternative.minimum_version, alternative.maximum_version) if v)
        return " ".join(filter(None, (self._term(alternative.type), self._term(alternative.name), versions)))

    def _taxon_path(self, path: TaxonPath) -> Iterator[Value]:
        entries = [self._best(taxon.entry) or self._name(taxon.id or "") for taxon in path.taxon]
        last = path.taxon[-1] if path.taxon else None
        source = self._best(path.source)
        detail = "" if source.startswith(_OURS) else source
        yield Value(" › ".join(filter(None, entries)), href=_leading(last.id) if last else None, detail=detail)

    def _name(self, id_: str) -> str:
        """A taxon without an entry: by the label of its concept, never by an address."""
        found = self.vocabularies.find_taxon(None, None, id_, None) if is_iri(id_) else None
        return self.vocabularies.label(found or id_, self.languages)

    def _term(self, value: Vocabulary | None) -> str:
        if value is None:
            return ""
        known = value.uri and self.vocabularies.concept(value.uri)
        if known and value.uri:
            return self.vocabularies.label(value.uri, self.languages)
        words = self._best(value.label) or value.value or ""
        return words_of_iri(words) if is_iri(words) else words

    def _best(self, strings: tuple[LangString, ...] | None) -> str:
        """The string in the first of the reader's languages, else the first there is."""
        if not strings:
            return ""
        by_language = {(one.lang or "")[:2].lower(): one.value for one in reversed(strings)}
        return next((by_language[lang] for lang in self.languages if lang in by_language), strings[0].value)

    def _language(self, tag: str) -> str:
        name = languages_.name(tag, self.languages[0])
        return name or tag


def _leading(concept: str | None) -> str | None:
    """The address of a concept, where it leads somewhere: those of our own schemes are names only, as yet."""
    return None if concept is None or concept.startswith(_OURS) else safe_link(concept)


def _span(duration: Duration) -> str:
    """A duration of hours, minutes and seconds by their symbols, any other as it came."""
    found = _CLOCK.fullmatch(duration.value or duration.raw or "")
    parts = [f"{number} {unit}" for number, unit in zip(found.groups(), _UNITS, strict=True) if number] if found else []
    return " ".join(parts) or duration.raw or ""


def _entity(entity: Entity) -> Value:
    """A contributor by name; what a vCard holds beside it is for the machine formats."""
    name = entity.fn or entity.n or entity.org or ("" if "BEGIN:VCARD" in entity.raw.upper() else entity.raw)
    detail = entity.org if entity.org and entity.org != name else ""
    return Value(name, href=safe_link(agent.own_id(entity)), detail=detail or "")


def _bytes(size: int) -> str:
    for unit, limit in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{size} B"
