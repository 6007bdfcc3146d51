"""Arguments, from raw bytes: what OAI-PMH 2.0, 3.1.1, 3.3.1 and 3.6 let pass, and the name of every mistake."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.arguments import RULES, Arguments, names, read
from provider.errors import Refused

LIST = b"verb=ListRecords&metadataPrefix=oai_dc"


def mistakes(query: bytes, body: bytes = b"") -> list[str]:
    try:
        read(query, body)
    except Refused as refused:
        return [error.code for error in refused.errors]
    return []


@pytest.mark.parametrize(
    "query",
    [
        b"verb=Identify",
        b"verb=ListMetadataFormats",
        b"verb=ListMetadataFormats&identifier=oai:x:1",
        b"verb=ListSets",
        b"verb=ListSets&resumptionToken=a",
        b"verb=GetRecord&identifier=oai:x:1&metadataPrefix=lom",
        b"verb=ListIdentifiers&metadataPrefix=lom",
        LIST + b"&from=2020-01-01&until=2020-01-31&set=subject:mathematics",
        LIST + b"&from=2020-01-01T00:00:00Z&until=2020-01-01T00:00:00Z",
        LIST + b"&from=2020-01-01&until=2020-01-01",
        b"verb=ListRecords&resumptionToken=a.b-c_d~e",
        b"&&verb=Identify&",
    ],
)
def test_lawful_requests_pass(query: bytes) -> None:
    assert isinstance(read(query), Arguments)


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"verb=",
        b"verb",
        b"verb=Nope",
        b"verb=identify",
        b"verb=Identify&verb=Identify",
        b"verb=Identify&verb=ListSets",
        b"Verb=Identify",
        b"verb=Identify%20",
        b"metadataPrefix=oai_dc",
        b"verb=Nope&from=2020-1-1&from=x",
    ],
)
def test_a_verb_that_is_missing_unknown_or_repeated_is_badverb_alone(query: bytes) -> None:
    assert mistakes(query) == ["badVerb"]


@pytest.mark.parametrize(
    "query",
    [
        b"verb=Identify&identifier=oai:x:1",  # misplaced
        b"verb=Identify&foo=bar",  # unknown
        b"verb=Identify&foo",
        b"verb=Identify&=bar",
        b"verb=Identify&set=",  # empty
        b"verb=GetRecord&identifier=oai:x:1",  # missing
        b"verb=GetRecord&metadataPrefix=oai_dc",
        b"verb=ListRecords",
        b"verb=ListIdentifiers&set=a",
        LIST + b"&metadataPrefix=oai_dc",  # repeated
        LIST + b"&set=a&set=b",
        LIST + b"&set=",
        LIST + b"&set=a%20b",  # of unlawful form
        LIST + b"&set=a:",
        LIST + b"&set=:a",
        LIST + b"&set=a::b",
        LIST + b"&set=a%0A",
        b"verb=ListRecords&metadataPrefix=oai%20dc",
        b"verb=ListRecords&resumptionToken=",
        b"verb=ListRecords&resumptionToken=a&resumptionToken=a",
        b"verb=GetRecord&resumptionToken=a&identifier=oai:x:1&metadataPrefix=lom",
        LIST + b"&from=2020-01-02&until=2020-01-01",  # from after until
        LIST + b"&from=2020-01-01T00:00:01Z&until=2020-01-01T00:00:00Z",
        LIST + b"&from=2020-01-01&until=2020-01-01T00:00:00Z",  # mixed granularity
        b"verb=GetRecord&metadataPrefix=lom&identifier=%FF",  # not UTF-8
        b"verb=GetRecord&metadataPrefix=lom&identifier=a%00b",  # no XML can carry it
        b"verb=GetRecord&metadataPrefix=lom&identifier=%EF%BF%BE",
    ],
)
def test_one_mistake_is_one_badargument(query: bytes) -> None:
    assert mistakes(query) == ["badArgument"]


@pytest.mark.parametrize("name", ["metadataPrefix=oai_dc", "from=2020-01-01", "until=2020-01-01", "set=a", "foo=1"])
def test_a_token_stands_alone(name: str) -> None:
    assert mistakes(b"verb=ListRecords&resumptionToken=a&" + name.encode()) == ["badArgument"]


@pytest.mark.parametrize(
    "date",
    [
        "2020-1-1", "2020-01-01T00:00Z", "2020-01-01T00:00:00", "2020-01-01T00:00:00.0Z", "2020-01-01T00:00:00+00:00",
        "2020-01-01T00:00:00z", "2020-01-01t00:00:00Z", "20200101", "2020", "2020-01", "2020-13-01", "2020-02-30",
        "2020-01-01T24:00:00Z", "2020-01-01T00:60:00Z", "2020-01-01T00:00:60Z", "2020-01-01T00:00:61Z", "0000-01-01",
        "2020-01-01 00:00:00Z", " 2020-01-01", "2020-01-01 ", "2020-01-01Z", "+2020-01-01", "-2020-01-01", "now",
        "12020-01-01", "２０２０-01-01",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["from", "until"])
def test_a_date_of_any_other_form_is_badargument(name: str, date: str) -> None:
    assert mistakes(LIST + f"&{name}={quote(date)}".encode()) == ["badArgument"]


def test_every_mistake_is_told() -> None:
    found = mistakes(b"verb=ListRecords&foo=1&set=a&set=b&from=2020-1-1&until=x&identifier=")

    assert found == ["badArgument"] * 6


def test_bounds_are_inclusive_and_a_day_ends_with_its_last_second() -> None:
    asked = read(LIST + b"&from=2020-01-01&until=2020-01-01")

    assert asked.since is not None
    assert asked.until is not None
    assert asked.until.last - asked.since.first == 86_399


def test_query_and_body_count_as_one() -> None:
    assert read(b"", b"verb=Identify").verb == "Identify"
    assert read(b"verb=ListRecords", b"metadataPrefix=lom").given == {"verb": "ListRecords", "metadataPrefix": "lom"}
    assert mistakes(b"verb=Identify", b"verb=Identify") == ["badVerb"]
    assert mistakes(LIST, b"metadataPrefix=oai_dc") == ["badArgument"]


def test_what_clients_do_not_encode_is_read_as_it_stands() -> None:
    asked = read("verb=GetRecord&metadataPrefix=lom&identifier=oai:x:a/b?c#d=ü'\"".encode())

    assert asked.get("identifier") == "oai:x:a/b?c#d=ü'\""


def test_plus_and_percent_are_decoded() -> None:
    asked = read(b"verb=GetRecord&metadataPrefix=lom&identifier=a+b%2Bc%26d")

    assert asked.get("identifier") == "a b+c&d"


def test_names_are_what_the_query_names() -> None:
    assert names(b"verb=x&a=1&&b") == {"verb", "a", "b"}


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_break_the_parser(query: bytes, body: bytes) -> None:
    for code in mistakes(query, body):
        assert code in ("badVerb", "badArgument")


@given(st.dictionaries(st.sampled_from(["identifier", "metadataPrefix", "set"]), st.text(min_size=1)))
def test_values_come_out_as_they_were_encoded(values: dict[str, str]) -> None:
    query = urlencode({"verb": "ListRecords"} | values, errors="replace").encode()

    try:
        asked = read(query)
    except Refused:
        return
    assert asked.given == {"verb": "ListRecords"} | values


def test_every_verb_of_the_protocol_has_its_rule() -> None:
    assert set(RULES) == {"Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords"}
