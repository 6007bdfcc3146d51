"""One event, one line of JSON."""

import json
import logging
import sys

import pytest

from portal.server.logs import JsonLines, Sentences


def line_of(message: str, **extra: object) -> str:
    record = logging.makeLogRecord({"name": "portal", "levelname": "INFO", "msg": message} | extra)
    return JsonLines().format(record)


def test_an_event_with_line_breaks_stays_one_line() -> None:
    line = line_of("a\nb\x1b[0m\u2028c")

    assert len(line.splitlines()) == 1
    assert json.loads(line)["event"] == "a\nb\x1b[0m\u2028c"


def test_extra_facts_become_keys() -> None:
    assert json.loads(line_of("published", w=12))["w"] == 12


def test_an_error_carries_its_trace_within_the_line() -> None:
    try:
        int("x")
    except ValueError:
        line = line_of("failed", exc_info=sys.exc_info())

    assert len(line.splitlines()) == 1
    assert "ValueError: invalid literal" in json.loads(line)["error"]


def test_a_command_tells_what_it_logs_in_a_sentence_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int("x")
    except ValueError:
        trace = sys.exc_info()
    for values in (
        {"name": "harvest.run", "msg": "a harvest failed", "exc_info": trace},
        {"name": "portal.server.after_publication", "msg": "pages were not sealed", "reason": "the disk\nis full"},
        {"name": "rdflib.term", "msg": "does not look like a valid URI"},
        {"name": "sqlalchemy.pool", "msg": "Exception closing connection", "exc_info": trace},
    ):
        Sentences(logging.WARNING).handle(logging.makeLogRecord(values))

    assert capsys.readouterr().err.splitlines() == [
        "oerbron: a harvest failed: invalid literal for int() with base 10: 'x'",
        "oerbron: pages were not sealed: the disk is full",
    ]
