"""Whether one document matches a plan: what saved searches are evaluated with, without an engine.

The plan is made without a lexicon, so that a saved search means what it says and never what an index happens to know.
Each plan names the tokens of which a document must have one, so that a change is compared only with the searches
that it may matter to. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from repository.search.index.document import Document
from repository.search.index.engine import Wanted
from repository.search.plan.plan import (
    Ahead,
    Best,
    Between,
    But,
    Every,
    Everything,
    Fixed,
    Has,
    Is,
    Node,
    Nothing,
    Row,
    Some,
)

Key = tuple[str, str]


class Held:
    """A document, held against plans: its tokens as sets, made when they are first asked for."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._tokens: dict[str, frozenset[str]] = {}

    def tokens(self, field: str) -> frozenset[str]:
        known = self._tokens.get(field)
        if known is None:
            known = self._tokens[field] = frozenset(getattr(self.document, field))
        return known

    @cached_property
    def keys(self) -> frozenset[Key]:
        """Everything that a plan may name."""
        texts = (
            (field, token)
            for field in ("title", "concepts", "words", "exact", "part", "starts")
            for token in self.tokens(field)
        )
        values = ((field, value) for field, found in self.document.keywords.items() for value in found)
        return frozenset((*texts, *values))

    def fits(self, wanted: Wanted) -> bool:
        """Whether the document is what a search wants, filters included."""
        if wanted.node is not None and not self._matches(wanted.node):
            return False
        return all(self._matches(each.node) for each in wanted.filters)

    def _matches(self, node: Node) -> bool:
        match node:
            case Has():
                return node.token in self.tokens(node.field)
            case Row():
                return self._has_row(node.words)
            case Is():
                own = (self.document.id,) if node.field == "id" else self.document.keywords[node.field]
                return not set(own).isdisjoint(node.values)
            case Between():
                number = getattr(self.document, node.field)
                low, high = node.low, node.high
                return number is not None and (low is None or number >= low) and (high is None or number <= high)
            case Ahead():
                return str(getattr(self.document, node.field)).startswith(node.beginning)
            case Every():
                return all(map(self._matches, node.parts))
            case Some() | Best():
                return any(map(self._matches, node.parts))
            case But():
                return self._matches(node.wanted) and not any(map(self._matches, node.without))
            case Fixed():
                return self._matches(node.node)
            case Everything():
                return True
            case Nothing():
                return False

    def _has_row(self, words: Sequence[str]) -> bool:
        if not self.tokens("exact").issuperset(words):
            return False
        exact = self.document.exact
        return any(exact[n : n + len(words)] == tuple(words) for n in range(len(exact) - len(words) + 1))


class Waiting:
    """Many searches, found by the tokens of which a document must have one."""

    def __init__(self, searches: Iterable[tuple[int, Wanted]]) -> None:
        self.wanted = dict(searches)
        self._by_key: dict[Key, list[int]] = {}
        self._always: list[int] = []
        for number, wanted in self.wanted.items():
            keys = _cheapest([demanded(node) for node in _nodes(wanted)])
            if keys is None:
                self._always.append(number)
            for key in keys or ():
                self._by_key.setdefault(key, []).append(number)

    def matching(self, document: Document) -> list[int]:
        """The numbers of the searches that a document matches, in rising order."""
        held = Held(document)
        candidates = dict.fromkeys(self._always)
        for key in self._by_key.keys() & held.keys:
            candidates.update(dict.fromkeys(self._by_key[key]))
        return sorted(number for number in candidates if held.fits(self.wanted[number]))


def demanded(node: Node) -> frozenset[Key] | None:
    """Tokens of which every match must have at least one; None when no such tokens can be named."""
    match node:
        case Has():
            return frozenset(((node.field, node.token),))
        case Row():
            return frozenset((("exact", max(node.words, key=len)),))
        case Is() if node.field != "id":
            return frozenset((node.field, value) for value in node.values)
        case Every():
            return _cheapest(list(map(demanded, node.parts)))
        case Some() | Best():
            found = list(map(demanded, node.parts))
            known = [keys for keys in found if keys is not None]
            return frozenset().union(*known) if len(known) == len(found) else None
        case But():
            return demanded(node.wanted)
        case Fixed():
            return demanded(node.node)
        case Nothing():
            return frozenset()
        case _:
            return None


def _nodes(wanted: Wanted) -> Iterator[Node]:
    if wanted.node is not None:
        yield wanted.node
    for each in wanted.filters:
        yield each.node


def _cheapest(found: Sequence[frozenset[Key] | None]) -> frozenset[Key] | None:
    known = [keys for keys in found if keys is not None]
    return min(known, key=len) if known else None
