"""Kinds of rules that look at one value at a time: each makes, from its parameters, a test of a value.

A test gives None where the value is lawful, else the text to show in the message. What says nothing is lawful here:
that something is missing is the business of `required`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from schemas import agent
from schemas.datestamp import read_date
from schemas.language import normalise
from schemas.presence import is_present
from schemas.record import DateTime, Duration, Entity, LangString, Size, Taxon, Vocabulary
from schemas.summary.age import age_range, is_date
from schemas.vocabularies.vocabularies import Vocabularies

Test = Callable[[Any, Vocabularies], str | None]

_HTTP = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


def _concept(params: dict[str, Any]) -> Test:
    """A value must mean a concept of our vocabularies; `element` as vocabularies.find takes it.

    With `namespace` the concept must be of that namespace, itself or by an exact or close match.
    """
    element: str = params["element"]
    namespace: str | None = params.get("namespace")

    def test(value: Vocabulary, vocabularies: Vocabularies) -> str | None:
        text = value.value or value.uri
        if not text or text.isspace():
            return None
        found = vocabularies.find(element, value.source, text)
        if found is None and value.uri:
            found = vocabularies.find(element, None, value.uri)
        for string in value.label or () if found is None else ():
            found = found or vocabularies.find(element, None, string.value, string.lang)
        if found is None or (namespace and vocabularies.match(found, namespace) is None):
            return text
        return None

    return test


def _taxon(params: dict[str, Any]) -> Test:
    """A taxon must mean a concept: by its id, or by one of its entries."""
    purpose: str = params["purpose"]

    def test(value: Taxon, vocabularies: Vocabularies) -> str | None:
        entries: Iterable[str | None] = [string.value for string in value.entry] if value.entry else (None,)
        if not is_present(value) or any(vocabularies.find_taxon(purpose, None, value.id, one) for one in entries):
            return None
        return next((one for one in entries if one), None) or value.id

    return test


def _value_space(params: dict[str, Any]) -> Test:
    """Source and value, where given, must be those of a value space, letter by letter."""
    source: str = params["source"]
    tokens = frozenset(params["tokens"])

    def test(value: Vocabulary, _: Vocabularies) -> str | None:
        if value.source is not None and value.source != source:
            return f"{value.value or ''} ({value.source or 'no source'})"
        return value.value if value.value is not None and value.value not in tokens else None

    return test


def _one_of(params: dict[str, Any]) -> Test:
    """A text must be one of `values`; with `not`, none of them. Vocabulary values are compared by their token."""
    values = frozenset(params["values"])
    wanted = not params.get("not", False)
    element: str | None = params.get("element")

    def test(value: Any, vocabularies: Vocabularies) -> str | None:
        text = _text(value)
        if not text:
            return None
        if element and isinstance(value, Vocabulary):
            found = vocabularies.find(element, value.source, text)
            text = (found and vocabularies.lom_token(element, found)) or text
        return None if (text in values) is wanted else text

    return test


def _pattern(params: dict[str, Any]) -> Test:
    """A text must match `regex` from end to end: of a date, a duration or a size as received, of a string its value."""
    fits = re.compile(params["regex"]).fullmatch

    def test(value: Any, _: Vocabularies) -> str | None:
        text = _text(value)
        return text if text is not None and not fits(text) else None

    return test


def _language_tag(params: dict[str, Any]) -> Test:
    """A tag must name a language; with `strict` it must be BCP 47 as it stands."""
    strict: bool = params.get("strict", False)

    def test(value: str | LangString, _: Vocabularies) -> str | None:
        tag = value.lang if isinstance(value, LangString) else value
        if not tag or tag.isspace():
            return None
        read = normalise(tag)
        return tag if read.value is None or (strict and read.rule is not None) else None

    return test


def _uri(_params: dict[str, Any]) -> Test:
    """A text must be an http(s) address."""

    def test(value: Any, _: Vocabularies) -> str | None:
        text = _text(value)
        return text if text and not text.isspace() and not _HTTP.fullmatch(text.strip()) else None

    return test


def _date(_params: dict[str, Any]) -> Test:
    """A date must be readable."""

    def test(value: DateTime, _: Vocabularies) -> str | None:
        if not value.raw or value.raw.isspace() or value.value:
            return None
        return value.raw if read_date(value.raw).value is None else None

    return test


def _no_date(_params: dict[str, Any]) -> Test:
    """An age range must be no date: a spreadsheet makes one of 6-8."""

    def test(value: tuple[LangString, ...], _: Vocabularies) -> str | None:
        return next((string.value for string in value if is_date(string.value)), None)

    return test


def _age(_params: dict[str, Any]) -> Test:
    """An age range must name ages."""

    def test(value: tuple[LangString, ...], _: Vocabularies) -> str | None:
        if not is_present(value) or any(age_range(string.value) for string in value):
            return None
        return value[0].value

    return test


def _length(params: dict[str, Any]) -> Test:
    """A text must have at least `least` and at most `most` characters; of a LangString, the longest string counts."""
    least: int = params.get("least", 0)
    most: int | None = params.get("most")

    def test(value: Any, _: Vocabularies) -> str | None:
        texts = [string.value for string in value] if isinstance(value, tuple) else [_text(value) or ""]
        size = max((len(text) for text in texts), default=0)
        lawful = size == 0 or (size >= least and (most is None or size <= most))
        return None if lawful else f"{size}"

    return test


def _vcard(_params: dict[str, Any]) -> Test:
    """A contributor must come as a vCard."""

    def test(value: Entity, _: Vocabularies) -> str | None:
        if not value.raw or value.raw.isspace() or value.raw.lstrip()[:11].upper() == "BEGIN:VCARD":
            return None
        return value.raw

    return test


def _identified(_params: dict[str, Any]) -> Test:
    """A contributor must carry an identifier that is a URI (ORCID, ROR)."""

    def test(value: Entity, _: Vocabularies) -> str | None:
        return None if agent.own_id(value) else value.fn or value.org or value.raw

    return test


def _text(value: Any) -> str | None:
    """The text of a value as received."""
    match value:
        case str():
            return value
        case LangString() | Vocabulary():
            return value.value
        case DateTime() | Duration() | Size():
            return value.raw
        case _:
            return None


VALUES: dict[str, Callable[[dict[str, Any]], Test]] = {
    "concept": _concept,
    "taxon": _taxon,
    "value_space": _value_space,
    "one_of": _one_of,
    "pattern": _pattern,
    "language_tag": _language_tag,
    "uri": _uri,
    "date": _date,
    "age": _age,
    "no_date": _no_date,
    "length": _length,
    "vcard": _vcard,
    "identified": _identified,
}
