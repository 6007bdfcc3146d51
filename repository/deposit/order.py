"""What an import, a harvest or a staged batch asks for, and what became of each delivery."""

from __future__ import annotations

import msgspec

from repository.accounts.policy import Actor
from repository.outcome import OutcomeName
from repository.records.delivery_decision import Publish


class Order(msgspec.Struct, frozen=True):
    """The terms of one import. One Order is one import: `seen` remembers the keys that came under it.

    `harvest`: the same key twice means that the later datestamp wins, not that the second is a mistake.
    `publish`: without_warnings lets only flawless records through as published, the others as submitted.
    `approved`: somebody other than the actor has looked at it ([accounts] four_eyes). `readable_is_enough`: a draft by
    form or API is judged only when it is submitted.
    """

    source: str
    as_state: str  # draft | submitted | published
    actor: Actor
    lane: int = 1
    batch: str | None = None
    dry_run: bool = False
    file: str = ""
    harvest: bool = False
    publish: Publish = "all"
    approved: bool = False
    readable_is_enough: bool = False
    seen: dict[int, tuple[int, str] | int] = msgspec.field(default_factory=dict)


class Outcome(msgspec.Struct, frozen=True):
    """What became of one delivery; a reject says why, with `code` and one plain sentence."""

    outcome: OutcomeName
    place: str
    identifier: str | None = None
    uuid: str | None = None
    record: int | None = None
    code: str | None = None
    reason: str | None = None
    file: str = ""
