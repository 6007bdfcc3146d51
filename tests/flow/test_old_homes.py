"""Homes that earlier versions made: opened, migrated, healthy, with everything still in them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from repository.config.sections import Config, OaiSection, SiteSection
from repository.migrations.migration import HEAD
from repository.publishing import publication
from repository.site import open_site
from repository.upkeep import doctor
from tests.support.site import FakeClock

HOMES = sorted((Path(__file__).parents[1] / "homes").glob("schema-*.zip"))
KEPT = ("record", "revision", "origin", "overlay", "event", "account", "token", "batch_row", "saved_search", "log")


def _counts(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in KEPT}


@pytest.fixture(params=HOMES, ids=lambda path: path.stem)
def old_home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.unpack_archive(request.param, tmp_path)
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    return tmp_path


def test_an_old_home_opens_is_migrated_and_healthy(old_home: Path) -> None:
    file = old_home / "oerbron.sqlite"
    before = _counts(file)
    clock = FakeClock(2_000_000_000.0)

    site = open_site(Config(site=SiteSection(base_url="http://repository.example"), oai=OaiSection()), clock)

    assert _counts(file) == before
    publication.refresh(site)
    publication.accept_clock(site)  # the homes are of another time than the test
    while publication.publish(site) is not None:
        clock.pass_(2)
    assert doctor.examine(site) == []
    with site.database.read() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
    site.database.dispose()


def test_a_backup_is_made_before_an_old_home_is_changed(old_home: Path, request: pytest.FixtureRequest) -> None:
    made_at = request.node.callspec.params["old_home"].stem.removeprefix("schema-")

    open_site(Config(), FakeClock(2_000_000_000.0)).database.dispose()

    kept = [path.name for path in (old_home / "backups").glob("*")]
    assert kept == ([] if made_at == HEAD else [f"before-migration-of-{made_at}-20330518T033320Z.zip"])
