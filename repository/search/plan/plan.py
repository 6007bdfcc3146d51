"""The plan: what an engine is asked to match and how it scores, as a closed tree over fields and tokens.

A planner makes it from a query (`query_plan`), an engine translates it (`embedded`, `elastic`), and the oracle of the
tests evaluates it by definition. Scores are BM25 as Lucene has it (k1 1.2, b 0.75, without the factor k1 + 1) over the
fields in SCORED; other fields add nothing. Pure.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Text = Literal["title", "concepts", "words", "exact", "part", "starts"]
SCORED: Final[tuple[Text, ...]] = ("title", "concepts", "words", "exact", "part")
SENTINEL: Final = "."  # a token that stands in every scored field of every document: fields are dense (search.md)
GAP: Final = "|"  # between two texts in `exact`, so that no phrase reaches from one into the other


class Has(msgspec.Struct, frozen=True):
    """Documents with a token in a field, scored by BM25 times `weight` (`starts`: unscored, 0)."""

    field: Text
    token: str
    weight: float = 1.0


class Row(msgspec.Struct, frozen=True):
    """Documents with these words side by side in `exact`, scored as BM25 scores a phrase."""

    words: tuple[str, ...]
    weight: float = 1.0


class Is(msgspec.Struct, frozen=True):
    """Documents with one of these values in a keyword field; no score."""

    field: str
    values: tuple[str, ...]


class Between(msgspec.Struct, frozen=True):
    """Documents whose number lies within the bounds (inclusive, None is open); no score."""

    field: str
    low: int | None = None
    high: int | None = None


class Ahead(msgspec.Struct, frozen=True):
    """Documents whose sorting key begins with a text of [a-z0-9-]; no score."""

    field: str
    beginning: str


class Every(msgspec.Struct, frozen=True):
    """Documents that all of these match; the scores are added."""

    parts: tuple[Node, ...]


class Some(msgspec.Struct, frozen=True):
    """Documents that at least one of these matches; the scores of those that match are added."""

    parts: tuple[Node, ...]


class Best(msgspec.Struct, frozen=True):
    """Documents that at least one of these matches; the best score counts."""

    parts: tuple[Node, ...]


class But(msgspec.Struct, frozen=True):
    """Documents that `wanted` matches and none of `without`; `liked` adds its score where it matches too."""

    wanted: Node
    liked: tuple[Node, ...] = ()
    without: tuple[Node, ...] = ()


class Fixed(msgspec.Struct, frozen=True):
    """What a node matches, with this score."""

    node: Node
    score: float


class Everything(msgspec.Struct, frozen=True):
    """Every record, with no score."""


class Nothing(msgspec.Struct, frozen=True):
    """No record."""


Node = Has | Row | Is | Between | Ahead | Every | Some | Best | But | Fixed | Everything | Nothing


def best(*parts: Node) -> Node:
    """The best of some nodes; a single one stays itself."""
    return parts[0] if len(parts) == 1 else Best(parts)


def every(*parts: Node) -> Node:
    """All of some nodes; a single one stays itself."""
    return parts[0] if len(parts) == 1 else Every(parts)


def is_flat(node: Node) -> bool:
    """Whether everything that a node matches has one score, so that there is nothing to rank by."""
    match node:
        case Is() | Between() | Ahead() | Fixed() | Everything() | Nothing():
            return True
        case Every():
            return all(map(is_flat, node.parts))
        case But():
            return not node.liked and is_flat(node.wanted)
        case _:
            return False
