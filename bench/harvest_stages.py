"""A whole harvest into an empty repository: the command from start to end, and what its stages cost."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.measure import OERBRON, environment, family
from harvest.network.answer import Answer
from harvest.network.client import Caps, Client, rules_of
from harvest.run import Doing, follow
from portal.commands import console
from portal.server.after_publication import follow as follow_publication
from repository.config.sections import Config, DatabaseSection, HarvestSection, HarvestSource
from repository.publishing import outbox, publication
from repository.site import Site, open_site


def whole(base: str, records: int) -> dict[str, float]:
    """Harvest a provider by command into an empty home, and once more stage by stage."""
    with tempfile.TemporaryDirectory() as name:
        results = command(Path(name), base, ["--prefix", "lom"])
        assert results.pop("created") == records, "not every record came"
    with tempfile.TemporaryDirectory() as name:
        results |= _stages(Path(name), base, records)
    return results | {"records": records}


def command(home: Path, base: str, words: list[str]) -> dict[str, float]:
    """`oerbron harvest add` and `run`: seconds of wall clock and CPU, peak memory in MB, and the records created."""
    file = home / "harvest.toml"
    file.write_text('[harvest]\nallow_hosts = ["127.0.0.1"]\n', encoding="utf-8")
    env = os.environ | environment(home)
    oerbron = [*OERBRON, "--config", str(file), "harvest"]
    subprocess.run([*oerbron, "add", "bench", base, *words], env=env, check=True, stdout=subprocess.DEVNULL)
    with (home / "said").open("w+b") as said:
        began = time.perf_counter()
        process = subprocess.Popen([*oerbron, "run", "bench"], env=env, stdout=said, preexec_fn=_every_core)  # noqa: PLW1509 - one thread here
        with _Peaks(process.pid) as peaks:
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - began
        said.seek(0)
        counts = dict(part.split() for part in said.read().decode().splitlines()[-1].split(", "))
    return {
        "wall s": wall_s, "CPU s": usage.ru_utime + usage.ru_stime,
        "peak MB": peaks.own_mb, "peak MB of the helper": peaks.helper_mb,
        "created": int(counts["created"]), "deleted": int(counts["deleted"]), "exit": process.returncode,
    }  # fmt: skip


def _every_core() -> None:
    os.sched_setaffinity(0, range(os.cpu_count() or 1))


class _Peaks(threading.Thread):
    """The most memory (VmHWM, MB) that a command and its helper have while the block lasts, looked at now and then."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.own_mb = self.helper_mb = 0.0
        self._over = threading.Event()

    def __enter__(self) -> _Peaks:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.1):
            with contextlib.suppress(OSError, IndexError):  # It has just ended.
                self.own_mb = max(self.own_mb, _peak_mb(self.pid))
                helpers = [_peak_mb(each) for each in family(self.pid) if each != self.pid]
                self.helper_mb = max([self.helper_mb, *helpers])


def _peak_mb(pid: int) -> float:
    told = Path(f"/proc/{pid}/status").read_text(encoding="ascii").partition("VmHWM:")[2]
    return int(told.split()[0]) / 1024


class _Timed:
    """The client, with the CPU time of the thread that fetches."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cpu_s = 0.0

    def get(self, url: str, headers: Mapping[str, str] | None = None, **how: Any) -> Answer:
        began = time.thread_time()
        try:
            return self.client.get(url, headers, **how)
        finally:
            self.cpu_s += time.thread_time() - began

    def close(self) -> None:
        self.client.close()


def _stages(home: Path, base: str, records: int) -> dict[str, float]:
    """Microseconds of CPU per record: fetching, taking in, publishing, feeds, index."""
    os.environ["OERBRON_HOME"] = str(home)
    section = HarvestSection(allow_hosts=("127.0.0.1",))
    site = open_site(Config(database=DatabaseSection(url=f"sqlite:///{home / 'oerbron.sqlite'}"), harvest=section))
    client = _Timed(Client(rules_of(section), "bench@example.org", Caps()))
    costs: dict[str, float] = {}
    began = time.process_time()
    follow(site, HarvestSource(name="bench", url=base, prefix="lom"), Doing(client=client))
    costs["fetch"] = client.cpu_s
    costs["parse, read, decide, store"] = time.process_time() - began - client.cpu_s
    client.close()
    for name, stage in (("publish", _publish), ("feeds", follow_publication), ("index", console.index_own)):
        began = time.process_time()
        stage(site)
        costs[name] = time.process_time() - began
    site.database.dispose()
    return {f"us {name}": 1e6 * cost / records for name, cost in costs.items()}


def _publish(site: Site) -> None:
    with site.database.read() as connection:
        upto = outbox.newest(connection)
    publication.drain(site, 0, upto, time.sleep)


def table(results: dict[str, float]) -> str:
    """The whole and its stages."""
    records = results["records"]
    lines = [
        f"| {records:,.0f} records into an empty repository, pages of 100 | |", "|---|---|",
        f"| records per second, from start to all public and indexed | {records / results['wall s']:,.0f} |",
        f"| CPU of the command with its helper, us per record | {1e6 * results['CPU s'] / records:,.0f} |",
        f"| its peak memory, MB (target 200) | {results['peak MB']:.0f} |",
        f"| peak memory of its helper, which publishes and indexes, MB | {results['peak MB of the helper']:.0f} |",
    ]  # fmt: skip
    lines += [f"| stage {name[3:]}, us per record | {us:,.0f} |" for name, us in results.items() if name[:3] == "us "]
    return "\n".join(lines)
