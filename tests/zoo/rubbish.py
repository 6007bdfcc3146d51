"""Beasts that put rubbish around pages, into encodings and namespaces: read all the same, and told."""

from __future__ import annotations

import zlib
from typing import Any

from tests.zoo.beasts import ALL, beast
from tests.zoo.bodies import _Spoilt, _titled
from tests.zoo.provider import LOM, Kept, Provider, Reply

_AFTER = {
    "PhpNotice": b"<br />\n<b>Notice</b>: Undefined index in <b>/var/www/oai.php</b> on line <b>9</b>\n",
    "Zero": b"0",
    "Nul": b"\x00",
    "ManyNuls": b"\x00" * 4_000,
    "ControlZ": b"\x1a",
    "HalfTag": b"<",
    "ClosingTag": b"</html>",
    "AnotherElement": b"<script>track()</script>",
    "AnotherDeclaration": b'<?xml version="1.0"?>',
    "WrongBytes": b"\xff\xfe\xe9",
    "Ampersand": b" & ",
    "Comment": b"<!-- 0.02 s -->",
    "OpenComment": b"<!-- 0.02 s",
    "JsonError": b'{"error": null}',
    "SameEndTag": b"</OAI-PMH>",
}


def _after(rubbish: bytes) -> Any:
    def encoded(self: Provider, document: str) -> bytes:
        return document.encode("utf-8", "surrogateescape") + rubbish

    return encoded


for _name, _rubbish in _AFTER.items():
    beast(f"puts {_rubbish[:24]!r} after its pages")(type(f"After{_name}", (Provider,), {"encoded": _after(_rubbish)}))


@beast("puts a notice of PHP before its pages")
class BeforePhpNotice(Provider):
    def encoded(self, document: str) -> bytes:
        return b"<br />\n<b>Warning</b>: session_start() in <b>x.php</b>\n" + document.encode()


@beast("sends every page twice in one answer")
class TwiceInOne(Provider):
    def encoded(self, document: str) -> bytes:
        return document.encode() * 2


@beast("puts a notice after a page that has a control character too")
class AfterControl(_Spoilt):
    def __post_init__(self) -> None:
        _put(self, _titled("bell \x07"))

    def encoded(self, document: str) -> bytes:
        return super().encoded(document) + b"<b>Notice</b>"


@beast("writes UTF-16 with a zero after it")
class WideAndZero(Provider):
    def encoded(self, document: str) -> bytes:
        return document.replace("UTF-8", "UTF-16").encode("utf-16") + "0".encode("utf-16-le")


