"""The errors of fetching and of following a source; each is one plain sentence that names the address.

HarvestError
├── Refused        the guard does not let this address, port, scheme or redirect through
├── Unreachable    no connection, no answer in time, or a broken answer; another try may help
├── TooMuch        an answer over a cap: bytes, ratio of compression, redirects
├── BadStatus      an HTTP status other than success; `status`, and `retry_after_s` where the server gave one
├── Failed         the source cannot be followed as it is configured, or speaks no protocol known here
├── Lost           the provider is away or busy: the next run goes on from here
└── Stopped        somebody asked to stop; everything up to the last page is in
"""

from __future__ import annotations


class HarvestError(Exception):
    """Base of the errors of this room."""


class Refused(HarvestError):
    """The guard says no; trying again does not help."""


class Unreachable(HarvestError):
    """Nothing came, or not all of it."""


class TooMuch(HarvestError):
    """More than the caps allow."""


class BadStatus(HarvestError):
    """The server answered with an error."""

    def __init__(self, url: str, status: int, retry_after_s: float | None = None, more: str = "") -> None:
        super().__init__(f"{url} answered with HTTP {status}.{more}")
        self.url = url
        self.status = status
        self.retry_after_s = retry_after_s


class Failed(HarvestError):
    """Following the source makes no sense until somebody changes something."""


class Lost(HarvestError):
    """The provider does not answer any more."""


class Stopped(HarvestError):
    """Asked to stop."""
