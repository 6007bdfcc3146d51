"""Terms as people write them: levels, subjects, audiences and types in five languages, one by one and packed.

The lists in tests/words were noted before the folding was made. A wrong concept is worse than none, so none is let
pass; of what people write 95 of 100 must be known.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from schemas.language import several
from schemas.vocabularies.parts import listed
from schemas.vocabularies.skos import trees_of
from schemas.vocabularies.vocabularies import Vocabularies, shipped

WORDS = Path(__file__).resolve().parents[2] / "words"
LISTS = {"levels": "level", "subjects": "subject", "audiences": "audience", "types": "learningResourceType"}
SECOND, THIRD = "secondary-2", "secondary-3"


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return shipped()


def found(element: str, value: str, language: str | None = None) -> set[str]:
    known = shipped()
    return {known.concepts[one].notation for one in known.find_all(element, None, value, language)}


@pytest.mark.parametrize("name", LISTS)
def test_of_what_people_write_nothing_is_taken_wrongly_and_nearly_all_is_known(name: str) -> None:
    counts: Counter[str] = Counter()
    wrong: list[tuple[str, str, set[str]]] = []
    for line in (WORDS / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, value, right = line.split("\t")
        wanted = set() if right == "-" else set(right.split())
        got = found(LISTS[name], value, None if language == "-" else language)
        counts["all"] += 1
        counts["known"] += bool(got) == bool(wanted)
        if not got <= wanted:
            wrong.append((language, value, got))

    assert wrong == []
    assert counts["all"] >= 150
    assert counts["known"] >= 0.95 * counts["all"]


@pytest.mark.parametrize(
    ("language", "value", "notations"),
    [
        ("en", "College", "higher"),
        ("fr", "Collège", "secondary-1"),
        ("fr", "College", "secondary-1"),
        ("nl", "5de leerjaar", "primary-y5"),
        ("nl", "5e leerjaar", "primary-y5"),
        ("nl", "vijfde leerjaar", "primary-y5"),
        ("nl", "1ste graad secundair onderwijs", "secondary-1"),
        ("nl", "3de graad bso", "secondary-3-labour"),
        ("nl", "aso", "secondary-2-transition secondary-3-transition"),
        ("nl", "tso", "secondary-2-dual secondary-3-dual"),
        ("nl", "kso", "secondary-2-dual secondary-3-dual"),
        ("nl", "bso", "secondary-2-labour secondary-3-labour"),
        ("nl", "1e graad lager onderwijs", "primary-1"),
        ("nl", "LO", "primary"),
        ("nl", "BaO", "primary"),
        ("nl", "3de kleuterklas", "preschool-3"),
        ("nl", "onderbouw", "secondary-1"),
        ("en", "Lower Secondary", "secondary-1"),
        ("en", "ISCED 2", "secondary-1"),
        ("de", "Klasse 7", "secondary-y1"),
        ("en", "Grade 5", "primary-y5"),
        ("en", "Year 7", "secondary-y1"),
        ("fr", "3e année", "primary-y3"),
        ("fr", "CM2", "primary-y5"),
        ("fr", "6ème", "secondary-1"),
        ("es", "Bachillerato", "secondary-3"),
        ("es", "Educación Secundaria Obligatoria", "secondary-1"),
    ],
)
@pytest.mark.parametrize("says_its_language", [True, False])
def test_a_level_is_what_teachers_mean_by_it(
    language: str, value: str, notations: str, says_its_language: bool
) -> None:
    if value == "College" and language == "fr" and not says_its_language:
        notations = "higher"  # without an accent and without a language it is an English word

    assert found("context", value, language if says_its_language else None) == set(notations.split())


@pytest.mark.parametrize("value", ["Beginner", "Advanced", "Gevorderd", "débutant", "Fortgeschritten", "Avanzado"])
def test_a_difficulty_is_no_level(vocabularies: Vocabularies, value: str) -> None:
    assert found("context", value) == set()
    assert vocabularies.find("difficulty", None, value) is not None


@pytest.mark.parametrize(
    ("language", "value"), [("nl", "5e"), ("nl", "6e"), ("en", "2de"), ("de", "5e"), ("nl", "2de graad"), ("fr", "2e")]
)
def test_a_bare_ordinal_means_nothing_in_another_language(language: str, value: str) -> None:
    assert found("context", value, language) == set()


def test_the_words_of_a_level_may_stand_in_any_order() -> None:
    for value in ("secundair onderwijs, 2de graad", "2de graad secundair onderwijs", "Secundair onderwijs (2e graad)"):
        assert found("context", value, "nl") == {SECOND}


def test_a_level_beside_one_above_it_is_the_narrower_one() -> None:
    assert found("context", "lager onderwijs 5de leerjaar", "nl") == {"primary-y5"}
    assert found("context", "Secundair onderwijs > 3de graad > aso", "nl") == {f"{THIRD}-transition"}
    assert found("context", "5de leerjaar volwassenenonderwijs", "nl") == set()


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("context", "Teachers"),
        ("context", "Media"),
        ("context", "A11y"),
        ("context", "Sense"),
        ("context", "Transition"),
        ("context", "Grammar"),
        ("audience", "Worker's health"),
        ("audience", "Community College"),
        ("subject", "Office of Educational Technology"),
        ("learningResourceType", "Learning materials"),
        ("learningResourceType", "Open educational resource"),
    ],
)
def test_a_word_that_only_comes_near_to_a_label_means_nothing(element: str, value: str) -> None:
    assert found(element, value) == set()


@pytest.mark.parametrize(
    ("value", "language", "notations"),
    [
        ("Grades 3-5", "en", "primary-y3 primary-y4 primary-y5"),
        ("5e en 6e leerjaar", "nl", "primary-3"),
        ("2de en 3de leerjaar", "nl", "primary-y2 primary-y3"),
        ("1e t/m 3e leerjaar", "nl", "primary-y1 primary-y2 primary-y3"),
        ("Klassen 5 bis 7", "de", "primary-y5 primary-y6 secondary-y1"),
        ("Sekundarstufen I und II", "de", "secondary-1 secondary-3"),
        ("5 aso", "nl", "secondary-y5 secondary-3-transition"),
        ("Grades 3-50", "en", ""),
    ],
)
def test_several_years_in_one_term_are_all_meant(value: str, language: str, notations: str) -> None:
    assert found("context", value, language) == set(notations.split())


def test_a_level_is_known_by_its_number_in_a_source_named_isced(vocabularies: Vocabularies) -> None:
    for source in ("ISCED 2011", "ISCED", "isced-2011"):
        (one,) = vocabularies.find_taxa("educational level", source, "2", None)
        assert vocabularies.concepts[one].notation == "secondary-1"
    assert vocabularies.find_taxa("educational level", "Estonian curriculum", "2", None) == ()


@pytest.mark.parametrize(
    ("language", "value", "notations"),
    [
        ("nl", "wero", "world-orientation"),
        ("nl", "PAV", "cross-curricular"),
        ("nl", "PO", "visual-arts"),
        ("nl", "MO", "music"),
        ("nl", "burgerzin", "civics"),
        ("fr", "SVT", "biology earth-science"),
        ("fr", "physique-chimie", "physics chemistry"),
        ("en", "Language Arts", "english"),
        ("en", "Mathematics, Physics", "mathematics physics"),
        ("nl", "Wiskunde > Meetkunde", "geometry"),
    ],
)
def test_a_subject_is_what_teachers_mean_by_it(language: str, value: str, notations: str) -> None:
    assert found("subject", value, language) == set(notations.split())


def test_one_word_is_a_level_and_a_subject_each_in_its_place() -> None:
    assert found("context", "LO", "nl") == {"primary"}
    assert found("subject", "LO", "nl") == {"sport"}


@pytest.mark.parametrize(
    ("element", "value", "notations"),
    [
        ("audience", "Students", "learner"),
        ("audience", "Teachers", "teacher"),
        ("audience", "leraren", "teacher"),
        ("audience", "leerlingen", "learner"),
        ("audience", "enseignants", "teacher"),
        ("audience", "Lehrer:innen", "teacher"),
        ("audience", "Schüler*innen", "learner"),
        ("audience", "Teacher, Student", "teacher learner"),
        ("learningResourceType", "Worksheets", "worksheet"),
        ("learningResourceType", "Videos", "video"),
        ("learningResourceType", "werkbladen", "worksheet"),
        ("learningResourceType", "Übungen", "drill-and-practice"),
        ("learningResourceType", "Lesson plans", "lesson-plan"),
        ("learningResourceType", "video, worksheet; map, quiz", "video worksheet map assessment"),
        ("learningResourceType", '["Video", "Quiz"]', "video assessment"),
        ("learningResourceType", "['Video', 'Quiz']", "video assessment"),
        ("learningResourceType", "Video | Nonsense", "video"),
        ("learningResourceType", "Video, Nonsense", ""),
    ],
)
def test_plurals_gender_forms_and_lists_are_known(element: str, value: str, notations: str) -> None:
    assert found(element, value) == set(notations.split())


@pytest.mark.parametrize("value", ["Schule", "Lehre", "Enseignement", "Onderwijs", "Teaching"])
def test_a_word_of_the_same_stem_is_not_taken_for_an_audience(value: str) -> None:
    assert found("audience", value) == set()


@pytest.mark.parametrize(
    ("value", "notation"),
    [
        ("VideoObject", "video"),
        ("https://schema.org/VideoObject", "video"),
        ("http://schema.org/PodcastEpisode", "audio"),
        ("schema:PresentationDigitalDocument", "slide"),
        ("HowTo", "guide"),
        ("MovingImage", "video"),
        ("dcmitype:InteractiveResource", "application"),
        ("http://purl.org/dc/dcmitype/StillImage", "image"),
        ("info:eu-repo/semantics/lecture", "lecture"),
        ("https://w3id.org/openeduhub/vocabs/learningResourceType/worksheet", "worksheet"),
        ("https://w3id.org/openeduhub/vocabs/new_lrt/36e68792-6159-481d-a97b-2c00901f4f78", "worksheet"),
        ("http://w3id.org/openeduhub/vocabs/new_lrt/0d23ff13-9d92-4944-92fa-2b5fe1dde80b", "lesson-plan"),
        ("http://purl.org/coar/resource_type/c_8544", "lecture"),
    ],
)
def test_a_type_of_another_vocabulary_is_known(value: str, notation: str) -> None:
    assert found("learningResourceType", value) == {notation}


@pytest.mark.parametrize("value", ["CreativeWork", "LearningResource", "https://schema.org/Thing"])
def test_a_type_that_says_nothing_means_nothing(value: str) -> None:
    assert found("learningResourceType", value) == set()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("en, de", ("en", "de")),
        ("nl;fr", ("nl", "fr")),
        ("['en', 'nl-BE']", ("en", "nl-BE")),
        ('["nl", "fr"]', ("nl", "fr")),
        ("Nederlands en Frans", ("Nederlands", "Frans")),
        ("en nl", ("en", "nl")),
        ("en", ("en",)),
        ("pt_BR", ("pt_BR",)),
        ("Dutch, nonsense", ("Dutch, nonsense",)),
        ("", ("",)),
    ],
)
def test_languages_in_one_text_come_apart_where_all_are_known(text: str, parts: tuple[str, ...]) -> None:
    assert several(text) == parts


@pytest.mark.parametrize(
    "text", ["[", "[1, 2", "{'a': 1}", "[[1]]", "(note)", "[x]", "[" * 3_000 + "]" * 3_000, "[True]"]
)
def test_what_looks_like_a_list_and_is_none_stays_whole(text: str) -> None:
    assert listed(text) is None


def test_a_hidden_label_is_nobody_elses_label(vocabularies: Vocabularies) -> None:
    shown: dict[tuple[str, str, str], str] = {}
    for concept in vocabularies.concepts.values():
        for language, label in concept.labels.items():
            shown[concept.scheme, language, label.casefold()] = concept.id
        for language, labels in concept.alt.items():
            shown.update({(concept.scheme, language, label.casefold()): concept.id for label in labels})

    for concept in vocabularies.concepts.values():
        for language, labels in concept.hidden.items():
            for label in labels:
                assert shown.get((concept.scheme, language, label.casefold()), concept.id) == concept.id, label


def test_a_scheme_of_another_country_brings_its_own_words() -> None:
    """Nothing in the code knows a level: fillers, strangers and order stand with the scheme."""
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix dct: <http://purl.org/dc/terms/> .
    @prefix def: <https://w3id.org/oerbron/def/> .
    <s> a skos:ConceptScheme ; dct:identifier "level" ; skos:prefLabel "S"@en ;
        def:order "listed" ; def:filler "taso"@fi, "skola"@nl ; def:stranger "Hoge skola"@nl .
    <a> a skos:Concept ; skos:inScheme <s> ; skos:notation "a" ; skos:prefLabel "Lage"@nl .
    <b> a skos:Concept ; skos:inScheme <s> ; skos:notation "b" ; skos:prefLabel "Hoge"@nl ;
        skos:hiddenLabel "3e klas"@nl, "Beide"@nl .
    <c> a skos:Concept ; skos:inScheme <s> ; skos:notation "c" ; skos:prefLabel "C"@nl ;
        skos:hiddenLabel "Beide"@nl ."""

    here = Vocabularies(tuple(trees_of(text)), ())

    assert here.find("level", None, "lage skola", "nl") == "a"
    assert here.find("level", None, "derde klas", "nl") == "b"
    assert here.find("level", None, "Hoge skola", "nl") is None
    assert here.find_all("level", None, "beide", "nl") == ("b", "c")
    assert [here.order_of(one) for one in ("a", "b", "c", "x")] == [0, 1, 2, None]


