"""Pages: strict first, mended record by record after that, never half of one."""

from __future__ import annotations

import pytest

from harvest.walks.oai import page as pages
from harvest.walks.oai import page_mending
from harvest.walks.oai.page import Header
from schemas.errors import Unreadable
from schemas.formats.incoming.xml_kinds import Wish
from schemas.vocabularies.vocabularies import shipped
from tests.zoo.provider import LOM, Provider, kept

WISH = Wish(shipped(), None, salvage=True)
LIST = {"verb": "ListRecords", "metadataPrefix": "lom"}


def _page(**records: str) -> bytes:
    """A page of records with this metadata; `good` gives a good one."""
    made = {name: kept(n, metadata=None if text == "good" else text) for n, (name, text) in enumerate(records.items())}
    return Provider(records=made).answer(LIST).body


def test_a_page_says_what_it_says() -> None:
    page = pages.read(Provider(base="http://zoo.example/oai").answer(LIST).body)

    assert page.said == pages.Said("2026-11-25T12:00:00Z", "http://zoo.example/oai", (), "10||", 25, 10)


def test_its_records_have_identifiers_datestamps_and_trees() -> None:
    first = next(iter(pages.read(Provider().answer(LIST).body).deliveries(WISH)))

    assert (first.identifier, first.datestamp, first.format) == ("oai:zoo:0", "2026-03-01T10:00:00Z", "lom")
    assert first.reading is not None
    assert first.source_bytes.startswith(b"<lom")


def test_headers_are_those_of_the_records() -> None:
    provider = Provider(records={"a": kept(1), "b": kept(2, deleted=True)})
    for verb in ("ListRecords", "ListIdentifiers"):
        page = pages.read(provider.answer({"verb": verb}).body)
        assert list(page.headers()) == [
            Header("oai:zoo:1", "2026-03-01T10:01:00Z", deleted=False),
            Header("oai:zoo:2", "2026-03-01T10:02:00Z", deleted=True),
        ]


def test_errors_come_with_their_sentences() -> None:
    page = pages.read(Provider(records={}).answer(LIST).body)

    assert page.said.errors == (("noRecordsMatch", ""),)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_page_that_is_cut_off_is_no_page(share: float) -> None:
    body = Provider().answer(LIST).body
    half = body[: int(len(body) * share)]

    with pytest.raises(Unreadable):
        pages.read(half)
    with pytest.raises(Unreadable) as refused:
        page_mending.mend(half)
    assert refused.value.code == "truncated"


def test_a_large_page_is_read_like_a_small_one() -> None:
    body = Provider().answer(LIST).body
    small = pages.read(body)
    large = pages.read(body, small_bytes=10)

    assert large.said == small.said
    assert list(large.headers()) == list(small.headers())
    assert list(large.deliveries(WISH)) == list(small.deliveries(WISH))


def test_a_large_page_that_is_cut_off_is_no_page() -> None:
    body = Provider().answer(LIST).body

    with pytest.raises(Unreadable):
        pages.read(body[:-12], small_bytes=10)


def test_one_bad_record_costs_no_more_than_itself() -> None:
    body = _page(a="good", b=f'<lom xmlns="{LOM}"><general></lom>', c="good")

    found = list(page_mending.mend(body).deliveries(WISH))

    assert [each.reading is not None for each in found] == [True, False, True]
    bad = found[1]
    assert (bad.identifier, bad.problems[0].code) == ("oai:zoo:1", "not_xml")
    assert bad.source_bytes.startswith(b"<record><header><identifier>oai:zoo:1<")
    assert b"</record>" in bad.source_bytes
    assert "starts at byte" in bad.problems[0].message


def test_what_is_mended_is_told_with_its_line_in_the_page() -> None:
    title = f'<lom xmlns="{LOM}"><general><title>\n<string language="nl">a\x07b</string></title></general></lom>'
    body = _page(a="good", b=title)

    mended = list(page_mending.mend(body).deliveries(WISH))[1]

    assert mended.reading is not None
    repair = mended.reading.repairs[0]
    line = body[: body.index(b"\x07")].count(b"\n") + 1
    assert (repair.rule, repair.path) == ("illegal_character", f"line {line}")


def test_the_frame_of_a_page_must_be_whole() -> None:
    body = _page(a=f'<lom xmlns="{LOM}"><general></lom>').replace(b"</ListRecords>", b"</ListRecord>")

    with pytest.raises(Unreadable):
        page_mending.mend(body)


def test_records_whose_tags_do_not_pair_are_not_cut() -> None:
    body = _page(a="good", b="good").replace(b"</record>", b"", 1)

    with pytest.raises(Unreadable, match="do not pair"):
        page_mending.mend(body)


def test_a_token_of_ten_thousand_characters_is_refused() -> None:
    body = Provider().answer(LIST).body.replace(b"10||", b"x" * 10_000)

    with pytest.raises(Unreadable) as refused:
        pages.read(body)
    assert refused.value.code == "token_too_long"


def test_a_page_for_people_is_no_oai_pmh() -> None:
    for body in (b"<html><body/></html>", b"<!DOCTYPE html><html><br></html>"):
        with pytest.raises(Unreadable) as refused:
            pages.read(body)
        assert refused.value.code == "not_oai_pmh"