@beast("breaks off inside its root and goes on with a page of PHP", "incomplete: *; 0 here*", most_requests=300)
class CutAndNotice(Provider):
    def encoded(self, document: str) -> bytes:
        if "<ListRecords>" not in document and "<ListIdentifiers>" not in document:
            return document.encode()
        return document.encode()[: len(document) // 2] + b"<br /><b>Fatal error</b>: Out of memory"


_CODINGS = (
    "UTF-8",
    "utf8",
    "iso-8859-1",
    "none",
    "None",
    "binary",
    "8bit",
    "text/xml",
    "null",
    "chunked",
    "identity, utf-8",
)


def _coded(coding: str) -> Any:
    def reply(self: Provider, query: str, headers: dict[str, str]) -> Reply:
        found = Provider.reply(self, query, headers)
        return found._replace(headers=(*found.headers, ("Content-Encoding", coding)))

    return reply


for _number, _coding in enumerate(_CODINGS):
    beast(f"says that its coding is {_coding}")(type(f"Coding{_number}", (Provider,), {"reply": _coded(_coding)}))


@beast("says gzip and sends plain text")
class GzipThatIsNone(Provider):
    reply = _coded("gzip")


@beast("says nothing and sends gzip")
class SecretGzip(Provider):
    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        found = super().reply(query, headers)
        packer = zlib.compressobj(wbits=31)
        return found._replace(body=packer.compress(found.body) + packer.flush())


@beast("says a charset and gzip")
class CharsetAndGzip(SecretGzip):
    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        found = super().reply(query, headers)
        return found._replace(headers=(("Content-Encoding", "utf-8, gzip"),))


@beast("sends deflate without its header")
class RawDeflate(Provider):
    def compressed(self, reply: Reply) -> Reply:
        packer = zlib.compressobj(wbits=-15)
        body = packer.compress(reply.body) + packer.flush()
        return Reply(200, body, (("Content-Encoding", "deflate"),))


@beast("sends deflate with its header")
class Deflate(Provider):
    def compressed(self, reply: Reply) -> Reply:
        return Reply(200, zlib.compress(reply.body), (("Content-Encoding", "deflate"),))


@beast("sends brotli that nobody asked for", "incomplete: nothing; 0 here", says="coding br")
class Brotli(Provider):
    reply = _coded("br")


_METADATA = {
    "InnerDeclaration": (
        '<?xml version="1.0" encoding="UTF-8"?>' + _titled("Inside"),
        "has a declaration inside metadata",
    ),
    "InnerDoctype": ("<!DOCTYPE lom>" + _titled("Inside"), "has a DOCTYPE inside metadata"),
    "Cesu": (_titled("\udced\udca0\udcbd\udced\udcb8\udc80 smile"), "writes CESU-8"),
    "HalfCharacter": (_titled("half \udced\udca0\udcbd a smile"), "writes half a character"),
    "LongNul": (_titled("nul\udcc0\udc80"), "writes NUL in two bytes"),
    "HalvesByReference": (_titled("&#55357;&#56832; and &#xD83D;&#xDE00;"), "refers to the halves of a character"),
    "HalfByReference": (_titled("half &#55357;"), "refers to half a character"),
    "FormFeed": (_titled("two\x0cwords"), "has a form feed between words"),
    "FormFeedByReference": (_titled("two&#12;words"), "refers to a form feed"),
}
for _name, (_made, _does) in _METADATA.items():
    beast(_does)(type(_name, (_Spoilt,), {"__post_init__": lambda self, made=_made: _put(self, made)}))


def _put(provider: Any, metadata: str) -> None:
    provider.metadata = metadata
    _Spoilt.__post_init__(provider)


_SPACES = {
    "NoSlash": "http://purl.org/dc/elements/1.1",
    "Https": "https://purl.org/dc/elements/1.1/",
    "HttpsNoSlash": "https://purl.org/dc/elements/1.1",
    "Www": "http://www.purl.org/dc/elements/1.1/",
    "Capitals": "http://purl.org/DC/Elements/1.1/",
    "Hash": "http://purl.org/dc/elements/1.1#",
    "VersionZero": "http://purl.org/dc/elements/1.0/",
    "Blank": "http://purl.org/dc/elements/1.1/ ",
}


def _dublin(space: str, wrapper: str = "http://www.openarchives.org/OAI/2.0/oai_dc/") -> Any:
    def record(self: Provider, each: Kept) -> str:
        metadata = f'<o:dc xmlns:o="{wrapper}" xmlns:d="{space}"><d:title>{each.title}</d:title></o:dc>'
        return f"<record>{self.header(each)}<metadata>{metadata}</metadata></record>"

    return record


for _name, _space in _SPACES.items():
    beast(f"writes Dublin Core in {_space}")(type(f"Dublin{_name}", (Provider,), {"record": _dublin(_space)}))


@beast("writes the wrapper of Dublin Core in nearly its namespace")
class DublinWrapper(Provider):
    record = _dublin("https://purl.org/dc/elements/1.1", "https://www.openarchives.org/OAI/2.0/oai_dc")


@beast("writes LOM in nearly its namespace")
class NearlyLom(Provider):
    def record(self, each: Kept) -> str:
        return super().record(each).replace(LOM, LOM.replace("http:", "https:") + "/")


for _name, _code in (("Small", "norecordsmatch"), ("Capital", "NoRecordsMatch"), ("Shout", "NO_RECORDS_MATCH")):

    def _refusing(self: Provider, verb: str, arguments: dict[str, str], code: str = _code) -> str:
        return self.error(code)

    beast(f"writes noRecordsMatch as {_code}", "complete: nothing; 0 here")(
        type(f"Code{_name}", (Provider,), {"listed": _refusing})
    )

for _name, _code in (("Small", "badresumptiontoken"), ("Shout", "BAD_RESUMPTION_TOKEN")):

    def _forgetting(self: Provider, verb: str, arguments: dict[str, str], code: str = _code) -> str:
        first = "resumptionToken" in arguments and self.nth(verb) == 2
        return self.error(code) if first else Provider.listed(self, verb, arguments)

    beast(f"forgets a token once and says {_code}", ALL)(type(f"Token{_name}", (Provider,), {"listed": _forgetting}))


@beast("gives empty pages with new tokens for ever", "complete: nothing; 0 here", says="nothing new", most_requests=20)
class EmptyAndNewForEver(Provider):
    def page(self, verb: str, page: list[Kept], token: str) -> str:
        return f"<{verb}><resumptionToken>{len(self.asked)}||</resumptionToken></{verb}>"

    def opened(self, token: str) -> tuple[int, str, str] | None:
        return 0, "", ""


@beast("gives empty pages with new tokens for ever after its first", "*; 25 here", most_requests=200)
class EmptyAndNewAfterOne(EmptyAndNewForEver):
    def page(self, verb: str, page: list[Kept], token: str) -> str:
        if "resumptionToken" in self.asked[-1]:
            return super().page(verb, page, token)
        return Provider.page(self, verb, page, f"<resumptionToken>{len(self.asked)}||</resumptionToken>")

    def token(self, verb: str, offset: int, since: str, until: str, total: int) -> str:
        return ""
