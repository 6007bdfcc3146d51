"""Highlights: the words of a text that a query found, between <mark> and </mark>, the rest escaped for HTML.

Made from the text itself with the analysis of the index, in the text's own language, so that both engines mark the same
and `water` does not mark the Dutch `wat` (the stem of `water` in German). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from repository.search.language.analysis import UNSTEMMED, Analyser, language_of
from repository.search.language.joined import chains, joined_words
from repository.search.language.words import normal, pieces_of, plain_words, words_of
from repository.search.plan.query_plan import Planned, gram
from schemas.summary.summary import Summary

AROUND: Final = 110  # characters shown on each side of what was found
MOST_FRAGMENTS: Final = 3
_LONGEST: Final = 50_000  # characters of a text that are looked through
_OPEN: Final = "<mark>"
_CLOSE: Final = "</mark>"
Span = tuple[int, int]
Languages = tuple[str, ...]
Given = tuple[str | None, ...]


class Marker:
    """Marks what one query found."""

    def __init__(self, planned: Planned, analyser: Analyser) -> None:
        self.planned = planned
        self.analyser = analyser
        self._beginnings = tuple(map(gram, planned.beginnings))
        self._inside: dict[tuple[str, Languages], tuple[Span, ...]] = {}  # of each word as it is written

    def highlights(self, summary: Summary) -> dict[str, list[str]]:
        """Marked texts by field; fields without a match are left out."""
        main = summary.language[0] if summary.language else None
        found = {
            "title": self.whole(summary.title, (summary.title_lang or main,)),
            # The description's language is not kept: it is the record's, or what its small words tell.
            "description": self.fragments(summary.description or "", (main, None) if main else (None,)),
            "keywords": [text for keyword in summary.keywords for text in self.whole(keyword, (main,))],
            "contributors": [text for one in summary.contributors for text in self.whole(one.name, (UNSTEMMED,))],
        }
        return {field: texts for field, texts in found.items() if texts}

    def whole(self, text: str, given: Given = (None,)) -> list[str]:
        """The whole text, marked; empty when nothing in it was found. `given`: the languages it may be in."""
        text = normal(text)
        spans = self._spans(text, given)
        return [_marked(text, 0, len(text), spans)] if spans else []

    def fragments(self, text: str, given: Given = (None,)) -> list[str]:
        """The places of a long text where something was found, cut at white space."""
        text = normal(text[:_LONGEST])
        spans = self._spans(text, given)
        return [_fragment(text, begin, end, spans) for begin, end in _windows(spans, len(text))][:MOST_FRAGMENTS]

    def _spans(self, text: str, given: Given) -> list[Span]:
        languages = _languages(text, given)
        spans: list[Span] = []
        for start, piece in pieces_of(text):
            inside = self._inside.get((piece, languages))
            if inside is None:
                words = [word for word in words_of(piece) if self._is_found(word.text, languages)]
                inside = tuple((word.start, word.end) for word in words)
                self._inside[piece, languages] = inside
            spans += [(start + left, start + right) for left, right in inside]
        together = [
            (chain.start, chain.end)
            for chain in chains(text)
            if any(self._has_token(form, languages) for form in joined_words(text[chain.start : chain.end]))
        ]
        together += self._rows(text)
        return _merged([*spans, *together]) if together else spans

    def _is_found(self, word: str, languages: Languages) -> bool:
        return word in self.planned.exact or gram(word).startswith(self._beginnings) or self._has_token(word, languages)

    def _has_token(self, word: str, languages: Languages) -> bool:
        tokens = self.planned.tokens
        return any(not tokens.isdisjoint(self.analyser.tokens(lang, word)) for lang in languages)

    def _rows(self, text: str) -> list[Span]:
        """Where the words of a row stand side by side."""
        if not self.planned.rows:
            return []
        words = list(words_of(text))
        texts = tuple(word.text for word in words)
        return [
            (words[n].start, words[n + len(row) - 1].end)
            for row in self.planned.rows
            for n in range(len(texts) - len(row) + 1)
            if texts[n : n + len(row)] == row
        ]


def _languages(text: str, given: Given) -> Languages:
    words = plain_words(text)
    guessed = [language_of(words, lang) for lang in given]
    # For a text in a known language, a guess counts only when it is sure.
    sure = [found for found in guessed if len(found) == 1] or guessed
    return tuple(dict.fromkeys(lang for found in sure for lang in found))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in their order, those that overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


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
