"""Every page of the event stream conforms to our shapes: what it says of itself, and the graph of each member."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Dataset, Graph

from repository.linked import ldes_pages
from repository.published import snapshot
from repository.site import PageSizes, Site
from schemas.generate.generate import records
from tests.support.shapes import complaints
from tests.support.site import FakeClock, a_site, accept, withdraw
from tests.unit.repository.linked.test_ldes_pages import links, parsed, root, seal

_ACTIVITY = """
@prefix as: <https://www.w3.org/ns/activitystreams#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix tree: <https://w3id.org/tree#> . @prefix ldes: <https://w3id.org/ldes#> .
<https://b.example/ldes#stream> tree:member <https://b.example/id/activity/7> .
<https://b.example/id/activity/7> a as:Create ; as:object <https://b.example/id/resource/1> """
_WHEN = '; as:published "2026-11-25T10:00:00Z"^^xsd:dateTime'


@pytest.fixture
def pages(tmp_path: Path) -> list[Dataset]:
    """All pages of a stream of three leaves in two pages of leaves, with creations, updates and a deletion."""
    clock = FakeClock()
    site = a_site(tmp_path, clock, page_sizes=PageSizes(members=10, leaves=2))
    ids = [accept(site, record) for record in records(22, 3)]
    seal(site, clock)
    accept(site, next(records(1, 9)), id_=ids[0])
    withdraw(site, ids[1])
    seal(site, clock)
    return list(_all(site))


def _all(site: Site) -> list[Dataset]:
    found = [root(site)]
    waiting = links(found[0])
    while waiting:
        with snapshot(site.database) as line:
            page = ldes_pages.page(site, line, waiting.pop())
        assert page is not None
        found.append(parsed(page.nquads))
        waiting += links(found[-1])
    return found


def test_pages_conform(pages: list[Dataset]) -> None:
    assert len(pages) == 6
    for page in pages:
        default = Graph()
        for triple in page.default_graph:
            default.add(triple)
        assert len(default) > 0
        assert complaints(default, "stream") == ""


def test_members_hold_graphs_that_conform(pages: list[Dataset]) -> None:
    named = [graph for page in pages for graph in page.graphs() if "/id/activity/" in str(graph.identifier)]

    assert len(named) == 23
    for graph in named:
        payload = Graph()
        payload += graph
        assert complaints(payload, "record") == ""


@pytest.mark.parametrize(
    "planted",
    [
        "",  # no time
        f"{_WHEN} ; as:actor <https://b.example/id/person/1>",
        f"{_WHEN} ; as:object <https://b.example/id/resource/2>",
        f"; a as:Update {_WHEN}",
        '; as:published "2026-11-25"',
        f"{_WHEN} . <https://b.example/ldes/0> a tree:Node ; tree:relation [ tree:node <https://b.example/ldes/1> ]",
        f"{_WHEN} . <https://b.example/ldes/0> a tree:Node ; ldes:immutable false",
        f"{_WHEN} . <https://b.example/ldes#stream> a ldes:EventStream",
    ],
)
def test_what_must_not_be_on_a_page_is_found(planted: str) -> None:
    assert complaints(Graph().parse(data=f"{_ACTIVITY} {_WHEN} .", format="turtle"), "stream") == ""

    assert complaints(Graph().parse(data=f"{_ACTIVITY} {planted} .", format="turtle"), "stream")
