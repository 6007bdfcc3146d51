"""The site: people get sessions, profiles and second factors; requests, letters, criteria, collections.

The step has its own DDL and never changes. Whoever has an account already has a confirmed address.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _widen()
    _confirm()
    _make_sessions()
    _make_requests()
    _make_collections()


def _widen() -> None:
    for column in (
        sa.Column("handle", sa.Text()),
        sa.Column("orcid", sa.Text()),
        sa.Column("about", sa.Text()),
        sa.Column("public", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("language", sa.Text()),
        sa.Column("confirmed", sa.BigInteger()),
        sa.Column("locked_until", sa.BigInteger()),
        sa.Column("digest", sa.Text(), nullable=False, server_default="weekly"),
        sa.Column("uniquifier", sa.Text()),
        sa.Column("factor", sa.Text()),
        sa.Column("factor_secret", sa.Text()),
        sa.Column("recovery_codes", sa.Text()),
        sa.Column("passkey_handle", sa.Text()),
    ):
        op.add_column("account", column)
    for name in ("handle", "uniquifier", "passkey_handle"):
        op.create_index(f"ix_account_{name}", "account", [name], unique=True)
    for name in ("about", "homepage", "ror", "logo"):
        op.add_column("organisation", sa.Column(name, sa.Text()))


def _confirm() -> None:
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE account SET confirmed = created"))


def _make_sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", BIG),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("fresh_until", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.PrimaryKeyConstraint("id_hash"),
        sa.ForeignKeyConstraint(["account"], ["account.id"]),
    )
    op.create_index("ix_session_account", "session", ["account"])
    op.create_index("ix_session_expires", "session", ["expires"])
    op.create_table(
        "passkey",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account", BIG, nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential"),
        sa.ForeignKeyConstraint(["account"], ["account.id"]),
    )
    op.create_index("ix_passkey_account", "passkey", ["account"])
    op.create_table(
        "identity",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account", BIG, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sa.ForeignKeyConstraint(["account"], ["account.id"]),
    )
    op.create_index("ix_identity_account", "identity", ["account"])
    op.create_table(
        "profile_concept",
        sa.Column("account", BIG, nullable=False),
        sa.Column("concept", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "concept", "kind"),
        sa.ForeignKeyConstraint(["account"], ["account.id"]),
    )
    op.create_table(
        "throttle",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key"),
    )


def _make_requests() -> None:
    op.create_table(
        "request",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record", sa.Text()),
        sa.Column("by", BIG),
        sa.Column("email", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", BIG),
        sa.Column("answer", sa.Text()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger()),
        sa.Column("receipt_hash", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("receipt_hash"),
        sa.ForeignKeyConstraint(["by"], ["account.id"]),
    )
    op.create_index("ix_request_record", "request", ["record"])
    op.create_index("request_state", "request", ["state", "kind", "created"])
    op.create_table(
        "outbox_mail",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("account", BIG),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outbox_mail_account", "outbox_mail", ["account"])
    op.create_index("outbox_mail_due", "outbox_mail", ["sent", "due"])
    op.create_table(
        "criterion_set",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from", sa.BigInteger(), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version"),
    )
    op.create_table(
        "criterion",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("set", BIG, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weight", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("check", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("set", "n"),
        sa.ForeignKeyConstraint(["set"], ["criterion_set.id"]),
    )


def _make_collections() -> None:
    op.create_table(
        "collection",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("query", sa.Text()),
        sa.Column("editor", BIG),
        sa.Column("review_by", sa.BigInteger()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(["editor"], ["account.id"]),
    )
    op.create_table(
        "collection_item",
        sa.Column("collection", BIG, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("collection", "record"),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"]),
    )
    op.create_index("ix_collection_item_record", "collection_item", ["record"])
