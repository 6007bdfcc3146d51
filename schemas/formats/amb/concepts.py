"""The concepts of a resource as AMB says them, {id, prefLabel}: as values of a record, or as taxa of a classification.

An address keeps the label that came with it. A label alone may hold several terms ("Teacher, Student"), told as a
repair where they come apart; one that says how hard something is, is no level. It must not look at other properties.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.formats.amb.linked import Node
from schemas.formats.assembly import EDUCATIONAL_LEVEL, Assembly
from schemas.record import LangString, LangStrings, Vocabulary
from schemas.vocabularies.vocabularies import CLASSIFIED, Vocabularies

_SHOWN = 200


def namespace(id_: str) -> str | None:
    """The scheme a concept's address belongs to: all but its last part."""
    head, mark, _ = id_.rpartition("#" if "#" in id_ else "/")
    return head + mark if mark and "://" in head else None


class ConceptReader:
    """Reads the concepts of one resource; `language` is the default one of its context."""

    def __init__(self, assembly: Assembly, vocabularies: Vocabularies, language: str | None) -> None:
        self.assembly = assembly
        self.vocabularies = vocabularies
        self.language = language

    def terms(self, value: Node, space: str) -> Iterator[Vocabulary]:
        id_, labels = value.get("id"), _labels(value)
        if isinstance(id_, str):
            yield self.assembly.term(space, id_, namespace(id_), labels or None)
        elif labels:
            for text in self._apart(space, labels[0]):
                yield self.assembly.term(space, text)

    def classify(self, value: Node, purpose: str) -> None:
        id_, labels = value.get("id"), _labels(value)
        id_ = id_ if isinstance(id_, str) else None
        if not id_ and len(labels) == 1 and purpose in CLASSIFIED:
            self._classify_words(purpose, labels[0])
        elif id_ or labels:
            self.assembly.classify(purpose, id_, labels or None, namespace(id_) if id_ else None)

    def _classify_words(self, purpose: str, label: LangString) -> None:
        if purpose == EDUCATIONAL_LEVEL and self.assembly.is_difficulty(label.value, self._tag(label.lang)):
            self.assembly.level(label.value, self._tag(label.lang))
            return
        for text in self._apart(CLASSIFIED[purpose], label):
            self.assembly.classify(purpose, None, (LangString(label.lang, text),))

    def _apart(self, space: str, label: LangString) -> tuple[str, ...]:
        meant = self.vocabularies.meanings(space, None, label.value, self._tag(label.lang))
        found = tuple(dict.fromkeys(one.words for one in meant)) or (label.value,)
        if len(found) > 1:
            self.assembly.repair(space, "packed_values", label.value[:_SHOWN], " | ".join(found)[:_SHOWN])
        return found

    def _tag(self, lang: str | None) -> str | None:
        return lang or self.language or next(iter(self.assembly.languages), None)


def _labels(value: Node) -> LangStrings:
    labels = value.get("prefLabel")
    if not isinstance(labels, dict):
        return ()
    return tuple(
        LangString(None if lang == "und" else lang, text) for lang, text in labels.items() if isinstance(text, str)
    )
