"""`python -m bench.lemmas`: writes repository/search/data/lemmas.tsv, the forms that the stemmers part from their word.

Plurals and verbs that no rule makes (steden, musea, yeux, travaux, Kakteen, mice, luces) come from the lemma lists of
simplemma; wordfreq says which of them people write. Only what the stemmer gets wrong is kept, so that the table stays
small, and never a form that is a word of its own (rose is not only the past of rise). Both libraries are wanted here
only: `pip install simplemma==2.0.0 wordfreq==3.1.1`. The licence of the lists is told at the head of the table.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import Stemmer
import wordfreq
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from repository.search.language.analysis import STEMMERS
from repository.search.language.word_lists import stop_words
from repository.search.language.words import folded, plain_words

TABLE: Final = Path(__file__).parents[1] / "repository" / "search" / "data" / "lemmas.tsv"
HEAD: Final = """\
# Forms that a stemmer parts from their word, folded: made by `python -m bench.lemmas` from the lemma lists of
# simplemma 2.0.0, chosen by the frequencies of wordfreq 3.1.1. This table, not the program, is under the Open Database
# License 1.0: the lists come from Michal Mechura's Lemmatization Lists (ODbL), Wiktionary (CC BY-SA 4.0), FreeLing
# (LGPLLR, CC BY-SA), UniMorph (CC BY-SA) and Wikinflection (CC BY 4.0).
# also: forms that are words of their own too, and keep their own stem beside this one. token: what all of them share,
# where it is not the stem of the word.
lang\tword\tforms\talso\ttoken
"""
_LEAST: Final = 2.0  # Zipf frequency of a form: once in ten million words
_LEAST_OF_A_NOUN: Final = {"nl": 2.0, "de": 2.0, "en": 1.3, "fr": 2.0, "es": 1.7}
_LEAST_OF_A_VERB: Final = 3.4  # searchers type nouns; most forms of verbs would only cost room
_MOST: Final = 6.2  # what is commoner is an auxiliary or a pronoun
_RARER: Final = 2.5  # a lemma that is so much rarer than its form is a mistake of the lists
_SHORTEST: Final = 4
_LONGEST_STRANGER: Final = 4  # letters of a stem that is another word altogether (mens: men); longer ones are kin
_VERBS: Final = {  # how the verbs of a language end
    "nl": ("en",), "de": ("en", "ern", "eln"), "en": (), "fr": ("er", "ir", "re", "oir"),
    "es": ("ar", "er", "ir", "se"),
}  # fmt: skip
_PLURALS: Final = {
    "nl": ("en", "a", "i"), "de": ("en", "e", "er", "a"), "en": ("a", "i"), "fr": ("e", "es", "x"),
    "es": ("a", "as", "es"),
}  # fmt: skip
_PRONOUNS: Final = frozenset(plain_words(
    "son mon ton notre votre leur lui celui moi je tu il elle el yo su este ese aquel mi nuestro vuestro ich er sie "
    "ihr du wir der mein dein unser euer he we she they it you hij ik ons uw zij jij"
))  # fmt: skip


class Form(NamedTuple):
    """A folded form, its folded lemma, how often it is written (Zipf), whether it is a word of its own too."""

    text: str
    lemma: str
    frequency: float
    is_word: bool


def forms_of(lang: str) -> Iterator[Form]:
    """The forms of a language that have another lemma and are written now and then."""
    lemmas: dict[str, dict[str, tuple[float, bool]]] = defaultdict(dict)
    words: set[str] = set()
    for form, lemma in map(_pair, DefaultDictionaryFactory().get_dictionary(lang).items()):
        one, other = folded(form), folded(lemma)
        if form[:1].isupper() and lang != "de":
            continue  # A name, or the first word of a sentence.
        if one.isalpha() and other.isalpha():
            words |= {other} - {one}
            # Of two meanings the one in the commoner spelling counts; in German a noun (Aufgaben) before a verb.
            weight = (wordfreq.zipf_frequency(form.lower(), lang), form[:1].isupper())
            lemmas[one][other] = max(weight, lemmas[one].get(other, (0.0, False)))
    for one, found in lemmas.items():
        if one not in found and one not in stop_words()[lang]:
            lemma = max(found, key=lambda each: (found[each], each))
            yield Form(one, lemma, found[lemma][0], one in words)


def _pair(given: tuple[str | bytes, str | bytes]) -> tuple[str, str]:
    form, lemma = (word.decode() if isinstance(word, bytes) else word for word in given)
    return form.replace("'", ""), lemma


def is_kept(lang: str, form: Form) -> bool:
    """Whether people write the form, and may mean its lemma when they search."""
    own = wordfreq.zipf_frequency(form.lemma, lang)
    least = _LEAST_OF_A_VERB if _is_verb(lang, form.lemma) else _LEAST_OF_A_NOUN[lang]
    return (
        (not form.is_word or _is_plural(lang, form))
        and len(form.text) >= _SHORTEST
        and len(form.lemma) > 1
        and form.lemma not in stop_words()[lang]
        and form.lemma not in _PRONOUNS
        and least <= form.frequency <= _MOST
        and own <= _MOST
        and own >= form.frequency - _RARER
    )


def _is_plural(lang: str, form: Form) -> bool:
    """Whether a form that is a word too (spelen, media, royale) is a plural or a feminine of its lemma as well."""
    return not _is_verb(lang, form.lemma) and form.text[:2] == form.lemma[:2] and form.text.endswith(_PLURALS[lang])


def _is_verb(lang: str, lemma: str) -> bool:
    return any(map(lemma.endswith, _VERBS[lang]))


def rows(lang: str) -> Iterator[tuple[str, str, str, str]]:
    """Lemma, its forms that the stemmer parts from it, those that are words too, and the token that they share.

    The token is empty for the lemma's own stem. It is the lemma itself where that stem is another word.
    """
    stem = Stemmer.Stemmer(STEMMERS[lang], 0).stemWord
    families: Mapping[str, list[Form]] = defaultdict(list)
    for form in forms_of(lang):
        families[form.lemma].append(form)
    words = stop_words()[lang] | {lemma for lemma in families if wordfreq.zipf_frequency(lemma, lang) >= _LEAST}
    for lemma, found in sorted(families.items()):
        kept = sorted(form for form in found if is_kept(lang, form))
        parted = [form for form in kept if stem(form.text) != stem(lemma)]
        if not parted:
            continue
        token = stem(lemma)
        strange = token != lemma and len(token) <= _LONGEST_STRANGER and token in words and not _is_verb(lang, lemma)
        shown = [Form(lemma, lemma, 0.0, False), *kept] if strange else parted
        forms, also = (" ".join(form.text for form in shown if form.is_word == is_word) for is_word in (False, True))
        yield lemma, forms, also, lemma if strange else ""


def main() -> int:
    lines = [HEAD]
    for lang in STEMMERS:
        found = list(rows(lang))
        lines += ["\t".join((lang, *row)) + "\n" for row in found]
        print(f"{lang}: {len(found)} words, {sum(len(row[1].split()) + len(row[2].split()) for row in found)} forms")
    TABLE.write_text("".join(lines), encoding="utf-8")
    print(f"{TABLE}: {TABLE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
