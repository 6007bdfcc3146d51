"""A chain of repositories, A -> B -> C: records pass unchanged, with where they came from; changes follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from repository import deposit
from repository.deposit import OPERATOR
from schemas.record import LangString
from tests.support.harvesting import Node, a_node, bring, deletions, lines, outcomes

PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"
COUNT = 40


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Node, Node, Node]]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    with (
        a_node(tmp_path / "a", "a.example") as first,
        a_node(tmp_path / "b", "b.example") as second,
        a_node(tmp_path / "c", "c.example") as third,
    ):
        bring(first.site, lines(COUNT))
        first.publish()
        yield first, second, third


def _pass_on(chain: tuple[Node, Node, Node]) -> list[dict[str, int]]:
    """One cycle down the chain; what became of the records at B and at C."""
    first, second, third = chain
    counts = [second.harvest(f"{first.base}/oai", prefix="lom").counts]
    return [*counts, third.harvest(f"{second.base}/oai", prefix="lom").counts]


def test_records_are_the_same_at_the_end_of_the_chain(chain: tuple[Node, Node, Node]) -> None:
    assert _pass_on(chain) == [outcomes(created=COUNT)] * 2
    first, second, third = chain

    assert len(first.faces()) == COUNT
    assert second.faces() == first.faces()
    assert third.faces() == first.faces()


def test_the_second_cycle_finds_all_unchanged_and_moves_nothing(chain: tuple[Node, Node, Node]) -> None:
    _pass_on(chain)
    before = _positions(chain[2])

    assert _pass_on(chain) == [outcomes(unchanged=COUNT)] * 2
    assert _positions(chain[2]) == before


def test_where_a_record_came_from_is_nested(chain: tuple[Node, Node, Node]) -> None:
    _pass_on(chain)
    first, second, third = chain
    with third.site.database.read() as connection:
        about = bytes(connection.exec_driver_sql('SELECT about FROM "current" LIMIT 1').scalar_one())

    root = etree.fromstring(b"<a>" + about + b"</a>")
    urls = [each.text for each in root.iter(f"{PROVENANCE}baseURL")]
    assert urls == [f"{second.base}/oai", f"{first.base}/oai"]
    inner = next(root.iter(f"{PROVENANCE}originDescription")).find(f"{PROVENANCE}originDescription")
    assert inner is not None
    assert (inner.findtext(f"{PROVENANCE}identifier") or "").startswith("oai:a.example:")


def test_a_change_at_the_beginning_arrives_at_the_end(chain: tuple[Node, Node, Node]) -> None:
    _pass_on(chain)
    other = lines(3, seed=2)
    chain[0].clock.pass_(10)
    bring(chain[0].site, other)
    chain[0].publish()

    assert [each["updated"] for each in _pass_on(chain)] == [3, 3]
    assert chain[2].faces() == chain[0].faces()


def test_a_deletion_at_the_beginning_arrives_at_the_end(chain: tuple[Node, Node, Node]) -> None:
    _pass_on(chain)
    chain[0].clock.pass_(10)
    bring(chain[0].site, deletions(*range(5)))
    chain[0].publish()

    assert [each["deleted"] for each in _pass_on(chain)] == [5, 5]
    assert len(chain[2].faces()) == COUNT - 5
    assert chain[2].faces() == chain[0].faces()


def test_a_record_that_comes_back_to_where_it_was_made_is_not_taken_in(chain: tuple[Node, Node, Node]) -> None:
    first, _, third = chain
    _pass_on(chain)

    ended = first.harvest(f"{third.base}/oai", prefix="lom")

    assert ended.counts == outcomes(unchanged=COUNT)
    assert len(first.faces()) == COUNT


def test_a_lock_survives_the_next_harvest(chain: tuple[Node, Node, Node]) -> None:
    _pass_on(chain)
    second = chain[1]
    with second.site.database.read() as connection:
        uuid = connection.exec_driver_sql(
            "SELECT r.uuid FROM record r JOIN origin o ON o.record = r.id WHERE o.source = 'upstream' ORDER BY o.key"
        ).scalar()
    record = deposit.working(second.site, OPERATOR, str(uuid)).record
    assert record is not None
    assert record.general is not None
    mine = replace(record, general=replace(record.general, title=(LangString("nl", "Mijn titel"),)))
    deposit.save(second.site, OPERATOR, deposit.Save(record=mine, uuid=str(uuid), as_state="published"))
    bring(chain[0].site, lines(COUNT, seed=3))
    chain[0].publish()
    _pass_on(chain)

    found = deposit.working(second.site, OPERATOR, str(uuid)).record
    assert found is not None
    assert found.general is not None
    assert found.general.title == (LangString("nl", "Mijn titel"),)
    assert sum(b"Mijn titel" in face for face in chain[2].faces()) == 1


def _positions(node: Node) -> list[int]:
    with node.site.database.read() as connection:
        return [row[0] for row in connection.exec_driver_sql('SELECT position FROM "current" ORDER BY position')]
