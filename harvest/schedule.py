"""When a source is followed next, as a pure function of its last run (seconds since the epoch)."""

from __future__ import annotations

from typing import Final

from harvest.run_rows import Run
from repository.config.sections import HarvestSource, seconds_of

AGAIN_S: Final = 3_600
"""After a run that did not end well the next one comes sooner than the schedule says, but not at once."""


def next_at(source: HarvestSource, state: str, last: Run | None, now: int) -> int | None:
    """When the next run is due; None where the source is followed by command only."""
    every_s = seconds_of(source.schedule) or 0
    if every_s <= 0:
        return None
    if last is None or state in ("crashed", "stopped"):
        return now
    if state in ("incomplete", "failed"):
        return (last.ended or last.beat) + min(every_s, AGAIN_S)
    return last.began + every_s
