"""Facets and items of a search in words: labels in the language asked for, trees, items as api.md has them.

The API, the pages and the feeds show the same; what a record says comes from the publication line, never from the
index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portal.web import i18n, resource
from portal.web.resource import Resource
from repository.published import Snapshot
from repository.search.highlight import Marker
from repository.search.index.document import AGES
from repository.search.index.engine import Found, Hit
from repository.search.plan.parameters import TREES
from repository.site import Site
from schemas import language as languages_
from schemas import licence
from schemas.vocabularies.vocabularies import Vocabularies

Counted = Sequence[tuple[str, int]]


def label_of(name: str, value: str, vocabularies: Vocabularies, languages: Sequence[str]) -> str:
    """The words for a value of a filter."""
    match name:
        case "subject" | "level" | "type" | "audience":
            return vocabularies.label(value, languages)
        case "license":
            found = licence.parse(value)
            return licence.label(found, languages[0] if languages[0] in i18n.NAMES else "en") if found else value
        case "language":
            return languages_.name(value, languages[0]) or value
        case "open":
            return i18n.translate("Open licence") if value == "true" else i18n.translate("Restricted use")
        case "age":
            return f"{value.removesuffix('-120')}+" if value.endswith("-120") else value.replace("-", "–")
        case _:
            return value


def facets(found: Found, site: Site, languages: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Every facet that was asked for, as api.md has it."""
    return {name: facet(name, counted, site.vocabularies, languages) for name, counted in found.counts.items()}


def facet(name: str, counted: Counted, vocabularies: Vocabularies, languages: Sequence[str]) -> list[dict[str, Any]]:
    """The values of one facet with label and count; of a tree with what is below them."""
    if name in TREES:
        return _tree(dict(counted), vocabularies, languages)
    if name == "age":
        counted = sorted(counted, key=lambda each: AGES.index(each[0]))
    return [
        {"value": value, "label": label_of(name, value, vocabularies, languages), "count": count}
        for value, count in counted
    ]


def _tree(counts: Mapping[str, int], vocabularies: Vocabularies, languages: Sequence[str]) -> list[dict[str, Any]]:
    """Concepts below one another; one whose broader concepts have no count (or are not known) stands at the top."""
    children: dict[str, list[str]] = {}
    roots: list[str] = []
    for one in counts:
        concept = vocabularies.concept(one)
        parents = [parent for parent in concept.broader if parent in counts] if concept else []
        for parent in parents:
            children.setdefault(parent, []).append(one)
        if not parents:
            roots.append(one)

    def node(one: str, above: tuple[str, ...]) -> dict[str, Any]:
        below = [child for child in children.get(one, ()) if child not in above and child != one]
        return {
            "value": one,
            "label": vocabularies.label(one, languages),
            "count": counts[one],
            "children": [node(child, (*above, one)) for child in sorted(below, key=order)],
        }

    def order(one: str) -> tuple[int, int, str]:
        """The order of the scheme where it has one, else the commonest first."""
        place = vocabularies.order_of(one)
        return -1 if place is None else place, -counts[one], vocabularies.label(one, languages).casefold()

    return [node(one, ()) for one in sorted(roots, key=order)]


def resources(site: Site, line: Snapshot, hits: Iterable[Hit]) -> list[tuple[Hit, Resource]]:
    """The hits that are live in this snapshot, with their records: what was withdrawn a moment ago is left out."""
    hits = list(hits)
    items = line.find_all([hit.id for hit in hits])
    live = [(hit, items[hit.id]) for hit in hits if hit.id in items and not items[hit.id].deleted]
    trees = line.faces("json", [item.position for _, item in live])
    return [(hit, resource.read(site, item, trees[item.position])) for hit, item in live if item.position in trees]


def item(site: Site, hit: Hit, found: Resource, languages: tuple[str, ...], marker: Marker | None) -> dict[str, Any]:
    """One item of a search's answer."""
    shown: dict[str, Any] = {
        "id": found.item.uuid,
        "url": site.url(f"/id/resource/{found.item.uuid}"),
        "score": hit.score,
        "summary": resource.labelled(site, found.summary, languages, found.item.facts.completeness),
    }
    if marker is not None:
        shown["highlights"] = marker.highlights(found.summary)
    return shown
