"""Identifiers found in metadata."""

from __future__ import annotations

import pytest

from schemas.identifiers import Known, is_identity, isbn13, known


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
    ("entry", "catalog", "names"),
    [
        ("/NTR/POMS/WO_NTR_427321", "NTR-POMS", True),
        ("/item/7", "URI", False),
        ("/item/7", None, False),
        ("#top", "NTR-POMS", False),
        ("/", "NTR-POMS", False),
        ("/{id}", "NTR-POMS", False),
    ],
)
def test_a_path_is_a_name_in_a_catalog_of_its_own_only(entry: str, catalog: str | None, names: bool) -> None:
    assert is_identity(entry, catalog) is names