def test_only_levels_carry_an_order(vocabularies: Vocabularies) -> None:
    assert {scheme.name for scheme in vocabularies.schemes.values() if scheme.order} == {"level"}
    years = [f"primary-y{n}" for n in range(1, 7)] + [f"secondary-y{n}" for n in range(1, 8)]
    places = [vocabularies.order_of(f"https://w3id.org/oerbron/level/{one}") for one in ("preschool", *years, "higher")]
    assert None not in places
    assert places == sorted(place for place in places if place is not None)


SCHEMA_ORG_TYPES = """
3DModel APIReference Article Atlas AudioObject Audiobook Blog BlogPosting Book Chapter Chart Claim Clip
ComicStory Course CourseInstance DataCatalog DataFeed Dataset DigitalDocument DiscussionForumPosting Drawing
FAQPage Game Guide HowTo HowToStep ImageGallery ImageObject Legislation LiveBlogPosting Manuscript Map
MobileApplication Movie MusicComposition MusicRecording NewsArticle Newspaper NoteDigitalDocument Painting
Periodical Photograph Play PodcastEpisode PodcastSeries Poster PresentationDigitalDocument Question Quiz QAPage
RadioEpisode Recipe Report Review ScholarlyArticle SheetMusic ShortStory SocialMediaPosting SoftwareApplication
SoftwareSourceCode SpreadsheetDigitalDocument Syllabus TVEpisode TVSeries TechArticle TextDigitalDocument Thesis
VideoGame VideoObject VisualArtwork WebApplication WebPage WebSite
"""


@pytest.mark.parametrize("name", SCHEMA_ORG_TYPES.split())
def test_every_type_of_a_work_in_schema_org_is_known_in_every_dress(name: str) -> None:
    dresses = (name, f"schema:{name}", f"https://schema.org/{name}", f"http://schema.org/{name}")

    assert len({tuple(sorted(found("learningResourceType", dress))) for dress in dresses}) == 1
    assert found("learningResourceType", name) != set()
