"""`oerbron import` over every folder of the shared real data: what comes out adds up to what is there.

What is there is counted by `present`, which uses none of our readers. `pytest -s` prints the table. A second run finds
everything unchanged, and rejects what it rejected; every reject has one of the reasons that design.md admits.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from portal.commands.find_files import Walk
from tests.conformance.present import Present, present_in
from tests.support.commands import lines, oerbron, outcomes
from tests.support.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.slow]

NO_RECORDS_IN = {"networks"}  # tables of terms and shapes
FOLDERS = sorted({path.name for path in (SHARED / "data").glob("*/")} - NO_RECORDS_IN)
NO_RECORD = {"unknown_format", "no_records", "oai_error", "not_rdf"}
UNREADABLE = {"no_metadata", "illegal_character", "unknown_format"}
ADMISSION = {"no_title", "no_identity", "duplicate_key"}


class Run(NamedTuple):
    """One import: its counts and its rejects."""

    counts: dict[str, int]
    rejects: list[dict[str, Any]]


class Folder(NamedTuple):
    """A folder of the shared data: what is in each of its files, and what two imports made of it."""

    present: dict[str, Present]
    first: Run
    second: Run

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.present.values())


def _imported(home: Path, paths: list[Path], source: str) -> Run:
    rejects = home.with_name(f"{source}.jsonl")
    answer = oerbron(home, "import", *paths, "--source", source, "--rejects", rejects)
    run = Run(answer.counts, lines(rejects))
    assert answer.code == (1 if run.rejects else 0)
    assert len(run.rejects) == run.counts["rejected"]
    return run


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Folder]:
    """Every folder imported twice, each as a source of its own, all into one repository."""
    home = tmp_path_factory.mktemp("real") / "home"
    found = {}
    for name in FOLDERS:
        path = SHARED / "data" / name
        present = {file.name: present_in(file.path) for file in Walk([path])}
        found[name] = Folder(present, _imported(home, [path], name), _imported(home, [path], name))
    print(_table(found))  # noqa: T201 - the table of `pytest -s`
    return found


def _table(found: dict[str, Folder]) -> str:
    head = ("folder", "files", "live", "tombstones", "no record", *outcomes())
    rows = ["", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, folder in found.items():
        every = folder.present.values()
        held = len(every), sum(p.live for p in every), sum(p.deleted for p in every), sum(p.records == 0 for p in every)
        rows.append("| " + " | ".join(map(str, (name, *held, *folder.first.counts.values()))) + " |")
    return "\n".join(rows)


@pytest.mark.parametrize("name", FOLDERS)
def test_the_outcomes_add_up_to_what_is_there(folders: dict[str, Folder], name: str) -> None:
    folder = folders[name]

    assert sum(folder.first.counts.values()) == folder.expected


@pytest.mark.parametrize("name", FOLDERS)
def test_a_second_run_changes_nothing(folders: dict[str, Folder], name: str) -> None:
    first, second = folders[name].first, folders[name].second
    rejected = first.counts["rejected"]

    assert second.counts == outcomes(unchanged=folders[name].expected - rejected, rejected=rejected)
    assert second.rejects == first.rejects


@pytest.mark.parametrize("name", FOLDERS)
def test_every_reject_has_a_place_and_a_reason_that_is_admitted(folders: dict[str, Folder], name: str) -> None:
    for reject in folders[name].first.rejects:
        held = folders[name].present[reject["file"]].records
        assert reject["code"] in (UNREADABLE | ADMISSION if held else NO_RECORD), reject
        assert reject["place"], reject
        assert reject["reason"].endswith((".", "…")) or reject["code"] == "oai_error", reject


def test_the_rejects_are_these(folders: dict[str, Folder]) -> None:
    found = {name: dict(Counter(one["code"] for one in folder.first.rejects)) for name, folder in folders.items()}

    assert found == {
        "amb_de": {"duplicate_key": 111, "unknown_format": 78},  # its examples share ids; its schemas are no records
        "edurep_nl": {"unknown_format": 2, "no_records": 1},  # catalogue entries of ECK
        "ekoolikott_ee": {"duplicate_key": 4},  # variants of one record
        "lom2mlr_ca_fr": {},
        # vocabularies, terms; a page in microdata is the record of one in JSON-LD
        "lrmi_dcmi": {"unknown_format": 7, "no_records": 9, "not_rdf": 2, "duplicate_key": 2},
        "mit_libguides_dc": {"duplicate_key": 6, "no_identity": 5, "no_metadata": 3},
        "obaa_federation_br": {"no_records": 4, "duplicate_key": 212, "oai_error": 5},
        "oer_commons_csv": {"no_title": 3, "illegal_character": 1},
        "oersi_vocabs_maps": {"unknown_format": 40, "no_records": 12},  # tables of terms, vocabularies
        "open_textbooks_tsv": {"duplicate_key": 53},
        "pylom_nl": {"no_identity": 1},
        "scolomfr_fr": {"duplicate_key": 14},
        "sickle_oai_dc": {"duplicate_key": 1, "no_records": 5, "oai_error": 7, "no_identity": 1, "unknown_format": 1},
    }


def test_all_folders_in_one_run_add_up_too(folders: dict[str, Folder], tmp_path: Path) -> None:
    run = _imported(tmp_path / "home", [SHARED / "data" / name for name in FOLDERS], "whole")

    assert sum(run.counts.values()) == sum(folder.expected for folder in folders.values())
    assert {reject["code"] for reject in run.rejects} <= NO_RECORD | UNREADABLE | ADMISSION
