"""Beasts that spoil pages and records: bytes, encodings, XML, what a record is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.zoo.beasts import beast
from tests.zoo.provider import LOM, Kept, Provider, Reply, kept, some


def _with(number: int, **fields: object) -> dict[str, Kept]:
    records = some()
    records[f"oai:zoo:{number}"] = kept(number, **fields)
    return records


def _titled(inside: str) -> str:
    return f'<lom xmlns="{LOM}"><general><title><string language="nl">{inside}</string></title></general></lom>'


@dataclass
class _Spoilt(Provider):
    """A provider whose 13th record has this for its metadata."""

    metadata: str = ""

    def __post_init__(self) -> None:
        self.records = _with(13, metadata=self.metadata)


@beast("cuts a page in half with HTTP 200, once")
class HalfAPage(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        half = self.nth("ListRecords") == 2 and arguments.get("verb") == "ListRecords"
        return reply._replace(body=reply.body[: len(reply.body) // 2]) if half else reply


@beast(
    "cuts every page with one record in half, always",
    "complete: 24 created, 80 unchanged, 1 rejected; 24 here; held: 1 truncated",
    most_requests=200,
)
class AlwaysHalf(Provider):
    def answer(self, arguments: dict[str, str]) -> Reply:
        reply = super().answer(arguments)
        place = reply.body.find(b"Record 13<")
        return reply._replace(body=reply.body[: place + 5]) if place > 0 else reply


@beast("has a control character in a record")
@dataclass
class ControlCharacter(_Spoilt):
    metadata: str = _titled("Con\x0ctrol")


@beast("has a reference to a forbidden character")
@dataclass
class ForbiddenReference(_Spoilt):
    metadata: str = _titled("For&#11;bidden")


@beast("has bytes that are no UTF-8")
@dataclass
class WrongBytes(_Spoilt):
    metadata: str = _titled("Caf\udce9")


@beast("has a bare ampersand")
@dataclass
class BareAmpersand(_Spoilt):
    metadata: str = _titled("Tom & Jerry")


@beast("has an entity of HTML")
@dataclass
class HtmlEntity(_Spoilt):
    metadata: str = _titled("Caf&eacute;&nbsp;noir")


@beast(
    "has a record whose tags do not pair",
    "complete: 24 created, 1 rejected; 24 here; held: 1 not_xml",
)
@dataclass
class TagsDoNotPair(_Spoilt):
    metadata: str = f'<lom xmlns="{LOM}"><general><title>No end</general></lom>'


@beast(
    "has two records whose tags do not pair, and a control character in a third",
    "complete: 23 created, 2 rejected; 23 here; held: 2 not_xml",
)
class ThreeBadRecords(Provider):
    def __post_init__(self) -> None:
        broken = f'<lom xmlns="{LOM}"><general></lom>'
        self.records = _with(13, metadata=broken) | {
            "oai:zoo:14": kept(14, metadata=broken),
            "oai:zoo:15": kept(15, title="bell \x07"),
        }


@beast("uses a prefix that it did not declare", "complete: 24 created, 1 rejected; 24 here; held: 1 not_xml")
@dataclass
class UndeclaredPrefix(_Spoilt):
    metadata: str = "<dcx:thing>nothing</dcx:thing>"


@beast("declares its prefixes on the root only")
class PrefixesOnTheRoot(Provider):
    def __post_init__(self) -> None:
        title = "<lom:general><lom:title><lom:string language='nl'>Ro & ot</lom:string></lom:title></lom:general>"
        self.records = _with(13, metadata=f"<lom:lom>{title}</lom:lom>")

    def document(self, arguments: dict[str, str]) -> str:
        return super().document(arguments).replace("<OAI-PMH ", f'<OAI-PMH xmlns:lom="{LOM}" ', 1)


@beast("sends a DOCTYPE with entities that grow", "incomplete: 3 rejected; 0 here; held: 1 doctype", most_requests=300)
class Laughs(Provider):
    def document(self, arguments: dict[str, str]) -> str:
        if arguments.get("verb") == "Identify":
            return super().document(arguments)
        bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        return super().document(arguments).replace("?>\n", f"?>{bomb}", 1)


@beast("writes ISO-8859-1 and says so")
class Latin(Provider):
    def encoded(self, document: str) -> bytes:
        return document.replace("UTF-8", "ISO-8859-1").replace("Record", "Récord").encode("latin-1")


@beast("writes UTF-16")
class Wide(Provider):
    def encoded(self, document: str) -> bytes:
        return document.replace("UTF-8", "UTF-16").encode("utf-16")


@beast(
    "writes UTF-7, which hides tags", "incomplete: 3 rejected; 0 here; held: 1 unsupported_encoding", most_requests=300
)
class Hides(Provider):
    def encoded(self, document: str) -> bytes:
        if "<Identify>" in document:
            return document.encode()
        return document.replace("UTF-8", "UTF-7").encode()


@beast("puts blank lines before its XML declaration")
class BlankLines(Provider):
    def encoded(self, document: str) -> bytes:
        return b"\n\n" + document.encode()


@beast("leaves the namespace of OAI-PMH out")
class NoNamespace(Provider):
    def document(self, arguments: dict[str, str]) -> str:
        return re.sub(r' xmlns="http://www.openarchives[^"]*"', "", super().document(arguments))


@beast("writes OAI-PMH with a prefix")
class Prefixed(Provider):
    def document(self, arguments: dict[str, str]) -> str:
        found = (
            super().document(arguments).replace(' xmlns="http://www.openarchives', ' xmlns:o="http://www.openarchives')
        )
        ours = "OAI-PMH|responseDate|request|Identify|ListRecords|record|header|metadata|identifier|datestamp"
        ours += "|resumptionToken|granularity|deletedRecord|earliestDatestamp|error"
        parts = re.split(r"(<lom .*?</lom>)", found)
        return "".join(
            part if part.startswith("<lom ") else re.sub(rf"<(/?)({ours})(?=[\s>/])", r"<\1o:\2", part)
            for part in parts
        )


@beast("has a record without metadata", "complete: 24 created, 1 rejected; 24 here; held: 1 no_metadata")
class NoMetadata(Provider):
    def record(self, each: Kept) -> str:
        found = super().record(each)
        return re.sub("<metadata>.*</metadata>", "", found) if each.identifier == "oai:zoo:13" else found


@beast(
    "has a record of a format that nobody knows", "complete: 24 created, 1 rejected; 24 here; held: 1 unknown_format"
)
@dataclass
class UnknownMetadata(_Spoilt):
    metadata: str = "<marc xmlns='urn:marc'><leader/></marc>"


@beast("has a record without a title", "complete: 24 created, 1 rejected; 24 here; held: 1 no_title")
@dataclass
class NoTitle(_Spoilt):
    metadata: str = f'<lom xmlns="{LOM}"><general><language>nl</language></general></lom>'


@beast("has a record of 3 MB", "complete: 24 created, 1 rejected; 24 here; held: 1 too_large")
@dataclass
class Huge(_Spoilt):
    metadata: str = _titled("x" * 3_000_000)


@beast("nests elements 1,000 deep", "complete: 24 created, 1 rejected; 24 here; held: 1 too_deep")
@dataclass
class Deep(_Spoilt):
    metadata: str = "<a>" * 1_000 + "</a>" * 1_000


@beast("has a record within a record", "complete: 24 created, 1 rejected; 24 here; held: 1 unknown_format")
@dataclass
class RecordInRecord(_Spoilt):
    metadata: str = "<collection xmlns='urn:marc'><record><leader/></record></collection>"


@beast(
    "leaves the identifier out of a header",
    "complete: 24 created, 1 rejected; 24 here; held: 1 no_identity",
)
class NoIdentifier(Provider):
    def header(self, each: Kept) -> str:
        found = super().header(each)
        return found.replace("<identifier>oai:zoo:13</identifier>", "")


def _mend(provider: Provider) -> None:
    provider.records["oai:zoo:13"] = kept(13, datestamp="2026-11-25T12:30:00Z")


@beast(
    "mends a record that was held",
    "complete: 1 created; 25 here",
    then=(_mend,),
    settings={"overlap": "0"},
)
@dataclass
class MendsLater(_Spoilt):
    metadata: str = f'<lom xmlns="{LOM}"><general><title>No end</general></lom>'


@beast("mixes LOM, Dublin Core and IMS-MD", "complete: 3 created; 3 here")
@dataclass
class Mixes(Provider):
    records: dict[str, Kept] = field(
        default_factory=lambda: {
            "1": kept(1),
            "2": kept(
                2,
                metadata='<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
                ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Twee</dc:title></oai_dc:dc>',
            ),
            "3": kept(
                3,
                metadata='<lom xmlns="http://www.imsglobal.org/xsd/imsmd_v1p2"><general><title>'
                '<langstring xml:lang="nl">Drie</langstring></title></general></lom>',
            ),
        }
    )
