"""Beasts that send to nonsense: redirects, pages of sitemaps and streams, pauses; one is one reject or another try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from tests.zoo.beasts import beast
from tests.zoo.provider import Provider, Reply

NONSENSE = {
    "TwoDots": "http://a..b/",
    "EmptyPunycode": "http://xn--/",
    "WrongPunycode": "http://xn--a-\u00e9.example/",
    "BadPunycode": "http://xn--zzzzzzz99999999.example/",
    "OpenBracket": "http://[::1/",
    "NoBracket": "http://::1]/",
    "NoAddress": "http://[v1.x]/",
    "Zone": "http://[fe80::1%25eth0]/",
    "PortZero": "http://127.0.0.1:0/",
    "PortTooHigh": "http://127.0.0.1:99999/",
    "PortInWords": "http://127.0.0.1:abc/",
    "NegativePort": "http://127.0.0.1:-1/",
    "NoHost": "http:///x",
    "Blank": "http://exam ple.invalid/",
    "Tab": "http://exam\tple.invalid/",
    "HugeLabel": f"http://{'a' * 64}.invalid/",
    "HugeName": f"http://{'a.' * 200}invalid/",
    "HugeAddress": f"http://a.invalid/{'a' * 30_000}",
    "Hyphen": "http://-a-.invalid/",
    "Percent": "http://%zz.invalid/",
    "PercentNul": "http://a%00.invalid/",
    "Snowman": "http://\u2603.invalid/",
    "RightToLeft": "http://\u05d0a.invalid/",
    "Joiner": "http://a\u200db.invalid/",
    "DotsOnly": "http://.../",
    "Password": "http://user:secret@127.0.0.1/",
    "File": "file:///etc/passwd",
    "NoScheme": "://x",
    "Words": "over there",
    "Backslashes": "http:\\\\a.invalid\\x",
    "OldNumbers": "http://0x7f.1/",
    "Digits": "http://99999999999/",
    "Newline": "http://a.invalid/%0d%0aX: y",
}


def _leading(address: str) -> Any:
    """A provider whose second page redirects to an address, always."""

    def answer(self: Provider, arguments: dict[str, str]) -> Reply:
        if "resumptionToken" in arguments and arguments.get("verb") == "ListRecords":
            where = address.encode("utf-8").decode("latin-1").replace("\t", "%09")
            return Reply(302, b"", (("Location", where),))
        return Provider.answer(self, arguments)

    return answer


for _name, _address in NONSENSE.items():
    beast(f"redirects its second page to {_address[:40]!r}", "*complete: *25 created*; 25 here", most_requests=250)(
        type(f"Leads{_name}", (Provider,), {"answer": _leading(_address)})
    )

_PAUSES = (
    "-5", "1.5", "1e9", "99999999999999999999", "NaN", "inf", "", " ", "soon", "Mon, 01 Jan 99999999999 00:00:00 GMT",
    "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -2359",
    "Wed, 99 Nov 2026 99:99:99 GMT", "2026-11-18T17:07:00Z", "9999-99-99", "Wed, 18 Nov 2026 17:07:00 +99999999",
    "0x10", "\u0663", "1795000060", "120, 60", "P1D",
)  # fmt: skip


def _pausing(pause: str) -> Any:
    def answer(self: Provider, arguments: dict[str, str]) -> Reply:
        if arguments.get("verb") == "ListRecords" and self.nth("ListRecords") == 2:
            return Reply(503, b"busy", (("Retry-After", pause.encode().decode("latin-1")),))
        return Provider.answer(self, arguments)

    return answer


for _number, _pause in enumerate(_PAUSES):
    beast(f"asks for a pause of {_pause!r}")(type(f"Pause{_number}", (Provider,), {"answer": _pausing(_pause)}))


@dataclass
class _Detour(Provider):
    """Redirects every request, losing what it asks for."""

    lost: str = ""

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        if query and not query.startswith("moved"):
            self.asked.append({})
            return Reply(301, b"", (("Location", f"{self.base}?moved{self.lost}"),))
        return super().reply(query, headers)


@beast("redirects and drops the query", "failed: nothing; 0 here", says="drops")
class DropsTheQuery(_Detour):
    pass


@beast("redirects to a page for people and drops the query", "failed: nothing; 0 here", says="drops")
class DropsTheQueryForPeople(_Detour):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(body=b"<html><body>Welcome</body></html>")


@beast("redirects and drops the query, where nothing is", "failed: nothing; 0 here", says="drops")
class DropsTheQueryIntoNothing(_Detour):
    def answer(self, arguments: dict[str, str]) -> Reply:
        return Reply(404, b"<html>not found</html>")


@beast("redirects its lists and drops the token only", "complete: 25 created*; 25 here", says="drops a part of",
       most_requests=200)  # fmt: skip
class DropsTheToken(Provider):
    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        if "resumptionToken" in query and "moved" not in query:
            self.asked.append({})
            return Reply(301, b"", (("Location", f"{self.base}?verb=ListRecords&metadataPrefix=lom&moved=1"),))
        return super().reply(query, headers)


@beast("redirects one page and drops its token, once", "complete: 25 created*; 25 here", says="drops a part of",
       most_requests=200)  # fmt: skip
class DropsTheTokenOnce(Provider):
    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        if "resumptionToken" in query and not any("moved" in each for each in self.asked):
            self.asked.append({"moved": ""})
            return Reply(301, b"", (("Location", f"{self.base}?verb=ListRecords&metadataPrefix=lom&moved=1"),))
        return super().reply(query, headers)


_PAGE = (
    '<html><head><script type="application/ld+json">{"@context":"https://schema.org","@type":"LearningResource",'
    '"name":"Page %s","url":"http://page.example/%s"}</script></head></html>'
)


@dataclass
class _Map(Provider):
    """A sitemap of three pages and an address that is nonsense, in the middle."""

    address: str = ""
    maps: bool = False

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        self.asked.append({"query": query})
        if query.startswith("page"):
            return Reply(body=(_PAGE % (query, query)).encode(), headers=(("Content-Type", "text/html"),))
        if query.startswith("to="):
            return Reply(302, b"", (("Location", unquote(query[3:]).encode().decode("latin-1")),))
        if self.maps and not query:
            locations: tuple[str, ...] = (f"{self.base}?map=1", self.address, f"{self.base}?map=2")
            inside = "".join(f"<sitemap><loc>{_xml(each)}</loc></sitemap>" for each in locations)
            return Reply(body=f"<sitemapindex>{inside}</sitemapindex>".encode())
        pages = ["page=1", "page=2"] if query == "map=1" else ["page=3"] if query else ["page=1", "page=2", "page=3"]
        locations = tuple(f"{self.base}?{each}" for each in pages)
        if not query:
            locations = (*locations[:2], self.address, *locations[2:])
        inside = "".join(f"<url><loc>{_xml(each)}</loc></url>" for each in locations)
        return Reply(body=f"<urlset>{inside}</urlset>".encode())


def _xml(address: str) -> str:
    return address.replace("&", "&amp;").replace("<", "&lt;")


def _mapped(address: str, *, maps: bool = False) -> Any:
    def made(self: Any) -> None:
        self.address, self.maps = address, maps

    return made


_ONE_BAD = "complete: 3 created, 1 rejected; 3 here; held: 1 *"
_SITEMAP: dict[str, Any] = {"settings": {"kind": "sitemap"}}
for _name, _address in NONSENSE.items():
    beast(
        f"has a sitemap with a page at {_address[:40]!r}",
        "complete: 3 created, 1 rejected; 3 here; held: 1 *",
        **_SITEMAP,
    )(type(f"Page{_name}", (_Map,), {"__post_init__": _mapped(_address)}))
for _name in ("TwoDots", "OpenBracket", "PortZero", "PortTooHigh", "NoHost", "Blank", "File"):
    beast(f"has an index with a sitemap at {NONSENSE[_name][:40]!r}", "incomplete: 3 created; 3 here", **_SITEMAP)(
        type(f"Map{_name}", (_Map,), {"__post_init__": _mapped(NONSENSE[_name], maps=True)})
    )


class _Roundabout(_Map):
    """Its second page redirects to nonsense."""

    whither = ""

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        self.address = f"{self.base}?to={quote(self.whither)}"
        return super().reply(query, headers)


for _name in ("TwoDots", "EmptyPunycode", "OpenBracket", "PortTooHigh", "HugeLabel", "NoHost", "Snowman"):
    beast(
        f"has a page that redirects to {NONSENSE[_name][:40]!r}",
        "complete: 3 created, 1 rejected; 3 here; held: 1 *",
        **_SITEMAP,
    )(type(f"Roundabout{_name}", (_Roundabout,), {"whither": NONSENSE[_name]}))


class _Lines(Provider):
    """Three lines of AMB, one of which is odd."""

    odd = ""

    def reply(self, query: str, headers: dict[str, str]) -> Reply:
        self.asked.append({})
        lines = [f'{_OPEN}"id":"http://a.example/{n}","name":"L {n}"}}' for n in (1, 2)]
        lines.insert(1, self.odd)
        return Reply(body="\n".join(lines).encode("utf-8", "surrogateescape"))


_OPEN = '{"@context":"https://w3id.org/kim/amb/context.jsonld","type":["LearningResource"],'
_ODD = {
    "LoneSurrogate": _OPEN + '"id":"http://a.example/3","name":"half \\ud83d"}',
    "OtherHalf": _OPEN + '"id":"http://a.example/3","name":"half \\uDE00 x"}',
    "SurrogateBytes": _OPEN + '"id":"http://a.example/3","name":"\udced\udca0\udcbd\udced\udcb8\udc80"}',
    "WrongByte": _OPEN + '"id":"http://a.example/3","name":"Caf\udce9"}',
    "RawControl": _OPEN + '"id":"http://a.example/3","name":"bell \x07 tab \t end"}',
    "FormFeedEscape": _OPEN + '"id":"http://a.example/3","name":"two\\fwords"}',
    "Nul": _OPEN + '"id":"http://a.example/3","name":"nul \\u0000"}',
}
for _name, _odd in _ODD.items():
    beast(f"has a line with {_name}", "complete: 3 created; 3 here", settings={"kind": "amb"})(
        type(f"Line{_name}", (_Lines,), {"odd": _odd})
    )
for _name, _address in NONSENSE.items():
    _quoted = _address.replace("\\", "\\\\").replace("\t", "\\t")
    _line = f'{_OPEN}"id":"{_quoted}","name":"N","license":{{"id":"{_quoted}"}},"image":"{_quoted}"}}'
    beast(f"has a line about {_address[:40]!r}", "complete: *created*", settings={"kind": "amb"})(
        type(f"Line{_name}Address", (_Lines,), {"odd": _line})
    )
