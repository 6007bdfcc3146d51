"""At five times what a server can do nobody fails: served or told when to come back, and health answers all the while.

How long things took is not asserted, since client and server share the cores; `python -m tests.stress.overload`
prints it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stress import overload
from tests.support.running import free_port, running

pytestmark = pytest.mark.slow


def test_a_flood_is_served_or_refused_and_over_when_it_is_over(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "--records", "200", "--port", str(free_port())) as server:
        rows = overload.table(server, seconds=3, times=5)
        assert server.process.poll() is None

    assert {row.name: row.flood.failed for row in rows} == {row.name: 0 for row in rows}
    assert {row.name: row.health_failed for row in rows} == {row.name: 0 for row in rows}
    assert all(row.flood.served for row in rows)
    assert all(row.flood.served + row.flood.refused == row.flood.sent for row in rows)
    assert any(row.flood.refused for row in rows)  # else this was no overload
    assert all(row.recovered_s < 30 for row in rows)
    assert max(row.memory_mb[1] - row.memory_mb[0] for row in rows) < 150
