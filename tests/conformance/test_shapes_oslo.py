"""The graphs of generated records conform to the shape of OSLO Leermiddelen, where it is there.

The shape is no part of the project: what data.vlaanderen.be gives out has to be repaired before any graph can conform
to it, and the repaired one is not ours to hand on. OERBRON_TEST_OSLO_SHAPE names it, a Turtle file.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import Graph

from schemas.generate.generate import records
from tests.unit.schemas.formats.test_shapes import graph_of

SHAPE = os.environ.get("OERBRON_TEST_OSLO_SHAPE", "")


@pytest.mark.skipif(not SHAPE, reason="no repaired OSLO Leermiddelen shape: OERBRON_TEST_OSLO_SHAPE names none")
def test_generated_records_conform_to_the_shape_of_oslo() -> None:
    shape = Graph().parse(data=Path(SHAPE).read_bytes(), format="turtle")
    graph = Graph()
    for number, record in enumerate(records(40, 1)):
        graph += graph_of(record, number)

    conforms, _, report = validate(graph, shacl_graph=shape, inference="none")

    assert conforms, str(report)
