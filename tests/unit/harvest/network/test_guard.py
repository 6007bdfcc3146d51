"""Which addresses may be fetched: a table of what strangers try (reliability.md, SSRF)."""

from __future__ import annotations

import pytest

from harvest.network.guard import Rules, Target, admitted, is_public, refusal, target

PRIVATE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.2.3",
    "240.0.0.1", "255.255.255.255", "192.88.99.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1",
    "ff02::1", "2001:db8::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:4136:e378::", "fec0::1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1", "not an address", "", "0x7f.1", "127.1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2001:4860:4860::8888"]
UNLAWFUL = [
    "file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "javascript:alert(1)", "data:text/plain,x",
    "//a.example/",    "http://", "http:///x", "https://user:secret@a.example/", "http://user@a.example/", "http://a.example:99999/",
    "http://[::1",    "http://a.example/ x", "http://a.exa\nmple/",
    "http://a.example:port/", "dict://a.example:11211/", "", "a.example", "HTTP//x",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", UNLAWFUL)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    assert refusal(url, Rules()) is not None


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 9200, 11211])
def test_a_port_of_another_service_is_refused_unless_allowed(port: int) -> None:
    url = f"http://a.example:{port}/"

    assert refusal(url, Rules()) == f"port {port} is not among the allowed ones"
    assert refusal(url, Rules(ports=frozenset((port,)))) is None
    assert refusal(url, Rules(allow_hosts=frozenset(("a.example",)))) is None


def test_a_target_has_its_scheme_host_and_port() -> None:
    assert target("https://A.Example./oai?verb=Identify") == Target("https", "a.example", 443)
    assert target("http://a.example:8080/") == Target("http", "a.example", 8080)


def test_a_name_with_one_private_address_is_not_connected_to() -> None:
    assert admitted("a.example", ["8.8.8.8", "10.0.0.1"], Rules()) == []
    assert admitted("a.example", ["8.8.8.8"], Rules()) == ["8.8.8.8"]
    assert admitted("a.example", [], Rules()) == []


def test_a_host_that_an_operator_named_may_lie_inside() -> None:
    assert admitted("127.0.0.1", ["127.0.0.1"], Rules(allow_hosts=frozenset(("127.0.0.1",)))) == ["127.0.0.1"]
