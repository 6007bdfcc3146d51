"""Licences and statements of others: rightsstatements.org, GNU, Apache, BSD, MPL, MIT. None of them is called open."""

from __future__ import annotations

import re

from schemas.licences.named import Named

_STATEMENT = re.compile(r"rightsstatements\.org/(?:vocab|page)/([a-z-]+)")
STATEMENTS = {
    "InC": "In Copyright",
    "InC-OW-EU": "In Copyright - EU Orphan Work",
    "InC-EDU": "In Copyright - Educational Use Permitted",
    "InC-NC": "In Copyright - Non-Commercial Use Permitted",
    "InC-RUU": "In Copyright - Rights-holder(s) Unlocatable or Unidentifiable",
    "NoC-CR": "No Copyright - Contractual Restrictions",
    "NoC-NC": "No Copyright - Non-Commercial Use Only",
    "NoC-OKLR": "No Copyright - Other Known Legal Restrictions",
    "NoC-US": "No Copyright - United States",
    "CNE": "Copyright Not Evaluated",
    "UND": "Copyright Undetermined",
    "NKC": "No Known Copyright",
}
_STATEMENT_CODES = {code.lower(): code for code in STATEMENTS}
_STATEMENT_NAMES = {" ".join(re.findall(r"\w+", name.lower())): code for code, name in STATEMENTS.items()}

_GNU = re.compile(
    r"gnu\.org/(?:licenses|copyleft)/(?:old-licenses/)?(a|l|f)?(?:gp|d)l(?:-?([0-9]\.[0-9]))?|"
    r"(?<![a-z])(a|l)?gpl[ -]?v?([0-9](?:\.[0-9])?)?(?![a-z0-9])|(?<![a-z])g?(f)dl[ -]?v?([0-9]\.[0-9])?(?![a-z])|"
    r"gnu (affero |lesser |library |free )?(?:general public|documentation) licen[sc]e"
    r"(?:,? v(?:ersion)? ?([0-9](?:\.[0-9])?))?|"
    r"(free) documentation licen[sc]e"
)
_GNU_FAMILIES = {"": "gpl", "a": "agpl", "affero ": "agpl", "l": "lgpl", "lesser ": "lgpl", "library ": "lgpl"}
_MIT = re.compile(r"(?:opensource|spdx)\.org/licenses?/mit(?![a-z-])|\W*(?:the )?(?:mit|expat)(?:[ -]licen[sc]e)?\W*$")
_APACHE = re.compile(
    r"apache\.org/licenses/license-([0-9]\.[0-9])|apache[ -](?:licen[sc]e[ -,]*)?(?:v(?:ersion)? ?)?([0-9]\.[0-9])"
)
_BSD = re.compile(r"(?<![a-z])(?:bsd[ -]([0-9])[ -]clause|([0-9])[ -]clause bsd)")
_MPL = re.compile(r"(?<![a-z])(?:mpl|mozilla public licen[sc]e)[ /-]*(?:v(?:ersion)? ?)?([0-9]\.[0-9])")


def statement(plain: str) -> Named | None:
    match = _STATEMENT.search(plain)
    code = _STATEMENT_CODES.get(match[1].strip("-")) if match else None
    code = code or _STATEMENT_NAMES.get(" ".join(re.findall(r"\w+", plain)))
    return Named(code, "1.0") if code else None


def software(plain: str) -> Named | None:
    if match := _GNU.search(plain):
        kind = match[1] or match[3] or match[5] or match[7] or match[9] or ""
        version = match[2] or match[4] or match[6] or match[8]
        family = "fdl" if kind.startswith("f") else _GNU_FAMILIES[kind]
        return Named(family, version if version is None or "." in version else f"{version}.0")
    if match := _APACHE.search(plain):
        return Named("apache", match[1] or match[2])
    if match := _BSD.search(plain):
        return Named("bsd", match[1] or match[2])
    if match := _MPL.search(plain):
        return Named("mpl", match[1])
    return Named("mit") if _MIT.search(plain) and (_MIT.match(plain) or "/" in plain) else None
