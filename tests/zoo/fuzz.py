"""A provider whose answers are mutated by chance: bytes, headers, statuses, tokens. No run of it may break.

`python -m tests.zoo.fuzz --runs 3000 --seed 1` prints what went wrong. After some mutated runs the provider is sound
again and is asked for everything: all of its records must be here, so that nothing was lost or deleted on the way.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.zoo.addresses import NONSENSE
from tests.zoo.keeper import Keeper, Zoo, a_repository
from tests.zoo.provider import Provider, Reply

MUTATED_RUNS = 2
_STATUSES = (200, 204, 206, 301, 302, 304, 307, 400, 401, 404, 410, 413, 429, 500, 502, 503)
_PIECES = (
    b"\x00", b"\xff", b"\xed\xa0\xbd", b"<", b">", b"&", b"]]>", b"<![CDATA[", b"</OAI-PMH>", b"</record>", b"<record>",
    b"<?xml version='1.0'?>", b"<!DOCTYPE x>", b"&#0;", b"\xef\xbb\xbf", b"<resumptionToken>x</resumptionToken>",
    b"9999-12-31",    b"0001-01-01T00:00:00+14:00", b"-1", b"9" * 400,
)  # fmt: skip
_HEADERS = ("Retry-After", "Content-Encoding", "Location", "Content-Type", "Transfer-Encoding", "ETag", "Date")
_NO_DATE = "Mon, 01 Jan 99999999999 00:00:00 GMT"
_VALUES = (
    "",
    "gzip",
    "deflate",
    "utf-8",
    "-1",
    "Mon, 01 Jan 99999999999 00:00:00 GMT",
    "NaN",
    "0",
    "\x80\xff",
    "br",
    "chunked",
)


@dataclass
class Mutant(Provider):
    """Spoils some of its answers while it is `ill`."""

    seed: int = 0
    ill: bool = True
    chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.deleted_record = self.chance.choice(("no", "transient", "persistent"))

    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        if not self.ill or self.chance.random() < 0.6:
            return reply
        for _ in range(self.chance.randint(1, 3)):
            reply = self._mutated(reply)
        return reply

    def _mutated(self, reply: Reply) -> Reply:
        body, at = reply.body, self.chance.randrange(len(reply.body) + 1)
        match self.chance.randrange(8):
            case 0:
                return reply._replace(body=body[:at])
            case 1:
                return reply._replace(body=body[:at] + self.chance.choice(_PIECES) + body[at:])
            case 2:
                return reply._replace(
                    body=body[:at] + self.chance.randbytes(self.chance.randint(1, 9)) + body[at + 4 :]
                )
            case 3:
                return reply._replace(status=self.chance.choice(_STATUSES))
            case 4:
                header = (self.chance.choice(_HEADERS[:4]), self.chance.choice(_VALUES[:-1]))
                return reply._replace(headers=(*reply.headers, header))
            case 5:
                where = self.chance.choice(list(NONSENSE.values())).encode().decode("latin-1").replace("\t", "%09")
                return reply._replace(status=302, headers=(("Location", where),))
            case 6:
                return reply._replace(body=body.replace(b"oai:zoo:1", self.chance.choice(_PIECES[:4]), 1))
            case _:
                return reply._replace(body=body.replace(b"resumptionToken", b"resumptiontoken", 1))


def trouble(zoo: Zoo, seed: int, home: Path) -> str:
    """What went wrong with a mutant; "" where nothing did."""
    provider = Mutant(seed=seed)
    url = zoo.take_in(f"mutant-{seed}", provider)
    with a_repository(home) as site:
        keeper = Keeper(site, url, timeout_s=10.0)
        try:
            ends = [keeper.run() for _ in range(MUTATED_RUNS)]
            provider.ill = False
            provider.records = {name: replace(each) for name, each in provider.records.items()}
            ends += [keeper.run(everything=True), keeper.run(everything=True)]
            end = keeper.end(provider)
        finally:
            keeper.close()
    broke = [note for each in ends for note in each.notes if "It broke" in note]
    if broke:
        return broke[0]
    lost = sorted({f"oai:zoo:{n}" for n in range(25)} - end.alive)
    return f"lost {lost[:3]}, {end.told}, {end.notes}" if lost or end.state != "complete" else ""


def main() -> int:
    """Try so many seeds; 1 when one of them broke a run, or lost a record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=24 * 60.0, help="then no other mutant is begun")
    wanted = parser.parse_args()
    zoo, bad, ran = Zoo(), 0, 0
    until = time.monotonic() + wanted.minutes * 60
    for seed in range(wanted.seed, wanted.seed + wanted.runs):
        if time.monotonic() > until:
            break
        ran += 1
        with tempfile.TemporaryDirectory(prefix="oerbron-fuzz-") as home:
            found = trouble(zoo, seed, Path(home))
        if found:
            bad += 1
            sys.stdout.write(f"seed {seed}: {found}\n")
            sys.stdout.flush()
    zoo.close()
    sys.stdout.write(f"{ran} mutants, {bad} went wrong\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
