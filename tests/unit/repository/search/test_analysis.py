"""Tokens: stems by language, exceptions, heads of compounds, the language of a text."""

import pytest

from repository.search.language.analysis import GUESSED, LANGUAGES, Analyser, language_of
from repository.search.language.words import folded, plain_words
from schemas.vocabularies.vocabularies import shipped


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(shipped())


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("nl", "breuken", "breuk"),
        ("nl", "lesbrieven", "lesbrief"),
        ("nl", "toetsen", "toets"),
        ("nl", "kinderen", "kind"),
        ("nl", "steden", "stad"),
        ("nl", "foto's", "foto"),
        ("nl", "vergelijkingen", "vergelijking"),
        ("en", "fractions", "fraction"),
        ("en", "children", "child"),
        ("en", "matrices", "matrix"),
        ("en", "analyses", "analysis"),
        ("en", "colour", "color"),
        ("fr", "chevaux", "cheval"),
        ("fr", "élèves", "eleve"),
        ("fr", "équations", "equation"),
        ("de", "Brüche", "Bruch"),
        ("de", "Schülerinnen", "Schüler"),
        ("de", "Häuser", "Haus"),
    ],
)
def test_inflected_words_have_one_token(analyser: Analyser, lang: str, one: str, other: str) -> None:
    left, right = (analyser.own(lang, plain_words(word)[0]) for word in (one, other))

    assert not set(left).isdisjoint(right)
    assert left[0].startswith(f"{lang}:")


IRREGULAR = {
    "nl": "stad/steden museum/musea ei/eieren opgave/opgaven kind/kinderen schip/schepen lid/leden kalf/kalveren "
    "rad/raderen dag/dagen gat/gaten glas/glazen spel/spelen lens/lenzen medium/media catalogus/catalogi idee/ideeën "
    "criterium/criteria politicus/politici koopman/kooplieden moeilijkheid/moeilijkheden hoofdstad/hoofdsteden "
    "binnenstad/binnensteden oefenopgave/oefenopgaven hobby/hobby's mens/mensen lam/lammeren examen/examina",
    "fr": "œil/yeux ciel/cieux travail/travaux vitrail/vitraux cheval/chevaux bijou/bijoux jeu/jeux nouveau/nouvelle "
    "journal/journaux château/châteaux acteur/actrice actif/active blanc/blanche",
    "de": "Museum/Museen Zentrum/Zentren Thema/Themen Atlas/Atlanten Globus/Globen Lexikon/Lexika Firma/Firmen "
    "Kriterium/Kriterien Kaufmann/Kaufleute Stadtmuseum/Stadtmuseen Ei/Eier Aufgabe/Aufgaben Kaktus/Kakteen",
    "en": "child/children mouse/mice ox/oxen leaf/leaves knife/knives thief/thieves fungus/fungi stimulus/stimuli "
    "vertebra/vertebrae phenomenon/phenomena crisis/crises salesman/salesmen write/written person/people",
    "es": "luz/luces lápiz/lápices raíz/raíces examen/exámenes régimen/regímenes canción/canciones joven/jóvenes "
    "matriz/matrices actor/actriz",
}


@pytest.mark.parametrize("lang", IRREGULAR)
def test_words_and_the_plurals_that_no_rule_makes_share_a_token(analyser: Analyser, lang: str) -> None:
    pairs = [[plain_words(word)[0] for word in pair.split("/")] for pair in IRREGULAR[lang].split()]
    parted = [pair for pair in pairs if set(analyser.own(lang, pair[0])).isdisjoint(analyser.own(lang, pair[1]))]

    assert parted == []


def test_a_plural_that_is_a_word_of_its_own_keeps_both_stems(analyser: Analyser) -> None:
    assert analyser.own("nl", "spelen") == (*analyser.own("nl", "speelt"), *analyser.own("nl", "spel"))


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("en", "university", "universe"),
        ("en", "organisation", "organ"),
        ("en", "physics", "physical"),
        ("en", "economics", "economy"),
        ("nl", "politie", "politiek"),
        ("nl", "kind", "kinine"),
        ("de", "politik", "politisch"),
        ("nl", "mens", "men"),
        ("en", "rose", "rise"),
        ("fr", "son", "ses"),
    ],
)
def test_strangers_do_not_share_a_stem(analyser: Analyser, lang: str, one: str, other: str) -> None:
    assert set(analyser.own(lang, one)).isdisjoint(analyser.own(lang, other))


@pytest.mark.parametrize(
    ("lang", "word", "head"),
    [
        ("nl", "rekentoets", "toets"),
        ("nl", "rekentoetsen", "toetsen"),
        ("nl", "wiskundetoets", "toets"),
        ("nl", "schrijfopdracht", "opdracht"),
        ("de", "arbeitsmaterial", "material"),
        ("de", "bruchrechnung", "rechnung"),
        ("nl", "universiteit", None),
        ("nl", "toets", None),
        ("nl", "xyztoets", None),
        ("en", "worksheet", None),
    ],
)
def test_compounds_give_their_head(analyser: Analyser, lang: str, word: str, head: str | None) -> None:
    assert analyser.head(lang, word) == head


def test_other_parts_of_a_compound_give_no_token(analyser: Analyser) -> None:
    assert set(analyser.own("nl", "reken")).isdisjoint(analyser.tokens("nl", "rekentoets"))


def test_a_word_of_a_query_stands_for_every_language(analyser: Analyser) -> None:
    assert set(analyser.variants("breuken")) >= {"nl:breuk", "x:breuken"}
    assert {token.partition(":")[0] for token in analyser.variants("breuken")} == {*LANGUAGES, "x"}


@pytest.mark.parametrize("word", ["2vwo", "c++", "ab", "12"])
def test_codes_and_short_words_are_their_own_stem(analyser: Analyser, word: str) -> None:
    assert all(analyser.stem(lang, word) == word for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("text", "given", "languages"),
    [
        ("een les over de breuken", None, ("nl",)),
        ("the lesson", None, ("en",)),
        ("la leçon est dans le livre", None, ("fr",)),
        ("die Übung für das Kind", None, ("de",)),
        ("breuken", None, GUESSED),
        ("the lesson", "nl-BE", ("nl",)),
        ("una lección", "es", ("es",)),
        ("la lección de los niños", None, ("es",)),
        ("uma lição", "pt", ("x",)),
    ],
)
def test_the_language_of_a_text(text: str, given: str | None, languages: tuple[str, ...]) -> None:
    assert language_of(plain_words(text), given) == languages


def test_folding_makes_spellings_one() -> None:
    assert folded("Müller") == folded("MULLER") == folded("mu\u0308ller") == "muller"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("nl", "5de 5e vijfde 5"),
        ("fr", "1er 1re première premier 1"),
        ("de", "siebte siebten 7"),
        ("en", "3rd third 3"),
    ],
)
def test_ordinals_in_figures_and_words_have_one_token(analyser: Analyser, lang: str, words: str) -> None:
    assert len({analyser.own(lang, plain_words(word)[0]) for word in words.split()}) == 1


def test_a_year_is_no_ordinal(analyser: Analyser) -> None:
    assert analyser.own("nl", "2024") != analyser.own("nl", "24")
