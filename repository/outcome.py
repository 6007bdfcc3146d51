"""The outcomes of a delivery, in the order in which they are told."""

from __future__ import annotations

from typing import Final, Literal

OutcomeName = Literal["created", "updated", "unchanged", "deleted", "rejected"]
OUTCOMES: Final[tuple[OutcomeName, ...]] = ("created", "updated", "unchanged", "deleted", "rejected")
