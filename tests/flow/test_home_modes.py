"""A home of whatever name holds everything, and nobody but its owner reads any of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import oerbron

LINE = '{"record": {"general": {"title": [{"lang": "nl", "value": "Breuken"}]}, "technical": {"location": ["https://a/b"]}}}'
NAMES = (
    "plain", "what?", "a%20b", "50%", "with space", "#hash", "a&b=c", "?mode=memory", "quote'\"s", "semi;colon",
    "back\\slash", "ünïcode", "日本", ":memory:", "file:x", "new\nline", "$HOME", "~", "a+b@c:d", "-dash", "[x]", "{y}",
    "%00", "a?uri=true&mode=ro",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def _open_to_others(home: Path) -> list[str]:
    return [
        str(path.relative_to(home))
        for path in (home, *home.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_home_may_be_called_anything(tmp_path: Path, name: str) -> None:
    home = tmp_path / name / "home"
    lines = tmp_path / "lines.jsonl"
    lines.write_text(LINE)

    done = oerbron(home, "import", lines)

    assert done.code == 0, done.err
    assert done.counts["created"] == 1
    assert (home / "oerbron.sqlite").stat().st_size > 10_000
    assert (home / "search" / "current").is_file()
    assert oerbron(home, "doctor").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {name, "lines.jsonl"}


def test_nobody_else_reads_what_a_home_holds(tmp_path: Path) -> None:
    home, lines = tmp_path / "home", tmp_path / "lines.jsonl"
    lines.write_text(LINE)
    oerbron(home, "import", lines)
    uuid = oerbron(home, "export", "--format", "jsonl").out.partition('"id":"')[2][:36]
    oerbron(home, "dump", "--format", "lom")
    assert oerbron(home, "erase", uuid, "--reason", "weg").code == 0
    assert oerbron(home, "backup", tmp_path / "backup.zip").code == 0

    assert {path.name for path in home.iterdir()} >= {"oerbron.sqlite", "search", "erasures.jsonl", "dumps"}
    assert _open_to_others(home) == []
    assert stat.S_IMODE((tmp_path / "backup.zip").stat().st_mode) == 0o600


def test_what_an_older_version_left_open_is_narrowed(tmp_path: Path) -> None:
    home, lines = tmp_path / "home", tmp_path / "lines.jsonl"
    lines.write_text(LINE)
    oerbron(home, "import", lines)
    for path in (home, home / "oerbron.sqlite", home / "search"):
        path.chmod(0o755)

    assert oerbron(home, "index", "status").code == 0

    for path in (home, home / "oerbron.sqlite", home / "search"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


def test_a_folder_that_holds_more_than_a_home_keeps_its_mode(tmp_path: Path) -> None:
    home = tmp_path / "shared"
    home.mkdir(mode=0o755)
    (home / "somebody.txt").write_text("else's")
    lines = tmp_path / "lines.jsonl"
    lines.write_text(LINE)

    assert oerbron(home, "import", lines).code == 0

    assert stat.S_IMODE(home.stat().st_mode) == 0o755
    assert stat.S_IMODE((home / "somebody.txt").stat().st_mode) == 0o644
    assert _open_to_others(home / "search") == []
    told = oerbron(home, "doctor")
    assert told.code == 1
    assert f"`chmod -R go= {home}`" in told.out
