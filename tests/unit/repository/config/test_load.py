"""The configuration: every mistake in one message, in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from repository.config import load as configuration
from repository.config.sections import Config
from repository.errors import ConfigError

MANY = """
site = 3
[oai]
page_size = "many"
formats = ["marc"]
[[oai.context]]
title = 3
[[oai.context]]
name = "a"
colour = 1
filter = "mood=gay"
sets = ["moods"]
mapping = "columns"
[harvest]
ports = ["a"]
[validation]
profile = "nope"
[linked]
dump_every = "daily"
[unheard_of]
"""
MISTAKES = (
    "[unheard_of] is no section",
    "[site] must be a section, not a value",
    "[oai] page_size: Expected “int”, got “str”",
    "[[oai.context]] lacks the key name",
    "[[oai.context]] title: Expected “str”, got “int”",
    "[[oai.context]] knows no key colour",
    "[harvest] ports: Expected “int”, got “str”",
    "[validation] profile must be one of core, lom-strict, oersi, wlo",
    '[linked] dump_every must be a duration such as "24h", "30m" or "never"',
    "[oai]: marc is no format that OAI-PMH can give out",
    "[[oai.context]] a: mood=gay is no filter of the search",
    "[[oai.context]] a: there is no mapping columns; there are ",
    "[[oai.context]] a: moods is no family of sets; there are ",
)


def refusal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        configuration.load(path)
    return str(caught.value)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, MANY)

    assert [mistake for mistake in MISTAKES if mistake not in message] == []
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(
    "address", ["ftp://example.org", "example.org", "http://[bad", "http://example.org/?a=1", "http://"]
)
def test_an_address_that_is_none_is_told(tmp_path: Path, address: str) -> None:
    assert "[site] base_url must be" in refusal(tmp_path, f'[site]\nbase_url = "{address}"')


def test_what_is_no_toml_is_one_sentence(tmp_path: Path) -> None:
    assert "is not valid TOML" in refusal(tmp_path, "[site")
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        configuration.load(tmp_path / "nowhere.toml")


def test_without_a_file_everything_is_as_by_default() -> None:
    assert configuration.load(None) == Config()


def test_the_keys_that_are_given_count(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        '[oai]\npage_size = 7\n[[oai.context]]\nname = "a"\n[[harvest.source]]\nname = "k"\nurl = "http://k"'
    )

    found = configuration.load(path, base_url="http://example.org")

    assert (found.oai.page_size, found.site.base_url) == (7, "http://example.org")
    assert ([one.name for one in found.oai.context], found.harvest.source[0].kind) == (["a"], "oai-pmh")
