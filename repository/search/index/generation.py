"""Generations: the name of an index says what it was made with, so that another analysis never searches it unnoticed.

A name is `m1-0a1b2c3d-2`: the layout of its fields, a digest of all that its tokens follow from, a running number.
An index of the same layout can still be searched while one with today's digest is being filled; one of another layout
cannot. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from typing import Final, NamedTuple

from repository.search.index import document
from repository.search.language import analysis

_LIBRARIES: Final = {"embedded": "tantivy", "elasticsearch": "elasticsearch"}


class Making(NamedTuple):
    """What an index is made with: it is searched only if its `layout` is this, kept up only if its `digest` is too."""

    layout: str
    digest: str

    def name(self, number: int) -> str:
        return f"{self.layout}-{self.digest}-{number}"

    def may_search(self, name: str) -> bool:
        return name.startswith(f"{self.layout}-")

    def keeps(self, name: str) -> bool:
        return name.startswith(f"{self.layout}-{self.digest}-")

    def newest(self, names: Iterable[str]) -> str | None:
        """The newest generation that was made with this."""
        return max(filter(self.keeps, names), key=number_of, default=None)

    def following(self, names: Iterable[str]) -> str:
        """The name of the next generation."""
        return self.name(1 + max(map(number_of, names), default=0))


@lru_cache(maxsize=8)
def making(engine: str, vocabularies: str, epoch: str) -> Making:
    """What an index has to be made with today: `vocabularies` in their version, `epoch` of the database."""
    digest = blake2b(digest_size=4)
    for part in (analysis.VERSION, version("PyStemmer"), vocabularies, epoch):
        digest.update(part.encode() + b"\n")
    for table in sorted((files("repository.search") / "data").iterdir(), key=lambda each: each.name):
        digest.update(table.read_bytes())
    layout = f"m{document.FIELDS}"
    if engine == "embedded":
        layout += "t" + "".join(version(_LIBRARIES[engine]).split(".")[:2])
    return Making(layout, digest.hexdigest())


def number_of(name: str) -> int:
    """The running number at the end of a name, 0 for a name that is not ours."""
    last = name.rpartition("-")[2]
    return int(last) if last.isascii() and last.isdigit() else 0
