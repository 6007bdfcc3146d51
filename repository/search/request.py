"""From what is asked to what an engine is asked: a Search and the plan of its words become a Wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from repository.search.index.engine import After, Filter, Wanted
from repository.search.plan.parameters import Search, Sort
from repository.search.plan.plan import Between, Is, Node, Some, every, is_flat
from repository.search.plan.query_plan import Planned
from schemas.errors import Problem
from schemas.values.filter_value import WANTS, spelling
from schemas.vocabularies.vocabularies import Vocabularies


def spelled(search: Search, vocabularies: Vocabularies) -> tuple[Search, tuple[Problem, ...]]:
    """The search with every value of a filter as the index has it; a value that means nothing stays, told."""
    problems: list[Problem] = []
    filters = []
    for name, values in search.filters:
        found: dict[str, None] = {}
        for value in values:
            known = spelling(name, value, vocabularies)
            if known is None:
                message = f"{name} must be {WANTS[name]}; “{value[:80]}” is none that is known here."
                problems.append(Problem(name, "bad_value", message))
            found[value if known is None else known] = None
        filters.append((name, tuple(found)))
    return msgspec.structs.replace(search, filters=tuple(filters)), tuple(problems)


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
