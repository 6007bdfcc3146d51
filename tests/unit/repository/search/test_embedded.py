"""The embedded engine's own: its lock, its readers, its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from repository.search.embedded import EmbeddedEngine, EmbeddedIndex
from repository.search.errors import IndexDamaged
from tests.unit.repository.search.made import a_document, an_id, put


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    return EmbeddedEngine(tmp_path).open("g1")


def test_a_second_writer_is_not_waited_for(index: EmbeddedIndex) -> None:
    with index.writing() as first, index.writing() as second:
        assert first is not None
        assert second is None
    with index.writing() as third:
        assert third is not None


def test_another_process_sees_a_commit(tmp_path: Path, index: EmbeddedIndex) -> None:
    other = EmbeddedEngine(tmp_path).open("g1")
    assert other.watermark() is None
    put(index, a_document(1))

    assert other.members(int(an_id(1)[:2], 16)).keys() == {an_id(1)}


def test_damaged_files_are_told_in_a_sentence(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    put(engine.open("g1"), a_document(1))
    (tmp_path / "g1" / "records" / "meta.json").write_text("{", encoding="utf-8")

    with pytest.raises(IndexDamaged, match="g1"):
        EmbeddedEngine(tmp_path).open("g1").watermark()
