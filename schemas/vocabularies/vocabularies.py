"""Vocabularies: SKOS schemes of our own making, and the concept that a value of a record means.

Values of the wild come as tokens, labels in some language, IRIs, or terms of a network (record.md 6-8); search, sets
and exports want one concept. The vocabularies in force are values handed in (database rows seeded from data/vocab and
data/maps): `shipped()` and `from_trees()` make them. Concept IRIs are constants: an authority's where it has one, else
https://w3id.org/oerbron/{scheme}/{notation}. This module must not know records, formats or a database.

Elements are LOM names ("context", "role", "kind", ...) or schemes ("subject", "level", "audience", "license"); the
roles of metaMetadata are "metaRole". Three elements give concepts of schemes that are wider than LOM's value spaces:
learningResourceType (type), context (level), intendedEndUserRole (audience).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from typing import Final, Literal

import msgspec

from schemas.vocabularies.index import Index, parted
from schemas.vocabularies.parts import Meaning, meanings
from schemas.vocabularies.skos import Concept, Scheme, Tree, specs_of
from schemas.vocabularies.skos import shipped_trees as _shipped_trees
from schemas.vocabularies.terms import Row, is_iri, words_of_iri
from schemas.vocabularies.terms import rows as _shipped_rows

__all__ = ["Concept", "Meaning", "Scheme", "Tree", "Vocabularies", "from_trees", "shipped"]

CLASSIFIED: Final[Mapping[str, str]] = {"discipline": "subject", "educational level": "level"}
"""The purposes of LOM 9.1 whose taxa are concepts of ours, with their scheme."""

_FALLBACK = ("en", "nl", "fr", "de")
_KINDS = ("exactMatch", "closeMatch", "broadMatch")
_MEMO_SIZE = 50_000
_MEMO_TERM = 500


class Vocabularies:
    """The schemes in force. Built once, then only read, from any number of threads."""

    def __init__(self, trees: Sequence[Tree], rows: Sequence[Row]) -> None:
        self.schemes: dict[str, Scheme] = {tree.scheme.name: tree.scheme for tree in trees}
        self.concepts: dict[str, Concept] = {c.id: c for tree in trees for c in tree.concepts}
        self.version: str = _version(trees, rows)
        self._trees = tuple(trees)
        self._narrower: dict[str, list[str]] = {}
        for concept in self.concepts.values():
            for parent in concept.broader:
                self._narrower.setdefault(parent, []).append(concept.id)
        self._ancestors = {id_: _ancestors(id_, self.concepts) for id_ in self.concepts}
        self._specs = specs_of(self.concepts)
        self._by_spec = {(self.concepts[id_].scheme, spec): id_ for id_, spec in self._specs.items()}
        self._by_notation = {(c.scheme, c.notation): c.id for c in self.concepts.values()}
        self._tokens: dict[tuple[str, str], str | None] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._matches: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._index = Index(trees, rows, self._ancestors)
        self._places = {id_: place for place, id_ in enumerate(self.concepts)}
        # What was asked before is one dict lookup: records repeat their values, networks their terms.
        self._found: dict[tuple[str | None, ...], tuple[Meaning, ...]] = {}

    def find(self, element: str, source: str | None, value: str, language: str | None = None) -> str | None:
        """The concept that a value of a LOM element means: by token, label, notation, IRI or foreign term.

        `language` is that of the record: its labels come first. Of several concepts it is the first one.
        """
        found = self.meanings(element, source, value, language)
        return found[0].id if found else None

    def find_all(self, element: str, source: str | None, value: str, language: str | None = None) -> tuple[str, ...]:
        """All concepts that a value means, also those of terms packed in it ("Teacher, Student")."""
        found = tuple(dict.fromkeys(one.id for one in self.meanings(element, source, value, language) if one.id))
        return self.narrowest(found)

    def narrowest(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """The concepts without those that are above another one of them."""
        above = {id_ for one in ids for id_ in self.ancestors(one)} if len(ids) > 1 else ()
        return tuple(one for one in ids if one not in above)

    def meanings(
        self, element: str, source: str | None, value: str, language: str | None = None
    ) -> tuple[Meaning, ...]:
        """The terms of a value, each with the concept it means or with its words; the first one known comes first."""
        key = (element, source, value, language)
        try:
            return self._found[key]
        except KeyError:
            tag = language.partition("-")[0].lower() if language else None
            written = partial(self._index.written, element, source, language=tag)
            worded = partial(self._index.worded, element, language=tag)
            if parted(element):
                found = meanings(value, written, worded)
            else:
                found = tuple(Meaning(one, value) for one in written(value))
            return self._remember(key, tuple(sorted(found, key=lambda one: one.id is None)))

    def find_taxon(
        self,
        purpose: str | None,
        source: str | None,
        id: str | None,  # noqa: A002 - LOM's name, 9.2.2.1
        entry: str | None,
        language: str | None = None,
    ) -> str | None:
        """The subject or level that a taxon means; of several the first one."""
        return next(iter(self.find_taxa(purpose, source, id, entry, language)), None)

    def find_taxa(
        self,
        purpose: str | None,
        source: str | None,
        id: str | None,  # noqa: A002
        entry: str | None,
        language: str | None = None,
    ) -> tuple[str, ...]:
        """The subjects or levels that a taxon means.

        An IRI names its concept under any of the two purposes (providers mix them up); a bare notation counts only
        for sources that are known, it hits foreign vocabularies by chance (record.md 9); an entry counts as a label.
        """
        key = ("taxon", purpose, source, id, entry, language)
        try:
            return tuple(one.id for one in self._found[key] if one.id)
        except KeyError:
            found = self._taxa(purpose, source, id, entry, language)
            self._remember(key, tuple(Meaning(one, "") for one in found))
            return found

    def _taxa(
        self, purpose: str | None, source: str | None, taxon: str | None, entry: str | None, language: str | None
    ) -> tuple[str, ...]:
        schemes = self.classified(purpose)
        if not schemes:
            return ()
        if taxon and is_iri(taxon.strip()):
            for scheme in (*schemes, *CLASSIFIED.values()):
                if found := self._index.find(scheme, source, taxon):
                    return found
        elif taxon and source:
            for scheme in schemes:
                if found := self._index.find_sourced(scheme, source, taxon):
                    return found
        for scheme in schemes if entry else ():
            if found := self.find_all(scheme, source, entry or "", language):
                return found
        return ()

    def classified(self, purpose: str | None) -> tuple[str, ...]:
        """The schemes that taxa of a purpose may belong to: both where there is none or an unknown one."""
        concept = self.concepts.get(self.find("purpose", None, purpose) or "") if purpose else None
        if concept is None:
            return tuple(CLASSIFIED.values())
        scheme = CLASSIFIED.get(concept.token or "")
        return (scheme,) if scheme else ()

    def order_of(self, id: str) -> int | None:  # noqa: A002
        """The place of a concept in a scheme that has an order of its own; None in any other."""
        concept = self.concepts.get(id)
        scheme = self.schemes.get(concept.scheme) if concept else None
        return self._places[id] if scheme and scheme.order else None

    def _remember(self, key: tuple[str | None, ...], found: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        # A whole text where a term should stand is not worth its memory.
        if sum(len(part) for part in key if part) <= _MEMO_TERM:
            if len(self._found) >= _MEMO_SIZE:
                self._found.clear()
            self._found[key] = found
        return found

    def concept(self, id: str) -> Concept | None:  # noqa: A002 - the identifier of a concept
        return self.concepts.get(id)

    def label(self, id: str, languages: Sequence[str] = ()) -> str:  # noqa: A002
        """The preferred label in the first language that has one (`nl-BE` falls back on `nl`).

        An address is never a label: of an unknown one it is what can be read of its end.
        """
        wanted = languages[0] if languages else ""
        try:
            return self._labels[id, wanted]
        except KeyError:
            concept = self.concepts.get(id)
        if concept is None:
            return words_of_iri(id) if is_iri(id) else id
        for language in (*languages, *_FALLBACK):
            for tag in (language, language.partition("-")[0]):
                if tag in concept.labels:
                    if tag == wanted:
                        self._labels[id, wanted] = concept.labels[tag]
                    return concept.labels[tag]
        return next(iter(concept.labels.values()), id)

    def ancestors(self, id: str) -> tuple[str, ...]:  # noqa: A002
        """All broader concepts, nearest first; none for an unknown concept."""
        return self._ancestors.get(id, ())

    def narrower(self, id: str) -> tuple[str, ...]:  # noqa: A002
        """The concepts directly below, in the order of the scheme."""
        return tuple(self._narrower.get(id, ()))

    def lom_token(self, element: str, id: str) -> str | None:  # noqa: A002
        """The LOMv1.0 token of an element that a concept maps to, itself or through its nearest ancestor."""
        key = (element, id)
        try:
            return self._tokens[key]
        except KeyError:
            token = None
            if id in self.concepts:
                found = (self._token(element, self.concepts[one]) for one in (id, *self.ancestors(id)))
                token = self._tokens[key] = next((one for one in found if one is not None), None)
            return token

    def _token(self, element: str, concept: Concept) -> str | None:
        scheme = f"lom-{element}"
        if concept.scheme == scheme:
            return concept.token
        for kind in _KINDS:
            for match_kind, iri in concept.mappings:
                target = self.concepts.get(iri) if match_kind == kind else None
                if target is not None and target.scheme == scheme and target.token is not None:
                    return target.token
        return None

    def spec(self, id: str) -> str:  # noqa: A002
        """The concept's part of a setSpec: notations from the top joined by ":"; raises KeyError when unknown.

        A notation that begins with its parent's is shortened by it: cc > cc-by-sa > cc-by-sa-4-0 is "cc:by-sa:4-0".
        """
        return self._specs[id]

    def find_notation(self, scheme: str, notation: str) -> str | None:
        return self._by_notation.get((scheme, notation))

    def by_spec(self, scheme: str, spec: str) -> str | None:
        return self._by_spec.get((scheme, spec))

    def match(self, id: str, namespace: str, kinds: Sequence[str] = _KINDS) -> str | None:  # noqa: A002
        """The IRI within a namespace that a concept is or maps to, exact before close before broad."""
        if id.startswith(namespace):
            return id
        concept = self.concepts.get(id)
        for kind in kinds if concept else ():
            for match_kind, iri in concept.mappings if concept else ():
                if match_kind == kind and iri.startswith(namespace):
                    return iri
        return None

    def matches(self, id: str, namespaces: tuple[str, ...]) -> tuple[str, ...]:  # noqa: A002
        """What a concept, or else the nearest ancestor that has any, is or maps to, an IRI for each namespace."""
        key = (id, namespaces)
        try:
            return self._matches[key]
        except KeyError:
            of_each = (
                tuple(iri for namespace in namespaces if (iri := self.match(one, namespace)))
                for one in (id, *self.ancestors(id))
            )
            found = next(filter(None, of_each), ())
            if id in self.concepts:
                self._matches[key] = found
            return found

    def to_trees(self) -> dict[str, bytes]:
        """Each scheme with its concepts as JSON, by the scheme's name: the rows of the database."""
        return {tree.scheme.name: msgspec.json.encode(tree) for tree in self._trees}


