"""The tables behind the publication line, and the few that are everybody's (settings, leases, schemes).

Nothing here but settings and schemes may be read by public code: that reads tables.publication and the faces only.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from repository.storage.tables.base import BIG as _BIG
from repository.storage.tables.base import metadata

setting = Table(  # facts fixed for the life of the database: oai_domain, site_namespace, secret, ...
    "setting", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False)
)

record = Table(
    "record",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("public", Text, nullable=False, default="never"),  # never | published | withdrawn | deleted
    Column("work", Text, nullable=False, default="none"),  # none | draft | submitted | in_review | ...
    Column("revision", Integer, nullable=False, default=0),  # the newest one
    Column("accepted", Integer),  # the published one
    Column("stamp", Integer, nullable=False, default=0),  # rises when anything that publication looks at changes
    Column("reviewed", Boolean, nullable=False, default=False),  # the accepted revision was accepted in review
    Column("holder", _BIG),  # account that reviews it
    Column("owner", _BIG),  # account
    Column("organisation", _BIG),  # owning organisation
    Column("collections", Text, nullable=False, default="[]"),  # JSON list of slugs
    Column("tombstone_by", Text),  # source | person
    Column("reason", Text),
    Column("successor", Text),
    Column("before_tombstone", Text),  # JSON {public, work, accepted}: what `restore` gives back
    Column("erased", Boolean, nullable=False, default=False),
    Column("created", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
)

origin = Table(  # where a record comes from, with `received`: the last delivery
    "origin",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("record", _BIG, ForeignKey("record.id"), nullable=False, index=True),
    Column("is_primary", Boolean, nullable=False, default=True),
    Column("identifier", Text),  # OAI header identifier where it came by OAI-PMH
    Column("datestamp", Text),  # as the provider gave it
    Column("base_url", Text),
    Column("provenance", LargeBinary),  # nested originDescription as received
    Column("format", Text),
    Column("reader", Integer),  # version of the reader
    Column("tree", LargeBinary),  # canonical JSON as received; NULL where `revision` of `record` has these bytes
    Column("revision", Integer),  # before an origin is pointed to another record, `tree` must be filled
    Column("digest", LargeBinary),  # of the tree; trees that differ are compared without their derived parts
    Column("source_bytes", LargeBinary),
    Column("repairs", LargeBinary),  # JSON list of Repair
    Column("received", BigInteger),
    UniqueConstraint("source", "key"),
)

overlay = Table(  # one row per locked field; `open`: belongs to work not yet accepted
    "overlay",
    metadata,
    Column("record", _BIG, ForeignKey("record.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("open", Boolean, primary_key=True, default=False),
    Column("value", LargeBinary, nullable=False),  # JSON; null empties the field
    Column("by", _BIG),
    Column("at", BigInteger, nullable=False),
)

revision = Table(  # immutable, but for erasure
    "revision",
    metadata,
    Column("record", _BIG, ForeignKey("record.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("tree", LargeBinary),  # canonical JSON; NULL after erasure
    Column("by", _BIG),
    Column("at", BigInteger, nullable=False),
    Column("note", Text),
    Column("warnings", Integer, nullable=False, default=0),
    Column("completeness", Float, nullable=False, default=0.0),
    Column("published", Boolean, nullable=False, default=False),
    sqlite_with_rowid=True,
)

event = Table(  # the moderation log, append-only
    "event",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("record", _BIG, ForeignKey("record.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("by", _BIG),
    Column("action", Text, nullable=False),
    Column("note", Text),
    Column("revision", Integer),
    Column("public", Text, nullable=False),  # after the action
    Column("work", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("n", _BIG, primary_key=True, autoincrement=True),
    Column("record", _BIG, nullable=False, index=True),
    Column("lane", Integer, nullable=False),  # 0 interactive, 1 bulk
    Column("batch", Text),  # a staged batch that holds the row; NULL: free to be published
    sqlite_autoincrement=True,
)
Index("outbox_lane", outbox.c.lane, outbox.c.n)

quarantine = Table(  # accepted but not publishable: the old state stays public
    "quarantine",
    metadata,
    Column("record", _BIG, primary_key=True),
    Column("stamp", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

reject = Table(  # deliveries that could not be taken, kept with their reason
    "reject",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("identifier", Text),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source_bytes", LargeBinary),
    Column("at", BigInteger, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Float, nullable=False),
)

scheme = Table("scheme", metadata, Column("id", Text, primary_key=True), Column("tree", LargeBinary, nullable=False))

idempotency = Table(
    "idempotency",
    metadata,
    Column("account", _BIG, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", LargeBinary, nullable=False),  # sha-256 of method, path and body
    Column("status", Integer),
    Column("headers", Text),
    Column("body", LargeBinary),
    Column("at", BigInteger, nullable=False),
)

batch = Table(  # a staged import: preview, apply, undo
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),  # staging | staged | applying | applied | undoing | undone
    Column("by", _BIG),
    Column("organisation", _BIG),  # the token that staged it acted for
    Column("source", Text, nullable=False),
    Column("as_state", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

batch_row = Table(
    "batch_row",
    metadata,
    Column("batch", Text, ForeignKey("batch.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("delivery", LargeBinary, nullable=False),  # MessagePack of the Delivery; empty after an erasure
    Column("outcome", Text, nullable=False),  # as previewed: created | updated | unchanged | deleted | rejected
    Column("code", Text),
    Column("reason", Text),
    Column("identifier", Text),
    Column("uuid", Text, index=True),
    Column("record", _BIG, index=True),
    Column("applied", Text),  # the outcome when it was applied
    Column("before", LargeBinary),  # MessagePack of an undo_decision.Trace; NULL: nothing was changed
    Column("undone", Text),  # deleted | restored | left: what undo made of it
)
