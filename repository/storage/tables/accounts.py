"""The tables of accounts: people, sessions, second factors, organisations, who belongs to which, tokens.

See storage.tables for times.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Table, Text

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
    Column("handle", Text, unique=True, index=True),  # in the address of the public profile
    Column("orcid", Text),
    Column("about", Text),
    Column("public", Text, nullable=False, default="[]", server_default="[]"),  # JSON list: the fields that all may see
    Column("language", Text),
    Column("confirmed", BigInteger),  # when the address was confirmed; `user add` confirms it
    Column("locked_until", BigInteger),
    Column("digest", Text, nullable=False, default="weekly", server_default="weekly"),  # never | daily | weekly
    Column("uniquifier", Text, unique=True, index=True),  # changes with the password, and ends what was signed before
    Column("factor", Text),  # the second factor: authenticator
    Column("factor_secret", Text),
    Column("recovery_codes", Text),  # JSON list
    Column("passkey_handle", Text, unique=True, index=True),
)

session = Table(
    "session",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True),  # sha-256 of what the cookie says
    Column("account", _BIG, ForeignKey("account.id"), index=True),  # none before the log-in is complete
    Column("data", LargeBinary, nullable=False),  # JSON
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("fresh_until", BigInteger, nullable=False),
    Column("agent", Text),  # browser and system, in words of few letters
)

passkey = Table(
    "passkey",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("account", _BIG, ForeignKey("account.id"), nullable=False, index=True),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),  # JSON: transports, extensions, usage, device type, backup state
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger),
)

identity = Table(  # who somebody is at another provider of log-ins (OIDC)
    "identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account", _BIG, ForeignKey("account.id"), nullable=False, index=True),
    Column("created", BigInteger, nullable=False),
)

profile_concept = Table(  # what somebody teaches, at which levels, and what somebody follows
    "profile_concept",
    metadata,
    Column("account", _BIG, ForeignKey("account.id"), primary_key=True),
    Column("concept", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # teaches | level | follows
    Column("public", Boolean, nullable=False),
)

throttle = Table(  # how often something was tried since `since`
    "throttle",
    metadata,
    Column("kind", Text, primary_key=True),  # log-in | recovery | report | registration
    Column("key", Text, primary_key=True),  # digest of an address or an account
    Column("since", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
)

organisation = Table(
    "organisation",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("slug", Text, nullable=False, unique=True),  # never changes
    Column("name", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("about", Text),
    Column("homepage", Text),
    Column("ror", Text),
    Column("logo", Text),  # hash of an upload
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
    Column("used", BigInteger),  # when: of a password link its one use, of an API token its last
    Column("revoked", BigInteger),
)
