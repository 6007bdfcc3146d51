"""RDF of ours and of others through the door of import: every syntax, every vocabulary that is read."""

from __future__ import annotations

import pytest
from rdflib import Graph

from schemas.formats.format import Delivery
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.formats.rdf import rdf
from schemas.record import Record
from schemas.summary.summary import Summary, summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.samples import URL, a_full_record, writing

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
PREFIXES = """@prefix s: <https://schema.org/> . @prefix h: <http://schema.org/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dc: <http://purl.org/dc/elements/1.1/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix lrmi: <http://purl.org/dcx/lrmi-terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dctype: <http://purl.org/dc/dcmitype/> .
"""
SYNTAXES = ("turtle", "nt", "xml", "json-ld", "nquads", "trig")
OTHERS = {
    "schema": f'<https://e.example/r> a s:Course; s:name "T"@nl; s:license <{CC_BY}>; s:author [ s:name "An P" ] .',
    "http": f'<https://e.example/r> a h:Course; h:name "T"; h:license <{CC_BY}>; '
    'h:author [ a h:Person; h:name "An P" ] .',
    "dcterms": f'<https://e.example/r> a dct:BibliographicResource; dct:title "T"@nl; dct:license <{CC_BY}>; '
    'dct:creator [ foaf:name "An P" ] .',
    "untyped": f'<https://e.example/r> dct:title "T"; dct:creator "An P"; dct:rights <{CC_BY}> .',
    "dublin": '<https://e.example/r> a dctype:Text; dc:title "T"; dc:creator "An P"; dc:rights "CC BY 4.0" .',
    "dcat": '<https://e.example/r> a dcat:Dataset; dct:title "T"; dct:creator [ foaf:name "An P" ]; dcat:distribution '
    f"[ a dcat:Distribution; dcat:downloadURL <https://e.example/f.zip>; dct:license <{CC_BY}> ] .",
    "lrmi": f'<https://e.example/r> a lrmi:LearningResource; dct:title "T"; dct:license <{CC_BY}>; dct:creator "An P"; '
    'lrmi:teaches "adding" .',
}


def found(data: str | bytes) -> list[Delivery]:
    return list(deliveries(data.encode() if isinstance(data, str) else data, Incoming("x", vocabularies=shipped())))


def read(data: str | bytes) -> Record:
    (one,) = found(data)
    assert one.reading is not None, one.problems
    assert one.format in ("rdf", "amb")
    return one.reading.record


def summary(data: str | bytes) -> Summary:
    return summarise(read(data), shipped())


def written(turtle: str, syntax: str) -> str:
    if syntax == "trig":
        return f"{PREFIXES}<https://e.example/g> {{ {turtle} }}"
    if syntax == "nquads":
        lines = Graph().parse(data=PREFIXES + turtle, format="turtle").serialize(format="nt").splitlines()
        return "".join(f"{line[:-1]}<https://e.example/g> .\n" for line in lines if line.strip())
    text: str = Graph().parse(data=PREFIXES + turtle, format="turtle").serialize(format=syntax)
    return text


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("name", OTHERS)
def test_rdf_of_others_is_read_in_every_syntax(name: str, syntax: str) -> None:
    told = summary(written(OTHERS[name], syntax))

    assert told.title == "T"
    assert [one.name for one in told.contributors] == ["An P"]
    assert told.license is not None
    assert told.license.uri == CC_BY


@pytest.mark.parametrize("ending", ["nt", "ttl", "jsonld", "rdf"])
def test_what_we_give_out_is_read_again(ending: str) -> None:
    record = a_full_record()
    (one,) = found(rdf.document(ending, rdf.write(record, writing(record))))

    assert one.reading is not None
    told, back = summarise(record, shipped()), summarise(one.reading.record, shipped())
    titles = {one.value for one in one.reading.record.general.title or ()} if one.reading.record.general else set()
    assert titles == {"Breuken vereenvoudigen", "Simplifying fractions"}
    assert (back.url, back.license) == (told.url, told.license)
    assert {one.name for one in back.contributors} == {one.name for one in told.contributors}
    assert one.identifier in (URL, None)


def test_a_concept_that_is_described_brings_its_labels() -> None:
    record = read(
        f'{PREFIXES}<https://e.example/r> a s:Course; s:name "T"; s:about <https://e.example/c> . '
        '<https://e.example/c> a skos:Concept; skos:prefLabel "Wiskunde"@nl, "Maths"@en .'
    )

    (taxon,) = record.classification[0].taxon_path[0].taxon
    assert taxon.id == "https://e.example/c"
    assert {(one.lang, one.value) for one in taxon.entry or ()} == {("nl", "Wiskunde"), ("en", "Maths")}


def test_resources_without_a_name_of_their_own_are_read() -> None:
    two = "".join(f'[] a s:Course; s:name "A"; s:url <https://e.example/{n}> . ' for n in (1, 2))

    both = found(PREFIXES + two)

    assert [one.identifier for one in both] == [None, None]
    assert {
        one.reading.record.technical.location[0] for one in both if one.reading and one.reading.record.technical
    } == {
        "https://e.example/1",
        "https://e.example/2",
    }


def test_of_several_each_keeps_only_its_own_source() -> None:
    many = "".join(f'<https://e.example/{n}> a s:Course; s:name "T{n}" .\n' for n in range(3))

    sources = [one.source_bytes for one in found(PREFIXES + many)]

    assert len(set(sources)) == 3
    assert all(len(one) < 200 for one in sources)


def test_a_dump_in_lines_is_read_resource_by_resource() -> None:
    line = "<https://e.example/{0}> <{1}> {2} .\n"
    kind, name = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "https://schema.org/name"
    dump = "".join(
        line.format(n, kind, "<https://schema.org/LearningResource>")
        + line.format(n, name, f'"T{n}"')
        + line.format(n, "https://schema.org/author", f"<https://e.example/{n}#maker>")
        + line.format(f"{n}#maker", name, '"An P"')
        for n in range(1_000)
    )
    assert len(dump) > 200_000

    each = found(dump)

    assert len(each) == 1_000
    assert [one.place for one in each[:2]] == ["record 1", "record 2"]
    assert each[7].identifier == "https://e.example/7"
    assert each[7].reading is not None
    assert summarise(each[7].reading.record, shipped()).contributors[0].name == "An P"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f'{PREFIXES}<https://e.example/c> a skos:ConceptScheme; dct:title "x" .', "no_records"),
        (f'{PREFIXES}<https://e.example/c> a dcat:Catalog; dct:title "x" .', "no_records"),
        (f'{PREFIXES}<https://e.example/r> a s:Course; s:name "T .', "not_rdf"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'
         '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "doctype"),
        ('{"@context": "https://evil.example/c", "@graph": []}', "remote_context"),
    ],
)  # fmt: skip
def test_rdf_without_a_resource_is_one_reject(data: str, code: str) -> None:
    (one,) = found(data)

    assert one.problems[0].code == code


@pytest.mark.parametrize(
    "text", ["<lom><general/></lom>", "title,url\na,b\n", "just words", "<a> <b/> </a>", "@media {}"]
)
def test_what_is_no_rdf_is_not_taken_for_it(text: str) -> None:
    assert not any(one.format == "rdf" or "not_rdf" in [p.code for p in one.problems] for one in found(text))
