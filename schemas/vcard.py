"""The syntax of vCards: properties out of text in any form, text escaped and split the way RFC 2426 wants it.

Real cards come indented, on one line, with CRLF or literal `\\n` between the properties, folded, in quoted-printable
(vCard 2.1) or with a scheme's colon escaped. So a card is not read line by line: a property starts wherever a known
name with a colon follows a line break (or, in capitals, a blank). Carries out RFC 2426 (3.0), reads 2.1 and RFC 6350
(4.0). What the properties mean is agent's; no value is judged here.
"""

from __future__ import annotations

import quopri
import re
from typing import NamedTuple

_NAMES = (
    "BEGIN|END|VERSION|N|FN|ORG|EMAIL|TEL|ADR|URL|UID|KIND|NOTE|TITLE|ROLE|PHOTO|LOGO|REV|TZ|GEO|CLASS|NICKNAME|BDAY|"
    "LABEL|MAILER|AGENT|CATEGORIES|PRODID|SORT-STRING|SOUND|KEY|SOURCE|NAME|IMPP|LANG|GENDER|MEMBER|RELATED|ANNIVERSARY|"
    "CALADRURI|CALURI|FBURL|XML|CLIENTPIDMAP|PROFILE|X-[A-Z0-9-]+"
)
_KNOWN = frozenset(_NAMES.split("|")[:-1])
_PARAMETERS = r"((?:;[^:\"\r\n]*(?:\"[^\"]*\"[^:\"\r\n]*)*)?)"
# A one-line card has no line breaks to go by: there only a name in capitals starts a property ("Note: ..." is text).
_START = re.compile(rf"(?:(?:^|[\r\n]\s*)(?i:(?:[a-z0-9-]+\.)?({_NAMES}))|\s(?:[a-z0-9-]+\.)?({_NAMES})){_PARAMETERS}:")
_IS_CARD = re.compile(r"\s*BEGIN\s*:\s*VCARD", re.IGNORECASE)
_LITERAL_BREAK = re.compile(r"\s*BEGIN\s*:\s*VCARD\s*(?:\\r)?\\n", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r"([\\;,])")


class Property(NamedTuple):
    """One property: `name` in capitals, `parameters` in capitals as one text, `value` unfolded and still escaped."""

    name: str
    parameters: str
    value: str


def is_card(text: str) -> bool:
    """Whether the text claims to be a vCard."""
    return _IS_CARD.match(text) is not None


def properties(text: str) -> list[Property]:
    """The properties of the first card in the text, in their order, without BEGIN and END."""
    if _LITERAL_BREAK.match(text):
        text = text.replace("\\r\\n", "\n").replace("\\n", "\n")
    plain = _plain(text)
    return _dirty(text) if plain is None else plain


def _plain(text: str) -> list[Property] | None:
    """The properties of a card with one known property on each line, else None. It spares most cards the search."""
    found: list[Property] = []
    for line in text.splitlines():
        head, _, value = line.partition(":")
        name, _, parameters = head.partition(";")
        if name not in _KNOWN or '"' in parameters or "QUOTED" in parameters or (":" in value and "://" not in value):
            return None
        if name == "END":
            return found
        if name != "BEGIN":
            found.append(Property(name, parameters, value))
    return None


def _dirty(text: str) -> list[Property]:
    found: list[Property] = []
    starts = list(_START.finditer(text))
    for here, following in zip(starts, [*starts[1:], None], strict=True):
        name = (here[1] or here[2]).upper()
        if name == "END":
            break
        if name == "BEGIN":
            continue
        value = text[here.end() : following.start() if following else len(text)]
        parameters = here[3].upper()
        if "QUOTED-PRINTABLE" in parameters:
            value = _quoted_printable(value)
        elif "\n" in value or "\r" in value:
            value = _FOLD.sub("", value)
        found.append(Property(name, parameters, value))
    return found


def _quoted_printable(value: str) -> str:
    octets = quopri.decodestring(value.encode("ascii", "ignore"))
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def unescape(value: str) -> str:
    """Text of an escaped value; a backslash before any other character (`http\\://`) is removed too."""
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def escape(text: str) -> str:
    """Text as a value: backslash, semicolon and comma escaped; line breaks must be gone already."""
    return _SPECIAL.sub(r"\\\1", text)


def split(value: str, separator: str = ";") -> list[str]:
    """The components of a structured value, still escaped: parted at each separator without a backslash before it."""
    if "\\" not in value:
        return value.split(separator)
    parts: list[str] = [""]
    skip = False
    for character in value:
        if skip or character != separator:
            parts[-1] += character
            skip = character == "\\" and not skip
        else:
            parts.append("")
    return parts
