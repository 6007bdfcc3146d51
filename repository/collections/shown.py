"""Organisations and collections as the public sees them: a slug that stands in records is shown with or without a row.

Reads the tables that say how they are called and what an editor wrote; which records belong to them comes from the
publication line (search), except the items of a curated collection, which are shown in their order as soon as it is
published and only as far as they are public themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.errors import Invalid
from repository.site import Site

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


def _read(row: Any) -> Collection:
    title, intro = msgspec.json.decode(row.title), msgspec.json.decode(row.intro)
    return Collection(row.slug, title, intro, row.kind, row.query, row.modified, row.id)


_PUT: Final = text(
    "INSERT INTO collection (slug, title, intro, kind, query, editor, state, created, modified)"
    " VALUES (:slug, :title, :intro, :kind, :query, :editor, :state, :now, :now)"
    " ON CONFLICT (slug) DO UPDATE SET title = excluded.title, intro = excluded.intro, kind = excluded.kind,"
    " query = excluded.query, editor = excluded.editor, state = excluded.state, modified = excluded.modified"
)
_ID: Final = text("SELECT id FROM collection WHERE slug = :slug")
_EMPTY: Final = text("DELETE FROM collection_item WHERE collection = :id")
_ADD: Final = text(
    "INSERT INTO collection_item (collection, record, position, section, why)"
    " VALUES (:collection, :record, :position, :section, :why)"
)


def put(site: Site, wanted: Collection, chosen: Sequence[Item] = (), editor: int | None = None) -> None:
    """Write a collection as published, with its items in this order; raises Invalid without a title."""
    if not any(wanted.title.values()):
        raise Invalid("A collection needs a title.")
    values: Mapping[str, Any] = {
        "slug": wanted.slug,
        "title": _text(wanted.title),
        "intro": _text(wanted.intro),
        "kind": wanted.kind,
        "query": wanted.query,
        "editor": editor,
        "state": "published",
        "now": int(site.clock.now()),
    }
    with site.database.write() as connection:
        connection.execute(_PUT, values)
        number = connection.execute(_ID, {"slug": wanted.slug}).scalar_one()
        connection.execute(_EMPTY, {"id": number})
        for position, one in enumerate({each.record: each for each in chosen}.values()):
            item = {"section": _text(one.section), "why": _text(one.why), "record": one.record}
            connection.execute(_ADD, {"collection": number, "position": position, **item})


def _text(found: dict[str, str]) -> str:
    return msgspec.json.encode(found).decode()
