"""The sources that are harvested: those of the configuration and those added by command, under one name each.

They stand in the repository's room because three rooms ask: the harvester follows them, the deposit keeps their names
for them, and the provider calls them friends. A source of the configuration goes before one of the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Connection, text

from repository.config.sections import LOCAL, HarvestSource, is_personal, source_mistakes
from repository.errors import Invalid, NotFound, Refused
from repository.site import Site

_STORED: Final = text("SELECT settings FROM harvest_source ORDER BY name")
_INSERT: Final = text("INSERT INTO harvest_source (name, settings, added) VALUES (:name, :settings, :added)")
_LEFT_BEHIND: Final = ("harvest_state", "harvest_run", "harvest_pending", "harvest_seen", "harvest_quarantine",
                       "harvest_report")  # fmt: skip


def sources(site: Site) -> tuple[HarvestSource, ...]:
    """Every source, by name."""
    found = {source.name: source for source in _stored(site)}
    found |= {source.name: source for source in site.config.harvest.source}
    return tuple(found[name] for name in sorted(found))


def find(site: Site, name: str) -> HarvestSource | None:
    """The source of a name."""
    return next((source for source in sources(site) if source.name == name), None)


def get(site: Site, name: str) -> HarvestSource:
    """The source of a name; raises NotFound that says which there are."""
    source = find(site, name)
    if source is None:
        there = ", ".join(each.name for each in sources(site))
        raise NotFound(f"There is no source {name}; {f'there are {there}' if there else 'none was added yet'}.")
    return source


def add(site: Site, source: HarvestSource) -> None:
    """Keep a new source; raises Invalid with every mistake, Refused when the name is taken."""
    mistakes = source_mistakes(source)
    if source.name == LOCAL:
        mistakes.append(f"the name {LOCAL} is that of imports without a source")
    if is_personal(source.name):
        mistakes.append(f"the name {source.name} is that of a person's deliveries")
    if mistakes:
        raise Invalid(f"The source cannot be added: {'; '.join(mistakes)}.")
    if find(site, source.name) is not None:
        raise Refused(f"There is a source {source.name} already; remove it first, or choose another name.")
    settings = msgspec.json.encode(source).decode()
    with site.database.write() as connection:
        connection.execute(_INSERT, {"name": source.name, "settings": settings, "added": int(site.clock.now())})


def remove(site: Site, name: str) -> None:
    """Forget a source and all that was noted about following it; its records stay. Raises NotFound, Refused."""
    get(site, name)
    if any(source.name == name for source in site.config.harvest.source):
        raise Refused(f"The source {name} stands in the configuration; take it out there.")
    with site.database.write() as connection:
        connection.execute(text("DELETE FROM harvest_source WHERE name = :name"), {"name": name})
        forget(connection, name)


def forget(connection: Connection, name: str) -> None:
    """Delete what was noted about following a source."""
    for table in _LEFT_BEHIND:
        connection.execute(text(f"DELETE FROM {table} WHERE source = :name"), {"name": name})


def friends(site: Site, stored: Iterable[str]) -> list[str]:
    """The base URLs of the OAI-PMH providers that are harvested, each once, in order."""
    found = (*site.config.harvest.source, *map(_read, stored))
    return sorted({source.url for source in found if source.kind == "oai-pmh"})


def _stored(site: Site) -> tuple[HarvestSource, ...]:
    with site.database.read() as connection:
        return tuple(map(_read, connection.execute(_STORED).scalars()))


def _read(stored: str) -> HarvestSource:
    return msgspec.json.decode(stored, type=HarvestSource)
