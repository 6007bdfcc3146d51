"""Shows every beast to the harvester: the end of each, and the table of them all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.zoo import addresses, audits, bodies, bounds, gone, lists, rubbish, streams, wire
from tests.zoo.beasts import BEASTS, Beast
from tests.zoo.keeper import End, Keeper, Zoo, a_repository
from tests.zoo.provider import Provider

HOUSES = (lists, wire, bodies, gone, audits, bounds, rubbish, addresses, streams)


def show(zoo: Zoo, beast: Beast, home: Path) -> tuple[End, Provider]:
    """Harvest a beast as often as it wants; how the last run ended."""
    provider = beast.make()
    url = zoo.take_in(beast.name, provider)
    with a_repository(home) as site:
        keeper = Keeper(site, url, **beast.settings)
        try:
            keeper.run(confirm=beast.confirm and not beast.then)
            for number, then in enumerate(beast.then, 1):
                then(provider)
                keeper.run(confirm=beast.confirm and number == len(beast.then))
            return keeper.end(provider), provider
        finally:
            keeper.close()


def is_right(beast: Beast, end: End) -> bool:
    """Whether it ended as it must."""
    told = not beast.says or any(beast.says in note for note in end.notes)
    return beast.fits(end.told) and told and end.requests <= beast.most_requests


def rows() -> list[tuple[Beast, End, bool]]:
    """Every beast with its end."""
    zoo = Zoo()
    found = []
    try:
        for beast in BEASTS.values():
            with tempfile.TemporaryDirectory(prefix="oerbron-zoo-") as home:
                end, _ = show(zoo, beast, Path(home))
            found.append((beast, end, is_right(beast, end)))
    finally:
        zoo.close()
    return found


def main() -> int:
    """Print the table; 1 when a beast ended otherwise than it must."""
    found = rows()
    width = max(len(beast.does) for beast, _, _ in found)
    for beast, end, right in found:
        print(f"{'ok  ' if right else 'BAD '} {beast.does:{width}}  {end.told}")  # noqa: T201 - its purpose
        if not right:
            print(f"      must be: {beast.ends}; {end.requests} requests; {end.notes}")  # noqa: T201
    good = sum(right for _, _, right in found)
    print(f"{len(found)} behaviours, {good} right")  # noqa: T201
    return 0 if good == len(found) else 1
