"""The hardened reader: what it refuses and how it says so, what it mends, and the gate of the writers."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from schemas.errors import Repair, Unreadable
from schemas.xml import reader as xml


def refusal(document: bytes, *, salvage: bool = False) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        xml.parse(document, salvage=salvage)
    return caught.value


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
PARAMETER = b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd">%x;]><a/>'

ZOO = {
    "billion laughs": (LAUGHS, "doctype"),
    "external entity": (EXTERNAL, "doctype"),
    "parameter entity": (PARAMETER, "doctype"),
    "external subset": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "doctype"),
    "doctype in lower case": (b"<!doctype html><html/>", "doctype"),
    "doctype after a comment": (b"<!-- x --><?p q?>\n<!DOCTYPE a><a/>", "doctype"),
    "doctype in UTF-16": ("<!DOCTYPE a><a/>".encode("utf-16"), "doctype"),
    "doctype in UTF-16 without a mark": ("<!DOCTYPE a><a/>".encode("utf-16-be"), "doctype"),
    "UTF-7 declared": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "unsupported_encoding"),
    "UTF-7 not declared": (b"+ADw-a/+AD4-", "not_xml"),
    "UTF-32": ("<a/>".encode("utf-32"), "unsupported_encoding"),
    "EBCDIC": ('<?xml version="1.0"?><a/>'.encode("cp037"), "unsupported_encoding"),
    "another encoding": (b'<?xml version="1.0" encoding="Shift_JIS"?><a/>', "unsupported_encoding"),
    "nothing": (b"", "empty_file"),
    "blanks only": (b" \n\t", "empty_file"),
    "a mark only": (b"\xef\xbb\xbf", "empty_file"),
    "no XML": (b"PK\x03\x04 not at all", "not_xml"),
    "two roots": (b"<a/><b/>", "not_xml"),
    "an attribute twice": (b'<a b="1" b="2"/>', "not_xml"),
    "crossed tags": (b"<a><b></a></b>", "not_xml"),
    "an undefined entity": (b"<a>&nbsp;</a>", "not_xml"),
    "a bare ampersand": (b"<a>x & y</a>", "not_xml"),
    "a late declaration": (b'\n<?xml version="1.0"?><a/>', "not_xml"),
    "a control character": (b"<a>\n\x08</a>", "illegal_character"),
    "a reference to one": (b"<a>&#8;</a>", "illegal_character"),
    "NUL": (b"<a>\x00</a>", "illegal_character"),
    "U+FFFF": (b"<a>\xef\xbf\xbf</a>", "illegal_character"),
    "a wrong byte": (b"<a>\n\xe9</a>", "wrong_encoding"),
    "an overlong byte": (b"<a>\xc0\x80</a>", "wrong_encoding"),
    "an encoded surrogate": (b"<a>\xed\xa0\x80</a>", "wrong_encoding"),
    "UTF-16 that is not": (b'<?xml version="1.0" encoding="UTF-16"?><a>x</a>', "wrong_encoding"),
    "cut off in text": (b"<a><b>text", "truncated"),
    "cut off in a tag": (b"<a><b", "truncated"),
    "cut off in a character": (b"<a>abc\xc3", "truncated"),
    "cut off in CDATA": (b"<a><![CDATA[x", "truncated"),
    "cut off in a comment": (b"<a><!-- x", "truncated"),
    "cut off in an attribute": (b'<a b="' + b"x" * 1_000_000, "truncated"),
    "deep": (b"<a>" * 100_000, "too_deep"),
    "deep and closed": (b"<a>" * 300 + b"</a>" * 300, "too_deep"),
    "wide": (b"<a>" + b"<b/>" * 30_000 + b"</a>", "too_many_elements"),
    "large": (b"<a>" + b"x" * (2 * 1024 * 1024) + b"</a>", "too_large"),
    "angles": (b"<" * 1_000_000, "not_xml"),
    "ampersands": (b"<a>" + b"&" * 1_000_000 + b"</a>", "not_xml"),
    "openers": (b"<a>" + b"<![CDATA[" * 200_000, "truncated"),
    "comments": (b"<!--" * 500_000, "not_xml"),
    "high bytes": (b"\x80" * 1_000_000, "wrong_encoding"),
}


@pytest.mark.parametrize("name", ZOO)
def test_a_hostile_document_is_refused_in_time(name: str) -> None:
    document, code = ZOO[name]
    start = time.process_time()

    error = refusal(document)

    assert error.code == code
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", ZOO)
def test_salvage_of_a_hostile_document_ends_in_time(name: str) -> None:
    start = time.process_time()
    try:
        xml.parse(ZOO[name][0], salvage=True)
    except Unreadable as error:
        assert error.code  # refused all the same
    assert time.process_time() - start < 2


_CAGE = """
import resource, sys
from schemas.xml import reader as xml
from schemas.errors import Unreadable
from tests.unit.schemas.test_xml import PAGES, ZOO

