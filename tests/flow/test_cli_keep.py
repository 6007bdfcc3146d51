"""`publish`, `doctor`, `backup`, `restore` and `erase` at the command line, on both databases."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import create_engine, text

from portal.app import create_app
from repository.config import load as configuration
from repository.published import datestamp_of, snapshot
from repository.site import Site, open_site
from repository.upkeep.backup import is_exact
from tests.conformance.oai_walk import walk
from tests.support.commands import Answer, lines, oerbron
from tests.support.factories import a_record
from tests.support.site import accept, uuid_of

CANARY = "Kanariewoord"
_VARYING = re.compile(rb'(<responseDate>)[^<]*|(<resumptionToken[^>]*>)[^<]*|( resumptionToken=")[^"]*')


class Keep(NamedTuple):
    """A repository as an operator has it: a home and a configuration."""

    home: Path
    config: Path

    def run(self, *words: str | Path) -> Answer:
        return oerbron(self.home, "--config", self.config, *words)

    @contextmanager
    def site(self) -> Iterator[Site]:
        opened = open_site(configuration.load(self.config))
        yield opened
        opened.database.dispose()

    def answers(self, *ways: tuple[str, str]) -> list[bytes]:
        """Every page of whole walks; responseDate and the token, which carries it, are left out."""
        with self.site() as site:
            app = create_app(site)
            return [
                _VARYING.sub(rb"\1\2\3", page.body)
                for path, prefix in ways
                for verb in ("ListRecords", "ListIdentifiers")
                for page in walk(app, verb, path, metadataPrefix=prefix)
            ]


WAYS = (("/oai", "oai_dc"), ("/oai", "lom"), ("/oai/open", "lom"))


def a_keep(folder: Path, url: str) -> Keep:
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text(
        f'[site]\nbase_url = "http://keep.example"\n[database]\nurl = "{url}"\n[oai]\npage_size = 2\n'
        '[[oai.context]]\nname = "open"\nfilter = "open=false"\n',
        encoding="utf-8",
    )
    return Keep(folder, config)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keep:
    folder = tmp_path / "keep"
    url = f"sqlite:///{folder}/keep.sqlite"
    monkeypatch.setenv("OERBRON_HOME", str(folder))
    return a_keep(folder, request.getfixturevalue("postgres_url") if request.param == "postgresql" else url)


@pytest.fixture
def keep(empty: Keep) -> Keep:
    """A repository with five published records."""
    with empty.site() as site:
        for n in range(5):
            accept(site, a_record(f"Titel {n}"))
    assert empty.run("publish").out == "published 5\n"
    return empty


def bring(keep: Keep, *titles: str) -> list[str]:
    """Accept records and publish them; their uuids."""
    with keep.site() as site:
        uuids = [uuid_of(site, accept(site, a_record(title))) for title in titles]
    assert keep.run("publish").code == 0
    return uuids


def dump(keep: Keep) -> bytes:
    """Everything the database holds, as it lies in its files (SQLite) or in its tables (PostgreSQL)."""
    files = b"".join(path.read_bytes() for path in sorted(keep.home.glob("keep.sqlite*")))
    if files:
        return files
    with keep.site() as site:
        backup = keep.home / "all.zip"
        assert keep.run("backup", backup).code == 0
        engine = create_engine(site.database.url)
        with zipfile.ZipFile(backup) as file, engine.connect() as connection:
            found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
            tables = [str(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()).encode() for name in found]
            parts = [file.read(name) for name in file.namelist()]
        engine.dispose()
        backup.unlink()
        return b"".join((*tables, *parts))


def test_publish_makes_public_what_waits_and_ends(keep: Keep) -> None:
    with keep.site() as site:
        id_ = accept(site, a_record("Nieuw"))
        uuid = uuid_of(site, id_)

    answer = keep.run("publish")

    assert (answer.code, answer.out) == (0, "published 1\n")
    with keep.site() as site, snapshot(site.database) as line:
        assert line.find(uuid) is not None
    assert keep.run("publish").out == "published 0\n"


def test_publish_names_what_is_in_quarantine(keep: Keep) -> None:
    with keep.site() as site:
        id_ = accept(site, a_record("Stuk"))
        uuid = uuid_of(site, id_)
        with site.database.write() as connection:
            connection.execute(text("UPDATE revision SET tree = :t WHERE record = :r"), {"t": b"[3]", "r": id_})

    answer = keep.run("publish")

    assert (answer.code, answer.out) == (0, "published 0\n")
    assert any(uuid in sentence and "quarantine" in sentence for sentence in answer.sentences)


def test_a_refresh_publishes_under_the_new_address_and_says_how_many(keep: Keep) -> None:
    keep.config.write_text(keep.config.read_text().replace("keep.example", "moved.example"))
    assert keep.run("doctor").code == 1

    answer = keep.run("publish", "--refresh")

    assert answer.out == "published 5, 5 of another version or configuration looked at again\n"
    assert keep.run("doctor").code == 0


def test_a_healthy_repository_is_healthy_and_a_damaged_one_is_told_in_sentences(keep: Keep) -> None:
    healthy = keep.run("doctor")
    with keep.site() as site, site.database.write() as connection:
        connection.execute(text("DELETE FROM listing WHERE position = (SELECT max(position) FROM listing)"))

    damaged = keep.run("doctor")

    assert (healthy.code, healthy.out.splitlines()[-1]) == (0, "healthy")
    assert (damaged.code, damaged.out.splitlines()[-1]) == (1, "1 found")
    assert "lists: The lists do not hold" in damaged.out


def test_a_clock_far_ahead_is_refused_in_a_sentence_and_can_be_accepted(empty: Keep) -> None:
    with empty.site() as site:
        accept(site, a_record("Wacht"))
        with site.database.write() as connection:
            connection.execute(text("UPDATE horizon SET w = w - 40000000, published_wall = 0"))

    refused, accepted = empty.run("publish"), empty.run("publish", "--accept-clock")

    assert refused.code == 1
    assert "400 days ahead" in refused.err
    assert (accepted.code, accepted.out) == (0, "published 1\n"), accepted.err


def test_an_exact_restore_answers_byte_for_byte_and_is_served_only_when_told(keep: Keep, tmp_path: Path) -> None:
    before = keep.answers(*WAYS)
    keep.run("backup", tmp_path / "b.zip")
    bring(keep, "Na de backup")
    assert keep.answers(*WAYS) != before
    other = a_keep(tmp_path / "other", f"sqlite:///{tmp_path}/other/other.sqlite")

    drilled = other.run("restore", tmp_path / "b.zip", "--exact")

    assert drilled.code == 0
    assert "ghosts" not in drilled.out
    assert len(before) == 18
    assert other.answers(*WAYS) == before
    assert other.run("doctor").code == 0
    served = other.run("serve", "--port", "1")
    assert served.code == 1
    assert "--drill" in served.err


def test_a_disaster_restore_is_a_new_epoch_in_which_harvesters_get_everything(keep: Keep, tmp_path: Path) -> None:
    keep.run("backup", tmp_path / "b.zip")
    (ghost,) = bring(keep, "Na de backup")
    with keep.site() as site, snapshot(site.database) as line:
        epoch, w = line.epoch, line.w

    answer = keep.run("restore", tmp_path / "b.zip")

    assert answer.code == 0
    assert "ghosts" in answer.out
    with keep.site() as site, snapshot(site.database) as line:
        items = line.changes(-1, 100)
        assert line.epoch != epoch
        assert len(items) == 5
        assert all(w < datestamp_of(item.position) <= line.w for item in items)
        assert line.find(ghost) is None
        assert not is_exact(site.database)
    assert keep.run("doctor").code == 0


def test_a_restore_erases_again_before_anybody_can_see_it(keep: Keep, tmp_path: Path) -> None:
    (uuid,) = bring(keep, CANARY)
    keep.run("backup", tmp_path / "b.zip")
    keep.run("erase", uuid, "--reason", "takedown")

    answer = keep.run("restore", tmp_path / "b.zip")

    assert "1 erased again" in answer.out
    assert CANARY.encode() not in dump(keep)
    assert _state(keep, uuid) == ("deleted", True, "takedown")


def test_an_erased_record_is_a_tombstone_and_its_words_are_nowhere(keep: Keep) -> None:
    (uuid,) = bring(keep, CANARY)
    assert CANARY.encode() in dump(keep)

    answer = keep.run("erase", f"oai:keep.example:{uuid}", "--reason", "takedown")

    assert (answer.code, answer.out) == (0, f"erased {uuid}\n")
    assert CANARY.encode() not in dump(keep)
    assert [entry["uuid"] for entry in lines(keep.home / "erasures.jsonl")] == [uuid]
    assert CANARY not in (keep.home / "erasures.jsonl").read_text()
    assert _state(keep, uuid) == ("deleted", True, "takedown")
    assert any(uuid.encode() in page and b'status="deleted"' in page for page in keep.answers(WAYS[0]))
    assert keep.run("doctor").code == 0


def test_the_words_of_an_erased_record_are_not_in_the_files_of_the_index(keep: Keep) -> None:
    (uuid, _) = bring(keep, CANARY, "Breuken")
    words = (CANARY.encode(), CANARY.lower().encode())
    assert all(word in _index_files(keep) for word in words)

    assert keep.run("erase", uuid, "--reason", "takedown").code == 0

    left = _index_files(keep)
    assert b"breuken" in left
    assert not any(word in left for word in words)


def _index_files(keep: Keep) -> bytes:
    """Every byte of the search index; what it stores of so small a collection is too short to be compressed."""
    return b"".join(path.read_bytes() for path in sorted((keep.home / "search").rglob("*")) if path.is_file())


def _state(keep: Keep, uuid: str) -> tuple[Any, ...]:
    with keep.site() as site, site.database.read() as connection:
        return tuple(
            connection.execute(text("SELECT public, erased, reason FROM record WHERE uuid = :u"), {"u": uuid}).one()
        )


def test_mistakes_are_told_in_one_sentence_each(keep: Keep, tmp_path: Path) -> None:
    broken, zipped = tmp_path / "broken.zip", tmp_path / "other.zip"
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("manifest.json", json.dumps({"format": 1, "schema": "9999", "tables": {}}))

    told = [
        keep.run("erase", "nowhere", "--reason", "x"),
        keep.run("erase", "nowhere", "--reason", " "),
        keep.run("backup", tmp_path / "no" / "folder" / "b.zip"),
        keep.run("restore", tmp_path / "missing.zip"),
        keep.run("restore", broken),
        keep.run("restore", zipped),
    ]

    assert [answer.code for answer in told] == [1, 2, 2, 2, 1, 1]
    assert all(len(answer.sentences) == 1 and not answer.out for answer in told), told
    assert not (keep.home / "erasures.jsonl").exists()
    assert keep.run("doctor").code == 0
