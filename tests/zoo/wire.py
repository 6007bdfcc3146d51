"""Beasts that spoil the way: statuses, compression, redirects, connections, time."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field

from tests.zoo.beasts import beast
from tests.zoo.provider import Kept, Provider, Reply, some, zipped


def _is_list(arguments: dict[str, str]) -> bool:
    return arguments.get("verb") == "ListRecords"


@beast("compresses its answers")
class Compresses(Provider):
    def compressed(self, reply: Reply) -> Reply:
        return zipped(reply)


@beast("answers 502 three times, then well", "complete: 25 created; 25 here")
class BadGateway(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        if _is_list(arguments) and self.nth("ListRecords") <= 3:
            return Reply(502, b"bad gateway")
        return super().answer(arguments)


@beast("answers 503 with Retry-After in seconds", "complete: 25 created; 25 here")
class RetrySeconds(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        if _is_list(arguments) and self.nth("ListRecords") == 2:
            return Reply(503, b"busy", (("Retry-After", "30"),))
        return super().answer(arguments)


@beast("answers 429 with Retry-After as a date", "complete: 25 created; 25 here")
class RetryDate(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        if _is_list(arguments) and self.nth("ListRecords") == 2:
            return Reply(429, b"slow down", (("Retry-After", "Wed, 18 Nov 2026 17:00:00 GMT"),))
        return super().answer(arguments)


@beast("is busy for ever", "incomplete: nothing; 0 here", says="503", most_requests=60)
class BusyForEver(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(503, b"busy", (("Retry-After", "1000000"),)) if _is_list(arguments) else super().answer(arguments)


@beast(
    "goes away in the middle and comes back",
    "complete: 25 created; 25 here",
    then=(lambda provider: setattr(provider, "away", False),),
)
@dataclass
class GoesAway(Provider):
    away: bool = True

    def answer(self, arguments: dict[str, str]) -> Reply:
        if self.away and self.nth("ListRecords") > 1:
            return Reply(502, b"bad gateway")
        return super().answer(arguments)


@beast("hangs up once", "complete: 25 created; 25 here")
class HangsUp(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(0) if _is_list(arguments) and self.nth("ListRecords") == 2 else super().answer(arguments)


@beast("is not there", "incomplete: nothing; 0 here", says="cannot be reached")
class NotThere(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(0)


@beast("breaks off inside its compressed body once", "complete: 25 created; 25 here")
class TornGzip(Provider):
    def compressed(self, reply: Reply) -> Reply:
        whole = zipped(reply)
        return whole._replace(body=whole.body[:-20]) if self.nth("ListRecords") == 1 else whole


@beast("sends fewer bytes than it said, once", "complete: 25 created; 25 here")
class ShortBody(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        if _is_list(arguments) and self.nth("ListRecords") == 1:
            return reply._replace(headers=(("Content-Length", str(len(reply.body))),), cut=len(reply.body) // 2)
        return reply


@beast("sends a bomb of 300 MB", "incomplete: nothing; 0 here", most_requests=300)
class Bomb(Provider):
    payload = gzip.compress(bytes(300_000_000), 9)

    def compressed(self, reply: Reply) -> Reply:
        if not _is_list(self.asked[-1]):
            return reply
        return Reply(200, self.payload, (("Content-Encoding", "gzip"),))


@beast("drips a byte at a time", "incomplete: nothing; 0 here", settings={"timeout_s": 0.3}, most_requests=40)
class Drips(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return super().answer(arguments)._replace(drip_s=0.05)


@beast("redirects to the inside", "failed: nothing; 0 here", says="not public")
class LeadsInside(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(302, b"", (("Location", "http://169.254.169.254/latest/meta-data"),))


@beast("redirects to itself for ever", "incomplete: nothing; 0 here", says="redirects")
class LeadsRound(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(302, b"", (("Location", self.base),))


@beast("shows a page for people instead", "failed: nothing; 0 here", says="does not answer in OAI-PMH")
class BotWall(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(body=b"<!DOCTYPE html><html><body>Are you a robot?</body></html>")


@beast("shows a page for people after its first page", "incomplete: 10 created; 10 here", says="no OAI-PMH")
class BotWallLater(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        if self.nth("ListRecords") > 1:
            return Reply(body=b"<html><body>Are you a robot?</body></html>")
        return super().answer(arguments)


@beast("is no longer at its address", "failed: nothing; 0 here", says="404")
class Moved(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(404, b"<html>not found</html>")


@beast("sends errors of the protocol with HTTP 404", "complete: nothing; 0 here")
@dataclass
class ErrorsAs404(Provider):
    records: dict[str, Kept] = field(default_factory=dict)

    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        return reply._replace(status=404) if b"<error" in reply.body else reply


@beast("answers Identify with 500", "complete: 25 created; 25 here", says="asked in days")
class NoIdentity(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(500, b"oops") if arguments.get("verb") == "Identify" else super().answer(arguments)


@beast("has one record that kills its page with 500", "complete: 25 created, 80 unchanged; 25 here", most_requests=150)
class PoisonedPage(Provider):
    poison = "oai:zoo:13"

    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        return Reply(500, b"oops") if _is_list(arguments) and self.poison.encode() in reply.body else reply


@beast(
    "has one record that it cannot give at all",
    "complete: 24 created, 80 unchanged, 1 rejected; 24 here; held: 1 unreadable_page",
    most_requests=150,
)
class PoisonedRecord(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        broken = arguments.get("verb") in ("ListRecords", "GetRecord") and b"Record 13<" in reply.body
        return Reply(500, b"oops") if broken else reply


@beast(
    "cannot list a second in any way",
    "incomplete: 24 created, 80 unchanged; 24 here",
    says="are missing",
    most_requests=150,
)
@dataclass
class Hole(Provider):
    records: dict[str, Kept] = field(default_factory=some)

    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        return Reply(500, b"oops") if b"oai:zoo:13<" in reply.body else reply
