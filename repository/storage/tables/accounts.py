"""The tables of accounts: people, organisations, who belongs to which, tokens. See tables.records for times."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, Table, Text

from repository.storage.tables.base import BIG as _BIG
from repository.storage.tables.base import metadata

account = Table(
    "account",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("email", Text, nullable=False, unique=True),  # lower case
    Column("name", Text),
    Column("role", Text, nullable=False),  # contributor | reviewer | curator | admin
    Column("password", Text),  # argon2id
    Column("active", Boolean, nullable=False, default=True),
    Column("created", BigInteger, nullable=False),
)

organisation = Table(
    "organisation",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("slug", Text, nullable=False, unique=True),  # never changes
    Column("name", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("organisation", _BIG, ForeignKey("organisation.id"), primary_key=True),
    Column("account", _BIG, ForeignKey("account.id"), primary_key=True),
    Column("role", Text, nullable=False),  # member | manager
)

token = Table(
    "token",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("account", _BIG, ForeignKey("account.id"), nullable=False),
    Column("kind", Text, nullable=False),  # api | password
    Column("digest", LargeBinary, nullable=False, unique=True),  # sha-256 of the secret
    Column("scope", Text, nullable=False),  # read | write | admin
    Column("organisation", _BIG),  # acts for it
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("used", BigInteger),  # a password link is used once; of an API token the last use
    Column("revoked", BigInteger),
)
