"""`oerbron user add` and `oerbron token create`: the secret stands alone on the last line and works."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from portal.cli import main
from repository.accounts import people, tokens
from repository.config.sections import Config, DatabaseSection
from repository.site import Site, open_site
from tests.support.commands import Answer, oerbron

EMAIL = "teacher@example.org"


class Opened(NamedTuple):
    home: Path
    site: Site


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Opened(tmp_path, open_site(Config(database=DatabaseSection(url=f"sqlite:///{tmp_path / 'oerbron.sqlite'}"))))


def add(home: Path, email: str = EMAIL, role: str = "curator") -> Answer:
    return oerbron(home, "user", "add", email, "--role", role)


def test_a_user_gets_a_link_that_sets_the_password_on_the_last_line(opened: Opened) -> None:
    answer = add(opened.home)

    link = answer.out.splitlines()[-1]
    assert answer.code == 0
    assert link.startswith("http://127.0.0.1:8080/desk/password/")
    assert " " not in link


def test_a_user_with_a_password_from_standard_input_is_told_no_secret(opened: Opened) -> None:
    words = ["user", "add", EMAIL, "--role", "reviewer", "--password-stdin"]

    result = CliRunner().invoke(main, words, input="a long password here\n", env={"OERBRON_HOME": str(opened.home)})

    assert result.exit_code == 0
    assert result.output == f"{EMAIL} is a reviewer now.\n"
    assert people.verify(opened.site, EMAIL, "a long password here") is not None
    assert people.verify(opened.site, EMAIL, "another password") is None


def test_a_user_that_is_there_already_is_refused_in_a_sentence(opened: Opened) -> None:
    add(opened.home)

    answer = add(opened.home, EMAIL.upper())

    assert answer.code == 1
    assert len(answer.sentences) == 1
    assert EMAIL in answer.err


@pytest.mark.parametrize("words", [("--role", "boss"), ()])
def test_a_user_without_a_role_that_exists_is_misuse(opened: Opened, words: tuple[str, ...]) -> None:
    answer = oerbron(opened.home, "user", "add", EMAIL, *words)

    assert answer.code == 2
    assert len(answer.sentences) == 1


def test_a_token_is_alone_on_the_last_line_and_acts_for_its_person(opened: Opened) -> None:
    add(opened.home)

    answer = oerbron(opened.home, "token", "create", EMAIL, "--scope", "write")

    actor = tokens.authenticate(opened.site, answer.out.splitlines()[-1])
    assert actor is not None
    assert (actor.email, actor.role, actor.scope) == (EMAIL, "curator", "write")


def test_a_token_for_nobody_is_refused_in_a_sentence(opened: Opened) -> None:
    answer = oerbron(opened.home, "token", "create", "nobody@example.org", "--scope", "read")

    assert answer.code == 1
    assert len(answer.sentences) == 1
    assert "nobody@example.org" in answer.err
