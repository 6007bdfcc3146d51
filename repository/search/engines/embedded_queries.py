"""Plans as tantivy's queries.

tantivy's BM25 has the factor k1 + 1 = 2.2 that Lucene left out: what has a fixed score is multiplied by it here, and
scores are divided by it when they come out, so that a plan scores the same on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import tantivy
from tantivy import FieldType, Occur, Query

from repository.search.index.engine import Filter
from repository.search.plan.plan import (
    Ahead,
    Best,
    Between,
    But,
    Every,
    Everything,
    Fixed,
    Has,
    Is,
    Node,
    Nothing,
    Row,
    Some,
)

FACTOR: Final = 2.2
_AFTER_ALL: Final = "~"  # sorts behind every character of a sorting key


class Queries:
    """Translates plans over one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self.schema = schema
        self._parser = _parser(schema)

    def id(self, value: str) -> Query:
        return Query.term_query(self.schema, "id", value, "basic")

    def records(self) -> Query:
        """Every record, without a score."""
        return _unscored(Query.term_query(self.schema, "kind", "record", "basic"))

    def whole(self, node: Node | None, filters: Iterable[Filter], behind: Query | None = None) -> Query:
        """What a node matches, narrowed by all filters and to what lies `behind` a key."""
        musts = [self.records() if node is None else self.of(node)]
        musts += [_unscored(self.of(each.node)) for each in filters]
        if behind is not None:
            musts.append(_unscored(behind))
        return musts[0] if len(musts) == 1 else Query.boolean_query([(Occur.Must, must) for must in musts])

    def behind(self, field: str, key: str) -> Query:
        """What stands behind a sorting key; keys are of [a-z0-9-] (document.py), so nothing needs quoting."""
        return self._parser.parse_query(f"{field}:{{{key} TO *}}", [field])

    def of(self, node: Node) -> Query:
        match node:
            case Has():
                option = "basic" if node.field == "starts" else "freq"
                return _weighted(Query.term_query(self.schema, node.field, node.token, option), node.weight)
            case Row():
                return _weighted(Query.phrase_query(self.schema, "exact", list(node.words)), node.weight)
            case Is():
                return self._is(node)
            case Between():
                return _unscored(Query.range_query(self.schema, node.field, FieldType.Integer, node.low, node.high))
            case Ahead():
                return self._parser.parse_query(
                    f"{node.field}:[{node.beginning} TO {node.beginning}{_AFTER_ALL}]", [node.field]
                )
            case Every():
                return Query.boolean_query([(Occur.Must, self.of(part)) for part in node.parts])
            case Some():
                return Query.boolean_query([(Occur.Should, self.of(part)) for part in node.parts])
            case Best():
                return Query.disjunction_max_query(list(map(self.of, node.parts)), 0.0)
            case But():
                return self._but(node)
            case Fixed():
                return Query.const_score_query(self.of(node.node), node.score * FACTOR)
            case Everything():
                return self.records()
            case Nothing():
                return Query.empty_query()

    def _is(self, node: Is) -> Query:
        if len(node.values) == 1:
            return _unscored(Query.term_query(self.schema, node.field, node.values[0], "basic"))
        return _unscored(Query.term_set_query(self.schema, node.field, list(node.values)))

    def _but(self, node: But) -> Query:
        clauses = [(Occur.Must, self.of(node.wanted))]
        clauses += [(Occur.Should, self.of(part)) for part in node.liked]
        clauses += [(Occur.MustNot, self.of(part)) for part in node.without]
        return Query.boolean_query(clauses)


def _weighted(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _parser(schema: tantivy.Schema) -> tantivy.Index:
    """An empty index that reads tantivy's own query language: only there does tantivy have ranges over text."""
    return tantivy.Index(schema)
