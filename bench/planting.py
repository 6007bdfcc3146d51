"""A million records out of some thousands: published rows repeated below their own positions, by the database itself.

For the cost of a page it does not matter what a record says, only where it lies and how large it is. The copies keep
size, lists and faces; their headers keep the datestamp of what they were copied from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import create_engine, text

FACES = ("face_oai_dc", "face_lom")
_CURRENT = (
    "INSERT INTO current SELECT position - :by, record + :n, lower(hex(randomblob(16))), state, header, about, facts,"
    " lists, digest, fingerprint, revision, first_position - :by FROM current WHERE position >= :first"
)
_FACE = "INSERT INTO {face} SELECT position - :by, bytes FROM {face} WHERE position >= :first"
_LISTING = "INSERT INTO listing SELECT list, position - :by, deleted FROM listing WHERE position >= :first"


def plant(home: Path, count: int, tell: Callable[[str], None], faces: Sequence[str] = FACES) -> None:
    """Repeat what is published in a SQLite repository until it has about `count` records."""
    engine = create_engine(f"sqlite:///{home / 'oerbron.sqlite'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=OFF")  # nothing of worth is lost with it
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        first, last, there = connection.execute(
            text("SELECT min(position), max(position), count(*) FROM current")
        ).one()
        rounds = max(count // there - 1, 0)
        width, records = last - first + 1, connection.execute(text("SELECT max(record) FROM current")).scalar_one()
        for number in range(1, rounds + 1):
            values = {"by": number * width, "n": number * records, "first": first}
            for statement in (_CURRENT, *(_FACE.format(face=face) for face in faces), _LISTING):
                connection.execute(text(statement), values)
            connection.commit()
        lowest = first - rounds * width
        connection.execute(text("UPDATE horizon SET first_w = (:lowest >> 15) * 2"), {"lowest": lowest})
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
        tell(f"{there * (rounds + 1):,} records lie in the database, {rounds} times {there:,} of them planted")
    engine.dispose()
