"""The values of the published face as XML text: what the readers of networks can take, and nothing they trip over.

Record.md 9: no blank at either end, no empty element, BCP 47 tags (`x-none` where there is none), the main language
first, tokens of LOMv1.0 where a mapping exists, durations without weeks, ages in digits. Every function gives the
same text for what it gave before, so that the face is a fixed point. Values repeat from record to record, so the
costly ones are remembered. This module must not look at a whole record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from schemas import agent
from schemas.datestamp import read_date
from schemas.formats.lom import forms as lom_forms
from schemas.language import normalise
from schemas.language import several as several_languages
from schemas.record import DateTime, Duration, Entity, LangString, LangStrings, Size, Vocabulary
from schemas.summary.age import AgeRange, age_range, joined
from schemas.summary.markup import unmarked
from schemas.summary.text import keywords as packed
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml.reader import escape, gate

NO_LANGUAGE: Final = "x-none"
LOM_SOURCE: Final = "LOMv1.0"
_LOCAL_SOURCE: Final = "local"
_NO_SPEECH: Final = frozenset(("mul", "und"))


@lru_cache(maxsize=2048)
def tag(raw: str | None) -> str:
    """The tag of a string: BCP 47, `x-none` where no language is named."""
    value = normalise(raw).value if raw else None
    return NO_LANGUAGE if value is None or value in _NO_SPEECH else value


def tags(raws: Iterable[str]) -> tuple[str, ...]:
    """The languages of a list, each once; never `none` or `mul`, and `x-none` only alone."""
    parts = (one for raw in raws for one in several_languages(raw))
    found = dict.fromkeys(tag(raw) for raw in parts if raw.strip() and _named(raw))
    if len(found) > 1:
        found.pop(NO_LANGUAGE, None)
    return tuple(found)


@lru_cache(maxsize=2048)
def _named(raw: str) -> bool:
    value = normalise(raw).value
    return value is not None and value not in _NO_SPEECH


def text(value: str) -> str:
    """A value ready to stand between tags; "" where nothing is left of it."""
    value = value.strip()
    return _spelt(value) if _special(value) else value


# What must be escaped, and what the gate of the writers would take away after the ends were looked at.
_special: Final = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search


def _spelt(value: str) -> str:
    return escape(gate(value).replace("\r\n", "\n").replace("\r", "\n").strip())


def strings(values: LangStrings | None, main: str, *, marked: bool = False) -> str:
    """The `string` elements of a LangString, those in the main language first; "" for none.

    Markup goes out as text, but for a statement of rights (`marked`): its link may be the licence.
    """
    if not values:
        return ""
    if len(values) == 1:
        one = values[0]
        words = text(one.value if marked else unmarked(one.value))
        return f'<string language="{tag(one.lang)}">{words}</string>' if words else ""
    texts = [(one.lang, one.value if marked else unmarked(one.value)) for one in values]
    found = [(tag(lang), words) for lang, said in texts if (words := text(said))]
    found.sort(key=lambda pair: _rank(pair[0], main))
    return "".join([f'<string language="{language}">{words}</string>' for language, words in dict.fromkeys(found)])


def _rank(language: str, main: str) -> int:
    if language == main:
        return 0
    return 1 if language.partition("-")[0] == main.partition("-")[0] else 2


def langstring(name: str, values: LangStrings | None, main: str, *, marked: bool = False) -> str:
    """An element of LangString type; "" when nothing would stand in it."""
    inner = strings(values, main, marked=marked)
    return f"<{name}>{inner}</{name}>" if inner else ""


def langstrings(name: str, values: Iterable[LangStrings], main: str) -> str:
    return "".join([f"<{name}>{inner}</{name}>" for value in values if (inner := strings(value, main))])


def keywords(values: Iterable[LangStrings], main: str) -> str:
    """The keywords, each once: packed ones come apart, and so do several of one language in one LangString."""
    found: dict[str, None] = {}
    for value in values:
        if len(value) == 1:
            for one in _unpacked(value[0]):
                found[one] = None
            continue
        apart = [_unpacked(one) for one in value]
        languages = [tag(one.lang) for one in value]
        if len(set(languages)) == len(languages) and all(len(parts) <= 1 for parts in apart):
            ordered = sorted(zip(languages, apart, strict=True), key=lambda pair: _rank(pair[0], main))
            if together := "".join(part for _, parts in ordered for part in parts):
                found[together] = None
        else:
            found.update(dict.fromkeys(part for parts in apart for part in parts))
    return "".join([f"<keyword>{one}</keyword>" for one in found])


@lru_cache(maxsize=16384)
def _unpacked(one: LangString) -> tuple[str, ...]:
    """The `string` elements of one keyword string."""
    words: tuple[str, ...] = (unmarked(one.value),)
    for _ in range(3):
        apart = tuple(word for packed_word in words for word in packed(packed_word))
        if apart == words:
            break
        words = apart
    language = tag(one.lang)
    return tuple(f'<string language="{language}">{word}</string>' for raw in words if (word := text(raw)))


def single(name: str, space: str, value: Vocabulary | None, vocabularies: Vocabularies) -> str:
    """An element that takes one value: the LOMv1.0 token where there is one, else the local term."""
    if value is None:
        return ""
    found = _values(space, value.source, value.value or value.uri, vocabularies)
    return f"<{name}>{found[0]}</{name}>" if found else ""


def several(name: str, space: str, values: Iterable[Vocabulary], vocabularies: Vocabularies) -> str:
    """An element that takes several values: the token, the local term and the concept's IRI, each once."""
    found: dict[str, None] = {}
    for value in values:
        for one in _several(space, value.source, value.value or value.uri, vocabularies):
            found[one] = None
    return "".join([f"<{name}>{one}</{name}>" for one in found])


