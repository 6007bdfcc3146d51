"""Highlights: the words of a text that a query found, between <mark> and </mark>, the rest escaped for HTML.

Made from the text itself with the analysis of the index, so that both engines mark the same. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from repository.search.language.analysis import Analyser
from repository.search.language.words import normal, pieces_of, words_of
from repository.search.plan.query_plan import Planned, gram
from schemas.summary.summary import Summary

AROUND: Final = 110  # characters shown on each side of what was found
MOST_FRAGMENTS: Final = 3
_LONGEST: Final = 50_000  # characters of a text that are looked through
_OPEN: Final = "<mark>"
_CLOSE: Final = "</mark>"
Span = tuple[int, int]


class Marker:
    """Marks what one query found."""

    def __init__(self, planned: Planned, analyser: Analyser) -> None:
        self.planned = planned
        self.analyser = analyser
        self._beginnings = tuple(map(gram, planned.beginnings))
        self._inside: dict[str, tuple[Span, ...]] = {}  # of each word as it is written: texts repeat their words

    def highlights(self, summary: Summary) -> dict[str, list[str]]:
        """Marked texts by field; fields without a match are left out."""
        found = {
            "title": self.whole(summary.title),
            "description": self.fragments(summary.description or ""),
            "keywords": [text for keyword in summary.keywords for text in self.whole(keyword)],
            "contributors": [text for one in summary.contributors for text in self.whole(one.name)],
        }
        return {field: texts for field, texts in found.items() if texts}

    def whole(self, text: str) -> list[str]:
        """The whole text, marked; none when nothing in it was found."""
        text = normal(text)
        spans = self._spans(text)
        return [_marked(text, 0, len(text), spans)] if spans else []

    def fragments(self, text: str) -> list[str]:
        """The places of a long text where something was found, cut at white space."""
        text = normal(text[:_LONGEST])
        spans = self._spans(text)
        return [_fragment(text, begin, end, spans) for begin, end in _windows(spans, len(text))][:MOST_FRAGMENTS]

    def _spans(self, text: str) -> list[Span]:
        spans: list[Span] = []
        for start, piece in pieces_of(text):
            inside = self._inside.get(piece)
            if inside is None:
                inside = tuple((word.start, word.end) for word in words_of(piece) if self._is_found(word.text))
                self._inside[piece] = inside
            spans += [(start + left, start + right) for left, right in inside]
        return spans

    def _is_found(self, word: str) -> bool:
        planned = self.planned
        return (
            word in planned.exact
            or gram(word).startswith(self._beginnings)
            or not planned.tokens.isdisjoint(self.analyser.variants(word))
        )


def _windows(spans: Iterable[Span], length: int) -> Iterator[Span]:
    """What is shown around the spans; windows that touch are one."""
    now: Span | None = None
    for start, end in spans:
        window = (max(0, start - AROUND), min(length, end + AROUND))
        if now is None:
            now = window
        elif window[0] <= now[1] and window[1] - now[0] <= 4 * AROUND:
            now = (now[0], window[1])
        elif window[0] <= now[1]:
            continue
        else:
            yield now
            now = window
    if now is not None:
        yield now


def _fragment(text: str, begin: int, end: int, spans: Iterable[Span]) -> str:
    if begin > 0:
        space = text.find(" ", begin, begin + AROUND // 2)
        begin = space + 1 if space >= 0 else begin
    if end < len(text):
        space = text.rfind(" ", end - AROUND // 2, end)
        end = space if space >= 0 else end
    inside = [(left, right) for left, right in spans if begin <= left and right <= end]
    before, after = "… " if begin > 0 else "", " …" if end < len(text) else ""
    return before + _marked(text, begin, end, inside) + after


def _marked(text: str, begin: int, end: int, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    place = begin
    for left, right in spans:
        parts += [escape(text[place:left], quote=False), _OPEN, escape(text[left:right], quote=False), _CLOSE]
        place = right
    parts.append(escape(text[place:end], quote=False))
    return "".join(parts)
