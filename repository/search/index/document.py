"""A published record as the index has it: tokens of its texts, and the values that filters and facets look at.

The one place that says which fields there are and what stands in them; the engines' mappings follow it, and FIELDS is
part of an index's name. Filters mean here what they mean for contexts (repository.contexts.contexts). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from repository.published import Facts, datestamp_of
from repository.search.index.document_texts import Pieces, Texts, title_order
from repository.search.language.analysis import Analyser
from repository.search.language.word_lists import every_stop_word
from repository.search.language.words import plain_words
from repository.search.plan.plan import SENTINEL
from schemas.language import is_spoken, normalise
from schemas.record import LangStrings, Record
from schemas.summary.summary import Summary, Term
from schemas.summary.text import plain
from schemas.values.identifier_key import keys_of
from schemas.vocabularies.vocabularies import Vocabularies

FIELDS: Final = "3"  # of this layout
BUCKETS: Final = 256  # of the checksums
BETWEEN: Final = "\x1f"  # stands in no value: engines may join values by it
_LONGEST_VALUE: Final = 512
_OLDEST: Final = 200
_REMEMBERED: Final = 20_000
_LABEL_LANGUAGES: Final = ("nl", "en", "fr", "de")
AGES: Final = ("0-3", "4-6", "7-9", "10-12", "13-15", "16-18", "19-120")  # the values of the facet `age`

KEYWORDS: Final = (
    "title_key", "about", "subject", "level", "type", "license", "open", "language", "audience", "format", "source",
    "organisation", "collection", "age", "identifier",
)  # fmt: skip
NUMBERS: Final = ("position", "age_min", "age_max", "bucket", "check")
KEYS: Final = ("by_title", "by_newest")
TEXTS: Final = ("title", "concepts", "words", "exact", "part", "starts")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One record. Texts are tokens, keywords are sets of values; `vocabulary` are words to spell by."""

    id: str
    position: int
    title: tuple[str, ...]
    concepts: tuple[str, ...]
    words: tuple[str, ...]
    exact: tuple[str, ...]
    part: tuple[str, ...]
    starts: tuple[str, ...]
    keywords: dict[str, tuple[str, ...]]
    age_min: int | None
    age_max: int | None
    by_title: str
    by_newest: str
    shown: str  # the title as people read it
    vocabulary: tuple[str, ...]

    @property
    def bucket(self) -> int:
        return bucket_of(self.id)

    @property
    def check(self) -> int:
        return check_of(self.id, self.position)

    @property
    def place(self) -> int:
        return place_of(self.id)


def bucket_of(id_: str) -> int:
    """Which bucket of checksums a record is in."""
    return int(id_[:2], 16) if id_[:2].isalnum() else 0


def check_of(id_: str, position: int) -> int:
    """31 bits that stand for this record at this position; sums of them stay exact in a double."""
    return int.from_bytes(blake2b(f"{id_} {position}".encode(), digest_size=4).digest()) >> 1


def place_of(id_: str) -> int:
    """A number by which ids stand in their order: the first 15 of a uuid's 32 digits (60 bits)."""
    digits = id_[:17].replace("-", "")
    return int(digits, 16) if digits.isalnum() else 0


