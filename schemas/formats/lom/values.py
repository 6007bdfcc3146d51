"""The single values of a LOM record, with their derived parts filled in: one place for both readers of the tree.

The parts are derived by the modules that know them (vocabularies, agent, datestamp); values, sources and raws stay as
received. This module must not look at XML.
"""

from __future__ import annotations

from typing import Final, Protocol

from schemas import agent, datestamp
from schemas.record import Contribute, DateTime, Duration, Entity, LangStrings, Size, Vocabulary

_PUBLISHER: Final = "https://w3id.org/oerbron/lom-role/publisher"


class Concepts(Protocol):
    """What a reader asks of the vocabularies in force."""

    def __hash__(self) -> int: ...

    def find(self, element: str, source: str | None, value: str, language: str | None = None) -> str | None: ...


def vocabulary(concepts: Concepts, space: str, source: str | None, value: str | None) -> Vocabulary:
    return Vocabulary(source, value, concepts.find(space, source, value) if value else None)


def entity(raw: str) -> Entity:
    return agent.read(raw)


def contribution(
    role: Vocabulary | None = None, entity: tuple[Entity, ...] = (), date: DateTime | None = None
) -> Contribute:
    """A contribution, its entities read in the light of the role: a publisher is an organisation unless told."""
    if role is not None and role.uri == _PUBLISHER and entity:
        entity = tuple(map(agent.as_publisher, entity))
    return Contribute(role, entity, date)


def date(raw: str | None, description: LangStrings | None) -> DateTime:
    if raw is None:
        return DateTime(description=description)
    read = datestamp.read_date(raw)
    return DateTime(raw, read.value if read else None, read.precision if read else None, description)


def duration(raw: str | None, description: LangStrings | None) -> Duration:
    if raw is None:
        return Duration(description=description)
    return Duration(raw, datestamp.read_duration(raw), description)


def size(raw: str) -> Size:
    return Size(raw, datestamp.read_size(raw))
