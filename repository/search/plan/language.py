"""All that words of a query are read with: the analysis and the labels of concepts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from repository.search.language import query
from repository.search.language.analysis import Analyser
from repository.search.language.labels import labels_of
from repository.search.language.query import Query
from repository.search.plan.query_plan import Lexicon, Planned, plan_query
from schemas.vocabularies.vocabularies import Vocabularies

NAMED: Final = ("subject", "level", "type", "audience")  # schemes whose concepts are filters and are suggested


class Language:
    """All that words of a query are read with: the analysis and the labels of concepts. Made once per vocabulary."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self.vocabularies = vocabularies
        self.analyser = Analyser(vocabularies)
        self.labels: Mapping[str, tuple[str, ...]] = labels_of(vocabularies)
        self.names: tuple[tuple[str, str], ...] = tuple(
            (label, one)
            for label, ids in self.labels.items()
            for one in ids
            if vocabularies.concepts[one].scheme in NAMED
        )

    def plan(self, text: str, lexicon: Lexicon | None) -> Planned | None:
        """The plan of a query; None when nothing is asked."""
        asked = query.parse(text)
        return None if asked is None else self.plan_tree(asked, lexicon)

    def plan_tree(self, tree: Query, lexicon: Lexicon | None) -> Planned:
        """The plan of a query that was read already."""
        return plan_query(tree, self.analyser, self.labels, lexicon)
