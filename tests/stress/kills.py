"""kill -9 of `oerbron harvest run` at random moments: run again, it ends as a run that nobody killed.

`python -m tests.stress.kills --runs 100` prints what each run did. A provider on loopback has changed since the last
harvest: records came, changed, were deleted, vanished without a word, cannot be read, were mended. Every run begins
with a copy of the same home, has a helper (portal.commands.helper_process), is killed up to three times, sometimes
after its helper, and is then left alone. What is compared is all that the repository holds of the source and gives out
of it, its counts and its quarantine; and how many pages were fetched.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from repository.config import load
from repository.site import Site, open_site
from repository.upkeep import doctor
from tests.zoo.keeper import Zoo
from tests.zoo.provider import LOM, Kept, Provider, kept

ROOT = Path(__file__).resolve().parents[2]
OERBRON = [
    sys.executable,
    "-c",
    "import sys; from portal import cli; from portal.commands import helper_process; helper_process.WORTH_S = 0.0;"
    " sys.argv[0] = 'oerbron'; cli.main()",
]  # with a helper from the first page on
NAME = "klas"
BEFORE, COME = 240, 260  # records at the first harvest, and those that come later
PAGES_PER_KILL = 2
MOST_KILLS = 3
HELPER_TOO = 0.3  # of the kills are of the helper first
AFTERWARDS_S = 1.2  # the last kills fall between the last page and the end of publication
PATIENCE_S = 120
PUBLISHING = "publishing"
LATER = "2026-11-25T12:30:00Z"
_BROKEN = f'<lom xmlns="{LOM}"><general><title>No end</general></lom>'


@dataclass
class Changing(Provider):
    """Keeps no deletions for good, so that a harvest of it ends with an audit."""

    page_size: int = 20
    deleted_record: str = "transient"

    def __post_init__(self) -> None:
        self.records = {each.identifier: each for each in (_record(n) for n in range(BEFORE))}
        self.records["oai:zoo:7"] = replace(self.records["oai:zoo:7"], metadata=_BROKEN)

    def change(self) -> None:
        """What happened since the first harvest."""
        new = [replace(_record(BEFORE + n), datestamp=LATER) for n in range(COME)]
        self.records |= {each.identifier: each for each in new}
        self._edit(range(20, 60), title="Changed since")
        self._edit(range(60, 75), deleted=True)
        self._edit((100, 101, 300), metadata=_BROKEN)
        self._edit((7,), metadata=None)
        for n in range(80, 95):
            del self.records[f"oai:zoo:{n}"]

    def _edit(self, numbers: range | tuple[int, ...], **changes: Any) -> None:
        for n in numbers:
            name = f"oai:zoo:{n}"
            self.records[name] = replace(self.records[name], datestamp=LATER, **changes)

    @property
    def pages(self) -> int:
        """Pages of lists that were asked for."""
        return sum(each.get("verb", "").startswith("ListI") or each.get("verb") == "ListRecords" for each in self.asked)


def _record(n: int) -> Kept:
    return replace(kept(0), identifier=f"oai:zoo:{n}", datestamp=f"2026-03-{1 + n // 20:02d}T10:00:00Z", title=f"T {n}")


class Ended(NamedTuple):
    """All that there is of the source when a run has ended, and how many pages that took."""

    state: dict[str, Any]
    pages: int


class Killed(NamedTuple):
    """What one run with kills came to: where the kills fell, what differs at the end, pages fetched again."""

    kills: tuple[str, ...]
    differs: tuple[str, ...]
    again: int

    @property
    def is_right(self) -> bool:
        return not self.differs and self.again <= PAGES_PER_KILL * len(self.kills)


class Arena:
    """A home that was harvested once, and the provider that has changed since."""

    def __init__(self, folder: Path, zoo: Zoo) -> None:
        self.folder = folder
        self.zoo = zoo
        self.home = folder / "template"
        self.config = folder / "kills.toml"
        self.config.write_text(
            '[harvest]\nallow_hosts = ["127.0.0.1"]\n[oai]\ndomain = "kills.example"\n', encoding="utf-8"
        )
        first = Changing()
        url = zoo.take_in(NAME, first)
        assert self.wait(self.start(self.home, "add", NAME, url, "--prefix", "lom")) == 0
        assert self.wait(self.start(self.home, "run", NAME)) == 1  # one record cannot be read
        self.unkilled = self.run([], random.Random(0))[1]

    def start(self, home: Path, *words: str) -> subprocess.Popen[bytes]:
        """`oerbron harvest WORDS` as a process of its own."""
        paths = os.pathsep.join((str(ROOT), str(ROOT / "oaipmh")))
        env = os.environ | {"OERBRON_HOME": str(home), "PYTHONPATH": paths}
        with (self.folder / "kills.log").open("ab") as log:
            command = [*OERBRON, "--config", str(self.config), "harvest", *words]
            return subprocess.Popen(command, env=env, stdout=log, stderr=log)

    @staticmethod
    def wait(process: subprocess.Popen[bytes]) -> int:
        return process.wait(PATIENCE_S)

    def run(self, moments: list[int], chance: random.Random) -> tuple[tuple[str, ...], Ended]:
        """Harvest the changed provider in a copy of the home; `moments` are the requests after which it is killed."""
        home = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.home, home, dirs_exist_ok=True)
        provider = Changing()
        provider.change()
        self.zoo.take_in(NAME, provider)
        kills: list[str] = []
        where, is_over = NAME, False
        for moment in moments:
            where = self._killed(home, provider, moment, chance)
            kills += [where] if where else []
            is_over = not where or where.startswith(PUBLISHING)
            if is_over:
                break
        pages = provider.pages
        if where:  # else the last one ended before it could be killed
            assert self.wait(self.start(home, "run", NAME)) in {0, 1}
        ended = Ended(self._state(home), pages if is_over else provider.pages)
        shutil.rmtree(home)
        return tuple(kills), ended

    def _killed(self, home: Path, provider: Changing, moment: int, chance: random.Random) -> str:
        """Start a run and kill it so many requests later, and a little; "" when it ended before that."""
        asked = before = len(provider.asked)
        process = self.start(home, "run", NAME)
        patience_s = AFTERWARDS_S * (0.1 + chance.random())
        last = time.monotonic()
        while len(provider.asked) - asked < moment and process.poll() is None:
            if len(provider.asked) > before:
                before, last = len(provider.asked), time.monotonic()
            elif before > asked and time.monotonic() - last > patience_s:
                break  # no request comes any more: it deletes, or publishes
            assert time.monotonic() - last < PATIENCE_S
            time.sleep(0.001)
        time.sleep(chance.random() * 0.03)
        if chance.random() < HELPER_TOO:
            _kill_helper(process)
            time.sleep(chance.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        if process.wait(PATIENCE_S) != -signal.SIGKILL:
            return ""
        with self._opened(home) as site, site.database.read() as connection:
            states = [row[0] for row in connection.exec_driver_sql("SELECT state FROM harvest_run ORDER BY id")]
        where = PUBLISHING if len(states) > 1 and states[-1] == "complete" else "harvesting"
        return f"{where} after {len(provider.asked) - asked} requests"

    def _opened(self, home: Path) -> Any:
        return _Opened(self.config, home)

    def _state(self, home: Path) -> dict[str, Any]:
        with self._opened(home) as site:
            assert doctor.examine(site) == []
            return state_of(site)

    def compare(self, kills: tuple[str, ...], ended: Ended) -> Killed:
        """How a run that was killed ended, beside the one that was not."""
        names = set(self.unkilled.state) - ({"tries"} if _was_over(kills) else set())
        differs = tuple(sorted(name for name in names if ended.state[name] != self.unkilled.state[name]))
        if differs:
            said = (self.folder / "kills.log").read_text(encoding="utf-8", errors="replace").splitlines()
            differs += tuple(said[-6:])
        return Killed(kills, differs, ended.pages - self.unkilled.pages)


def _kill_helper(command: subprocess.Popen[bytes]) -> None:
    """Kill what a command has started, where the system tells that (Linux)."""
    told = Path(f"/proc/{command.pid}/task/{command.pid}/children")
    with contextlib.suppress(OSError):
        for child in told.read_text(encoding="ascii").split():
            os.kill(int(child), signal.SIGKILL)


class _Opened:
    """A site over a home, for as long as the block."""

    def __init__(self, file: Path, home: Path) -> None:
        before = os.environ.get("OERBRON_HOME")
        os.environ["OERBRON_HOME"] = str(home)
        try:
            self.site = open_site(load.load(file))
        finally:
            if before is None:
                del os.environ["OERBRON_HOME"]
            else:
                os.environ["OERBRON_HOME"] = before

    def __enter__(self) -> Site:
        return self.site

    def __exit__(self, *_: object) -> None:
        self.site.database.dispose()


_QUERIES = {
    "records": (
        "SELECT o.key, r.uuid, r.public, r.revision, o.is_primary, o.datestamp, o.format, hex(o.digest),"
        " hex(o.source_bytes), r.tombstone_by FROM origin o JOIN record r ON r.id = o.record ORDER BY o.key"
    ),
    "revisions": (
        "SELECT r.uuid, v.n, hex(v.tree), v.published FROM revision v JOIN record r ON r.id = v.record ORDER BY 1, 2"
    ),
    "published": 'SELECT uuid, state, revision FROM "current" ORDER BY uuid',
    "lom": (
        'SELECT c.uuid, hex(f.bytes) FROM face_lom f JOIN "current" c ON c.position = f.position'
        " WHERE c.state = 'live' ORDER BY 1"
    ),
    "quarantine": "SELECT name, code, kind, hex(bytes) FROM harvest_quarantine ORDER BY name",
    "tries": "SELECT name, tries FROM harvest_quarantine ORDER BY name",
    "waiting deletions": "SELECT key FROM harvest_pending ORDER BY key",
    "marks of the audit": "SELECT key FROM harvest_seen ORDER BY key",
    "how far": "SELECT prefix, spec, since, holes FROM harvest_state",
    "outcomes": (
        "SELECT state, created, updated, unchanged, deleted, rejected, codes, steps, notes FROM harvest_run"
        " ORDER BY id LIMIT 2"
    ),
    "outbox": "SELECT count(*) FROM outbox",
}


def _was_over(kills: list[str] | tuple[str, ...]) -> bool:
    """Whether the last kill found the harvest done: what is run then is another one, that finds all unchanged."""
    return bool(kills) and kills[-1].startswith(PUBLISHING)


def state_of(site: Site) -> dict[str, Any]:
    """All that there is of the source, but for times: a count and a digest of each kind of rows."""
    found: dict[str, Any] = {}
    with site.database.read() as connection:
        for name, query in _QUERIES.items():
            rows = [tuple(row) for row in connection.exec_driver_sql(query)]
            told = rows if len(rows) < 5 else hashlib.sha256(repr(rows).encode()).hexdigest()
            found[name] = (len(rows), told)
    return found


def harvests(folder: Path, runs: int, seed: int) -> list[Killed]:
    """So many harvests, each killed at moments of its own."""
    chance = random.Random(seed)
    zoo = Zoo()
    found: list[Killed] = []
    try:
        arena = Arena(folder, zoo)
        while len(found) < runs:
            moments = [chance.randrange(1, arena.unkilled.pages + 12) for _ in range(chance.randint(1, MOST_KILLS))]
            kills, ended = arena.run(moments, chance)
            if kills:  # else it was faster than its killer
                found.append(arena.compare(kills, ended))
                _say(found[-1], len(found))
    finally:
        zoo.close()
    return found


def _say(killed: Killed, number: int) -> None:
    verdict = "ok " if killed.is_right else "BAD"
    differs = f"; differs: {', '.join(killed.differs)}" if killed.differs else ""
    sys.stdout.write(f"{verdict} {number:3} killed {'; '.join(killed.kills)}: {killed.again} pages again{differs}\n")
    sys.stdout.flush()


def main() -> int:
    """Kill, print, and say how it went; 1 when a run ended otherwise than the one that nobody killed."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--runs", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="oerbron-kills-") as folder:
        found = harvests(Path(folder), given.runs, given.seed)
    kills = sum(len(each.kills) for each in found)
    again = Counter(each.again for each in found)
    right = sum(each.is_right for each in found)
    sys.stdout.write(f"{len(found)} runs, {kills} kills, {right} right; pages again: {dict(sorted(again.items()))}\n")
    return 0 if right == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
