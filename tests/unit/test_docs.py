"""The documentation held against the code: commands, settings, formats, profiles, links."""

from __future__ import annotations

import itertools
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from portal.cli import main
from repository.config import load as configuration
from repository.config import sections
from repository.config.sections import Config
from repository.contexts.sets import FAMILIES
from schemas.formats.registry import FORMATS
from schemas.validation import profiles

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "repository/decisions").glob("*.md"),
    ]
)
EXAMPLE = ROOT / "config.example.toml"


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _table(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = _text(page).split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


def _written_commands() -> Iterator[tuple[str, list[str]]]:
    """Every line of a code block that calls oerbron, as words."""
    for page in PAGES:
        for block in re.findall(r"```\w*\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                found = re.search(r"(?:^|\$\()\s*(oerbron [^|)&#]*)", line)
                if found:
                    yield page.name, shlex.split(found[1])


@pytest.mark.parametrize(("page", "words"), list(_written_commands()))
def test_every_command_in_the_documentation_is_understood(page: str, words: list[str]) -> None:
    context = click.Context(main, info_name="oerbron")
    command: click.Command = main
    words = words[1:]
    if words[:1] == ["--config"]:
        words = words[2:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"{page}: oerbron {words[0]}"
        command, words = found, words[1:]
    if "--help" not in words and not isinstance(command, click.Group):
        command.make_context(command.name, list(words))


def test_the_table_of_commands_is_complete() -> None:
    written = [row[0].removeprefix("oerbron ") for row in _table("docs/operators.md", "Commands")]

    assert written == main.list_commands(click.Context(main))


def _example() -> dict[str, Any]:
    """The example configuration with its commented examples in force."""
    lines = [re.sub(r"^#(?=[^ #])", "", line) for line in _text("config.example.toml").splitlines()]
    return tomllib.loads("\n".join(lines))


def _keys(section: type[msgspec.Struct]) -> set[str]:
    return set(section.__struct_fields__)


def test_the_example_names_every_key_and_no_other() -> None:
    example = _example()

    assert set(example) == _keys(Config)
    for field in msgspec.structs.fields(Config):
        keys = _keys(field.type)
        assert set(example[field.name]) == keys, field.name
    assert set(example["oai"]["context"][0]) == _keys(sections.ContextSection)
    assert set(example["harvest"]["source"][0]) == _keys(sections.HarvestSource)


def test_the_example_as_it_stands_changes_nothing() -> None:
    assert configuration.load(EXAMPLE) == configuration.load(None)


def test_the_examples_in_it_make_sense(tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(re.sub(r"(?m)^#(?=[^ #])", "", _text("config.example.toml")), encoding="utf-8")

    assert configuration.load(path).oai.context[0].name == "open"


def test_every_key_is_explained() -> None:
    lines = _text("config.example.toml").splitlines()
    for above, line in itertools.pairwise(lines):
        if re.match(r"#?[a-z_]+ = ", line):
            assert above.startswith(("# ", "#sets", "#formats")), line


@pytest.mark.parametrize("page", ["docs/oai-pmh.md", "docs/getting-started.md", "docs/operators.md"])
def test_settings_shown_in_the_documentation_are_read(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", _text(page), re.DOTALL)
    assert blocks
    for block in blocks:
        path = tmp_path / "shown.toml"
        path.write_text(block, encoding="utf-8")
        configuration.load(path)


def test_the_table_of_formats_is_the_registry() -> None:
    written = {row[0]: (row[2] == "yes", row[3] == "yes") for row in _table("docs/formats.md", "Formats")}

    assert written == {name: (each.read is not None, each.write is not None) for name, each in FORMATS.items()}


def test_the_table_of_profiles_is_complete() -> None:
    assert {row[0] for row in _table("docs/validation.md", "Profiles")} == set(profiles.names())


def test_the_table_of_sets_names_every_family() -> None:
    written = {name.strip(" `") for row in _table("docs/oai-pmh.md", "Sets") for name in row[0].split(",")}

    assert written == set(FAMILIES)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_make_target_is_in_the_help() -> None:
    makefile = _text("Makefile")
    (targets,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert targets.split() == ["install", "demo", "test", "check", "bench", "help"]
    assert set(re.findall(r"^([a-z]+):.* ## ", makefile, re.MULTILINE)) == set(targets.split())
