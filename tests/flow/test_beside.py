"""The helper of a command that brings much in: it publishes and indexes beside it, and may die at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.commands.helper_process import Helper
from repository.config.sections import Config, DatabaseSection
from repository.publishing import outbox, publication
from repository.search.service import open_search
from repository.site import Site, open_site
from schemas.generate import generate
from tests.support.commands import oerbron
from tests.support.deposit import a_delivery, bring

RECORDS = 2_000
PATIENCE_S = 60.0
_CODE = """
import sys
import portal.commands.helper_process
from portal.cli import main
portal.commands.helper_process.WORTH_S = 0.0  # It gets its helper after the first portion.
sys.argv[0] = 'oerbron'
main()
"""
pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="a helper needs a second core"
)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four portions."""
    path = tmp_path_factory.mktemp("beside") / "records.jsonl"
    path.write_bytes(b"\n".join(generate.lines(RECORDS, 3)))
    return path


class Import:
    """`oerbron import` as a process of its own."""

    def __init__(self, home: Path, lines: Path) -> None:
        self.home = home
        command = [sys.executable, "-c", _CODE, "import", str(lines)]
        env = os.environ | {"OERBRON_HOME": str(home)}
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def helper(self) -> int:
        """The process id of its helper, awaited."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        until(lambda: bool(children.read_text().split()))
        return int(children.read_text().split()[0])

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out, err


def until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Whether a process is not there any more, or only its name is."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def whole(home: Path) -> None:
    """Everything is public and found, and nothing is wrong."""
    said = oerbron(home, "doctor")
    assert said.code == 0, said.out
    exported = oerbron(home, "export", "--format", "jsonl").out
    assert len(exported.splitlines()) == RECORDS


def test_a_long_import_has_a_helper_and_everything_is_public_and_found_when_it_ends(
    tmp_path: Path, lines: Path
) -> None:
    running = Import(tmp_path, lines)
    helper = running.helper()

    code, out, err = running.end()

    assert (code, _beside_organisations(err)) == (0, [])
    assert out.splitlines()[-1].startswith(f"created {RECORDS},")
    assert is_gone(helper)
    whole(tmp_path)


@pytest.mark.parametrize("after_s", [0.0, 1.0, 1.8])
def test_a_helper_that_is_killed_is_done_without(tmp_path: Path, lines: Path, after_s: float) -> None:
    running = Import(tmp_path, lines)
    helper = running.helper()
    time.sleep(after_s)  # In the first seconds it loads, then it holds the lease of publication.
    os.kill(helper, signal.SIGKILL)

    code, _, err = running.end()

    assert (code, _beside_organisations(err)) == (0, [])
    whole(tmp_path)


def test_a_command_that_is_killed_takes_its_helper_along(tmp_path: Path, lines: Path) -> None:
    running = Import(tmp_path, lines)
    helper = running.helper()
    running.process.kill()
    running.end()

    until(lambda: is_gone(helper))
    assert oerbron(tmp_path, "import", lines).counts["created"] < RECORDS
    whole(tmp_path)


def test_ctrl_c_ends_both_without_a_traceback(tmp_path: Path, lines: Path) -> None:
    running = Import(tmp_path, lines)
    helper = running.helper()
    running.process.send_signal(signal.SIGINT)

    _, _, err = running.end()

    assert "Traceback" not in err
    until(lambda: is_gone(helper))


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_nobody_wants_to_hear_goes_nowhere(tmp_path: Path, lines: Path, closed: str) -> None:
    words = [sys.executable, "-c", _CODE, "import", str(lines)]
    env = os.environ | {"OERBRON_HOME": str(tmp_path)}
    done = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *words], env=env, check=False, capture_output=True)

    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    whole(tmp_path)


def test_without_a_second_core_a_command_does_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    site = _site(tmp_path)
    bring(site, a_delivery("Breuken"))
    with Helper(site, worth_s=0) as helper:
        helper.go_on()
        assert not helper.is_there
        helper.leave_publishing()
        helper.finish(lambda: 0, lambda _: pytest.fail("there is nobody to wait for"))

    assert not _waits(site)


def test_where_no_process_can_be_started_a_command_does_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    site = _site(tmp_path)
    bring(site, a_delivery("Breuken"))
    with Helper(site, worth_s=0) as helper:
        helper.go_on()
        assert not helper.is_there
        helper.leave_publishing()

    assert not _waits(site)


def test_a_helper_that_does_not_get_on_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    site = _site(tmp_path)
    with Helper(site, worth_s=0, stuck_s=1) as helper:
        helper.go_on()
        assert helper.is_there
        _stop_child()
        bring(site, a_delivery("Breuken"))
        publication.publish(site)
        helper.finish(open_search(site).projection.behind, lambda _: None)
        assert not helper.is_there

    assert open_search(site).catch_up() == 1


def test_a_helper_runs_nothing_that_lies_in_the_folder_where_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = tmp_path / "strange"
    (strange / "portal").mkdir(parents=True)
    for name in ("msgspec.py", "portal/__init__.py"):
        (strange / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", encoding="utf-8")
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    monkeypatch.chdir(strange)
    site = _site(tmp_path)
    bring(site, a_delivery("Breuken"))
    with Helper(site, worth_s=0) as helper:
        helper.go_on()
        assert helper.is_there
        until(lambda: not _waits(site))

    assert not (tmp_path / "ran").exists()


def test_what_is_done_soon_gets_no_helper(tmp_path: Path) -> None:
    site = _site(tmp_path)
    bring(site, a_delivery("Breuken"))
    with Helper(site) as helper:
        helper.go_on()
        assert not helper.is_there
        assert _waits(site)


def test_a_helper_publishes_until_it_is_told_to_leave_that_and_indexes_what_is_public(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    site = _site(tmp_path)
    bring(site, a_delivery("Breuken"))
    with Helper(site, worth_s=0) as helper:
        helper.go_on()
        assert helper.is_there
        until(lambda: not _waits(site))
        helper.leave_publishing()
        time.sleep(2.5)  # It takes a turn at least every second.
        bring(site, a_delivery("Kommagetallen", identifier="two"))
        time.sleep(2.5)
        assert _waits(site)
        publication.publish(site)
        helper.finish(open_search(site).projection.behind, lambda _: None)
        assert not helper.is_there

    searching = open_search(site)
    assert searching.projection.step(0.0) == (0, True)


def _stop_child() -> None:
    """Stop what this process has started last, so that it lives and does nothing."""
    told = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children")
    until(lambda: bool(told.read_text().split()))
    os.kill(int(told.read_text().split()[-1]), signal.SIGSTOP)


def _waits(site: Site) -> bool:
    with site.database.read() as connection:
        return not outbox.is_empty(connection)


def _beside_organisations(err: str) -> list[str]:
    return [line for line in err.splitlines() if not line.startswith("oerbron: made the organisations ")]


def _site(home: Path) -> Site:
    return open_site(Config(database=DatabaseSection(url=f"sqlite:///{home / 'oerbron.sqlite'}")))
