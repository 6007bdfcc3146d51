"""Identifiers made here and found in metadata."""

from __future__ import annotations

from uuid import UUID

import pytest

from schemas.identifiers import (
    Known,
    is_http,
    is_oai_domain,
    is_oai_identifier,
    isbn13,
    known,
    namespace_of,
    oai_identifier,
    parse_oai_identifier,
    record_uuid,
)


def test_an_origin_always_gives_the_same_uuid() -> None:
    namespace = namespace_of("bron.example")

    first, again, other = (record_uuid(namespace, source, "oai:x.org:1") for source in ("a", "a", "b"))

    assert first == again != other
    assert isinstance(first, UUID)
    assert first.version == 5


def test_source_and_key_do_not_run_together() -> None:
    namespace = namespace_of("bron.example")

    assert record_uuid(namespace, "ab", "c") != record_uuid(namespace, "a", "bc")


def test_an_oai_identifier_is_parsed_into_what_it_was_built_from() -> None:
    built = oai_identifier("bron.example", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")

    assert is_oai_identifier(built)
    assert parse_oai_identifier(built) == ("bron.example", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")


@pytest.mark.parametrize(
    "text", ["oai:localhost:1", "oai:1.org:1", "oai:a.org:", "oai:a.org:ü", 'oai:a.org:"', "a.org:1", "oai:a.org"]
)
def test_an_unlawful_oai_identifier_is_refused(text: str) -> None:
    assert parse_oai_identifier(text) is None


@pytest.mark.parametrize(
    ("domain", "lawful"), [("bron.example", True), ("localhost", False), ("127.0.0.1", False), ("a.b-c.nl", True)]
)
def test_a_domain_is_lawful_with_a_dot_and_letters(domain: str, lawful: bool) -> None:
    assert is_oai_domain(domain) is lawful


@pytest.mark.parametrize(
    ("text", "catalog", "expected"),
    [
        ("10.5281/zenodo.123", None, Known("doi", "10.5281/zenodo.123", "https://doi.org/10.5281/zenodo.123")),
        ("doi:10.5281/Zenodo.123", None, Known("doi", "10.5281/zenodo.123", "https://doi.org/10.5281/Zenodo.123")),
        ("http://dx.doi.org/10.1000/1", "URI", Known("doi", "10.1000/1", "https://doi.org/10.1000/1")),
        ("http://hdl.handle.net/1721.1/33", None, Known("handle", "1721.1/33", "https://hdl.handle.net/1721.1/33")),
        ("1721.1/33", "hdl", Known("handle", "1721.1/33", "https://hdl.handle.net/1721.1/33")),
        ("ark:/12345/x5", None, Known("ark", "ark:/12345/x5", "https://n2t.net/ark:/12345/x5")),
        ("0-306-40615-2", "ISBN", Known("isbn", "9780306406157", "urn:isbn:9780306406157")),
        ("ISBN 978-0-306-40615-7", None, Known("isbn", "9780306406157", "urn:isbn:9780306406157")),
        ("https://example.org/a?b=c", None, Known("http", "https://example.org/a?b=c", "https://example.org/a?b=c")),
        ("urn:nbn:nl:ui:1", None, Known("urn", "urn:nbn:nl:ui:1", None)),
        (
            "urn:uuid:6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
            None,
            Known("uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", None),
        ),
        ("12345", None, None),
        ("0-306-40615-3", "ISBN", None),
        ("", None, None),
    ],
)
def test_the_kind_of_an_identifier_is_found(text: str, catalog: str | None, expected: Known | None) -> None:
    assert known(text, catalog) == expected


def test_an_isbn_that_ends_in_x_is_read() -> None:
    assert isbn13("0-8044-2957-X") == "9780804429573"


@pytest.mark.parametrize(
    ("text", "expected"), [("http://a.b/c", True), ("https://", False), ("ftp://a.b", False), ("http://a b", False)]
)
def test_an_http_address_has_a_host_and_no_blanks(text: str, expected: bool) -> None:
    assert is_http(text) is expected
