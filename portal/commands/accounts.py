"""`oerbron user` and `oerbron token`: who may write, and with what; made, seen, changed and ended by an operator."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from portal.commands import console
from repository.errors import Refused

if TYPE_CHECKING:
    from repository.site import Site

ROLES = ("contributor", "reviewer", "curator", "admin")
SCOPES = ("read", "write", "admin")
_ANYWAY = click.option("--anyway", is_flag=True, help="Also when nobody is an admin afterwards.")


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


@user.command(name="list")
@click.pass_context
def list_people(context: click.Context) -> None:
    """Say who has an account: address, role, whether it is open, tokens that count, when one was used last."""
    from repository.accounts import people  # noqa: PLC0415

    with console.site(context) as site:
        found = people.every(site)
    for one in found:
        state = "active" if one.active else "closed"
        counted = f"{one.tokens} token{'' if one.tokens == 1 else 's'}"
        console.say(f"{one.email}  {one.role}  {state}  {counted}  last use {_day(one.used)}")
    if not found:
        console.say("Nobody has an account yet; `oerbron user add EMAIL --role admin` makes the first.")


@user.command(name="set-role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@_ANYWAY
@click.pass_context
def set_role(context: click.Context, email: str, role: str, anyway: bool) -> None:
    """Give a person another role; it holds from the next request on, also for sessions and tokens that are open."""
    from repository.accounts import people  # noqa: PLC0415

    with console.site(context) as site, _told_how():
        people.set_role(site, email, role, anyway=anyway)
        if anyway:
            _tell_without_admin(site)
    console.say(f"{email.strip().lower()} is a {role} now.")


@user.command(name="deactivate")
@click.argument("email")
@_ANYWAY
@click.pass_context
def deactivate(context: click.Context, email: str, anyway: bool) -> None:
    """Close an account: nobody logs in with it, and its tokens end at once and for good."""
    from repository.accounts import people  # noqa: PLC0415

    with console.site(context) as site, _told_how():
        before = people.person(site, people.get(site, email))
        people.set_active(site, email, active=False, anyway=anyway)
        if anyway:
            _tell_without_admin(site)
    ended = f"{before.tokens} token{'' if before.tokens == 1 else 's'}"
    console.say(f"{before.email} is closed; {ended} ended. Its records stay.")


@user.command(name="activate")
@click.argument("email")
@click.pass_context
def activate(context: click.Context, email: str) -> None:
    """Open a closed account again; its password counts again, its tokens do not."""
    from repository.accounts import people  # noqa: PLC0415

    with console.site(context) as site:
        people.set_active(site, email, active=True)
    console.say(f"{email.strip().lower()} is open; tokens that ended stay ended.")


@click.group()
def token() -> None:
    """Secrets that programs write with."""


@token.command(name="create")
@click.argument("email")
@click.option("--scope", type=click.Choice(SCOPES), required=True, help="The most this token may do.")
@click.option("--organisation", metavar="SLUG", help="The organisation that it acts for.")
@click.option(
    "--expires-in",
    metavar="TIME",
    help='Such as 90d or 12h, or "never"; else as [accounts] token_lifetime says (365d).',
)
@click.pass_context
def create(context: click.Context, email: str, scope: str, organisation: str | None, expires_in: str | None) -> None:
    """Make a token for a person; it is shown once, alone on the last line."""
    from repository.accounts import tokens  # noqa: PLC0415
    from repository.config.sections import seconds_of  # noqa: PLC0415

    lasts_s = None if expires_in is None else seconds_of(expires_in)
    if expires_in is not None and (lasts_s is None or (lasts_s == 0 and expires_in.strip() != "never")):
        raise click.UsageError(f'--expires-in {expires_in} is no time; use such as 90d or 12h, or "never"')
    with console.site(context) as site:
        secret = tokens.create(site, email, scope, organisation, lasts_s)
        made = tokens.every(site, email)[-1]
    ends = "it does not end" if made.expires is None else f"it ends on {_day(made.expires)}"
    console.say(f"A {scope} token for {email.strip().lower()}, number {made.id}; {ends}. It is not shown again:")
    console.say(secret)


@token.command(name="list")
@click.argument("email", required=False)
@click.pass_context
def list_tokens(context: click.Context, email: str | None) -> None:
    """Say which tokens there are, of EMAIL or of everybody: number, person, scope, until when, last use."""
    from repository.accounts import people, tokens  # noqa: PLC0415

    with console.site(context) as site:
        found = tokens.page(site, 0 if email is None else people.get(site, email))
        now = site.clock.now()
    for one in found:
        acts_for = f" for {one.organisation}" if one.organisation else ""
        ends = "never ends" if one.expires is None else f"until {_day(one.expires)}"
        state = one.state(now)
        told = (
            ends if state == "valid" else f"revoked {_day(one.revoked)}" if state == "revoked" else f"expired, {ends}"
        )
        console.say(f"{one.id}  {one.email}  {one.scope}{acts_for}  {told}  last use {_day(one.used)}")
    if not found:
        console.say("There are no tokens.")


@token.command(name="revoke")
@click.argument("number", metavar="ID", type=click.IntRange(1, 10**15))
@click.pass_context
def revoke(context: click.Context, number: int) -> None:
    """End token ID (`token list` names it) at once and for good."""
    from repository.accounts import tokens  # noqa: PLC0415

    with console.site(context) as site:
        tokens.revoke(site, number)
    console.say(f"Token {number} has ended.")


@contextmanager
def _told_how() -> Iterator[None]:
    """Say with the refusal how the last admin may be ended all the same."""
    try:
        yield
    except Refused as error:
        raise Refused(f"{str(error).rstrip('.')}, or say --anyway.") from error


def _tell_without_admin(site: Site) -> None:
    from repository.accounts import people  # noqa: PLC0415

    if not any(one.active and one.role == "admin" for one in people.every(site)):
        console.tell("nobody is an active admin now; `oerbron user set-role EMAIL admin` makes one")


def _day(at: int | None) -> str:
    return "never" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
