"""The tables of collections: thematic pages, curated or by query. See storage.tables for times."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from repository.storage.tables.base import BIG, metadata

collection = Table(
    "collection",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("slug", Text, nullable=False, unique=True),  # never changes
    Column("title", Text, nullable=False),  # JSON {language: text}
    Column("intro", Text, nullable=False),  # JSON {language: text}
    Column("kind", Text, nullable=False),  # curated | query
    Column("query", Text),  # parameters of the search
    Column("editor", BIG, ForeignKey("account.id")),
    Column("review_by", BigInteger),
    Column("state", Text, nullable=False),  # draft | published
    Column("created", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
)

collection_item = Table(
    "collection_item",
    metadata,
    Column("collection", BIG, ForeignKey("collection.id"), primary_key=True),
    Column("record", Text, primary_key=True, index=True),  # uuid
    Column("position", Integer, nullable=False),
    Column("section", Text, nullable=False),  # JSON {language: text}
    Column("why", Text, nullable=False),  # JSON {language: text}
)
