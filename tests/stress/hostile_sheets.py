"""Tables that were made to harm: sparse, lying, deep, wide and cut off, the same for the same seed.

Each maker takes the chance and gives the bytes of one file; `sheets` goes round among them. None is larger than some
ten megabytes: what they do to a reader is out of all proportion to that.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Final

Chance = random.Random
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS: Final = ("Breuken", "Élèves", "x" * 300, "=1+1", "", " ", "\t", "ab|cd", "2024-01-01", "𝔘" * 40)


def sheets(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """So many hostile tables with their names."""
    for number in range(count):
        make = MAKERS[number % len(MAKERS)]
        yield f"{number}-{make.__name__}", make(random.Random(f"{seed}-{number}"))


# Workbooks (XLSX).


def far_corners(chance: Chance) -> bytes:
    """Two cells so far apart that the rectangle between them has up to seventeen thousand million."""
    last = f"{_column(chance.choice((16_384, 16_384, 9_000, 700)))}{chance.choice((1_048_576, 1_048_576, 400_000))}"
    return a_book(_cell("A1", "title") + _cell("B1", "url") + _cell(last, "far"))


def many_far_cells(chance: Chance) -> bytes:
    """Rows that each end in the last column."""
    rows = chance.choice((200, 2_000, 5_000))
    cells = "".join(f'<row r="{n}">{_cell(f"A{n}", "t")}{_cell(f"XFD{n}", "x")}</row>' for n in range(1, rows + 1))
    return a_book(cells, whole_rows=True)


def lying_strings(chance: Chance) -> bytes:
    """Shared strings that are said to be four thousand million, or fewer than are used."""
    count = chance.choice((4_294_967_295, 4_000_000_000, 2**63, -1, 0))
    sheet = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>4294967295</v></c></row>'
    shared = f'<sst xmlns="{_MAIN}" count="{count}" uniqueCount="{count}"><si><t>title</t></si></sst>'
    return a_book(sheet, whole_rows=True, more={"xl/sharedStrings.xml": shared.encode()})


def lying_dimension(chance: Chance) -> bytes:
    """A dimension that has nothing to do with the cells."""
    said = chance.choice(("A1:XFD1048576", "A1:ZZZZZZZ99999999999", "B7:A1", "", "A0", "XFD1048576", "A1:A1:A1"))
    return a_book(_cell("A1", "title") + _cell("B1", "url") + _cell("A2", "Breuken"), dimension=said)


def merged_ranges(chance: Chance) -> bytes:
    """Merged cells by the ten thousand, over all of the sheet and over each other."""
    count = chance.choice((10, 20_000))
    merged = "".join(f'<mergeCell ref="A1:XFD{chance.randint(1, 1_048_576)}"/>' for _ in range(count))
    after = f'<mergeCells count="4294967295">{merged}</mergeCells>'
    return a_book(_cell("A1", "title") + _cell("A2", "Breuken"), after=after)


def deep_markup(chance: Chance) -> bytes:
    """Elements in elements in elements."""
    depth = chance.choice((300, 5_000, 200_000))
    where = chance.choice(("r", "is", "row", "sheetData"))
    return a_book(f"<row>{f'<{where}>' * depth}{f'</{where}>' * depth}</row>", whole_rows=True)


def many_sheets(chance: Chance) -> bytes:
    """A workbook of up to a million sheets, of which none is there, or all are the same."""
    count = chance.choice((1_000, 100_000, 1_000_000))
    target = chance.choice(("rId1", "rId99"))
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="{target}"/>' for n in range(1, count + 1))
    return a_book("", sheets=listed)


def entities(chance: Chance) -> bytes:
    """External and exploding entities in each of the parts."""
    lines = ['<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">']
    lines += [f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in zip("abcdefg", "bcdefgh", strict=True)]
    doctype = chance.choice(
        (
            f"<!DOCTYPE x [{''.join(lines)}]>",
            '<!DOCTYPE x [<!ENTITY h SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>',
        )
    )
    return a_book('<row r="1"><c r="A1" t="inlineStr"><is><t>title&h;</t></is></c></row>', True, doctype=doctype)


def wild_numbers(chance: Chance) -> bytes:
    """Numbers, dates, styles and addresses beyond all bounds."""
    values = ("1e400", "-1e308", "nan", "inf", "9" * 5_000, "1" * 400 + ".5", "2958466", "-1", "0x10", "1e-400", "")
    cells = "".join(
        f'<c r="{chance.choice(("A", "B", "ZZZ", ""))}{chance.choice((1, 2, 0, 10**9, ""))}"'
        f' s="{chance.choice((0, 1, 4_294_967_295, -1))}" t="{chance.choice(("n", "d", "b", "e", "s", "?"))}">'
        f"<v>{chance.choice(values)}</v></c>"
        for _ in range(200)
    )
    style = (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="4294967295"><numFmt numFmtId="164" formatCode="{"y" * 99_000}"/>'
    )
    style += '</numFmts><cellXfs count="-1"><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    return a_book(f"<row>{cells}</row>", whole_rows=True, more={"xl/styles.xml": style.encode()})


def long_strings(chance: Chance) -> bytes:
    """A cell of some megabytes, and the same shared string in ten thousand cells."""
    size = chance.choice((40_000, 3_000_000))
    shared = f'<sst xmlns="{_MAIN}"><si><t>{_noise(chance, size)}</t></si><si><t>title</t></si></sst>'
    used = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{int(n == 1)}</v></c></row>' for n in range(1, 10_001))
    return a_book(used, whole_rows=True, more={"xl/sharedStrings.xml": shared.encode()})


def swelling(chance: Chance) -> bytes:
    """A part that swells a thousandfold, or one whose size is a lie."""
    book = a_book(_cell("A1", "title") + "<c/>" * chance.choice((100_000, 3_000_000)))
    if chance.random() < 0.5:
        return book
    where = book.rindex(b"PK\x01\x02")
    return book[: where + 24] + struct.pack("<L", chance.choice((1, 2**31, 2**32 - 1))) + book[where + 28 :]


def honest_but_large(chance: Chance) -> bytes:
    """A sheet that somebody may have: it gives its rows."""
    rows = "".join(
        f'<row r="{n}">{_cell(f"A{n}", "title" if n == 1 else f"Breuken {n}")}'
        f"{_cell(f'B{n}', 'url' if n == 1 else f'https://example.org/{n}')}</row>"
        for n in range(1, chance.choice((50, 2_000)))
    )
    return a_book(rows, whole_rows=True)


def spoilt(chance: Chance) -> bytes:
    """One of the others with some bytes changed, or cut off."""
    data = bytearray(chance.choice((honest_but_large, lying_dimension, an_old_book, open_document))(chance))
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[: chance.randrange(len(data))] if chance.random() < 0.3 else data)


# OpenDocument.


def open_document(chance: Chance) -> bytes:
    """Cells and rows that are said to repeat up to two thousand million times."""
    times = chance.choice((1, 16_384, 1_048_576, 2_147_483_647, 2**64, -1))
    row_times = chance.choice((1, 1_048_576, 2_147_483_647))
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    cell = '<table:table-cell office:value-type="string"><text:p>title</text:p></table:table-cell>'
    repeated = cell.replace("<table:table-cell", f'<table:table-cell table:number-columns-repeated="{times}"')
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0"'
        f' xmlns:text="{office}text:1.0"><office:body><office:spreadsheet><table:table table:name="a">'
        f"<table:table-row>{cell}{cell}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="{row_times}">{repeated}</table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    listed = f'<manifest:manifest xmlns:manifest="{office}manifest:1.0"><manifest:file-entry manifest:full-path="/"'
    listed += f' manifest:media-type="{kind}"/></manifest:manifest>'
    parts = {"mimetype": kind.encode(), "META-INF/manifest.xml": listed.encode(), "content.xml": content.encode()}
    return _zip(parts)


# Old workbooks (XLS: BIFF8 in a compound file).


def an_old_book(chance: Chance) -> bytes:
    """A compound file with lying dimensions, string tables and far cells."""
    far = struct.pack("<HHHd", 65_535, 255, 0, 1.5)
    rows, columns = chance.choice((2, 65_536, 2**32 - 1)), chance.choice((2, 256, 65_535))
    sheet = [
        (0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 0)),
        (
            0x0200,
            struct.pack("<LLHHH", 0, rows, 0, columns, 0),
        ),
        (0x0204, struct.pack("<HHHHB", 0, 0, 0, 5, 0) + b"title"),
        (0x0203, chance.choice((struct.pack("<HHHd", 1, 0, 0, 7.0), far))),
        (0x00BE, struct.pack("<HH", 3, 0) + b"\0\0" * 255 + struct.pack("<H", chance.choice((254, 65_535)))),
        (0x00E5, struct.pack("<H", chance.choice((1, 1, 65_535))) + struct.pack("<HHHH", 0, 65_535, 0, 255)),
        (0x000A, b""),
    ]
    name = b"\x01\0a"
    counts = chance.choice((1, 2**31, 2**32 - 1)), chance.choice((1, 2**32 - 1))
    strings = struct.pack("<LL", *counts) + b"\x05\0\0title"
    parts = [
        (0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 0)),
        (0x00FC, strings),
    ]
    head = len(_records(parts)) + 4 + 6 + len(name) + 4
    parts += [(0x0085, struct.pack("<LH", head, 0) + name), (0x000A, b"")]
    return _compound("Workbook", _records(parts) + _records(sheet), chance)


# Text.


def giant_cell(chance: Chance) -> bytes:
    """A cell of some megabytes between two rows."""
    cell = _noise(chance, chance.choice((300_000, 3_000_000)))
    quote = chance.choice(("", '"'))
    rows = (
        "title,url",
        "a,https://example.org/a",
        f"{quote}{cell}{quote},https://example.org/b",
        "c,https://example.org/c",
    )
    return "\n".join(rows).encode()


def giant_row(chance: Chance) -> bytes:
    """A row of up to some million cells, as a header or below one."""
    wide = (chance.choice((",", "a,", ";;", "\t")) * chance.choice((5_000, 1_500_000))).encode()
    return wide + b"\n" if chance.random() < 0.3 else b"title,url\n" + wide + b"\nc,https://example.org/c\n"


def open_quote(chance: Chance) -> bytes:
    """A quote that is never closed, over many lines."""
    return b'title,url\n"a,https://example.org/a\n' + b"b,https://example.org/b\n" * chance.choice((10, 100_000))


def bars(chance: Chance) -> bytes:
    """A cell that parts into a hundred thousand values, and a row that goes on behind its end."""
    return (
        f"title,keywords,url\na,{'k|' * chance.choice((1_000, 120_000))},https://example.org/a\n"
        f"b,k,https://example.org/b{',x,y' * chance.choice((3, 4_000))}\n"
    ).encode()


def wild_text(chance: Chance) -> bytes:
    """Words, quotes, line breaks and bytes in no order, in several encodings."""
    parts = (*_WORDS, ",", ",", '"', "\n", "\r", "\r\n", ";", "\x00", "\ufeff", "\u202e", "title", "url", "id")
    text = "title,url,keywords\n" + "".join(chance.choice(parts) for _ in range(chance.choice((50, 5_000))))
    return text.encode(chance.choice(("utf-8", "utf-16", "utf-8", "utf-32", "utf-7")))


def a_book(
    cells: str, whole_rows: bool = False, *, dimension: str = "A1:B2", after: str = "", sheets: str = "",
    doctype: str = "", more: dict[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """A workbook of one sheet with these cells (or rows)."""
    rows = cells if whole_rows else f"<row>{cells}</row>"
    listed = sheets or '<sheet name="a" sheetId="1" r:id="rId1"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    relations = f'<Relationships xmlns="{package}/relationships">'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'{relations}<Relationship Id="rId1" Type="{_RELATION}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{doctype}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{relations}<Relationship Id="rId1" Type="{_RELATION}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{doctype}<worksheet xmlns="{_MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    return _zip({name: part.encode() for name, part in parts.items()} | (more or {}))


def _cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def _column(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _noise(chance: Chance, size: int) -> str:
    """Letters that a zip cannot make small."""
    return chance.randbytes(size // 2).hex()


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def _records(parts: list[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack("<HH", number, len(body)) + body for number, body in parts)


def _compound(name: str, stream: bytes, chance: Chance) -> bytes:
    """A compound file of one stream (MS-CFB), its header now and then lying about how much there is."""
    stream = stream.ljust(max(4_096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    lie = chance.choice((1, 1, 1, 2**31, 2**32 - 1))
    header = struct.pack(
        "<8s16xHHHHH6xLLLLLLLLLL", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, lie, 1, 0, 4_096, 2**32 - 2, 0, 2**32 - 2, 0, 0,
    )  # fmt: skip
    header += struct.pack("<108L", *([2**32 - 1] * 108))
    chain = [2**32 - 3, 2**32 - 2, *range(3, sectors + 2), 2**32 - 2]
    fat = struct.pack("<128L", *(chain + [2**32 - 1] * 128)[:128])

    def entry(called: str, kind: int, child: int, start: int, size: int) -> bytes:
        said = called.encode("utf-16-le")
        return struct.pack(
            "<64sHBBLLL16xL8x8xLQ", said, len(said) + 2, kind, 1, 2**32 - 1, 2**32 - 1, child, 0, start, size
        )

    folder = entry("Root Entry", 5, 1, 2**32 - 2, 0) + entry(name, 2, 2**32 - 1, 2, len(stream))
    return header[:512].ljust(512, b"\xff") + fat + folder.ljust(512, b"\0") + stream


MAKERS: Final[tuple[Callable[[Chance], bytes], ...]] = (
    far_corners, many_far_cells, lying_strings, lying_dimension, merged_ranges, deep_markup, many_sheets, entities,
    wild_numbers, long_strings, swelling, honest_but_large, spoilt, open_document, an_old_book, giant_cell, giant_row,
    open_quote, bars, wild_text,
)  # fmt: skip
