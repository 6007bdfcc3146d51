"""The doctor, damage by damage: each is named with what mends it, and that command really mends it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from repository.errors import DatabaseError
from repository.upkeep.home_check import LEAST_BYTES, Home, findings, look, unusable
from tests.support.commands import Answer, oerbron

LINE = (
    '{"record": {"general": {"title": [{"lang": "nl", "value": "%s"}]}, "technical": {"location": ["https://a/%s"]}}}'
)


def _filled(home: Path) -> None:
    """Records published, edited, withdrawn and in review; accounts of every kind."""
    lines = home.parent / "lines.jsonl"
    lines.write_text("\n".join(LINE % (n, n) for n in range(6)))
    assert oerbron(home, "import", lines).code == 0
    assert oerbron(home, "import", lines, "--source", "kim", "--as", "submitted").code == 0
    assert oerbron(home, "user", "add", "chief@example.org", "--role", "admin").code == 0
    assert oerbron(home, "token", "create", "chief@example.org", "--scope", "admin").code == 0
    with sqlite3.connect(home / "oerbron.sqlite") as raw:
        raw.execute("UPDATE record SET owner = 1 WHERE id = 7")
        raw.execute("INSERT INTO organisation (slug, name, created) VALUES ('school', 'School', 1)")
        raw.execute("UPDATE record SET organisation = 1 WHERE id = 8")
        raw.execute("UPDATE record SET work = 'in_review', holder = 1 WHERE id = 9")
        raw.execute("INSERT INTO event (record, at, action, public, work) VALUES (9, 1, 'claim', 'never', 'in_review')")
        raw.execute("INSERT INTO membership (organisation, account, role) VALUES (1, 1, 'member')")
    raw.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("whole") / "home"
    _filled(home)
    answer = oerbron(home, "doctor")
    assert answer.code == 0, answer.out
    assert oerbron(home, "backup", home.parent / "backup.zip").code == 0
    yield home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "home"))


def _run(home: Path, statement: str) -> None:
    raw = sqlite3.connect(home / "oerbron.sqlite")
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute(statement)
    raw.commit()
    raw.close()


def _told(home: Path, code: str) -> Answer:
    answer = oerbron(home, "doctor")
    assert answer.code == 1, answer.out
    assert f"{code}: " in answer.out + answer.err, answer.out + answer.err
    return answer


# What comes back from a backup only: a table emptied, or what nobody can derive from anything else.
LOST = {
    "record": ("DELETE FROM record", "emptied"),
    "revision": ("DELETE FROM revision", "revision_gone"),
    "origin": ("DELETE FROM origin", "origin_gone"),
    "event": ("DELETE FROM event", "history_gone"),
    "log": ("DELETE FROM log", "no_log"),
    "horizon": ("DELETE FROM horizon", "horizon"),
    "account": ("DELETE FROM account", "no_such_account"),
    "organisation": ("DELETE FROM organisation", "no_such_organisation"),
    "setting": ("DELETE FROM setting", "database"),
    "current": ('DELETE FROM "current"', "disappeared"),
    "list": ("DELETE FROM list", "orphan"),
    "everything": ("DELETE FROM record", "emptied"),
    "a revision": ("DELETE FROM revision WHERE record = 2", "revision_gone"),
    "an origin": ("DELETE FROM origin WHERE record = 2", "origin_gone"),
    "a tree": ("UPDATE revision SET tree = x'ff00' WHERE record = 2", "bad_tree"),
    "a tree that is no record": ("""UPDATE revision SET tree = '{"x": 1}' WHERE record = 2""", "bad_tree"),
    "what was received": ("UPDATE origin SET tree = 'garbage' WHERE record = 2", "bad_received"),
    "a uuid": ("UPDATE record SET uuid = 'garbage' WHERE id = 2", "bad_uuid"),
    "another uuid": ("UPDATE record SET uuid = '5f0c5b0e-52cf-5a4f-9a53-9e0c1d1f3f10' WHERE id = 2", "bad_identity"),
    "a key": ("UPDATE origin SET key = 'garbage' WHERE record = 2", "bad_identity"),
    "a source": ("UPDATE origin SET source = 'garbage' WHERE record = 2", "bad_identity"),
    "the domain": ("UPDATE setting SET value = 'other.example' WHERE key = 'oai_domain'", "domain"),
    "the secret": ("UPDATE setting SET value = 'garbage' WHERE key = 'secret'", "database"),
    "a state": ("UPDATE record SET public = 'garbage' WHERE id = 2", "bad_state"),
    "work": ("UPDATE record SET work = 'garbage' WHERE id = 2", "bad_state"),
    "collections": ("UPDATE record SET collections = 'garbage' WHERE id = 2", "unreadable"),
    "before_tombstone": ("UPDATE record SET before_tombstone = '[' WHERE id = 2", "unreadable"),
    "a role": ("UPDATE account SET role = 'garbage'", "bad_account"),
    "a scope": ("UPDATE token SET scope = 'garbage'", "bad_account"),
    "a membership": ("UPDATE membership SET role = 'garbage'", "bad_account"),
    "the horizon far ahead": ("UPDATE horizon SET w = w + 2 * 315360000", "horizon"),
    "the horizon far behind": ("UPDATE horizon SET w = first_w", "horizon"),
    "the horizon as text": ("UPDATE horizon SET w = 'garbage'", "horizon"),
    "an odd horizon": ("UPDATE horizon SET w = w + 1", "horizon"),
    "an epoch": ("UPDATE horizon SET epoch = ''", "horizon"),
}


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_is_named_and_a_restore_brings_it_back(home: Path, whole: Path, name: str) -> None:
    statement, code = LOST[name]
    if name == "everything":
        raw = sqlite3.connect(home / "oerbron.sqlite")
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        raw.close()
        for table in tables:
            if not table.startswith("sqlite_") and table not in ("alembic_version", "setting", "horizon"):
                _run(home, f'DELETE FROM "{table}"')
    _run(home, statement)

    said = _told(home, code)

    assert "oerbron restore FILE" in said.out
    if code == "database":  # It cannot be opened any more: the backup goes into an empty home.
        shutil.rmtree(home)
    assert oerbron(home, "restore", whole.parent / "backup.zip").code == 0
    answer = oerbron(home, "doctor")
    assert answer.code == 0, answer.out


# What is rendered from what is kept: garbage in it is rendered anew.
RENDERED = {
    **{
        f"garbage in face_{view}": (f"UPDATE face_{view} SET bytes = '<lom><broken' WHERE position IN"
                                    f" (SELECT position FROM face_{view} LIMIT 2)", "bad_face")
        for view in ("lom", "oai_dc", "json", "rdf")
    },
    **{f"face_{view} emptied": (f"DELETE FROM face_{view}", "no_face") for view in ("lom", "oai_dc", "json", "rdf")},
    "bytes that are no UTF-8": ("UPDATE face_lom SET bytes = x'ff00ff'", "bad_face"),
    "a header": ("UPDATE \"current\" SET header = '<header'", "bad_face"),
    "a header of another": ("UPDATE \"current\" SET header = (SELECT header FROM \"current\" LIMIT 1)", "bad_face"),
    "about": ("UPDATE \"current\" SET about = '</about>'", "bad_face"),
    "facts": ("UPDATE \"current\" SET facts = 'garbage'", "bad_facts"),
    "facts that are others": ("UPDATE \"current\" SET facts = '[]'", "bad_facts"),
    "lists": ("UPDATE \"current\" SET lists = 'garbage'", "bad_face"),
    "no lists": ("UPDATE \"current\" SET lists = '[]'", "bad_face"),
    "the state": ("UPDATE \"current\" SET state = 'garbage'", "bad_face"),
    "the digest": ("UPDATE \"current\" SET digest = 'x'", "bad_face"),
    "the uuid of what is published": ("UPDATE \"current\" SET uuid = 'garbage' || position", "bad_face"),
    "the revision": ("UPDATE \"current\" SET revision = 99", "unpublished"),
    "listing emptied": ("DELETE FROM listing", "lists"),
    "a place in a list": ("DELETE FROM listing WHERE position = (SELECT min(position) FROM listing)", "lists"),
    "a stray place": ("INSERT INTO listing (list, position, deleted) VALUES (1, 7, 0)", "stray_listing"),
    "a stray face": ("INSERT INTO face_lom (position, bytes) VALUES (7, '<lom/>')", "stray_face"),
    "withdrawn and still public": ("UPDATE record SET public = 'withdrawn' WHERE id = 2", "leaked"),
    "an outbox emptied": ("DELETE FROM \"current\" WHERE record = 2", "unpublished"),
}  # fmt: skip


@pytest.mark.parametrize("name", RENDERED)
def test_what_can_be_rendered_is_named_and_a_refresh_renders_it_anew(home: Path, name: str) -> None:
    statement, code = RENDERED[name]
    _run(home, statement)

    said = _told(home, code)

    assert "`oerbron publish --refresh`" in said.out
    assert oerbron(home, "backup", home.parent / "damaged.zip").code == 1  # written, and what is broken is named
    assert oerbron(home, "publish", "--refresh").code == 0
    answer = oerbron(home, "doctor")
    assert answer.code == 0, answer.out
    assert oerbron(home, "backup", home.parent / "good.zip").code == 0


@pytest.mark.parametrize("cut", [3, 10])
def test_pages_of_the_file_that_are_garbage_are_told_with_what_to_do(home: Path, whole: Path, cut: int) -> None:
    for name in ("oerbron.sqlite-wal", "oerbron.sqlite-shm"):
        (home / name).unlink(missing_ok=True)
    path = home / "oerbron.sqlite"
    data = bytearray(path.read_bytes())
    for page in range(cut, len(data) // 8192, cut):
        data[page * 8192 : page * 8192 + 4096] = b"\xa5" * 4096
    path.write_bytes(bytes(data))

    answer = oerbron(home, "doctor")

    assert answer.code == 1
    assert "oerbron restore FILE" in answer.out
    kept = home.parent / "b.zip"
    assert oerbron(home, "backup", kept).code == 1
    shutil.rmtree(home)
    assert oerbron(home, "restore", whole.parent / "backup.zip").code == 0
    assert oerbron(home, "doctor").code == 0


def test_a_file_that_is_no_database_is_told(home: Path) -> None:
    (home / "oerbron.sqlite").write_bytes(b"garbage" * 1000)

    assert "oerbron restore FILE" in _told(home, "database").out


@pytest.mark.parametrize(
    ("seen", "code", "mends"),
    [
        (Home(Path("/h"), free_bytes=LEAST_BYTES - 1), "disk", "make room"),
        (Home(Path("/h"), unwritable=("oerbron.sqlite",)), "read_only", "`chmod -R u+rwX /h`"),
        (Home(Path("/h"), foreign=(".",)), "owner", "`chown -R $(id -un) /h`"),
        (Home(Path("/h"), open=("a", "b", "c", "d", "e")), "modes", "`chmod -R go= /h`"),
    ],
)
def test_a_home_that_cannot_be_used_is_named_with_what_mends_it(seen: Home, code: str, mends: str) -> None:
    (found,) = findings(seen)

    assert found.code == code
    assert mends in found.message


def test_a_home_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    assert findings(look(tmp_path / "nothing")) == []
    assert findings(Home(tmp_path)) == []


def test_a_database_that_cannot_be_opened_is_a_finding() -> None:
    assert "oerbron restore FILE" in unusable(DatabaseError("It is damaged.")).message
