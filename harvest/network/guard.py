"""Which addresses may be fetched: public ones over http(s) on few ports, and hosts that an operator named.

Pure. An address of a source is a stranger's: it must not reach this machine or its neighbours (reliability.md, SSRF).
Names are resolved once, every address is judged here, and the connection goes to the very address that was judged
(harvest.network.client). Addresses that are not global are refused, also transition networks that lead back inside.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

SCHEMES: Final = {"http": 80, "https": 443}
_INSIDE: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "192.88.99.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "::/96",
        "::ffff:0:0/96", "::ffff:0:0:0/96",
    )
)  # fmt: skip


_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_HOST: Final = 253
_LONGEST_LABEL: Final = 63
_LONGEST_URL: Final = 16_384
_PASSWORD: Final = re.compile(r"(?<=//)[^/?#@]*@")


class Rules(NamedTuple):
    """What an operator allows: hosts that may lie inside the own network, and ports."""

    allow_hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset((80, 443, 8080))


class Target(NamedTuple):
    scheme: str
    host: str
    port: int


def target(url: str) -> Target | None:
    """Where a URL leads to; None if it is no absolute http(s) address or carries a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in SCHEMES or parts.username is not None or parts.password is not None:
        return None
    if len(url) > _LONGEST_URL or any(character <= " " or character == "\x7f" for character in url):
        return None
    host = host_name(parts.hostname or "")
    if host is None or port == 0:
        return None
    return Target(parts.scheme, host, SCHEMES[parts.scheme] if port is None else port)


def host_name(host: str) -> str | None:
    """A host in lower case; None for what can be neither an address nor a name (RFC 1123, 2.1).

    Labels beyond ASCII are judged by whoever encodes them (harvest.network.client).
    """
    plain = host.removesuffix(".").lower()
    if ":" in plain or "%" in plain:
        return plain if _is_v6(plain) else None
    labels = plain.split(".")
    return plain if len(plain) <= _LONGEST_HOST and all(map(_is_label, labels)) else None


def shown(url: str) -> str:
    """An address as messages show it: short, and without the name and password that it may carry."""
    plain = "".join(character if character.isprintable() else "\ufffd" for character in url[:1_000])
    return _PASSWORD.sub("", plain)[:200]


def _is_v6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).version == 6
    except ValueError:
        return False


def _is_label(label: str) -> bool:
    """Whether a part of a name can be a label; one that is marked as encoded (xn--) must be decodable."""
    if not label.isascii():
        return len(label) <= _LONGEST_LABEL and label.isprintable()
    if not _LABEL.fullmatch(label) or not label.startswith("xn--"):
        return _LABEL.fullmatch(label) is not None
    try:
        return bool(label[4:]) and bool(label[4:].encode().decode("punycode"))
    except (UnicodeError, ValueError, OverflowError, IndexError):
        return False


def refusal(url: str, rules: Rules) -> str | None:
    """Why this URL may not be fetched, before its name is resolved; None when it may be tried."""
    found = target(url)
    if found is None:
        return "it is no absolute http or https address of a host that can exist, without a password"
    if found.port not in rules.ports and found.host not in rules.allow_hosts:
        return f"port {found.port} is not among the allowed ones"
    return None


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, not of this machine, its network, or a tunnel to them."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if known.version == 6 and known.ipv4_mapped is not None:
        return False
    return known.is_global and not known.is_multicast and not any(known in each for each in _INSIDE)


def admitted(host: str, addresses: list[str], rules: Rules) -> list[str]:
    """The addresses of a name that may be connected to: all of them or none, so that no private one is mixed in."""
    if host in rules.allow_hosts:
        return addresses
    return addresses if addresses and all(map(is_public, addresses)) else []
