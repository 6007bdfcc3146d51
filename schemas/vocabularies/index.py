"""The index from terms to concepts: which concept wins when several could be meant.

The order is the meaning: an IRI, then a LOMv1.0 token, then a term of a map, then preferred labels and notations,
then alternative labels, then what others map to it (exact before close before narrow). It must not remember answers;
vocabularies does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from schemas.vocabularies.skos import Concept, Tree
from schemas.vocabularies.terms import ANY_SOURCE, Row, folded, is_iri, local_part, table

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

_OWN_SOURCES = ("oerbron", "https://w3id.org/oerbron/")

_Table = dict[str, str]


class Index:
    """Tables from folded terms to concept IRIs, one per element, and those that hold for one source only."""

    def __init__(self, trees: Sequence[Tree], rows: Iterable[Row]) -> None:
        by_scheme = {tree.scheme.name: tree.concepts for tree in trees}
        self._concepts = {c.id: c for concepts in by_scheme.values() for c in concepts}
        self._ids = {f"{c.scheme}:{c.notation}": c.id for c in self._concepts.values()}
        self._prefixes = tuple(prefix for (prefix,) in table("namespaces.tsv"))
        self._general: dict[str, _Table] = {}
        self._sourced: dict[str, list[tuple[str, _Table]]] = {}
        terms = self._terms(rows)
        elements = {*SCHEMES, *(name.removeprefix("lom-") for name in by_scheme if name.startswith("lom-"))}
        for element in sorted(elements - ALIASES.keys()):
            schemes = SCHEMES.get(element, (f"lom-{element}",))
            groups = [by_scheme.get(scheme, ()) for scheme in schemes]
            self._general[element] = self._table(groups, terms.get(element, ()))

    def find(self, element: str, source: str | None, value: str) -> str | None:
        element = ALIASES.get(element, element)
        general = self._general.get(element)
        term = folded(value)
        if general is None or not term:
            return None
        if source and (found := self._in_source(element, source, term)):
            return found
        found = general.get(term)
        if found is None and is_iri(value.strip()):
            last = local_part(value.strip(), self._prefixes)
            return general.get(folded(last)) if last else None
        return found

    def find_sourced(self, element: str, source: str, value: str) -> str | None:
        """Only where the source is known to the maps, or is ours; then a bare notation means something."""
        element = ALIASES.get(element, element)
        term = folded(value)
        if source.startswith(_OWN_SOURCES):
            return self._ids.get(f"{element}:{value.strip()}")
        return self._in_source(element, source, term) if term else None

    def _in_source(self, element: str, source: str, term: str) -> str | None:
        for prefix, terms in self._sourced.get(element, ()):
            if source.startswith(prefix) and term in terms:
                return terms[term]
        return None

    def _terms(self, rows: Iterable[Row]) -> dict[str, list[tuple[str, str]]]:
        """The rows for any source by element; the others go to their source. Rows without a concept here are left."""
        general: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            concept = self._ids.get(row.concept)
            element = ALIASES.get(row.element, row.element)
            if concept is None:
                continue
            if row.source == ANY_SOURCE:
                general.setdefault(element, []).append((folded(row.value), concept))
            else:
                self._source_table(element, row.source).setdefault(folded(row.value), concept)
        return general

    def _source_table(self, element: str, source: str) -> _Table:
        tables = self._sourced.setdefault(element, [])
        for known, terms in tables:
            if known == source:
                return terms
        fresh: _Table = {}
        tables.append((source, fresh))
        return fresh

    def _table(self, groups: Sequence[Sequence[Concept]], terms: Iterable[tuple[str, str]]) -> _Table:
        main = groups[0]
        result: _Table = {}
        for term, concept in (*_iris(groups), *self._tokens(main), *terms, *_labels(main), *self._matched(main)):
            result.setdefault(term, concept)
        for rest in groups[1:]:
            for term, concept in (*self._tokens(rest), *_labels(rest)):
                result.setdefault(term, concept)
        return result

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


def _iris(groups: Sequence[Sequence[Concept]]) -> Iterator[tuple[str, str]]:
    for concept in groups[0]:
        yield folded(concept.id), concept.id


def _labels(concepts: Sequence[Concept]) -> Iterator[tuple[str, str]]:
    for concept in concepts:
        for label in concept.labels.values():
            yield folded(label), concept.id
        yield folded(concept.notation), concept.id
    for concept in concepts:
        for labels in concept.alt.values():
            for label in labels:
                yield folded(label), concept.id
