"""The engines that tests run on, each with a place of its own that is cleared afterwards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from repository.search.engines.elastic import ElasticEngine
from repository.search.engines.embedded import EmbeddedEngine
from repository.search.index.engine import Engine
from tests.conftest import ELASTICSEARCH

ENGINES: Final = ("embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch))


@contextmanager
def an_engine(kind: str, folder: Path) -> Iterator[Engine]:
    """An engine of one kind: in a folder, or under a prefix of its own on the node of the environment."""
    if kind == "embedded":
        yield EmbeddedEngine(folder)
        return
    made = ElasticEngine(os.environ[ELASTICSEARCH], f"test-{uuid.uuid4().hex[:12]}")
    try:
        yield made
    finally:
        made.drop(made.names())
        made.door.close()
