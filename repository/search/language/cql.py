"""CQL 1.2 in the subset that docs/search.md names: a query text to a closed tree of clauses, or a diagnostic.

Boolean operators have one precedence and bind to the left (CQL 1.2, syntax). Relations: =, ==, exact, any, all, adj
and, for dates, >= and <=. The parts of CQL that are missing here (modifiers, proximity, prefix maps, sorting) are
refused with their diagnostic's number (SRU 1.2, diagnostics list), never read as something else. Pure.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

MOST_CLAUSES: Final = 32
MOST_DEPTH: Final = 32
MOST_CHARACTERS: Final = 4_000
_TOKEN: Final = re.compile(
    r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<sign><>|==|>=|<=|[()=<>/])|(?P<word>[^\s()=<>"/]+))'
)
_BOOLEANS: Final = ("and", "or", "not")
_RELATIONS: Final = frozenset(("=", "==", "exact", "any", "all", "adj", ">=", "<="))
_KNOWN_RELATIONS: Final = frozenset(("<>", "<", ">", "within", "encloses", "scr"))

Boolean = Literal["and", "or", "not"]


class Diagnostic(Exception):
    """What is wrong, by its number in info:srw/diagnostic/1, with the detail."""

    def __init__(self, number: int, message: str, details: str = "") -> None:
        super().__init__(message)
        self.number = number
        self.message = message
        self.details = details


class Clause(msgspec.Struct, frozen=True):
    """`index relation term`; a lone term is `cql.serverchoice = term`. The index is in lower case."""

    index: str
    relation: str
    term: str


class Joined(msgspec.Struct, frozen=True):
    """Two parts and what joins them; `not` is and-not."""

    how: Boolean
    left: Cql
    right: Cql


Cql = Clause | Joined


def parse(text: str) -> Cql:
    """Read a CQL query; raises Diagnostic."""
    if len(text) > MOST_CHARACTERS:
        raise Diagnostic(12, "Too many characters in query", str(MOST_CHARACTERS))
    parser = _Parser(_tokens(text))
    tree = parser.query(0)
    parser.end()
    return tree


def _tokens(text: str) -> list[str]:
    """Words, signs, and quoted strings with their quotation mark in front."""
    found: list[str] = []
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Diagnostic(10, "Query syntax error", f"at character {place + 1}")
        if match["quoted"] is not None:
            found.append('"' + re.sub(r'\\(["\\])', r"\1", match["quoted"][1:-1]))
        else:
            found.append(match["sign"] or match["word"])
        place = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0
        self.clauses = 0

    def query(self, depth: int) -> Cql:
        if depth > MOST_DEPTH:
            raise Diagnostic(10, "Query syntax error", "too deep")
        tree = self._part(depth)
        while (word := self._peek().lower()) in _BOOLEANS or word == "prox":
            if word == "prox":
                raise Diagnostic(39, "Proximity not supported")
            self.place += 1
            if self._peek() == "/":
                raise Diagnostic(46, "Unsupported boolean modifier")
            how: Boolean = "and" if word == "and" else "or" if word == "or" else "not"
            tree = Joined(how, tree, self._part(depth))
        if self._peek().lower() == "sortby":
            raise Diagnostic(80, "Sort not supported")
        return tree

    def end(self) -> None:
        if self.place < len(self.tokens):
            raise Diagnostic(10, "Query syntax error", f"unexpected {self._peek()[:40]}")

    def _peek(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else ""

    def _part(self, depth: int) -> Cql:
        if self._peek() == "(":
            self.place += 1
            tree = self.query(depth + 1)
            if self._peek() != ")":
                raise Diagnostic(10, "Query syntax error", "a bracket is not closed")
            self.place += 1
            return tree
        return self._clause()

    def _clause(self) -> Clause:
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise Diagnostic(38, "Too many boolean operators in query", str(MOST_CLAUSES))
        word = self._term()
        relation = self._peek().lower()
        if relation in _KNOWN_RELATIONS:
            raise Diagnostic(19, "Unsupported relation", relation)
        if relation in _RELATIONS and not self._peek().startswith('"') and self._peek(1):
            self.place += 1
            if self._peek() == "/":
                raise Diagnostic(20, "Unsupported relation modifier", self._peek(1))
            return Clause(word.lower(), relation, self._term())
        return Clause("cql.serverchoice", "=", word)

    def _term(self) -> str:
        token = self._peek()
        if not token or token in {"(", ")", "/", "=", "==", "<", ">", "<=", ">=", "<>"}:
            raise Diagnostic(10, "Query syntax error", f"a term is missing before {token}" if token else "the end came")
        if not token.startswith('"') and token.lower() in _BOOLEANS:
            raise Diagnostic(10, "Query syntax error", f"a term is missing before {token}")
        self.place += 1
        return token.removeprefix('"')
