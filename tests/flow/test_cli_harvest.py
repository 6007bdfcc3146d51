"""`oerbron harvest` against a provider on loopback: adding, running, showing, the quarantine, mistakes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.support.commands import Answer, lines, oerbron, outcomes
from tests.zoo.keeper import Zoo
from tests.zoo.provider import LOM, Provider, Reply, kept, some

BROKEN = f'<lom xmlns="{LOM}"><general><title>No end</general></lom>'


class Home:
    """A home with a configuration that lets loopback through."""

    def __init__(self, path: Path) -> None:
        self.path = path / "home"
        self.config = path / "harvest.toml"
        self.config.write_text('[harvest]\nallow_hosts = ["127.0.0.1"]\n', encoding="utf-8")

    def call(self, *words: str | Path) -> Answer:
        return oerbron(self.path, "--config", self.config, "harvest", *words)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _added(home: Home, zoo: Zoo, provider: Provider, *words: str) -> str:
    url = zoo.take_in("klas", provider)
    assert home.call("add", "klas", url, *words).code == 0
    return url


def test_a_source_is_added_followed_and_listed(home: Home, zoo: Zoo) -> None:
    url = _added(home, zoo, Provider())

    first, second = home.call("run", "klas"), home.call("run")
    listed = home.call("list").out

    assert (first.code, first.counts) == (0, outcomes(created=25))
    assert (second.code, second.counts["created"]) == (0, 0)
    assert "klas" in listed
    assert "complete" in listed
    assert url in listed
    assert oerbron(home.path, "doctor").code == 0


def test_what_came_is_public_when_the_command_ends(home: Home, zoo: Zoo) -> None:
    _added(home, zoo, Provider())
    home.call("run", "klas")

    exported = oerbron(home.path, "export", "--format", "jsonl").out
    assert exported.count('"title"') >= 25


def test_without_a_prefix_the_richest_format_is_asked_for(home: Home, zoo: Zoo) -> None:
    provider = Provider()
    _added(home, zoo, provider)
    home.call("run", "klas")

    asked = [each["metadataPrefix"] for each in provider.asked if "metadataPrefix" in each]
    assert asked == ["lom"]


def test_rejects_are_told_grouped_with_a_sample_and_exit_with_1(home: Home, zoo: Zoo) -> None:
    records = some() | {"oai:zoo:3": kept(3, metadata=BROKEN), "oai:zoo:4": kept(4, metadata=BROKEN)}
    _added(home, zoo, Provider(records=records))

    answer = home.call("run", "klas")
    shown = home.call("show", "klas").out

    assert (answer.code, answer.counts) == (1, outcomes(created=23, rejected=2))
    assert "rejected 2 as not_xml, the first oai:zoo:3" in answer.err
    assert "rejected 2 as not_xml" in shown
    assert "2 not_xml" in shown.split("quarantine", 1)[1]


def test_the_quarantine_is_listed_shown_exported_and_tried_again(home: Home, zoo: Zoo, tmp_path: Path) -> None:
    provider = Provider(records=some() | {"oai:zoo:3": kept(3, metadata=f"\n\n{BROKEN}")})
    _added(home, zoo, provider)
    home.call("run", "klas")

    listed = home.call("quarantine", "klas").out
    shown = home.call("quarantine", "klas", "--show", "oai:zoo:3").out
    export = tmp_path / "held.jsonl"
    home.call("quarantine", "klas", "--export", export)
    kept_bytes = home.call("quarantine", "klas", "--retry", "--offline")
    provider.records["oai:zoo:3"] = kept(3)
    mended = home.call("quarantine", "klas", "--retry")

    assert "oai:zoo:3  not_xml" in listed
    assert "<title>No end</general>" in shown
    assert next(line for line in shown.splitlines() if line.startswith(">")).startswith(">    3 <lom")
    assert lines(export)[0]["raw"].startswith("<record>")
    assert (kept_bytes.code, kept_bytes.counts) == (1, outcomes(rejected=1))
    assert (mended.code, mended.counts) == (0, outcomes(created=1))
    assert home.call("quarantine", "klas").out == ""


def test_many_deletions_wait_for_a_person(home: Home, zoo: Zoo) -> None:
    provider = Provider()
    _added(home, zoo, provider)
    home.call("run", "klas")
    for n in range(10):
        name = f"oai:zoo:{n}"
        provider.records[name] = replace(provider.records[name], deleted=True, datestamp="2026-11-25T12:30:00Z")

    waits = home.call("run", "klas")
    shown = home.call("show", "klas").out
    confirmed = home.call("run", "klas", "--confirm-deletes")

    assert (waits.code, waits.counts["deleted"]) == (1, 0)
    assert "10 of 25 records (40 %)" in waits.err
    assert "10 deletions" in shown
    assert (confirmed.code, confirmed.counts["deleted"]) == (0, 10)


def test_a_run_that_is_broken_off_says_what_is_missing_and_goes_on(home: Home, zoo: Zoo) -> None:
    class Leaves(Provider):
        away = True

        def answer(self, arguments: dict[str, str]) -> Reply:
            if self.away and self.nth("ListRecords") > 1:
                return Reply(404, b"moved")
            return super().answer(arguments)

    provider = Leaves()
    _added(home, zoo, provider)

    broken = home.call("run", "klas")
    provider.away = False
    whole = home.call("run", "klas")

    assert broken.code == 1
    assert "404" in broken.err
    assert (whole.code, whole.counts["created"] + whole.counts["unchanged"]) == (0, 25)


def test_lists_and_accounts_are_json_too(home: Home, zoo: Zoo) -> None:
    _added(home, zoo, Provider(), "--title", "Klas", "--contact", "beheer@klas.example")
    home.call("run", "klas")

    (listed,) = msgspec.json.decode(home.call("list", "--json").out)
    shown = msgspec.json.decode(home.call("show", "klas", "--json").out)

    assert (listed["state"], listed["records"], listed["last"]["outcomes"]["created"]) == ("complete", 25, 25)
    assert shown["settings"]["contact"] == "beheer@klas.example"
    assert msgspec.json.decode(home.call("run", "klas", "--json").out) == outcomes()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run", "nobody"), 1, "There is no source nobody; none was added yet."),
        (("run",), 2, "There is no source yet"),
        (("show", "nobody"), 1, "There is no source nobody"),
        (("remove", "nobody"), 1, "There is no source nobody"),
        (("add", "a b", "http://x.example/oai"), 1, "name may hold"),
        (("add", "local", "http://x.example/oai"), 1, "local is that of imports"),
        (("add", "klas", "ftp://x.example/oai"), 1, "url must be an http(s) address"),
        (("add", "klas", "http://x.example/oai", "--schedule", "often"), 1, "schedule must be a duration"),
        (("add", "klas"), 2, "Missing argument"),
    ],
)
def test_a_mistake_is_one_sentence(home: Home, words: tuple[str, ...], code: int, said: str) -> None:
    answer = home.call(*words)

    assert answer.code == code
    assert said in answer.err
    assert len(answer.sentences) == 1


def test_a_name_is_given_once(home: Home, zoo: Zoo) -> None:
    url = _added(home, zoo, Provider())

    assert "There is a source klas already" in home.call("add", "klas", url).err


def test_removing_a_source_keeps_its_records(home: Home, zoo: Zoo) -> None:
    _added(home, zoo, Provider())
    home.call("run", "klas")

    assert home.call("remove", "klas").code == 0
    assert home.call("list").out.startswith("There is no source yet")
    assert oerbron(home.path, "export", "--format", "jsonl").out.count('"title"') >= 25


def test_an_address_of_the_inside_is_not_fetched(tmp_path: Path, zoo: Zoo) -> None:
    home = Home(tmp_path)
    home.config.write_text("", encoding="utf-8")
    url = zoo.take_in("klas", Provider())
    home.call("add", "klas", url)

    answer = home.call("run", "klas")

    assert answer.code == 1
    assert "is not fetched" in answer.err


def test_a_killed_run_shows_as_crashed_and_goes_on(home: Home, zoo: Zoo) -> None:
    class Slow(Provider):
        def answer(self, arguments: dict[str, str]) -> Reply:
            if arguments.get("resumptionToken", "").startswith("20"):
                time.sleep(0.0 if self.nth("ListRecords") > 3 else 3.0)
            return super().answer(arguments)

    provider = Slow()
    _added(home, zoo, provider)
    code = "import sys; from portal.cli import main; sys.argv[0] = 'oerbron'; main()"
    words = [sys.executable, "-c", code, "--config", str(home.config), "harvest", "run", "klas"]
    with subprocess.Popen(words, env={"OERBRON_HOME": str(home.path), "PATH": ""}, stderr=subprocess.PIPE) as running:
        _until(lambda: any(each.get("resumptionToken", "").startswith("20") for each in provider.asked))
        _until(lambda: '"created":20' in home.call("show", "klas", "--json").out)
        running.send_signal(signal.SIGKILL)
        running.communicate()
    crashed = home.call("list").out
    whole = home.call("run", "klas")

    assert "crashed" in crashed
    assert (whole.code, whole.counts) == (0, outcomes(created=25))


def test_a_fault_of_our_own_is_a_sentence_too(home: Home, zoo: Zoo) -> None:
    _added(home, zoo, Provider())
    code = (
        "import sys; from harvest import intake as ingest; from portal.cli import main; sys.argv[0] = 'oerbron';"
        " ingest.Intake.take = lambda *_: 1 / 0; main()"
    )
    words = [sys.executable, "-c", code, "--config", str(home.config), "harvest", "run", "klas"]

    done = subprocess.run(words, env={"OERBRON_HOME": str(home.path), "PATH": ""}, capture_output=True, check=False)

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"division by zero" in done.stderr


def _until(done: object) -> None:
    assert callable(done)
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
