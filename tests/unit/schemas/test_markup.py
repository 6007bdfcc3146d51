"""Text without markup: what goes, what stays, and that a second time changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.formats.amb import amb
from schemas.formats.lom import lom
from schemas.formats.oai_dc import oai_dc
from schemas.formats.rdf import rdf
from schemas.record import General, LangString, Record, Rights
from schemas.summary.markup import unmarked
from tests.support.factories import a_record
from tests.support.samples import writing


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>Plants &amp; light</p>", "Plants & light"),
        ("&lt;p&gt;Hi&lt;/p&gt; <b>you</b>", "Hi\nyou"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ('<a href="https://x.example">here</a>', "here"),
        ("<script>x()</script>ok<!-- no -->", "ok"),
        ("text</p>", "text"),
        ("caf&eacute; &#8211; x", "café – x"),
    ],
)
def test_markup_becomes_words(text: str, words: str) -> None:
    assert unmarked(text) == words


@pytest.mark.parametrize(
    "text",
    ["a <b and b> c", "5 < 6 > 3", "the <canvas> element", "AT&T, R&D", "x?a=1&copy=2", "  blanks  ", "<x@y.example>"],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert unmarked(text) == text


@given(st.text(alphabet="ab<>/p &;lt#39amp\n", max_size=40))
def test_a_second_time_changes_nothing(text: str) -> None:
    assert unmarked(unmarked(text)) == unmarked(text)


HTML = (LangString("nl", "<p>Breuken &amp; delen</p>"),)


def a_marked_record() -> Record:
    general = General(title=HTML, description=(HTML,), keyword=(HTML,), language=("nl",))
    return replace(a_record(), general=general)


@pytest.mark.parametrize("face", [lom, oai_dc, amb, rdf])
def test_titles_descriptions_and_keywords_go_out_as_text(face: object) -> None:
    record = a_marked_record()

    written = face.write(record, writing(record))  # type: ignore[attr-defined]

    assert b"Breuken &amp; delen" in written or b"Breuken & delen" in written
    assert b"p&gt;" not in written
    assert b"<p>" not in written
    assert b"&amp;amp;" not in written


def test_a_statement_of_rights_keeps_its_link() -> None:
    link = '<a href="https://terms.example/">Terms</a>'
    record = replace(a_record(), rights=Rights(description=(LangString("en", link),)))

    assert b"https://terms.example/" in lom.write(record, writing(record))
