"""Planning: a query of words to a plan of tokens, with the help of what the index knows of those words.

A word that the index knows is asked for in every language's stem; joined with its neighbour or split in two where the
index knows that spelling (lesbrief, les brief). One that it does not know is taken for the beginning of a word, else
for two words written as one, else for a misspelling. Small words are liked, not demanded. Nothing here asks an
engine but through a Lexicon; without one (saved searches) only what is written counts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from repository.search.language import spelling
from repository.search.language.analysis import Analyser
from repository.search.language.labels import title_key
from repository.search.language.query import Both, Either, Nonsense, Query, Quoted, Word, words
from repository.search.language.word_lists import every_stop_word
from repository.search.plan import plan
from repository.search.plan.plan import Best, But, Fixed, Has, Is, Node, Nothing, Row, Some, Text, best, every

Token = tuple[str, str]

TITLE_WEIGHT: Final = 3.0
CONCEPT_WEIGHT: Final = 1.5
JOINED_WEIGHT: Final = 0.9
EXACT_TITLE: Final = 1000.0  # above every sum of words: the very title stands first
EXACT_CONCEPT: Final = 30.0
BEGINNING: Final = 1.0
NEAR_WEIGHTS: Final = (1.0, 0.6, 0.3)  # by distance
LONGEST_GRAM: Final = 15
_SHORTEST_SPLIT: Final = 6
_SHORTEST_PART: Final = 3
_LINKS: Final = ("", "s", "en", "e", "n")
_WEIGHTS: Final[tuple[tuple[Text, float], ...]] = (
    ("title", TITLE_WEIGHT), ("concepts", CONCEPT_WEIGHT), ("words", 1.0),
)  # fmt: skip
_PART_KEYS: Final = {"title": "t", "keyword": "k", "author": "c"}


class Lexicon(Protocol):
    """What an index knows of words."""

    def frequencies(self, tokens: Iterable[Token]) -> Mapping[Token, int]:
        """How many documents have each token; those that none has may be left out."""
        ...

    def near(self, forms: Iterable[str]) -> Sequence[str]:
        """The words of titles and keywords that share a form (spelling.forms) with these."""
        ...


class Planned(msgspec.Struct, frozen=True):
    """A plan, the tokens and exact words to be marked in a hit, and words that were replaced as misspelt."""

    node: Node
    tokens: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()


def gram(word: str) -> str:
    """A word as it stands among the beginnings of words."""
    return word[:LONGEST_GRAM]


def plan_query(
    query: Query, analyser: Analyser, labels: Mapping[str, tuple[str, ...]], lexicon: Lexicon | None
) -> Planned:
    """The plan of a query; `labels` gives the concepts that a folded label names."""
    return _Planner(query, analyser, labels, lexicon).planned()


class _Planner:
    def __init__(
        self, query: Query, analyser: Analyser, labels: Mapping[str, tuple[str, ...]], lexicon: Lexicon | None
    ) -> None:
        self.query = query
        self.analyser = analyser
        self.labels = labels
        self.lexicon = lexicon
        self.wanted = words(query)
        self.asked: set[Token] = set()
        self.known: Mapping[Token, int] = {}
        self.near: dict[str, tuple[tuple[str, int], ...]] = {}
        self.marks: set[str] = set()
        self.exact: set[str] = set()
        self.beginnings: list[str] = []
        self.corrected: dict[str, str] = {}
        self.demanding = bool(set(self.wanted) - every_stop_word())
        if lexicon is not None:
            self._look_up(lexicon)

    def planned(self) -> Planned:
        node = self._node(self.query)
        liked = () if isinstance(node, Nothing) else tuple(self._liked())
        if liked and isinstance(node, But):
            node = But(node.wanted, (*node.liked, *liked), node.without)
        elif liked:
            node = But(node, liked)
        return Planned(
            node, frozenset(self.marks), frozenset(self.exact), tuple(self.beginnings), tuple(self.corrected.items())
        )

    def _liked(self) -> Iterator[Node]:
        """What lifts a hit beyond its words: being exactly that title, or about exactly that concept."""
        if not self.wanted or isinstance(self.query, Either):
            return
        key = title_key(self.wanted)
        yield Fixed(Is("title_key", (key,)), EXACT_TITLE)
        if concepts := self.labels.get(key):
            yield Fixed(Is("about", concepts), EXACT_CONCEPT)

    # What the index knows

    def _look_up(self, lexicon: Lexicon) -> None:
        """Ask once for every token that may be needed, and once for what is near to unknown words."""
        asked = self.asked
        for word in dict.fromkeys(self.wanted):
            asked |= {(field, token) for token in self.analyser.variants(word) for field in ("words", "concepts")}
            asked |= {("exact", word), ("starts", gram(word))}
            asked |= {("exact", part) for left, right in _splits(word) for part in (left, right)}
        for one, other in _neighbours(self.query):
            asked |= {("exact", joined) for joined in _joinings(one, other)}
        self.known = lexicon.frequencies(sorted(asked))
        unknown = [word for word in dict.fromkeys(self.wanted) if self._is_misspelt(word)]
        if unknown:
            self._look_near(lexicon, unknown)

    def _look_near(self, lexicon: Lexicon, unknown: Sequence[str]) -> None:
        candidates = list(lexicon.near(sorted({form for word in unknown for form in spelling.forms(word)})))
        candidates += [plain for word in unknown if (plain := spelling.digraphs(word))]
        frequencies = lexicon.frequencies([("exact", word) for word in sorted(set(candidates))])
        counts = {word: count for (_, word), count in frequencies.items()}
        for word in unknown:
            plain = spelling.digraphs(word)
            if plain and counts.get(plain):
                self.near[word] = ((plain, 0),)
            elif found := spelling.nearest(word, candidates, counts):
                self.near[word] = found

    def _knows(self, word: str) -> bool:
        if self.lexicon is None or self.known.get(("exact", word)):
            return True
        tokens = self.analyser.variants(word)
        return any(self.known.get(("words", one)) or self.known.get(("concepts", one)) for one in tokens)

    def _is_misspelt(self, word: str) -> bool:
        return (
            spelling.is_correctable(word)
            and not self._knows(word)
            and not self.known.get(("starts", gram(word)))
            and not self._known_splits(word)
        )

    def _known_splits(self, word: str) -> list[tuple[str, str]]:
        return [
            (left, right)
            for left, right in _splits(word)
            if self.known.get(("exact", left)) and self.known.get(("exact", right))
        ]

    # The tree

    def _node(self, query: Query) -> Node:
        match query:
            case Word():
                return self._word(query)
            case Quoted():
                return self._quoted(query)
            case Either():
                return Some(tuple(map(self._node, query.parts)))
            case Both():
                return self._both(query)
            case Nonsense():
                return Nothing()

    def _both(self, query: Both) -> Node:
        demanded: list[Node] = []
        liked: list[Node] = []
        parts = list(query.parts)
        while parts:
            part = parts.pop(0)
            if self.demanding and _is_small(part):
                liked.append(self._node(part))
            elif parts and (joined := self._joined(part, parts[0])):
                demanded.append(best(every(self._node(part), self._node(parts.pop(0))), *joined))
            else:
                demanded.append(self._node(part))
        without = tuple(self._unwanted(part) for part in query.without)
        node = every(*demanded) if demanded else plan.Everything()
        return But(node, tuple(liked), without) if liked or without else node

    def _unwanted(self, query: Query) -> Node:
        """What is not wanted is taken at its word: no misspelling, no splitting, no marks."""
        inner = _Planner(query, self.analyser, self.labels, None)
        return inner._node(query)

    def _joined(self, one: Query, other: Query) -> tuple[Node, ...]:
        """Two neighbours written as one word, where the index knows it so."""
        if not (_is_plain(one) and _is_plain(other)):
            return ()
        assert isinstance(one, Word) and isinstance(other, Word)  # noqa: S101 - _is_plain says so
        found = [word for word in _joinings(one.text, other.text) if self.known.get(("exact", word))]
        return tuple(self._stems(word, JOINED_WEIGHT) for word in found)

    def _word(self, word: Word) -> Node:
        if word.field is not None:
            return self._in_field(word)
        if word.beginning:
            return self._beginning(word.text)
        if self._knows(word.text):
            splits = [self._side_by_side(pair) for pair in self._known_splits(word.text)]
            return best(self._stems(word.text), *splits)
        if self.known.get(("starts", gram(word.text))):
            return self._beginning(word.text)
        if splits := [self._side_by_side(pair) for pair in self._known_splits(word.text)]:
            return best(*splits)
        if near := self.near.get(word.text):
            self.corrected[word.text] = near[0][0]
            return best(*(self._stems(one, NEAR_WEIGHTS[away]) for one, away in near))
        return self._stems(word.text)

    def _stems(self, word: str, weight: float = 1.0) -> Node:
        """A word in any language, wherever it stands; a title counts most."""
        tokens = self.analyser.variants(word)
        self.marks.update(tokens)
        return Best(
            tuple(
                Has(field, token, weight * own)
                for field, own in _WEIGHTS
                for token in tokens
                if self._is_there(field, token)
            )
            or (Nothing(),)
        )

    def _is_there(self, field: Text, token: str) -> bool:
        """A token that nobody has need not be asked for (titles are among the words)."""
        asked: Token = ("concepts" if field == "concepts" else "words", token)
        return asked not in self.asked or bool(self.known.get(asked))

    def _beginning(self, text: str) -> Node:
        self.beginnings.append(text)
        return Fixed(Some((Has("starts", gram(text), 0.0), Has("starts", f"k={gram(text)}", 0.0))), BEGINNING)

    def _side_by_side(self, pair: tuple[str, str]) -> Node:
        self.exact.update(pair)
        return Row(pair, JOINED_WEIGHT)

    def _quoted(self, quoted: Quoted) -> Node:
        self.exact.update(quoted.words)
        row: Node = Row(quoted.words) if len(quoted.words) > 1 else Has("exact", quoted.words[0])
        if quoted.field is None:
            return row
        if quoted.field == "subject":
            return every(*(self._exactly_in(quoted.field, word) for word in quoted.words))
        return every(row, *(self._exactly_in(quoted.field, word) for word in quoted.words))

    def _exactly_in(self, field: str, word: str) -> Node:
        if field == "subject":  # Labels of concepts stand there in all languages, and stemmed.
            return Fixed(best(*(Has("concepts", token) for token in self.analyser.variants(word))), 0.0)
        return Fixed(Has("part", f"{_PART_KEYS[field]}={word}"), 0.0)

    def _in_field(self, word: Word) -> Node:
        tokens = self.analyser.variants(word.text)
        self.marks.update(tokens)
        match word.field:
            case "title":
                return best(*(Has("title", token, TITLE_WEIGHT) for token in tokens))
            case "subject":
                return best(*(Has("concepts", token, CONCEPT_WEIGHT) for token in tokens))
            case "keyword":
                return best(*(Has("part", f"k~{token}") for token in tokens))
            case _:
                self.exact.add(word.text)
                return Has("part", f"c={word.text}")


def _is_plain(query: Query) -> bool:
    return isinstance(query, Word) and query.field is None and not query.beginning


def _is_small(query: Query) -> bool:
    return isinstance(query, Word) and query.field is None and query.text in every_stop_word()


def _neighbours(query: Query) -> Iterator[tuple[str, str]]:
    """Pairs of plain words that stand side by side."""
    parts = query.parts if isinstance(query, Both | Either) else ()
    for one, other in itertools.pairwise(parts):
        if isinstance(one, Word) and isinstance(other, Word) and _is_plain(one) and _is_plain(other):
            yield one.text, other.text
    for part in parts:
        yield from _neighbours(part)


def _joinings(one: str, other: str) -> list[str]:
    if len(one) < 2 or len(other) < 2:
        return []
    return [f"{one}{link}{other}" for link in _LINKS]


def _splits(word: str) -> list[tuple[str, str]]:
    """The ways to cut a word in two, with and without a linking sound behind the first part."""
    if len(word) < _SHORTEST_SPLIT or len(word) > 2 * spelling.LONGEST or not word.isalpha():
        return []
    small = every_stop_word()
    found: list[tuple[str, str]] = []
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        left, right = word[:cut], word[cut:]
        if right in small:
            continue
        for link in _LINKS:
            part = left.removesuffix(link) if link else left
            if (not link or part != left) and len(part) >= _SHORTEST_PART and part not in small:
                found.append((part, right))
    return found


__all__ = ["Lexicon", "Planned", "Token", "gram", "plan_query"]
