"""The graphs of the shared real records conform to our shapes."""

from __future__ import annotations

from uuid import UUID

import pytest
from rdflib import Graph

from tests.conformance.test_faces_real import records
from tests.support.shapes import complaints
from tests.support.shared import needs_shared
from tests.unit.schemas.formats.test_shapes import graph_of

pytestmark = [needs_shared, pytest.mark.slow]

PORTION = 40


def test_every_real_record_conforms() -> None:
    judged = 0
    graph, found = Graph(), dict[str, str]()
    for number, (place, record) in enumerate(records()):
        graph += graph_of(record, number)
        found[str(UUID(int=number))] = place
        judged += 1
        if judged % PORTION == 0:
            assert complaints(graph, "record") == "", found
            graph, found = Graph(), {}

    assert complaints(graph, "record") == "", found
    assert judged > 100
