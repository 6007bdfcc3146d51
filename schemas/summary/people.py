"""Who made a resource, and when: the contributors and dates of lifeCycle, without their contact data.

Names come from the entity's parts; a part that was not read yet is read here. It must not give an e-mail address or a
phone number: a name that is nothing else is no name.
"""

from __future__ import annotations

import re

import msgspec

from schemas import agent
from schemas.datestamp import read_date
from schemas.record import Contribute, DateTime, Entity, Record
from schemas.summary.text import without_contact
from schemas.vocabularies.vocabularies import Vocabularies

_PHONE = re.compile(r"\+?\d[\d\s()./-]{6,}\d")
_CREATING = frozenset({"author", "content provider", "creator"})


class Contributor(msgspec.Struct, frozen=True):
    """`role` is LOM's token where it has one, `kind` person | organization, `id` an ORCID or ROR as https URI."""

    name: str
    role: str | None = None
    kind: str | None = None
    id: str | None = None


def contributors_of(record: Record, vocabularies: Vocabularies) -> tuple[tuple[Contributor, ...], str | None]:
    """The contributors in the record's order, each role of a name once; and the name of the first publisher."""
    found: dict[tuple[str, str | None], Contributor] = {}
    for contribute in record.life_cycle.contribute if record.life_cycle else ():
        role = role_of(contribute, vocabularies)
        for entity in agent.each(contribute.entity):
            if name := _name(entity):
                found.setdefault((name, role), Contributor(name, role, entity.kind, agent.own_id(entity)))
    contributors = tuple(found.values())
    return contributors, next((one.name for one in contributors if one.role == "publisher"), None)


def role_of(contribute: Contribute, vocabularies: Vocabularies) -> str | None:
    """LOM's token of a role (of `creator`, which LOM has not: author), else the word as received."""
    role = contribute.role
    if role is None or not (value := role.value or role.uri):
        return None
    found = vocabularies.find("role", role.source, value)
    token = vocabularies.lom_token("role", found) if found else None
    return token or without_contact(" ".join(value.split())) or None


def dates_of(record: Record) -> tuple[str | None, str | None]:
    """(created, modified): the first date of those who made it, else the first of all; the last one where later."""
    making: str | None = None
    dates: list[str] = []
    for contribute in record.life_cycle.contribute if record.life_cycle else ():
        if contribute.date is None or (date := _date(contribute.date)) is None:
            continue
        dates.append(date)
        role = contribute.role.value if contribute.role else None
        if making is None and role and role.strip().casefold() in _CREATING:
            making = date
    if not dates:
        return None, None
    created = making or min(dates)
    last = max(dates)
    return created, last if last > created else None


def _date(date: DateTime) -> str | None:
    return date.value or (read_date(date.raw).value if date.raw else None)


def _name(entity: Entity) -> str:
    name = entity.fn or entity.org or ""
    if "@" in name:
        name = without_contact(name)
    return " ".join(_PHONE.sub(" ", name).split())
