"""Random changes of every kind to a repository that others follow, through the deposit as every change comes.

Creations by hand and by delivery, edits, changes of sets only, withdrawals, deletions by a person and by a source,
restores, re-creations. What has no effect (a reset to what was there) counts all the same: followers must bear it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import msgspec

from repository import deposit
from repository.deposit import OPERATOR, Action, Save
from repository.errors import Busy
from repository.site import Site
from schemas.formats.format import Delivery, Reading
from schemas.generate.generate import records
from schemas.record import General, LangString, Record
from tests.support.deposit import CURATOR

SOURCE = "stress"
_SLUGS = ("lente", "zomer", "herfst", "winter")
_WEIGHTS = {
    "create": 26, "deliver": 16, "edit": 24, "sets": 10, "withdraw": 7, "delete": 6, "restore": 7, "source deletes": 4,
    "source gives again": 4,
}  # fmt: skip


@dataclass
class Changer:
    """Makes one random change at a time; knows which records are in which state."""

    site: Site
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    live: list[str] = field(default_factory=list)  # without an origin
    down: list[str] = field(default_factory=list)  # withdrawn or deleted by a person
    given: dict[str, str] = field(default_factory=dict)  # key at the source -> uuid
    taken: dict[str, str] = field(default_factory=dict)  # what the source deleted
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.fresh = records(10_000_000, self.chance.randrange(10**6))

    def change(self, much: int = 1) -> None:
        """One change, or a burst of `much` deliveries or others of one kind."""
        kind = self.chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        doing: dict[str, Callable[[], bool]] = {
            "create": self._create, "edit": self._edit, "sets": self._sets, "withdraw": lambda: self._bury("withdraw"),
            "delete": lambda: self._bury("delete"), "restore": self._restore,
        }  # fmt: skip
        if kind in doing:
            for _ in range(much):
                self.done[kind] += self._patiently(doing[kind])
            return
        deliveries = list(self._deliveries(kind, much))
        self._patiently(lambda: bool(deposit.deliver(self.site, deliveries, _order())))
        self.done[kind] += len(deliveries)

    def _patiently(self, work: Callable[[], bool]) -> bool:
        while True:
            try:
                return work()
            except Busy:
                continue

    def _create(self) -> bool:
        wish = Save(record=next(self.fresh), as_state="published")
        self.live.append(deposit.save(self.site, CURATOR, wish).uuid)
        return True

    def _edit(self) -> bool:
        """A new title, or another record's tree whole; now and then the same tree again."""
        uuid = self._one(self.live)
        if uuid is None:
            return False
        record = next(self.fresh)
        if self.chance.random() < 0.5:
            title = (LangString("nl", f'Titel {next(self.numbers)} \U0001f600 “é” \\ "q" \n <b>&amp;'),)
            general = msgspec.structs.replace(record.general or General(), title=title)
            record = msgspec.structs.replace(record, general=general)
        for _ in range(self.chance.choice((1, 1, 2))):
            deposit.save(self.site, CURATOR, Save(record=record, uuid=uuid, as_state="published"))
        return True

    def _sets(self) -> bool:
        uuid = self._one(self.live)
        if uuid is None:
            return False
        tree = deposit.working(self.site, CURATOR, uuid).record
        slugs = tuple(self.chance.sample(_SLUGS, self.chance.randrange(3)))
        deposit.save(self.site, CURATOR, Save(record=tree, uuid=uuid, as_state="published", collections=slugs))
        return True

    def _bury(self, action: str) -> bool:
        uuid = self._one(self.live)
        if uuid is None:
            return False
        deposit.act(self.site, CURATOR, uuid, Action(action, note="weg", reason="weg"))
        self.live.remove(uuid)
        self.down.append(uuid)
        return True

    def _restore(self) -> bool:
        uuid = self._one(self.down)
        if uuid is None:
            return False
        deposit.act(self.site, CURATOR, uuid, Action("restore"))
        self.down.remove(uuid)
        self.live.append(uuid)
        return True

    def _deliveries(self, kind: str, much: int) -> Iterator[Delivery]:
        for _ in range(much):
            key = f"k{next(self.numbers)}"
            record: Record | None = next(self.fresh)
            match kind:
                case "source deletes" if self.given:
                    key, record = self._one(list(self.given)) or key, None
                    self.taken[key] = self.given.pop(key)
                case "source gives again" if self.taken:
                    key = self._one(list(self.taken)) or key
                    self.given[key] = self.taken.pop(key)
                case "source gives again" if self.given:
                    key = self._one(list(self.given)) or key
                case _:
                    self.given[key] = key
            yield Delivery(
                place=key, format="jsonl", reading=None if record is None else Reading(record), deleted=record is None,
                source=(SOURCE, key), identifier=key,
            )  # fmt: skip

    def _one(self, among: list[str]) -> str | None:
        return self.chance.choice(among) if among else None


def _order() -> deposit.Order:
    return deposit.Order(source=SOURCE, as_state="published", actor=OPERATOR)
