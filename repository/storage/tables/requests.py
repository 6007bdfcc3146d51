"""The tables of requests, letters and criteria. See storage.tables for times."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from repository.storage.tables.base import BIG, metadata

request = Table(  # what somebody asks of the network: with or without an account
    "request",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),  # takedown | report | correction | merge | ownership | concept | contact
    Column("record", Text, index=True),  # uuid
    Column("by", BIG, ForeignKey("account.id")),
    Column("email", Text),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),  # open | granted | refused
    Column("holder", BIG),  # account
    Column("answer", Text),  # what whoever asked is told
    Column("created", BigInteger, nullable=False),
    Column("closed", BigInteger),
    Column("receipt_hash", LargeBinary, unique=True),  # sha-256 of the receipt
    Index("request_state", "state", "kind", "created"),
)

outbox_mail = Table(
    "outbox_mail",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("to", Text, nullable=False),
    Column("account", BIG, index=True),
    Column("template", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("data", Text, nullable=False),  # JSON
    Column("tries", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("sent", BigInteger),
    Column("error", Text),
    Index("outbox_mail_due", "sent", "due"),
)

criterion_set = Table(  # a version of the criteria; never changed once it is in force
    "criterion_set",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False, unique=True),
    Column("from", BigInteger, nullable=False),
    Column("intro", Text, nullable=False),  # JSON {language: text}
)

criterion = Table(
    "criterion",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("set", BIG, ForeignKey("criterion_set.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),  # auto | human
    Column("weight", Text, nullable=False),  # must | should
    Column("question", Text, nullable=False),  # JSON {language: text}
    Column("check", Text),  # the name of an automatic check
    UniqueConstraint("set", "n"),
)
