"""All that words of a query are read with: the analysis and the labels of concepts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from repository.search.language import query
from repository.search.language.analysis import Analyser
from repository.search.language.labels import joined_key, labels_of
from repository.search.language.query import Query
from repository.search.language.words import plain_words
from repository.search.plan.lexicon import Lexicon
from repository.search.plan.plan import Fixed, Is, Some
from repository.search.plan.query_plan import EXACT_TITLE, Planned, plan_query
from schemas.values.identifier_key import candidates, is_sure
from schemas.vocabularies.vocabularies import Vocabularies

NAMED: Final = ("subject", "level", "type", "audience")  # schemes whose concepts are filters and are suggested


class Name(NamedTuple):
    """A label of a concept: as key to be compared (labels.joined_key) and as it is written."""

    key: str
    label: str
    language: str
    concept: str


class Language:
    """All that words of a query are read with: the analysis and the labels of concepts. Made once per vocabulary."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self.vocabularies = vocabularies
        self.analyser = Analyser(vocabularies)
        self.labels: Mapping[str, tuple[str, ...]] = labels_of(vocabularies)
        self.names: tuple[Name, ...] = tuple(_names(vocabularies))

    def plan(self, text: str, lexicon: Lexicon | None, prefer: str | None = None) -> Planned | None:
        """The plan of a query, `prefer` the reader's language; None when nothing is asked."""
        tree = query.parse(text)
        return None if tree is None else self.plan_named(text, tree, lexicon, prefer)

    def plan_named(self, text: str, tree: Query, lexicon: Lexicon | None, prefer: str | None = None) -> Planned:
        """The plan of words that may be an identifier as a whole: a DOI, an ISBN, an address finds its record.

        A sure kind that the index has is taken at its word; a guess (a local number, a host) counts beside the words.
        """
        keys = candidates(text)
        if keys and lexicon is not None:
            there = lexicon.frequencies([("identifier", key) for key in keys])
            keys = tuple(key for key in keys if there.get(("identifier", key)))
            if sure := tuple(key for key in keys if is_sure(key)):
                return Planned(Fixed(Is("identifier", sure), EXACT_TITLE))
        planned = self.plan_tree(tree, lexicon, prefer)
        if not keys:
            return planned
        named = Fixed(Is("identifier", keys), EXACT_TITLE)
        return msgspec.structs.replace(planned, node=Some((planned.node, named)))

    def plan_tree(self, tree: Query, lexicon: Lexicon | None, prefer: str | None = None) -> Planned:
        """The plan of a query that was read already."""
        return plan_query(tree, self.analyser, self.labels, lexicon, prefer)


def _names(vocabularies: Vocabularies) -> Iterator[Name]:
    """Every label of the concepts that are suggested."""
    for concept in vocabularies.concepts.values():
        if concept.scheme in NAMED:
            labels = [*concept.labels.items(), *((lang, alt) for lang, alts in concept.alt.items() for alt in alts)]
            yield from (Name(joined_key(plain_words(label)), label, lang, concept.id) for lang, label in labels)
