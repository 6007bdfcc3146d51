"""Asking as a guest: a pause between requests, another try where that helps, Retry-After obeyed (oai-pmh.md, E.5).

A failure that may pass by itself (no connection, 5xx, 429) is tried again after a pause that doubles and is jittered,
so that many harvesters do not come back at once. A Retry-After is obeyed, for at most an hour.
"""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final, NamedTuple, Protocol

from harvest.errors import BadStatus, Failed, Unreachable
from harvest.network.answer import Answer, retry_after_s
from harvest.network.guard import target

TRIES: Final = 5
BUSY: Final = frozenset((429, 503))
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_MOST_WAITS: Final = 6  # a server that asks for patience more often counts as away
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Gets(Protocol):
    """What the one door to the network offers, see client.Client."""

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        accept_errors: bool = False,
        into: BinaryIO | None = None,
    ) -> Answer: ...

    def close(self) -> None: ...


class Manners(NamedTuple):
    """How to behave: seconds between two requests, how to sleep, what time it is, and chance (0 to 1)."""

    delay_s: float
    pause: Callable[[float], None]
    monotonic: Callable[[], float]
    wall: Callable[[], float]
    chance: Callable[[], float] = random.random


class Secret(NamedTuple):
    """What opens a source, `user:password` or a token alone, and the variable that it stands in."""

    name: str = ""
    value: str = ""


def authorization(secret: Secret) -> dict[str, str]:
    """The header that a secret makes (RFC 7617, RFC 6750); none without one. Raises Failed, without the secret.

    White space around it is the end of a line in a file, no part of it. What no header can hold is refused here: the
    libraries below would repeat it in their messages, and those are public.
    """
    value = secret.value.strip()
    if not value:
        return {}
    if not (_TOKEN.fullmatch(value) or ":" in value) or _CONTROL.search(value):
        raise Failed(
            f"The secret in {secret.name} holds a character that cannot be sent; give user:password, or a token alone."
        )
    if ":" not in value:
        return {"Authorization": f"Bearer {value}"}
    return {"Authorization": f"Basic {base64.b64encode(value.encode()).decode()}"}


class Guest:
    """GETs with manners; `requests` counts them."""

    def __init__(self, client: Gets, manners: Manners, home: str = "", secret: Secret | None = None) -> None:
        """`secret` goes with requests for the host of the address `home`, and with no other."""
        self.client = client
        self._home = target(home)
        self._secret = secret
        self.manners = manners
        self.requests = 0
        self._last = float("-inf")

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        tries: int = TRIES,
        into: BinaryIO | None = None,
    ) -> Answer:
        """Fetch; a 4xx answer is returned too, since it may carry a message of the protocol. Raises HarvestError."""
        failures = waits = 0
        while True:
            try:
                answer = self._once(url, headers, into)
            except Unreachable:
                failures += 1
                if failures >= tries:
                    raise
                self.manners.pause(self._backoff(failures))
                continue
            wanted = retry_after_s(answer.headers.get("retry-after"), self.manners.wall())
            if answer.status in BUSY and wanted is not None and waits < _MOST_WAITS:
                waits += 1
                self.manners.pause(wanted + self.manners.chance())
            elif answer.status >= 500 or answer.status in BUSY:
                failures += 1
                if failures >= tries:
                    raise BadStatus(url, answer.status, wanted)
                self.manners.pause(self._backoff(failures))
            else:
                return answer

    def close(self) -> None:
        """End the client's connections."""
        self.client.close()

    def _once(self, url: str, headers: Mapping[str, str] | None, into: BinaryIO | None) -> Answer:
        early = self._last + self.manners.delay_s - self.manners.monotonic()
        if early > 0:
            self.manners.pause(early)
        self.requests += 1
        if self._secret is not None and target(url) == self._home:
            headers = {**(headers or {}), **authorization(self._secret)}
        try:
            return self.client.get(url, headers, accept_errors=True, into=into)
        finally:
            self._last = self.manners.monotonic()

    def _backoff(self, failures: int) -> float:
        longest = min(_FIRST_PAUSE_S * 2.0 ** (failures - 1), _LONGEST_PAUSE_S)
        return longest * (0.5 + self.manners.chance() / 2)
