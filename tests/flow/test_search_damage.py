"""The search index is disposable: whatever is done to it, it heals by itself, and nothing else fails for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.app import create_app
from repository.config.load import load
from repository.search.service import open_search
from repository.site import open_site
from repository.upkeep import search_check
from tests.support.commands import oerbron

LINE = '{"record": {"general": {"title": [{"lang": "nl", "value": "%s"}]}, "technical": {"location": ["https://a.example/%s"]}}}'
WORDS = ("breuken", "delen", "vermenigvuldigen", "optellen")


def _import(home: Path, *words: str) -> None:
    path = home / "records.jsonl"
    path.write_text("\n".join(LINE % (word, word) for word in words), encoding="utf-8")
    answer = oerbron(home, "import", path)
    assert answer.code == 0, answer.err
    assert answer.counts["created"] == len(words)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    _import(tmp_path, *WORDS)
    return tmp_path


def _generation(home: Path) -> Path:
    return home / "search" / (home / "search" / "current").read_text(encoding="utf-8")


def _part(home: Path, ending: str, part: str = "records") -> Path:
    return next((_generation(home) / part).glob(f"*.{ending}"))


def _garbage(path: Path) -> None:
    path.write_bytes(b"\xff\x00garbage" * 20)


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for place in range(len(data) // 4, len(data) // 2):
        data[place] ^= 0xFF
    path.write_bytes(bytes(data))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "x").touch()


def _a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("garbage")


def _in(ending: str, how: Callable[[Path], None], part: str = "records") -> Callable[[Path], None]:
    return lambda home: how(_part(home, ending, part))


def _at(name: str, how: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda home: how(home / "search" / name)


def _of(name: str, how: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda home: how(_generation(home) / name)


ENDINGS = ("idx", "pos", "term", "store", "fast", "fieldnorm")
DAMAGES: dict[str, Callable[[Path], None]] = {
    "all of it is gone": lambda home: shutil.rmtree(home / "search"),
    "a file stands in its place": lambda home: _a_file(home / "search"),
    "current is gone": _at("current", Path.unlink),
    "current is garbage": _at("current", _garbage),
    "current is empty": _at("current", lambda path: path.write_bytes(b"")),
    "current is a folder": _at("current", _a_folder),
    "current names nothing": _at("current", lambda path: path.write_text("m1-00000000-9")),
    "current leads out of the folder": _at("current", lambda path: path.write_text("../..")),
    "current names an absolute path": _at("current", lambda path: path.write_text("/etc")),
    "current holds a NUL": _at("current", lambda path: path.write_bytes(b"m1\x00-1")),
    "current is endless": _at("current", lambda path: path.write_text("m" * 100_000)),
    "the generation is gone": lambda home: shutil.rmtree(_generation(home)),
    "the generation is a file": lambda home: _a_file(_generation(home)),
    "the generation is empty": lambda home: [shutil.rmtree(each) for each in _generation(home).iterdir()],  # type: ignore[dict-item,return-value]
    "the records are gone": _of("records", shutil.rmtree),
    "the words are gone": _of("words", shutil.rmtree),
    "records are a file": _of("records", _a_file),
    "words are a file": _of("words", _a_file),
    "meta is gone": _of("records/meta.json", Path.unlink),
    "meta is garbage": _of("records/meta.json", _garbage),
    "meta is empty": _of("records/meta.json", lambda path: path.write_bytes(b"")),
    "meta is another index": _of("records/meta.json", lambda path: path.write_bytes(b'{"segments": [], "schema": []}')),
    "meta of the words is garbage": _of("words/meta.json", _garbage),
    "it is of another epoch": lambda home: _generation(home).rename(home / "search" / "m2t027-00000000-1"),  # type: ignore[dict-item,return-value]
    **{f"{ending} is gone": _in(ending, Path.unlink) for ending in ENDINGS},
    **{f"{ending} is garbage": _in(ending, _garbage) for ending in ENDINGS},
    **{f"{ending} is flipped": _in(ending, _flipped) for ending in ENDINGS},
    **{f"{ending} is cut off": _in(ending, _cut) for ending in ENDINGS},
    "term of the words is garbage": _in("term", _garbage, "words"),
    "store of the words is flipped": _in("store", _flipped, "words"),
}


def _found(home: Path, word: str) -> tuple[int, int | None]:
    """Status and hits of a search by a server that starts now."""
    site = open_site(load(None))
    try:
        client = create_app(site, open_search(site)).test_client()
        statuses = {client.get(path).status_code for path in ("/search?q=breuken", "/api/v1/suggest?q=br")}
        assert statuses <= {200, 503}, statuses
        assert client.get("/").status_code == 200
        answer = client.get(f"/api/v1/search?q={word}&facets=subject,level,language")
        return answer.status_code, answer.json["total"] if answer.status_code == 200 else None
    finally:
        site.database.dispose()


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_index_heals_by_itself_and_an_import_does_not_fail_for_it(home: Path, name: str) -> None:
    DAMAGES[name](home)

    status, total = _found(home, "breuken")
    assert (status, total) in ((503, None), (200, 1))
    _import(home, "nieuw")  # exits 0 and lets the index follow

    healed = [_found(home, word) for word in (*WORDS, "nieuw")]
    if healed != [(200, 1)] * 5:  # Damage that no step has read yet: what a comparison reads is enough.
        assert oerbron(home, "index", "verify").code == 0
        healed = [_found(home, word) for word in (*WORDS, "nieuw")]
    assert healed == [(200, 1)] * 5


@pytest.mark.parametrize("name", DAMAGES)
def test_the_doctor_names_the_damage_and_the_command_that_mends_it(home: Path, name: str) -> None:
    DAMAGES[name](home)

    told = oerbron(home, "doctor")

    assert told.code == 1
    assert "search:" in told.out
    assert "`oerbron index rebuild`" in told.out
    assert oerbron(home, "index", "rebuild").code == 0
    assert oerbron(home, "doctor").code == 0
    assert _found(home, "breuken") == (200, 1)
    assert oerbron(home, "index", "verify").code == 0
    assert oerbron(home, "index", "status").code == 0


def test_an_odd_question_never_costs_the_index(home: Path) -> None:
    site = open_site(load(None))
    searching = open_search(site)
    before = searching.engine.current()
    client = create_app(site, searching).test_client()

    for query in ("*", "a" * 900, '"', "((((", "NOT", "title:", "\x00", "🙂" * 100, "a OR " * 100, "[1 TO 2]"):
        assert client.get("/api/v1/search", query_string={"q": query}).status_code in (200, 400)

    assert search_check.findings(searching) == []
    assert searching.engine.current() == before
    site.database.dispose()
