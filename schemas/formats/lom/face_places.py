"""Formats and locations of the published face: paired by position, the landing page first, with `text/html`.

One national consumer takes the first location as the page, another the location that pairs with `text/html`, a third
gives a record without a format no address at all (record.md 9). An address that is plainly a file (by its ending)
keeps its own format: calling it a page would be false. This module must not fetch anything.
"""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from schemas.record import Record
from schemas.summary.place import web_address
from schemas.summary.text import media_type

_PAGE: Final = "text/html"
_PAGES: Final = (_PAGE, "application/xhtml+xml")


def places(record: Record, url: str | None) -> tuple[list[str], list[str]]:
    """The formats and the locations; `url` is the address the summary gives the record.

    The n-th format is that of the n-th location. What has no known format comes last among the locations, a format
    that belongs to no location last among the formats, so that no pair is a false one.
    """
    own, rest = _pairs(record)
    for file in record.files:
        address = web_address(file.url)
        if address and file.role != "thumbnail":
            own[address] = own.get(address) or (media_type(file.mime) if file.mime else None)
            url = url or address  # the next reader will take it for the page
    if url is None:
        return _listed([], own, rest)
    first = own.pop(url, None)
    if first in _PAGES or not _is_file(url):
        left = [first] if first is not None and first not in _PAGES else []
        return _listed([(url, _PAGE)], {at: kind or _kind(at) for at, kind in own.items()}, [*left, *rest])
    return _listed([(url, first or _guessed(url) or "")], {at: kind or _file(at) for at, kind in own.items()}, rest)


def _pairs(record: Record) -> tuple[dict[str, str | None], list[str]]:
    """The locations, each once, with the format at the same place, and the formats beyond the last location."""
    technical = record.technical
    if technical is None:
        return {}, []
    formats = [media_type(one) or one.strip() or None for one in technical.format]
    own: dict[str, str | None] = {}
    place = -1
    for place, location in enumerate(technical.location):
        if address := _address(location):
            own[address] = own.get(address) or (formats[place] if place < len(formats) else None)
    return own, [one for one in formats[place + 1 :] if one]


def _listed(head: list[tuple[str, str]], own: dict[str, str | None], rest: list[str]) -> tuple[list[str], list[str]]:
    """Pairs first, then the locations without a format, and the formats that stand in no pair, each once."""
    paired = head + [(address, kind) for address, kind in own.items() if kind]
    formats = [kind for _, kind in paired]
    formats += [kind for kind in dict.fromkeys(rest) if kind not in formats]
    return formats, [address for address, _ in paired] + [address for address, kind in own.items() if not kind]


def _address(location: str) -> str:
    return web_address(location) or location.strip()


@lru_cache(maxsize=1024)
def _of_ending(ending: str) -> str | None:
    return mimetypes.guess_type(f"a.{ending}")[0]


def _guessed(url: str) -> str | None:
    """The media type that the ending of the path names; none for a bare host (`.com` is no program here)."""
    path = urlsplit(url).path
    name = path.rpartition("/")[2]
    return _of_ending(name.rpartition(".")[2].lower()) if "." in name else None


def _is_file(url: str) -> bool:
    """Whether an address names a file that is no page."""
    kind = _guessed(url) if "." in url.rpartition("/")[2] else None
    return kind is not None and kind not in _PAGES


def _file(address: str) -> str | None:
    return _guessed(address) if _is_file(address) else None


def _kind(address: str) -> str | None:
    """What an address beside a page is when nothing is said: a file by its ending, else another page."""
    return _file(address) or (_PAGE if web_address(address) else None)
