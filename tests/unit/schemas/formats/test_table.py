"""Tables: rows become records, known headers and mappings, one plain sentence for what is wrong."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from schemas.errors import Unreadable
from schemas.formats.format import Delivery
from schemas.formats.table import table
from schemas.formats.table.columns import FIELDS, known
from schemas.formats.table.row import laid
from schemas.record import Record
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped

HEADER = "title,url,keywords,language,license\n"
ROW = "Breuken,https://example.org/a,rekenen|breuken,nl,CC BY 4.0\n"


def rows(data: str | bytes, mapping: str | None = None, **how: Any) -> list[Delivery]:
    source = data.encode() if isinstance(data, str) else data
    return list(table.deliveries(source, mapping.encode() if mapping else None, shipped(), **how))


def only(data: str | bytes, mapping: str | None = None, **how: Any) -> Record:
    """The record of the only row."""
    (delivery,) = rows(data, mapping, **how)
    assert delivery.reading is not None, delivery.problems
    return delivery.reading.record


def reject(data: str | bytes, mapping: str | None = None) -> tuple[str, str, str]:
    """Place, code and sentence of the only reject."""
    (problem,) = [(one.place, one.problems) for one in rows(data, mapping) if one.reading is None]
    return problem[0], problem[1][0].code, problem[1][0].message


def title(record: Record) -> str | None:
    return record.general.title[0].value if record.general and record.general.title else None


def keywords(record: Record) -> list[str]:
    return [one[0].value for one in record.general.keyword] if record.general else []


def a_workbook(*sheet: list[Any]) -> bytes:
    book = Workbook()
    for row in sheet:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_row_becomes_a_record() -> None:
    record = only(HEADER + ROW)

    assert title(record) == "Breuken"
    assert keywords(record) == ["rekenen", "breuken"]
    assert record.technical is not None
    assert record.technical.location == ("https://example.org/a",)
    assert record.rights is not None
    assert record.rights.description is not None
    assert record.rights.description[0].value == "CC BY 4.0"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    record = only(f"title{delimiter}url\n" + f'"a{delimiter} b"{delimiter}https://example.org/a\n')

    assert title(record) == f"a{delimiter} b"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(codec: str) -> None:
    assert title(only("title,url\nÉlèves à l’école,https://example.org/a\n".encode(codec))) == "Élèves à l’école"


def test_a_place_is_the_line_a_row_begins_on() -> None:
    found = rows(HEADER + '"Breuken\nen meer",https://example.org/a,,,\n\n' + ROW)

    assert [one.place for one in found] == ["line 2", "line 5"]


def test_a_workbook_gives_its_first_sheet_with_rows() -> None:
    record = only(a_workbook(["Titel", "Link", "Trefwoorden"], ["Breuken", "https://example.org/a", "rekenen; 7"]))

    assert title(record) == "Breuken"
    assert keywords(record) == ["rekenen", "7"]


def test_numbers_and_dates_of_a_workbook_are_text() -> None:
    from datetime import datetime  # noqa: PLC0415

    record = only(a_workbook(["title", "date", "url"], [2024, datetime(2024, 3, 5), "https://example.org/a"]))

    assert title(record) == "2024"
    assert record.life_cycle is not None
    date = record.life_cycle.contribute[0].date
    assert date is not None
    assert date.raw == "2024-03-05"


def test_rows_of_a_workbook_are_counted_as_it_shows_them() -> None:
    found = rows(a_workbook(["title", "url"], ["a", "https://example.org/a"], [], ["b", "https://example.org/b"]))

    assert [one.place for one in found] == ["row 2", "row 4"]


@pytest.mark.parametrize(
    ("header", "field"),
    [("Titel", "title"), ("Beschreibung", "description"), ("Mots-clés", "keywords"), ("LICENSE_URL", "license")],
)
def test_common_headers_are_known(header: str, field: str) -> None:
    mapped = known()

    assert mapped["".join(c for c in header.casefold().replace("é", "e") if c.isalnum())] == field


def test_every_known_header_names_a_field() -> None:
    assert set(known().values()) <= FIELDS


def test_a_mapping_names_columns_separators_defaults_and_constants() -> None:
    mapping = """
        [columns]
        "Wat" = "title"
        "Waar" = "url"
        "Woorden" = "keywords"
        "Rest" = ""
        [separators]
        keywords = "/"
        [defaults]
        language = "nl"
        [constants]
        publisher = "School"
        [table]
        delimiter = ";"
    """
    record = only("Wat;Waar;Woorden;Rest\nBreuken;https://example.org/a;x, y/z;r\n", mapping)

    assert title(record) == "Breuken"
    assert keywords(record) == ["x, y", "z"]
    assert record.general is not None
    assert record.general.language == ("nl",)
    assert record.life_cycle is not None
    assert record.life_cycle.contribute[0].entity[0].raw == "School"


@pytest.mark.parametrize(
    ("mapping", "code", "sentence"),
    [
        (
            '[columns]\n"Titre" = "title"',
            "unknown_column",
            "The mapping names the column “Titre”, which the table does not have; it has “title”, “url”.",
        ),
        ('[columns]\n"title" = "naam"', "unknown_field", "The mapping names the field “naam”; known are age"),
        ("[colums]\n", "bad_mapping", "The mapping has no section [colums]; it knows columns"),
        ("nonsense", "bad_mapping", "The mapping is not TOML"),
        ('[table]\nencoding = "klingon"', "bad_mapping", "There is no encoding “klingon”."),
        ('[table]\nencoding = "undefined"', "bad_mapping", "There is no encoding “undefined”."),
        ('[table]\ndelimiter = "ab"', "bad_mapping", "The delimiter in the mapping must be one character."),
        (
            '[table]\ndelimiter = "\\n"',
            "bad_mapping",
            "The delimiter in the mapping cannot be a line break",
        ),
        ("[table]\ndelimiter = '\"'", "bad_mapping", "The delimiter in the mapping cannot be a line break"),
        ('[columns]\n"title" = ["a"]', "bad_mapping", "In the mapping, [columns] “title” must be a text."),
    ],
)
def test_a_mistake_in_the_mapping_is_one_sentence(mapping: str, code: str, sentence: str) -> None:
    place, found, message = reject("title,url\na,https://example.org/a\n", mapping)

    assert found == code
    assert sentence in message
    assert place


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        ("naam2,plaats\na,b\n", "file", "no_known_column"),
        ("title,url\n", "file", "no_records"),
        ('title,url\n"a,https://example.org/a\n', "line 2", "truncated"),
        ("title,url\na,b,c\n", "line 2", "too_many_cells"),
        (b"title,url\n\x00,b\n", "line 2", "illegal_character"),
        ("", "file", "empty_file"),
        ("title,url\na\x0bb,https://example.org/a\n", "line 2", "illegal_character"),
    ],
)
def test_what_cannot_be_read_is_one_reject_with_its_place(data: str | bytes, place: str, code: str) -> None:
    assert reject(data)[:2] == (place, code)


def test_one_bad_row_does_not_stop_the_others() -> None:
    found = rows("title,url\na\x0bb,https://example.org/a\nBreuken,https://example.org/b\n")

    assert [one.reading is not None for one in found] == [False, True]


def test_salvage_takes_an_illegal_character_out_and_tells() -> None:
    (delivery,) = rows("title,url\na\x0bb,https://example.org/a\n", salvage=True)

    assert delivery.reading is not None
    assert title(delivery.reading.record) == "ab"
    assert [(one.path, one.rule) for one in delivery.reading.repairs] == [("title", "illegal_character")]


@pytest.mark.parametrize("formula", ["=1+1", "+32 3", "-5 graden", "@home", "\tx", "\rx"])
def test_the_guard_before_a_formula_is_taken_off_and_told(formula: str) -> None:
    sheet = io.StringIO()
    csv.writer(sheet).writerows([["url", "title"], ["https://example.org/a", f"'{formula}"]])
    (delivery,) = rows(sheet.getvalue())

    assert delivery.reading is not None
    assert title(delivery.reading.record) == formula.strip()
    assert [one.rule for one in delivery.reading.repairs] == ["formula_guard"]


def test_an_apostrophe_before_a_word_stays() -> None:
    assert title(only("title,url\n's avonds,https://example.org/a\n")) == "'s avonds"


def test_html_becomes_text_and_is_told() -> None:
    (delivery,) = rows("title,description,url\na,<p>Een <b>kort</b>&nbsp;verhaal</p>,https://example.org/a\n")

    assert delivery.reading is not None
    assert delivery.reading.record.general is not None
    assert delivery.reading.record.general.description[0][0].value == "Een kort verhaal"
    assert [one.rule for one in delivery.reading.repairs] == ["html_to_text"]


def test_a_column_that_is_not_known_is_told_once() -> None:
    first, second = rows("title,url,mood\na,https://example.org/a,gay\nb,https://example.org/b,sad\n")

    assert first.reading is not None
    assert second.reading is not None
    assert [one.message for one in first.reading.problems] == ["The column “mood” is not known."]
    assert second.reading.problems == ()


def test_a_row_with_an_id_says_which_fields_it_speaks_of() -> None:
    (delivery,) = rows("id,title,level,author\n6d3e4b52-0b1c-5a6e-9f5e-2d7f3c1a9b10,Breuken,,Ana\n")

    assert delivery.id == "6d3e4b52-0b1c-5a6e-9f5e-2d7f3c1a9b10"
    assert delivery.cells == {"general.title": ("title",), "lifeCycle.contribute": ("author",)}


def test_a_row_laid_over_a_record_leaves_what_it_does_not_speak_of() -> None:
    here = only("title,level,type,author,publisher\nBreuken,school,exercise,Ana,De Bron\n")
    (delivery,) = rows("id,level,author\nx,higher education,Bo\n")
    assert delivery.reading is not None

    record = laid(here, delivery.reading.record, delivery.cells or {})

    (part,) = record.educational
    assert [one.value for one in part.context] == ["higher education"]
    assert [one.value for one in part.learning_resource_type] == ["exercise"]
    assert record.life_cycle is not None
    assert [one.entity[0].raw for one in record.life_cycle.contribute] == ["Bo", "De Bron"]


_CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=20)


@given(st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_every_row_that_holds_something_gives_an_outcome(cells: list[tuple[str, str]]) -> None:
    sheet = io.StringIO()
    csv.writer(sheet).writerows([["title", "keywords"], *cells])

    filled = sum(bool("".join(row).strip()) for row in cells)
    assert len(rows(sheet.getvalue())) == max(1, filled)  # a table without rows is one reject


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_bytes_however_odd_break_the_reader(tail: bytes) -> None:
    for delivery in rows(b"title,url\n" + tail):
        assert delivery.place
        assert delivery.reading is not None or delivery.problems


def test_the_first_row_is_what_read_gives() -> None:
    assert title(table.read((HEADER + ROW).encode(), shipped()).record) == "Breuken"
    with pytest.raises(Unreadable, match="header and no rows"):
        table.read(HEADER.encode(), shipped())


@pytest.mark.parametrize(
    ("header", "cell", "found"),
    [
        ("type", '"Video, Worksheet"', ["Video", "Worksheet"]),
        ("type", "\"['Video', 'Worksheet']\"", ["Video", "Worksheet"]),
        ("type", '"[""Video"", ""Worksheet""]"', ["Video", "Worksheet"]),
        ("type", '"Video, Nonsense"', ["Video, Nonsense"]),
        ("type", "Video|Nonsense", ["Video", "Nonsense"]),
    ],
)
def test_values_packed_in_a_cell_come_apart_where_it_is_sure(header: str, cell: str, found: list[str]) -> None:
    record = only(f"title,url,{header}\nBreuken,https://example.org/a,{cell}\n")

    assert [term.value for part in record.educational for term in part.learning_resource_type] == found


def test_a_list_of_languages_and_of_keywords_in_a_cell_comes_apart_and_is_told() -> None:
    (delivery,) = rows("title,url,language,keywords\nBreuken,https://example.org/a,\"en, de\",\"['deler', 'breuk']\"\n")

    assert delivery.reading is not None
    record = delivery.reading.record
    assert record.general is not None
    assert record.general.language == ("en", "de")
    assert keywords(record) == ["deler", "breuk"]
    assert {one.path for one in delivery.reading.repairs if one.rule == "packed_values"} == {
        "general.language",
        "general.keyword",
    }


def test_a_level_cell_in_the_language_of_its_row() -> None:
    record = only('title,url,language,level\nCells,https://example.org/a,en,"College, Grade 5"\n')

    levels = summarise(record, shipped()).levels
    assert [term.id for term in levels] == [
        "https://w3id.org/oerbron/level/higher",
        "https://w3id.org/oerbron/level/primary-y5",
    ]
