"""Looking up organisations in a transaction that is open: what the deposit needs of them, and nothing of people.

A module of its own so that a command that only delivers does not load what hashes passwords (accounts.people).
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Connection, text

_BY_SLUG: Final = text("SELECT id, slug, name FROM organisation WHERE slug = :slug")
_SLUG: Final = text("SELECT slug FROM organisation WHERE id = :id")


class Organisation(msgspec.Struct, frozen=True):
    id: int
    slug: str
    name: str


def by_slug(connection: Connection, slug: str) -> Organisation | None:
    """The organisation of a slug; None when there is none, see `unknown`."""
    row = connection.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else Organisation(*row)


def slug_of(connection: Connection, id_: int) -> str | None:
    """The slug of an organisation by its number."""
    found: str | None = connection.execute(_SLUG, {"id": id_}).scalar()
    return found


def unknown(slug: str) -> str:
    """What is said of a slug that no organisation has."""
    return f"There is no organisation {slug} here."
