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
    """The formats and the locations; `url` is the address the summary gives the record."""
    technical = record.technical
    formats = [media_type(one) or one.strip() for one in technical.format if one.strip()] if technical else []
    locations = list(dict.fromkeys(_address(one) for one in technical.location if one.strip())) if technical else []
    if len(locations) == 1 and not record.files and locations[0] == url and formats[:1] == [_PAGE]:
        return formats, locations
    return _arranged(locations, formats, record, url)


def _arranged(locations: list[str], formats: list[str], record: Record, url: str | None) -> tuple[list[str], list[str]]:
    paired = len(formats) == len(locations)
    own: dict[str, str | None] = dict(zip(locations, formats, strict=True)) if paired else dict.fromkeys(locations)
    rest = [] if paired else formats
    for file in record.files:
        address = web_address(file.url)
        if address and file.role != "thumbnail":
            own.setdefault(address, media_type(file.mime) if file.mime else None)
            url = url or address  # the next reader will take it for the page
    if url is None:
        return [one for one in own.values() if one] + rest, list(own)
    first = own.pop(url, None)
    others = [one for one in own.values() if one]
    return _formats(first, others, rest, url), [url, *own]


def _formats(first: str | None, others: list[str], rest: list[str], url: str) -> list[str]:
    """The format of the landing page, those paired with the other locations, then those paired with none."""
    if first in _PAGES:
        return [_PAGE, *others, *rest]
    if _is_file(url):
        known = first or (None if others or rest else _guessed(url))
        return [*([known] if known else []), *others, *rest]
    if first is not None:
        return [_PAGE, *others, first, *rest]
    if others:
        return [_PAGE, *others, *rest]
    if rest[:1] and rest[0] in _PAGES:
        return [_PAGE, *rest[1:]]
    return [_PAGE, *(one for one in rest if one != _PAGE)]


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
