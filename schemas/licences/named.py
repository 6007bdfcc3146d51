"""What a text names: the value that the readers of licences hand on."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final, NamedTuple

VERSIONS: Final = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
PORTS: Final = frozenset(
    {"am", "ar", "at", "au", "az", "be", "bg", "br", "ca", "ch", "cl", "cn", "co", "cr", "cz", "de", "dk", "ec", "ee"}
    | {"eg", "es", "fi", "fr", "ge", "gr", "gt", "hk", "hr", "hu", "ie", "igo", "il", "in", "it", "jo", "jp", "kr"}
    | {"lu", "mk", "mt", "mx", "my", "ng", "nl", "no", "nz", "pe", "ph", "pl", "pr", "pt", "ro", "rs", "scotland"}
    | {"se", "sg", "si", "th", "tw", "ug", "uk", "us", "ve", "vn", "za"}
)
_VERSION = re.compile(r"([0-9])[.,]?([0-9])?")


class Named(NamedTuple):
    """What a text names: `family` as Licence has it, `version` "4.0", `port` a code in lower case ("be", "igo")."""

    family: str
    version: str | None = None
    port: str | None = None


def family_of(elements: Set[str]) -> str | None:
    """The family of a set of Creative Commons elements, in today's order ("by-nc-nd"); None for a contradiction."""
    if "by" not in elements or elements >= {"sa", "nd"}:
        return None
    return "-".join(element for element in ("by", "nc", "sa", "nd") if element in elements)


def version_of(digits: str | None) -> str | None:
    """ "4.0" from "4.0", "4,0", "40" or "4"; None for a version that never existed."""
    found = _VERSION.fullmatch(digits) if digits else None
    version = f"{found[1]}.{found[2] or '0'}" if found else None
    return version if version in VERSIONS else None
