"""The search of a site: finds, suggests, tells what is alike, and keeps its index up.

What portals call. It puts together what the other modules do: reading a query, planning it with what the current
index knows, asking the engine, cursors. One is made per process; safe in any number of threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from repository.config.load import home
from repository.errors import Busy
from repository.search import cursor
from repository.search.alerts.saved_searches import Alerting
from repository.search.errors import IndexDamaged, SearchUnavailable
from repository.search.index.document import Document
from repository.search.index.engine import After, Engine, Found, Hit, Index, Wanted
from repository.search.index.projection import Projection, Step, Tell
from repository.search.language.word_lists import every_stop_word
from repository.search.plan.language import Language
from repository.search.plan.parameters import Search
from repository.search.plan.plan import But, Fixed, Has, Is, Node, Some
from repository.search.plan.query_plan import Planned
from repository.search.request import spelled, wanted
from repository.search.suggestions import Suggestion, corrected, suggestions
from repository.site import Site

_ALIKE_TOKENS: Final = 12  # of a title, and of the keywords
_ALIKE_SUBJECT: Final = 6.0
_ALIKE_TYPE: Final = 1.0
_REMEMBERED: Final = 3  # hits before the last one in a cursor
_POLL_S: Final = 0.03
_MOST_DAMAGED: Final = 3
_STUCK_S: Final = 120.0
_BEING_MADE: Final = "The search index is being made; try again in a moment."


class Answer(msgspec.Struct, frozen=True):
    """What a search found: `as_of` is the position up to which the index goes, `cursor` leads to the next page."""

    found: Found
    as_of: int
    planned: Planned | None = None
    did_you_mean: str | None = None
    cursor: str | None = None


class Searching:
    """The search of one site over one engine."""

    def __init__(self, site: Site, engine: Engine) -> None:
        self.site = site
        self.engine = engine
        self.language = Language(site.vocabularies)
        self.projection = Projection(site, engine, self.language)
        self.alerting = Alerting(site, self.language, self.projection)

    # Finding

    def index(self) -> Index:
        """The index that is searched; raises SearchUnavailable while there is none."""
        name = self.engine.current()
        if name is None or not self.projection.making.may_search(name):
            raise SearchUnavailable(_BEING_MADE, 5)
        index = self.engine.open(name)
        if index.watermark() is None:  # It was emptied: what it knows by now is not all that there is.
            raise SearchUnavailable(_BEING_MADE, 5)
        return index

    def find(self, search: Search) -> Answer:
        """Raises BadCursor, SearchUnavailable."""
        search, _ = spelled(search, self.language.vocabularies)
        after = None if search.cursor is None else cursor.read(search.cursor, search, self.site.secrets)
        index = self.index()
        as_of = index.watermark() or 0
        if after is not None and after.as_of == as_of:
            after = replace(after, as_of=None)  # Nothing moved: the hit behind which it goes on has the score it had.
        planned = self.language.plan(search.q, index, search.prefer)
        asked = wanted(search, planned, after)
        found = index.find(asked)
        return Answer(
            found,
            as_of,
            planned,
            corrected(search.q, planned) if found.total and planned else None,
            self._following(search, asked, found, as_of),
        )

    def _following(self, search: Search, asked: Wanted, found: Found, as_of: int) -> str | None:
        if not found.more or not found.hits:
            return None
        last, *others = reversed(found.hits[-1 - _REMEMBERED :])
        rank = (asked.after.rank if asked.after else 0) + len(found.hits)
        before = tuple(hit.id for hit in others) if last.score is not None else ()
        return cursor.write(After(last.key, rank, last.score, as_of, before), search, self.site.secret)

    def alike(self, document: Document, size: int) -> tuple[Hit, ...]:
        """Records that share subjects, kinds and words of the title and keywords with one."""
        node = _likeness(document)
        if node is None:
            return ()
        return self.index().find(Wanted(node=node, order="relevance", size=size)).hits

    def suggest(self, text: str, size: int, languages: Sequence[str]) -> list[Suggestion]:
        """See suggesting.suggestions."""
        return suggestions(self.language, self.index(), text, size, languages)

    # Keeping up

    def step(self, within_s: float = 1.0) -> Step:
        """Let the index follow the line for about so long; see Projection.step."""
        return self.projection.step(within_s)

    def catch_up(self, tell: Tell | None = None) -> int:
        """Follow until the index has all that the line has; how many records this process wrote.

        Another process that writes is waited for as long as it gets on; raises SearchUnavailable when it does not.
        """
        written, seen, moved = 0, -1, time.monotonic()
        damaged = 0
        while True:
            try:
                step = self.projection.step(60.0, tell)
            except IndexDamaged:  # Nobody uses that one any more; the next step begins a new one.
                damaged += 1
                if damaged > _MOST_DAMAGED:
                    raise
                continue
            written += step.written
            if step.done:
                return written
            watermark = self.projection.watermark()
            if step.written or watermark != seen:
                seen, moved = watermark, time.monotonic()
            elif time.monotonic() - moved > _STUCK_S:
                raise SearchUnavailable("Another process holds the index and does not get on.")
            time.sleep(_POLL_S)

    def until_searchable(self, position: int, wait_s: float, sleep: Callable[[float], None] = time.sleep) -> bool:
        """Wait at most `wait_s` seconds until what was published at a position is searchable, lending a hand."""
        end = time.monotonic() + wait_s
        while True:
            try:
                name = self.engine.current()
                if name is not None and (self.engine.open(name).watermark() or 0) >= position:
                    return True
                if self.step(0.5).written:
                    continue
            except Busy:
                return False  # The search is away; what was written is public all the same.
            if time.monotonic() >= end:
                return False
            sleep(_POLL_S)


def open_search(site: Site) -> Searching:
    """The search that the configuration asks for."""
    section = site.config.search
    if section.engine == "elasticsearch":
        from repository.search.engines.elastic import ElasticEngine  # noqa: PLC0415 - its client costs a start 0.2 s

        return Searching(site, ElasticEngine(section.url, section.index))
    from repository.search.engines.embedded import EmbeddedEngine  # noqa: PLC0415 - tantivy costs a start 0.1 s

    return Searching(site, EmbeddedEngine(home() / "search"))


def _likeness(document: Document) -> Node | None:
    small = every_stop_word()
    about = [Fixed(Is("about", (one,)), _ALIKE_SUBJECT) for one in document.keywords["about"] if "/subject/" in one]
    titled = [token for token in dict.fromkeys(document.title[1:]) if token.partition(":")[2] not in small]
    keyed = [part[2:] for part in document.part if part.startswith("k~")]
    parts: list[Node] = [
        *about,
        *(Has("title", token, 2.0) for token in titled[:_ALIKE_TOKENS]),
        *(Has("words", token) for token in keyed[:_ALIKE_TOKENS]),
    ]
    if not parts:
        return None
    liked = tuple(Fixed(Is("about", (one,)), _ALIKE_TYPE) for one in document.keywords["about"])
    return But(Some(tuple(parts)), liked, (Is("id", (document.id,)),))


__all__ = ["Answer", "Searching", "Suggestion", "open_search"]
