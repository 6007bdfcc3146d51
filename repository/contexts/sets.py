"""Sets: which families there are and which sets a record is in (api.md, Sets; OAI-PMH 2.0, 2.6).

Pure. The specs of concepts come from schemas.summary.summary; the repository adds what only it knows: source,
organisation, collections, `validated`. A spec holds only `A-Za-z0-9_-` and `:` between levels, so that no client needs
to encode it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

FAMILIES: Final = (
    "subject", "level", "type", "license", "language", "source", "organisation", "collection",
    "open", "closed", "validated",
)  # fmt: skip
_UNLAWFUL: Final = re.compile(r"[^A-Za-z0-9_-]+")


def part(name: str) -> str:
    """A name as a part of a setSpec: characters that are not lawful there become hyphens."""
    return _UNLAWFUL.sub("-", name).strip("-") or "x"


def with_ancestors(specs: Iterable[str]) -> tuple[str, ...]:
    """The specs and all their ancestors, the family itself included, sorted, each once."""
    return tuple(sorted({each for spec in specs for each in _line(spec)}))


@lru_cache(maxsize=8192)
def _line(spec: str) -> tuple[str, ...]:
    parts = spec.split(":")
    return tuple(":".join(parts[:end]) for end in range(1, len(parts) + 1))


def own_sets(
    source: str | None, organisation: str | None, collections: Iterable[str], *, validated: bool
) -> tuple[str, ...]:
    """The sets that only the repository knows about."""
    specs = [f"collection:{part(slug)}" for slug in collections]
    if source:
        specs.append(f"source:{part(source)}")
    if organisation:
        specs.append(f"organisation:{part(organisation)}")
    if validated:
        specs.append("validated")
    return tuple(specs)


def offered(specs: Iterable[str], families: frozenset[str]) -> tuple[str, ...]:
    """Those of the specs whose family is offered."""
    if len(families) == len(FAMILIES):
        return tuple(specs)
    return tuple(spec for spec in specs if spec.partition(":")[0] in families)
