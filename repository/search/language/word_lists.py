"""The tables of facts in data/*.tsv, read once: stop words, exceptional stems, lemmas, parts of compounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple


@cache
def stop_words() -> Mapping[str, frozenset[str]]:
    """The small words by language, folded."""
    return {lang: frozenset(words.split()) for lang, words in _rows("stopwords.tsv")}


@cache
def every_stop_word() -> frozenset[str]:
    """The small words of all languages."""
    return frozenset(word for words in stop_words().values() for word in words)


@cache
def exceptions() -> Mapping[tuple[str, str], str]:
    """(language, folded word) to the stem that counts instead of the stemmer's."""
    return {(lang, word): stem for lang, stem, words in _rows("stems.tsv") for word in words.split()}


class Lemma(NamedTuple):
    """The word of a form, the token they share ("" for the word's stem), and whether the form is also a word."""

    word: str
    token: str
    also: bool


@cache
def lemmas() -> Mapping[tuple[str, str], Lemma]:
    """The lemma of each (language, folded form) that the stemmer would separate from its word."""
    found: dict[tuple[str, str], Lemma] = {}
    for lang, word, forms, also, token in _rows("lemmas.tsv"):
        found |= {(lang, form): Lemma(word, token, also=False) for form in forms.split()}
        found |= {(lang, form): Lemma(word, token, also=True) for form in also.split()}
    return found


@cache
def compound_parts() -> Mapping[str, frozenset[str]]:
    """Folded words that stand in compounds, by language."""
    return {lang: frozenset(parts.split()) for lang, parts in _rows("compounds.tsv")}


def _rows(name: str) -> Iterator[list[str]]:
    text = (files("repository.search") / "data" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for line in lines[1:]:
        yield line.split("\t")
