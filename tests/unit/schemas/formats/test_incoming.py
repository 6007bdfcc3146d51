"""What comes in is known by its content; every record and every break is one delivery with its place."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import UnknownFormat
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from schemas.formats.incoming.incoming import Incoming
from tests.unit.schemas.formats.test_archive import a_zip
from tests.unit.schemas.formats.test_imscp import a_manifest
from tests.unit.schemas.formats.test_table import a_workbook

LOM = '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string>Breuken</string></title></general></lom>'
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Breuken</dc:title></oai_dc:dc>'
)
IMSMD = (
    '<lom xmlns="http://www.imsglobal.org/xsd/imsmd_v1p2"><general>'
    "<title><langstring>Breuken</langstring></title></general></lom>"
)
AMB = b'{"@context": "https://w3id.org/kim/amb/context.jsonld", "id": "urn:a", "type": ["LearningResource"]}'
TREE = b'{"general": {"title": [{"lang": "nl", "value": "Breuken"}]}}'
CSV = b"title,url\nBreuken,https://example.org/a\n"


def found(data: bytes | str, **how: object) -> list[Delivery]:
    source = data.encode() if isinstance(data, str) else data
    return list(incoming.deliveries(source, Incoming("x", **how)))  # type: ignore[arg-type]


def told(data: bytes | str, **how: object) -> list[tuple[str, str | None]]:
    """(place, code) of every delivery; the code of a record that was read is None."""
    return [(one.place, one.problems[0].code if one.reading is None and not one.deleted else None) for one in
            found(data, **how)]  # fmt: skip


def sentence(data: bytes | str, **how: object) -> str:
    (one,) = found(data, **how)
    assert one.reading is None
    return one.problems[0].message


def a_response(*records: str, verb: str = "ListRecords") -> str:
    inner = f"<{verb}>{''.join(records)}</{verb}>" if records else ""
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2024-01-01T00:00:00Z</responseDate>'
        f'<request verb="{verb}">https://oai.example/oai</request>{inner}</OAI-PMH>'
    )


def a_record(metadata: str = LOM, *, key: str = "oai:x:1", status: str = "", about: str = "") -> str:
    deleted = f' status="{status}"' if status else ""
    header = f"<header{deleted}><identifier>{key}</identifier><datestamp>2024-01-01</datestamp><setSpec>a</setSpec>"
    return f"<record>{header}</header>{f'<metadata>{metadata}</metadata>' if metadata else ''}{about}</record>"


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (LOM, "lom"),
        (IMSMD, "imsmd"),
        (DC, "oai_dc"),
        (AMB, "amb"),
        (TREE, "jsonl"),
        (CSV, "csv"),
        (CSV.replace(b",", b"\t"), "csv"),
        (a_workbook(["title", "url"], ["a", "https://example.org/a"]), "xlsx"),
        (a_manifest(f"<metadata>{LOM}</metadata>"), "imscp"),
        (a_zip(("imsmanifest.xml", a_manifest(f"<metadata>{LOM}</metadata>"))), "imscp"),
        (b"\xef\xbb\xbf" + LOM.encode(), "lom"),
        (LOM.encode("utf-16"), "lom"),
        (TREE.decode().encode("utf-16"), "jsonl"),
        ("<!-- c --><?xml-stylesheet href='x'?>\n" + LOM, "lom"),
        (b'<html><script type="application/ld+json">' + AMB + b"</script></html>", "amb"),
    ],
)
def test_a_kind_is_known_by_its_content(data: bytes | str, format_: str) -> None:
    (one,) = found(data)

    assert one.format == format_
    assert one.reading is not None


@pytest.mark.parametrize(
    "wrapper",
    ["<records>{}</records>", "<list><part>{}</part></list>", '<x:list xmlns:x="urn:x">{}</x:list>'],
)
def test_records_in_a_wrapper_of_any_name_are_found(wrapper: str) -> None:
    assert told(wrapper.format(LOM + DC + IMSMD)) == [("record 1", None), ("record 2", None), ("record 3", None)]


def test_a_response_gives_its_records_with_their_headers() -> None:
    (one,) = found(a_response(a_record()))

    assert (one.identifier, one.datestamp, one.sets, one.base_url) == (
        "oai:x:1",
        "2024-01-01",
        ("a",),
        "https://oai.example/oai",
    )


def test_a_deleted_header_deletes() -> None:
    (one,) = found(a_response(a_record("", status="deleted")))

    assert one.deleted
    assert one.identifier == "oai:x:1"


def test_provenance_comes_with_the_record() -> None:
    about = '<about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance"><originDescription/></provenance></about>'
    (one,) = found(a_response(a_record(about=about)))

    assert one.provenance is not None
    assert one.provenance.startswith(b"<provenance")


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (a_record(""), "no_metadata"),
        (a_record("<recipe/>"), "unknown_format"),
        (a_record("", status="deleted", key=""), "no_identity"),
    ],
)
def test_a_record_that_cannot_be_read_is_its_own_reject(record: str, code: str) -> None:
    assert told(a_response(a_record(), record, a_record(key="oai:x:3"))) == [
        ("record 1", None),
        ("record 2", code),
        ("record 3", None),
    ]


def test_an_error_of_a_provider_is_told_in_its_words() -> None:
    data = a_response().replace("</OAI-PMH>", '<error code="badArgument">No such set</error></OAI-PMH>')

    assert sentence(data) == "The provider answered with badArgument: No such set"


def test_a_response_without_records_says_so() -> None:
    assert sentence(a_response(verb="Identify")) == "The OAI-PMH response to Identify holds no records."


def test_an_sru_response_gives_its_records() -> None:
    spaces = 'xmlns="http://www.loc.gov/zing/srw/"'
    records = "".join(
        f"<record><recordData>{data}</recordData><recordIdentifier>k{n}</recordIdentifier></record>"
        for n, data in enumerate((IMSMD, LOM.replace("<", "&lt;")), 1)
    )
    data = f"<searchRetrieveResponse {spaces}><records>{records}</records></searchRetrieveResponse>"

    assert [(one.identifier, one.format) for one in found(data)] == [("k1", "imsmd"), ("k2", "lom")]


@pytest.mark.parametrize("cut", [10, 40, 100])
def test_of_a_document_cut_off_the_complete_records_come_first(cut: int) -> None:
    whole = a_response(*(a_record(key=f"oai:x:{n}") for n in range(3)))
    end = whole.index("oai:x:2") + cut

    assert told(whole[:end]) == [("record 1", None), ("record 2", None), ("line 1", "truncated")]


def test_of_lines_cut_off_the_complete_ones_come_first() -> None:
    assert told(TREE + b"\n" + TREE + b"\n" + TREE[:20]) == [
        ("line 1", None),
        ("line 2", None),
        ("line 3", "truncated"),
    ]


def test_a_bad_line_is_its_own_reject() -> None:
    lines = b"\n".join((TREE, b"{nonsense", b'{"x": 1}', b"", AMB, b"[1]"))

    assert told(lines) == [
        ("line 1", None),
        ("line 2", "not_json"),
        ("line 3", "unknown_format"),
        ("line 5", None),
        ("line 6", "unknown_format"),
    ]


def test_a_list_of_json_gives_each_entry() -> None:
    data = b'[{"@context": "https://schema.org", "@type": "Course", "name": "a"}, {"x": 1}, ' + AMB + b"]"

    assert told(data) == [("record 1", None), ("record 2", "unknown_format"), ("record 3", None)]


def test_a_script_that_is_broken_does_not_spoil_the_page() -> None:
    script = '<script type="application/ld+json">%s</script>'
    page = f"<html>{script % '{oops'}{script % AMB.decode()}</html>"

    assert told(page) == [("file", None), ("script 1", "not_json")]


def test_an_archive_gives_the_records_of_its_files_with_their_names() -> None:
    data = a_zip(
        ("a.xml", f"<records>{LOM}{LOM}</records>".encode()),
        ("b/c.csv", CSV),
        ("__MACOSX/._a.xml", b"rubbish"),
        ("b/.DS_Store", b"rubbish"),
        ("d.txt", b"just words"),
        ("e.zip", a_zip(("x.xml", LOM.encode()))),
    )

    assert told(data) == [
        ("a.xml: record 1", None),
        ("a.xml: record 2", None),
        ("b/c.csv: line 2", None),
        ("d.txt", "unknown_format"),
        ("e.zip", "nested_archive"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \n\t", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"just words", "unknown_format"),
        (b"<html><body>hello</body></html>", "unknown_format"),
        (b'<rdf:RDF xmlns:rdf="urn:r"/>', "unknown_format"),
        (b"<recipe/>", "unknown_format"),
        (b"<records/>", "no_records"),
        (b'{"a": 1}', "unknown_format"),
        (b"[]", "no_records"),
        (b"{", "truncated"),
        (b'{"a" 1}', "not_json"),
        (b"<lom", "truncated"),
        (b"<lom>&nbsp;</lom>", "not_xml"),
        (gzip.compress(LOM.encode()), "unknown_format"),
        (a_zip(), "no_records"),
        (a_zip(("../x", b"")), "unsafe_archive"),
        (b'<!DOCTYPE lom [<!ENTITY a "b">]><lom>&a;</lom>', "doctype"),
        (b'<?xml version="1.0" encoding="UTF-7"?><lom/>', "unsupported_encoding"),
        (b'<?xml version="1.0" encoding="klingon"?><lom/>', "unsupported_encoding"),
        (b"<lom>\xff</lom>", "wrong_encoding"),
        (b"<lom>\x01</lom>", "illegal_character"),
        (b'{"a":' * 10_000, "too_deep"),
        (b"[" * 10_000, "too_deep"),
        (b'<lom xmlns="x"><a>' + b"<a>" * 10_000, "too_deep"),
    ],
)
def test_what_cannot_be_read_is_one_reject_and_one_sentence(data: bytes, code: str) -> None:
    (one,) = found(data)

    assert one.problems[0].code == code
    assert one.place
    message = one.problems[0].message
    assert message[0].isupper()
    assert message.endswith(".")
    assert "\n" not in message


def test_salvage_mends_and_tells() -> None:
    (one,) = found(LOM.replace("Breuken", "Breu\x01ken"), salvage=True)

    assert one.reading is not None
    assert [repair.rule for repair in one.reading.repairs] == ["illegal_character"]


@pytest.mark.parametrize("format_", incoming.FORMATS)
def test_a_format_asked_for_never_breaks_over_another_kind(format_: str) -> None:
    for data in (LOM, DC, AMB, TREE, CSV, b"words", a_zip(("a.xml", LOM.encode())), a_workbook(["title"], ["a"])):
        assert all(place for place, _ in told(data, format=format_))


def test_an_unknown_format_is_an_error_of_whoever_asks() -> None:
    with pytest.raises(UnknownFormat, match="There is no format marc to read; there are auto, lom"):
        found(LOM, format="marc")


_STARTS = [b"<", b"<lom", b"{", b"[", b"<?xml ", b"title,url\n", b"PK\x03\x04", b"\xff\xfe", b"\x1f\x8b", b"<records>"]


@given(st.sampled_from(_STARTS), st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_bytes_however_odd_break_the_door(start: bytes, rest: bytes) -> None:
    deliveries = found(start + rest)

    assert deliveries
    assert all(one.place and (one.reading is not None or one.problems) for one in deliveries)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_document_with_damage_anywhere_never_breaks_the_door(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([a_response(a_record(), a_record(DC)), LOM, AMB.decode(), CSV.decode()])).encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 40)) :]

    assert all(one.place for one in found(damaged, salvage=data.draw(st.booleans())))
