"""The oracle: an index in memory that answers by definition, for both engines to be held against.

Shares nothing with them but the port and the plan. BM25 as Lucene computes it (BM25Similarity, k1 1.2, b 0.75), with
its lossy byte of a field's length (SmallFloat.intToByte4); the watermark counts as a document, because it is one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from repository.search.index.document import Document, bucket_of, check_of
from repository.search.index.engine import Batch, Found, Hit, Sum, Wanted, Writer
from repository.search.language.spelling import forms, is_correctable
from repository.search.plan import plan
from repository.search.plan.plan import Node
from repository.search.plan.query_plan import Token

K1, B = 1.2, 0.75
FLAT = {"type", "license", "open", "language", "audience", "format", "source", "organisation", "collection"}
Scores = dict[str, float]


def _four_bits(number: int) -> int:
    bits = number.bit_length()
    if bits < 4:
        return number
    shift = bits - 4
    return (number >> shift) & 7 | (shift + 1) << 3


def length_kept(length: int) -> int:
    """The length of a field as its byte gives it back."""
    if length < 24:
        return length
    code = _four_bits(length - 24)
    low, shift = code & 7, (code >> 3) - 1
    return 24 + (low if shift == -1 else (low | 8) << shift)


class Oracle:
    """One generation, in memory."""

    name = "oracle"

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.position: int | None = None
        self.spelt: dict[str, set[str]] = {}
        self._postings: dict[str, dict[str, Counter[str]]] = {}
        self._lengths: dict[str, dict[str, int]] = {}
        self._stale = True

    @contextmanager
    def writing(self, *, bulk: bool = False) -> Iterator[Writer | None]:
        yield self

    def put(self, batch: Batch) -> None:
        for document in batch.documents:
            self.documents[document.id] = document
            for word in filter(is_correctable, document.vocabulary):
                for form in forms(word):
                    self.spelt.setdefault(form, set()).add(word)
        for gone in batch.gone:
            self.documents.pop(gone.id, None)
        self.position = batch.watermark
        self._stale = True

    def watermark(self) -> int | None:
        return self.position

    def size_bytes(self) -> int:
        return 0

    def sums(self) -> Mapping[int, Sum]:
        found: dict[int, Sum] = {}
        for one in self.documents.values():
            bucket = bucket_of(one.id)
            before = found.get(bucket, Sum())
            found[bucket] = Sum(before.count + 1, before.check + check_of(one.id, one.position))
        return found

    def members(self, bucket: int) -> Mapping[str, int]:
        return {one.id: one.position for one in self.documents.values() if bucket_of(one.id) == bucket}

    def frequencies(self, tokens: Iterable[Token]) -> Mapping[Token, int]:
        self._prepare()
        counted = {(field, token): self._count(field, token) for field, token in tokens}
        if plan.SENTINEL in {text for _, text in counted}:  # The watermark is a document, and dense as all are.
            extra = int(self.position is not None)
            counted |= {token: n + extra for token, n in counted.items() if token[1] == plan.SENTINEL}
        return {token: count for token, count in counted.items() if count}

    def rows(self, rows: Iterable[tuple[str, ...]]) -> Collection[tuple[str, ...]]:
        return [row for row in rows if any(_times(one.exact, row) for one in self.documents.values())]

    def _count(self, field: str, token: str) -> int:
        if field in self._postings:
            return len(self._postings[field].get(token, ()))
        return sum(token in one.keywords[field] for one in self.documents.values())

    def near(self, forms: Iterable[str]) -> Sequence[str]:
        return sorted({word for form in forms for word in self.spelt.get(form, ())})

    def find(self, wanted: Wanted) -> Found:
        self._prepare()
        matched = self._of(wanted.node or plan.Everything())
        allowed = {each.name: set(self._of(each.node)) for each in wanted.filters}
        hits = {id_: score for id_, score in matched.items() if all(id_ in ids for ids in allowed.values())}
        ordered = sorted(self._hits(hits, wanted), key=lambda each: each[0])
        if wanted.after is not None:
            edge = (-wanted.after.score, wanted.after.key) if wanted.after.score is not None else (wanted.after.key,)
            ordered = [each for each in ordered if each[0] > edge]
        counts = {}
        for name in wanted.facets:
            others = [ids for own, ids in allowed.items() if own != name]
            inside = [id_ for id_ in matched if all(id_ in ids for ids in others)]
            counts[name] = self._facet(name, inside)
        page = tuple(hit for _, hit in ordered[: wanted.size])
        return Found(len(hits), page, len(ordered) > wanted.size, counts)

    def _hits(self, hits: Scores, wanted: Wanted) -> Iterator[tuple[tuple[float | str, ...], Hit]]:
        for id_, score in hits.items():
            document = self.documents[id_]
            if wanted.order == "relevance":
                yield (-score, id_), Hit(id_, id_, document.shown, score)
            else:
                key = document.by_title if wanted.order == "title" else document.by_newest
                yield (key,), Hit(id_, key, document.shown)

    def _facet(self, name: str, ids: Iterable[str]) -> tuple[tuple[str, int], ...]:
        counted = Counter(value for id_ in ids for value in set(self.documents[id_].keywords.get(name, ())))
        ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        return tuple(ordered[:100] if name in FLAT else ordered)

    def _prepare(self) -> None:
        if not self._stale:
            return
        self._stale = False
        for field in (*plan.SCORED, "starts"):
            postings: dict[str, Counter[str]] = {}
            lengths: dict[str, int] = {}
            for id_, document in self.documents.items():
                tokens = getattr(document, field)
                lengths[id_] = len(tokens)
                for token, count in Counter(tokens).items():
                    postings.setdefault(token, Counter())[id_] = count
            self._postings[field] = postings
            self._lengths[field] = lengths

    def _bm25(self, field: str, tf: float, idf: float, id_: str) -> float:
        count = len(self.documents) + (self.position is not None)
        total = sum(self._lengths[field].values()) + (self.position is not None)
        norm = K1 * (1 - B + B * length_kept(self._lengths[field][id_]) / (total / count))
        return idf * tf / (tf + norm)

    def _idf(self, field: str, token: str) -> float:
        count = len(self.documents) + (self.position is not None)
        having = len(self._postings[field].get(token, ()))
        return math.log(1 + (count - having + 0.5) / (having + 0.5))

    def _of(self, node: Node) -> Scores:
        match node:
            case plan.Everything():
                return dict.fromkeys(self.documents, 0.0)
            case plan.Nothing():
                return {}
            case plan.Has(field, token, weight):
                having: Mapping[str, int] = self._postings[field].get(token, Counter())
                if field == "starts":
                    return dict.fromkeys(having, 0.0)
                idf = self._idf(field, token)
                return {id_: weight * self._bm25(field, tf, idf, id_) for id_, tf in having.items()}
            case plan.Row(words, weight):
                idf = sum(self._idf("exact", word) for word in words)
                rows = {id_: n for id_ in self.documents if (n := _times(self.documents[id_].exact, words))}
                return {id_: weight * self._bm25("exact", n, idf, id_) for id_, n in rows.items()}
            case plan.Every(parts):
                found = [self._of(part) for part in parts]
                ids = set(found[0]).intersection(*found[1:])
                return {id_: sum(scores[id_] for scores in found) for id_ in ids}
            case plan.Some(parts):
                return self._joined(parts, sum)
            case plan.Best(parts):
                return self._joined(parts, max)
            case plan.But(wanted, liked, without):
                return self._but(wanted, liked, without)
            case plan.Fixed(inner, score):
                return dict.fromkeys(self._of(inner), score)
            case _:
                return {id_: 0.0 for id_, one in self.documents.items() if _fits(node, one)}

    def _joined(self, parts: Sequence[Node], how: object) -> Scores:
        found = [self._of(part) for part in parts]
        ids = {id_ for scores in found for id_ in scores}
        total = sum if how is sum else max
        return {id_: total([scores[id_] for scores in found if id_ in scores]) for id_ in ids}

    def _but(self, wanted: Node, liked: Sequence[Node], without: Sequence[Node]) -> Scores:
        gone = {id_ for part in without for id_ in self._of(part)}
        extra = [self._of(part) for part in liked]
        return {
            id_: score + sum(scores.get(id_, 0.0) for scores in extra)
            for id_, score in self._of(wanted).items()
            if id_ not in gone
        }


def _times(words: Sequence[str], wanted: Sequence[str]) -> int:
    return sum(tuple(words[n : n + len(wanted)]) == tuple(wanted) for n in range(len(words) - len(wanted) + 1))


def _fits(node: Node, document: Document) -> bool:
    match node:
        case plan.Is(field, values):
            own = (document.id,) if field == "id" else document.keywords[field]
            return not set(own).isdisjoint(values)
        case plan.Between(field, low, high):
            number = getattr(document, field)
            return number is not None and (low is None or number >= low) and (high is None or number <= high)
        case plan.Ahead(field, beginning):
            return str(getattr(document, field)).startswith(beginning)
        case _:
            raise TypeError(node)
