"""The kinds of rules: how a rule of a profile becomes a check, and what each kind finds wrong.

Most records are right, so a check first looks at bare values, and finds the places only when something is wrong. Every
kind is a small pure function; parameters come from the profile (`params`), values from the record. A kind must not
know any profile, and a check must not raise for any record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from schemas.errors import Problem, Severity
from schemas.licence import Licence, of_rights, speaks
from schemas.paths import Path, path
from schemas.presence import is_present
from schemas.record import Record
from schemas.validation.profiles import Rule
from schemas.validation.rules_tree import TREE
from schemas.validation.rules_values import VALUES
from schemas.vocabularies.vocabularies import Vocabularies

Check = Callable[[Record, Vocabularies], Iterable[Problem]]

_SHOWN = 80
_NOTHING: tuple[Problem, ...] = ()


def check_of(rule: Rule) -> Check:
    """The check that a rule stands for; raises ValueError for a kind or a path that does not exist."""
    if rule.kind in VALUES:
        return _each(rule)
    if rule.kind in TREE:
        return _everywhere(rule)
    try:
        return _KINDS[rule.kind](rule)
    except KeyError:
        raise ValueError(f"{rule.id}: no kind of rule is called {rule.kind!r}.") from None


def _each(rule: Rule) -> Check:
    """A check of every value at the rule's path, or at each of `params.paths`; what is absent or empty is lawful."""
    paths = _paths(rule)
    lawful = VALUES[rule.kind](rule.params)

    def check(record: Record, vocabularies: Vocabularies) -> Iterable[Problem]:
        found: list[Problem] = []
        for one in paths:
            for value in one.values(record, vocabularies):
                if lawful(value, vocabularies) is not None:
                    found += _located(rule, one, lawful, record, vocabularies)
                    break
        return found

    return check


def _located(
    rule: Rule, one: Path, lawful: Callable[[Any, Vocabularies], str | None], record: Record, vocabularies: Vocabularies
) -> Iterator[Problem]:
    for place, value in one.located(record, vocabularies):
        shown = lawful(value, vocabularies)
        if shown is not None:
            yield problem(rule, place, shown)


def _everywhere(rule: Rule) -> Check:
    """A check of every LangString of the record."""
    find = TREE[rule.kind]

    def check(record: Record, _: Vocabularies) -> Iterable[Problem]:
        return [problem(rule, place, shown) for place, shown in find(record, rule.params)]

    return check


def _required(rule: Rule) -> Check:
    """Something must be there, at one or more of the paths."""
    missing = (problem(rule, path(rule.path).plain),)
    getters = [one.values for one in _paths(rule)]

    def check(record: Record, vocabularies: Vocabularies) -> Iterable[Problem]:
        for get in getters:
            for value in get(record, vocabularies):
                if is_present(value):
                    return _NOTHING
        return missing

    return check


def _classified(rule: Rule) -> Check:
    """A taxon must stand under a purpose of our scheme (`params.scheme`), or something at one of `params.or`.

    A classification without a purpose counts where its taxon is a concept of the scheme (as in search).
    """
    scheme: str = rule.params["scheme"]
    missing = (problem(rule, rule.path),)
    others = [path(text).values for text in rule.params.get("or", ())]

    def check(record: Record, vocabularies: Vocabularies) -> Iterable[Problem]:
        for get in others:
            for value in get(record, vocabularies):
                if is_present(value):
                    return _NOTHING
        return _NOTHING if _has_taxon(record, scheme, vocabularies) else missing

    return check


def _has_taxon(record: Record, scheme: str, vocabularies: Vocabularies) -> bool:
    for classification in record.classification:
        purpose = classification.purpose.value or classification.purpose.uri if classification.purpose else None
        schemes = vocabularies.classified(purpose)
        if scheme not in schemes:
            continue
        taxa = [taxon for one in classification.taxon_path for taxon in one.taxon if is_present(taxon)]
        if taxa and len(schemes) == 1:
            return True
        for taxon in taxa:
            entry = taxon.entry[0].value if taxon.entry else None
            found = vocabularies.find_taxon(purpose, None, taxon.id, entry)
            if found is not None and vocabularies.concepts[found].scheme == scheme:
                return True
    return False


def _licence(rule: Rule) -> Check:
    """Rights that are given must name a licence; if `params.families` is given, one of these.

    `params.spoken_of` is the severity where the rights speak of a licence that cannot be told for sure.
    """
    families = frozenset(rule.params.get("families", ()))
    absent: bool = rule.params.get("required", False)
    spoken_of: Severity | None = rule.params.get("spoken_of")

    def check(record: Record, _: Vocabularies) -> Iterable[Problem]:
        rights = record.rights
        licence = of_rights(rights) if rights is not None else None
        if licence is None:
            return (problem(rule, rule.path, "nothing"),) if absent else _NOTHING
        if licence.uri is not None and (not families or licence.family in families):
            return _NOTHING
        if not absent and not licence.raw:
            return _NOTHING
        found = problem(rule, rule.path, _named(licence))
        if spoken_of and rights is not None and speaks(rights):
            found = replace(found, severity=spoken_of)
        return (found,)

    return check


def _named(licence: Licence) -> str:
    return licence.uri or licence.raw or "nothing"


def _contains(rule: Rule) -> Check:
    """One of `params.values` must be among the texts at the path; `params.paths` as in `required`."""
    values = frozenset(rule.params["values"])
    missing = (problem(rule, path(rule.path).plain),)
    getters = [one.values for one in _paths(rule)]

    def check(record: Record, vocabularies: Vocabularies) -> Iterable[Problem]:
        found = any(value.strip().casefold() in values for get in getters for value in get(record, vocabularies))
        return _NOTHING if found else missing

    return check


def _max_count(rule: Rule) -> Check:
    """No path may have more members than its number: `params` gives the numbers by path."""
    limits = [(path(text), most) for text, most in rule.params.items()]

    def check(record: Record, vocabularies: Vocabularies) -> Iterable[Problem]:
        return [
            problem(rule, place, f"{count}, {most}")
            for one, most in limits
            for place, count in one.counted(record, vocabularies)
            if count > most
        ]

    return check


def _absent(rule: Rule) -> Check:
    """Nothing may be there."""
    one = path(rule.path)

    def check(record: Record, vocabularies: Vocabularies) -> Iterable[Problem]:
        return [problem(rule, place) for place, _ in one.located(record, vocabularies)]

    return check


_KINDS: dict[str, Callable[[Rule], Check]] = {
    "required": _required,
    "classified": _classified,
    "licence": _licence,
    "contains": _contains,
    "max_count": _max_count,
    "absent": _absent,
}


def _paths(rule: Rule) -> list[Path]:
    return [path(text) for text in rule.params.get("paths", (rule.path,))]


def problem(rule: Rule, place: str, value: str = "") -> Problem:
    """The problem of a rule at a place; a value is shown on one line and not at length."""
    shown = " ".join(value.split())
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 1] + "…"
    return Problem(place, rule.id, rule.message.replace("{value}", shown), rule.severity)
