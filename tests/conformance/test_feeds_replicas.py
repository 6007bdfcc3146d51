"""Every follower of every feed ends with the same triples, after random changes and a killed server (a short run).

The clients of others come from outside (tests/conftest.py says whence). `python -m tests.stress.replicas` runs for
thousands of changes.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.stress.replicas import fight, table

pytestmark = [
    pytest.mark.slow,
    # Followers whose server is killed under them leave their broken connections to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CHANGES, SECONDS = 240, 12
OURS = ("dump", "OAI-PMH lom, incremental", "OAI-PMH lom, whole", "API list, incremental", "API list, whole")
STREAMED = (
    "plain", "ordered", "follow", "follow ordered", "save", "last version only", "materialize", "dump, then --after",
)  # fmt: skip
SYNCED = ("resync baseline", "resync incremental")


@pytest.fixture(scope="module")
def fought(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return fight(tmp_path_factory.mktemp("replicas"), CHANGES, SECONDS)


def _same(fought: dict[str, Any], name: str) -> None:
    row = fought["rows"][name]
    assert row["differ"] == 0, table(fought)
    assert row["records"] == fought["live"] > 0


@pytest.mark.parametrize("name", OURS)
def test_a_copy_equals_what_is_published(fought: dict[str, Any], name: str) -> None:
    _same(fought, name)


@pytest.mark.ldes_client
@pytest.mark.parametrize("name", STREAMED)
def test_the_client_of_the_stream_ends_with_our_triples(fought: dict[str, Any], name: str) -> None:
    _same(fought, name)


@pytest.mark.resync
@pytest.mark.parametrize("name", SYNCED)
def test_the_client_of_resourcesync_ends_with_our_triples(fought: dict[str, Any], name: str) -> None:
    _same(fought, name)


@pytest.mark.ldes_client
def test_a_client_of_the_stream_is_given_every_member_once(fought: dict[str, Any]) -> None:
    assert {fought["rows"][name]["members"] for name in STREAMED[:5]} == {fought["members"]}


def test_neither_the_checker_nor_the_doctor_nor_a_follower_has_a_complaint(fought: dict[str, Any]) -> None:
    assert fought["check"].endswith("violations 0"), fought["check"]
    assert (fought["doctor"], fought["failures"]) == ([], [])
