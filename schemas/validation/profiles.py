"""Profiles: what a network or a standard asks of a record, as data.

Each file of data/profiles is one profile; its rules say where they come from, so that documentation and messages are
made from the same table. This module reads the tables; `rules` says what a kind of rule means. It must not know
records.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from schemas.errors import Severity, UnknownProfile


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: `id` is the code of its problem, `message` a sentence in which {value} stands for what was found.

    `source` names the section of the standard, or of the network's own rules, that asks for it; `lowers` names the
    field of the profile's `weights` that counts as missing when the rule finds a problem.
    """

    id: str
    kind: str
    severity: Severity
    message: str
    source: str
    path: str = ""
    params: dict[str, Any] = {}
    lowers: str | None = None


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profile: its rules in the order of their problems; `weights` of fields for completeness, where it has one."""

    name: str
    title: str
    source: str
    rules: tuple[Rule, ...]
    weights: dict[str, int] = {}


def names() -> tuple[str, ...]:
    """The profiles there are, sorted."""
    return tuple(sorted(_shipped()))


def get(name: str) -> Profile:
    """Raises UnknownProfile with the list of those that exist."""
    try:
        return _shipped()[name]
    except KeyError:
        raise UnknownProfile(f"There is no profile {name[:80]!r}; there are: {', '.join(names())}.") from None


@cache
def _shipped() -> dict[str, Profile]:
    folder = files("schemas") / "data" / "profiles"
    decoder = msgspec.json.Decoder(Profile)
    found = [decoder.decode(entry.read_bytes()) for entry in folder.iterdir() if entry.name.endswith(".json")]
    return {profile.name: profile for profile in found}