@lru_cache(maxsize=8192)
def _several(space: str, source: str | None, value: str | None, vocabularies: Vocabularies) -> tuple[str, ...]:
    """As `_values`, with terms that are packed in one value ("Teacher, Student") apart."""
    words = (value or "").strip()
    parts = dict.fromkeys(one.words for one in vocabularies.meanings(space, source, words)) if words else {}
    if len(parts) < 2:
        return _values(space, source, value, vocabularies)
    return tuple(dict.fromkeys(one for part in parts for one in _values(space, source, part, vocabularies)))


@lru_cache(maxsize=8192)
def _values(space: str, source: str | None, value: str | None, vocabularies: Vocabularies) -> tuple[str, ...]:
    """What a value is written as, best first; nothing for an empty one.

    A token that came in, in any spelling, stays the token alone, whatever concept it means: so a second reading adds
    nothing, and what is said in LOM's own words stays valid against the strict schema.
    """
    words = (value or "").strip()
    if not words:
        return ()
    said = vocabularies.find_notation(f"lom-{space}", "-".join(words.lower().replace("_", " ").split()))
    if said is not None and (token := vocabularies.concepts[said].token):
        return (_sourced(LOM_SOURCE, token),)
    concept = vocabularies.find(space, source, words)
    token = vocabularies.lom_token(space, concept) if concept else None
    found = [_sourced(LOM_SOURCE, token)] if token is not None else []
    own = (source or "").strip()
    if own and own != LOM_SOURCE:
        found.append(_sourced(own, words))
    elif concept is None:
        found.append(_sourced(_LOCAL_SOURCE, words))
    known = vocabularies.concept(concept) if concept else None
    if known is not None and not (words == known.id and own and own != LOM_SOURCE):
        scheme = vocabularies.schemes[known.scheme]
        if token is None or not known.scheme.startswith("lom-"):
            found.append(_sourced(scheme.id, known.id))
    return tuple(found)


def _sourced(source: str, value: str) -> str:
    return f"<source>{text(source)}</source><value>{text(value)}</value>"


@lru_cache(maxsize=16384)
def entity(who: Entity, publish_contact: bool) -> str:
    """The contributor as a valid vCard 3.0, escaped; "" for one without a name."""
    return text(agent.vcard(who, publish_contact))


def date(value: DateTime | None, main: str) -> str:
    """A `date` element: the date in a lawful form, and its description."""
    if value is None:
        return ""
    readable = value.value is not None or read_date(value.raw or "").value is not None
    form = lom_forms.date_form(value) if readable else None  # a 30th of February has the form of a date
    inner = f"<dateTime>{form}</dateTime>" if form else ""
    if value.description:
        inner += langstring("description", value.description, main)
    return f"<date>{inner}</date>" if inner else ""


def duration(name: str, value: Duration | None) -> str:
    """A duration without weeks and without a description; "" for one of no length or that cannot be read."""
    form = lom_forms.duration_form(value) if value is not None else None
    if form is None or not any(digit in form for digit in "123456789"):
        return ""
    return f"<{name}><duration>{form}</duration></{name}>"


def size(value: Size | None) -> str:
    form = lom_forms.size_form(value) if value is not None else None
    return f"<size>{int(form)}</size>" if form is not None else ""


def ages(values: Iterable[LangStrings]) -> str:
    """Age ranges as `12-14` or `12-`, each once, the whole span first; what names no age is left out."""
    spans = tuple(dict.fromkeys(span for value in values if (span := _ages(value)) is not None))
    whole = joined(spans) if len(spans) > 1 else None
    found = dict.fromkeys(form for span in ((whole,) if whole else ()) + spans if (form := _age_form(span)))
    return "".join(
        [f'<typicalAgeRange><string language="{NO_LANGUAGE}">{form}</string></typicalAgeRange>' for form in found]
    )


@lru_cache(maxsize=4096)
def _ages(value: LangStrings) -> AgeRange | None:
    return next((found for one in value if (found := age_range(one.value))), None)


def _age_form(span: AgeRange) -> str:
    least, most = span
    if most is None:
        return f"{least}-" if least is not None else ""
    return f"{least or 0}-{most}"
