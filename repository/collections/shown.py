"""Organisations and collections as the public sees them: a slug that stands in records is shown with or without a row.

Reads the tables that say how they are called and what an editor wrote; which records belong to them comes from the
publication line (search), except the items of a curated collection, which are shown in their order as soon as it is
published and only as far as they are public themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

_ORGANISATION: Final = text("SELECT slug, name, about, homepage, ror FROM organisation WHERE slug = :slug")
_ORGANISATIONS: Final = text("SELECT slug, name FROM organisation ORDER BY name")
_COLLECTION: Final = text(
    "SELECT id, slug, title, intro, kind, query, modified FROM collection WHERE slug = :slug AND state = 'published'"
)
_COLLECTIONS: Final = text(
    "SELECT id, slug, title, intro, kind, query, modified FROM collection WHERE state = 'published'"
    " ORDER BY modified DESC, slug"
)
_ITEMS: Final = text(
    "SELECT record, section, why FROM collection_item WHERE collection = :id ORDER BY position, record"
)
WIPES: Final = ("DELETE FROM collection_item WHERE record = (SELECT uuid FROM record WHERE id = :id)",)


class Organisation(msgspec.Struct, frozen=True):
    """An organisation that shares; without a row its slug stands for its name."""

    slug: str
    name: str
    about: str | None = None
    homepage: str | None = None
    ror: str | None = None


class Item(msgspec.Struct, frozen=True):
    """A record of a collection: its uuid, the section it stands in, and why."""

    record: str
    section: dict[str, str]
    why: dict[str, str]


class Collection(msgspec.Struct, frozen=True):
    """A thematic page; texts are {language: text}. `query` are the parameters of a search, of the kind "query"."""

    slug: str
    title: dict[str, str]
    intro: dict[str, str]
    kind: str = "query"
    query: str | None = None
    modified: int | None = None
    id: int = 0


def organisation(connection: Connection, slug: str) -> Organisation | None:
    """The organisation of a slug; None when it has no row."""
    row = connection.execute(_ORGANISATION, {"slug": slug}).one_or_none()
    return None if row is None else Organisation(*row)


def organisation_names(connection: Connection) -> dict[str, str]:
    """Slug and name of every organisation with a row, by name."""
    return {row.slug: row.name for row in connection.execute(_ORGANISATIONS)}


def collection(connection: Connection, slug: str) -> Collection | None:
    """The published collection of a slug; None when it has no row."""
    row = connection.execute(_COLLECTION, {"slug": slug}).one_or_none()
    return None if row is None else _read(row)


def collections(connection: Connection) -> list[Collection]:
    """Every published collection with a row, the one that changed last first."""
    return [_read(row) for row in connection.execute(_COLLECTIONS)]


def items(connection: Connection, id_: int) -> list[Item]:
    """The items of a curated collection, in their order; they may name records that are public no more."""
    rows = connection.execute(_ITEMS, {"id": id_})
    return [Item(row.record, msgspec.json.decode(row.section), msgspec.json.decode(row.why)) for row in rows]


def said(texts: Mapping[str, str], languages: Iterable[str]) -> str:
    """A text in the first of these languages that has it, else in another one; empty where there is none."""
    return next((texts[tag] for tag in (*languages, *texts) if texts.get(tag)), "")


def _read(row: Any) -> Collection:
    title, intro = msgspec.json.decode(row.title), msgspec.json.decode(row.intro)
    return Collection(row.slug, title, intro, row.kind, row.query, row.modified, row.id)
