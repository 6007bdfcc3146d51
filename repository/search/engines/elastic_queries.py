"""Plans as Elasticsearch's query DSL, and whole requests: hits, one count, all facets at once. Pure.

Nodes without a score stand in filters, those with a fixed score in constant_score. Each facet is counted under all
filters but its own, and a post filter narrows the hits. Elasticsearch kept the factor k1 + 1 = 2.2 that Lucene left out
of BM25: weights are divided by it, so that a plan scores the same on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from repository.search.engines.facet_order import MOST_FLAT, facet
from repository.search.index.engine import Filter, Wanted
from repository.search.plan.parameters import FLAT
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

SORTED: Final = {"newest": "by_newest", "title": "by_title"}
_MOST_VALUES: Final = 20_000
FACTOR: Final = 2.2
Query = dict[str, Any]


def records() -> Query:
    """Every record, but no tombstone and not the watermark."""
    return {"term": {"kind": "record"}}


def body(wanted: Wanted) -> dict[str, Any]:
    """The arguments of one search request."""
    must = [] if wanted.node is None else [of(wanted.node)]
    given: dict[str, Any] = {
        "query": {"bool": {"must": must, "filter": [records()]}},
        "size": wanted.size + 1,
        "track_total_hits": True,
        "source_includes": ["shown", *SORTED.values()],
        "sort": _sort(wanted),
    }
    if wanted.after is not None:
        scored = wanted.order == "relevance"
        given["search_after"] = [wanted.after.score, wanted.after.key] if scored else [wanted.after.key]
    if wanted.filters:
        given["post_filter"] = _all(wanted.filters)
    if wanted.facets:
        given["aggs"] = {name: _counting(name, wanted.filters) for name in wanted.facets}
    return given


def counted(name: str, answer: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """A facet's values out of an answer's aggregations."""
    buckets = answer[name]["values"]["buckets"]
    return facet(name, {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets})


def _sort(wanted: Wanted) -> list[dict[str, str]]:
    if wanted.order == "relevance":
        return [{"_score": "desc"}, {"id": "asc"}]
    return [{SORTED[wanted.order]: "asc"}]


def _counting(name: str, filters: Iterable[Filter]) -> dict[str, Any]:
    terms: dict[str, Any] = {"field": name, "size": MOST_FLAT if name in FLAT else _MOST_VALUES}
    terms["order"] = [{"_count": "desc"}, {"_key": "asc"}]
    others = [each for each in filters if each.name != name]
    return {"filter": _all(others), "aggs": {"values": {"terms": terms}}}


def _all(filters: Iterable[Filter]) -> Query:
    return {"bool": {"filter": [of(each.node) for each in filters]}}


def of(node: Node) -> Query:
    """One node of a plan."""
    match node:
        case Has():
            return {"term": {node.field: {"value": node.token, "boost": node.weight / FACTOR}}}
        case Row():
            return {"match_phrase": {"exact": {"query": " ".join(node.words), "boost": node.weight / FACTOR}}}
        case Is():
            return _unscored({"terms": {node.field: list(node.values)}})
        case Between():
            bounds = {"gte": node.low, "lte": node.high}
            return _unscored({"range": {node.field: {name: at for name, at in bounds.items() if at is not None}}})
        case Ahead():
            return _unscored({"prefix": {node.field: {"value": node.beginning}}})
        case Every():
            return {"bool": {"must": [of(part) for part in node.parts]}}
        case Some():
            return {"bool": {"should": [of(part) for part in node.parts], "minimum_should_match": 1}}
        case Best():
            return {"dis_max": {"queries": [of(part) for part in node.parts], "tie_breaker": 0.0}}
        case But():
            return _but(node)
        case Fixed():
            return {"constant_score": {"filter": of(node.node), "boost": node.score}}
        case Everything():
            return _unscored(records())
        case Nothing():
            return {"match_none": {}}


def _but(node: But) -> Query:
    return {
        "bool": {
            "must": [of(node.wanted)],
            "should": [of(part) for part in node.liked],
            "minimum_should_match": 0,
            "must_not": [of(part) for part in node.without],
        }
    }


def _unscored(query: Query) -> Query:
    return {"bool": {"filter": [query]}}