held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 256 * 1024 * 1024,) * 2)
for name, (document, _) in ZOO.items():
    for salvage in (False, True):
        try:
            xml.parse(document, salvage=salvage)
        except Unreadable:
            pass
        except MemoryError:
            sys.exit(f"{name} took more than 256 MB")
for name, make in PAGES.items():
    page = make()
    try:
        for piece in xml.records(page, ("record",)):
            pass
    except Unreadable:
        pass
    except MemoryError:
        sys.exit(f"a page of {name} took more than 256 MB")
    del page
"""

PAGES = {
    "many records": lambda: b"<l>" + b"<record><t>x</t></record>" * 100_000 + b"</l>",
    "one record without an end": lambda: b"<l><record>" + b"<t>x</t>" * 1_000_000,
    "wide letters": lambda: b"<l>" + f"<record>{'😀' * 1000}</record>".encode() * 8_000 + b"</l>",
    "a wrong byte at its end": lambda: b"<l>" + b"<record/>" * 100_000 + b"\xff</l>",
    "no record": lambda: b"<l>" + b"<t/>" * 10_000_000 + b"</l>",
    "text only": lambda: b"<l>" + b"x" * 40_000_000 + b"</l>",
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the memory of a process is read from /proc")
def test_no_hostile_document_takes_more_than_256_mb() -> None:
    done = subprocess.run([sys.executable, "-c", _CAGE], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_no_document_makes_the_reader_call_anybody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x".encode()
        for document in (
            b'<!DOCTYPE a SYSTEM "%s"><a/>' % address,
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "%s">]><a>&x;</a>' % address,
            b'<?xml-stylesheet href="%s"?><a/>' % address,
            b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="%s"/></a>' % address,
            b'<a xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="urn:a %s"/>' % address,
        ):
            for salvage in (False, True):
                with contextlib.suppress(Unreadable):
                    xml.parse(document, salvage=salvage)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("name", ZOO)
def test_the_sentence_is_one_line_without_the_parsers_words(name: str) -> None:
    message = refusal(ZOO[name][0]).message

    assert "\n" not in message
    assert message.endswith(".")
    assert "(<string>" not in message


@pytest.mark.parametrize(
    ("document", "message", "place"),
    [
        (b"<a>\n\xe9</a>", "Byte 0xE9 at position 5 (line 2) is not valid UTF-8.", "line 2"),
        (b"<a>\n\n\x08</a>", "Character U+0008 on line 3 is not allowed in XML.", "line 3"),
        (b"<a>\n<b>", "The file breaks off at byte 7 (line 2).", "line 2"),
    ],
)
def test_the_sentence_names_the_byte_and_its_line(document: bytes, message: str, place: str) -> None:
    error = refusal(document)

    assert (error.message, error.place) == (message, place)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_read(codec: str) -> None:
    assert xml.parse("<a>é€</a>".encode(codec)).root.text == "é€"


@pytest.mark.parametrize(
    ("declared", "codec"), [("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("UTF-16", "utf-16")]
)
def test_declared_encodings_are_read(declared: str, codec: str) -> None:
    assert xml.parse(f'<?xml version="1.0" encoding="{declared}"?><a>é</a>'.encode(codec)).root.text == "é"


def test_a_doctype_in_a_comment_or_in_cdata_is_no_doctype() -> None:
    assert xml.parse(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE html>]]></a>").root.text == "<!DOCTYPE html>"


def test_comments_and_instructions_are_left_out() -> None:
    root = xml.parse(b"<?x y?><a>one <!-- two -->three<?z?></a>").root

    assert root.text == "one three"
    assert len(root) == 0


def test_salvage_strips_illegal_characters_and_tells_the_line() -> None:
    parsed = xml.parse(b"<a>\nx\x08y&#8;</a>", salvage=True)

    assert parsed.root.text == "\nxy"
    assert [(r.path, r.rule, r.before) for r in parsed.repairs] == [
        ("line 2", "illegal_character", "\\x08"),
        ("line 2", "illegal_character", "&#8;"),
    ]


def test_salvage_reads_wrong_bytes_as_windows_1252() -> None:
    parsed = xml.parse("<a>é</a>".encode() + b"", salvage=True)
    mended = xml.parse(b"<a>caf\xe9 \x93caf\xc3\xa9\x94</a>", salvage=True)

    assert parsed.repairs == ()
    assert mended.root.text == "café “café”"
    assert mended.repairs == (Repair("line 1", "wrong_encoding", "\\xe9 \\x93 \\x94", "é “ ”"),)


def test_salvage_writes_out_ampersands_and_entities_but_not_in_cdata() -> None:
    parsed = xml.parse(b"<a>R&D &eacute; &amp; &#233; <![CDATA[R&D &nbsp;]]></a>", salvage=True)

    assert parsed.root.text == "R&D é & é R&D &nbsp;"
    assert [r.rule for r in parsed.repairs] == ["bare_ampersand"]


@pytest.mark.parametrize("before", ["\n", "  ", "<!-- x -->\n", "<!-- x -->"])
def test_salvage_takes_away_what_stands_before_the_declaration(before: str) -> None:
    parsed = xml.parse(f'{before}<?xml version="1.0" encoding="UTF-8"?><a/>'.encode(), salvage=True)

    assert [r.rule for r in parsed.repairs] == ["before_declaration"]


def test_salvage_does_not_complete_a_document_cut_off() -> None:
    assert refusal(b"<a><b>x</b>", salvage=True).code == "truncated"


def test_a_namespace_name_with_a_blank_is_mended_without_salvage() -> None:
    parsed = xml.parse(b'<a xmlns=" http://ltsc.ieee.org/xsd/LOM "/>')

    assert parsed.root.tag == "{http://ltsc.ieee.org/xsd/LOM}a"
    assert [r.rule for r in parsed.repairs] == ["namespace_name"]


def container(*records: bytes) -> bytes:
    return b'<list xmlns:x="urn:x">\n' + b"\n".join(b"<x:record>%s</x:record>" % r for r in records) + b"\n</list>"


def texts(document: bytes, *, salvage: bool = False) -> list[str]:
    """What comes out: the texts of the records, or the code of a break."""
    pieces = xml.records(document, ("record",), salvage=salvage)
    return [p.broken.code if p.broken else str(p.element.text if p.element is not None else None) for p in pieces]


def test_records_come_one_by_one_with_their_lines() -> None:
    found = [(p.number, p.line) for p in xml.records(container(b"a", b"b"), ("record",))]

    assert found == [(1, 2), (2, 3)]


def test_complete_records_come_before_the_break_of_a_file_cut_off() -> None:
    document = container(b"one", b"two", b"three")

    assert texts(document[: document.index(b"ree")]) == ["one", "two", "truncated"]
    assert texts(document[: document.index(b"\n</list>")]) == ["one", "two", "three", "truncated"]


def test_a_record_within_a_record_is_part_of_it() -> None:
    assert len(list(xml.records(container(b"<record>x</record>"), ("record",)))) == 1


def test_an_illegal_character_ends_the_stream_unless_salvaged() -> None:
    document = container(b"one", b"t\x08wo", b"three")

    assert texts(document) == ["one", "illegal_character"]
    assert texts(document, salvage=True) == ["one", "two", "three"]


def test_a_mend_in_a_stream_goes_to_the_record_it_was_made_in() -> None:
    document = container(b"one", b"t\x08wo", b"caf\xe9")

    repairs = [[r.rule for r in p.repairs] for p in xml.records(document, ("record",), salvage=True)]

    assert repairs == [[], ["illegal_character"], ["wrong_encoding"]]


def test_a_character_across_two_pieces_of_a_page_is_whole() -> None:
    document = container(b"x" * 65_501, "é€😀".encode() * 30_000)

    assert [len(text) for text in texts(document)] == [65_501, 90_000]


def test_a_wrong_byte_ends_the_stream_and_is_named() -> None:
    pieces = list(xml.records(container(b"one", b"caf\xe9", b"three"), ("record",)))

    assert [p.broken.message if p.broken else None for p in pieces] == [
        None,
        "Byte 0xE9 at position 62 (line 3) is not valid UTF-8.",
    ]


def test_a_record_with_too_many_elements_does_not_end_the_stream() -> None:
    document = container(b"one", b"<b/>" * 20_001, b"three")

    assert texts(document) == ["one", "too_many_elements", "three"]


@pytest.mark.parametrize("inner", [b"<b>x</b>" * 500_000, b"<b><c/></b>" * 500_000, b"<b><c>" + b"<d/>x" * 900_000])
def test_a_record_that_is_too_large_does_not_end_the_stream(inner: bytes) -> None:
    if inner.startswith(b"<b><c><d/>"):
        inner += b"</c></b>"

    assert texts(container(b"one", inner, b"three")) == ["one", "too_large", "three"]


def test_a_container_without_a_record_for_long_is_given_up() -> None:
    document = b"<list>" + b"<x/>" * 1_000_000 + b"<record>one</record></list>"

    assert texts(document) == ["no_records"]


def test_records_of_a_document_with_a_doctype_are_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        list(xml.records(b"<!DOCTYPE a>" + container(b"x"), ("record",)))

    assert caught.value.code == "doctype"


ANY_TEXT = st.text(st.characters(codec=None, categories=None))


@given(ANY_TEXT)
def test_escaped_text_reads_back_as_what_the_gate_lets_through(text: str) -> None:
    document = xml.encode(f'<a b="{xml.escape_attribute(text)}">{xml.escape(text)}</a>')

    root = xml.parse(document).root

    assert (root.text or "") == xml.gate(text)
    assert root.get("b") == xml.gate(text)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_refusing(data: bytes) -> None:
    for salvage in (False, True):
        try:
            assert isinstance(xml.parse(b"<a>" + data + b"</a>", salvage=salvage).root, etree._Element)
        except Unreadable as error:
            assert error.message
