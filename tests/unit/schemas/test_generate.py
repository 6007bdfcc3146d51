"""The generator: what 20,000 of its records are like, and that a seed always gives the same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from repository.records.origin import key_in
from schemas.errors import Problem
from schemas.generate import generate
from schemas.record import Record, from_builtins, to_json
from schemas.summary.summary import Summary, summarise
from schemas.validation.validation import admission, completeness, validate
from schemas.vocabularies.vocabularies import shipped

COUNT = 20_000
SEED = 7
KEPT = 2_000
ROOT = Path(__file__).resolve().parents[3]
# Always there: a title, and what a part that is there is made of. `ext` is what comes from foreign bindings only.
ALWAYS = {"general", "general.title", "general.title.lang", "general.title.value"}
# What a reader computes is left to the reader.
DERIVED = re.compile(
    r"\.(uri|fn|n|org|email|orcid|ror|precision|bytes)$|entity\.kind$|(date|duration|typicalLearningTime)\.value$"
)


class Sample(NamedTuple):
    """What was counted of COUNT records; only a few of them are kept."""

    titles: set[str]
    languages: Counter[str]
    fields: Counter[str]
    keys: Counter[str]
    filters: dict[str, Counter[Any]]
    origins: set[str]
    refused: list[Problem]
    unknown: list[str]
    unfilled: list[bytes]
    first: list[bytes]


@pytest.fixture(scope="module")
def sample() -> Sample:
    vocabularies = shipped()
    found = Sample(set(), Counter(), Counter(), Counter(), {name: Counter() for name in FILTERS}, set(), [], [], [], [])
    for line in generate.lines(COUNT, SEED):
        head = msgspec.json.decode(line)
        record = from_builtins(head["record"])
        summary = summarise(record, vocabularies)
        found.titles.add(summary.title)
        found.languages.update(summary.language)
        found.fields.update(_paths(head["record"]))
        found.keys.update(head.keys())
        for name, values in FILTERS.items():
            found.filters[name].update(values(head, summary))
        found.origins.add(str(head.get("source") or key_in(record)))
        found.refused.extend(admission(record))
        found.unknown.extend(_unknown(summary))
        if any(place in line for place in (b"{n}", b"{topic}", b"{grade}", b"{Topic}", b"{form}")):
            found.unfilled.append(line)
        if len(found.first) < KEPT:
            found.first.append(line)
    return found


def _paths(tree: dict[str, Any]) -> set[str]:
    """Every path of a decoded tree, without list indexes."""
    found: set[str] = set()
    _walk(tree, "", found)
    return found


def _walk(value: Any, above: str, found: set[str]) -> None:
    if type(value) is list:
        for one in value:
            _walk(one, above, found)
    elif type(value) is dict:
        for key, below in value.items():
            path = above + key
            found.add(path)
            if type(below) is list or type(below) is dict:
                _walk(below, f"{path}.", found)


def _unknown(summary: Summary) -> Iterator[str]:
    """The labels of terms that are no concepts."""
    for term in (*summary.subjects, *summary.levels, *summary.resource_types, *summary.audiences):
        if term.id is None:
            yield term.label


def _fields(struct: type[msgspec.Struct], path: str = "") -> Iterator[str]:
    """Every path that the canonical record knows, in the same form."""
    for field in msgspec.inspect.type_info(struct).fields:  # type: ignore[attr-defined]
        below = f"{path}.{field.encode_name}" if path else field.encode_name
        yield below
        for kind in _structs(field.type):
            yield from _fields(kind, below)


def _structs(kind: msgspec.inspect.Type) -> Iterator[type[msgspec.Struct]]:
    match kind:
        case msgspec.inspect.StructType(cls=cls):
            yield cls
        case msgspec.inspect.VarTupleType(item_type=item):
            yield from _structs(item)
        case msgspec.inspect.UnionType(types=types):
            for one in types:
                yield from _structs(one)


def _is_optional(path: str) -> bool:
    """Not what the vocabularies derive, nor the label beside an address, which only foreign formats say."""
    told = path not in ALWAYS and not path.startswith("ext") and ".label" not in path
    return told and not DERIVED.search(path)


def test_the_titles_are_mostly_distinct(sample: Sample) -> None:
    assert len(sample.titles) >= 15_000


@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
def test_each_language_has_its_share(sample: Sample, language: str) -> None:
    assert sample.languages[language] >= 0.15 * COUNT


def test_every_optional_field_is_missing_in_5_to_30_percent(sample: Sample) -> None:
    missing = {path: 1 - sample.fields[path] / COUNT for path in _fields(Record) if _is_optional(path)}

    assert len(missing) > 100
    assert {path: share for path, share in missing.items() if not 0.05 <= share <= 0.30} == {}


@pytest.mark.parametrize("key", ["source", "organisation", "collections"])
def test_what_a_line_says_beside_its_record_is_missing_in_5_to_30_percent(sample: Sample, key: str) -> None:
    assert 0.05 <= 1 - sample.keys[key] / COUNT <= 0.30


def _with_ancestors(ids: Iterable[str | None]) -> set[str]:
    vocabularies = shipped()
    found = {one for one in ids if one}
    return found | {above for one in found for above in vocabularies.ancestors(one)}


FILTERS: dict[str, Callable[[dict[str, Any], Summary], Iterable[Any]]] = {
    "subject": lambda _, summary: _with_ancestors(term.id for term in summary.subjects),
    "level": lambda _, summary: _with_ancestors(term.id for term in summary.levels),
    "type": lambda _, summary: {term.id for term in summary.resource_types},
    "license": lambda _, summary: {summary.license.uri} if summary.license and summary.license.uri else (),
    "open": lambda _, summary: {summary.license.open if summary.license else None},
    "language": lambda _, summary: set(summary.language),
    "age": lambda _, summary: _years(summary),
    "audience": lambda _, summary: {term.id for term in summary.audiences},
    "format": lambda _, summary: set(summary.formats),
    "source": lambda head, _: {head["source"]["name"]} if "source" in head else (),
    "organisation": lambda head, _: {head["organisation"]} if "organisation" in head else (),
    "collection": lambda head, _: set(head.get("collections", ())),
    "date": lambda _, summary: {summary.created[:4]} if summary.created else (),
}


def _years(summary: Summary) -> set[int]:
    if summary.age_range is None:
        return set()
    least, most = summary.age_range
    return set(range(least or 0, (most or 30) + 1))


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_has_values_of_which_none_covers_most(sample: Sample, name: str) -> None:
    counted = sample.filters[name]

    assert len(counted) >= 3
    assert counted.most_common(1)[0][1] <= 0.60 * COUNT


def test_every_record_may_come_in(sample: Sample) -> None:
    assert sample.refused == []


def test_most_records_have_no_warning_and_the_others_vary(sample: Sample) -> None:
    vocabularies = shipped()
    found = [validate(_record(line), "core", vocabularies) for line in sample.first]

    clean = sum(all(problem.severity == "info" for problem in problems) for problems in found) / len(found)

    assert 0.75 <= clean <= 0.95
    assert len({completeness(problems) for problems in found}) > 10


def test_every_value_is_a_concept(sample: Sample) -> None:
    assert sample.unknown == []


def test_no_place_in_a_sentence_is_left_unfilled(sample: Sample) -> None:
    assert sample.unfilled == []


def test_the_origins_are_all_different(sample: Sample) -> None:
    assert len(sample.origins) == COUNT


def test_the_records_are_those_of_the_lines(sample: Sample) -> None:
    assert [to_json(record) for record in generate.records(100, SEED)] == [
        to_json(_record(line)) for line in sample.first[:100]
    ]


def test_a_longer_run_begins_like_a_shorter_one(sample: Sample) -> None:
    assert list(generate.lines(50, SEED)) == sample.first[:50]


def test_another_seed_gives_other_records(sample: Sample) -> None:
    assert not set(generate.lines(200, SEED + 1)).intersection(sample.first)


def test_a_seed_gives_the_same_bytes_in_every_process() -> None:
    code = (
        "import sys, hashlib; from schemas.generate import generate;"
        "print(hashlib.sha256(b'\\n'.join(generate.lines(300, 7))).hexdigest())"
    )
    expected = sha256(b"\n".join(generate.lines(300, SEED))).hexdigest()

    for hash_seed in ("0", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)

        assert done.stdout.decode().strip() == expected


def test_every_organisation_of_a_line_has_a_name(sample: Sample) -> None:
    assert sample.filters["organisation"].keys() == generate.organisations().keys()


def _record(line: bytes) -> Record:
    return from_builtins(msgspec.json.decode(line)["record"])
