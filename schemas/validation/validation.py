"""Validation: a record and a profile in, all problems at once out.

Admission refuses three things only: what cannot be read, what has no title, what has no identity (design.md, "In
which state"); everything else is a warning that lowers completeness. Profiles are data (schemas.validation.profiles),
the kinds of their rules are in schemas.validation.rules; here they are compiled, once per process. Validation must not
change a record, and never raises for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from schemas.errors import Problem
from schemas.record import Record
from schemas.validation import profiles as _profiles
from schemas.validation.profiles import Profile
from schemas.validation.rules import Check, check_of
from schemas.vocabularies.vocabularies import Vocabularies, shipped

CORE = "core"
ADMISSION = ("no_title", "no_identity")


def validate(record: Record, profile: str, vocabularies: Vocabularies) -> tuple[Problem, ...]:
    """Every problem that a profile finds, in the order of its rules; raises UnknownProfile naming those there are."""
    found: list[Problem] = []
    for check in _checks(profile):
        found += check(record, vocabularies)
    return tuple(found)


def admission(record: Record) -> tuple[Problem, ...]:
    """What keeps a record out: `no_title`, `no_identity`; empty for one that may come in."""
    found: list[Problem] = []
    for check in _admission_checks():
        found += check(record, shipped())
    return tuple(found)


def completeness(problems: Iterable[Problem]) -> float:
    """How much of what `core` asks for is there: 0 to 1, two decimals, from the problems that `core` found.

    Each field of the profile has a weight (2 for a field that is asked for, 1 for one that helps finding); a field
    counts as missing when a rule that `lowers` it found a problem. The value is the weight of what is there divided
    by the weight of all fields.
    """
    lowers = _lowers()
    missing = {field for problem in problems if (field := lowers.get(problem.code))}
    if not missing:
        return 1.0
    weights = _profiles.get(CORE).weights
    total = sum(weights.values())
    return round((total - sum(weights[field] for field in missing)) / total, 2)


def profiles() -> dict[str, dict[str, Any]]:
    """Every profile as plain data: title, source, and its rules with id, path, severity, message and source."""
    return {name: msgspec.to_builtins(_profiles.get(name)) for name in _profiles.names()}


def profile_names() -> tuple[str, ...]:
    return _profiles.names()


@cache
def _checks(name: str) -> tuple[Check, ...]:
    return tuple(check_of(rule) for rule in _profiles.get(name).rules)


@cache
def _admission_checks() -> tuple[Check, ...]:
    core: Profile = _profiles.get(CORE)
    return tuple(check_of(rule) for rule in core.rules if rule.id in ADMISSION)


@cache
def _lowers() -> dict[str, str]:
    return {rule.id: rule.lowers for rule in _profiles.get(CORE).rules if rule.lowers}
