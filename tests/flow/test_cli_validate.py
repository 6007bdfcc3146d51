"""`oerbron validate`: every problem of every record by a profile, nothing stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Answer, oerbron

LOM_NS = "http://ltsc.ieee.org/xsd/LOM"
TITLED = "<title><string language='nl'>Breuken</string></title>"
GOOD = (
    f"<lom xmlns='{LOM_NS}'><general>{TITLED}</general><technical><location>https://a.be</location></technical></lom>"
)
NAMELESS = f"<lom xmlns='{LOM_NS}'><general>{TITLED}</general></lom>"
MENDED = GOOD.replace(TITLED, "<title>Breuken</title>")


def validate(tmp_path: Path, content: str | bytes, *words: str) -> Answer:
    path = tmp_path / "in.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return oerbron(tmp_path / "home", "validate", path, *words)


def judged(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.out.splitlines()]


def test_a_record_with_warnings_only_is_valid(tmp_path: Path) -> None:
    answer = validate(tmp_path, GOOD)

    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "valid 1, invalid 0"
    assert ": warning: " in answer.out


def test_a_record_with_an_error_is_not(tmp_path: Path) -> None:
    answer = validate(tmp_path, NAMELESS)

    assert answer.code == 1
    assert answer.out.splitlines()[-1] == "valid 0, invalid 1"
    assert "[no_identity]" in answer.out


def test_nothing_is_stored(tmp_path: Path) -> None:
    validate(tmp_path, GOOD)

    assert not (tmp_path / "home").exists()


def test_every_record_and_every_break_is_judged(tmp_path: Path) -> None:
    answer = validate(tmp_path, f"<records>{GOOD}{NAMELESS}<lom", "--json")

    *records, summary = judged(answer)
    assert summary == {"valid": 1, "invalid": 2}
    assert [one["place"] for one in records] == ["record 1", "record 2", "line 1"]
    assert [one["valid"] for one in records] == [True, False, False]
    assert records[2]["problems"][0]["code"] == "truncated"


def test_the_repairs_are_told(tmp_path: Path) -> None:
    (record, _) = judged(validate(tmp_path, MENDED, "--json"))

    assert record["repairs"]
    assert {"path", "rule", "before", "after"} == set(record["repairs"][0])


@pytest.mark.parametrize("profile", ["core", "lom-strict", "oersi", "wlo"])
def test_every_profile_judges(tmp_path: Path, profile: str) -> None:
    odd = GOOD.replace("</general>", "<structure><source>mine</source><value>x</value></structure></general>")
    (record, _) = judged(validate(tmp_path, odd, "--json", "--profile", profile))

    assert record["problems"]
    assert {"path", "code", "message", "severity"} == set(record["problems"][0])


@pytest.mark.parametrize(
    "content", [b"", b"words", b"<lom", b"<!DOCTYPE a><a/>", b"<lom>\xff</lom>", b"\x00" * 99, b"{", b"[]"]
)
def test_what_cannot_be_read_is_one_invalid_entry(tmp_path: Path, content: bytes) -> None:
    answer = validate(tmp_path, content)

    assert answer.code == 1
    first, last = answer.out.splitlines()
    assert first.startswith(str(tmp_path))
    assert ": error: " in first
    assert last == "valid 0, invalid 1"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--profile", "marc"], "There is no profile marc; there are core, lom-strict, oersi, wlo."),
        (["nowhere"], "There is no file or folder nowhere"),
        (["--nonsense"], "No such option"),
    ],
)
def test_misuse_is_one_sentence_and_exits_2(tmp_path: Path, words: list[str], sentence: str) -> None:
    answer = validate(tmp_path, GOOD, *words)

    assert answer.code == 2
    assert sentence in answer.err
    assert len(answer.sentences) == 1
