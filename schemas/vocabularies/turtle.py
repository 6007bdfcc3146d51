"""A reader of the little Turtle our vocabularies are written in: prefixes, IRIs, plain and tagged literals, `a ; , .`

Every process needs the vocabularies at its start. rdflib takes seconds to read them, this takes milliseconds, and a
test holds that both read the same triples (Turtle, W3C 2014, 2 and 6.4). No blank nodes, collections, numbers or long
strings: a file of ours that uses them is refused, never half read. It must not know SKOS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas.errors import Unreadable

RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_TOKEN = re.compile(
    r"""(?:\s+|\#[^\n]*)*
    (?:<(?P<iri>[^<>"{}|^`\\\s]*)>
      |"(?P<text>(?:[^"\\\n]|\\["\\])*)"(?:@(?P<lang>[A-Za-z]+(?:-[A-Za-z0-9]+)*))?
      |(?P<word>@prefix|[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_-]*|a(?=[\s<]))
      |(?P<mark>[;,.])
      |(?P<end>\Z))""",
    re.VERBOSE,
)


class Statement(NamedTuple):
    """One triple; `literal` tells text from an IRI, `lang` is the tag of a text ("" where there is none)."""

    subject: str
    predicate: str
    object: str
    literal: bool
    lang: str


class _Reader:
    """Walks over the tokens once; the grammar is subject (predicate object (, object)*) (; ...)* and a dot."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._prefixes: dict[str, str] = {}

    def statements(self) -> Iterator[Statement]:
        while (token := self._next())["end"] is None:
            if token["word"] == "@prefix":
                self._prefix()
            else:
                yield from self._subject(self._iri(token))

    def _subject(self, subject: str) -> Iterator[Statement]:
        predicate = self._iri(self._next())
        while True:
            token = self._next()
            if (text := token["text"]) is not None:
                value = text.replace('\\"', '"').replace("\\\\", "\\") if "\\" in text else text
                yield Statement(subject, predicate, value, True, token["lang"] or "")
            else:
                yield Statement(subject, predicate, self._iri(token), False, "")
            match self._next()["mark"]:
                case ",":
                    continue
                case ";":
                    predicate = self._iri(self._next())
                case ".":
                    return
                case _:
                    self._refuse()

    def _prefix(self) -> None:
        name, iri, dot = self._next()["word"], self._next()["iri"], self._next()["mark"]
        if name is None or iri is None or dot != ".":
            self._refuse()
        else:
            self._prefixes[name.partition(":")[0]] = iri

    def _iri(self, token: re.Match[str]) -> str:
        if (iri := token["iri"]) is not None:
            return iri
        word = token["word"]
        if word == "a":
            return RDF_TYPE
        prefix, _, local = (word or "").partition(":")
        if prefix not in self._prefixes:
            self._refuse()
        return self._prefixes[prefix] + local

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._place)
        if token is None:
            self._refuse()
        assert token is not None  # noqa: S101 - _refuse raised; this tells the type checker
        self._place = token.end()
        return token

    def _refuse(self) -> None:
        line = self._text.count("\n", 0, self._place) + 1
        raise Unreadable("not_turtle", f"Line {line} is not in the part of Turtle that is read here.", f"line {line}")


def statements(text: str) -> Iterator[Statement]:
    """The triples of a document in their order; raises Unreadable (`not_turtle`) naming the line."""
    return _Reader(text).statements()
