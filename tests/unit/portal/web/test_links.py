"""Which addresses a page may link to."""

import pytest

from portal.web.links import safe_link


@pytest.mark.parametrize("address", ["https://example.org/a?b=c", "http://example.org", "mailto:a@example.org"])
def test_safe_link_keeps_web_and_mail_addresses(address: str) -> None:
    assert safe_link(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//example.org",
        "https:///path",
        "https://exa\\mple.org",
        "http://[::1",
        "mailto:nobody",
        "Breuken",
        "",
        None,
    ],
)
def test_safe_link_refuses_everything_else(address: str | None) -> None:
    assert safe_link(address) is None


def test_safe_link_turns_a_doi_into_its_address() -> None:
    assert safe_link("doi:10.1000/182") == "https://doi.org/10.1000/182"
    assert safe_link('doi:10.1000/"><script>') == "https://doi.org/10.1000/%22%3E%3Cscript%3E"
