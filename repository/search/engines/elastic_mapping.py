"""What Elasticsearch stores: closed mappings, written by hand, and the lines of a bulk request. Pure.

Only types that every cluster has. Texts are our own tokens, so Elasticsearch only cuts them at white space.
`_source` keeps only what a hit shows.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from repository.search.index.document import KEYS, KEYWORDS, NUMBERS, Document
from repository.search.index.engine import MARK, Gone
from repository.search.plan.plan import SCORED, SENTINEL

WORDS_SUFFIX: Final = "-words"
TEXTS: Final[frozenset[str]] = frozenset((*SCORED, "starts"))
_UNCOUNTED: Final = ("title_key", "about")

# One shard: scores follow the statistics of a shard, and a repository's index fits into one.
SETTINGS: Final[dict[str, Any]] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "1s",
    "max_result_window": 11_000,
}


def _text(name: str) -> dict[str, Any]:
    if name == "starts":
        return {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False}
    return {"type": "text", "analyzer": "whitespace", "index_options": "positions" if name == "exact" else "freqs"}


RECORDS: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "_source": {"includes": ["shown", "position", *KEYS]},
    "properties": {
        "id": {"type": "keyword"},
        "kind": {"type": "keyword"},
        "shown": {"type": "keyword", "index": False, "doc_values": False},
        **{name: _text(name) for name in (*SCORED, "starts")},
        **{name: {"type": "keyword", "doc_values": name not in _UNCOUNTED} for name in KEYWORDS},
        **{name: {"type": "keyword"} for name in KEYS},
        **{name: {"type": "long"} for name in NUMBERS},
    },
}

WORDS: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "_source": {"enabled": False},
    "properties": {"form": {"type": "keyword", "doc_values": False}},
}

_encode: Final = msgspec.json.Encoder().encode


def stored(index: str, document: Document, least: int = 0) -> tuple[bytes, bytes]:
    """The lines that write a record, with its position as version, or `least` if that is greater."""
    body: dict[str, Any] = {
        "id": document.id, "kind": "record", "shown": document.shown, "position": document.position,
        "bucket": document.bucket, "check": document.check, "by_title": document.by_title,
        "by_newest": document.by_newest, "starts": " ".join(document.starts),
    }  # fmt: skip
    body |= {name: " ".join(getattr(document, name)) for name in SCORED}
    body |= {name: values for name, values in document.keywords.items() if values}
    if document.age_min is not None:
        body |= {"age_min": document.age_min, "age_max": document.age_max}
    return _versioned(index, document.id, max(document.position, least)), _encode(body)


def tombstone(index: str, gone: Gone) -> tuple[bytes, bytes]:
    """The lines that take a record away, for good."""
    return _versioned(index, gone.id, gone.position), _encode(
        {"id": gone.id, "kind": "gone", "position": gone.position}
    )


def mark(index: str, position: int) -> tuple[bytes, bytes]:
    """The lines that move the watermark, never back; the document is dense like all others."""
    body: dict[str, Any] = {"id": MARK, "kind": "mark", "position": position}
    body |= dict.fromkeys(SCORED, SENTINEL)
    return _versioned(index, MARK, position), _encode(body)


def word(index: str, text: str, forms: tuple[str, ...]) -> tuple[bytes, bytes]:
    """The lines that keep a word to spell by."""
    return _encode({"index": {"_index": index, "_id": text}}), _encode({"form": forms})


def _versioned(index: str, id_: str, position: int) -> bytes:
    action = {"_index": index, "_id": id_, "version": position, "version_type": "external_gte"}
    return _encode({"index": action})
