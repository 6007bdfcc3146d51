"""From what is asked to what an engine is asked: a Search and the plan of its words become a Wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from repository.search.index.document import labels_of
from repository.search.index.engine import After, Filter, Wanted
from repository.search.language import query
from repository.search.language.analysis import Analyser
from repository.search.language.query import Query
from repository.search.plan.parameters import Search, Sort
from repository.search.plan.plan import Between, Is, Node, Some, every, is_flat
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


def wanted(search: Search, planned: Planned | None, after: After | None = None) -> Wanted:
    """What an engine is asked for a search."""
    node = None if planned is None else planned.node
    return Wanted(
        node=node,
        filters=tuple(_filters(search)),
        order=natural_order(node) if search.order == "relevance" else search.order,
        size=search.size,
        after=after,
        facets=search.facets,
    )


def natural_order(node: Node | None) -> Sort:
    """Relevance, where there is anything to rank by: not without a word that is wanted (`-toets`)."""
    return "newest" if node is None or is_flat(node) else "relevance"


def _filters(search: Search) -> Iterator[Filter]:
    for name, values in search.filters:
        yield Filter(name, Is(name, values))
    if search.ages:
        yield Filter("age", _ages(search.ages))
    if search.since is not None or search.until is not None:
        yield Filter("date", Between("position", search.since, search.until))


def _ages(ages: tuple[tuple[int, int], ...]) -> Node:
    """Records whose range shares a year with one of these."""
    overlaps = tuple(every(Between("age_max", low, None), Between("age_min", None, high)) for low, high in ages)
    return overlaps[0] if len(overlaps) == 1 else Some(overlaps)
