"""The addresses in a folded text: those of Creative Commons are read, others are set aside.

It knows creativecommons.org however it is written (deed, legal code, www, http, a query), the pictures of its buttons
and icons, and spdx.org, whose last part is a label. What follows a licence's address within the same word stays in the
text: a restriction may be written there.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from schemas.licences.named import PORTS, Named, family_of

MARK: Final = "\ue000"
"""Takes the place of a licence's address in the text."""

_CC = re.compile(
    r"(?:\w{0,3}https?:)?(?://)?(?:[\w-]+\.)*(?:creativecommons\.org|licensebuttons\.net)/(?:licen[sc]es|l|p|publicdomain)/"
    r"([a-z+-]+)(?:/([0-9]\.[0-9]))?(?:/(?!deed|legalcode|rdf)([a-z]{2}|igo|scotland)(?![a-z]))?"
    r"(?:/(?:deed|legalcode|rdf)(?:\.[a-z]{2,3}(?:[-_][a-z]{2,4})?)?(?:\.html)?|/[0-9]+x[0-9]+\.png)?/?"
    r"(?:\?[\w=&.;%+-]*)?(?:#[\w.-]*)?",
    re.IGNORECASE,
)
_ICON = re.compile(
    r"(?:https?:)?//(?:[\w-]+\.)*creativecommons\.org/\S*/icons/(?:cc[-_])?(\w+)\.(?:svg|png)\S*", re.IGNORECASE
)
_SPDX = re.compile(
    r"(?:https?:)?//(?:www\.)?spdx\.org/licenses/([\w.+-]+?)(?:\.(?:html|json))?(?=[\s\"'<>]|$)", re.IGNORECASE
)
_OTHER = re.compile(
    r"\w+://[^\s\"'<>()]+|//[\w-]+\.[^\s\"'<>()]+|\bwww\.[^\s\"'<>()]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bdoi:\S+",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?<=[/#?=&])[^/#?=&]*(?<![a-z])(?:cc[-_.]?(?:by|0|zero)|by[-_](?:nc|nd|sa)|non?-?comm?ercial|no-?deriv|sin-?deriv)[^/#?&]*",
    re.IGNORECASE,
)


class Addresses(NamedTuple):
    """`rest` is the text with `MARK` for each licence; `named` are the licences; `unclear`: one names nothing known."""

    named: tuple[Named, ...]
    unclear: bool
    rest: str


def take(line: str) -> Addresses:
    """The licences that the addresses of a line name, and the line without its addresses."""
    if "/" not in line and "@" not in line and "www." not in line:
        return Addresses((), False, line)
    named: list[Named] = []
    unclear = False

    def licence(found: re.Match[str]) -> str:
        nonlocal unclear
        one = _named(*found.groups())
        if one is None:
            unclear = True
        else:
            named.append(one)
        return f" {MARK} "

    rest, low = line, line.lower()
    if "/icons/" in low:
        rest = _ICON.sub(r" \1 ", rest)
    if "creativecommons.org" in low or "licensebuttons.net" in low:
        rest = _CC.sub(licence, rest)
    if "spdx.org" in low:
        rest = _SPDX.sub(r" \1 ", rest)
    rest = _OTHER.sub(lambda found: f" {' '.join(_LABEL.findall(found[0]))} ", rest)
    return Addresses(tuple(named), unclear, rest)


def _named(kind: str, version: str | None, port: str | None) -> Named | None:
    kind = kind.strip("-").lower()
    if kind in ("zero", "mark"):
        return Named(kind, "1.0")
    if kind == "publicdomain":
        return Named("publicdomain")
    elements = set(kind.split("-"))
    if port and port.lower() in ("nc", "nd", "sa"):
        elements, port = elements | {port.lower()}, None
    if port and port.lower() not in PORTS:
        return None
    if elements <= {"by", "nc", "sa", "nd"} and "by" in elements:
        family = family_of(elements)
        return Named(family, version, port.lower() if port else None) if family else None
    if version and (kind.startswith(("sampling", "nc-sampling", "devnations")) or elements <= {"nc", "sa", "nd"}):
        return Named(kind, version, port)  # retired in 2004, still found
    return None
