"""Which addresses may be fetched: public ones over http(s) on few ports, and hosts that an operator named.

Pure. An address of a source is a stranger's: it must not reach this machine or its neighbours (reliability.md, SSRF).
Names are resolved once, every address is judged here, and the connection goes to the very address that was judged
(harvest.network.client). Transition networks that lead back inside are refused beside what is not global.
"""

from __future__ import annotations

import ipaddress
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


class Rules(NamedTuple):
    """What an operator allows: hosts that may lie inside, and ports."""

    allow_hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset((80, 443, 8080))


class Target(NamedTuple):
    scheme: str
    host: str
    port: int


def target(url: str) -> Target | None:
    """Where a URL leads to; None for what is no absolute http(s) address or carries a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in SCHEMES or not host or parts.username is not None or parts.password is not None:
        return None
    if any(character <= " " for character in url):
        return None
    return Target(parts.scheme, host, SCHEMES[parts.scheme] if port is None else port)


def refusal(url: str, rules: Rules) -> str | None:
    """Why this URL may not be fetched, before its name is resolved; None when it may be tried."""
    found = target(url)
    if found is None:
        return "only absolute http and https addresses without a password are fetched"
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
    """The addresses of a name that may be connected to: all or none, so that no private one is mixed in."""
    if host in rules.allow_hosts:
        return addresses
    return addresses if addresses and all(map(is_public, addresses)) else []
