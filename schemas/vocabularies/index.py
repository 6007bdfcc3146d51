"""The index from terms to concepts: which concepts are meant when several could be.

The order is the meaning: an IRI, then a LOMv1.0 token, then a term of a map, then labels (those in the record's
language first, accents compared before they are folded), then notations, then what others map to it (exact before
close before narrow), then the words of a term as phrases compares them. It must not remember answers; vocabularies
does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from schemas.vocabularies.phrases import Ids, Phrases, labels_in_rank
from schemas.vocabularies.skos import Concept, Scheme, Tree
from schemas.vocabularies.terms import ANY_SOURCE, Row, exact, folded, is_iri, local_part, prefixes

ALIASES: Final[Mapping[str, str]] = {
    "context": "level",
    "intendedEndUserRole": "audience",
    "discipline": "subject",
    "educational level": "level",
    "licence": "license",
}
"""Elements that share the table of another one."""

SCHEMES: Final[Mapping[str, tuple[str, ...]]] = {
    "learningResourceType": ("type", "lom-learningResourceType"),
    "level": ("level", "lom-context"),
    "audience": ("audience", "lom-intendedEndUserRole"),
    "subject": ("subject",),
    "license": ("license",),
    "role": ("lom-role", "lom-metaRole"),
    "metaRole": ("lom-metaRole", "lom-role"),
}
"""The schemes of an element, the first one gives the concepts, the others what the first has not; else lom-ELEMENT."""

_WORDED: Final = ("learningResourceType", "level", "audience", "subject")
"""Elements whose terms people write in words of their own: plurals, ordinals, in any order."""

_LANGUAGES: Final = ("en", "nl", "fr", "de")
_OWN_SOURCES: Final = ("oerbron", "https://w3id.org/oerbron/")
_SHORT: Final = 2

_Table = dict[str, Ids]


class _Labels:
    """The labels of an element's concepts by language, with their accents and without."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self.exact: dict[str, _Table] = {language: {} for language in _LANGUAGES}
        self.plain: dict[str, _Table] = {language: {} for language in _LANGUAGES}
        for language, label, ids in labels_in_rank(concepts):
            self.exact.setdefault(language, {}).setdefault(exact(label), ids)
            self.plain.setdefault(language, {}).setdefault(folded(label), ids)

    def own(self, spelt: str, term: str, language: str) -> Ids:
        if language not in self.exact:
            return ()
        return self.exact[language].get(spelt) or self.plain[language].get(term) or ()

    def other(self, tables: dict[str, _Table], term: str, language: str | None) -> Ids:
        """In the other languages; what is no word there ("5e", "PO") is not looked for in a record of another one."""
        if language is not None and (term[:1].isdigit() or len(term) <= _SHORT):
            return ()
        return next((found for tag, table in tables.items() if tag != language and (found := table.get(term))), ())


