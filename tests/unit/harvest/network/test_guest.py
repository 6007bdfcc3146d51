"""Manners: pauses, other tries, Retry-After; time is a list of naps here."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harvest.errors import BadStatus, Unreachable
from harvest.network.answer import Answer
from harvest.network.guest import Guest, Manners

URL = "http://provider.example/oai"


class Host:
    """Answers with these statuses, one after the other; 0 hangs up."""

    def __init__(self, *statuses: int, retry_after: str | None = None) -> None:
        self.statuses = list(statuses)
        self.headers = {"retry-after": retry_after} if retry_after else {}
        self.asked = 0

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, accept_errors: bool = False, into: object = None
    ) -> Answer:
        self.asked += 1
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == 0:
            raise Unreachable("nobody there")
        return Answer(url, status, self.headers if status in (429, 503) else {}, b"")

    def close(self) -> None:
        return


def _guest(host: Host, naps: list[float], delay_s: float = 0.0, chance: float = 1.0) -> Guest:
    return Guest(host, Manners(delay_s, naps.append, lambda: sum(naps), lambda: 1_795_000_000.0, lambda: chance))


def test_what_passes_by_itself_is_tried_again_with_longer_pauses() -> None:
    naps: list[float] = []

    assert _guest(Host(502, 0, 500, 200), naps).get(URL).status == 200
    assert naps == [1.0, 2.0, 4.0]


def test_pauses_are_jittered() -> None:
    naps: list[float] = []
    _guest(Host(500, 200), naps, chance=0.0).get(URL)

    assert naps == [0.5]


def test_five_failures_are_enough() -> None:
    host = Host(500)
    with pytest.raises(BadStatus):
        _guest(host, []).get(URL)

    assert host.asked == 5


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 31.0), ("Wed, 18 Nov 2026 11:16:40 GMT", 601.0), ("1000000", 3_601.0)],
)
def test_retry_after_is_obeyed_up_to_an_hour(said: str, seconds: float) -> None:
    naps: list[float] = []
    host = Host(503, 200, retry_after=said)

    assert _guest(host, naps).get(URL).status == 200
    assert naps[0] == pytest.approx(seconds)


def test_a_refusal_is_not_tried_again() -> None:
    host = Host(404)

    assert _guest(host, []).get(URL).status == 404
    assert host.asked == 1


def test_between_two_requests_is_the_pause_of_the_source() -> None:
    naps: list[float] = []
    guest = _guest(Host(200), naps, delay_s=3.0)
    for _ in range(3):
        guest.get(URL)

    assert naps == [3.0, 3.0]
