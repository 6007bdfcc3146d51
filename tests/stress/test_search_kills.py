"""kill -9 of the projector at random moments: the next one takes over, and the index holds what the line holds.

Some write in bulk already where thirty records wait.

`python -m tests.stress.test_search_kills 200` kills as often as it is told.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from repository.publishing import publication
from repository.search.engines.embedded import EmbeddedEngine
from repository.search.service import Searching
from repository.site import Site
from tests.support.factories import a_record
from tests.support.site import FakeClock, a_site, accept, withdraw

KILLS = 6
_PROJECTOR = """
import sys
from pathlib import Path
from repository.search.engines.embedded import EmbeddedEngine
from repository.search.service import Searching
from tests.support.site import a_site

home = Path(sys.argv[1])
searching = Searching(a_site(home), EmbeddedEngine(home / "search"))
searching.projection.portion = 7
searching.projection.many = int(sys.argv[3])
print("ready", flush=True)
while True:
    searching.projection.rebuild() if sys.argv[2] == "rebuild" else searching.step(0.2)
"""


def _changes(site: Site, chance: random.Random, records: list[int]) -> None:
    """Some records more, changed, withdrawn; published."""
    assert isinstance(site.clock, FakeClock)
    for n in range(30):
        records.append(accept(site, a_record(f"Titel {n} {chance.random()}")))
    for one in chance.sample(records, min(len(records), 20)):
        accept(site, a_record(f"Anders {chance.random()}"), id_=one)
    withdraw(site, records.pop(chance.randrange(len(records))))
    site.clock.pass_(2)
    publication.publish(site)


def kills(home: Path, times: int, seed: int) -> list[int]:
    """Kill a projector so often while records change; the buckets that differ at the end."""
    chance = random.Random(seed)
    site = a_site(home)
    searching = Searching(site, EmbeddedEngine(home / "search"))
    records: list[int] = []
    _changes(site, chance, records)
    searching.catch_up()
    for time_ in range(times):
        what = "rebuild" if time_ % 3 == 2 else "step"
        with subprocess.Popen(
            [sys.executable, "-c", _PROJECTOR, str(home), what, chance.choice(["30", "2000"])],
            stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([".", "oaipmh"])},
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            _changes(site, chance, records)
            time.sleep(chance.random() * 0.25)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL, "the projector had given up before it was killed"
    searching.catch_up()
    different = searching.projection.compare(searching.index())
    site.database.dispose()
    return different


def test_a_killed_projector_is_taken_over_and_nothing_is_lost(tmp_path: Path) -> None:
    assert kills(tmp_path, KILLS, 1) == []


def main(times: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        different = kills(Path(folder), times, 2)
    sys.stdout.write(f"{times} kills, {len(different)} buckets differ\n")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
