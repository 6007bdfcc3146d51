"""Beasts that spoil event streams (LDES): pages that repeat, addresses that are none, members that lack something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.zoo.addresses import NONSENSE
from tests.zoo.beasts import beast
from tests.zoo.provider import Provider, Reply

_PREFIXES = (
    "@prefix ldes: <https://w3id.org/ldes#> .\n@prefix tree: <https://w3id.org/tree#> .\n"
    "@prefix s: <https://schema.org/> .\n@prefix d: <http://purl.org/dc/terms/> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)
_LDES: dict[str, Any] = {"settings": {"kind": "ldes", "prefix": ""}, "most_requests": 40}
_LONG: dict[str, Any] = _LDES | {"most_requests": 400}
_ALL = "complete: 3 created; 3 here"
_PAGE_MISSING = "incomplete: 3 created; 3 here"


@dataclass
class _Stream(Provider):
    """A root and two pages, `?page=1` and `?page=2`; the root has one member, the first page none, the second two."""

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        self.asked.append({"query": query})
        number = int(query.removeprefix("page=") or 0) if query.removeprefix("page=").isdigit() else 0
        return self.served(number, self.turtle(number))

    def served(self, number: int, text: str) -> Reply:
        return Reply(body=text.encode("utf-8", "surrogateescape"), headers=(("Content-Type", "text/turtle"),))

    def turtle(self, number: int) -> str:
        members = {0: (1,), 1: (), 2: (2, 3)}.get(number, ())
        return "".join((_PREFIXES, self.root(number), *map(self.led, self.nodes(number)), *map(self.member, members)))

    def address(self, number: int) -> str:
        return f"{self.base}?page={number}" if number else self.base

    def root(self, number: int) -> str:
        head = f"<{self.base}#s> ldes:timestampPath d:modified ; ldes:versionOfPath d:isVersionOf .\n"
        return f"<{self.base}#s> tree:view <{self.base}> .\n{head}<{self.base}> a tree:Node .\n" if not number else head

    def nodes(self, number: int) -> tuple[tuple[int, str], ...]:
        """The relations of a page: its number, and where they lead to."""
        return ((number, self.address(number + 1)),) if number < 2 else ()

    def led(self, relation: tuple[int, str]) -> str:
        number, node = relation
        return f"<{self.address(number)}> tree:relation [ a tree:Relation ; tree:node <{node}> ] .\n"

    def dated(self, n: int) -> str:
        return f'd:modified "2026-03-0{n}T10:00:00Z"^^xsd:dateTime ;'

    def member(self, n: int) -> str:
        return (
            f"<{self.base}#s> tree:member <{self.base}#v{n}> .\n<{self.base}#v{n}> d:isVersionOf <{self.base}#r{n}> ;"
            f' {self.dated(n)} a s:LearningResource ; s:name "Record {n}"@nl ; s:url <http://a.example/{n}> .\n'
        )


@beast("is an event stream", _ALL, **_LDES)
class PlainStream(_Stream):
    pass


@beast("is an event stream, twice", "complete: 3 unchanged; 3 here", then=(lambda _: None,), **_LDES)
class PlainStreamTwice(_Stream):
    pass


@beast("has a stream that leads back to its root", _ALL, **_LDES)
class StreamRound(_Stream):
    def nodes(self, number: int) -> tuple[tuple[int, str], ...]:
        return ((number, self.address((number + 1) % 3)), (number, self.address(number)))


@beast(
    "gives the same page under new addresses for ever", "incomplete: 3 created*; 3 here", says="nothing new", **_LONG
)
class StreamRepeats(_Stream):
    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        self.asked.append({"query": query})
        number = int(query.removeprefix("page=") or 0)
        same = self.turtle(min(number, 2))
        more = self.led((number, self.address(number + 1))) if number >= 2 else ""
        return self.served(number, same + more)


@beast("gives empty pages of a stream under new addresses for ever", "incomplete: 1 created; 1 here",
       says="nothing new", **_LONG)  # fmt: skip
class StreamEmptyForEver(_Stream):
    def turtle(self, number: int) -> str:
        return (
            super().turtle(min(number, 1)) if number < 2 else _PREFIXES + self.led((number, self.address(number + 1)))
        )


@beast("calls its stream HTML", _ALL, **_LDES)
class StreamAsHtml(_Stream):
    def served(self, number: int, text: str) -> Reply:
        return super().served(number, text)._replace(headers=(("Content-Type", "text/html; charset=utf-8"),))


@beast("calls its stream JSON-LD", _ALL, **_LDES)
class StreamAsJson(_Stream):
    def served(self, number: int, text: str) -> Reply:
        return super().served(number, text)._replace(headers=(("Content-Type", "application/ld+json"),))


@beast("calls its stream N-Quads", _ALL, **_LDES)
class StreamAsQuads(_Stream):
    def served(self, number: int, text: str) -> Reply:
        return super().served(number, text)._replace(headers=(("Content-Type", "application/n-quads"),))


@beast("says nothing of what its stream is", _ALL, **_LDES)
class StreamWithoutType(_Stream):
    def served(self, number: int, text: str) -> Reply:
        return super().served(number, text)._replace(headers=())


@beast("has a page of its stream that is a page for people", "incomplete: 1 created; 1 here", says="page=2", **_LDES)
class StreamBotWall(_Stream):
    def served(self, number: int, text: str) -> Reply:
        wall = Reply(body=b"<html><body>Are you a robot?</body></html>", headers=(("Content-Type", "text/html"),))
        return wall if number == 2 else super().served(number, text)


@beast("cuts a page of its stream off", "incomplete: 1 created; 1 here", says="page=2", **_LDES)
class StreamCut(_Stream):
    def served(self, number: int, text: str) -> Reply:
        return super().served(number, text[: len(text) - 40] if number == 2 else text)


@beast("cuts a page of its stream off once", "complete: 2 created*; 3 here", then=(lambda provider: setattr(
       provider, "cuts", False),), **_LDES)  # fmt: skip
@dataclass
class StreamCutOnce(_Stream):
    cuts: bool = True

    def served(self, number: int, text: str) -> Reply:
        return super().served(number, text[: len(text) - 40] if number == 2 and self.cuts else text)


@beast("cuts the root of its stream off", "failed: nothing; 0 here", says="cannot be read", **_LDES)
class StreamRootCut(_Stream):
    def served(self, number: int, text: str) -> Reply:
        return super().served(number, text[:-40])


@beast("loses a page of its stream", "incomplete: 1 created; 1 here", says="HTTP 404", **_LDES)
class StreamLost(_Stream):
    def served(self, number: int, text: str) -> Reply:
        return Reply(404, b"gone") if number == 2 else super().served(number, text)


def _dating(date: str) -> Any:
    def dated(self: _Stream, n: int) -> str:
        return date if n == 2 else _Stream.dated(self, n)

    return dated


_DATES = {
    "NoDate": ("", "without a date"),
    "Soon": ('d:modified "soon" ;', "whose date is none"),
    "TwoDates": ('d:modified "2026-03-02T10:00:00Z"^^xsd:dateTime, "2026-03-05T10:00:00Z"^^xsd:dateTime ;', "of two"),
    "NoZone": ('d:modified "2026-03-02T10:00:00"^^xsd:dateTime ;', "whose date has no zone"),
    "YearOne": ('d:modified "0001-01-01T00:00:00+14:00"^^xsd:dateTime ;', "of the year 1"),
    "LastYear": ('d:modified "9999-12-31T23:59:59-14:00"^^xsd:dateTime ;', "of 9999"),
    "Node": ("d:modified <http://a.example/now> ;", "whose date is an address"),
}
for _name, (_date, _does) in _DATES.items():
    beast(f"has a member {_does} in its stream", _ALL, **_LDES)(
        type(f"StreamDate{_name}", (_Stream,), {"dated": _dating(_date)})
    )


@beast("has a changed member after one of 9999", "complete: 1 updated, 2 unchanged; 3 here",
       then=(lambda provider: setattr(provider, "changed", True),), **_LDES)  # fmt: skip
@dataclass
class StreamAfterLastYear(_Stream):
    changed: bool = False

    def dated(self, n: int) -> str:
        if n == 2:
            return 'd:modified "9999-12-31T23:59:59Z"^^xsd:dateTime ;'
        return 'd:modified "2026-11-25T10:00:00Z"^^xsd:dateTime ;' if n == 3 and self.changed else super().dated(n)

    def member(self, n: int) -> str:
        return super().member(n).replace("Record 3", "Changed") if self.changed else super().member(n)


def _leading(node: str) -> Any:
    def nodes(self: _Stream, number: int) -> tuple[tuple[int, str], ...]:
        found = _Stream.nodes(self, number)
        return ((number, node), *found) if number == 1 else found

    return nodes


_INSIDE = {
    "Metadata": "http://169.254.169.254/latest/meta-data",
    "Stranger": "http://nobody.example/ldes",
    "Private": "http://10.0.0.1/ldes",
    "Mapped": "http://[::ffff:10.0.0.1]/ldes",
    "Decimal": "http://2130706434/ldes",
    "File": "file:///etc/passwd",
    "Password": "http://user:password@127.0.0.1/ldes",
}
for _name, _node in _INSIDE.items():
    beast(f"has a stream that leads to {_node}", _PAGE_MISSING, says="missing", **_LDES)(
        type(f"StreamTo{_name}", (_Stream,), {"nodes": _leading(_node)})
    )
for _name in ("TwoDots", "EmptyPunycode", "PortTooHigh", "HugeLabel", "NoHost"):
    beast(f"has a stream that leads to {NONSENSE[_name][:40]!r}", "*complete: 3 created; 3 here", **_LDES)(
        type(f"Stream{_name}", (_Stream,), {"nodes": _leading(NONSENSE[_name])})
    )
