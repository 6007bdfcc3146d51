"""What every test shares: services named by markers, a PostgreSQL database of one's own, and golden files.

A golden file lies in tests/golden and is rewritten by `pytest --update-golden`; the rewriting is reviewed as a diff. A
test that needs a service carries its marker and is skipped, with the reason, where the service is missing. With
REQUIRE_SERVICES=1 (as .ci/run sets it) it fails instead, so that nothing is skipped unseen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text

from tests.stress.followers import ldes_client, resync_python

# The same examples in every run, so that a red run means a change; OERBRON_TEST_EXPLORE=1 looks for new ones.
settings.register_profile(
    "oerbron",
    deadline=None,
    derandomize=os.environ.get("OERBRON_TEST_EXPLORE") != "1",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("oerbron")

POSTGRES = "OERBRON_TEST_POSTGRES_URL"
ELASTICSEARCH = "OERBRON_TEST_ELASTICSEARCH_URL"
GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, bytes], None]
"""Compares bytes with the golden file of that name (relative to tests/golden), or rewrites it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the files in tests/golden")


def _unset(variable: str) -> Callable[[], str | None]:
    return lambda: None if os.environ.get(variable) else f"{variable} names no server"


def _no_browser() -> str | None:
    return None if shutil.which("chromium") else "there is no chromium on the PATH"


@cache
def _no_perl_clients() -> str | None:
    for module, package in (("HTTP::OAI", "libhttp-oai-perl"), ("Catmandu::Importer::OAI", "libcatmandu-oai-perl")):
        command = ["perl", f"-M{module}", "-e1"]
        if not shutil.which("perl") or subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:
            return f"Perl's {module} is not there (Debian: {package})"
    return None


def _no_ldes_client() -> str | None:
    return None if ldes_client() else "there is no ldes-client: OERBRON_TEST_LDES_CLIENT names none"


@cache
def _no_resync() -> str | None:
    return None if resync_python() else "there is no resync: OERBRON_TEST_RESYNC names no Python that has it"


_MISSING: dict[str, Callable[[], str | None]] = {
    "postgresql": _unset(POSTGRES),
    "elasticsearch": _unset(ELASTICSEARCH),
    "browser": _no_browser,
    "perl": _no_perl_clients,
    "ldes_client": _no_ldes_client,
    "resync": _no_resync,
}
_NEEDS = {"ldes_client": "npm"}  # what brings a service: where that is not there, nobody can require it


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose service is missing, or fail it where services are required."""
    for marker, missing in _MISSING.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            can = marker not in _NEEDS or shutil.which(_NEEDS[marker])
            if os.environ.get("REQUIRE_SERVICES") == "1" and can:
                pytest.fail(f"a required service is missing: {reason}", pytrace=False)
            pytest.skip(reason)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped after the test; the test carries the marker postgresql."""
    server = make_url(os.environ[POSTGRES])
    name = f"oerbron_test_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(
                text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
            )
        yield server.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    finally:
        engine.dispose()


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    """Hold bytes against a file of tests/golden: `golden("lom/breuken.xml", lom.write(...))`."""
    update = bool(pytestconfig.getoption("--update-golden"))

    def compare(name: str, made: bytes) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made)
        assert path.is_file(), f"there is no golden file {name}: make it with --update-golden"
        assert made.decode() == path.read_bytes().decode()

    return compare
