"""The door of a worker: what it refuses, what it hands on, and that places are given back."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from portal.server import lanes
from portal.server.admission import Admission, Rules
from portal.server.body import Intake
from portal.server.lanes import Lanes


class Door:
    """An admission around an application that says what it was given."""

    def __init__(self, most: int = 100) -> None:
        self.ways = Lanes()
        intake = Intake(self.ways.bodies, self.ways.large)
        self.counted: list[tuple[str, int]] = []
        rules = Rules(lambda _: most, (), lambda path, status, _: self.counted.append((path, status)))
        self.door = Admission(self.app, self.ways, intake, rules)

    @staticmethod
    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        return [environ["wsgi.input"].read()]

    def ask(self, path: str, body: bytes | None = None, **more: str) -> tuple[str, dict[str, str], bytes]:
        environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": "", "REQUEST_METHOD": "GET", **more}
        environ["wsgi.input"] = io.BytesIO(body or b"")
        if body is not None:
            environ |= {"REQUEST_METHOD": "POST"}
            environ.setdefault("CONTENT_LENGTH", str(len(body)))
        told: list[Any] = []
        answer = self.door(environ, lambda status, headers: told.extend((status, dict(headers))))  # type: ignore[arg-type]
        return told[0], told[1], b"".join(answer)


def test_a_body_is_received_before_the_work() -> None:
    assert Door().ask("/api/v1/validate", b"{}") == ("200 OK", {}, b"{}")


def test_a_body_that_is_too_large_is_refused_unread_and_the_connection_closed() -> None:
    status, headers, body = Door(most=3).ask("/api/v1/validate", b"1234")

    assert status.startswith("413")
    assert headers["Connection"] == "close"
    assert b"at most 3 bytes" in body


def test_a_body_in_chunks_that_gets_too_large_is_refused() -> None:
    status, _, _ = Door(most=3).ask("/api/v1/validate", b"1234", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")

    assert status.startswith("413")


def test_a_body_that_breaks_off_is_refused() -> None:
    assert Door().ask("/api/v1/validate", b"12", CONTENT_LENGTH="9")[0].startswith("400")


def test_a_packed_body_is_refused_in_a_sentence() -> None:
    status, headers, body = Door().ask("/api/v1/validate", b"12", HTTP_CONTENT_ENCODING="gzip")

    assert status.startswith("415")
    assert headers["Content-Type"] == "application/problem+json"
    assert b"unpack it first" in body


def test_a_full_lane_sends_away_with_a_time_and_the_others_go_on() -> None:
    door = Door()
    lane = door.ways.named["read"]
    lane.line = 0
    while lane.enter():
        pass

    status, headers, _ = door.ask("/doc/resource/x")

    assert status.startswith("503")
    assert 2 <= int(headers["Retry-After"]) <= 10
    assert door.ask("/healthz")[0] == "200 OK"
    assert door.ask("/oai", QUERY_STRING="verb=Identify")[0] == "200 OK"
    assert door.counted == [("/doc/resource/x", 503)]


def test_places_are_given_back() -> None:
    door = Door()
    for _ in range(200):
        assert door.ask("/doc/resource/x")[0] == "200 OK"
        assert door.ask("/api/v1/validate", b"{}")[0] == "200 OK"
        assert door.ask("/api/v1/validate", b"x" * 101)[0].startswith("413")

    assert door.door.inside() == []


def test_there_are_threads_for_everybody_who_may_wait() -> None:
    ways = Lanes()

    assert sum(lane.limit + lane.line for lane in ways.named.values()) + lanes.BODIES + lanes.ANSWERS < lanes.THREADS
