"""`python -m tests.zoo.by_command`: beasts of each point of "a harvest that believes nobody", followed by command.

Each beast lives on loopback, and `oerbron harvest add`, `run` and `show` are processes in a home of its own: nothing is
replaced by a fake, the clock neither.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tests.zoo import table
from tests.zoo.beasts import BEASTS, Then
from tests.zoo.keeper import Zoo
from tests.zoo.provider import Provider, Reply, kept

assert table.HOUSES  # its import fills BEASTS
_CODE: Final = "import sys; from portal.cli import main; sys.argv[0] = 'oerbron'; main()"
_AT_ONCE: Final = 3


def _changes_now(provider: Provider) -> None:
    provider.records["oai:zoo:3"] = kept(3, datestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), title="New")


class Case(NamedTuple):
    """A point and the beast that shows it; `then` and `ends` where the real clock makes them differ from the zoo's."""

    point: int
    beast: str
    then: tuple[Then, ...] = ()
    ends: str = ""
    everything: bool = False  # asked for again: its records are older than the real clock's last run


_NEW = (_changes_now,)
_TWICE: Final = "complete: 26 unchanged; 25 here"
CASES: Final = (
    Case(1, "first_page_for_ever"), Case(1, "first_page_for_ever_and_one_gone"), Case(1, "ends_after_twenty"),
    Case(1, "empty_second_page"), Case(1, "boasts_and_loses"),
    Case(2, "lists_again"),
    Case(3, "deleted_then_newer_live", (), _TWICE, True),
    Case(3, "live_then_older_deleted", (), _TWICE, True),
    Case(3, "live_then_deleted_at_once", (), _TWICE, True),
    Case(4, "exclusive_until"),
    Case(5, "future_clock", _NEW), Case(5, "last_year_clock", _NEW), Case(5, "year_one_clock", _NEW),
    Case(6, "after_php_notice"), Case(6, "after_zero"), Case(6, "after_nul"),
    Case(7, "too_many413"), Case(7, "too_many400"), Case(7, "too_many_as_bad_argument"),
    Case(8, "refuses_early"), Case(8, "coding0"), Case(8, "coding3"), Case(8, "raw_deflate"),
    Case(8, "inner_declaration"), Case(8, "dublin_no_slash"), Case(8, "dublin_https"), Case(8, "code_small"),
    Case(8, "cesu"), Case(8, "line_lone_surrogate"), Case(8, "form_feed"),
    Case(9, "loses_its_name"),
    Case(10, "empty_and_new_for_ever"),
    Case(11, "leads_two_dots"), Case(11, "leads_empty_punycode"), Case(11, "page_two_dots"), Case(11, "pause9"),
    Case(13, "drops_the_query"),
)  # fmt: skip


class Shown(NamedTuple):
    """A line of the table."""

    point: int
    does: str
    summary: str
    state: str
    right: bool
    why: str = ""


class Home:
    """A home, and commands in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        config = path / "harvest.toml"
        config.write_text('[harvest]\nallow_hosts = ["127.0.0.1"]\ndelay_s = 0\n', encoding="utf-8")
        self.words = [sys.executable, "-c", _CODE, "--config", str(config), "harvest"]

    def call(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        setting = {**os.environ, "OERBRON_HOME": str(self.path / "home"), **env}
        return subprocess.run(
            [*self.words, *words], env=setting, cwd=self.path, capture_output=True, text=True, check=False, timeout=600
        )

    def add(self, url: str, **settings: Any) -> subprocess.CompletedProcess[str]:
        given = {"prefix": "lom"} | settings
        options = [part for name, value in given.items() if name in ("prefix", "kind") for part in (f"--{name}", value)]
        return self.call("add", "zoo", url, *options)


def shown(zoo: Zoo, case: Case) -> Shown:
    """Follow a beast by command: as often as it wants, then look at it."""
    beast = BEASTS[case.beast]
    provider = beast.make()
    url = zoo.take_in(beast.name, provider)
    with tempfile.TemporaryDirectory(prefix="oerbron-shown-") as path:
        home = Home(Path(path))
        added = home.add(url, **beast.settings)
        done = home.call("run", "zoo")
        for then in case.then or beast.then:
            then(provider)
            done = home.call("run", "zoo", *(("--all",) if case.everything else ()))
        told = msgspec.json.decode(home.call("show", "zoo", "--json").stdout)
    summary = (done.stdout.splitlines() or [""])[-1]
    end = _told(told, summary)
    good = told["state"] == "complete" and " rejected 0" in summary
    rights = {
        "added": added.returncode == 0,
        f"ends as {case.ends or beast.ends}, not {end}": fnmatchcase(end, case.ends or beast.ends),
        f"says {beast.says}": not beast.says or beast.says in done.stderr,
        "exits so": done.returncode == (0 if good else 1),
        "no traceback": "Traceback" not in done.stderr and "nobody foresaw" not in done.stderr,
    }
    why = "; ".join(name for name, right in rights.items() if not right)
    return Shown(case.point, beast.does, summary, told["state"], not why, f"{why} | {done.stderr}" if why else "")


def _told(told: dict[str, Any], summary: str) -> str:
    """The end in the words of the zoo."""
    counts = dict(part.split(" ") for part in summary.split(", "))
    last = ", ".join(f"{count} {name}" for name, count in counts.items() if count != "0") or "nothing"
    held = ", ".join(f"{count} {code}" for code, count in told["quarantine"].items())
    return f"{told['state']}: {last}; {told['records']} here" + (f"; held: {held}" if held else "")


def secrets(zoo: Zoo) -> Iterator[Shown]:
    """Point 12: no password in the address; from the environment, to the host of the source only."""
    provider = _Locked()
    url = zoo.take_in("locked", provider)
    with tempfile.TemporaryDirectory(prefix="oerbron-shown-") as path:
        home = Home(Path(path))
        refused = home.call("add", "zoo", url.replace("http://", "http://user:password@"))
        home.add(url)
        done = home.call("run", "zoo", OERBRON_SOURCE_ZOO="user:password")
    sentence = refused.stderr.strip()
    right = refused.returncode == 1 and "\n" not in sentence and "OERBRON_SOURCE_ZOO" in sentence
    yield Shown(12, "a password in the address", sentence, "not added", right and "word@" not in sentence, sentence)
    summary = done.stdout.splitlines()[-1]
    right = done.returncode == 0 and summary.startswith("created 25,")
    yield Shown(12, "a password from the environment", summary, "complete" if right else "", right, done.stderr)


class _Locked(Provider):
    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        known = headers.get("authorization") == "Basic dXNlcjpwYXNzd29yZA=="
        return super().reply(query, headers) if known else Reply(401, b"who are you?")


def main() -> int:
    """Print the table; 1 when something ended otherwise than it must."""
    zoo = Zoo()
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            rows = [*pool.map(partial(shown, zoo), CASES), *secrets(zoo)]
    finally:
        zoo.close()
    sys.stdout.write("| point | the provider | last line | state | |\n|---|---|---|---|---|\n")
    for each in sorted(rows, key=lambda row: row.point):
        end = "right" if each.right else f"WRONG: {' '.join(each.why.split())}"
        sys.stdout.write(f"| {each.point} | {each.does} | {each.summary} | {each.state} | {end} |\n")
    good = sum(each.right for each in rows)
    sys.stdout.write(f"\n{len(rows)} shown, {good} right\n")
    return 0 if good == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
