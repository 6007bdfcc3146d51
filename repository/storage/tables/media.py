"""The tables of files: what was uploaded, the covers of records. The bytes lie in files/ of the home, by their hash.

See storage.tables for times.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from repository.storage.tables.base import BIG, metadata

upload = Table(
    "upload",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("hash", Text, nullable=False, index=True),  # sha-256, hexadecimal
    Column("size", BigInteger, nullable=False),
    Column("media", Text, nullable=False),  # media type, told from the bytes
    Column("name", Text, nullable=False),  # as the contributor calls it
    Column("by", BIG, ForeignKey("account.id")),
    Column("record", Text, index=True),  # uuid; none until the form is saved
    Column("state", Text, nullable=False),  # kept | erased
    Column("created", BigInteger, nullable=False),
)

thumbnail = Table(  # the cover of a record
    "thumbnail",
    metadata,
    Column("record", Text, primary_key=True),  # uuid
    Column("hash", Text, index=True),  # of the WebP, 480 wide at most
    Column("small", Text, index=True),  # of the WebP for lists, 240 wide at most
    Column("width", Integer),
    Column("height", Integer),
    Column("state", Text, nullable=False),  # waiting | ok | none | failed
    Column("tries", Integer, nullable=False),
    Column("source", Text),  # address that the picture came from
    Column("error", Text),
    Column("due", BigInteger, nullable=False, index=True),
    Column("tried", BigInteger),
)
