"""The deposit: the ONE way in. Whatever brings records or changes them goes through here (design.md, 1).

This is the face of a group of modules: pure deciders (lifecycle, overlay, origin, reception, edition, tombstone) say
what becomes of a record; delivering, saving and acting look up, decide, and have `ledger` write, together with the
outbox row that publication follows.
"""

from __future__ import annotations

from repository.accounts.policy import OPERATOR, Actor
from repository.acting import ACTIONS, Action, act, unlock
from repository.delivering import deliver
from repository.order import Order, Outcome
from repository.saving import Save, save
from repository.working import Source, Working, working

__all__ = [
    "ACTIONS",
    "OPERATOR",
    "Action",
    "Actor",
    "Order",
    "Outcome",
    "Save",
    "Source",
    "Working",
    "act",
    "deliver",
    "save",
    "unlock",
    "working",
]
