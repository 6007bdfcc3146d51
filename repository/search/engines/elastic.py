"""The engine for those who outgrow one machine: Elasticsearch, over its official client.

A generation is two indices, `PREFIX-NAME` and `PREFIX-NAME-words`; the alias PREFIX names
the one that is searched. Documents are written with their position as external version, so that a late writer never
puts back an older state, and what is withdrawn becomes a tombstone document (Elasticsearch forgets real deletes after
a minute). There is no writer's lock: one projector at a time is chosen by a lease, and two would do no harm. Nothing
here needs a plugin or a module of the server (search.md).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from elasticsearch import NotFoundError
from msgspec.structs import replace

from repository.search.engines import elastic_mapping as mapping
from repository.search.engines import elastic_queries as queries
from repository.search.engines.elastic_client import Door
from repository.search.errors import IndexDamaged, SearchUnavailable
from repository.search.index.document import Document
from repository.search.index.engine import MARK, After, Batch, Filter, Found, Hit, Sum, Wanted, Writer
from repository.search.language.spelling import forms, is_correctable
from repository.search.plan.plan import Between, Is, Row
from repository.search.plan.query_plan import Token

WRITE_TIMEOUT_S: Final = 60.0
SEARCH_TIMEOUT: Final = "2s"
_CURRENT_S: Final = 1.0  # how long the alias is taken for known: the generation before is kept
_MOST_NEAR: Final = 4_000
_PAGE: Final = 5_000
_BULK_BYTES: Final = 5_000_000


class ElasticEngine:
    """The generations in one cluster, under one prefix."""

    shared = True

    def __init__(self, url: str, prefix: str) -> None:
        self.prefix = prefix
        self.door = Door(url)
        self._opened: dict[str, ElasticIndex] = {}
        self._lock = threading.Lock()
        self._known: tuple[float, str | None] = (float("-inf"), None)

    def names(self) -> Sequence[str]:
        with self.door.call() as client:
            found = client.indices.get(index=f"{self.prefix}-*", filter_path="*.aliases", expand_wildcards="open")
        names = (str(name).removeprefix(f"{self.prefix}-") for name in found)
        return sorted(name for name in names if not name.endswith(mapping.WORDS_SUFFIX))

    def current(self) -> str | None:
        at, name = self._known
        if time.monotonic() - at < _CURRENT_S:
            return name
        with self.door.call() as client:
            try:
                found = client.indices.get_alias(name=self.prefix)
                name = str(next(iter(found))).removeprefix(f"{self.prefix}-")
            except NotFoundError:
                name = None
        self._known = (time.monotonic(), name)
        return name

    def open(self, name: str) -> ElasticIndex:
        with self._lock:
            if name not in self._opened:
                self._opened[name] = ElasticIndex(name, self.prefix, self.door)
            return self._opened[name]

    def flaws(self, name: str) -> Sequence[str]:  # noqa: ARG002 - its files are the cluster's
        return ()

    def turn(self, name: str) -> None:
        actions: list[dict[str, Any]] = [
            {"remove": {"index": f"{self.prefix}-*", "alias": self.prefix, "must_exist": False}},
            {"add": {"index": f"{self.prefix}-{name}", "alias": self.prefix}},
        ]
        with self.door.call(WRITE_TIMEOUT_S) as client:
            client.indices.update_aliases(actions=actions)
        self._known = (float("-inf"), None)

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            with self._lock:
                self._opened.pop(name, None)
            indices = [f"{self.prefix}-{name}", f"{self.prefix}-{name}{mapping.WORDS_SUFFIX}"]
            with self.door.call(WRITE_TIMEOUT_S) as client:
                client.indices.delete(index=indices, ignore_unavailable=True)


class ElasticIndex:
    """One generation: two indices, made when they are not there."""

    def __init__(self, name: str, prefix: str, door: Door) -> None:
        self.name = name
        self.door = door
        self.records = f"{prefix}-{name}"
        self.words = self.records + mapping.WORDS_SUFFIX
        for index, made in ((self.records, mapping.RECORDS), (self.words, mapping.WORDS)):
            with door.call() as client:
                if client.indices.exists(index=index):
                    continue
            with door.call(WRITE_TIMEOUT_S) as client:
                client.options(ignore_status=400).indices.create(  # 400: another process was faster
                    index=index, mappings=made, settings=mapping.SETTINGS
                )

    def find(self, wanted: Wanted) -> Found:
        if wanted.after is not None and wanted.after.as_of is not None and wanted.order == "relevance":
            wanted = replace(wanted, after=self._now(wanted, wanted.after, wanted.after.as_of))
        with self.door.call() as client:
            answer = client.search(index=self.records, timeout=SEARCH_TIMEOUT, **queries.body(wanted)).body
        if answer["timed_out"]:
            raise SearchUnavailable("The search took too long; ask for less.", 5)
        hits = tuple(_hit(hit, wanted) for hit in answer["hits"]["hits"])
        total = int(answer["hits"]["total"]["value"])
        counts = {name: queries.counted(name, answer["aggregations"]) for name in wanted.facets}
        return Found(total, hits[: wanted.size], len(hits) > wanted.size, counts)

    def _now(self, wanted: Wanted, after: After, as_of: int) -> After:
        """Where a walk goes on today: behind the nearest hit that did not change, by the score that it has now."""
        near = (after.key, *after.before)
        filters = (Filter("id", Is("id", near)), Filter("date", Between("position", None, as_of)))
        found = self.find(Wanted(node=wanted.node, filters=filters, order="relevance", size=len(near))).hits
        scores = {hit.id: hit.score for hit in found}
        return next((replace(after, key=id_, score=scores[id_]) for id_ in near if id_ in scores), after)

    def frequencies(self, tokens: Iterable[Token]) -> Mapping[Token, int]:
        by_field: dict[str, list[str]] = {}
        for field, token in tokens:
            by_field.setdefault(field, []).append(token)
        texts: dict[str, list[str]] = {field: found for field, found in by_field.items() if field in mapping.TEXTS}
        values = {field: found for field, found in by_field.items() if field not in mapping.TEXTS}
        counts = self._text_frequencies(texts) if texts else {}
        return counts | (self._value_frequencies(values) if values else {})

    def _text_frequencies(self, texts: Mapping[str, Sequence[str]]) -> dict[Token, int]:
        with self.door.call() as client:
            answer = client.termvectors(
                index=self.records, doc={field: " ".join(tokens) for field, tokens in texts.items()},
                fields=list(texts), term_statistics=True, field_statistics=False, positions=False, offsets=False,
                payloads=False,
            ).body  # fmt: skip
        found = answer.get("term_vectors", {})
        return {
            (field, token): int(said["doc_freq"])
            for field, vector in found.items()
            for token, said in vector["terms"].items()
            if said.get("doc_freq")
        }

    def _value_frequencies(self, values: Mapping[str, Sequence[str]]) -> dict[Token, int]:
        aggs = {
            field: {"terms": {"field": field, "include": list(found), "size": len(found)}}
            for field, found in values.items()
        }
        with self.door.call() as client:
            answer = client.search(index=self.records, size=0, aggs=aggs, query=queries.records()).body
        return {
            (field, bucket["key"]): int(bucket["doc_count"])
            for field in values
            for bucket in answer["aggregations"][field]["buckets"]
        }

    def rows(self, rows: Iterable[tuple[str, ...]]) -> Collection[tuple[str, ...]]:
        asked = list(rows)
        filters = {str(n): queries.of(Row(row)) for n, row in enumerate(asked)}
        aggs = {"rows": {"filters": {"filters": filters}}}
        with self.door.call() as client:
            answer = client.search(index=self.records, size=0, aggs=aggs, query=queries.records()).body
        counted = answer["aggregations"]["rows"]["buckets"]
        return [row for n, row in enumerate(asked) if counted[str(n)]["doc_count"]]

    def near(self, forms: Iterable[str]) -> Sequence[str]:
        query = {"bool": {"filter": [{"terms": {"form": list(forms)}}]}}
        with self.door.call() as client:
            answer = client.search(index=self.words, query=query, size=_MOST_NEAR, source=False).body
        return [str(hit["_id"]) for hit in answer["hits"]["hits"]]

    def watermark(self) -> int | None:
        return self._watermark(written=False)

    def _watermark(self, *, written: bool) -> int | None:
        """The watermark that is searchable, or (`written`) the newest one."""
        with self.door.call() as client:
            try:
                found = client.get(index=self.records, id=MARK, realtime=written, source_includes=["position"])
            except NotFoundError:
                return None
        return int(found["_source"]["position"])

    @contextmanager
    def writing(self, *, bulk: bool = False) -> Iterator[Writer | None]:
        writer = _Writer(self, bulk=bulk)
        try:
            yield writer
        finally:
            if bulk:
                writer.refresh()

    def sums(self) -> Mapping[int, Sum]:
        aggs = {
            "buckets": {"terms": {"field": "bucket", "size": 1_000}, "aggs": {"check": {"sum": {"field": "check"}}}}
        }
        with self.door.call() as client:
            answer = client.search(index=self.records, size=0, aggs=aggs, query=queries.records()).body
        found = answer["aggregations"]["buckets"]["buckets"]
        return {int(b["key"]): Sum(int(b["doc_count"]), int(b["check"]["value"])) for b in found}

    def members(self, bucket: int) -> Mapping[str, int]:
        query = {"bool": {"filter": [queries.records(), {"term": {"bucket": bucket}}]}}
        found: dict[str, int] = {}
        after: list[Any] | None = None
        while True:
            with self.door.call() as client:
                answer = client.search(
                    index=self.records, query=query, size=_PAGE, sort=[{"id": "asc"}], search_after=after,
                    source_includes=["position"],
                ).body  # fmt: skip
            hits = answer["hits"]["hits"]
            found |= {str(hit["_id"]): int(hit["_source"]["position"]) for hit in hits}
            if len(hits) < _PAGE:
                return found
            after = hits[-1]["sort"]

    def size_bytes(self) -> int:
        with self.door.call() as client:
            answer = client.indices.stats(index=[self.records, self.words], metric="store").body
        return int(answer["_all"]["primaries"]["store"]["size_in_bytes"])


class _Writer:
    """Writes batches: words, records, then the watermark, then makes them searchable."""

    def __init__(self, index: ElasticIndex, *, bulk: bool) -> None:
        self.index = index
        self.bulk = bulk
        self.known: set[str] = set()

    def watermark(self) -> int | None:
        return self.index._watermark(written=True)

    def put(self, batch: Batch) -> None:
        self._spell(batch.documents)
        # What mends is as new as the watermark: a tombstone of a later version must not win over it.
        least = batch.watermark if batch.mends else 0
        operations = [mapping.stored(self.index.records, document, least) for document in batch.documents]
        operations += [mapping.tombstone(self.index.records, gone) for gone in batch.gone]
        self._send(operations)
        self._send([mapping.mark(self.index.records, batch.watermark)])
        if not self.bulk:
            self.refresh()

    def refresh(self) -> None:
        with self.index.door.call(WRITE_TIMEOUT_S) as client:
            client.indices.refresh(index=[self.index.records, self.index.words])

    def _spell(self, documents: Sequence[Document]) -> None:
        words = {word for document in documents for word in document.vocabulary if is_correctable(word)} - self.known
        self._send([mapping.word(self.index.words, word, forms(word)) for word in sorted(words)])
        self.known |= words

    def _send(self, operations: Sequence[tuple[bytes, ...]]) -> None:
        """Send operations in requests of a few megabytes."""
        portion: list[bytes] = []
        size = 0
        for lines in operations:
            portion += lines
            size += sum(map(len, lines))
            if size > _BULK_BYTES:
                self._bulk(portion)
                portion, size = [], 0
        if portion:
            self._bulk(portion)

    def _bulk(self, lines: Sequence[Any]) -> None:
        with self.index.door.call(WRITE_TIMEOUT_S) as client:
            answer = client.bulk(operations=lines, filter_path="errors,items.*.status,items.*.error.reason").body
        if not answer.get("errors"):
            return
        for item in answer["items"]:
            (said,) = item.values()
            # 409: what is there is newer, or (a word) there already. That is what was wanted.
            if said["status"] >= 300 and said["status"] != 409:
                raise IndexDamaged(f"The cluster refused a document: {said.get('error', {}).get('reason')}")


def _hit(hit: Mapping[str, Any], wanted: Wanted) -> Hit:
    source = hit["_source"]
    if wanted.order == "relevance":
        return Hit(str(hit["_id"]), str(hit["_id"]), source["shown"], float(hit["_score"] or 0.0))
    return Hit(str(hit["_id"]), source[queries.SORTED[wanted.order]], source["shown"])