def from_trees(trees: Iterable[bytes]) -> Vocabularies:
    """The vocabularies of database rows; foreign terms come from the shipped maps.

    Raises msgspec.ValidationError when a row is no tree.
    """
    decoder = msgspec.json.Decoder(Tree)
    return Vocabularies([decoder.decode(tree) for tree in trees], tuple(_shipped_rows()))


@cache
def shipped() -> Vocabularies:
    """The vocabularies as they lie in data/vocab and data/maps; made once per process."""
    return Vocabularies(tuple(_shipped_trees()), tuple(_shipped_rows()))


def _ancestors(id_: str, concepts: Mapping[str, Concept]) -> tuple[str, ...]:
    """Breadth first, so that the nearest come first; a circle (a mistake at the desk) ends where it closes."""
    seen: dict[str, Literal[True]] = {}
    queue = list(concepts[id_].broader)
    for parent in queue:
        if parent in concepts and parent not in seen and parent != id_:
            seen[parent] = True
            queue.extend(concepts[parent].broader)
    return tuple(seen)


def _version(trees: Sequence[Tree], rows: Sequence[Row]) -> str:
    content = msgspec.json.encode((sorted(trees, key=lambda tree: tree.scheme.name), sorted(rows)))
    return blake2b(content, digest_size=8).hexdigest()
