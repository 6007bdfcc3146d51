"""From received bytes to clean XML text: encodings are decided and checked and, for salvage, mends are made.

Only UTF-8, UTF-16, ISO-8859-1 and windows-1252 are accepted (reliability.md, XML row): libxml2 alone would also
decode UTF-7 and whatever iconv knows. Decoding happens here, so that an error can name the byte and its line.
Every mend is a Repair whose path is the line ("line 12"). This module must not parse XML; schemas.xml.reader does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import html5
from typing import Final

from schemas.errors import Repair, Unreadable

ENCODINGS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "latin-1",
    "iso8859-1": "latin-1",
    "iso_8859-1": "latin-1",
    "latin1": "latin-1",
    "latin-1": "latin-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}

_DECLARED: Final = re.compile(
    rb"\s*(?:<!--.{0,4096}?-->\s*)*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{0,40})[\"']", re.S
)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FOREIGN_STARTS: Final = (
    b"\xff\xfe\x00\x00",
    b"\x00\x00\xfe\xff",
    b"<\x00\x00\x00",
    b"\x00\x00\x00<",
    b"\x4c\x6f\xa7\x94",
)

FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""The characters XML 1.0 forbids (2.2, Char)."""

_SECTIONS: Final = re.compile(r"<!\[CDATA\[|<!--|<\?")
_SECTION_ENDS: Final = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_ENTITY: Final = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);|#[0-9]{1,7};|#x[0-9a-fA-F]{1,6};)(?:([A-Za-z][A-Za-z0-9]{1,31};))?"
)
_REFERENCE: Final = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_XMLNS: Final = re.compile(r"(\sxmlns(?::[\w.-]+)?\s*=\s*)(\"[^\"<>]*\"|'[^'<>]*')")
_PROLOG_JUNK: Final = re.compile(r"(?:\s|<!--(?:(?!-->).){0,4096}-->){1,64}(?=<\?xml\s)|[^<]+(?=<)", re.S)
_UNDECODED: Final = re.compile(
    "(?P<pair>\udced[\udca0-\udcaf][\udc80-\udcbf]\udced[\udcb0-\udcbf][\udc80-\udcbf])"
    "|(?P<half>\udced[\udca0-\udcbf][\udc80-\udcbf])|(?P<nul>\udcc0\udc80)|[\udc80-\udcff]"
)
_HALVES: Final = re.compile(
    r"&#(?:x([dD][89abAB][0-9a-fA-F]{2})|(5[5-6][0-9]{3}));&#(?:x([dD][c-fC-F][0-9a-fA-F]{2})|(5[6-7][0-9]{3}));"
)
_SPACES: Final = frozenset("\x0b\x0c\x1c\x1d\x1e\x1f")
_INNER: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?xml\s[^<>]{0,200}\?>|<!DOCTYPE[^<>\[\]]{0,1000}>",
    re.DOTALL | re.IGNORECASE,
)
_UNDEFINED: Final = (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # windows-1252 leaves these five open
_WESTERN: Final = {
    0xDC00 + byte: chr(byte) if byte in _UNDEFINED else bytes((byte,)).decode("cp1252") for byte in range(0x80, 0x100)
}


def encoding_of(data: bytes) -> str:
    """The Python codec of an XML document: byte order mark, then the shape of the first bytes, then the declaration.

    Raises Unreadable(unsupported_encoding) for any other than the accepted ones (XML 1.0, appendix F).
    """
    head = data[:4]
    if head.startswith(_FOREIGN_STARTS):
        raise Unreadable("unsupported_encoding", "The file is in an encoding that is not accepted (UTF-32 or EBCDIC).")
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec
    if head[:2] == b"<\x00":
        return "utf-16-le"
    if head[:2] == b"\x00<":
        return "utf-16-be"
    found = _DECLARED.match(data)
    if found is None:
        return "utf-8"
    name = found[1].decode("latin-1").strip()
    known = ENCODINGS.get(name.lower())
    if known is None:
        raise Unreadable(
            "unsupported_encoding",
            f"The encoding {name or 'declared'} is not accepted; use UTF-8, UTF-16, ISO-8859-1 or windows-1252.",
            "line 1",
        )
    return known


def line_of(data: bytes, position: int) -> int:
    """The line, from 1, of a byte position."""
    return data.count(b"\n", 0, position) + 1


def decode(data: bytes) -> str:
    """The text of a document, without byte order mark; raises Unreadable naming the byte and its line."""
    codec = encoding_of(data)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise _undecodable(data, error) from error


def _undecodable(data: bytes, error: UnicodeDecodeError) -> Unreadable:
    line = line_of(data, error.start)
    if error.end >= len(data) and "end of data" in error.reason:
        return Unreadable("truncated", f"The file breaks off inside a character on line {line}.", f"line {line}")
    byte, position = data[error.start], error.start + 1
    names = {"utf-8-sig": "UTF-8", "cp1252": "windows-1252", "latin-1": "ISO-8859-1"}
    name = names.get(error.encoding, error.encoding.upper())
    return Unreadable(
        "wrong_encoding",
        f"Byte 0x{byte:02X} at position {position} (line {line}) is not valid {name}.",
        f"line {line}",
    )


def salvaged(data: bytes) -> tuple[str, tuple[Repair, ...]]:
    """The text with everything mended that can be mended, and the mends, line by line.

    Wrong bytes are read as windows-1252 (characters in two halves, CESU-8, are put together), illegal characters and
    references to them are stripped, form feeds and their like become blanks, bare ampersands are escaped, HTML entities
    written out, namespace names trimmed; what stands before the XML declaration goes, and so do later declarations.
    """
    text, repairs = _forced(data)
    mends = (_without_junk, _without_declarations, _without_illegal, _with_whole_references)
    for mend in (*mends, _without_illegal_references, _with_ampersands, _with_namespaces):
        text = mend(text, repairs)
    return text, tuple(repairs)


def renamed(data: bytes) -> tuple[str, tuple[Repair, ...]]:
    """The text with its namespace names made lawful URIs; done even without salvage, since no byte of it is wrong."""
    repairs: list[Repair] = []
    return _with_namespaces(decode(data), repairs), tuple(repairs)


def _forced(data: bytes) -> tuple[str, list[Repair]]:
    codec = encoding_of(data)
    try:
        return data.decode(codec), []
    except UnicodeDecodeError:
        pass  # told below, per line
    if codec not in ("utf-8", "utf-8-sig"):
        if codec == "utf-16":
            return salvaged_utf8(data)
        text = data.decode("latin-1" if codec == "cp1252" else codec, "replace")
        return text, [Repair("file", "wrong_encoding", codec, "replaced by U+FFFD" if codec != "cp1252" else "latin-1")]
    return salvaged_utf8(data)


def salvaged_utf8(data: bytes) -> tuple[str, list[Repair]]:
    """The text of UTF-8 in which the bytes that are not UTF-8 are read as windows-1252."""
    repairs: list[Repair] = []
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")

    def western(found: re.Match[str]) -> str:
        if found.lastgroup is None:
            return found[0].translate(_WESTERN)
        units = found[0].encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass") if found["pair"] else ""
        return units.encode("utf-16", "surrogatepass").decode("utf-16") if units else "\ufffd" if found["half"] else ""

    return _replace(_UNDECODED, western, text, "wrong_encoding", repairs), repairs


def shown(text: str) -> str:
    """Text as a Repair may carry it: bytes and forbidden characters in \\x form."""
    return FORBIDDEN.sub(lambda m: f"\\x{ord(m[0]) & 0xFF:02x}" if ord(m[0]) < 0xFFFE else f"\\u{ord(m[0]):04x}", text)


_TOLD: Final = 20  # mends spelt out per line; the rest of the line is only counted
_TOLD_LENGTH: Final = 200  # characters of one mend


def _replace(
    pattern: re.Pattern[str], change: Callable[[re.Match[str]], str], text: str, rule: str, repairs: list[Repair]
) -> str:
    """Substitute, and add one Repair per line touched, with what was changed on it."""
    lines: dict[int, _Mends] = {}
    seen, line = 0, 1

    def once(found: re.Match[str]) -> str:
        nonlocal seen, line
        new = change(found)
        if new != found[0]:
            line += text.count("\n", seen, found.start())
            seen = found.start()
            if (mends := lines.get(line)) is None:
                mends = lines[line] = _Mends()
            mends.add(found[0], new)
        return new

    out = pattern.sub(once, text)
    repairs += [mends.told(number, rule) for number, mends in lines.items()]
    return out


class _Mends:
    """The mends on one line."""

    __slots__ = ("count", "first")

    def __init__(self) -> None:
        self.first: list[tuple[str, str]] = []
        self.count = 0

    def add(self, before: str, after: str) -> None:
        self.count += 1
        if self.count <= _TOLD:
            self.first.append((before[:_TOLD_LENGTH], after[:_TOLD_LENGTH]))

    def told(self, line: int, rule: str) -> Repair:
        more = f" and {self.count - _TOLD} more" if self.count > _TOLD else ""
        before = " ".join(shown(b) for b, _ in self.first) + more
        after = " ".join(a for _, a in self.first if a)
        return Repair(f"line {line}", rule, before, after + more if after else None)


def _literal_spans(text: str) -> list[tuple[int, int]]:
    """Where CDATA sections, comments and processing instructions stand: nothing in them is a reference."""
    spans: list[tuple[int, int]] = []
    unclosed: set[str] = set()
    position = 0
    while found := _SECTIONS.search(text, position):
        opener = found[0]
        end = -1 if opener in unclosed else text.find(_SECTION_ENDS[opener], found.end())
        if end < 0:
            unclosed.add(opener)
            position = found.end()
            continue
        position = end + len(_SECTION_ENDS[opener])
        spans.append((found.start(), position))
    return spans


def _outside_literals(text: str, change: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
    """The change, but not made within literal spans; matches must come in order, as `re.sub` gives them."""
    spans = _literal_spans(text)
    at = 0

    def careful(found: re.Match[str]) -> str:
        nonlocal at
        while at < len(spans) and spans[at][1] <= found.start():
            at += 1
        return found[0] if at < len(spans) and spans[at][0] <= found.start() else change(found)

    return careful


def _without_junk(text: str, repairs: list[Repair]) -> str:
    found = _PROLOG_JUNK.match(text)
    if found is None:
        return text
    if found[0].strip() or text.startswith("<?xml", found.end()):
        repairs.append(Repair("line 1", "before_declaration", shown(found[0]), None))
    # The line breaks stay, so that lines are counted as in the file; the parser is told the encoding anyway.
    rest = text[found.end() :]
    declaration = re.match(r"<\?xml\s.*?\?>", rest, re.S)
    return "\n" * found[0].count("\n") + (rest[declaration.end() :] if declaration else rest)


def _without_illegal(text: str, repairs: list[Repair]) -> str:
    return _replace(FORBIDDEN, lambda found: _instead(found[0]), text, "illegal_character", repairs)


def _instead(character: str) -> str:
    """What replaces a character that XML forbids: a blank if it parts words, else nothing."""
    return " " if character in _SPACES else ""


def _without_declarations(text: str, repairs: list[Repair]) -> str:
    """Drop declarations inside the document: records come with whole documents pasted in, declaration and all."""

    def change(found: re.Match[str]) -> str:
        return found[0] if found.start() == 0 or found[0].startswith(("<![CDATA[", "<!--")) else ""

    return _replace(_INNER, change, text, "inner_declaration", repairs)


def _with_whole_references(text: str, repairs: list[Repair]) -> str:
    """Put together the two halves of a character that were written as two references."""

    def change(found: re.Match[str]) -> str:
        high = int(found[1], 16) if found[1] else int(found[2])
        low = int(found[3], 16) if found[3] else int(found[4])
        if not (0xD800 <= high <= 0xDBFF and 0xDC00 <= low <= 0xDFFF):
            return found[0]
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)

    return _replace(_HALVES, _outside_literals(text, change), text, "illegal_character", repairs)


def _without_illegal_references(text: str, repairs: list[Repair]) -> str:
    def change(found: re.Match[str]) -> str:
        number = int(found[1], 16) if found[1] else int(found[2])
        if number > 0x10FFFF:
            return ""
        return _instead(chr(number)) if FORBIDDEN.match(chr(number)) else found[0]

    return _replace(_REFERENCE, _outside_literals(text, change), text, "illegal_character", repairs)


def _with_ampersands(text: str, repairs: list[Repair]) -> str:
    def change(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "&amp;"
        known = html5.get(name)
        return f"&amp;{name}" if known is None else known.replace("&", "&amp;").replace("<", "&lt;")

    return _replace(_ENTITY, _outside_literals(text, change), text, "bare_ampersand", repairs)


def _with_namespaces(text: str, repairs: list[Repair]) -> str:
    def change(found: re.Match[str]) -> str:
        quote, name = found[2][0], found[2][1:-1]
        return f"{found[1]}{quote}{'%20'.join(name.split())}{quote}"

    return _replace(_XMLNS, change, text, "namespace_name", repairs)
