"""Finding in a tantivy searcher: hits in a fixed order, facets whose counts fit, checksums.

tantivy breaks ties by where a document lies, which a merge changes. So fields are sorted by unique keys, and in the
order by relevance all hits of one score are put in the order of their ids. A walk may go to any depth: a page by a key
costs the same everywhere, a page by relevance costs more the deeper it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from msgspec.structs import replace
from tantivy import Order, Searcher

from repository.search.engines.embedded_queries import FACTOR, Queries
from repository.search.engines.facet_order import facet
from repository.search.index.document import BETWEEN, place_of
from repository.search.index.engine import After, Filter, Found, Hit, Sum, Wanted
from repository.search.plan.plan import Between, Is

# Counting a column with one value per record is three times as fast as counting one with several. So all values that a
# record has in one of these fields stand there as one text. There are few such texts; `subject` would have too many.
TOGETHER: Final = {name: f"all_{name}" for name in ("level", "type", "language", "audience", "format", "age")}
COUNTED: Final = frozenset(("subject", "license", "open", "source", "organisation", "collection"))
_MOST_VALUES: Final = 20_000  # that are counted at all
_FIELDS: Final = {"newest": "by_newest", "title": "by_title"}
_SPARE: Final = 32  # hits beyond a page, mostly enough to see the end of a tie
_ALL: Final = 2_000_000_000
Scored = tuple[float, Any]  # a raw score and an address


def together(values: Iterable[str]) -> str:
    """All values of a field as one text, never an empty one: a column without gaps is faster still."""
    return BETWEEN.join(values) or BETWEEN


def find(searcher: Searcher, queries: Queries, wanted: Wanted) -> Found:
    """Hits, count and facets in one view of the index."""
    if wanted.order == "relevance":
        total, hits = _by_relevance(searcher, queries, wanted)
    else:
        total, hits = _by_key(searcher, queries, wanted)
    return Found(total, hits[: wanted.size], len(hits) > wanted.size, _facets(searcher, queries, wanted))


def _by_key(searcher: Searcher, queries: Queries, wanted: Wanted) -> tuple[int, tuple[Hit, ...]]:
    field = _FIELDS[wanted.order]
    query = queries.whole(wanted.node, wanted.filters)
    total = int(searcher.search(query, limit=1).count) if wanted.after and wanted.counted else None  # type: ignore[attr-defined]
    if wanted.after is not None:
        query = queries.whole(wanted.node, wanted.filters, queries.behind(field, wanted.after.key))
    result = searcher.search(query, limit=wanted.size + 1, order_by_field=field, order=Order.Asc)
    hits = []
    for key, address in result.hits:
        document = searcher.doc(address)
        hits.append(Hit(document["id"][0], key, document["shown"][0]))
    return int(result.count) if total is None else total, tuple(hits)  # type: ignore[attr-defined]


def _by_relevance(searcher: Searcher, queries: Queries, wanted: Wanted) -> tuple[int, tuple[Hit, ...]]:
    """Ranked by score, then by id."""
    query = queries.whole(wanted.node, wanted.filters)
    after = wanted.after
    limit = (after.rank if after else 0) + wanted.size + _SPARE
    while True:
        result = searcher.search(query, limit=limit)
        scored: Sequence[Scored] = result.hits
        whole = len(scored) < limit
        # More hits of the last score may lie behind the limit: only hits with a higher score have their final place.
        settled = scored if whole else [each for each in scored if each[0] != scored[-1][0]]
        hits = _ordered(searcher, settled, _now(searcher, queries, scored, after), wanted.size + 1)
        if whole or len(hits) > wanted.size:
            return int(result.count), tuple(hits)  # type: ignore[attr-defined]
        limit = min(limit * 4, _ALL)


def _now(searcher: Searcher, queries: Queries, scored: Iterable[Scored], after: After | None) -> After | None:
    """Where a walk goes on now: behind the nearest hit that did not change, at the score that this hit has now."""
    if after is None or after.as_of is None:
        return after
    for id_ in (after.key, *after.before):
        itself = (Filter("id", Is("id", (id_,))),)
        same = searcher.search(queries.whole(Between("position", None, after.as_of), itself), limit=1, count=False).hits
        for raw, address in scored if same else ():
            if address == same[0][1]:
                return replace(after, key=id_, score=raw / FACTOR)
    return after


def _ordered(searcher: Searcher, scored: Sequence[Scored], after: After | None, most: int) -> list[Hit]:
    """The first hits behind the cursor, in their order; no others are read."""
    edge = None if after is None else after.score
    hits: list[Hit] = []
    for raw, group in groupby(scored, key=itemgetter(0)):
        score = raw / FACTOR
        if edge is not None and score > edge:
            continue
        behind = after.key if after is not None and score == edge else None
        for id_, shown in _by_id(searcher, [address for _, address in group], behind, most - len(hits)):
            hits.append(Hit(id_, id_, shown, score))
        if len(hits) >= most:
            break
    return hits


def _by_id(searcher: Searcher, addresses: list[Any], behind: str | None, most: int) -> list[tuple[str, str]]:
    """Id and title of the first documents behind an id, in the order of ids."""
    if len(addresses) > 1:
        places = [int(place or 0) for place in searcher.fast_field_values("place", addresses)]
        least = -1 if behind is None else place_of(behind)
        ranked = sorted((pair for pair in zip(places, addresses, strict=True) if pair[0] >= least), key=itemgetter(0))
        # One more, for the hit at the edge itself; then all that share the place of the last one.
        last = ranked[most][0] if len(ranked) > most else None
        addresses = [address for place, address in ranked if last is None or place <= last]
    found = sorted(_read(searcher, addresses))
    return [each for each in found if behind is None or each[0] > behind][:most]


def _read(searcher: Searcher, addresses: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for address in addresses:
        document = searcher.doc(address)
        yield str(document["id"][0]), str(document["shown"][0])


def _facets(searcher: Searcher, queries: Queries, wanted: Wanted) -> dict[str, tuple[tuple[str, int], ...]]:
    """Counts by facet: facets without a filter of their own all at once, each of the others without its filter."""
    filtered = {each.name for each in wanted.filters}
    together_ = [name for name in wanted.facets if name not in filtered]
    counts: dict[str, tuple[tuple[str, int], ...]] = {}
    if together_:
        counts |= _count(searcher, queries, wanted, together_, "")
    for name in wanted.facets:
        if name in filtered:
            counts |= _count(searcher, queries, wanted, [name], name)
    return {name: counts[name] for name in wanted.facets}


def _count(
    searcher: Searcher, queries: Queries, wanted: Wanted, names: list[str], ignored: str
) -> dict[str, tuple[tuple[str, int], ...]]:
    query = queries.whole(wanted.node, [each for each in wanted.filters if each.name != ignored])
    asked = {name: {"terms": {"field": TOGETHER.get(name, name), "size": _MOST_VALUES}} for name in names}
    answer = searcher.aggregate(query, asked)
    return {name: facet(name, _values(name, answer[name]["buckets"])) for name in names}


def _values(name: str, buckets: Iterable[dict[str, Any]]) -> dict[str, int]:
    if name not in TOGETHER:
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}
    counts: Counter[str] = Counter()
    for bucket in buckets:
        for value in filter(None, bucket["key"].split(BETWEEN)):
            counts[value] += int(bucket["doc_count"])
    return counts


def sums(searcher: Searcher, queries: Queries) -> dict[int, Sum]:
    asked = {
        "buckets": {
            "terms": {"field": "bucket", "size": 1_000},
            "aggs": {"check": {"sum": {"field": "check"}}},
        }
    }
    answer = searcher.aggregate(queries.records(), asked)
    return {int(b["key"]): Sum(int(b["doc_count"]), int(b["check"]["value"])) for b in answer["buckets"]["buckets"]}


def members(searcher: Searcher, queries: Queries, bucket: int) -> dict[str, int]:
    query = queries.whole(Between("bucket", bucket, bucket), ())
    count = int(searcher.search(query, limit=1).count)  # type: ignore[attr-defined]
    if not count:
        return {}
    hits = searcher.search(query, limit=count, count=False).hits
    documents = (searcher.doc(address) for _, address in hits)
    return {str(document["id"][0]): int(document["position"][0]) for document in documents}
