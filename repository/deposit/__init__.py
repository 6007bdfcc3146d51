"""The deposit: the ONE way in. Whatever brings records or changes them goes through here (design.md, 1).

This is the face of a group of modules. Pure deciders (lifecycle, and in records: overlay, origin, delivery_decision,
edit_decision, tombstone) say what becomes of a record; delivery, save and action look up, decide, and let
records.writing write, together with the outbox row that publication follows.
"""

from __future__ import annotations

from repository.accounts.policy import OPERATOR, Actor
from repository.deposit.action import ACTIONS, Action, act, unlock
from repository.deposit.delivery import deliver
from repository.deposit.order import Order, Outcome
from repository.deposit.save import Save, save
from repository.deposit.working_view import Source, Working, working

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
