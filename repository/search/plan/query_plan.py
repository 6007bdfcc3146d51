"""Planning: a query of words to a plan of tokens, with the help of what the index knows of those words.

A word that the index knows is asked for in every language's stem; joined with its neighbour or split in two where the
index knows that spelling (lesbrief, les brief; e-learning, elearning). One that it does not know is taken for the
beginning of a word, else for two words written as one, else for a misspelling. Small words are liked, not demanded.
Nothing here asks an engine but through a Lexicon; without one (saved searches) only what is written counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from repository.search.language import spelling
from repository.search.language.analysis import Analyser
from repository.search.language.labels import joined_key, title_key
from repository.search.language.query import Both, Bound, Either, Nonsense, Query, Quoted, Word, words
from repository.search.language.word_lists import every_stop_word
from repository.search.plan import plan, preference, spellings
from repository.search.plan.lexicon import Lexicon, Token
from repository.search.plan.plan import Best, But, Fixed, Has, Is, Node, Nothing, Row, Some, Text, best, every
from repository.search.plan.preference import Preference

TITLE_WEIGHT: Final = 3.0
CONCEPT_WEIGHT: Final = 1.5
JOINED_WEIGHT: Final = 0.9
EXACT_TITLE: Final = 1000.0  # above every sum of words: the very title stands first
EXACT_CONCEPT: Final = 30.0
BEGINNING: Final = 1.0
NEAR_WEIGHTS: Final = (1.0, 0.6, 0.3)  # by distance
LONGEST_GRAM: Final = 15
_WEIGHTS: Final[tuple[tuple[Text, float], ...]] = (
    ("title", TITLE_WEIGHT), ("concepts", CONCEPT_WEIGHT), ("words", 1.0),
)  # fmt: skip
_PART_KEYS: Final = {"title": "t", "keyword": "k", "author": "c"}


class Planned(msgspec.Struct, frozen=True):
    """A plan, what is to be marked in a hit, and what was asked for instead of a word that no record has.

    Marked are tokens, exact words, beginnings, and rows of exact words that stand side by side. What was asked for is
    told in the query language: words, `begin*`, `"two words"`.
    """

    node: Node
    tokens: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    rows: frozenset[tuple[str, ...]] = frozenset()
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()


def gram(word: str) -> str:
    """A word as it stands among the beginnings of words."""
    return word[:LONGEST_GRAM]


def plan_query(
    query: Query,
    analyser: Analyser,
    labels: Mapping[str, tuple[str, ...]],
    lexicon: Lexicon | None,
    prefer: str | None = None,
) -> Planned:
    """The plan of a query; `labels` gives the concepts that a folded label names, `prefer` the reader's language."""
    return _Planner(query, analyser, labels, lexicon, prefer).planned()


