"""`oerbron user add` and `oerbron token create`: the accounts an operator makes by hand."""

from __future__ import annotations

import sys

import click

from portal.commands import console

ROLES = ("contributor", "reviewer", "curator", "admin")
SCOPES = ("read", "write", "admin")


@click.group()
def user() -> None:
    """People who may write."""


@user.command(name="add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the person may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def add(context: click.Context, email: str, role: str, password_stdin: bool) -> None:
    """Add a person; without a password, a link to set one is printed alone on the last line."""
    from repository.accounts import people, tokens  # noqa: PLC0415 - so that --help is fast

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with console.site(context) as site:
        account = people.add(site, email, role, password)
        console.say(f"{email.strip().lower()} is a {role} now.")
        if password is None:
            console.say("This link sets the password, once, within a day:")
            console.say(site.url(f"/desk/password/{tokens.password_link(site, account)}"))


@click.group()
def token() -> None:
    """Secrets that programs write with."""


@token.command(name="create")
@click.argument("email")
@click.option("--scope", type=click.Choice(SCOPES), required=True, help="The most this token may do.")
@click.pass_context
def create(context: click.Context, email: str, scope: str) -> None:
    """Make a token for a person; it is shown once, alone on the last line."""
    from repository.accounts import tokens  # noqa: PLC0415

    with console.site(context) as site:
        secret = tokens.create(site, email, scope)
    console.say(f"A {scope} token for {email.strip().lower()}; it is not shown again:")
    console.say(secret)
