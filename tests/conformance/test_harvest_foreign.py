"""A foreign server, pyoai's, filled with the shared real records: harvested completely, then again, then as it changes.

What must arrive is counted by lxml (tests.support.foreign); a record without a title is rejected, all others are here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.foreign import Foreign, held, serving
from tests.support.harvesting import Node, a_node, outcomes
from tests.support.shared import SHARED, needs_shared
from tests.zoo.keeper import live

pytestmark = needs_shared


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    with a_node(tmp_path / "a", "a.example") as made:
        yield made


@pytest.mark.parametrize("prefix", ["lom", "oai_dc"])
def test_everything_arrives_then_all_is_unchanged(node: Node, prefix: str) -> None:
    records = held(SHARED / "data", prefix)
    titled = {each.identifier for each in records if each.has_title}
    untitled = sum(each.payload is not None for each in records) - len(titled)
    deleted = sum(each.payload is None for each in records)

    with serving(Foreign(prefix, records)) as url:
        first, second = (node.harvest(url, prefix=prefix, overlap="4000d") for _ in range(2))

    assert len(titled) > 100
    assert first.state == "complete", first.notes
    assert first.counts == outcomes(created=len(titled), rejected=untitled, unchanged=deleted)
    assert set(first.codes) <= {"no_title"}
    assert live(node.site, "upstream") == titled
    assert (second.state, second.counts) == ("complete", first.counts | {"created": 0} | {
        "unchanged": deleted + len(titled)})  # fmt: skip


def test_what_changes_and_goes_there_changes_and_goes_here(node: Node) -> None:
    records = [each for each in held(SHARED / "data", "oai_dc") if each.has_title]
    foreign = Foreign("oai_dc", records)
    with serving(foreign) as url:
        node.harvest(url, prefix="oai_dc")
        for each in records[:5]:
            foreign.change(each.identifier, _retitled)
        for each in records[5:8]:
            foreign.change(each.identifier, None)
        ended = node.harvest(url, prefix="oai_dc", overlap="10d")

    assert ended.counts == outcomes(updated=5, deleted=3)
    assert len(live(node.site, "upstream")) == len(records) - 3
    assert sum(b"Changed since" in face for face in node.faces()) == 5


def _retitled(payload: bytes) -> bytes:
    end = payload.index(b"</dc:title>")
    return payload[:end] + b" Changed since" + payload[end:]
