"""Kinds of rules that look at every LangString of a record, wherever it stands (LOM 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from schemas.record import LangString, Record


def strings(part: Any, place: str = "") -> Iterator[tuple[str, tuple[LangString, ...]]]:
    """Every LangString of a record or a part of one, with its place, in the order of the standard."""
    for attribute, name in _fields(part.__class__):
        value = getattr(part, attribute)
        if value:
            yield from _below(value, f"{place}.{name}" if place else name)


@cache
def _fields(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, field.encode_name) for field in msgspec.structs.fields(kind))


def _below(value: Any, place: str) -> Iterator[tuple[str, tuple[LangString, ...]]]:
    if isinstance(value, tuple):
        if value and isinstance(value[0], LangString):
            yield place, value
            return
        for index, member in enumerate(value):
            yield from _below(member, f"{place}[{index}]")
    elif isinstance(value, msgspec.Struct):
        yield from strings(value, place)


def unlawful_languages(record: Record, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Tags that do not match `regex`, with the places of their strings."""
    fits = re.compile(params["regex"]).fullmatch
    for place, members in strings(record):
        for index, string in enumerate(members):
            if string.lang is not None and not fits(string.lang):
                yield f"{place}[{index}].lang", string.lang


def repeated_languages(record: Record, _params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Languages in which a LangString has more than one string, each told once."""
    for place, members in strings(record):
        if len(members) < 2:
            continue
        tags = [string.lang or "none" for string in members]
        for tag in dict.fromkeys(tags):
            if tags.count(tag) > 1:
                yield place, tag


TREE = {"string_languages": unlawful_languages, "repeated_languages": repeated_languages}
