"""The errors of the repository; only views and the command line turn them into HTTP answers or sentences.

RepositoryError            one plain sentence in `str(error)`
├── ConfigError            all mistakes of a configuration, one message
├── NotFound               no such record, revision, batch, account
├── Gone                   a tombstone where a live record was asked for
├── Refused                the lifecycle table has no such move (409)
├── Forbidden              this person may not (403)
├── Stale                  If-Match does not name the newest revision (412)
├── Invalid                a body or delivery that cannot be taken: `problems` has all of it (422)
├── Busy                   the horizon, a lease or a snapshot is not to be had now (503, `retry_after_s`)
├── ClockRefused           the clock jumped: nothing is published until `publish --accept-clock`
└── DatabaseError          the database is missing, locked, damaged or of another version
"""

from __future__ import annotations

from schemas.errors import Problem


class RepositoryError(Exception):
    """Base; `str(error)` is one sentence that says what, where and what to do."""


class ConfigError(RepositoryError):
    pass


class NotFound(RepositoryError):
    pass


class Gone(RepositoryError):
    pass


class Refused(RepositoryError):
    pass


class Forbidden(RepositoryError):
    pass


class Stale(RepositoryError):
    pass


class Invalid(RepositoryError):
    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class Busy(RepositoryError):
    def __init__(self, message: str, retry_after_s: int = 10) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ClockRefused(RepositoryError):
    pass


class DatabaseError(RepositoryError):
    pass
