"""The lanes of a worker: who shares places with whom, so that no crowd stands in the way of another.

Every lane is bounded in places and in its line; who finds neither is told when to come back (reliability.md, Overload).
Health and the small verbs of OAI-PMH have lanes of their own. What holds a place is work, not waiting: a body is read
before (`body`), an answer is sent after (`answer`).
"""

from __future__ import annotations

import random
from typing import Any, Final

from provider.flow_control import Lane

BODIES: Final = 256  # that are being received; each keeps a thread waiting
LARGE: Final = 4  # bodies beyond a megabyte, until they are answered
ANSWERS: Final = 256  # large ones that are being sent; each keeps a thread waiting
_LINE: Final = 32
_WAIT_S: Final = 1.0
_SIZES: Final = {"health": (8, 64), "small": (4, 64), "lists": (66, 0), "search": (2, _LINE), "read": (3, _LINE),
                 "write": (32, _LINE)}  # fmt: skip
THREADS: Final = sum(map(sum, _SIZES.values())) + BODIES + ANSWERS + 64
"""Enough that whoever finds no place is told so at once; they are made when they are needed."""
_SEARCHES: Final = ("/search", "/sru", "/feeds/atom", "/feeds/saved", "/api/v1/search", "/api/v1/suggest")
_SMALL_VERBS: Final = ("verb=GetRecord", "verb=Identify", "verb=ListSets", "verb=ListMetadataFormats")
_HEALTH: Final = frozenset(("/healthz", "/readyz", "/metrics"))
_READING: Final = frozenset(("GET", "HEAD", "OPTIONS"))


class Lanes:
    """The lanes by name, and which of them a request takes."""

    def __init__(self) -> None:
        self.named = {name: Lane(limit, random.random, line, _WAIT_S) for name, (limit, line) in _SIZES.items()}
        self.bodies = Lane(BODIES, random.random)
        self.large = Lane(LARGE, random.random)
        self.answers = Lane(ANSWERS, random.random)

    def of(self, environ: dict[str, Any]) -> Lane:
        return self.named[name_of(environ)]


def name_of(environ: dict[str, Any]) -> str:
    """The lane of a request; lists wait in the provider's own line, here they are only bounded."""
    path = environ["PATH_INFO"]
    if path.startswith("/oai"):
        query = environ["QUERY_STRING"]
        return "small" if any(verb in query for verb in _SMALL_VERBS) or path.startswith("/oai/_") else "lists"
    if path in _HEALTH:
        return "health"
    if path.startswith(("/static/", "/look/")):
        return "small"
    if path.startswith(_SEARCHES) or path.endswith("/similar"):
        return "search"
    return "read" if environ["REQUEST_METHOD"] in _READING else "write"
