"""Writing a collection down: as published, with its items in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import text

from repository.collections.shown import Collection, Item
from repository.errors import Invalid
from repository.site import Site

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
