"""Short ways to put things into a repository and to look at what is kept, for tests of the deposit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from repository import deposit
from repository.accounts import Actor
from repository.accounts.policy import own_name
from repository.deposit import OPERATOR, Action, Order, Outcome, Save, Working
from repository.site import Site
from schemas.formats.format import Delivery, Reading
from schemas.record import Record, from_json
from tests.support.factories import a_record

CURATOR = Actor(901, "curator@example.org", "curator")
REVIEWER = Actor(902, "reviewer@example.org", "reviewer")
TEACHER = Actor(903, "teacher@example.org", "contributor")
OTHER = Actor(904, "other@example.org", "contributor")


def a_delivery(record: Record | str | None = "Breuken", **fields: Any) -> Delivery:
    """A delivery of a record, or of one with this title; None is a tombstone."""
    if isinstance(record, str):
        record = a_record(record)
    reading = None if record is None else Reading(record)
    values = {"place": "record 1", "format": "lom", "reading": reading, "deleted": record is None}
    return Delivery(**(values | fields))


def an_order(as_state: str = "published", **fields: Any) -> Order:
    actor = fields.get("actor", OPERATOR)
    source = "kim" if actor.is_curator else own_name(actor)
    return Order(**({"source": source, "as_state": as_state, "actor": actor} | fields))


def bring(site: Site, *deliveries: Delivery, **order: Any) -> list[Outcome]:
    """Deliver under one order, as one import."""
    return deposit.deliver(site, list(deliveries), an_order(**order))


def put(site: Site, actor: Actor, uuid: str | None, title: Record | str, **fields: Any) -> Working:
    record = a_record(title) if isinstance(title, str) else title
    return deposit.save(site, actor, Save(record=record, uuid=uuid, **fields))


def do(site: Site, actor: Actor, uuid: str, name: str, **fields: Any) -> Working:
    return deposit.act(site, actor, uuid, Action(name, **fields))


def head(site: Site, uuid: str) -> Any:
    """The row of a record."""
    with site.database.read() as connection:
        return connection.execute(text("SELECT * FROM record WHERE uuid = :uuid"), {"uuid": uuid}).one()


def count(site: Site, table: str) -> int:
    with site.database.read() as connection:
        return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())


def title_of(record: Record) -> str:
    assert record.general is not None
    assert record.general.title is not None
    return record.general.title[0].value


def public_title(site: Site, uuid: str) -> str | None:
    """The title of the accepted revision, None for a tombstone or where nothing is public."""
    with site.database.read() as connection:
        tree = connection.execute(
            text(
                "SELECT v.tree FROM record r JOIN revision v ON v.record = r.id AND v.n = r.accepted"
                " WHERE r.uuid = :uuid AND r.public = 'published'"
            ),
            {"uuid": uuid},
        ).scalar()
    return None if tree is None else title_of(from_json(bytes(tree)))
