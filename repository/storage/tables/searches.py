"""The tables of saved searches; see repository.storage.tables for times, tables.publication for positions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, Text

from repository.storage.tables.base import BIG, metadata

saved_search = Table(  # alerts come for records that change after `since`
    "saved_search",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("account", BIG, ForeignKey("account.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # parameters of the search as a query string, in one order
    Column("mail", Boolean, nullable=False),
    Column("secret", Text, nullable=False, unique=True),  # in the address of its feed
    Column("since", BigInteger, nullable=False),  # position
    Column("mailed", BigInteger, nullable=False),  # position up to which alerts were sent
    Column("mailed_at", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
)

alert = Table(  # a record that changed since and matches now
    "alert",
    metadata,
    Column("search", BIG, ForeignKey("saved_search.id"), primary_key=True),
    Column("uuid", Text, primary_key=True, index=True),
    Column("position", BigInteger, nullable=False),
)

follower = Table(  # how far somebody has followed the publication log: "alerts"
    "follower",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
