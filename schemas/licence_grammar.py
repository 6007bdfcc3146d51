"""The grammar of licence strings: which family, version and port a text names, whatever dress it comes in.

Real rows hold the same licence as an address (deed, legal code, www, http, a query), an SPDX name, a short label
(`cc_by_sa_4.0`, `cc-by-sa-40`), a long name in four languages, or any of these inside a sentence or an HTML link
(record.md 7). A table of strings would never end and the one in circulation maps BY-NC-ND to BY-NC-SA, so the parts
are read by rule. What a licence means is licence's; nothing here knows which one is open.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote


class Named(NamedTuple):
    """What a text names: `family` as Licence has it, `version` "4.0", `port` a code in lower case ("be", "igo")."""

    family: str
    version: str | None = None
    port: str | None = None


VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
PORTS = frozenset(
    {"ar", "at", "au", "az", "be", "bg", "br", "ca", "ch", "cl", "cn", "co", "cr", "cz", "de", "dk", "ec", "ee", "eg"}
    | {"es", "fi", "fr", "ge", "gr", "gt", "hk", "hr", "hu", "ie", "igo", "il", "in", "it", "jo", "jp", "kr", "lu"}
    | {"mk", "mt", "mx", "my", "ng", "nl", "no", "nz", "pe", "ph", "pl", "pr", "pt", "ro", "rs", "scotland", "se"}
    | {"sg", "si", "th", "tw", "ug", "uk", "us", "ve", "vn", "za"}
)
# The ports' names as the long titles of the licences write them, in the languages of the site.
_PORT_NAMES = {
    "at": r"austria|österreich|oostenrijk|autriche",
    "au": r"australia|australien|australië|australie",
    "be": r"belgi(?:um|ë|que|en)",
    "br": r"bra[sz]il|brésil|brasilien|brazilië",
    "ca": r"canada|kanada",
    "ch": r"switzerland|schweiz|suisse|zwitserland",
    "de": r"germany|deutschland|allemagne|duitsland",
    "es": r"spain|españa|espagne|spanien|spanje",
    "fr": r"france|frankreich|frankrijk",
    "igo": r"igo|intergovernmental organi[sz]ations?",
    "it": r"italy|italia|italie|italien|italië",
    "lu": r"luxemb(?:o?u?rg|urg)",
    "nl": r"nederland|netherlands|pays-bas|niederlande",
    "pt": r"portugal",
    "uk": r"united kingdom|uk: england (?:&|and) wales|england (?:&|and) wales|royaume-uni",
    "us": r"united states|états-unis|verenigde staten|usa",
    "za": r"south africa|zuid-afrika|südafrika|afrique du sud",
}
_PORT_NAME = re.compile("|".join(f"(?P<{code}>{names})" for code, names in _PORT_NAMES.items()))

_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_HREF = re.compile(r"\bhref\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)
_CC_URL = re.compile(
    r"creativecommons\.org/(licen[sc]es|publicdomain)/([a-z+-]+)(?:/([0-9]\.[0-9]))?"
    r"(?:/(?!deed|legalcode)([a-z]{2}|igo|scotland)(?![a-z]))?"
)
_SEPARATOR = r"[ _\-–—/.:+,]{0,3}"
_CC_SHORT = re.compile(
    rf"(?<![a-z0-9])(?:cc|creative ?commons){_SEPARATOR}(?:licen[sc]e |licentie |lizenz )?"
    rf"(zero|0|pdm|pd|public ?domain ?mark|mark|by(?:{_SEPARATOR}(?:nc|sa|nd))*)(?![a-z])"
    rf"{_SEPARATOR}(?:v(?:ersion)?\.? ?)?([0-9][.,]?[0-9]?(?![0-9]))?"
)
_BARE_SHORT = re.compile(rf"(by(?:{_SEPARATOR}(?:nc|sa|nd))+){_SEPARATOR}([0-9][.,]?[0-9]?)?")
_PORT_CODE = re.compile(r"[ _\-–(]{1,2}([a-z]{2}|igo)(?![a-z])")
_UNPORTED = re.compile(
    r"\W*(?:unported|international\w*|generi\w+|algemeen|non transposé|licen[sc]e|nicht portiert)\W*"
)

_ELEMENTS = {
    "by": r"attribution|naamsvermelding|paternité|namensnennung|reconocimiento|atribuci[oó]n|atribuição",
    "nc": r"non[ -]?commercial|niet[ -]?commercieel|pas d'utilisation commerciale|(?:nicht|keine)[ -]?kommerziell\w*",
    "sa": r"share[ -]?alike|gelijk[ -]?delen|partage (?:dans|des|à|selon)|weitergabe unter gleichen|compartir igual|"
    r"compartilhaigual",
    "nd": r"no[ -]?deriv\w*|geen[ -]?afgeleide|pas de modifications?|pas d'œuvre|keine ?bearbeitung\w*|sin obra",
}
_ELEMENT = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _ELEMENTS.items()))
_COMMONS = re.compile(r"creative ?commons|(?<![a-z])cc(?![a-z])")
_VERSION = re.compile(r"(?<![0-9.,])([0-9])[.,]([0-9])(?![0-9.][0-9])")
_ZERO = re.compile(r"cc ?zero|creative commons zero|cc0|public domain dedication")
_MARK = re.compile(r"public domain mark|publiekdomeinmerk|marque du domaine public|public-domain-mark")
_MARK_ALONE = re.compile(
    r"\W*(?:pdm(?: 1\.0)?|(?:in the )?public[ _-]?domain|publiek domein|domaine public|gemeinfrei(?:heit)?|"
    r"domínio público)\W*"
)
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


def find(text: str) -> Named | None:
    """The first licence a text names, None where it names none; an address wins over a label, a label over words."""
    plain = _plain(text)
    return _address(plain) or _label(plain) or _words(plain) or _statement(plain) or _software(plain)


def family_of(elements: set[str]) -> str | None:
    """The family of a set of Creative Commons elements, in today's order ("by-nc-nd"); None for a contradiction."""
    if "by" not in elements or elements >= {"sa", "nd"}:
        return None
    return "-".join(element for element in ("by", "nc", "sa", "nd") if element in elements)


