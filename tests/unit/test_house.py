"""The house itself: its contracts between rooms, its names, its one door for XML, its locks."""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib.metadata
import logging
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from grimp import ImportGraph
from importlinter.application import use_cases
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "repository", "oaipmh/provider", "harvest", "portal")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
LONGEST_LINES = 350
MOST_MODULES = 16
FROZEN = ROOT / "repository/migrations/versions"  # each a list of tables that is written once and never read through


def _names(requirement: str) -> str:
    return re.split(r"[\[<>=;~! ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.fixture
def loggers() -> Iterator[None]:
    """import-linter (2.17, 2026-11) silences every logger there is; they speak again after it."""
    yield
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False


@pytest.mark.usefixtures("loggers")
def test_a_floor_imports_only_what_stands_below_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports(no_cache=True, no_logo=True) == 0, capsys.readouterr().out


PLANTED = {  # an arrow that must never be, for each contract; `imported` may be a module that is yet to come
    "the house: a floor imports only what stands below it": ("repository.clock", "portal.app"),
    "schemas are pure": ("schemas.record", "sqlalchemy"),
    "no Flask in the repository": ("repository.clock", "flask"),
    "layers of the repository": ("repository.storage.database", "repository.deposit"),
    "layers of search": ("repository.search.language.words", "repository.search.service"),
    "layers of the portal: the faces do not know one another": ("portal.feeds.sru", "portal.api.bodies"),
    "layers of the harvester": ("harvest.network.client", "harvest.intake"),
    "layers of the formats": ("schemas.formats.lom.read", "schemas.formats.amb.read"),
    "the publication line: no public code path can read a draft": ("portal.web.cards", "repository.records.lookup"),
    "no SQL in portal and provider": ("portal.web.page", "sqlalchemy"),
    "SQL in the harvester only where its rows are kept": ("harvest.walks.walk", "sqlalchemy"),
    "one door: httpx": ("portal.server.background", "httpx"),
    "one door: search engines": ("repository.search.service", "tantivy"),
    "one door: rdflib": ("repository.linked.graphs", "rdflib"),
    "one door: click": ("portal.web.page", "click"),
    "one door: Flask-Security and what it stands on": ("portal.web.login_session", "flask_login"),
}


@pytest.fixture(scope="module")
def arrows() -> tuple[use_cases.UserOptions, ImportGraph]:
    """The contracts and the graph of today's imports."""
    with contextlib.chdir(ROOT):
        options = use_cases.read_user_options()
        use_cases._register_built_in_contract_types()
        names = [*options.session_options["root_packages"]]
        return options, grimp.build_graph(*names, include_external_packages=True, cache_dir=None)


def test_a_planted_arrow_is_named_for_every_contract(arrows: tuple[use_cases.UserOptions, ImportGraph]) -> None:
    assert {options["name"] for options in arrows[0].contracts_options} == set(PLANTED)


@pytest.mark.parametrize("name", PLANTED)
def test_a_contract_sees_a_planted_arrow(name: str, arrows: tuple[use_cases.UserOptions, ImportGraph]) -> None:
    options, graph = arrows
    chosen = next(each for each in options.contracts_options if each["name"] == name)
    contract = use_cases.registry.get_contract_class(chosen["type"])(name, options.session_options, chosen)
    importer, imported = PLANTED[name]
    planted = copy.deepcopy(graph)

    assert contract.check(copy.deepcopy(graph), verbose=False).kept
    planted.add_import(importer=importer, imported=imported)
    assert not contract.check(planted, verbose=False).kept


@pytest.mark.parametrize("container", ["portal", "repository", "repository.search", "harvest"])
def test_a_module_that_stands_in_no_layer_is_named(
    container: str, arrows: tuple[use_cases.UserOptions, ImportGraph]
) -> None:
    options, graph = arrows
    (chosen,) = [each for each in options.contracts_options if each.get("containers") == [container]]
    contract = use_cases.registry.get_contract_class(chosen["type"])(chosen["name"], options.session_options, chosen)
    planted = copy.deepcopy(graph)
    planted.add_module(f"{container}.newcomer")

    assert not contract.check(planted, verbose=False).kept


def test_the_import_name_oaipmh_is_the_distribution() -> None:
    import oaipmh  # noqa: PLC0415 - what is asked is where this name leads
    import oaipmh.client  # noqa: PLC0415

    distribution = importlib.metadata.distribution("oaipmh")
    assert int(distribution.version.split(".")[0]) >= 4
    assert ROOT not in Path(str(oaipmh.client.__file__)).resolve().parents or ".venv" in str(oaipmh.client.__file__)
    assert not (ROOT / "oaipmh" / "__init__.py").exists()


def _parses_xml(tree: ast.AST) -> bool:
    """Whether a module parses XML by itself, with lxml or the standard library."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(name)) if name.startswith("xml.") and not name.startswith(
                "xml.sax.saxutils"
            ):
                return True
            case ast.ImportFrom(module=str(name)) if name.startswith("lxml."):
                return True
            case ast.ImportFrom(module="lxml", names=names) if any(alias.name != "etree" for alias in names):
                return True
            case ast.Import(names=names) if any(alias.name.startswith(("xml.", "lxml.")) for alias in names):
                return True
            case ast.Attribute(
                value=ast.Name(id="etree"),
                attr="fromstring"
                | "XML"
                | "parse"
                | "iterparse"
                | "XMLParser"
                | "XMLPullParser"
                | "HTMLParser"
                | "HTML",
            ):
                return True
    return False


def test_only_the_one_reader_parses_xml() -> None:
    parsing = {
        str(path.relative_to(ROOT)) for path in SOURCES if _parses_xml(ast.parse(path.read_text(encoding="utf-8")))
    }

    assert parsing <= {"schemas/xml/reader.py", "schemas/xml/stream.py"}


@pytest.mark.parametrize(
    "source",
    [
        "from lxml import etree\netree.fromstring(data)",
        "from lxml.etree import fromstring",
        "from lxml import html",
        "import lxml.objectify",
        "import xml.etree.ElementTree as ET",
        "from xml.dom import minidom",
        "from lxml import etree\netree.XMLPullParser()",
    ],
)
def test_every_other_way_to_parse_xml_is_seen(source: str) -> None:
    assert _parses_xml(ast.parse(source))


def test_no_module_outgrows_its_reader() -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_LINES and path.parent != FROZEN
    }

    assert not long


def _modules_of(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.py") if path.name != "__init__.py"]


def test_no_folder_is_a_hall() -> None:
    folders = {path.parent for path in SOURCES if path.parent != FROZEN}

    halls = {str(folder.relative_to(ROOT)): n for folder in folders if (n := len(_modules_of(folder))) > MOST_MODULES}
    assert not halls


def test_no_face_of_a_package_does_any_work() -> None:
    """An `__init__` says what its package is and hands names on ."""
    working = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name == "__init__.py"
        and any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    }

    assert not working


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in SOURCES if ast.get_docstring(ast.parse(path.read_text("utf-8"))) is None
    ]

    assert not silent


def test_every_package_is_listed_for_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    found = {
        ".".join(path.parent.relative_to(ROOT / "oaipmh" if "oaipmh" in path.parts else ROOT).parts)
        for path in SOURCES
        if path.name == "__init__.py"
    }

    assert found == listed


def test_every_file_that_is_no_module_goes_into_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]
    left_out = set()
    for room in ROOMS:
        folder = ROOT / room
        listed = {path for pattern in patterns.get(folder.name, ()) for path in folder.glob(pattern)}
        files = {path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc", ".md")}
        left_out |= {str(path.relative_to(ROOT)) for path in files - listed}

    assert not left_out


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_every_dependency_with_hashes(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {_names(each) for each in project["dependencies"]}
    if "dev" in lock:
        wanted |= {_names(each) for each in project["optional-dependencies"]["dev"]}
    text = (ROOT / lock).read_text(encoding="utf-8")
    locked = {_names(line) for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)}

    assert wanted <= locked
    assert text.count("--hash=sha256:") >= len(locked)
