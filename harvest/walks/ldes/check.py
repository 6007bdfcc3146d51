"""The checker of event streams: walks any LDES over HTTP and reports every must that it breaks.

Breadth first from the root, each page once; with `again` a second walk checks that what must not change did not change:
pages called immutable, members, and their order. One bad page never ends a walk: it becomes a violation.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

from harvest.errors import BadStatus, HarvestError
from harvest.network.answer import Answer
from harvest.walks.ldes.document import ACCEPT, MOST_BYTES, SYNTAXES
from harvest.walks.ldes.page import Page, Relation, Stream, Violation, page_of, stream_of
from schemas.errors import Unreadable
from schemas.formats.rdf import read as rdf_read

GONE: Final = 410


class Fetches(Protocol):
    def get(self, url: str, headers: dict[str, str]) -> Answer: ...


class Report(NamedTuple):
    """What a walk found: how many pages and members it saw, and every violation, in the order they were met."""

    pages: int
    members: int
    violations: tuple[Violation, ...]


class _Walk:
    """One walk's pages and members, and what they break together."""

    def __init__(self, client: Fetches, most: int, tell: Callable[[], None]) -> None:
        self.client = client
        self.most = most
        self.tell = tell
        self.pages: dict[str, Page] = {}
        self.bytes: dict[str, str] = {}
        self.members: dict[str, tuple[str, datetime | None]] = {}
        self.violations: list[Violation] = []

    def run(self, url: str) -> None:
        stream, graph, answer = self._root(url)
        if stream is None or answer is None:
            return
        waiting: deque[tuple[str, tuple[Relation, ...], tuple[str, ...]]] = deque([(stream.root, (), ())])
        known = {stream.root: (graph, answer)}
        while waiting and len(self.pages) < self.most:
            address, led, above = waiting.popleft()
            if address in self.pages:
                if address in above:
                    self.violations.append(Violation("cycle", f"{address} leads back to itself."))
                continue
            found = known.get(address) or self._fetch(address)
            if found is None:
                continue
            page = page_of(found[0], found[1].url, stream, immutable_header=_is_immutable(found[1]), digests=True)
            self._enter(address, page, found[1], led)
            for node in dict.fromkeys(each.node for each in page.relations):
                here = tuple(r for r in page.relations if r.node == node and r.path == stream.timestamp_path)
                waiting.append((node, (*led, *here), (*above, address)))

    def _root(self, url: str) -> tuple[Stream | None, Any, Answer | None]:
        found = self._fetch(url)
        if found is None:
            return None, None, None
        stream, problems = stream_of(found[0], found[1].url)
        if stream is not None and stream.root != found[1].url:
            return self._root(stream.root) if stream.root != url else (None, None, None)
        self.violations += problems
        return stream, *found

    def _fetch(self, url: str) -> tuple[Any, Answer] | None:
        """A page parsed; None where there is nothing to read, which is a violation unless the page is gone (410)."""
        try:
            answer = self.client.get(url, {"Accept": ACCEPT})
        except BadStatus as error:
            if error.status != GONE:
                self.violations.append(Violation("page_missing", f"{url} is linked and answers {error.status}."))
            return None
        except HarvestError as error:
            self.violations.append(Violation("page_missing", f"{url} is linked and cannot be read: {error}"))
            return None
        self.tell()
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        syntax = SYNTAXES.get(media_type)
        if syntax is None:
            self.violations.append(Violation("media_type", f"{url} has the media type {media_type or '(none)'}."))
            return None
        try:
            return rdf_read.parse(answer.body, syntax, answer.url, MOST_BYTES), answer
        except Unreadable as error:
            self.violations.append(Violation("not_rdf", f"{url} is not the {media_type} it says: {error.message}"))
            return None

    def _enter(self, address: str, page: Page, answer: Answer, led: tuple[Relation, ...]) -> None:
        self.pages[address] = page
        self.bytes[address] = hashlib.sha256(answer.body).hexdigest()
        self.violations += page.violations
        for member in page.members:
            when = member.when
            if when is not None and not all(relation.holds(when) for relation in led):
                self.violations.append(
                    Violation("member_out_of_bounds", f"{address}: {member.iri} is outside the bounds that lead to it.")
                )
            before = self.members.get(member.iri)
            if before is not None and before[0] != member.digest:
                self.violations.append(Violation("member_changed", f"{address}: {member.iri} differs elsewhere."))
            self.members[member.iri] = (member.digest, member.when)


def check(client: Fetches, url: str, most: int, tell: Callable[[], None], *, again: bool = False) -> Report:
    """Walk a stream (twice with `again`), at most `most` pages each time; `tell` is called for every page."""
    first = _Walk(client, most, tell)
    first.run(url)
    found = list(first.violations)
    if again:
        second = _Walk(client, most, tell)
        second.run(url)
        found += _changes(first, second)
    return Report(len(first.pages), len(first.members), tuple(found))


def _changes(first: _Walk, second: _Walk) -> list[Violation]:
    """What should be the same at the second walk and is not."""
    found: list[Violation] = []
    for address, page in first.pages.items():
        if page.immutable and second.bytes.get(address, first.bytes[address]) != first.bytes[address]:
            found.append(Violation("page_changed", f"{address} is immutable and changed."))
    newest = max((when for _, when in first.members.values() if when is not None), default=None)
    for iri, (digest, _) in first.members.items():
        after = second.members.get(iri)
        if after is None:
            found.append(Violation("member_gone", f"{iri} was a member and is none any more."))
        elif after[0] != digest:
            found.append(Violation("member_changed", f"{iri} says something else at the second walk."))
    for iri, (_, when) in second.members.items():
        if iri not in first.members and newest is not None and when is not None and when < newest:
            found.append(Violation("late_member", f"{iri} came later than members with a later timestamp."))
    return found


def _is_immutable(answer: Answer) -> bool:
    return "immutable" in answer.headers.get("cache-control", "").lower()
