"""The engines against the oracle: the same corpus and random queries give the same answers.

`python -m tests.conformance.test_search_engines 10000` runs as many queries as it is told.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from repository.search.index.document import Document
from repository.search.index.engine import Batch, Engine, Gone, Index
from repository.search.plan.language import Language
from repository.search.plan.parameters import read
from schemas.vocabularies.vocabularies import shipped
from tests.conformance.search_corpus import difference, documents, fill, searches, walk
from tests.conftest import ELASTICSEARCH
from tests.support.engines import ENGINES, an_engine
from tests.support.oracle import Oracle

RECORDS = 400
QUERIES = 250


@pytest.fixture(scope="module")
def language() -> Language:
    return Language(shipped())


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    found = Oracle()
    fill(found, documents(RECORDS, 1))
    return found


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with an_engine(request.param, tmp_path_factory.mktemp("index")) as made:
        yield made


@pytest.fixture(scope="module")
def index(engine: Engine) -> Index:
    made = engine.open("m1-0-1")
    fill(made, documents(RECORDS, 1))
    return made


def test_random_queries_answer_alike(language: Language, oracle: Oracle, index: Index) -> None:
    found = [difference(language, oracle, index, search) for search in searches(QUERIES, 7)]

    assert [each for each in found if each] == []


@pytest.mark.parametrize("parameters", ["sort=newest", "sort=title&q=de", "q=breuken", "q=fractions&facets=type"])
def test_a_walk_sees_every_hit_once_and_in_the_same_order(
    language: Language, oracle: Oracle, index: Index, parameters: str
) -> None:
    pairs = [tuple(each.split("=")) for each in parameters.split("&")]
    search, _ = read([*((name, value) for name, value in pairs), ("size", "7")])
    seen = list(walk(language, index, search))

    assert len(seen) == len(set(seen))
    if search.order == "relevance":
        assert set(seen) == set(walk(language, oracle, search))
    else:
        assert seen == list(walk(language, oracle, search))


def _histories(seed: int) -> Iterator[tuple[Batch, ...]]:
    """The same changes in order, in other batches, and with batches repeated."""
    old, new = documents(60, seed), documents(60, seed + 1)
    changed = [_moved(before, after) for before, after in zip(old[:40], new[:40], strict=True)]
    gone = tuple(Gone(each.id, 9 << 50) for each in old[40:50])
    whole = (Batch(old, (), 1), Batch(changed, gone, 2))
    yield whole
    yield (
        Batch(old[30:], (), 1),
        Batch(old[:30], (), 1),
        Batch(changed[20:], gone[5:], 2),
        Batch(changed[:20], gone, 2),
    )
    yield (whole[0], whole[0], whole[1], whole[1])


def _moved(before: Document, after: Document) -> Document:
    """The content of one document under the identity of another, at a later position."""
    return replace(
        after, id=before.id, position=before.position + (1 << 40), by_title=f"x--{before.id}",
        by_newest=f"00000-{before.id}",
    )  # fmt: skip


def test_replayed_and_reordered_updates_end_in_the_same_state(engine: Engine) -> None:
    states = []
    for number, history in enumerate(_histories(3)):
        index = engine.open(f"m1-1-{number}")
        for batch in history:
            with index.writing() as writer:
                assert writer is not None
                writer.put(batch)
        states.append((index.sums(), index.watermark()))

    assert states[0] == states[1] == states[2]
    assert sum(each.count for each in states[0][0].values()) == 50


def main(queries: int) -> int:
    """Compare on 2,000 documents, with the node of the environment where there is one; prints what differs."""
    corpus = documents(2_000, 1)
    language, oracle = Language(shipped()), Oracle()
    fill(oracle, corpus)
    kinds = ("embedded", "elasticsearch") if ELASTICSEARCH in os.environ else ("embedded",)
    count = 0
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder, an_engine(kind, Path(folder)) as made:
            index = made.open("m1-0-1")
            fill(index, corpus)
            different = [found for each in searches(queries, 7) if (found := difference(language, oracle, index, each))]
        count += len(different)
        sys.stdout.write("\n".join([*different[:20], f"{kind}: {queries} queries, {len(different)} differences\n"]))
        sys.stdout.flush()
    return bool(count)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
