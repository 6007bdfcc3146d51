"""JSON of others before it is decoded: what cannot stand is mended and told, all else stays byte for byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.formats.json_mend import mended


@pytest.mark.parametrize(
    ("data", "value", "rules"),
    [
        (rb'"half \ud83d"', "half \ufffd", ["lone_surrogate"]),
        (rb'"half \uDE00 x"', "half \ufffd x", ["lone_surrogate"]),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd😀", ["lone_surrogate"]),
        (rb'"two\fwords"', "two words", ["illegal_character"]),
        (rb'"two\u000bwords"', "two words", ["illegal_character"]),
        (b'"two\x0cwords"', "two words", ["illegal_character"]),
        (b'"bell \x07"', "bell ", ["illegal_character"]),
        (rb'"nul \u0000"', "nul ", ["illegal_character"]),
        (rb'"back\bspace"', "backspace", ["illegal_character"]),
        (rb'"no \uFFFE character"', "no  character", ["illegal_character"]),
        (b'"a\tb"', "a b", []),
    ],
)
def test_what_cannot_stand_is_mended_and_told(data: bytes, value: str, rules: list[str]) -> None:
    found, repairs = mended(data)

    assert json.loads(found) == value
    assert [each.rule for each in repairs] == rules


@pytest.mark.parametrize(
    "data",
    [
        rb'"\ud83d\ude00"',
        rb'"a path C:\\ud83d and \\f, \\b, \\u0000"',
        rb'"\n\r\t\"\/\u00e9\u2028"',
        b'{\n\t"a": [1, 2]\r\n}',
        '"é 😀"'.encode(),
        b"",
    ],
)
def test_what_may_stand_stays(data: bytes) -> None:
    found, repairs = mended(data)

    assert repairs == ()
    assert found.split() == data.split()


def test_bytes_that_are_no_utf_8_are_read_and_told() -> None:
    found, repairs = mended(b'"Caf\xe9"')

    assert json.loads(found) == "Café"
    assert repairs


def test_cesu_8_becomes_its_character() -> None:
    found, _ = mended(b'"\xed\xa0\xbd\xed\xb8\x80"')

    assert json.loads(found) == "😀"


def test_a_thousand_mends_are_made_and_the_first_told() -> None:
    found, repairs = mended(b'"' + rb"a\f" * 1_000 + b'"')

    assert json.loads(found) == "a " * 1_000
    assert len(repairs) == 20


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.dictionaries(st.text(), inner)))
def test_what_a_writer_made_decodes_to_the_same_but_for_what_no_record_may_hold(value: object) -> None:
    data = json.dumps(value).encode()
    found, repairs = mended(data)

    json.loads(found).__class__  # noqa: B018 - it must decode
    if not repairs and b"\\f" not in data:
        assert json.loads(found) == value


@given(st.binary(max_size=60))
def test_any_bytes_end_as_utf_8(data: bytes) -> None:
    mended(data)[0].decode()
