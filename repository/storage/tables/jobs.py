"""The table of background work. See storage.tables for times."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from repository.storage.tables.base import BIG, metadata

job = Table(
    "job",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),  # what it is about: one job of a kind waits for a key
    Column("data", Text, nullable=False),  # JSON
    Column("state", Text, nullable=False),  # waiting | running | done | failed
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("holder", Text),  # the process that runs it
    Column("held_until", BigInteger),
    Column("cursor", Text),  # where to go on after a kill
    Column("progress", Text),  # JSON {done, total}
    Column("error", Text),
    Column("created", BigInteger, nullable=False),
    Column("ended", BigInteger),
    UniqueConstraint("kind", "key"),
    Index("job_due", "state", "due"),
)
