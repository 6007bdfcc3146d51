"""A small provider in memory that keeps to OAI-PMH, made so that a beast can spoil any part of it by overriding it.

Lists are in the order of the records, `page_size` a page; a token holds the offset and the bounds. Datestamps are text,
compared as such. Everything is bytes and text, nothing of ours is used to write it.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

OAI = "http://www.openarchives.org/OAI/2.0/"
LOM = "http://ltsc.ieee.org/xsd/LOM"
NOW = "2026-11-25T12:00:00Z"


class Reply(NamedTuple):
    """What goes over the wire. `cut`: bytes after which the connection is closed."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    drip_s: float = 0.0


@dataclass(frozen=True)
class Kept:
    """A record of the provider."""

    identifier: str
    datestamp: str
    title: str = ""
    deleted: bool = False
    metadata: str | None = None  # None: LOM with the title
    header: str | None = None

    def lom(self) -> str:
        if self.metadata is not None:
            return self.metadata
        return (
            f'<lom xmlns="{LOM}"><general><identifier><catalog>zoo</catalog><entry>{escape(self.identifier)}</entry>'
            f'</identifier><title><string language="nl">{escape(self.title)}</string></title></general></lom>'
        )


def kept(n: int, **fields: object) -> Kept:
    """The n-th record: a datestamp of its own, n minutes into a day."""
    made = Kept(f"oai:zoo:{n}", f"2026-03-{1 + n // 10:02d}T10:{n % 10:02d}:00Z", f"Record {n}")
    return replace(made, **fields)  # type: ignore[arg-type]


def some(count: int = 25) -> dict[str, Kept]:
    return {each.identifier: each for each in (kept(n) for n in range(count))}


@dataclass
class Provider:
    """A provider without fault."""

    records: dict[str, Kept] = field(default_factory=some)
    page_size: int = 10
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    deleted_record: str = "persistent"
    now: str = NOW
    asked: list[dict[str, str]] = field(default_factory=list)
    base: str = ""

    def __post_init__(self) -> None:
        """What a beast does with its records; the fields are set."""

    # HTTP ------------------------------------------------------------------------------------------------------------

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        """The answer to a request."""
        arguments = dict(parse_qsl(query, keep_blank_values=True))
        self.asked.append(arguments)
        reply = self.answer(arguments)
        if "gzip" in headers.get("accept-encoding", "") and reply.status == 200 and reply.cut is None:
            return self.compressed(reply)
        return reply

    def compressed(self, reply: Reply) -> Reply:
        return reply

    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(body=self.encoded(self.document(arguments)))

    def encoded(self, document: str) -> bytes:
        return document.encode("utf-8", "surrogateescape")

    def nth(self, verb: str) -> int:
        """How many requests of a verb came so far, this one included."""
        return sum(each.get("verb") == verb for each in self.asked)

    # The protocol ----------------------------------------------------------------------------------------------------

    def document(self, arguments: dict[str, str]) -> str:
        inside = self.inside(arguments)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}"><responseDate>{self.now}</responseDate>'
            f'<request verb="{escape(arguments.get("verb", ""))}">{escape(self.base)}</request>{inside}</OAI-PMH>'
        )

    def inside(self, arguments: dict[str, str]) -> str:
        match arguments.get("verb"):
            case "Identify":
                return self.identify()
            case "ListMetadataFormats":
                return (
                    "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat>"
                    "<metadataFormat><metadataPrefix>lom</metadataPrefix></metadataFormat></ListMetadataFormats>"
                )
            case "GetRecord":
                found = self.records.get(arguments.get("identifier", ""))
                if found is None:
                    return self.error("idDoesNotExist")
                return f"<GetRecord>{self.record(found)}</GetRecord>"
            case "ListRecords" | "ListIdentifiers" as verb:
                return self.listed(verb, arguments)
        return self.error("badVerb")

    def identify(self) -> str:
        return (
            "<Identify><repositoryName>Zoo</repositoryName><protocolVersion>2.0</protocolVersion>"
            f"<earliestDatestamp>2026-03-01T00:00:00Z</earliestDatestamp><deletedRecord>{self.deleted_record}"
            f"</deletedRecord><granularity>{self.granularity}</granularity></Identify>"
        )

    def error(self, code: str, text: str = "") -> str:
        return f'<error code="{code}">{text}</error>'

    def listed(self, verb: str, arguments: dict[str, str]) -> str:
        if "resumptionToken" in arguments:
            found = self.opened(arguments["resumptionToken"])
            if found is None:
                return self.error("badResumptionToken")
            offset, since, until = found
        else:
            offset, since, until = 0, arguments.get("from", ""), arguments.get("until", "")
            refused = self.refused(since, until)
            if refused:
                return refused
        chosen = self.chosen(since, until)
        if not chosen:
            return self.error("noRecordsMatch")
        page = chosen[offset : offset + self.page_size]
        return self.page(verb, page, self.token(verb, offset, since, until, len(chosen)))

    def refused(self, since: str, until: str) -> str:
        """An error for the bounds, or nothing."""
        return ""

    def chosen(self, since: str, until: str) -> list[Kept]:
        end = until + "T23:59:59Z" if len(until) == 10 else until
        found = [
            each for each in self.records.values() if each.datestamp >= since and (not end or each.datestamp <= end)
        ]
        return sorted(found, key=lambda each: each.datestamp)

    def page(self, verb: str, page: list[Kept], token: str) -> str:
        write = self.header if verb == "ListIdentifiers" else self.record
        return f"<{verb}>{''.join(map(write, page))}{token}</{verb}>"

    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        after = offset + self.page_size
        size = f' completeListSize="{self.size(verb, total)}" cursor="{offset}"'
        if after < total:
            return f"<resumptionToken{size}>{escape(self.closed(after, since, until))}</resumptionToken>"
        return f"<resumptionToken{size}/>" if offset else ""

    def size(self, verb: str, total: int) -> int:
        return total

    def closed(self, offset: int, since: str, until: str) -> str:
        return f"{offset}|{since}|{until}"

    def opened(self, token: str) -> tuple[int, str, str] | None:
        parts = token.split("|")
        return (int(parts[0]), parts[1], parts[2]) if len(parts) == 3 and parts[0].isdigit() else None

    def header(self, each: Kept) -> str:
        if each.header is not None:
            return each.header
        status = ' status="deleted"' if each.deleted else ""
        return (
            f"<header{status}><identifier>{escape(each.identifier)}</identifier>"
            f"<datestamp>{each.datestamp}</datestamp></header>"
        )

    def record(self, each: Kept) -> str:
        metadata = "" if each.deleted else f"<metadata>{each.lom()}</metadata>"
        return f"<record>{self.header(each)}{metadata}</record>"


def zipped(reply: Reply) -> Reply:
    """The reply compressed as it should be."""
    return reply._replace(body=gzip.compress(reply.body), headers=(*reply.headers, ("Content-Encoding", "gzip")))
