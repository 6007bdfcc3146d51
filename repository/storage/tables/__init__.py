"""The tables, for SQLAlchemy Core on SQLite and PostgreSQL alike: migrations make them, these modules name them.

Times are whole seconds since the epoch, UTC. Trees, headers and faces are UTF-8 bytes. `metadata` knows every table.
"""

from __future__ import annotations

from repository.storage.tables import (
    accounts,
    collections,
    harvest,
    linked,
    publication,
    records,
    requests,
    searches,
)
from repository.storage.tables.base import metadata

__all__ = [
    "accounts",
    "collections",
    "harvest",
    "linked",
    "metadata",
    "publication",
    "records",
    "requests",
    "searches",
]
