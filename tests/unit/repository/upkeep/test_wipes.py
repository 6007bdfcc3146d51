"""No table is forgotten by erasure: what names a record or a person is wiped, or a reason says why it stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, Table, Text, text

from repository.storage.tables import metadata
from repository.upkeep import erasure
from tests.support.site import FakeClock, a_site

RECORD = {"record", "uuid", "key", "identifier", "position", "successor", "name", "about"}
PERSON = {"account", "by", "owner", "holder", "author", "email", "secret"}

RECORDS_KEPT = {  # tables that name a record and that no wipe touches
    "record": "is the tombstone; `erase` empties it itself",
    "current": "the publication of the tombstone replaces its row and its faces; it is public until then",
    "listing": "says that a tombstone stands in a list; harvesters are told of it for ever",
    "outbox": "brings the tombstone to publication",
    "alert": "holds no content; goes when its follower sees the tombstone",
    "follower": "a position in the log; no content",
    "harvest_source": "`name` is that of a source",
    "harvest_pending": "a key and a datestamp, which the tombstone keeps; goes when the run ends",
    "harvest_seen": "a key, which the tombstone keeps; goes when the run ends",
    "account": "`name` is that of a person",
    "organisation": "`name` is that of an organisation",
    "saved_search": "`name` is that of a search; what it finds is in `alert`",
    "view": "`name` is that of a table of faces",
    "lease": "`name` is that of a job",
    "passkey": "`name` is what its owner calls it",
    "throttle": "`key` is a digest of who tried what, for an hour",
}
PERSONS_KEPT = {  # tables that name a person and of which no wipe deletes rows: it is records that are erased
    "record": "`erase` empties the holder; the owner is an account, and stays the owner of the tombstone",
    "revision": "who saved it, as a number; its content and its note are wiped",
    "event": "who did it, as a number, is the proof of what was done; its note is wiped",
    "account": "is the person; accounts are shut, not erased",
    "membership": "belongs to the account",
    "token": "belongs to the account; only a digest of the secret is kept",
    "saved_search": "belongs to the account, who deletes it himself; it holds nothing of a record",
    "idempotency": "belongs to the account; what was answered about the record is wiped, all goes after a week",
    "batch": "who staged it, as a number; its rows are wiped",
    "lease": "`holder` is a process",
    "session": "belongs to the account; ends with its log-in",
    "passkey": "belongs to the account",
    "identity": "belongs to the account",
    "profile_concept": "belongs to the account",
    "request": "who asked is forgotten with the account; what it said of an erased record is wiped",
    "collection": "`editor`, as a number, is whoever keeps it; it holds nothing of a person",
    "outbox_mail": "belongs to the account; what a letter said is forgotten once it was sent",
}
_TARGET = re.compile(r'(UPDATE|DELETE FROM|INSERT INTO) "?(\w+)"?')


def wiped(*verbs: str) -> set[str]:
    """The tables that wipes begin with, by verb (none: all)."""
    found = [match for each in erasure.WIPES if (match := _TARGET.match(each)) is not None]
    assert len(found) == len(erasure.WIPES)
    return {match[2] for match in found if not verbs or match[1] in verbs}


def naming(tables: MetaData, names: set[str], owner: str) -> set[str]:
    """The tables with a column of one of these names, or one that refers to `owner`."""
    return {
        table.name
        for table in tables.tables.values()
        if any(
            column.name in names or owner in {key.column.table.name for key in column.foreign_keys}
            for column in table.c
        )
    }


def forgotten(tables: MetaData) -> set[str]:
    records = naming(tables, RECORD, "record") - wiped() - RECORDS_KEPT.keys()
    persons = naming(tables, PERSON, "account") - wiped("DELETE FROM") - PERSONS_KEPT.keys()
    return records | persons


def test_no_table_that_names_a_record_or_a_person_is_forgotten() -> None:
    assert forgotten(metadata) == set()


@pytest.mark.parametrize(
    "column",
    [
        Column("uuid", Text),
        Column("record", BigInteger),
        Column("account", BigInteger),
        Column("by", BigInteger),
        Column("email", Text),
        Column("about_whom", BigInteger, ForeignKey("record.id")),
        Column("reader", BigInteger, ForeignKey("account.id")),
    ],
    ids=lambda column: column.name,
)
def test_a_new_table_that_nobody_thought_of_is_named(column: Column[object]) -> None:
    tables = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(tables)
    Table("share", tables, Column("id", BigInteger, primary_key=True), column)

    assert forgotten(tables) == {"share"}


def test_every_reason_is_still_one() -> None:
    """A reason for a table that is gone, or wiped by now, would hide the next one of that name."""
    assert RECORDS_KEPT.keys() <= naming(metadata, RECORD, "record") - wiped()
    assert PERSONS_KEPT.keys() <= naming(metadata, PERSON, "account") - wiped("DELETE FROM")


@pytest.mark.parametrize("url", ["", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_every_wipe_is_one_statement_about_one_record(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    site = a_site(tmp_path, FakeClock(), url=request.getfixturevalue("postgres_url") if url else "")

    with site.database.write() as connection:
        for statement in erasure.WIPES:
            connection.execute(text(statement), {"id": 1})

    assert wiped() <= metadata.tables.keys()
    site.database.dispose()