def _plain(text: str) -> str:
    """One lower-case line: links replaced by address and text, entities and escapes resolved."""
    text = text[:4000]
    if "<" in text:
        text = _TAG.sub(lambda tag: f" {' '.join(_HREF.findall(tag[0]))} ", text)
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = unquote(text)
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("­", "")
    return " ".join(text.lower().split())


def _address(plain: str) -> Named | None:
    for match in _CC_URL.finditer(plain):
        place, kind, version, port = match.groups()
        kind = kind.strip("-")
        if place == "publicdomain":
            if kind in ("zero", "mark"):
                return Named(kind, "1.0")
            continue
        if kind == "publicdomain":
            return Named("publicdomain")
        elements = set(kind.split("-"))
        if elements <= {"by", "nc", "sa", "nd"} and "by" in elements:
            family = family_of(elements)
            if family:
                return Named(family, version, port)
        elif version and (kind.startswith(("sampling", "nc-sampling", "devnations")) or elements <= {"nc", "sa", "nd"}):
            return Named(kind, version, port)  # retired in 2004, still found
    return None


def _label(plain: str) -> Named | None:
    match = _CC_SHORT.search(plain) or _BARE_SHORT.fullmatch(plain)
    if match is None:
        return None
    kind = match[1]
    if kind in ("zero", "0"):
        return Named("zero", "1.0")
    if not kind.startswith("by"):
        return Named("mark", "1.0")
    family = family_of(set(re.findall(r"by|nc|sa|nd", kind)))
    if family is None:
        return None
    version = _version(match[2])
    if match[2] is None and (later := _VERSION.match(plain[match.end() :].lstrip(" (-v"))):
        version = _version(later[0])
    return Named(family, version, _port(plain[match.end() :], version))


def _version(digits: str | None) -> str | None:
    """ "4.0" of "4.0", "4,0", "40" or "4"; None for a version that never was."""
    if not digits:
        return None
    bare = digits.replace(".", "").replace(",", "")
    version = f"{bare[0]}.{bare[1:] or '0'}"
    return version if version in VERSIONS else None


def _port(rest: str, version: str | None) -> str | None:
    """The port named right after the version; 4.0 has none, and a code must not run on into a sentence."""
    if version is None or version == "4.0":
        return None
    if code := _PORT_CODE.match(rest):
        alone = rest[0] in "-_(" or not re.match(r"[ ']\w", rest[code.end() :])
        return code[1] if code[1] in PORTS and alone else None
    name = _PORT_NAME.match(_UNPORTED.sub("", rest, count=1).lstrip(" -–("))
    return name.lastgroup if name else None


def _words(plain: str) -> Named | None:
    commons = _COMMONS.search(plain)
    if _MARK.search(plain) or _MARK_ALONE.fullmatch(plain):
        return Named("mark", "1.0")
    if _ZERO.search(plain):
        return Named("zero", "1.0")
    reach = plain[commons.end() : commons.end() + 240] if commons else plain
    found = list(_ELEMENT.finditer(reach))
    elements = {str(match.lastgroup) for match in found}
    if not found or (not commons and len(elements) < 2):
        return None
    family = family_of(elements)
    if family is None:
        return None
    rest = reach[found[0].end() :]
    version = _VERSION.search(rest)
    if version is None:
        return Named(family)
    number = _version(version[0])
    return Named(family, number, _port(rest[version.end() :], number))


def _statement(plain: str) -> Named | None:
    match = _STATEMENT.search(plain)
    code = _STATEMENT_CODES.get(match[1].strip("-")) if match else None
    code = code or _STATEMENT_NAMES.get(" ".join(re.findall(r"\w+", plain)))
    return Named(code, "1.0") if code else None


def _software(plain: str) -> Named | None:
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
