"""`oerbron import` on what people really have: an outcome per record, a sentence per mistake, and the rest goes on."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import msgspec
import pytest

from tests.support.commands import Answer, lines, oerbron, outcomes

LOM_NS = "http://ltsc.ieee.org/xsd/LOM"


def a_lom(title: str = "Breuken", location: str = "https://example.org/a", key: str = "") -> str:
    identifier = f"<identifier><catalog>x</catalog><entry>{key}</entry></identifier>" if key else ""
    technical = f"<technical><location>{location}</location></technical>" if location else ""
    inner = f"{identifier}<title><string language='nl'>{title}</string></title>" if title else identifier
    return f"<lom xmlns='{LOM_NS}'><general>{inner}</general>{technical}</lom>"


def a_response(*records: str) -> str:
    return (
        f"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><ListRecords>{''.join(records)}</ListRecords></OAI-PMH>"
    )


def a_record(key: str, metadata: str = "") -> str:
    status = "" if metadata else " status='deleted'"
    header = f"<header{status}><identifier>{key}</identifier><datestamp>2024-01-01</datestamp></header>"
    return f"<record>{header}{f'<metadata>{metadata}</metadata>' if metadata else ''}</record>"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def exported(home: Path) -> list[dict[str, object]]:
    answer = oerbron(home, "export", "--format", "jsonl")
    assert answer.code == 0
    return [msgspec.json.decode(line) for line in answer.out.splitlines()]


def titles(home: Path) -> list[str]:
    return sorted(str(one["summary"]["title"]) for one in exported(home) if one["public"] == "published")  # type: ignore[index]


def test_a_record_comes_in_and_is_public_and_stays_unchanged(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "a.xml", a_lom())

    first = oerbron(home, "import", file)
    second = oerbron(home, "import", file)

    assert (first.code, first.out) == (0, "created 1, updated 0, unchanged 0, deleted 0, rejected 0\n")
    assert (second.code, second.counts) == (0, outcomes(unchanged=1))
    assert titles(home) == ["Breuken"]


def test_new_content_updates(home: Path, tmp_path: Path) -> None:
    oerbron(home, "import", put(tmp_path, "a.xml", a_lom("Breuken")))

    answer = oerbron(home, "import", put(tmp_path, "a.xml", a_lom("Kommagetallen")))

    assert answer.counts == outcomes(updated=1)
    assert titles(home) == ["Kommagetallen"]


def test_the_summary_as_json(home: Path, tmp_path: Path) -> None:
    answer = oerbron(home, "import", "--json", put(tmp_path, "a.xml", a_lom()))

    assert json.loads(answer.out) == outcomes(created=1)


DIRTY: dict[str, tuple[bytes, str]] = {
    "cut-off.xml": (f"<records>{a_lom(key='c1')}{a_lom()[:60]}".encode(), "truncated"),
    "words.txt": (b"just words", "unknown_format"),
    "utf7.xml": (b"<?xml version='1.0' encoding='UTF-7'?>" + a_lom().encode(), "unsupported_encoding"),
    "doctype.xml": (b"<!DOCTYPE lom [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + a_lom("&a;").encode(), "doctype"),
    "deep.xml": (a_lom("<a>" * 5000 + "</a>" * 5000).encode(), "too_deep"),
    "latin.xml": (a_lom("Élève").encode("latin-1"), "wrong_encoding"),
    "control.xml": (a_lom("Breu\x02ken").encode(), "illegal_character"),
    "empty.xml": (b"", "empty_file"),
    "blank.xml": (b" \n", "empty_file"),
    "unknown.xml": (b"<recipe><step/></recipe>", "unknown_format"),
    "unknown.json": (b'{"recipe": true}', "unknown_format"),
    "broken.json": (b'{"record" {}}', "not_json"),
    "columns.csv": (b"naam2,plaats\na,b\n", "unknown_format"),
    "untitled.xml": (a_lom("", key="u1").encode(), "no_title"),
    "nameless.xml": (a_lom(location="").encode(), "no_identity"),
    "bomb.zip": (b"", "unsafe_archive"),
    "cut-off.zip": (b"PK\x03\x04nothing more", "bad_archive"),
}


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """A folder with two good records among files that are wrong, each in its own way."""
    folder = tmp_path / "dirty"
    for name, (content, _) in DIRTY.items():
        put(folder, name, content)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.xml", bytes(20_000_000))
    put(folder, "good.xml", a_lom("Goed", "https://example.org/good"))
    put(folder / "sub", "zzz.xml", a_lom("Ook goed", "https://example.org/good2"))
    return folder


def test_a_dirty_folder_gives_one_reject_each_and_the_rest_comes_in(home: Path, dirty: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"

    answer = oerbron(home, "import", dirty, "--rejects", rejects)

    assert answer.code == 1
    assert answer.counts == outcomes(created=3, rejected=len(DIRTY))
    assert titles(home) == ["Breuken", "Goed", "Ook goed"]
    found = {Path(one["file"]).name: one for one in lines(rejects)}
    assert {name: one["code"] for name, one in found.items()} == {name: code for name, (_, code) in DIRTY.items()}
    for one in found.values():
        assert list(one) == ["file", "place", "identifier", "code", "reason"]
        assert one["place"]
        assert one["reason"].endswith(".")
        assert "\n" not in one["reason"]


def test_each_code_of_the_rejects_is_told_once_with_its_first_example(home: Path, dirty: Path) -> None:
    answer = oerbron(home, "import", dirty)

    told = [line for line in answer.sentences if line.startswith("oerbron: rejected ")]
    assert len(told) == len({code for _, code in DIRTY.values()})
    assert all(line.endswith(".") for line in told)


def test_a_wrong_byte_is_named_with_its_line(home: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    file = put(tmp_path, "a.xml", b"<records>\n" + a_lom("Breu\xffken").encode("latin-1") + b"\n</records>")

    oerbron(home, "import", file, "--rejects", rejects)

    (one,) = lines(rejects)
    assert one["place"] == "line 2"
    assert "0xFF" in one["reason"]


def test_salvage_mends_what_can_be_mended(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    put(folder, "control.xml", a_lom("Breu\x02ken", "https://example.org/1"))
    put(folder, "latin.xml", a_lom("Élève", "https://example.org/2").encode("latin-1"))
    put(folder, "table.csv", "title,url\nTa\x0bbel,https://example.org/3\n")

    strict = oerbron(home, "import", "--dry-run", folder)
    answer = oerbron(home, "import", "--salvage", folder)

    assert strict.counts == outcomes(rejected=3)
    assert (answer.code, answer.counts) == (0, outcomes(created=3))
    assert titles(home) == ["Breuken", "Tabel", "Élève"]


def test_a_dry_run_says_what_would_happen_and_stores_nothing(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "a.xml", f"<records>{a_lom()}{a_lom('', key='x')}</records>")

    first = oerbron(home, "import", "--dry-run", file)
    second = oerbron(home, "import", "--dry-run", file)

    assert first.counts == second.counts == outcomes(created=1, rejected=1)
    assert exported(home) == []


def test_a_draft_is_not_public_until_it_is_published(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "a.xml", a_lom())

    draft = oerbron(home, "import", "--as", "draft", file)
    hidden = exported(home)
    published = oerbron(home, "import", file)

    assert draft.counts == outcomes(created=1)
    assert hidden == []
    assert published.counts == outcomes(updated=1)
    assert titles(home) == ["Breuken"]


def test_a_deleted_header_deletes_and_a_live_one_brings_back(home: Path, tmp_path: Path) -> None:
    live = put(tmp_path, "live.xml", a_response(a_record("oai:x:1", a_lom()), a_record("oai:x:2", a_lom("Twee"))))
    gone = put(tmp_path, "gone.xml", a_response(a_record("oai:x:1"), a_record("oai:x:99")))

    counted = [oerbron(home, "import", "--source", "x", file).counts for file in (live, gone, gone, live)]

    assert counted == [
        outcomes(created=2),
        outcomes(deleted=1, unchanged=1),
        outcomes(unchanged=2),
        outcomes(updated=1, unchanged=1),
    ]
    assert titles(home) == ["Breuken", "Twee"]


def test_the_same_key_twice_is_rejected_only_with_other_content(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "a.xml", f"<records>{a_lom()}{a_lom()}{a_lom('Anders')}</records>")

    assert oerbron(home, "import", file).counts == outcomes(created=1, unchanged=1, rejected=1)


def test_the_same_key_of_another_source_is_another_record(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "a.xml", a_lom())

    assert oerbron(home, "import", "--source", "a", file).counts == outcomes(created=1)
    assert oerbron(home, "import", "--source", "b", file).counts == outcomes(created=1)


def test_folders_with_strange_names_are_walked(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    put(folder / "new\nline", "a.xml", a_lom("Een", "https://example.org/1"))
    put(folder / "ruimte en ' \" ; $(x)", "-b.xml", a_lom("Twee", "https://example.org/2"))
    put(Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe")), "c.xml", a_lom("Drie", "https://example.org/3"))
    put(Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe")), "d\x1b[31m\n.xml", "words")
    rejects = tmp_path / "rejects.jsonl"

    answer = oerbron(home, "import", folder, "--rejects", rejects)

    assert answer.counts == outcomes(created=3, rejected=1)
    assert [one["file"].rpartition("/in/")[2] for one in lines(rejects)] == ["\\xff\\xfe/d\x1b[31m\n.xml"]
    assert len(answer.sentences) == 1
    assert "\\xff\\xfe/d\\x1b[31m\\n.xml" in answer.err


def test_what_is_no_file_is_a_reject(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    put(folder, "a.xml", a_lom())
    (folder / "broken-link.xml").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.xml")
    with put(folder, "huge.xml", "").open("wb") as file:
        file.truncate(5_000_000_000)  # a hole, which takes no place on disk
    rejects = tmp_path / "rejects.jsonl"

    answer = oerbron(home, "import", folder, "--rejects", rejects)

    assert answer.counts == outcomes(created=1, rejected=3)
    assert {Path(one["file"]).name: one["code"] for one in lines(rejects)} == {
        "broken-link.xml": "broken_link",
        "pipe.xml": "not_a_file",
        "huge.xml": "too_large",
    }


def test_files_that_only_speak_about_a_folder_are_passed_by(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    put(folder, "a.xml", a_lom())
    for name in ("README.md", "LICENSE", ".hidden.xml"):
        put(folder, name, "words")

    answer = oerbron(home, "import", folder)

    assert (answer.code, answer.counts) == (0, outcomes(created=1))
    assert answer.sentences == ["oerbron: passed by 3 hidden files and files about the folder"]


def test_an_empty_folder_holds_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    assert oerbron(home, "import", tmp_path / "in").counts == outcomes()


def test_a_zip_is_opened(home: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.xml", a_lom())
        archive.writestr("b/words.txt", "words")
    rejects = tmp_path / "rejects.jsonl"

    answer = oerbron(home, "import", tmp_path / "a.zip", "--rejects", rejects)

    assert answer.counts == outcomes(created=1, rejected=1)
    assert [one["place"] for one in lines(rejects)] == ["b/words.txt"]


def test_a_table_with_a_mapping_comes_in(home: Path, tmp_path: Path) -> None:
    table = put(tmp_path, "a.csv", "Wat;Waar\nBreuken;https://example.org/a\n")
    mapping = put(tmp_path, "map.toml", '[columns]\n"Wat" = "title"\n"Waar" = "url"\n')

    assert oerbron(home, "import", table, "--mapping", mapping).counts == outcomes(created=1)


def test_a_wrong_column_is_one_sentence(home: Path, tmp_path: Path) -> None:
    table = put(tmp_path, "a.csv", "Wat;Waar\nBreuken;https://example.org/a\n")
    mapping = put(tmp_path, "map.toml", '[columns]\n"Wie" = "title"\n')
    rejects = tmp_path / "rejects.jsonl"

    answer = oerbron(home, "import", table, "--mapping", mapping, "--rejects", rejects)

    assert (answer.code, answer.counts) == (1, outcomes(rejected=1))
    (one,) = lines(rejects)
    assert one["reason"] == "The mapping names the column “Wie”, which the table does not have; it has “Wat”, “Waar”."


def test_a_row_that_names_a_record_changes_only_its_cells(home: Path, tmp_path: Path) -> None:
    oerbron(home, "import", put(tmp_path, "a.csv", "title,description,url\nBreuken,Kort,https://example.org/a\n"))
    (before,) = exported(home)

    edit = oerbron(home, "import", put(tmp_path, "b.csv", f"id,title,description\n{before['id']},Deelbreuken,\n"))

    (after,) = exported(home)
    assert edit.counts == outcomes(updated=1)
    assert after["id"] == before["id"]
    assert (after["summary"]["title"], after["summary"]["description"]) == ("Deelbreuken", "Kort")  # type: ignore[index]


def test_a_tombstone_line_deletes(home: Path, tmp_path: Path) -> None:
    oerbron(home, "import", put(tmp_path, "a.xml", a_lom()))
    (record,) = exported(home)
    line = put(tmp_path, "b.jsonl", json.dumps({"id": record["id"], "public": "deleted"}) + "\n")

    assert oerbron(home, "import", line).counts == outcomes(deleted=1)
    assert titles(home) == []


CONFIG = """
[site]
base_url = "not an address"
nonsense = 1
[oai]
page_size = "many"
[unheard_of]
"""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["import"], "Missing argument 'PATH...'"),
        (["import", "nowhere.xml"], "There is no file or folder nowhere.xml"),
        (["import", "--as", "secret", "."], "Invalid value for '--as': 'secret' is not one of"),
        (["import", "--format", "marc", "GOOD"], "There is no format marc to read; there are auto, lom"),
        (["import", "--mapping", "nowhere.toml", "GOOD"], "There is no file or folder nowhere.toml"),
        (["import", "--nonsense", "GOOD"], "No such option"),
        (["--config", "nowhere.toml", "import", "GOOD"], "nowhere.toml"),
        (["--config", "BROKEN", "import", "GOOD"], "base_url"),
        (["nonsense"], "No such command"),
    ],
)
def test_misuse_is_one_sentence_and_exits_2(home: Path, tmp_path: Path, words: list[str], sentence: str) -> None:
    names = {"GOOD": put(tmp_path, "a.xml", a_lom()), "BROKEN": put(tmp_path, "broken.toml", CONFIG)}

    answer = oerbron(home, *(names.get(word, word) for word in words))

    assert answer.code == 2
    assert sentence in answer.err
    assert one_sentence(answer)


def test_every_mistake_of_a_configuration_is_in_one_message(home: Path, tmp_path: Path) -> None:
    config = put(tmp_path, "broken.toml", CONFIG)

    answer = oerbron(home, "--config", config, "import", put(tmp_path, "a.xml", a_lom()))

    assert answer.code == 2
    for word in ("base_url", "nonsense", "page_size", "unheard_of"):
        assert word in answer.err


def test_rejects_that_cannot_be_written_are_one_sentence(home: Path, tmp_path: Path) -> None:
    answer = oerbron(home, "import", put(tmp_path, "a.xml", a_lom()), "--rejects", tmp_path / "no" / "such.jsonl")

    assert answer.code == 1
    assert one_sentence(answer)
    assert exported(home) == []


def one_sentence(answer: Answer) -> bool:
    return len(answer.sentences) == 1 and answer.err.startswith("oerbron: ") and answer.err.rstrip().endswith(".")
