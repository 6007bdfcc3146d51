"""The tables of the feeds; `repository.storage.tables` names them with all others.

Sealed pages are kept data: a backup carries them (feeds.md, LDES).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from repository.storage.tables.base import BIG as _BIG
from repository.storage.tables.base import metadata

page = Table(  # a sealed page of the event stream: its bytes never change, but for erasure
    "page",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),  # 0: members, 1: pages of level 0
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),  # of what it holds; part of its address
    Column("first", BigInteger, nullable=False),  # positions of its first and last member
    Column("last", BigInteger, nullable=False),
    Column("nquads", LargeBinary, nullable=False),  # packed, the site's address left open
    Column("gzip", LargeBinary, nullable=False),  # as it is served, with the address in
    Column("base", Text, nullable=False),  # that address
)

page_erasure = Table(  # erased records whose members are still in sealed pages
    "page_erasure", metadata, Column("record", _BIG, primary_key=True, autoincrement=False)
)

page_moved = Table(  # addresses that sealed pages had before an erasure rewrote them
    "page_moved",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, primary_key=True),
)
