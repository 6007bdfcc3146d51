"""Whole lists of real and of generated records, every page and every part judged by the official schemas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from repository.config.sections import Config, DatabaseSection, OaiSection, SiteSection
from repository.site import open_site
from tests.conformance.oai_site import application
from tests.conformance.oai_walk import ask, walk
from tests.support.commands import oerbron
from tests.support.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.slow]


@pytest.fixture(scope="module", params=["real", "generated"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, int]]:
    """The provider over what `oerbron import` brought in, and how many records that were."""
    home: Path = tmp_path_factory.mktemp(str(request.param))
    if request.param == "real":
        paths = sorted((SHARED / "data").glob("*/"))
    else:
        paths = [home / "records.jsonl"]
        assert oerbron(home, "generate", "500", "--out", *paths).code == 0
    counts = oerbron(home, "import", *paths).counts
    config = Config(
        site=SiteSection(base_url="http://repository.example"),
        database=DatabaseSection(url=f"sqlite:///{home / 'oerbron.sqlite'}"),
        oai=OaiSection(page_size=250),
    )
    site = open_site(config)
    yield application(site), counts["created"]
    site.database.dispose()


@pytest.mark.parametrize("prefix", ["oai_dc", "lom"])
def test_whole_lists_hold_no_violation_and_every_record(filled: tuple[Flask, int], prefix: str) -> None:
    app, created = filled

    found = {verb: list(walk(app, verb, metadataPrefix=prefix)) for verb in ("ListRecords", "ListIdentifiers")}

    by_verb = [[header for page in pages for header in page.headers] for pages in found.values()]
    assert by_verb[0] == by_verb[1]
    assert len(by_verb[0]) == len({header.identifier for header in by_verb[0]}) == created
    assert all(metadata is not None for page in found["ListRecords"] for metadata in page.records.values())


def test_sets_and_identity_of_real_records_are_valid(filled: tuple[Flask, int]) -> None:
    app, created = filled
    specs = [spec for page in walk(app, "ListSets") for spec in page.specs]

    assert len(specs) > 20
    for spec in specs[:: max(len(specs) // 25, 1)]:
        assert (
            sum(len(page.headers) for page in walk(app, "ListIdentifiers", metadataPrefix="lom", set=spec)) <= created
        )
    assert ask(app, verb="Identify").errors == []
