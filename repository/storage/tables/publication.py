"""The tables of the publication line: all that public surfaces read, beside the faces.

`face_<view>` tables are made per format and mapping by publishing.opening, and are not listed here.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, Table, Text, UniqueConstraint

from repository.storage.tables.base import BIG as _BIG
from repository.storage.tables.base import metadata

horizon = Table(  # one row: the publication line
    "horizon",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("w", BigInteger, nullable=False),  # the newest datestamp, even
    Column("published_wall", Float, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("first_w", BigInteger, nullable=False),
)

current = Table(  # the published state of every record that was ever public
    "current",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("record", _BIG, nullable=False, unique=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),  # live | deleted
    Column("header", LargeBinary, nullable=False),  # <header> with every set, for a context that offers all
    Column("about", LargeBinary, nullable=False, default=b""),  # <about> elements, provenance and rights
    Column("facts", LargeBinary, nullable=False),  # JSON, see published.Facts: sets, source, reason, successor, ...
    Column("lists", LargeBinary, nullable=False),  # JSON [[list, deleted], ...]: where it stands in `listing`
    Column("digest", LargeBinary, nullable=False),  # of state, sets, lists and all bytes
    Column("fingerprint", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("first_position", BigInteger, nullable=False),
)

list_ = Table(  # context x set (x prefix, for a sparse format); numbered for short keys
    "list",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("context", Text, nullable=False),  # "" is the whole repository
    Column("spec", Text, nullable=False),  # "" is every record of the context
    Column("prefix", Text, nullable=False),  # "" for formats that every record has
    UniqueConstraint("context", "spec", "prefix"),
)

listing = Table(
    "listing",
    metadata,
    Column("list", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("deleted", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

log = Table(  # append-only: what happened at each position
    "log",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("record", _BIG, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),  # create | update | delete
    Column("member", Boolean, nullable=False, default=False),  # of the event stream: its graph changed
    Column("graph", LargeBinary),  # its N-Triples; NULL for a delete, and when a sealed page owns them
)

view = Table(  # a face table per format and mapping, or a context, that is being or has been opened
    "view",
    metadata,
    Column("name", Text, primary_key=True),  # "lom", "lom__kim", "context:open"
    Column("open", Boolean, nullable=False),
)
