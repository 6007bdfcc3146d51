"""`oerbron export`: whole and verbatim copies, which another repository reads back as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.support.commands import Answer, oerbron, outcomes
from tests.support.referee import canonical, violations
from tests.support.shared import needs_shared

LOM_NS = "http://ltsc.ieee.org/xsd/LOM"
CARD = "BEGIN:VCARD\nVERSION:3.0\nN:Silva;Ana;;;\nFN:Ana Silva\nEMAIL:ana@example.org\nEND:VCARD"
LOMS = f"""<records>
<lom xmlns="{LOM_NS}"><general><identifier><catalog>x</catalog><entry>1</entry></identifier>
 <title><string language="nl">Breuken</string><string language="nl">Breuken!</string></title>
 <keyword><string>a, b</string></keyword></general>
 <lifeCycle><contribute><role><source>LOMv1.0</source><value>author</value></role><entity>{CARD}</entity></contribute>
 </lifeCycle></lom>
<lom xmlns="{LOM_NS}" xmlns:f="urn:foreign"><general><identifier><catalog>x</catalog><entry>2</entry></identifier>
 <title><string language="fr">Décimaux</string></title><f:colour shade="dark">blue</f:colour></general>
 <rights><copyrightAndOtherRestrictions><source>LOMv1.0</source><value>yes</value></copyrightAndOtherRestrictions>
 <description><string>https://creativecommons.org/licenses/by/4.0/</string></description></rights></lom>
</records>"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two LOM records and the tombstone of a third."""
    folder = tmp_path_factory.mktemp("export")
    third = LOMS.replace("<entry>1<", "<entry>3<")
    (folder / "a.xml").write_text(LOMS)
    (folder / "b.xml").write_text(third[: third.index("</lom>") + 6] + "</records>")
    home = folder / "home"
    assert oerbron(home, "import", "--source", "x", folder / "a.xml", folder / "b.xml").counts["created"] == 3
    (gone,) = [one for one in of(home, "jsonl") if one["source"]["key"] == "x:3"]
    (folder / "c.jsonl").write_text(json.dumps({"id": gone["id"], "public": "deleted"}))
    assert oerbron(home, "import", folder / "c.jsonl").counts == outcomes(deleted=1)
    return home


def export(home: Path, *words: str | Path) -> Answer:
    answer = oerbron(home, "export", *words)
    assert answer.code == 0, answer.err
    return answer


def of(home: Path, format_: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export(home, "--format", format_).out.splitlines()]


def test_lom_comes_out_as_it_came_in(home: Path) -> None:
    found = etree.fromstring(export(home, "--format", "lom").out.encode())

    assert [canonical(one) for one in found] == [canonical(one) for one in etree.fromstring(LOMS)]


@needs_shared
def test_the_lom_that_comes_out_validates(home: Path) -> None:
    found = etree.fromstring(export(home, "--format", "lom").out.encode())

    assert [violations(etree.tostring(one, with_tail=False)) for one in found] == [[], []]


@pytest.mark.parametrize(("format_", "root"), [("lom", f"{{{LOM_NS}}}lom"), ("oai_dc", None)])
def test_xml_is_one_document_with_an_element_per_record(home: Path, format_: str, root: str | None) -> None:
    found = etree.fromstring(export(home, "--format", format_).out.encode())

    assert len(found) == 2
    assert root is None or {one.tag for one in found} == {root}


def test_amb_is_a_line_per_record(home: Path) -> None:
    assert [one["name"] for one in of(home, "amb")] == ["Breuken", "Décimaux"]


def test_lines_have_the_whole_tree_and_the_tombstones(home: Path) -> None:
    first, second, gone = of(home, "jsonl")

    assert first["record"]["lifeCycle"]["contribute"][0]["entity"][0]["email"] == "ana@example.org"
    assert (second["source"]["name"], second["source"]["key"]) == ("x", "x:2")
    assert (gone["public"], gone.get("record")) == ("deleted", None)


def test_lines_into_a_fresh_repository_and_back_are_the_same(home: Path, tmp_path: Path) -> None:
    export(home, "--format", "jsonl", "--out", tmp_path / "all.jsonl")
    fresh = tmp_path / "fresh"

    first = oerbron(fresh, "import", tmp_path / "all.jsonl")
    again = oerbron(fresh, "import", tmp_path / "all.jsonl")

    assert first.counts == outcomes(created=2, unchanged=1)
    assert again.counts == outcomes(unchanged=3)
    told = ("id", "source", "organisation", "collections", "public", "record")
    assert [{key: one.get(key) for key in told} for one in of(fresh, "jsonl")] == [
        {key: one.get(key) for key in told} for one in of(home, "jsonl") if one["public"] == "published"
    ]


def test_lom_into_a_fresh_repository_and_back_is_the_same(home: Path, tmp_path: Path) -> None:
    export(home, "--format", "lom", "--out", tmp_path / "all.xml")
    fresh = tmp_path / "fresh"

    assert oerbron(fresh, "import", tmp_path / "all.xml").counts == outcomes(created=2)
    assert export(fresh, "--format", "lom").out.encode() == (tmp_path / "all.xml").read_bytes()


def test_lines_read_by_the_repository_they_came_from_change_nothing(home: Path, tmp_path: Path) -> None:
    export(home, "--format", "jsonl", "--out", tmp_path / "all.jsonl")

    assert oerbron(home, "import", tmp_path / "all.jsonl").counts == outcomes(unchanged=3)


def test_a_set_narrows_what_comes_out(home: Path) -> None:
    licensed = export(home, "--format", "amb", "--set", "open").out.splitlines()

    assert [json.loads(line)["name"] for line in licensed] == ["Décimaux"]


def test_a_set_that_is_not_there_holds_nothing(home: Path) -> None:
    assert export(home, "--format", "jsonl", "--set", "nonsense").out == ""
    assert len(etree.fromstring(export(home, "--format", "lom", "--set", "nonsense").out.encode())) == 0


def test_a_file_appears_whole_with_its_size_told(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xml"

    answer = export(home, "--format", "lom", "--out", out)

    assert answer.out == f"{out}: {out.stat().st_size} bytes\n"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--format", "marc"], 2, "There is no format marc"),
        (["--format", "csv"], 2, "csv"),
        ([], 2, "Missing option '--format'"),
        (["--format", "lom", "--out", "/nowhere/at/all.xml"], 1, "No such file or directory"),
    ],
)
def test_misuse_is_one_sentence(home: Path, words: list[str], code: int, sentence: str) -> None:
    answer = oerbron(home, "export", *words)

    assert answer.code == code
    assert sentence in answer.err
    assert answer.err.startswith("oerbron: ")
    assert len(answer.sentences) == 1
    assert answer.out == ""


def test_an_empty_repository_gives_an_empty_document(tmp_path: Path) -> None:
    assert export(tmp_path / "home", "--format", "jsonl").out == ""
    assert len(etree.fromstring(export(tmp_path / "home", "--format", "lom").out.encode())) == 0
