"""Factories that take only the fields that matter to a test."""

from __future__ import annotations

from schemas.record import General, LangString, Record, Technical


def a_record(title: str = "Breuken", *, lang: str = "nl", location: str = "https://example.org/breuken") -> Record:
    """A record that core admits: a title and a location."""
    return Record(general=General(title=(LangString(lang, title),)), technical=Technical(location=(location,)))
