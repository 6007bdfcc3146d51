"""What can be wrong with a document or a record, as data, and the few errors this room raises.

    SchemasError
    ├── Unreadable        the bytes are no document of any known kind (code, message, place)
    ├── UnknownFormat     a format or prefix nobody registered
    └── UnknownProfile    a validation profile nobody wrote

Bad data is data: readers and validators give Problems and Repairs, and do not raise for a bad field.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "info"]


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong: `path` in the canonical tree ("general.title"), `code` in snake_case, one plain sentence."""

    path: str
    code: str
    message: str
    severity: Severity = "error"


class Repair(msgspec.Struct, frozen=True):
    """One change a reader made: `rule` in snake_case, `before` and `after` as text (None: nothing was there)."""

    path: str
    rule: str
    before: str | None
    after: str | None


class SchemasError(Exception):
    """Base of the errors of this room."""


class Unreadable(SchemasError):
    """The bytes cannot be read at all; `code` is the reject's code, `place` a line, a record number or "file"."""

    def __init__(self, code: str, message: str, place: str = "file") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place


class UnknownFormat(SchemasError):
    """No format of this name is registered."""


class UnknownProfile(SchemasError):
    """No validation profile of this name exists."""
