"""The log: one event, one line of JSON on stderr (reliability.md, threats: logs).

Control characters cannot leave a line, since JSON escapes them. A line never carries a token, a password, a body or a
record's words. Only the server configures this; what a command logs is told as a sentence.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import Any

_ROOMS = ("schemas", "repository", "provider", "harvest", "portal")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a log record as one JSON object; what a call passes as `extra` become its keys."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "process": record.process,
        }
        event |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            event["error"] = "".join(traceback.format_exception(record.exc_info[1]))
        return json.dumps(event, ensure_ascii=True, default=str)


class Sentences(logging.Handler):
    """Tells what our own rooms warn of as a sentence on stderr, without a trace; libraries speak to nobody.

    The handler of last resort of the command line: a server has its own.
    """

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] not in _ROOMS:
            return
        reason = getattr(record, "reason", None) or (record.exc_info[1] if record.exc_info else None)
        sentence = f"{record.getMessage()}: {reason}" if reason else record.getMessage()
        sys.stderr.write(f"oerbron: {' '.join(sentence.split())}\n")


def configure(level: int = logging.INFO) -> None:
    """Send every logger of this process to stderr as JSON lines; called again it changes nothing."""
    root = logging.getLogger()
    if any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(level)
