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


def test_people_and_tokens_are_listed_with_their_last_use(opened: Opened) -> None:
    add(opened.home)
    add(opened.home, "chief@example.org", "admin")
    secret = oerbron(opened.home, "token", "create", EMAIL, "--scope", "write").out.splitlines()[-1]
    assert "last use never" in oerbron(opened.home, "token", "list").out

    assert tokens.authenticate(opened.site, secret) is not None

    people_said = oerbron(opened.home, "user", "list").out.splitlines()
    said = oerbron(opened.home, "token", "list", EMAIL)
    assert [line.split("  ")[:4] for line in people_said] == [
        [EMAIL, "curator", "active", "1 token"],
        ["chief@example.org", "admin", "active", "0 tokens"],
    ]
    assert (said.code, len(said.out.splitlines())) == (0, 1)
    assert "last use never" not in said.out
    assert secret not in said.out


def test_a_token_says_when_it_ends_and_may_be_told_otherwise(opened: Opened) -> None:
    add(opened.home)

    made = [
        oerbron(opened.home, "token", "create", EMAIL, "--scope", "read", *words).out.splitlines()[0]
        for words in ((), ("--expires-in", "90d"), ("--expires-in", "never"))
    ]

    assert "it ends on " in made[0]
    assert "it does not end" in made[2]
    listed = [one.expires - one.created if one.expires else None for one in tokens.every(opened.site, EMAIL)]
    assert listed == [365 * 86_400, 90 * 86_400, None]
    for wrong in ("soon", "-1d", "0", "1w", ""):
        answer = oerbron(opened.home, "token", "create", EMAIL, "--scope", "read", "--expires-in", wrong)
        assert (answer.code, len(answer.sentences)) == (2, 1), wrong


def test_a_deactivated_person_has_no_token_any_more(opened: Opened) -> None:
    add(opened.home)
    secret = oerbron(opened.home, "token", "create", EMAIL, "--scope", "write").out.splitlines()[-1]

    answer = oerbron(opened.home, "user", "deactivate", EMAIL.upper())

    assert (answer.code, answer.out) == (0, f"{EMAIL} is closed; 1 token ended. Its records stay.\n")
    assert tokens.authenticate(opened.site, secret) is None
    assert oerbron(opened.home, "user", "activate", EMAIL).code == 0
    assert tokens.authenticate(opened.site, secret) is None
    assert "active" in oerbron(opened.home, "user", "list").out


def test_a_role_is_changed_and_a_token_revoked(opened: Opened) -> None:
    add(opened.home)
    secret = oerbron(opened.home, "token", "create", EMAIL, "--scope", "write").out.splitlines()[-1]

    assert oerbron(opened.home, "user", "set-role", EMAIL, "contributor").code == 0
    actor = tokens.authenticate(opened.site, secret)
    assert actor is not None
    assert actor.role == "contributor"
    (made,) = tokens.every(opened.site, EMAIL)
    assert oerbron(opened.home, "token", "revoke", str(made.id)).code == 0
    assert tokens.authenticate(opened.site, secret) is None
    again = oerbron(opened.home, "token", "revoke", str(made.id))
    assert (again.code, len(again.sentences)) == (1, 1)


@pytest.mark.parametrize("words", [("deactivate",), ("set-role", "curator")])
def test_the_last_admin_is_ended_only_when_that_is_said(opened: Opened, words: tuple[str, ...]) -> None:
    add(opened.home, EMAIL, "admin")
    command = ["user", words[0], EMAIL, *words[1:]]

    refused = oerbron(opened.home, *command)

    assert (refused.code, len(refused.sentences)) == (1, 1)
    assert "--anyway" in refused.err
    done = oerbron(opened.home, *command, "--anyway")
    assert done.code == 0
    assert "nobody is an active admin now" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("user", "set-role", "nobody@example.org", "admin"),
        ("user", "deactivate", "nobody@example.org"),
        ("user", "activate", "nobody@example.org"),
        ("token", "list", "nobody@example.org"),
        ("token", "revoke", "7"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(opened: Opened, words: tuple[str, ...]) -> None:
    answer = oerbron(opened.home, *words)

    assert (answer.code, len(answer.sentences)) == (1, 1)
