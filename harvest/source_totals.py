"""The account of a source with what has to be counted: its living records, and the deletions that wait."""

from __future__ import annotations

from harvest import deletions, source_account
from harvest.source_account import Account
from repository import sources
from repository.config.sections import HarvestSource
from repository.site import Site


def of(site: Site, name: str) -> Account:
    """The account of a source; raises NotFound."""
    return _counted(site, sources.get(site, name))


def of_all(site: Site) -> list[Account]:
    """Every source, by name."""
    return [_counted(site, source) for source in sources.sources(site)]


def _counted(site: Site, source: HarvestSource) -> Account:
    brake = deletions.brake(site, source.name)
    return source_account.public_of(site, source)._replace(waiting=brake.waiting, alive=brake.alive)
