"""The bytes of an answer: stored bytes joined, strangers' text escaped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from provider import response
from provider.errors import BadArgument, NoRecordsMatch
from repository.published import Row
from schemas.namespaces import OAI
from tests.support.fakes import a_context, a_header

URI = etree.XMLSchema(
    etree.fromstring(
        '<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="a"><complexType>'
        '<attribute name="u" type="anyURI"/></complexType></element></schema>'
    )
)
xml_text = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")))


def test_response_date_is_one_second_after_w() -> None:
    root = etree.fromstring(response.document("http://x/oai", 1_795_000_000, {}, [b"<Identify/>"]))

    assert root.findtext(f"{{{OAI}}}responseDate") == "2026-11-18T11:06:41Z"


@given(xml_text)
def test_arguments_come_back_as_attributes_whatever_they_hold(value: str) -> None:
    given_ = {"verb": "ListRecords", "resumptionToken": value}

    root = etree.fromstring(response.document("http://x/oai", 0, given_, []))

    request = root.find(f"{{{OAI}}}request")
    assert request is not None
    assert dict(request.attrib) == given_
    assert request.text == "http://x/oai"


@given(xml_text.filter(bool) | st.text("%[]:#/?@a1.\\~ \"'<>&é", min_size=1, max_size=12))
def test_an_identifier_is_repeated_only_if_the_schema_takes_it(identifier: str) -> None:
    root = etree.fromstring(response.document("http://x/oai", 0, {"identifier": identifier}, []))

    request = root.find(f"{{{OAI}}}request")
    assert request is not None
    if "identifier" in request.attrib:
        assert request.get("identifier") == identifier
        assert URI.validate(etree.Element("a", u=identifier))


def test_ordinary_identifiers_are_repeated() -> None:
    for identifier in ("oai:x:1", "nope", 'a"b&c<d>ü', "http://x.example/a?b=c&d", "urn:isbn:1", "oai:x:a b/%20c"):
        document = response.document("http://x/oai", 0, {"identifier": identifier}, [])
        assert etree.fromstring(document)[1].get("identifier") == identifier


@given(xml_text)
def test_messages_are_escaped(message: str) -> None:
    document = response.document("http://x/oai", 0, {}, response.errors([BadArgument(message), NoRecordsMatch("b")]))

    found = etree.fromstring(document).findall(f"{{{OAI}}}error")
    assert [error.get("code") for error in found] == ["badArgument", "noRecordsMatch"]
    assert (found[0].text or "") == message


def test_a_record_holds_its_stored_bytes() -> None:
    row = Row(1, False, a_header(1), b"<about>a</about>", b"<dc/>")

    record = b"".join(response.records(a_context(), [row]))

    assert record == b"<record>" + a_header(1) + b"<metadata><dc/></metadata><about>a</about></record>"


def test_a_deleted_record_has_a_header_and_nothing_else() -> None:
    deleted = a_header(1).replace(b"<header>", b'<header status="deleted">')
    everywhere = Row(1, True, deleted, b"", None)
    here = Row(1, True, a_header(1), b"<about>a</about>", None)

    for row in (everywhere, here):
        assert b"".join(response.records(a_context(), [row])) == b"<record>" + deleted + b"</record>"
        assert response.headers(a_context(), [row]) == [deleted]


def test_a_context_gives_out_the_sets_it_offers() -> None:
    context = a_context("part", families=frozenset({"subject", "open"}))
    header = a_header(1, specs=("open", "source:x", "subject:a:b"))

    [given_] = response.headers(context, [Row(1, False, header, b"", None)])
    record = b"".join(response.records(context, [Row(1, False, header, b"", b"<dc/>")]))

    assert given_ == a_header(1, specs=("open", "subject:a:b"))
    assert given_ in record


def test_a_live_row_without_bytes_is_not_to_be_had_and_does_not_break_the_page() -> None:
    rows = [Row(1, False, a_header(1), b"", None), Row(2, False, a_header(2), b"", b"<dc/>")]

    without, whole = b"".join(response.records(a_context(), rows)).split(b"</record>", 1)

    assert b'<header status="deleted">' in without
    assert b"<metadata><dc/></metadata>" in whole


def test_a_token_has_no_other_attributes_than_the_schema_knows() -> None:
    assert response.token("abc", 5, 2) == b'<resumptionToken completeListSize="5" cursor="2">abc</resumptionToken>'
    assert response.token("", 5, 4) == b'<resumptionToken completeListSize="5" cursor="4"/>'
