"""What a client takes: gzip, and a page instead of XML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.negotiation import navigates, prefers_html, takes_gzip

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    "header", ["gzip", "gzip, deflate, br", "br;q=1, gzip;q=0.1", "GZIP", "*", "x-gzip", "gzip ;q=1"]
)
def test_gzip_is_taken_when_named_or_meant(header: str) -> None:
    assert takes_gzip(header)


@pytest.mark.parametrize("header", ["", "identity", "gzip;q=0", "br", "gzip;q=0, *", "gzip;q=x", "*;q=0", "gzipp"])
def test_gzip_is_not_taken_else(header: str) -> None:
    assert not takes_gzip(header)


@pytest.mark.parametrize("accept", [CHROME, "text/html", "text/html, text/xml;q=0.5", "text/*;q=0.1, text/html"])
def test_a_page_is_preferred_when_html_is_wanted_more_than_xml(accept: str) -> None:
    assert prefers_html(accept)


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/xml", "text/xml, text/html", "text/html;q=0.5, application/xml", "text/*", "text/html;q=0"],
)
def test_xml_is_given_when_html_is_not_preferred(accept: str) -> None:
    assert not prefers_html(accept)


def test_only_a_document_is_navigation() -> None:
    assert navigates("document")
    assert not navigates("empty")
    assert not navigates("")


@given(st.text())
def test_no_header_breaks_it(header: str) -> None:
    assert takes_gzip(header) in (True, False)
    assert prefers_html(header) in (True, False)
