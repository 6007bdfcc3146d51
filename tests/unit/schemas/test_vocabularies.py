"""The vocabularies: our Turtle reader against rdflib, what is in the schemes, and what a value of the wild means."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Unreadable
from schemas.vocabularies.skos import trees_of
from schemas.vocabularies.terms import folded, rows, table
from schemas.vocabularies.turtle import statements
from schemas.vocabularies.vocabularies import Vocabularies, from_trees, shipped
from tests.support.shared import SHARED, needs_shared

VOCAB = files("schemas") / "data" / "vocab"
TURTLES = sorted(entry.name for entry in VOCAB.iterdir() if entry.name.endswith(".ttl"))
LANGUAGES = {"nl", "en", "fr", "de"}
OWN = "https://w3id.org/oerbron/"


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return shipped()


@pytest.mark.parametrize("name", TURTLES)
def test_our_reader_reads_the_triples_that_rdflib_reads(name: str) -> None:
    text = (VOCAB / name).read_text(encoding="utf-8")
    graph = rdflib.Graph().parse(data=text, format="turtle")
    theirs = {
        (str(s), str(p), str(o), isinstance(o, rdflib.Literal), str(getattr(o, "language", None) or ""))
        for s, p, o in graph
    }

    assert {tuple(statement) for statement in statements(text)} == theirs


@pytest.mark.parametrize(
    "text",
    ["<a> <b> [ ] .", "<a> <b> 5 .", "<a> <b> <c>", "x:a x:b x:c .", '<a> <b> """long""" .', "<a> <b> ( <c> ) ."],
)
def test_turtle_outside_the_subset_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(Unreadable) as raised:
        list(statements("# a comment\n" + text))

    assert raised.value.code == "not_turtle"
    assert raised.value.place == "line 2"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_label_survives_the_turtle_reader(label: str) -> None:
    escaped = label.replace("\\", "\\\\").replace('"', '\\"')

    (statement,) = statements(f'<a> <b> "{escaped}"@nl .')

    assert (statement.object, statement.lang) == (label, "nl")


def test_every_concept_has_labels_in_four_languages_and_a_lawful_notation(vocabularies: Vocabularies) -> None:
    for concept in vocabularies.concepts.values():
        assert set(concept.labels) == LANGUAGES, concept.id
        assert re.fullmatch(r"[a-z0-9-]+", concept.notation), concept.id


def test_every_parent_is_a_concept_of_the_same_scheme(vocabularies: Vocabularies) -> None:
    for concept in vocabularies.concepts.values():
        assert all(vocabularies.concepts[parent].scheme == concept.scheme for parent in concept.broader), concept.id


def test_own_concepts_bear_the_iri_of_their_scheme_and_notation(vocabularies: Vocabularies) -> None:
    for concept in vocabularies.concepts.values():
        if concept.id.startswith(OWN):
            assert concept.id == f"{OWN}{concept.scheme}/{concept.notation}"


def test_the_schemes_have_the_size_they_were_asked_to_have(vocabularies: Vocabularies) -> None:
    size = Counter(concept.scheme for concept in vocabularies.concepts.values())

    assert 140 <= size["subject"] <= 180
    assert 25 <= size["type"] <= 36
    assert size["level"] >= 40
    assert size["license"] >= 24 + 2 + 12


def test_no_label_means_two_concepts_of_one_scheme(vocabularies: Vocabularies) -> None:
    meanings: dict[tuple[str, str], set[str]] = {}
    for concept in vocabularies.concepts.values():
        for label in (*concept.labels.values(), *(label for labels in concept.alt.values() for label in labels)):
            meanings.setdefault((concept.scheme, folded(label)), set()).add(concept.notation)

    assert {term: ids for term, ids in meanings.items() if len(ids) > 1} == {}


def test_every_row_of_a_map_names_a_concept_and_no_term_twice(vocabularies: Vocabularies) -> None:
    names = {f"{concept.scheme}:{concept.notation}" for concept in vocabularies.concepts.values()}
    seen: dict[tuple[str, str, str], str] = {}
    for row in rows():
        key = (row.element, row.source, folded(row.value))
        assert row.concept in names, row
        assert seen.setdefault(key, row.concept) == row.concept, row


def test_set_specs_are_lawful_and_lead_back(vocabularies: Vocabularies) -> None:
    for concept in vocabularies.concepts.values():
        spec = vocabularies.spec(concept.id)
        assert re.fullmatch(r"[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*", spec)
        assert vocabularies.by_spec(concept.scheme, spec) == concept.id
        assert spec.count(":") == len(vocabularies.ancestors(concept.id))


@needs_shared
def test_the_tokens_of_lom_are_those_of_the_standard(vocabularies: Vocabularies) -> None:
    tree = ET.parse(next(SHARED.rglob("vocabValues.xsd")))
    xs = "{http://www.w3.org/2001/XMLSchema}"
    lists = (
        sorted(value.get("value", "") for value in kind.iter(f"{xs}enumeration"))
        for kind in tree.iter(f"{xs}simpleType")
    )
    ours = [
        sorted(c.token for c in vocabularies.concepts.values() if c.scheme == scheme and c.token)
        for scheme in vocabularies.schemes
        if scheme.startswith("lom-")
    ]

    assert [values for values in lists if values not in ([], ["LOMv1.0"], *ours)] == []


@pytest.mark.parametrize(
    ("element", "source", "value", "notation"),
    [
        ("learningResourceType", "LOMv1.0", "narrative text", "text"),
        ("learningResourceType", "LOMv1.0", "lecture", "lecture"),
        ("learningResourceType", None, "Simulacao", "simulation"),
        ("learningResourceType", None, "narrative_text", "text"),
        ("learningResourceType", "LREv3.0", "web page", "web-page"),
        ("learningResourceType", None, "https://w3id.org/kim/hcrt/video", "video"),
        ("learningResourceType", None, "http://w3id.org/kim/hcrt/video/", "video"),
        ("learningResourceType", None, "  ARBEITSBLATT ", "worksheet"),
        ("learningResourceType", "http://www.normetic.org/vdex/typeressourcev1_2.xml", "tutoriel", "guide"),
        ("learningResourceType", None, "Module", "learning-unit"),
        ("learningResourceType", None, "open%20opdracht", "problem-statement"),
        ("context", "http://purl.edustandaard.nl/vdex_context_czp_20060628.xml", "VO", "secondary"),
        ("context", "http://purl.edustandaard.nl/vdex_context_czp_20060628.xml", "SO", "special"),
        ("context", None, "SO", "secondary"),
        ("context", "LOMv1.0", "higher education", "higher"),
        ("context", "LREv3.0", "compulsory education", "school"),
        ("context", None, "specialEducation", "special"),
        ("context", None, "Educacao superior", "higher"),
        ("context", None, "Secundair onderwijs", "secondary"),
        ("level", None, "ISCED 2", "secondary-1"),
        ("intendedEndUserRole", None, "techer", "teacher"),
        ("intendedEndUserRole", None, "http://purl.org/dcx/lrmi-vocabs/educationalAudienceRole/student", "learner"),
        ("interactivityType", None, "Expositivo", "expositive"),
        ("interactivityLevel", None, "Muito baixo", "very-low"),
        ("cost", "SCOLOMFRv2.0", "http://data.education.fr/voc/scolomfr/concept/no", "no"),
        ("copyrightAndOtherRestrictions", "x", "http://data.education.fr/voc/scolomfr/concept/yes_2", "yes"),
        ("copyrightAndOtherRestrictions", "x", "cc-by-sa-30", "yes"),
        ("kind", "SCOLOMFRv2.0", "http://purl.org/dc/terms/references", "references"),
        ("kind", "http://eureka.ntic.org/vdex/eureka_relations_thumbnail.xml", "thumbnail_image_url", "hasthumbnail"),
        ("role", "SCOLOMFRv2.0", "http://data.education.fr/voc/scolomfr/concept/publisher", "publisher"),
        ("purpose", None, "niveau éducatif détaillé", "educational-level"),
        ("subject", None, "wiskunde", "mathematics"),
        ("subject", None, "http://w3id.org/kim/schulfaecher/s1009", "french"),
        ("license", None, "https://creativecommons.org/licenses/by-sa/4.0", "cc-by-sa-4-0"),
        ("status", None, "Rascunho", "draft"),
        ("context", None, "Groep 3", "primary-y1"),
        ("context", None, "", None),
        ("context", None, "Eurêka", None),
        ("nonsense", None, "school", None),
    ],
)
def test_find_gives_the_concept_that_is_meant(
    vocabularies: Vocabularies, element: str, source: str | None, value: str, notation: str | None
) -> None:
    for _ in range(2):
        found = vocabularies.find(element, source, value)
        assert (vocabularies.concepts[found].notation if found else None) == notation


def test_a_taxon_is_found_by_iri_under_either_purpose(vocabularies: Vocabularies) -> None:
    iri = "http://data.education.fr/voc/scolomfr/concept/scolomfr-voc-022-num-016"

    assert vocabularies.find_taxon("discipline", None, iri, "collège") == f"{OWN}level/secondary-1"
    assert vocabularies.find_taxon(None, None, iri, None) == f"{OWN}level/secondary-1"


def test_a_taxon_is_found_by_its_entry_within_the_purpose_only(vocabularies: Vocabularies) -> None:
    assert vocabularies.find_taxon("discipline", "x", "9.6", "Géographie") == f"{OWN}subject/geography"
    assert vocabularies.find_taxon("educational level", "x", "9.6", "Géographie") is None
    assert vocabularies.find_taxon("competency", None, None, "Géographie") is None


def test_a_bare_notation_counts_only_for_a_known_source(vocabularies: Vocabularies) -> None:
    list_ = "http://purl.edustandaard.nl/vdex_classification_vakaanduidingen_po_2009.xml"

    assert vocabularies.find_taxon("discipline", list_, "verkeer", None) == f"{OWN}subject/traffic-education"
    assert vocabularies.find_taxon("discipline", "Estonian curriculum", "physics", None) is None
    assert vocabularies.find_taxon("discipline", "oerbron", "physics", None) == f"{OWN}subject/physics"


def test_ancestors_come_nearest_first_and_narrower_in_order(vocabularies: Vocabularies) -> None:
    fractions = f"{OWN}subject/fractions"

    assert vocabularies.ancestors(fractions) == (
        f"{OWN}subject/arithmetic",
        f"{OWN}subject/mathematics",
    )
    assert fractions in vocabularies.narrower(f"{OWN}subject/arithmetic")
    assert vocabularies.spec(fractions) == "mathematics:arithmetic:fractions"


def test_a_label_falls_back_from_region_to_language_to_english_to_the_end_of_an_address(
    vocabularies: Vocabularies,
) -> None:
    maths = f"{OWN}subject/mathematics"

    assert vocabularies.label(maths, ["nl-BE", "fr"]) == "Wiskunde"
    assert vocabularies.label(maths, ["fi", "fr"]) == "Mathématiques"
    assert vocabularies.label(maths, ["fi"]) == "Mathematics"
    assert vocabularies.label("https://example.org/types/PracticeSheet", ["nl"]) == "Practice Sheet"
    assert vocabularies.label("https://example.org/types/4711", ["nl"]) == "example.org"


def test_a_concept_without_a_token_takes_its_nearest_ancestors(vocabularies: Vocabularies) -> None:
    assert vocabularies.lom_token("context", f"{OWN}level/secondary-2-dual") == "school"
    assert vocabularies.lom_token("context", f"{OWN}level/bachelor-academic") == "higher education"
    assert vocabularies.lom_token("learningResourceType", "https://w3id.org/kim/hcrt/worksheet") == "exercise"
    assert vocabularies.lom_token("learningResourceType", "https://w3id.org/kim/hcrt/video") is None
    assert vocabularies.lom_token("kind", f"{OWN}lom-kind/hasthumbnail") is None


def test_every_token_of_lom_is_found_and_given_back(vocabularies: Vocabularies) -> None:
    lossy = {("learningResourceType", "graph"), ("metaRole", "validator")}
    for concept in list(vocabularies.concepts.values()):
        element = concept.scheme.removeprefix("lom-")
        if concept.scheme.startswith("lom-") and concept.token and (element, concept.token) not in lossy:
            found = vocabularies.find(element, "LOMv1.0", concept.token)
            assert found is not None
            assert vocabularies.lom_token(element, found) == concept.token


def test_rows_of_a_database_make_the_same_vocabularies(vocabularies: Vocabularies) -> None:
    again = from_trees(vocabularies.to_trees().values())

    assert again.version == vocabularies.version
    assert again.concepts == vocabularies.concepts


def test_another_label_is_another_version(vocabularies: Vocabularies) -> None:
    trees = {name: tree.replace(b"Wiskunde", b"Rekenkunst") for name, tree in vocabularies.to_trees().items()}

    assert from_trees(trees.values()).version != vocabularies.version


def test_a_circle_of_concepts_ends() -> None:
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix dct: <http://purl.org/dc/terms/> .
    <s> a skos:ConceptScheme ; dct:identifier "subject" ; skos:prefLabel "S"@en .
    <a> a skos:Concept ; skos:inScheme <s> ; skos:notation "a" ; skos:prefLabel "A"@en ; skos:broader <b> .
    <b> a skos:Concept ; skos:inScheme <s> ; skos:notation "b" ; skos:prefLabel "B"@en ; skos:broader <a> ."""

    circle = Vocabularies(tuple(trees_of(text)), ())

    assert circle.ancestors("a") == ("b",)
    assert circle.spec("a").endswith("a")


def test_a_text_where_a_term_should_stand_finds_nothing(vocabularies: Vocabularies) -> None:
    assert vocabularies.find("context", None, "school " * 10_000) is None


@given(st.text().filter(lambda text: "%" not in text))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_a_map_line_has_as_many_cells_as_its_header_says() -> None:
    assert all(len(row) == 2 for row in table("media-types.tsv"))
