"""Licences: what a text or a rights category grants, as one canonical URI, and whether it is open or free.

The canonical URI of Creative Commons has https, no www and the closing slash; that of rightsstatements.org has http.
"Open" is {by, by-sa, zero, mark}, the definition that OER networks filter by. Whether a resource costs nothing is told
separately (`free_access`), because much closed material is free. A licence named without a version gets none: its URI
ends after the type. `parse(licence.uri)` gives the same URI again. `schemas.licences` decides how texts are read.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from schemas.licences.named import Named
from schemas.licences.other import STATEMENTS
from schemas.licences.reading import read
from schemas.record import LangString, Rights, Vocabulary

OPEN = frozenset({"by", "by-sa", "zero", "mark"})
# Not called open here, but they restrict nothing that is open beside them ("text CC BY, code MIT").
_OPEN_BESIDE = frozenset({"publicdomain", "gpl", "agpl", "lgpl", "fdl", "mit", "apache", "bsd", "mpl"})


class Licence(msgspec.Struct, frozen=True):
    """A licence as far as it was named.

    `family` is by ... by-nc-nd, zero, mark, publicdomain, a code of rightsstatements.org (InC), gpl, agpl, lgpl, fdl,
    mit, apache, bsd, mpl, or "other" where there are rights but no licence that we know (then `uri` is None).
    `free_access` is True where it costs nothing, None where nobody said. `statement` is the sentence beside it.
    """

    uri: str | None
    family: str
    version: str | None = None
    jurisdiction: str | None = None
    spdx: str | None = None
    open: bool = False
    free_access: bool | None = None
    statement: str | None = None
    rights_holder: str | None = None
    raw: str = ""


# Which ports SPDX took up (version 3.25 of its list); all unported versions of the six types are there.
_SPDX_PORTS = frozenset(
    {"by-2.5-au", "by-3.0-at", "by-3.0-au", "by-3.0-de", "by-3.0-igo", "by-3.0-nl", "by-3.0-us", "by-nc-3.0-de"}
    | {"by-nc-nd-3.0-de", "by-nc-nd-3.0-igo", "by-nc-sa-2.0-de", "by-nc-sa-2.0-fr", "by-nc-sa-2.0-uk"}
    | {"by-nc-sa-3.0-de", "by-nc-sa-3.0-igo", "by-nd-3.0-de", "by-sa-2.0-uk", "by-sa-2.1-jp", "by-sa-3.0-at"}
    | {"by-sa-3.0-de", "by-sa-3.0-igo"}
)
_NO = re.compile(
    r"(?:.*[/#])?(?:no|nee|non|nein|n[aã]o|não|false|0|gratis|free|kostenlos|gratuit)(?:_\d)?", re.IGNORECASE
)
_YES = re.compile(r"(?:.*[/#])?(?:yes|ja|oui|sim|sí|si|true|1)(?:_\d)?", re.IGNORECASE)
_HOLDER = re.compile(
    r"(?:©|\(c\)|\bcopyright\b(?!\s+and\b))\s*(?:by\s+)?(?:\d{4}(?:\s*[-–]\s*\d{4})?,?\s*)?(?:by\s+)?"
    r"([^\W\d_][^.;\n©]{1,78}?)\s*,?\s*(?:\d{4}(?:\s*[-–]\s*\d{4})?)?\s*(?:[.;\n]|$|all rights)",
    re.IGNORECASE,
)
_ONLY_LICENCE = re.compile(r"\s*(?:https?:)?//\S+\s*|\s*[\w.\-/+ ]{1,24}\s*")

_ELEMENT_WORDS = {
    "en": {"by": "Attribution", "nc": "NonCommercial", "sa": "ShareAlike", "nd": "NoDerivatives"},
    "nl": {"by": "Naamsvermelding", "nc": "NietCommercieel", "sa": "GelijkDelen", "nd": "GeenAfgeleideWerken"},
    "fr": {
        "by": "Attribution",
        "nc": "Pas d'Utilisation Commerciale",
        "sa": "Partage dans les Mêmes Conditions",
        "nd": "Pas de Modification",
    },
    "de": {
        "by": "Namensnennung",
        "nc": "Nicht-kommerziell",
        "sa": "Weitergabe unter gleichen Bedingungen",
        "nd": "Keine Bearbeitungen",
    },
}
_MARK_WORDS = {"en": "public domain", "nl": "publiek domein", "fr": "domaine public", "de": "gemeinfrei"}
_STATEMENT_WORDS = {
    "nl": {"InC": "In copyright", "InC-EDU": "In copyright - gebruik in onderwijs toegestaan"},
    "fr": {"InC": "Protégé par le droit d'auteur", "InC-EDU": "Protégé - usage éducatif autorisé"},
    "de": {"InC": "Urheberrechtsschutz", "InC-EDU": "Urheberrechtsschutz - Nutzung zu Bildungszwecken erlaubt"},
}
_SOFTWARE_NAMES = {
    "gpl": "GNU GPL",
    "lgpl": "GNU LGPL",
    "agpl": "GNU AGPL",
    "fdl": "GNU FDL",
    "mit": "MIT",
    "apache": "Apache",
    "mpl": "MPL",
}


@lru_cache(maxsize=8192)
def parse(text: str) -> Licence | None:
    """The licence a text names (an address, a label, a name, a sentence with one of these), None where it names none.

    A lone `by` and words that only say that something is free of charge are no licence.
    """
    named = read(text).named
    if named is None:
        return None
    holder = _HOLDER.search(text)
    return Licence(
        uri=_uri(named),
        family=named.family,
        version=named.version,
        jurisdiction=named.port,
        spdx=_spdx(named, text),
        open=named.family in OPEN,
        statement=None if _ONLY_LICENCE.fullmatch(text) else _sentence(text),
        rights_holder=holder[1].strip() if holder else None,
        raw=text,
    )


def of_rights(rights: Rights | None) -> Licence | None:
    """The licence of a rights category (LOM 6): that of the first string that names one, unless others deny it.

    It is open only if every string that names a licence names an open one and none restricts. Rights that name no
    known licence, or contradict themselves, give family "other"; `free_access` comes from cost alone.
    """
    if rights is None:
        return None
    texts = _texts(rights)
    free = _free(rights.cost)
    found = [licence for text in texts if (licence := parse(text)) is not None]
    if found and not _is_contradicted(found, texts):
        return _completed(found[0], texts, free)
    said = [_sentence(string.value) for string in rights.description or () if string.value.strip()]
    said = said or [_sentence(text) for text in texts if read(text).speaks]
    statement = "; ".join(dict.fromkeys(said)) if found else next(iter(said), None)
    if statement is None and free is None:
        return None
    holder = _HOLDER.search(statement or "")
    return Licence(
        uri=None,
        family="other",
        free_access=free,
        statement=statement,
        rights_holder=holder[1].strip() if holder else None,
        raw=statement or "",
    )


def strings_of(rights: Rights, licence: Licence | None) -> tuple[LangString, ...]:
    """The strings of rights/description for a face: none of them alone says more than `licence` grants.

    A reader of networks takes the first string that names a licence. Where the record is not open although one of its
    strings alone reads as open, all are written as one string, so that a restriction stays with what it restricts.
    """
    strings = rights.description or ()
    if (licence is not None and licence.open) or not any(reads_open(string.value) for string in strings):
        return strings
    whole = "; ".join(dict.fromkeys(string.value.strip() for string in strings))
    if len(strings) > 1 and not reads_open(whole):
        return (LangString(strings[0].lang, whole),)
    return tuple(string for string in strings if not reads_open(string.value))


def speaks(rights: Rights) -> bool:
    """Whether rights speak of a licence, even one that cannot be told for sure."""
    return any(read(text).speaks for text in _texts(rights))


def reads_open(text: str) -> bool:
    """Whether a text alone names an open licence."""
    found = parse(text)
    return found is not None and found.open


def is_at_odds(text: str, licence: Licence | None) -> bool:
    """Whether a text that stands beside a licence restricts it, or names another."""
    found = read(text)
    return found.doubtful or (found.named is not None and licence is not None and found.named.family != licence.family)


def _texts(rights: Rights) -> list[str]:
    """The texts that may name a licence, those that count most first; a plain yes or no says nothing of it."""
    texts = [string.value for string in rights.description or ()]
    restriction = rights.copyright_and_other_restrictions
    for text in (restriction.value, restriction.uri) if restriction is not None else ():
        if text and not _NO.fullmatch(text.strip()) and not _YES.fullmatch(text.strip()):
            texts.append(text)
    return texts


def _is_contradicted(found: list[Licence], texts: list[str]) -> bool:
    """Whether something beside an open licence closes it: a closed licence, or a text that restricts."""
    if not any(licence.open for licence in found):
        return False
    closed = any(not licence.open and licence.family not in _OPEN_BESIDE for licence in found)
    return closed or any(read(text).doubtful for text in texts)


@lru_cache(maxsize=1024)
def label(licence: Licence, language: str) -> str:
    """The licence for people in en, nl, fr or de (else en): "CC BY-SA 4.0 (Naamsvermelding-GelijkDelen)"."""
    words = _ELEMENT_WORDS.get(language) or _ELEMENT_WORDS["en"]
    language = language if language in _ELEMENT_WORDS else "en"
    family, version = licence.family, licence.version
    if family in STATEMENTS:
        return _STATEMENT_WORDS.get(language, {}).get(family, STATEMENTS[family])
    if family == "zero":
        return f"CC0 1.0 ({_MARK_WORDS[language]})"
    if family == "mark":
        return f"Public Domain Mark 1.0 ({_MARK_WORDS[language]})"
    if family == "bsd":
        return f"BSD {version}-Clause"
    if family == "publicdomain":
        return f"Creative Commons ({_MARK_WORDS[language]})"
    port = licence.jurisdiction.upper() if licence.jurisdiction else None
    tail = " ".join(part for part in (version, port) if part)
    if family in _SOFTWARE_NAMES:
        return f"{_SOFTWARE_NAMES[family]} {tail}".strip()
    if family == "other":
        return licence.statement or ""
    name = f"CC {family.upper()} {tail}".strip()
    elements = [words[part] for part in family.split("-") if part in words]
    return f"{name} ({'-'.join(elements) if language in ('en', 'nl') else ' - '.join(elements)})" if elements else name


def _sentence(text: str) -> str:
    """The text on one line, without tags."""
    return " ".join(re.sub(r"<[a-zA-Z/][^>]*>", " ", text).split())


def _uri(named: Named) -> str:
    family, version, port = named
    if family in STATEMENTS:
        return f"http://rightsstatements.org/vocab/{family}/1.0/"
    match family:
        case "zero" | "mark":
            return f"https://creativecommons.org/publicdomain/{family}/1.0/"
        case "gpl" | "lgpl" | "agpl" | "fdl":
            return f"https://www.gnu.org/licenses/{family}" + (f"-{version}" if version else "")
        case "mit":
            return "https://opensource.org/licenses/MIT"
        case "apache":
            return f"https://www.apache.org/licenses/LICENSE-{version}"
        case "bsd":
            return f"https://www.opensource.org/licenses/BSD-{version}-Clause"
        case "mpl":
            return f"https://www.mozilla.org/MPL/{version}/"
    kind = "by-nd-nc" if (family, version) == ("by-nc-nd", "1.0") else family  # the order of 2002
    return "/".join(part for part in ("https://creativecommons.org/licenses", kind, version, port) if part) + "/"


def _spdx(named: Named, text: str) -> str | None:
    """The SPDX identifier, built from the parts where SPDX lists it; for GNU licences only where the text decides."""
    family, version, port = named
    if family == "mit":
        return "MIT"
    if version is None or family in STATEMENTS:
        return None
    if family in ("gpl", "lgpl", "agpl", "fdl"):
        scope = re.search(r"\b(only|or[ -]later)\b", text)
        name = "GFDL" if family == "fdl" else family.upper()
        return f"{name}-{version}-{scope[1].replace(' ', '-')}" if scope else None
    if family in ("apache", "mpl"):
        return f"{'Apache' if family == 'apache' else 'MPL'}-{version}"
    if family == "bsd":
        return f"BSD-{version}-Clause"
    if family == "zero":
        return "CC0-1.0"
    if not family.startswith("by"):
        return None
    if port or version == "2.1":
        name = f"{family}-{version}-{port}"
        return f"CC-{name.upper()}" if name in _SPDX_PORTS else None
    return f"CC-{family.upper()}-{version}"


def _completed(licence: Licence, texts: list[str], free: bool | None) -> Licence:
    """A licence with what the other strings of the same rights say beside it."""
    statement, holder = licence.statement, licence.rights_holder
    for text in texts:
        if statement is None and text != licence.raw and text.strip() and parse(text) is None and " " in text.strip():
            statement = _sentence(text)
        if holder is None and (found := _HOLDER.search(text)):
            holder = found[1].strip()
    return msgspec.structs.replace(licence, free_access=free, statement=statement, rights_holder=holder)


def _free(cost: Vocabulary | None) -> bool | None:
    for text in (cost.value, cost.uri) if cost is not None else ():
        if text and _NO.fullmatch(text.strip()):
            return True
        if text and _YES.fullmatch(text.strip()):
            return False
    return None