class _Planner:
    def __init__(
        self,
        query: Query,
        analyser: Analyser,
        labels: Mapping[str, tuple[str, ...]],
        lexicon: Lexicon | None,
        prefer: str | None = None,
    ) -> None:
        self.query = query
        self.analyser = analyser
        self.labels = labels
        self.lexicon = lexicon
        self.wanted = words(query)
        self.asked: set[Token] = set()
        self.known: Mapping[Token, int] = {}
        self.near: dict[str, tuple[tuple[str, int], ...]] = {}
        self.apart: dict[str, list[tuple[str, ...]]] = {}  # how an unknown word is written as several
        self.marks: set[str] = set()
        self.exact: set[str] = set()
        self.beginnings: list[str] = []
        self.rows: set[tuple[str, ...]] = set()
        self.instead: dict[str, tuple[str, ...]] = {}
        self.demanding = bool(set(self.wanted) - every_stop_word())
        self.preference: Preference | None = None
        if lexicon is not None:
            self._look_up(lexicon, prefer)

    def planned(self) -> Planned:
        node = self._node(self.query)
        liked = () if isinstance(node, Nothing) else tuple(self._liked(node))
        if liked and isinstance(node, But):
            node = But(node.wanted, (*node.liked, *liked), node.without)
        elif liked:
            node = But(node, liked)
        return Planned(
            node,
            frozenset(self.marks),
            frozenset(self.exact),
            tuple(self.beginnings),
            frozenset(self.rows),
            tuple(self.instead.items()),
        )

    def _liked(self, node: Node) -> Iterator[Node]:
        """What lifts a hit beyond its words: its language, being exactly that title, or about exactly that concept."""
        if self.preference is not None and not plan.is_flat(node):
            demanded = [word for word in dict.fromkeys(self.wanted) if word not in every_stop_word()]
            if lift := self.preference.lift(map(self.analyser.variants, demanded or self.wanted)):
                yield lift
        if not self.wanted or isinstance(self.query, Either):
            return
        key = title_key(self.wanted)
        for form in dict.fromkeys((key, joined_key(self.wanted))):
            yield Fixed(Is("title_key", (form,)), EXACT_TITLE)
        if concepts := self.labels.get(key):
            yield Fixed(Is("about", concepts), EXACT_CONCEPT)

    # What the index knows

    def _look_up(self, lexicon: Lexicon, prefer: str | None) -> None:
        """Ask once for every token that may be needed, and once for what is near to unknown words."""
        asked = self.asked
        for word in dict.fromkeys(self.wanted):
            asked |= {(field, token) for token in self.analyser.variants(word) for field in ("words", "concepts")}
            asked |= {("exact", word), ("starts", gram(word))}
            asked |= {("exact", part) for row in spellings.splits(word) for part in row}
        joined = [joined for pair in spellings.neighbours(self.query) for joined in spellings.joinings(*pair)]
        for bound in spellings.bound(self.query):
            joined += [*bound.forms, *(part for row in spellings.segmentations(bound.words) for part in row)]
        for word in dict.fromkeys(joined):
            asked |= {(field, token) for token in self.analyser.variants(word) for field in ("words", "concepts")}
            asked.add(("exact", word))
        asked.add(preference.ALL)
        self.known = lexicon.frequencies(sorted(asked))
        self.preference = Preference(prefer, self.known)
        unknown = [word for word in dict.fromkeys(self.wanted) if self._is_unknown(word)]
        if rows := {word: found for word in unknown if (found := self._possible_rows(word))}:
            there = set(lexicon.rows(sorted({row for found in rows.values() for row in found})))
            self.apart = {word: [row for row in found if row in there] for word, found in rows.items()}
        strange = [word for word in unknown if word not in self.analyser.names and not self.apart.get(word)]
        misspelt = list(filter(spelling.is_correctable, strange))
        if misspelt:
            self._look_near(lexicon, misspelt)

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

    def _is_unknown(self, word: str) -> bool:
        return not self._knows(word) and not self.known.get(("starts", gram(word)))

    def _possible_rows(self, word: str) -> list[tuple[str, ...]]:
        return [row for row in spellings.splits(word) if all(self.known.get(("exact", part)) for part in row)]

    # The tree

    def _node(self, query: Query) -> Node:
        match query:
            case Word():
                return self._word(query)
            case Quoted():
                return self._quoted(query)
            case Bound():
                return self._bound(query)
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
                if parts and _is_letter(part) and (joined := self._joined(part, parts[0])):  # e learning
                    demanded.append(best(self._node(parts.pop(0)), *joined))
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
        """Two neighbours written as one word, where the index knows it so, or naming a concept (5de leerjaar)."""
        if not (spellings.is_plain(one) and spellings.is_plain(other)):
            return ()
        assert isinstance(one, Word) and isinstance(other, Word)  # noqa: S101 - is_plain says so
        named = tuple(Has("concepts", token, CONCEPT_WEIGHT) for token in self.analyser.numbered(one.text, other.text))
        if self.lexicon is None:
            return named
        found = [word for word in spellings.joinings(one.text, other.text) if self.known.get(("exact", word))]
        return (*named, *(self._stems(word, JOINED_WEIGHT) for word in found))

    def _word(self, word: Word) -> Node:
        if word.field is not None:
            return self._in_field(word)
        if word.beginning:
            return self._beginning(word.text)
        if self._knows(word.text):
            splits = [self._side_by_side(row) for row in self._possible_rows(word.text)]
            return best(self._stems(word.text), *splits)
        if self.known.get(("starts", gram(word.text))):
            self.instead[word.text] = (f"{gram(word.text)}*",)
            return self._beginning(word.text)
        if rows := self.apart.get(word.text):
            self.instead[word.text] = tuple(f'"{" ".join(row)}"' for row in rows)
            return best(*map(self._side_by_side, rows))
        if near := self.near.get(word.text):
            self.instead[word.text] = tuple(one for one, _ in near)
            return best(*(self._stems(one, NEAR_WEIGHTS[away]) for one, away in near))
        return self._stems(word.text)

    def _stems(self, word: str, weight: float = 1.0) -> Node:
        """A word in any language, wherever it stands; a title counts most."""
        tokens = self.analyser.variants(word)
        self.marks.update(tokens)
        return Best(
            tuple(
                Has(field, token, weight * own * self._fair(field, token, tokens))
                for field, own in _WEIGHTS
                for token in tokens
                if self._is_there(field, token)
            )
            or (Nothing(),)
        )

    def _fair(self, field: Text, token: str, tokens: Sequence[str]) -> float:
        return 1.0 if self.preference is None else self.preference.fair(field, token, tokens)

    def _is_there(self, field: Text, token: str) -> bool:
        """A token that nobody has need not be asked for (titles are among the words)."""
        asked: Token = ("concepts" if field == "concepts" else "words", token)
        return asked not in self.asked or bool(self.known.get(asked))

    def _beginning(self, text: str) -> Node:
        self.beginnings.append(text)
        return Fixed(Some((Has("starts", gram(text), 0.0), Has("starts", f"k={gram(text)}", 0.0))), BEGINNING)

    def _side_by_side(self, row: tuple[str, ...], weight: float = JOINED_WEIGHT) -> Node:
        self.rows.add(row)
        return Row(row, weight)

    def _bound(self, bound: Bound) -> Node:
        """Words written as one: with the signs, without them, or apart; a single letter stands beside its kin."""
        if bound.field is not None:
            apart = every(*(self._in_field(Word(word, bound.field)) for word in bound.words))
            return best(apart, *(self._in_field(Word(form, bound.field)) for form in bound.forms))
        if len(bound.forms) > 1:  # Letters in brackets: the word with them or without.
            return best(*(self._word(Word(form)) for form in bound.forms))
        is_short = any(len(word) == 1 for word in bound.words)
        if is_short and (self.lexicon is None or all(self.known.get(("exact", word)) for word in bound.words)):
            ways = [self._side_by_side(bound.words, 1.0)]
        elif is_short and self.known.get(("exact", bound.forms[0])):
            ways = []
        else:
            ways = [every(*(self._word(Word(word)) for word in bound.words))]
        for row in spellings.segmentations(bound.words):
            if all(len(part) > 1 and (self.lexicon is None or self.known.get(("exact", part))) for part in row):
                ways.append(every(*(self._stems(part) for part in row)))
        return best(*ways)

    def _quoted(self, quoted: Quoted) -> Node:
        self.rows.add(quoted.words)
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


def _is_letter(query: Query) -> bool:
    return isinstance(query, Word) and len(query.text) == 1 and query.text != "a"


def _is_small(query: Query) -> bool:
    return isinstance(query, Word) and query.field is None and query.text in every_stop_word()


__all__ = ["Planned", "Token", "gram", "plan_query"]
