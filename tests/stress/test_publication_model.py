"""An exhaustive small model of publication: every interleaving of writers, publishers, clock and two harvesters.

The model is the algorithm of design.md, 2, without bytes and SQL; the search visits every reachable state. Broken
variants (a datestamp taken before the lock, a responseDate that is not below the next batch) must be found out, or
the model could not fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

RECORDS = 2
VERSIONS = 2  # each record is written this often
LAST = 4  # the clock runs from 0 to here, in steps of a second


class Harvester(NamedTuple):
    """A client that follows the protocol: `since` is its from, `began` the responseDate of its first page."""

    since: int = 0
    began: int = -1  # -1: between two harvests
    until: int = 0
    cursor: tuple[int, int] = (-1, -1)
    copy: tuple[int, ...] = (0,) * RECORDS


class World(NamedTuple):
    clock: int = 0
    w: int = 0
    written: tuple[int, ...] = (0,) * RECORDS
    outbox: tuple[int, ...] = ()  # record numbers
    prepared: tuple[int, int, int] | None = None  # record, version, clock when it was prepared
    public: tuple[tuple[tuple[int, int], int], ...] = (((-1, 0), 0),) * RECORDS  # (datestamp, ordinal), version
    harvester: Harvester = Harvester()


class Rules(NamedTuple):
    stamp_at_prepare: bool = False
    response_ahead: int = 1


def _steps(world: World, rules: Rules) -> Iterator[World]:
    if world.clock < LAST:
        yield world._replace(clock=world.clock + 1)
    yield from _writes(world)
    yield from _publishes(world, rules)
    yield _reads(world, rules)


def _writes(world: World) -> Iterator[World]:
    for record, version in enumerate(world.written):
        if version < VERSIONS:
            yield world._replace(written=_put(world.written, record, version + 1), outbox=(*world.outbox, record))


def _publishes(world: World, rules: Rules) -> Iterator[World]:
    """Prepare one row (batch cap 1); seal it; or be killed between the two, which forgets what was prepared."""
    if world.prepared is None:
        for record in sorted(set(world.outbox)):
            yield world._replace(prepared=(record, world.written[record], world.clock))
        return
    yield world._replace(prepared=None)
    record, version, then = world.prepared
    clock = then if rules.stamp_at_prepare else world.clock
    d = clock if rules.stamp_at_prepare else max(world.w + 2, clock // 2 * 2)
    moved = world._replace(w=max(world.w, d), prepared=None)
    if version != world.written[record]:  # The accepted revision changed: its row stays.
        yield moved
        return
    rest = tuple(each for each in world.outbox if each != record)
    ordinal = sum(1 for (stamp, _), _ in world.public if stamp == d)
    yield moved._replace(outbox=rest, public=_put(world.public, record, ((d, ordinal), version)))


def _reads(world: World, rules: Rules) -> World:
    """One request: a page of one record, from a snapshot."""
    reader = world.harvester
    if reader.began < 0:
        reader = reader._replace(began=world.w + rules.response_ahead, until=world.w, cursor=(reader.since, -1))
    rows = sorted(
        (position, record, version)
        for record, (position, version) in enumerate(world.public)
        if version and reader.cursor < position and position[0] <= world.w
    )
    if not rows:
        return world._replace(harvester=reader._replace(since=reader.began, began=-1))
    position, record, version = rows[0]
    return world._replace(harvester=reader._replace(cursor=position, copy=_put(reader.copy, record, version)))


def _put(values: tuple, index: int, value: object) -> tuple:  # type: ignore[type-arg]
    return (*values[:index], value, *values[index + 1 :])


def _lost(world: World, rules: Rules) -> bool:
    """Whether a harvester that now finishes and harvests once more, in quiet, ends with an old state."""
    for _ in range(4 * RECORDS + 4):
        world = _reads(world, rules)
    public = tuple(version for _, version in world.public)
    return world.harvester.copy != public


def _search(rules: Rules) -> tuple[int, int]:
    """Visit every reachable state; gives how many there are and in how many of them a harvester loses something."""
    seen = {World()}
    front = [World()]
    losses = 0
    while front:
        world = front.pop()
        for after in _steps(world, rules):
            assert rules != Rules() or after.w >= world.w, "W fell"
            if after not in seen:
                seen.add(after)
                front.append(after)
                losses += _lost(after, rules)
    return len(seen), losses


def test_no_interleaving_loses_a_state() -> None:
    states, losses = _search(Rules())

    assert states > 10_000
    assert losses == 0


@pytest.mark.parametrize("broken", [Rules(stamp_at_prepare=True), Rules(response_ahead=3)])
def test_the_model_finds_a_broken_variant(broken: Rules) -> None:
    _, losses = _search(broken)

    assert losses > 0
