"""JSON as people and page templates write it, brought into JSON: what is mended without guessing, each mend told.

Pages and exports carry raw line breaks in texts, comments, commas before a closing bracket, a byte order mark or blanks
that JSON does not know, Python's or JavaScript's literals, quotes of a word processor (RFC 8259 admits none of these).
The text is read once from left to right; what stands inside a string is kept. Only bytes that are no JSON come here.
It must not close what breaks off: that is a file cut short.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from schemas.errors import Repair

_MOST_CHARS: Final = 20_000_000
_LEAD: Final = re.compile(
    r"(?:[\s\ufeff\u200b-\u200d\u2060]+|//[^\n]*|#[^\n]*|/\*.*?\*/|<!--|\)\]\}'?,?|"
    r"(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]*\s*=(?=\s*[{\[]))*",
    re.DOTALL,
)
_TAIL: Final = re.compile(r"(?:[\s\ufeff\u200b-\u200d\u2060;]|-->)*\Z")
_BLANK: Final = "\ufeff\u00a0\u200b\u200c\u200d\u2060\u2028\u2029\u3000\x0b\x0c\x85\x00"
_TOKEN: Final = re.compile(
    rf'(?P<string>"(?:[^"\\\n\r\t\x00-\x1f]|\\.)*")|(?P<comment>//[^\n]*|#[^\n]*|/\*.*?\*/)|(?P<blank>[{_BLANK}]+)|'
    r"(?P<quote>[\"'\u201c\u201d\u201e])|(?P<number>[+-]?(?:0x[0-9a-fA-F]+|\d[\d.eE+-]*|\.\d[\d.eE+-]*))|"
    r"(?P<word>[A-Za-z_$@][\w$@.-]*(?::[A-Za-z]\w*(?=\s*:))?)|(?P<mark>[{}\[\]:,])|(?P<space>\s+)",
    re.DOTALL,
)
_ENDS: Final = {'"': '"', "'": "'", "\u201c": "\u201d", "\u201d": "\u201d", "\u201e": "\u201d\u201c"}
_ESCAPED: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_LONE: Final = re.compile(
    r"(?<!\\)((?:\\\\)*)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_LITERALS: Final = {
    "true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null", "NaN": "null",
    "undefined": "null", "TRUE": "true", "FALSE": "false", "NULL": "null", "Infinity": "null",
}  # fmt: skip


def first(text: str) -> str:
    """The first character behind what may stand before JSON; "" where nothing does."""
    found = _LEAD.match(text)
    return text[found.end() : found.end() + 1] if found else ""


def mended(text: str) -> tuple[Any, tuple[Repair, ...]] | None:
    """The value of a text that is nearly JSON and what was mended in it; None where that does not make it JSON."""
    if len(text) > _MOST_CHARS:
        return None
    found = _Text(text)
    try:
        return msgspec.json.decode(found.json().encode("utf-8", "surrogatepass")), tuple(found.repairs.values())
    except (_NoJson, msgspec.DecodeError, UnicodeError, RecursionError):
        return None


class _NoJson(Exception):
    """The text is no JSON even after mending."""


class _Text:
    def __init__(self, text: str) -> None:
        self.text = text
        self.repairs: dict[str, Repair] = {}
        self.parts: list[str] = []

    def json(self) -> str:
        lead = _LEAD.match(self.text)
        start = lead.end() if lead else 0
        tail = _TAIL.search(self.text, start)
        end = tail.start() if tail else len(self.text)
        if self.text[:start].strip("\ufeff \t\r\n"):
            self._tell("json_wrapper", 0, start)
        if self.text[end:].strip():
            self._tell("json_wrapper", end, len(self.text))
        place = start
        while place < end:
            found = _TOKEN.match(self.text, place)
            if found is None:
                raise _NoJson
            place = self._take(found, end)
        return "".join(self.parts)

    def _tell(self, rule: str, start: int, end: int) -> None:
        """Each kind of mend once, with the line where it was first needed."""
        if rule not in self.repairs:
            line = self.text.count("\n", 0, start) + 1
            self.repairs[rule] = Repair("", rule, f"line {line}: {self.text[start:end][:80]!r}", None)

    def _take(self, found: re.Match[str], end: int) -> int:
        kind, said, start = found.lastgroup, found[0], found.start()
        match kind:
            case "string":
                self._string(said[1:-1], start)
            case "comment":
                self._tell("json_comment", start, found.end())
            case "blank":
                self._tell("json_blank", start, found.end())
                self.parts.append(" ")
            case "quote":
                return self._quoted(start, end)
            case "number":
                self._number(said, start)
            case "word":
                self._word(said, start, found.end())
            case "mark":
                self._mark(said, start)
            case _:
                self.parts.append(said)
        return found.end()

    def _quoted(self, start: int, end: int) -> int:
        """A text in other quotes, or with raw line breaks or control characters in it."""
        closing = _ENDS[self.text[start]]
        place = start + 1
        while place < end and self.text[place] not in closing:
            place += 2 if self.text[place] == "\\" else 1
        if place >= end:
            raise _NoJson
        if self.text[start] != '"':
            self._tell("json_quotes", start, place + 1)
        self._string(self.text[start + 1 : place], start)
        return place + 1

    def _string(self, inner: str, start: int) -> None:
        if "\\" in inner:
            inner = re.sub(r"\\(?:u[0-9a-fA-F]{4}|.)", lambda one: self._escape(one[0], start), inner, flags=re.DOTALL)
            if _LONE.search(inner):
                self._tell("illegal_character", start, start + len(inner) + 2)
                inner = _LONE.sub(r"\1", inner)
        if '"' in re.sub(r"\\.", "", inner):
            inner = re.sub(r'(\\.)|"', lambda one: one[1] or '\\"', inner)
        if any(ord(one) < 0x20 for one in inner):
            self._tell("json_control_character", start, start + len(inner) + 2)
            inner = re.sub(r"[\x00-\x1f]", lambda one: f"\\u{ord(one[0]):04x}", inner)
        self.parts.append(f'"{inner}"')

    def _escape(self, said: str, start: int) -> str:
        if _ESCAPED.fullmatch(said):
            return said
        self._tell("json_escape", start, start + 20)
        return said[1:] if said[1:] in "'`\n" else f"\\\\{said[1:]}"

    def _number(self, said: str, start: int) -> None:
        plain = said.removeprefix("+")
        if re.fullmatch(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", plain):
            self.parts.append(plain)
        else:  # 01 or 0x1F or 1.2.3: what was written stays, as a text
            self.parts.append(f'"{plain}"')
        if self.parts[-1] != said:
            self._tell("json_number", start, start + len(said))

    def _word(self, said: str, start: int, end: int) -> None:
        key = re.match(r"\s*:", self.text[end : end + 50])
        if key:
            self.parts.append(f'"{said}"')
        elif said in _LITERALS:
            self.parts.append(_LITERALS[said])
            if _LITERALS[said] == said:
                return
        else:
            raise _NoJson
        self._tell("json_quotes" if key else "json_literal", start, end)

    def _mark(self, said: str, start: int) -> None:
        before = next((place for place in range(len(self.parts) - 1, -1, -1) if self.parts[place].strip()), None)
        last = self.parts[before] if before is not None else ""
        if said in "}]" and last == ",":
            self._tell("json_comma", start, start + 1)
            self.parts[before or 0] = ""
        elif said == "," and last in (",", "[", "{"):
            self._tell("json_comma", start, start + 1)
            return
        self.parts.append(said)
