"""Addresses and numbers of a configuration: what may stand there. Pure; each answer is the end of a sentence, or None.

An address of the configuration is given out to strangers or fetched from. So it must have no control character
(urlsplit drops those silently), no user name or password, and a possible host and port.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final
from urllib.parse import urlsplit

_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^\s@<>\x00-\x1f\x7f,;]{1,64}@[^\s@<>\x00-\x1f\x7f,;]{1,190}")
_DATABASES: Final = {"sqlite": ("pysqlite", ""), "postgresql": ("psycopg",)}


def is_clean(text: str) -> bool:
    """Whether a text has no control character and nothing that UTF-8 cannot hold."""
    return not any(ord(each) < 0x20 or ord(each) == 0x7F or 0xD800 <= ord(each) < 0xE000 for each in text)


def address_mistake(text: str, *, bare: bool = False) -> str | None:
    """What is wrong with an http(s) address; `bare`: it may have no query."""
    wrong = "must be an http(s) address" + (" without query" if bare else "")
    if not is_clean(text) or " " in text or "\\" in text:
        return wrong
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a bracket that is not closed, an impossible port
        return wrong
    if parts.scheme not in ("http", "https") or port == 0 or not _is_host(host):
        return wrong
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return "must hold no name and password: it is given out"
    return wrong if parts.fragment or "#" in text or (bare and (parts.query or "?" in text)) else None


def _is_host(host: str) -> bool:
    if ":" in host:  # an IPv6 address, which urlsplit has looked at
        return True
    try:
        return len(host) <= 253 and _HOST.fullmatch(host.encode("idna").decode()) is not None
    except UnicodeError:
        return False


def email_mistake(text: str) -> str | None:
    """What is wrong with an e-mail address."""
    return None if _EMAIL.fullmatch(text) else "must be an e-mail address"


def database_mistake(text: str) -> str | None:
    """What is wrong with the address of a database; the address is never quoted, since it may hold a password."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - `--help` opens no database
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    wrong = 'must be an address such as "postgresql+psycopg://user@host/name", or empty'
    try:
        url = make_url(text)
        drivers = _DATABASES.get(url.get_backend_name(), ())
        driver = url.drivername.partition("+")[2]
    except (ArgumentError, ValueError, TypeError):
        return wrong
    return None if driver in drivers and is_clean(text) else wrong


def number_mistake(value: Any, low: float, high: float) -> str | None:
    """What is wrong with a number that must lie between two others; nan lies nowhere."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"must be a number from {low:g} to {high:g}"
    return None if low <= value <= high else f"must lie between {low:g} and {high:g}"
