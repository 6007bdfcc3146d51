"""Words: where a text falls apart, and which spellings are the same."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repository.search.language.words import LONGEST, normal, plain_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("De Breuken, 2e deel", ["de", "breuken", "2e", "deel"]),
        ("l'école d’été", ["l", "ecole", "d", "ete"]),
        ("foto's don't", ["fotos", "dont"]),
        ("e-learning/les_brief", ["e", "learning", "les", "brief"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("cœur Ærø łódź", ["coeur", "aero", "lodz"]),
        ("C++ c# F#", ["c++", "c#", "f#"]),
        ("分数数学", ["分数", "数数", "数学"]),
        ("שָׁלוֹם كِتَاب", ["שלום", "كتاب"]),
        ("<b>&amp;</b> 🎉 …", ["b", "amp", "b"]),
        ("", []),
    ],
)
def test_words_are_folded_and_parted(text: str, words: list[str]) -> None:
    assert plain_words(text) == words


@settings(deadline=None)
@given(st.text(max_size=60))
def test_composed_and_decomposed_texts_have_the_same_words(text: str) -> None:
    assert plain_words(unicodedata.normalize("NFD", text)) == plain_words(unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_places_lie_in_the_text_and_no_word_is_empty_or_long(text: str) -> None:
    text = normal(text)
    for word in words_of(text):
        assert 0 <= word.start < word.end <= len(text)
        assert 0 < len(word.text) <= LONGEST
        assert not any(sign.isspace() for sign in word.text)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_the_quick_way_gives_the_same_words(text: str) -> None:
    assert plain_words(text) == [word.text for word in words_of(normal(text))]
