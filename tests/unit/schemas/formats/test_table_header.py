"""Where the header of a table is, what dressed headers mean, and what the cells of a workbook link to."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from schemas.formats.format import Delivery
from schemas.formats.table import table
from schemas.formats.table.header import field_of
from schemas.record import Record
from schemas.vocabularies.vocabularies import shipped

U = "https://example.org/1"


def rows(data: str | bytes) -> list[Delivery]:
    source = data.encode() if isinstance(data, str) else data
    return list(table.deliveries(source, None, shipped()))


def records(data: str | bytes) -> list[Record]:
    found = [one.reading.record for one in rows(data) if one.reading is not None]
    assert found, [one.problems for one in rows(data)]
    return found


def told(record: Record) -> tuple[str, tuple[str, ...]]:
    """Title and locations."""
    assert record.general is not None
    assert record.general.title is not None
    return record.general.title[0].value, record.technical.location if record.technical else ()


@pytest.mark.parametrize(
    "table_",
    [
        f"Our collection 2024\ntitle,url\nA,{U}\n",
        f"Our collection 2024,,\ntitle,url,keywords\nA,{U},k\n",
        f"School X\nExported: 2024-05-06\n\ntitle,url\nA,{U}\n",
        f"Lijst van leermiddelen;;\nTitel;Link;Vak\nA;{U};wiskunde\n",
        f"This list, made by us, holds links, and more\ntitle;url;description\nA;{U};d\n",
        f"sep=;\ntitle;url\nA;{U}\n",
        f'"sep=;"\r\ntitle;url\r\nA;{U}\r\n',
        f"SEP=|\ntitle|url\nA|{U}\n",
        f"\ufeffsep=\t\ntitle\turl\nA\t{U}\n",
        f"title,url\nA,{U}\ntitle,url\n",
        f",,\n\ntitle,url,keywords\n\nA,{U},k\n",
    ],
)
def test_the_header_is_found_below_what_stands_above_it(table_: str) -> None:
    assert [told(one) for one in records(table_)] == [("A", (U,))]


def test_what_stands_above_the_header_is_told_with_the_first_row_and_places_stay_those_of_the_file() -> None:
    first, second = rows(f"Our list\ntitle,url\nA,{U}\nB,{U}2\n")

    assert (first.place, second.place) == ("line 3", "line 4")
    assert first.reading is not None
    assert [p.code for p in first.reading.problems] == ["line_above_header"]


def test_the_lines_after_sep_are_counted_from_the_top() -> None:
    assert [one.place for one in rows(f"sep=;\ntitle;url\nA;{U}\n")] == ["line 3"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Title *", "title"), ("Link / URL", "url"), ("Titel (verplicht)*", "title"), ("1. Titel:", "title"),
        ("URL (required)", "url"), ("Vak(ken)", "subject"), ("Keywords (comma separated)", "keywords"),
        ("Lien (URL)", "url"), ("Titre (obligatoire)", "title"), ("Schlagwörter", "keywords"),
        ("Title of resource", "title"), ("Link naar materiaal", "url"), ("resourceTitle", "title"),
        ("Author / Creator", "author"), ("dc.title[en_US]", "title"), ("dc.contributor.author", "author"),
        ("dcterms:creator", "author"), ("schema:inLanguage", "language"), ("general.title", "title"),
        ("What is the title?", "title"), ("Web address:", "url"),
        ("Notes", None), ("Number of pages", None), ("Title deed office", None), ("", None),
    ],
)  # fmt: skip
def test_the_dress_of_a_header_is_taken_off(header: str, field: str | None) -> None:
    assert field_of(header) == field


def test_a_plain_name_counts_before_a_dressed_one() -> None:
    (one,) = records(f"Title (internal),title,url\nx,A,{U}\n")

    assert told(one)[0] == "A"


@pytest.mark.parametrize(
    "cell",
    [f"[open]({U})", f"<{U}>", f'"<a href=""{U}"">open</a>"', f'"=HYPERLINK(""{U}"",""open"")"'],
)
def test_the_address_of_a_link_in_a_cell_is_taken_and_told(cell: str) -> None:
    (one,) = rows(f"title,url\nA,{cell}\n")

    assert one.reading is not None
    assert told(one.reading.record) == ("A", (U,))
    assert "link_text" in {repair.rule for repair in one.reading.repairs}


def a_workbook(fill: Callable[[Any], None]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    fill(book)
    book.save(out)
    return out.getvalue()


def test_a_linked_cell_gives_its_address() -> None:
    def fill(book: Any) -> None:
        for row in (["title", "url"], ["A", "open"], ["B", f"{U}2"]):
            book.active.append(row)
        book.active["B2"].hyperlink = f"{U}?a=1&b=2"

    assert [told(one) for one in records(a_workbook(fill))] == [("A", (f"{U}?a=1&b=2",)), ("B", (f"{U}2",))]


def test_a_linked_title_gives_the_address_where_there_is_no_other() -> None:
    def fill(book: Any) -> None:
        for row in (["title", "description"], ["A", "d"]):
            book.active.append(row)
        book.active["A2"].hyperlink = U

    assert [told(one) for one in records(a_workbook(fill))] == [("A", (U,))]


def test_a_formula_that_links_gives_its_address() -> None:
    def fill(book: Any) -> None:
        for row in (["title", "url"], ["A", f'=HYPERLINK("{U}","open")']):
            book.active.append(row)

    assert [told(one) for one in records(a_workbook(fill))] == [("A", (U,))]


def test_a_merged_cell_stands_for_its_rows_and_is_told() -> None:
    def fill(book: Any) -> None:
        for row in (["subject", "title", "url"], ["maths", "A", U], [None, "B", f"{U}2"], ["art", "C", f"{U}3"]):
            book.active.append(row)
        book.active.merge_cells("A2:A3")

    found = rows(a_workbook(fill))
    subjects = [
        one.reading.record.classification[0].taxon_path[0].taxon[0].entry[0].value  # type: ignore[index,union-attr]
        for one in found
    ]
    assert subjects == ["maths", "maths", "art"]
    assert found[1].reading is not None
    assert ("subject", "merged_cell") in [(one.path, one.rule) for one in found[1].reading.repairs]


def test_the_sheet_with_the_records_is_found_and_several_are_all_read() -> None:
    def fill(book: Any) -> None:
        book.active.append(["Read me"])
        book.active.append(["Fill in the next sheets, please"])
        for name in ("1A", "1B"):
            sheet = book.create_sheet(name)
            for row in (["Materials of our school"], [], ["Title *", "Link / URL"], [name, f"{U}/{name}"]):
                sheet.append(row)

    found = rows(a_workbook(fill))

    assert [told(one.reading.record)[0] for one in found if one.reading] == ["1A", "1B"]
    assert [one.place for one in found] == ["row 4", "sheet 2, row 4"]


def test_lists_of_values_on_another_sheet_are_no_records() -> None:
    def fill(book: Any) -> None:
        for row in (["Subject", "Level"], ["maths", "primary"], ["art", "secondary"]):
            book.active.append(row)
        sheet = book.create_sheet("Resources")
        for row in (["Title", "URL", "Subject"], ["A", U, "maths"]):
            sheet.append(row)

    assert [told(one) for one in records(a_workbook(fill))] == [("A", (U,))]


def test_a_table_that_begins_in_the_middle_of_its_sheet_has_its_links_and_merged_cells() -> None:
    def fill(book: Any) -> None:
        for number, row in enumerate((["title", "url", "subject"], ["A", "open", "maths"], ["B", f"{U}2", None]), 4):
            for column, cell in enumerate(row, 3):
                book.active.cell(number, column, cell)
        book.active["D5"].hyperlink = U
        book.active.merge_cells("E5:E6")

    first, second = rows(a_workbook(fill))

    assert (first.place, second.place) == ("row 5", "row 6")
    assert first.reading is not None
    assert second.reading is not None
    assert told(first.reading.record) == ("A", (U,))
    assert ("subject", "merged_cell") in [(one.path, one.rule) for one in second.reading.repairs]


def test_links_are_found_wherever_they_stand_in_a_long_sheet() -> None:
    count = 3_000

    def fill(book: Any) -> None:
        book.active.append(["title", "url"])
        for number in range(count):
            book.active.append([f"Title {number}", f'=HYPERLINK("{U}/{number}","open")' if number % 2 else "open"])
            if not number % 2:
                book.active.cell(number + 2, 2).hyperlink = f"{U}/{number}"

    found = [told(one)[1] for one in records(a_workbook(fill))]

    assert found == [(f"{U}/{number}",) for number in range(count)]


def test_an_empty_cell_that_links_gives_its_address() -> None:
    def fill(book: Any) -> None:
        for row in (["title", "url"], ["A"], ["B"]):
            book.active.append(row)
        book.active["B2"].hyperlink = U
        book.active["B2"].value, book.active["B2"].style = None, "Hyperlink"

    assert told(records(a_workbook(fill))[0]) == ("A", (U,))


def test_of_sheets_without_records_the_best_is_read() -> None:
    def fill(book: Any) -> None:
        book.active.append(["Read me"])
        sheet = book.create_sheet("Levels")
        for row in (["id", "level", "language"], ["6d3e4b52-0b1c-5a6e-9f5e-2d7f3c1a9b10", "school", "nl"]):
            sheet.append(row)

    (one,) = rows(a_workbook(fill))

    assert (one.id, one.place) == ("6d3e4b52-0b1c-5a6e-9f5e-2d7f3c1a9b10", "row 2")


def test_a_header_is_looked_for_in_the_first_rows_only() -> None:
    (one,) = rows("note\n" * 25 + f"title,url\nA,{U}\n")

    assert one.problems[0].code == "no_known_column"
    assert [told(found) for found in records("note\n" * 24 + f"title,url\nA,{U}\n")] == [("A", (U,))]


def test_a_row_that_cannot_be_taken_above_the_header_is_told() -> None:
    first, second = rows("x" * 300_000 + f"\ntitle,url\nA,{U}\n")

    assert [one.code for one in first.problems] == ["too_long"]
    assert (first.place, second.place) == ("line 1", "line 3")


def test_the_rows_of_every_sheet_say_which_sheet() -> None:
    def fill(book: Any) -> None:
        for sheet in (book.active, book.create_sheet("b")):
            for row in (["title", "url", "keywords"], ["A", U, "k"], ["B", U, "k", "y"]):
                sheet.append(row)

    found = [(one.place, one.reading is not None) for one in rows(a_workbook(fill))]

    assert found == [
        ("row 2", True), ("row 3", False), ("sheet 2, row 2", True), ("sheet 2, row 3", False),
    ]  # fmt: skip