class Index:
    """Tables from folded terms to concept IRIs, one per element, and those that hold for one source only."""

    def __init__(self, trees: Sequence[Tree], rows: Iterable[Row], ancestors: Mapping[str, Ids]) -> None:
        by_scheme = {tree.scheme.name: tree.concepts for tree in trees}
        self._schemes = {tree.scheme.name: tree.scheme for tree in trees}
        self._ancestors = ancestors
        self._concepts = {c.id: c for concepts in by_scheme.values() for c in concepts}
        self._ids = {f"{c.scheme}:{c.notation}": c.id for c in self._concepts.values()}
        self._prefixes = prefixes()
        self._first: dict[str, _Table] = {}
        self._spelt: dict[str, _Table] = {}
        self._terms: dict[str, _Table] = {}
        self._last: dict[str, _Table] = {}
        self._labels: dict[str, _Labels] = {}
        self._phrases: dict[str, Phrases] = {}
        self._groups: dict[str, list[Sequence[Concept]]] = {}
        self._strangers: dict[str, dict[str | None, frozenset[str]]] = {}
        self._sourced: dict[str, list[tuple[str, _Table]]] = {}
        elements = {*SCHEMES, *(name.removeprefix("lom-") for name in by_scheme if name.startswith("lom-"))}
        for element in sorted(elements - ALIASES.keys()):
            names = SCHEMES.get(element, (f"lom-{element}",))
            groups: list[Sequence[Concept]] = [by_scheme.get(name, ()) for name in names]
            self._groups[element] = groups
            self._strangers[element] = _strangers(self._schemes.get(names[0]))
            self._first[element] = _table((*_iris(groups[0]), *self._tokens(groups[0])))
            self._labels[element] = _Labels(groups[0])
            rest = ((*self._tokens(group), *_labels(group)) for group in groups[1:])
            self._last[element] = _table(
                (*_notations(groups[0]), *self._matched(groups[0]), *(pair for pairs in rest for pair in pairs))
            )
        self._add_terms(rows)

    def find(self, element: str, source: str | None, value: str, language: str | None = None) -> Ids:
        """The concepts that a term means, in general one; `language` is that of the record, two letters."""
        return self.written(element, source, value, language) or self.worded(element, value, language)

    def written(self, element: str, source: str | None, value: str, language: str | None = None) -> Ids:
        """The concepts of a term that is written as an IRI, a token, a term of a map or a label is."""
        element = ALIASES.get(element, element)
        first = self._first.get(element)
        term = folded(value)
        if first is None or not term:
            return ()
        if source and (found := self._in_source(element, source, term)):
            return found
        if found := first.get(term, ()):
            return found
        address = value.strip()
        if is_iri(address):
            return self._address(element, address, term, language)
        found = self._written(element, exact(value), term, language)
        if not found and (last := local_part(address, self._prefixes)):
            return self.find(element, source, last, language)
        return found

    def worded(self, element: str, value: str, language: str | None = None) -> Ids:
        """The concepts that the words of a term mean, in any order, plural or gender."""
        element = ALIASES.get(element, element)
        text = value.strip()
        if element not in _WORDED or is_iri(text) or self._is_stranger(element, folded(text), language):
            return ()
        return self._worded(element).find(text, language)

    def _address(self, element: str, address: str, term: str, language: str | None) -> Ids:
        found = self._terms[element].get(term) or self._last[element].get(term)
        if found:
            return found
        last = local_part(address, self._prefixes)
        return self.find(element, None, last, language) if last and not is_iri(last) else ()

    def _written(self, element: str, spelt: str, term: str, language: str | None) -> Ids:
        """By a term of a map or a label, letter by letter: the record's language first, accents before none."""
        if self._is_stranger(element, term, language):
            return ()
        labels = self._labels[element]
        return (
            self._spelt[element].get(spelt)
            or (labels.own(spelt, term, language) if language else ())
            or labels.other(labels.exact, spelt, language)
            or self._terms[element].get(term)
            or labels.other(labels.plain, term, language)
            or self._last[element].get(term, ())
        )

    def _is_stranger(self, element: str, term: str, language: str | None) -> bool:
        return term in self._strangers[element].get(language, ())

    def _worded(self, element: str) -> Phrases:
        if element not in self._phrases:
            scheme = self._schemes.get(SCHEMES[element][0])
            fillers = scheme.fillers if scheme else {}
            self._phrases[element] = Phrases(
                self._groups[element][0], fillers, lambda id_: self._ancestors.get(id_, ())
            )
        return self._phrases[element]

    def find_sourced(self, element: str, source: str, value: str) -> Ids:
        """Only where the source is known to the maps, or is ours; then a bare notation means something."""
        element = ALIASES.get(element, element)
        term = folded(value)
        if source.startswith(_OWN_SOURCES):
            own = self._ids.get(f"{element}:{value.strip()}")
            return (own,) if own else ()
        return self._in_source(element, source, term) if term else ()

    def _in_source(self, element: str, source: str, term: str) -> Ids:
        tables = self._sourced.get(element)
        if tables:
            name = folded(source)
            for prefix, terms in tables:
                if name.startswith(prefix) and term in terms:
                    return terms[term]
        return ()

    def _add_terms(self, rows: Iterable[Row]) -> None:
        """The rows for any source by element; the others go to their source. Rows without a concept here are left."""
        for element in self._first:
            self._spelt[element], self._terms[element] = {}, {}
        for row in rows:
            concept = self._ids.get(row.concept)
            element = ALIASES.get(row.element, row.element)
            if concept is None or element not in self._first:
                continue
            if row.source == ANY_SOURCE:
                self._spelt[element].setdefault(exact(row.value), (concept,))
                self._terms[element].setdefault(folded(row.value), (concept,))
            else:
                self._source_table(element, folded(row.source)).setdefault(folded(row.value), (concept,))

    def _source_table(self, element: str, source: str) -> _Table:
        tables = self._sourced.setdefault(element, [])
        for known, terms in tables:
            if known == source:
                return terms
        fresh: _Table = {}
        tables.append((source, fresh))
        return fresh

    def _tokens(self, concepts: Sequence[Concept]) -> Iterator[tuple[str, str]]:
        """LOMv1.0 tokens: a concept's own, then those of the LOM concepts that it matches."""
        for concept in concepts:
            if concept.token is not None:
                yield folded(concept.token), concept.id
        for kind in ("exactMatch", "closeMatch"):
            for concept in concepts:
                for match, iri in concept.mappings:
                    target = self._concepts.get(iri) if match == kind else None
                    if target is not None and target.token is not None and concept.token is None:
                        yield folded(target.token), concept.id

    def _matched(self, concepts: Sequence[Concept]) -> Iterator[tuple[str, str]]:
        """What others call the same, or something narrower; of two concepts with a match the upper one wins."""
        for kind in ("exactMatch", "closeMatch", "narrowMatch"):
            for concept in concepts:
                for match, iri in concept.mappings:
                    if match == kind:
                        yield folded(iri), concept.id


def parted(element: str) -> bool:
    """Whether several terms may be packed in a value of this element."""
    return ALIASES.get(element, element) in _WORDED


def _table(pairs: Iterable[tuple[str, str]]) -> _Table:
    result: _Table = {}
    for term, concept in pairs:
        result.setdefault(term, (concept,))
    return result


def _strangers(scheme: Scheme | None) -> dict[str | None, frozenset[str]]:
    """The terms that mean nothing here, by language; with no language those of every one."""
    told: dict[str | None, frozenset[str]] = {}
    for language, terms in scheme.strangers.items() if scheme else ():
        told[language] = frozenset(map(folded, terms))
    told[None] = frozenset().union(*told.values())
    return told


def _iris(concepts: Sequence[Concept]) -> Iterator[tuple[str, str]]:
    for concept in concepts:
        yield folded(concept.id), concept.id


def _notations(concepts: Sequence[Concept]) -> Iterator[tuple[str, str]]:
    for concept in concepts:
        yield folded(concept.notation), concept.id


def _labels(concepts: Sequence[Concept]) -> Iterator[tuple[str, str]]:
    for _, label, ids in labels_in_rank(concepts):
        yield folded(label), ids[0]
    yield from _notations(concepts)
