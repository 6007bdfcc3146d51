"""The terms of a record: types, levels, subjects and audiences as concepts, or in its own words where none is known.

A value may hold several terms ("Teacher, Student") and mean several concepts; labels in the record's language come
first. An address is never a word: a term known only by one is shown by the label that came with it, else by what can
be read at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from schemas.language import normalise
from schemas.record import LangStrings, Record, Taxon, TaxonPath, Vocabulary
from schemas.summary.text import plain
from schemas.vocabularies.terms import is_iri, words_of_iri
from schemas.vocabularies.vocabularies import Meaning, Vocabularies


class Term(msgspec.Struct, frozen=True):
    """A concept (`label` in the record's language), or what the record said where no concept was found (id None)."""

    id: str | None
    label: str


class Terms:
    """Collects the terms of a record by element, each once, in the record's order: values first, then taxa."""

    def __init__(self, record: Record, vocabularies: Vocabularies, language: str | None) -> None:
        self._vocabularies = vocabularies
        self._language = language
        self._terms: dict[str, dict[str, Term]] = {}
        for part in record.educational:
            self._values("learningResourceType", part.learning_resource_type)
            self._values("level", part.context)
            self._values("audience", part.intended_end_user_role)
        for classification in record.classification:
            purpose = classification.purpose.value or classification.purpose.uri if classification.purpose else None
            schemes = vocabularies.classified(purpose)
            for path in classification.taxon_path if schemes else ():
                self._path(purpose, schemes, path)

    def of(self, element: str) -> tuple[Term, ...]:
        return tuple(self._terms.get(element, {}).values())

    def _values(self, element: str, values: Iterable[Vocabulary]) -> None:
        for value in values:
            meant = self._meanings(element, value)
            known = self._vocabularies.narrowest(tuple(one.id for one in meant if one.id))
            for one in meant:
                if one.id is not None:
                    if one.id in known:
                        self._add(element, one.id)
                elif words := self._words(one.words, value.label if len(meant) == 1 else None):
                    self._add_words(element, words)

    def _meanings(self, element: str, value: Vocabulary) -> Sequence[Meaning]:
        """What a value means: by itself, by the concept its reader found, by a label that came with it."""
        find = self._vocabularies.meanings
        found = find(element, value.source, value.value, self._language) if value.value else ()
        if any(one.id for one in found):
            return found
        if value.uri and (known := find(element, None, value.uri)) and known[0].id:
            return known
        for string in value.label or ():
            if (said := find(element, None, string.value, self._tag(string.lang))) and said[0].id:
                return said
        return found

    def _words(self, value: str, label: LangStrings | None) -> str:
        if label and (words := best(label, self._language)[0]):
            return words
        return words_of_iri(value) if is_iri(value.strip()) else plain(value)

    def _path(self, purpose: str | None, schemes: tuple[str, ...], path: TaxonPath) -> None:
        """All taxa that are concepts, without those above others of the path; else the words of the last taxon."""
        source = path.source[0].value if path.source else None
        of_each = [self._taxon(purpose, source, taxon) for taxon in path.taxon]
        found = self._together(purpose, path, of_each) or dict.fromkeys(one for each in of_each for one in each)
        for one in self._vocabularies.narrowest(tuple(found)):
            self._add(self._vocabularies.concepts[one].scheme, one)
        if not found and len(schemes) == 1 and path.taxon:
            words, _ = best(path.taxon[-1].entry, self._language)
            if words:
                self._add_words(schemes[0], words_of_iri(words) if is_iri(words) else words)

    def _taxon(self, purpose: str | None, source: str | None, taxon: Taxon) -> tuple[str, ...]:
        find = self._vocabularies.find_taxa
        if not taxon.entry:
            return find(purpose, source, taxon.id, None)
        tags = ((string.value, self._tag(string.lang)) for string in taxon.entry)
        return next((ids for entry, tag in tags if (ids := find(purpose, source, taxon.id, entry, tag))), ())

    def _together(
        self, purpose: str | None, path: TaxonPath, of_each: Sequence[tuple[str, ...]]
    ) -> dict[str, None] | None:
        """The steps of a path read as one term, where one alone says too little ("2de graad" > "aso")."""
        if len(of_each) < 2 or all(len(each) == 1 for each in of_each):
            return None
        steps = " ".join(filter(None, (best(taxon.entry, self._language)[0] for taxon in path.taxon)))
        return dict.fromkeys(self._vocabularies.find_taxa(purpose, None, None, steps, self._language)) or None

    def _tag(self, lang: str | None) -> str | None:
        """The language of a label; that of the record where it has none."""
        tag = normalise(lang).value if lang else None
        return tag if tag and tag != "x-none" else self._language

    def _add_words(self, element: str, words: str) -> None:
        self._terms.setdefault(element, {}).setdefault(words.casefold(), Term(None, words))

    def _add(self, element: str, id_: str) -> None:
        terms = self._terms.setdefault(element, {})
        if id_ not in terms:
            terms[id_] = Term(id_, self._vocabularies.label(id_, (self._language or "en",)))


def best(strings: LangStrings | None, main: str | None) -> tuple[str, str | None]:
    """The first string in the main language (any variant of it), else the first with words; and its language."""
    first: tuple[str, str | None] | None = None
    for string in strings or ():
        if not (value := plain(string.value)):
            continue
        tag = normalise(string.lang).value if string.lang else None
        if tag is not None and main is not None and tag.partition("-")[0] == main.partition("-")[0]:
            return value, tag
        if first is None:
            first = value, tag if tag != "x-none" else None
    return first or ("", None)
