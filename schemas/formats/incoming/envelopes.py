"""What others put around records in JSON: search answers, lists under a key, MOOChub's JSON:API.

`opened` gives the entries of a document that is only such a frame, None of one that is a record itself. Search answers
are Elasticsearch's (OERSI), lists those of hydra, and of APIs that page (results, records, items). It must not know
what an entry means.
"""

from __future__ import annotations

from typing import Any, Final

_LISTS: Final = ("member", "hydra:member", "results", "records", "items", "docs", "resources")
"""Keys under which lists of records stand, where the object around them is none."""
_COUNTS: Final = frozenset(
    ("total", "totalItems", "hydra:totalItems", "count", "numFound", "next", "as_of", "page", "start", "links", "meta")
) | {
    "previous",
    "@context",
    "@id",
    "@type",
    "hydra:view",
    "view",
    "size",
    "offset",
    "limit",
    "took",
    "success",
    "status",
}
_COURSES: Final = ("course", "courses", "moochub", "learningopportunity")


def opened(document: Any) -> list[Any] | None:
    """The entries of a frame, in their order; None where the document is no frame."""
    if not isinstance(document, dict):
        return None
    if isinstance(responses := document.get("responses"), list):
        found = [opened(one) for one in responses]
        return [entry for one in found for entry in one or ()] if any(one is not None for one in found) else None
    if (hits := _hits(document)) is not None:
        return hits
    if "data" in document and _is_courses(document["data"]):
        data = document["data"]
        return data if isinstance(data, list) else [data]
    for key in _LISTS:
        entries = document.get(key)
        if isinstance(entries, list) and not document.keys() - _COUNTS - {key}:
            return entries
    return None


def entry_of(value: Any) -> Any:
    """What an entry of a frame is about: the source of a hit, else the entry itself."""
    if isinstance(value, dict) and isinstance(source := value.get("_source"), dict):
        return source
    return value


def is_course(value: Any) -> bool:
    """Whether an entry is a resource object of MOOChub (JSON:API)."""
    return isinstance(value, dict) and isinstance(value.get("attributes"), dict) and _kind(value) in _COURSES


def _hits(document: dict[str, Any]) -> list[Any] | None:
    """The hits of a search answer of Elasticsearch, or the one document of a get."""
    hits = document.get("hits")
    if isinstance(hits, dict):
        hits = hits.get("hits")
    if isinstance(hits, list) and ("took" in document or "_shards" in document or any(map(_is_hit, hits))):
        return [one for one in hits if isinstance(one, dict)]
    if isinstance(document.get("_source"), dict):
        return [document]
    return None


def _is_hit(value: Any) -> bool:
    return isinstance(value, dict) and "_id" in value


def _is_courses(data: Any) -> bool:
    if isinstance(data, list):
        return all(is_course(one) for one in data)
    return is_course(data)


def _kind(value: dict[str, Any]) -> str:
    return str(value.get("type") or "").lower()
