"""The embedded engine's own: its lock, its readers, its files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from repository.search.engines.embedded import EmbeddedEngine, EmbeddedIndex
from repository.search.errors import IndexDamaged, SearchUnavailable
from repository.search.index.engine import Batch
from repository.search.language.spelling import forms
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


def test_words_are_never_passed_by_because_another_process_writes_some(tmp_path: Path, index: EmbeddedIndex) -> None:
    other = EmbeddedEngine(tmp_path).open("g1").words.writer(20_000_000)
    assert other is not None
    with pytest.raises(SearchUnavailable):
        put(index, a_document(1))
    assert index.watermark() is None  # the record waits with its words
    other.wait_merging_threads()

    put(index, a_document(1))

    assert "breuken" in index.near(forms("breuken"))


def test_who_has_let_go_of_the_records_has_let_go_of_the_words(tmp_path: Path, index: EmbeddedIndex) -> None:
    """Two processes in turn: the next one may come the very moment that the records are free."""
    engine = EmbeddedEngine(tmp_path)
    turns = 30  # of each; who finds the other one writing tries again

    def write(opened: EmbeddedIndex, letter: str) -> None:
        n = 0
        while n < turns:
            with opened.writing() as writer:
                if writer is not None:
                    n += 1
                    word = f"{letter}{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}woord{'uvwxyzabcd'[n // 100]}"
                    writer.put(Batch((a_document(n, word),), (), n))
                    written.append(word)

    written: list[str] = []
    threads = [threading.Thread(target=write, args=(engine.open("g1"), "a"))]
    threads.append(threading.Thread(target=write, args=(EmbeddedEngine(tmp_path).open("g1"), "b")))
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(written) == 2 * turns
    assert [word for word in written if not index.near(forms(word))] == []
