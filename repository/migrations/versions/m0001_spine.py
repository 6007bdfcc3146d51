"""The spine: every table of the first release, as it stood on the day that this step was frozen.

The step has its own DDL: it never changes, whatever becomes of the tables in repository.storage.tables. Later
steps alter what it made and never go back.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows by INTEGER PRIMARY KEY only


def upgrade() -> None:
    _make_records()
    _make_publication()
    _make_accounts()
    _make_linked()
    _make_searches()
    _make_harvest()


def _make_records() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "record",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer()),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.Column("holder", BIG),
        sa.Column("owner", BIG),
        sa.Column("organisation", BIG),
        sa.Column("collections", sa.Text(), nullable=False),
        sa.Column("tombstone_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("successor", sa.Text()),
        sa.Column("before_tombstone", sa.Text()),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uuid"),
    )
    op.create_table(
        "origin",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record", BIG, nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("identifier", sa.Text()),
        sa.Column("datestamp", sa.Text()),
        sa.Column("base_url", sa.Text()),
        sa.Column("provenance", sa.LargeBinary()),
        sa.Column("format", sa.Text()),
        sa.Column("reader", sa.Integer()),
        sa.Column("tree", sa.LargeBinary()),
        sa.Column("revision", sa.Integer()),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("source_bytes", sa.LargeBinary()),
        sa.Column("repairs", sa.LargeBinary()),
        sa.Column("received", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "key"),
    )
    op.create_index("ix_origin_record", "origin", ["record"])
    op.create_table(
        "overlay",
        sa.Column("record", BIG, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("by", BIG),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("record", "path", "open"),
    )
    op.create_table(
        "revision",
        sa.Column("record", BIG, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("tree", sa.LargeBinary()),
        sa.Column("by", BIG),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("completeness", sa.Float(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("record", "n"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("record", BIG, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", BIG),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("revision", sa.Integer()),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_event_record", "event", ["record"])
    op.create_table(
        "outbox",
        sa.Column("n", BIG, autoincrement=True, nullable=False),
        sa.Column("record", BIG, nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Text()),
        sa.PrimaryKeyConstraint("n"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_record", "outbox", ["record"])
    op.create_index("outbox_lane", "outbox", ["lane", "n"])
    op.create_table(
        "quarantine",
        sa.Column("record", BIG, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("record"),
    )
    op.create_table(
        "reject",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source_bytes", sa.LargeBinary()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "idempotency",
        sa.Column("account", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", sa.Text()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key"),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", BIG),
        sa.Column("organisation", BIG),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_state", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "batch_row",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("delivery", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("identifier", sa.Text()),
        sa.Column("uuid", sa.Text()),
        sa.Column("record", BIG),
        sa.Column("applied", sa.Text()),
        sa.Column("before", sa.LargeBinary()),
        sa.Column("undone", sa.Text()),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["batch.id"],
        ),
        sa.PrimaryKeyConstraint("batch", "n"),
    )
    op.create_index("ix_batch_row_record", "batch_row", ["record"])
    op.create_index("ix_batch_row_uuid", "batch_row", ["uuid"])


def _make_publication() -> None:
    op.create_table(
        "horizon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("w", sa.BigInteger(), nullable=False),
        sa.Column("published_wall", sa.Float(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("first_w", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "current",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("record", BIG, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("lists", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("record"),
        sa.UniqueConstraint("uuid"),
    )
    op.create_table(
        "list",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("context", "spec", "prefix"),
    )
    op.create_table(
        "listing",
        sa.Column("list", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("list", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("record", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member", sa.Boolean(), nullable=False),
        sa.Column("graph", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("ix_log_record", "log", ["record"])
    op.create_table(
        "view",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "scheme",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tree", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "membership",
        sa.Column("organisation", BIG, nullable=False),
        sa.Column("account", BIG, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("organisation", "account"),
    )
    op.create_table(
        "token",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("organisation", BIG),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger()),
        sa.Column("used", sa.BigInteger()),
        sa.Column("revoked", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["account"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )


def _make_linked() -> None:
    op.create_table(
        "page",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("nquads", sa.LargeBinary(), nullable=False),
        sa.Column("gzip", sa.LargeBinary(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("level", "n"),
    )
    op.create_table(
        "page_erasure",
        sa.Column("record", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("record"),
    )
    op.create_table(
        "page_moved",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("level", "n", "digest"),
    )


def _make_searches() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("mailed", sa.BigInteger(), nullable=False),
        sa.Column("mailed_at", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret"),
    )
    op.create_index("ix_saved_search_account", "saved_search", ["account"])
    op.create_table(
        "alert",
        sa.Column("search", BIG, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"],
            ["saved_search.id"],
        ),
        sa.PrimaryKeyConstraint("search", "uuid"),
    )
    op.create_index("ix_alert_uuid", "alert", ["uuid"])
    op.create_table(
        "follower",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _make_harvest() -> None:
    op.create_table(
        "harvest_pending",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("datestamp", sa.Text()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key"),
    )
    op.create_table(
        "harvest_quarantine",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text()),
        sa.Column("datestamp", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text()),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "name"),
    )
    op.create_table(
        "harvest_report",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "harvest_run",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("since", sa.Text()),
        sa.Column("first_response", sa.Text()),
        sa.Column("cursor", sa.LargeBinary()),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("resumed", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer()),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("harvest_run_source", "harvest_run", ["source", "id"])
    op.create_table(
        "harvest_seen",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "harvest_source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "harvest_state",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("since", sa.Text()),
        sa.Column("holes", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "prefix", "spec"),
    )