class Documents:
    """Makes documents of records under one vocabulary."""

    def __init__(self, vocabularies: Vocabularies, analyser: Analyser) -> None:
        self.vocabularies = vocabularies
        self.analyser = analyser
        self._labels: dict[str, tuple[str, ...]] = {}
        self._hidden: dict[str, tuple[str, ...]] = {}
        self._tokens: dict[tuple[str, ...], tuple[str, ...]] = {}  # of concepts that stand together
        self._pieces = Pieces(analyser)

    def of(self, item_id: str, places: tuple[int, int], record: Record, summary: Summary, facts: Facts) -> Document:
        """`places`: the record's position and its first one."""
        texts = Texts(self.analyser, self._pieces, summary.language[0] if summary.language else None)
        self._gather(texts, record, summary)
        position, first = places
        age = summary.age_range
        key = title_order(summary.title)
        return Document(
            id=item_id,
            position=position,
            title=(SENTINEL, *texts.title),
            concepts=(SENTINEL, *self._concepts(summary)),
            words=(SENTINEL, *texts.words),
            exact=(SENTINEL, *texts.exact),
            part=(SENTINEL, *texts.part),
            starts=tuple(texts.starts),
            keywords=self._keywords(summary, facts, texts.title_keys)
            | {"identifier": _kept((f"uuid:{item_id}", *_identifiers(record, summary, facts)))},
            age_min=None if age is None else (age[0] or 0),
            age_max=None if age is None else (_OLDEST if age[1] is None else age[1]),
            by_title=f"{key}--{item_id}",
            by_newest=f"{99_999 - datestamp_of(first) // 86_400:05d}-{item_id}",
            shown=summary.title,
            vocabulary=tuple(texts.vocabulary),
        )

    def _gather(self, texts: Texts, record: Record, summary: Summary) -> None:
        general = record.general
        titles = tuple(general.title) if general and general.title else ()
        for text, lang in _texts(titles) or ((summary.title, summary.title_lang),):
            texts.add_title(text, lang)
        for strings in general.description if general else ():
            for text, lang in _texts(strings):
                texts.add(text, lang)
        for keyword in summary.keywords:
            texts.add_keyword(keyword)
        for name in dict.fromkeys(one.name for one in summary.contributors):
            texts.add_name(name)
        for term in (*summary.subjects, *summary.levels, *summary.resource_types, *summary.audiences):
            if term.id is None:
                texts.add_keyword(term.label)

    def _concepts(self, summary: Summary) -> tuple[str, ...]:
        """The tokens of the labels of its concepts and of those above, in all languages, each once."""
        ids = _ids((*summary.subjects, *summary.levels, *summary.resource_types))
        known = self._tokens.get(ids)
        if known is None:
            above = dict.fromkeys(broader for one in ids for broader in self.vocabularies.ancestors(one))
            own = (token for one in ids for token in (*self._label_tokens(one), *self._hidden_tokens(one)))
            known = tuple(dict.fromkeys((*own, *(token for one in above for token in self._label_tokens(one)))))
            if len(self._tokens) >= _REMEMBERED:
                self._tokens.clear()
            self._tokens[ids] = known
        return known

    def _label_tokens(self, concept_id: str) -> tuple[str, ...]:
        known = self._labels.get(concept_id)
        if known is None:
            concept = self.vocabularies.concepts[concept_id]
            labels = [(lang, label) for lang, label in concept.labels.items()]
            labels += [(lang, label) for lang, alts in concept.alt.items() for label in alts]
            known = self._labels[concept_id] = self._tokens_of(labels)
        return known

    def _hidden_tokens(self, concept_id: str) -> tuple[str, ...]:
        """Hidden labels of one word (wero, aso) or with a figure: single words of others would say something else."""
        known = self._hidden.get(concept_id)
        if known is None:
            hidden = self.vocabularies.concepts[concept_id].hidden
            labels = ((lang, label) for lang in _LABEL_LANGUAGES for label in hidden.get(lang, ()))
            known = self._tokens_of((lang, label) for lang, label in labels if " " not in label or _has_figure(label))
            self._hidden[concept_id] = known
        return known

    def _tokens_of(self, labels: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        small = every_stop_word()
        kept = ((lang, [word for word in plain_words(label) if word not in small]) for lang, label in labels)
        return tuple(dict.fromkeys(token for lang, words in kept for token in self.analyser.label(lang, words)))

    def _keywords(self, summary: Summary, facts: Facts, title_keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
        licence = summary.license
        subjects, levels = _ids(summary.subjects), _ids(summary.levels)
        types, audiences = _ids(summary.resource_types), _ids(summary.audiences)
        found: dict[str, Iterable[str]] = {
            "title_key": title_keys,
            "about": (*subjects, *levels, *types, *audiences),
            "subject": self._with_ancestors(subjects),
            "level": self._with_ancestors(levels),
            "type": types,
            "license": (licence.uri,) if licence and licence.uri else (),
            "open": ("true" if licence is not None and licence.open else "false",),
            "language": (*summary.language, *(tag.partition("-")[0] for tag in summary.language)),
            "audience": audiences,
            "format": summary.formats,
            "source": (facts.source,) if facts.source else (),
            "organisation": (facts.organisation,) if facts.organisation else (),
            "collection": facts.collections,
            "age": _age_groups(summary),
        }
        return {name: _kept(values) for name, values in found.items()}

    def _with_ancestors(self, ids: Sequence[str]) -> Iterator[str]:
        for one in ids:
            yield one
            yield from self.vocabularies.ancestors(one)


def _has_figure(label: str) -> bool:
    return any(sign.isdigit() for sign in label)


def _identifiers(record: Record, summary: Summary, facts: Facts) -> Iterator[str]:
    """The keys of everything that names the record: its identifiers and addresses, and its name at its source."""
    general, technical, meta = record.general, record.technical, record.meta_metadata
    for identifier in (*(general.identifier if general else ()), *(meta.identifier if meta else ())):
        if identifier.entry:
            yield from keys_of(identifier.entry, identifier.catalog)
    for text in (*(technical.location if technical else ()), *(file.url for file in record.files)):
        yield from keys_of(text)
    for name in (summary.url, facts.key, facts.identifier):
        if name:
            yield from keys_of(name)


def _texts(strings: LangStrings | None) -> list[tuple[str, str | None]]:
    return [(text, _tag(string.lang)) for string in strings or () if (text := plain(string.value))]


def _tag(lang: str | None) -> str | None:
    tag = normalise(lang).value if lang else None
    return tag if tag and is_spoken(tag) else None


def _ids(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.id for term in terms if term.id))


def _kept(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(value for value in values if value and len(value) <= _LONGEST_VALUE and BETWEEN not in value)
    )


def _age_groups(summary: Summary) -> list[str]:
    if summary.age_range is None:
        return []
    low, high = summary.age_range
    least, most = low or 0, _OLDEST if high is None else high
    return [group for group in AGES if (bounds := years(group)) and least <= bounds[1] and bounds[0] <= most]


def years(group: str) -> tuple[int, int]:
    """The bounds of a value of the facet `age`."""
    low, _, high = group.partition("-")
    return int(low), int(high)


__all__ = ["Document", "Documents", "bucket_of", "check_of", "title_order"]
