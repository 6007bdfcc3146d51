"""Incremental harvesters of every kind that follows the protocol: the kinds differ in what they ask for next time.

Each keeps a copy of what it was given; after a harvest that was broken off it begins again from the same `from`.
"""

from __future__ import annotations

import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.stress.arena import Arena

NS = {"o": "http://www.openarchives.org/OAI/2.0/"}
_TITLES = ("{http://purl.org/dc/elements/1.1/}title", "{http://ltsc.ieee.org/xsd/LOM}title/{*}string")


class Seen(NamedTuple):
    """A record as it was given: `title` None for a deleted one."""

    datestamp: str
    title: str | None


class Run(NamedTuple):
    """What a harvest saw: the responseDates of its first answer, the newest datestamp, the `until` it asked for."""

    first: str
    newest: str | None
    until: str | None


@dataclass
class Harvester:
    """`next_from` and `windowed` make its kind; `path`, `prefix` and `spec` say what part it takes."""

    kind: str
    next_from: Callable[[Run], str | None]
    windowed: bool = False  # asks for [from, responseDate of Identify] instead of [from, ...
    path: str = "/oai"
    prefix: str = "oai_dc"
    spec: str | None = None
    since: str | None = None
    runs: int = 0
    broken_off: int = 0
    complaints: list[str] = field(default_factory=list)  # answers that no harvester need put up with
    copy: dict[str, Seen] = field(default_factory=dict)

    def fresh(self) -> Harvester:
        """One that knows nothing yet, of the same part."""
        return Harvester("fresh", lambda _: None, path=self.path, prefix=self.prefix, spec=self.spec)

    def harvest(self, arena: Arena) -> bool:
        """One incremental harvest; False when it was broken off."""
        done = self._harvest(arena)
        self.runs += done
        self.broken_off += not done
        return done

    def _harvest(self, arena: Arena) -> bool:
        until = None
        if self.windowed:
            identify = self._ask(arena, {"verb": "Identify"})
            if identify is None:
                return False
            until = identify.findtext("o:responseDate", "", NS)
            if self.since and self.since > until:
                return True  # W has not moved since: there is no window yet.
        wanted = {"from": self.since, "until": until, "set": self.spec, "metadataPrefix": self.prefix}
        query = {"verb": "ListRecords"} | {name: value for name, value in wanted.items() if value}
        first, newest = "", None
        while (root := self._ask(arena, query)) is not None:
            first = first or root.findtext("o:responseDate", "", NS)
            for record in root.iterfind(".//o:record", NS):
                identifier, seen = read(record)
                newest = max(newest or "", seen.datestamp)
                self.copy[identifier] = seen
            token = root.findtext(".//o:resumptionToken", None, NS)
            if not token:
                self.since = self.next_from(Run(first, newest, until)) or self.since
                return True
            query = {"verb": "ListRecords", "resumptionToken": token}
        return False

    def _ask(self, arena: Arena, query: dict[str, str]) -> ET.Element | None:
        """The root of an answer; None when there is none, or it is an error but noRecordsMatch."""
        arena.count("requests")
        answer = arena.ask("GET", f"{self.path}?{urllib.parse.urlencode(query)}")
        if answer is None or answer[0] != 200:
            if answer is not None and answer[0] != 503:
                self.complaints.append(f"status {answer[0]}")
            return None
        root = ET.fromstring(answer[1])
        error = root.find("o:error", NS)
        if error is not None and error.get("code") != "noRecordsMatch":
            self.complaints.append(f"{error.get('code')}: {error.text} for {query}")
            return None
        return root


def read(record: ET.Element) -> tuple[str, Seen]:
    """The identifier of a record and what is seen of it."""
    header = record.find("o:header", NS)
    assert header is not None
    title = None if header.get("status") == "deleted" else _title(record)
    return header.findtext("o:identifier", "", NS), Seen(header.findtext("o:datestamp", "", NS), title)


def _title(record: ET.Element) -> str:
    found = (record.find(f".//{path}") for path in _TITLES)
    return next((element.text or "" for element in found if element is not None), "")


def kinds() -> list[Harvester]:
    """The four rules for `from`, and the parts that a harvester may take of a repository."""
    by_response = _by_response_date
    return [
        Harvester("from = responseDate of the first answer", by_response),
        Harvester("from = newest datestamp", lambda run: run.newest),
        Harvester("windows that do not overlap", _after_until, windowed=True),
        Harvester("a set", by_response, spec="language:nl", prefix="lom"),
        Harvester("a context", by_response, path="/oai/open", prefix="lom"),
        Harvester(
            "a set of a context, by newest datestamp", lambda run: run.newest, path="/oai/open", spec="language:nl"
        ),
        Harvester("windows over a context", _after_until, windowed=True, path="/oai/open"),
    ]


def _by_response_date(run: Run) -> str:
    return run.first


def _after_until(run: Run) -> str:
    """The next window begins a second after this one ended: both bounds belong to a window (2.7.1)."""
    assert run.until is not None
    return f"{datetime.fromisoformat(run.until) + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
