"""The graphs of records conform to our shapes, and the shapes find what must not be in one."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from pyshacl import validate
from rdflib import Graph

from schemas.formats.format import Writing
from schemas.formats.rdf import rdf
from schemas.generate.generate import records
from schemas.record import Record
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.lom.records import RECORDS
from tests.support.samples import a_full_record
from tests.support.shapes import complaints, shapes

_SITE = "https://bron.example"
_THING = f"{_SITE}/id/resource/{UUID(int=1)}"
_HEAD = f"""
@prefix schema: <https://schema.org/> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<{_THING}> a schema:LearningResource ; schema:mainEntityOfPage <{_SITE}/doc/resource/{UUID(int=1)}> """


def graph_of(record: Record, number: int = 1) -> Graph:
    uuid = str(UUID(int=number))
    writing = Writing(
        shipped(), summarise(record, shipped()), uuid=uuid, url=f"{_SITE}/id/resource/{uuid}", base_url=_SITE
    )
    return Graph().parse(data=rdf.write(record, writing), format="nt")


@pytest.mark.parametrize("name", ["record", "stream"])
def test_the_shapes_are_shapes(name: str) -> None:
    conforms, _, report = validate(Graph(), shacl_graph=shapes(name), meta_shacl=True)

    assert conforms, report


def test_generated_records_conform() -> None:
    graph = Graph()
    for number, record in enumerate(records(60, 11)):
        graph += graph_of(record, number)

    assert complaints(graph, "record") == ""


def test_a_record_with_something_in_every_field_conforms() -> None:
    assert complaints(graph_of(a_full_record()), "record") == ""


@given(RECORDS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_record_conforms(record: Record) -> None:
    assert complaints(graph_of(record), "record") == ""


@pytest.mark.parametrize(
    "planted",
    [
        "; schema:name 'x'",  # said for one vocabulary only
        "; schema:name '' ; dct:title ''",
        "; schema:license 'CC BY' ; dct:license 'CC BY'",
        "; schema:email 'ana@b.example'",  # closed
        "; schema:creator [ a schema:Person ; schema:name 'Ana' ] ",
        "; schema:inLanguage 'nederlands, frans' ; dct:language 'nederlands, frans'",
        "; schema:isAccessibleForFree 'yes'",
        "; schema:dateCreated '2026-01-01' ; dct:created '2026-01-01'",
        "; schema:url <https://a.example/1>, <https://a.example/2>",
        "; schema:timeRequired 'an hour'^^xsd:duration",
        f". <{_THING}#maker-1> a schema:Person ; schema:name 'Ana' ; schema:telephone '1'",
        f". <{_THING}#maker-1> a schema:Person",
        f". <{_THING}#file-1> a schema:MediaObject ; schema:encodingFormat 'text/html'",
        f". <{_SITE}/elsewhere> a schema:LearningResource",
        ". [] a schema:Organization ; schema:name 'x'",
    ],
)
def test_what_must_not_be_in_a_graph_is_found(planted: str) -> None:
    assert complaints(Graph().parse(data=f"{_HEAD} .", format="turtle"), "record") == ""

    assert complaints(Graph().parse(data=f"{_HEAD} {planted} .", format="turtle"), "record")
