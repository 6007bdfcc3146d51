"""Folding: ordinals, plurals, gender forms and phrases, language by language; what must not be folded together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabularies.folding import LANGUAGES, number, one_gender, phrase, plain, singulars


@pytest.mark.parametrize(
    ("language", "words", "figure"),
    [
        ("nl", "5 5e 5de vijfde", "5"),
        ("nl", "1 1e 1ste eerste", "1"),
        ("fr", "1er 1re 1ere premier premiere", "1"),
        ("fr", "5e 5eme cinquieme", "5"),
        ("de", "7 siebte siebtes siebten", "7"),
        ("en", "3rd third 3", "3"),
        ("en", "11th eleventh", "11"),
        ("es", "5o 5a quinto quinta", "5"),
    ],
)
def test_ordinals_in_figures_and_words_are_one(language: str, words: str, figure: str) -> None:
    assert {number(language, word) for word in words.split()} == {figure}


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "vijfde"), ("nl", "fifth"), ("nl", "5th"), ("en", "year"), ("nl", "vijf"), ("en", "2024"), ("nl", "")],
)
def test_what_is_no_ordinal_of_the_language_is_none(language: str, word: str) -> None:
    assert number(language, word) is None


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("nl", "3de graad van het lager onderwijs", ("3", "graad", "lager", "onderwijs")),
        ("fr", "Première année de l'enseignement", ("1", "annee", "enseignement")),
        ("de", "Sekundarstufe II", ("sekundarstufe", "2")),
        ("de", "Sekundarbereich I", ("sekundarbereich", "1")),
        ("de", "7. Klasse", ("7", "klasse")),
        ("en", "Grade Five", ("grade", "5")),
        ("en", "Bachelor's programme", ("bachelor", "programme")),
        ("es", "5º de Primaria", ("5", "primaria")),
        ("fr", "CM2", ("cm", "2")),
        ("nl", "1A", ("1", "a")),
        ("nl", "W.O.", ("wo",)),
        ("nl", "video's", ("video",)),
    ],
)
def test_a_phrase_is_its_words_without_small_ones(language: str, text: str, words: tuple[str, ...]) -> None:
    assert phrase(text, language) == words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        *((one, "Lehrer") for one in ("Lehrer:innen", "Lehrer*innen", "Lehrer_innen", "LehrerInnen", "Lehrer/-innen")),
        ("Schüler(innen)", "Schüler"),
        *((one, "enseignants") for one in ("enseignant·e·s", "enseignant.e.s", "enseignant(e)s", "enseignant-e-s")),
        ("formateur·rice·s", "formateurs"),
        ("élève·s", "élèves"),
        ("leerling(en)", "leerling"),
        ("docent(e)", "docent"),
        ("alumnos/as", "alumnos"),
        ("profesor/a", "profesor"),
        ("alumn@s", "alumnos"),
        ("Website/App", "Website/App"),
        ("self-test", "self-test"),
        ("e-mail", "e-mail"),
    ],
)
def test_endings_of_both_genders_fall_away_and_nothing_else(text: str, folded: str) -> None:
    assert one_gender(text) == folded


@pytest.mark.parametrize(
    ("language", "plural", "singular"),
    [
        ("nl", "leraren", "leraar"),
        ("nl", "lessen", "les"),
        ("nl", "brieven", "brief"),
        ("nl", "werkbladen", "werkblad"),
        ("nl", "werkblaadjes", "werkblad"),
        ("nl", "leraressen", "leraar"),
        ("nl", "schoolkinderen", "schoolkind"),
        ("en", "activities", "activity"),
        ("en", "quizzes", "quiz"),
        ("en", "syllabi", "syllabus"),
        ("fr", "travaux", "travail"),
        ("fr", "jeux", "jeu"),
        ("fr", "formatrices", "formateur"),
        ("de", "arbeitsblatter", "arbeitsblatt"),
        ("de", "lehrerinnen", "lehrer"),
        ("es", "lecciones", "leccion"),
        ("es", "profesoras", "profesor"),
    ],
)
def test_a_plural_may_be_of_its_singular(language: str, plural: str, singular: str) -> None:
    assert singular in singulars(plural, language)


def test_two_words_of_one_stem_are_not_one() -> None:
    assert "schuler" not in singulars("schule", "de")
    assert "schule" not in singulars("schuler", "de")
    assert "enseignant" not in singulars("enseignement", "fr")


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_text_folds_to_words_that_are_folded(text: str, language: str) -> None:
    words = phrase(one_gender(text), language)

    assert [plain(word) for word in words] == list(words)
    assert all(singular for word in words for singular in singulars(word, language))
