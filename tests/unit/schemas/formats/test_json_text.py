"""JSON as people write it: what is mended, what is told, and what stays no JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Unreadable
from schemas.formats import json_text
from schemas.formats.amb.linked import decode_leniently
from schemas.formats.incoming.incoming import Incoming, deliveries


@pytest.mark.parametrize(
    ("text", "value", "rules"),
    [
        ('{"a":"b\nc\td"}', {"a": "b\nc\td"}, {"json_control_character"}),
        ('{// one\n"a":1/* two */}', {"a": 1}, {"json_comment"}),
        ('{"a":"http://x/ // no comment", # end\n"b":2}', {"a": "http://x/ // no comment", "b": 2}, {"json_comment"}),
        ('{"a":[1,2,],}', {"a": [1, 2]}, {"json_comma"}),
        ('{"a":1,,"b":2}', {"a": 1, "b": 2}, {"json_comma"}),
        ('{\u00a0"a":1,\u2028"b":2}', {"a": 1, "b": 2}, {"json_blank"}),
        ("{'a':'it\\'s \"x\"'}", {"a": 'it\'s "x"'}, {"json_quotes", "json_escape"}),
        ("{\u201ca\u201d:\u201cb\u201d, c:1}", {"a": "b", "c": 1}, {"json_quotes"}),
        ('{"a":True,"b":None,"c":NaN}', {"a": True, "b": None, "c": None}, {"json_literal"}),
        ('{"a":"\\d"}', {"a": "\\d"}, {"json_escape"}),
        ('{"a":01,"b":+1}', {"a": "01", "b": 1}, {"json_number"}),
        ('var data = {"a":1};', {"a": 1}, {"json_wrapper"}),
        (')]}\',\n{"a":1}', {"a": 1}, {"json_wrapper"}),
        ('{"a":"x\\ud800y\\ud83d\\ude00"}', {"a": "xy😀"}, {"illegal_character"}),
        ('\ufeff{"a":1}', {"a": 1}, set()),
    ],
)
def test_what_is_nearly_json_is_mended_and_told(text: str, value: object, rules: set[str]) -> None:
    found, repairs = decode_leniently(text.encode())

    assert found == value
    assert {one.rule for one in repairs} == rules
    assert all(one.before for one in repairs)


@pytest.mark.parametrize("text", ['{"a" "b"}', '{"a":}', "{a b}", '{"a":1', '{"a":[1,', "{'a", '{"a":b}', "[1 2]"])
def test_what_breaks_off_or_says_nothing_stays_no_json(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        decode_leniently(text.encode())

    assert refused.value.code in ("not_json", "truncated")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON.filter(lambda one: isinstance(one, (dict, list))))
def test_json_is_read_as_it_is(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)

    found = json_text.mended(text)

    assert found is not None
    assert found[0] == json.loads(text)
    assert {one.rule for one in found[1]} <= {"json_blank"}


def test_a_nul_never_reaches_a_record() -> None:
    body = b'{"@context":"https://schema.org","@type":"Course","@id":"https://example.org/c","name":"a\\u0000b"}'

    (one,) = deliveries(body, Incoming("x"))

    assert one.reading is not None
    assert one.reading.record.general is not None
    assert one.reading.record.general.title is not None
    assert one.reading.record.general.title[0].value == "ab"
    assert "illegal_character" in {repair.rule for repair in one.reading.repairs}
