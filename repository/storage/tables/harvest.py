"""The tables of the harvester: sources, how far they were followed, their runs, quarantine and reports.

Times are whole seconds since the epoch, UTC; datestamps of providers are text as they gave it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from repository.storage.tables.base import BIG, metadata

harvest_source = Table(  # sources added by command; those of the configuration stand there
    "harvest_source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("settings", Text, nullable=False),  # JSON of a config.sections.HarvestSource
    Column("added", BigInteger, nullable=False),
)

harvest_state = Table(  # how far a source was followed, per (source, prefix, set)
    "harvest_state",
    metadata,
    Column("source", Text, primary_key=True),
    Column("prefix", Text, primary_key=True),
    Column("spec", Text, primary_key=True),
    Column("since", Text),  # as the provider gave it: responseDate of the first answer of the last good run
    Column("holes", Text, nullable=False, default="[]"),  # JSON list of windows from which nothing has come yet
    Column("at", BigInteger, nullable=False),
)

harvest_run = Table(  # one run through a source, however often it was broken off and resumed
    "harvest_run",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("state", Text, nullable=False),  # running | complete | incomplete | failed | stopped | waiting
    Column("began", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),  # the last sign of life
    Column("ended", BigInteger),
    Column("since", Text),  # what it asked from
    Column("first_response", Text),  # responseDate of its first answer
    Column("cursor", LargeBinary),  # JSON: where it goes on; NULL when its lists have ended
    Column("offset", Integer, nullable=False, default=0),  # records of the step at `cursor` that are in already
    Column("steps", Integer, nullable=False, default=0),
    Column("resumed", Integer, nullable=False, default=0),
    Column("listed", Integer),  # records that the provider says there are (completeListSize)
    Column("created", Integer, nullable=False, default=0),
    Column("updated", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("deleted", Integer, nullable=False, default=0),
    Column("rejected", Integer, nullable=False, default=0),
    Column("codes", Text, nullable=False, default="{}"),  # JSON {code: [count, sample, reason]}
    Column("notes", Text, nullable=False, default="[]"),  # JSON list of sentences: what is missing, what was odd
)
Index("harvest_run_source", harvest_run.c.source, harvest_run.c.id)

harvest_pending = Table(  # deletions that are decided about when a run ends
    "harvest_pending",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("datestamp", Text),
    Column("cause", Text, nullable=False),  # header | audit
)

harvest_seen = Table(  # keys that the provider has named in the current run, for the audit at its end
    "harvest_seen",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    sqlite_with_rowid=False,
)

harvest_quarantine = Table(  # records that came and could not be taken, with their raw bytes
    "harvest_quarantine",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),  # the key, else the digest of the bytes: once per source
    Column("identifier", Text),
    Column("datestamp", Text),
    Column("kind", Text, nullable=False),  # record | page: what the bytes are
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("base_url", Text),
    Column("bytes", LargeBinary, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, default=1),
    UniqueConstraint("source", "name"),
)

harvest_report = Table(  # what a source may mend, made when a run ends
    "harvest_report",
    metadata,
    Column("source", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON
)
