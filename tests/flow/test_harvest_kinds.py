"""Our own sitemap, event stream and lines as sources, each twice: complete, then all unchanged; and what goes away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from repository.linked import dumps
from repository.site import STREAM_PAGES, PageSizes
from tests.support.harvesting import Node, a_node, bring, deletions, lines, outcomes

COUNT = 30
KINDS = {"sitemap": "/sitemap.xml", "ldes": "/ldes", "amb": "/dumps/latest.jsonl"}


@pytest.fixture
def page_sizes() -> PageSizes:
    return STREAM_PAGES


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_sizes: PageSizes) -> Iterator[tuple[Node, Node]]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    with a_node(tmp_path / "a", "a.example", page_sizes) as first, a_node(tmp_path / "b", "b.example") as second:
        bring(first.site, lines(COUNT))
        _told(first)
        yield first, second


def _told(node: Node) -> None:
    node.publish()
    dumps.make(node.site, ("jsonl",))


def _delete(node: Node, *numbers: int) -> None:
    node.clock.pass_(10)
    bring(node.site, deletions(*numbers))
    _told(node)


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_is_complete_then_all_unchanged(pair: tuple[Node, Node], kind: str) -> None:
    first, second = pair
    url = first.base + KINDS[kind]

    runs = [second.harvest(url, kind=kind) for _ in range(2)]

    assert [each.state for each in runs] == ["complete", "complete"]
    assert runs[0].counts == outcomes(created=COUNT)
    assert runs[1].counts == outcomes(unchanged=COUNT)


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_away_is_deleted_and_what_comes_is_taken(pair: tuple[Node, Node], kind: str) -> None:
    first, second = pair
    url = first.base + KINDS[kind]
    second.harvest(url, kind=kind)
    bring(first.site, [replace(lines(1, seed=9)[0], identifier="oai:kim:new")])
    _delete(first, 1, 2, 3)

    ended = second.harvest(url, kind=kind)

    assert ended.state == "complete", ended.notes
    assert (ended.created, ended.updated, ended.deleted, ended.rejected) == (1, 0, 3, 0)
    assert len(second.faces()) == COUNT - 2


# Small pages, so that the versions of a record stand on different ones.
@pytest.mark.parametrize("page_sizes", [PageSizes(members=10)])
def test_versions_that_the_overlap_tells_again_bring_nothing_back(pair: tuple[Node, Node]) -> None:
    """Once, what was changed or deleted since it came got its first version back, and was changed or deleted again."""
    first, second = pair
    _told(first)
    url = f"{first.base}/ldes"
    second.harvest(url, kind="ldes")
    first.clock.pass_(10)
    bring(first.site, lines(5, seed=2))
    _told(first)
    _delete(first, 7, 8)
    changed = second.harvest(url, kind="ldes")
    before = second.faces()

    again = second.harvest(url, kind="ldes")

    assert (changed.updated, changed.deleted) == (5, 2)
    assert again.counts == outcomes(unchanged=COUNT + 2)  # of two the first version and the deletion
    assert second.faces() == before


@pytest.mark.parametrize("kind", ["sitemap", "amb"])
def test_losing_most_of_a_list_waits_for_a_person(pair: tuple[Node, Node], kind: str) -> None:
    first, second = pair
    url = first.base + KINDS[kind]
    second.harvest(url, kind=kind)
    _delete(first, *range(20))

    ended = second.harvest(url, kind=kind)
    assert (ended.state, len(second.faces())) == ("waiting", COUNT)

    confirmed = second.harvest(url, kind=kind, confirm=True)
    assert (confirmed.state, confirmed.deleted, len(second.faces())) == ("complete", 20, COUNT - 20)


def test_what_is_no_stream_is_told(pair: tuple[Node, Node]) -> None:
    first, second = pair

    ended = second.harvest(f"{first.base}/catalog", kind="ldes")

    assert ended.state == "failed"
    assert "tree:view" in ended.notes[0]


@pytest.mark.parametrize(("kind", "path"), [("sitemap", "/oai?verb=Identify"), ("amb", "/robots.txt")])
def test_what_is_no_list_brings_nothing(pair: tuple[Node, Node], kind: str, path: str) -> None:
    first, second = pair
    second.harvest(first.base + KINDS[kind], kind=kind)

    ended = second.harvest(first.base + path, kind=kind)

    assert ended.state != "complete"
    assert len(second.faces()) == COUNT
