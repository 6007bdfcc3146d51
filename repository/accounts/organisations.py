"""Organisations own records, and each member acts as owner. A slug never changes, because a set is named after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import text

from repository.accounts import people
from repository.accounts.organisation_lookup import Organisation, by_slug, unknown
from repository.config.address import address_mistake
from repository.config.sections import LOCAL, is_personal
from repository.errors import Invalid, NotFound, Refused
from repository.site import Site
from repository.storage.storable import storable
from schemas.errors import Problem

MEMBERSHIPS: Final = ("member", "manager")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_INSERT: Final = text(
    "INSERT INTO organisation (slug, name, created) VALUES (:slug, :name, :created) ON CONFLICT (slug) DO NOTHING"
)
_ALL: Final = text("SELECT id, slug, name FROM organisation ORDER BY slug")
_JOIN: Final = text(
    "INSERT INTO membership (organisation, account, role) VALUES (:organisation, :account, :role)"
    " ON CONFLICT (organisation, account) DO UPDATE SET role = excluded.role"
)
_LEAVE: Final = text("DELETE FROM membership WHERE organisation = :organisation AND account = :account")
_DETAILS: Final = text("SELECT id, slug, name, about, homepage, ror, logo FROM organisation WHERE slug = :slug")
_DESCRIBE: Final = text(
    "UPDATE organisation SET name = :name, about = :about, homepage = :homepage, ror = :ror, logo = :logo"
    " WHERE id = :id"
)
_PEOPLE: Final = text(
    "SELECT a.id, a.email, a.name, m.role FROM membership m JOIN account a ON a.id = m.account"
    " WHERE m.organisation = :organisation ORDER BY a.email"
)
_ROLES: Final = text("SELECT account, role FROM membership WHERE organisation = :organisation")
_WELCOME: Final = text(
    "INSERT INTO membership (organisation, account, role) VALUES (:organisation, :account, :role)"
    " ON CONFLICT (organisation, account) DO NOTHING"
)
_NAME_LONGEST: Final = 200
_ABOUT_LONGEST: Final = 2_000
_ROR: Final = re.compile(r"https://ror\.org/0[a-hj-km-np-tv-z0-9]{6}\d{2}")
_OF: Final = text(
    "SELECT g.id, g.slug, g.name, m.role FROM membership m JOIN organisation g ON g.id = m.organisation"
    " WHERE m.account = :id ORDER BY g.name"
)
_MEMBERS: Final = text(
    "SELECT a.email, m.role FROM membership m JOIN account a ON a.id = m.account"
    " WHERE m.organisation = :organisation ORDER BY a.email"
)


def add(site: Site, slug: str, name: str) -> Organisation:
    """Add an organisation; raises Invalid (slug: a-z, 0-9 and single hyphens), Refused (exists)."""
    check_slug(slug)
    if not name.strip():
        raise Invalid("An organisation has a name.")
    with site.database.write() as connection:
        values = {"slug": slug, "name": name.strip(), "created": int(site.clock.now())}
        if connection.execute(_INSERT, values).rowcount != 1:
            raise Refused(f"There is an organisation {slug} already.")
    return get(site, slug)


def check_slug(slug: str) -> None:
    """Raise Invalid for a slug that no organisation may have."""
    if len(slug) > 64 or not _SLUG.fullmatch(slug):
        raise Invalid(f"{slug or 'An empty slug'} is no slug; use a-z, 0-9 and single hyphens, at most 64 characters.")
    if slug == LOCAL or is_personal(slug):
        raise Invalid(f"No organisation may be called {slug}: deliveries of other people go under that name.")


def rename(site: Site, slug: str, name: str) -> None:
    """Give an organisation another name; its slug stays for ever."""
    found = get(site, slug)
    if not name.strip():
        raise Invalid("An organisation has a name.")
    with site.database.write() as connection:
        connection.execute(
            text("UPDATE organisation SET name = :name WHERE id = :id"), {"name": name.strip(), "id": found.id}
        )


def find(site: Site, slug: str) -> Organisation | None:
    with site.database.read() as connection:
        return by_slug(connection, slug)


def get(site: Site, slug: str) -> Organisation:
    """The organisation with this slug; raises NotFound."""
    found = find(site, slug)
    if found is None:
        raise NotFound(unknown(slug))
    return found


def every(site: Site) -> tuple[Organisation, ...]:
    """All organisations by slug."""
    with site.database.read() as connection:
        return tuple(Organisation(*row) for row in connection.execute(_ALL))


def join(site: Site, slug: str, email: str, role: str = "member") -> None:
    """Make a person a member or manager; somebody who already belongs to it gets this role instead."""
    if role not in MEMBERSHIPS:
        raise Invalid(f"{role} is no membership; there are member and manager.")
    values = {"organisation": get(site, slug).id, "account": people.get(site, email), "role": role}
    with site.database.write() as connection:
        connection.execute(_JOIN, values)


def leave(site: Site, slug: str, email: str) -> None:
    """End a membership; what the person did for the organisation stays the organisation's."""
    values = {"organisation": get(site, slug).id, "account": people.get(site, email)}
    with site.database.write() as connection:
        connection.execute(_LEAVE, values)


class Details(msgspec.Struct, frozen=True):
    """What an organisation says of itself. `logo`: the hash of a kept file."""

    id: int
    slug: str
    name: str
    about: str = ""
    homepage: str = ""
    ror: str = ""
    logo: str | None = None


class Member(msgspec.Struct, frozen=True):
    """Somebody who belongs to an organisation, as its managers see it."""

    account: int
    email: str
    name: str | None
    role: str


def details(site: Site, slug: str) -> Details:
    """What an organisation says of itself; raises NotFound."""
    with site.database.read() as connection:
        row = connection.execute(_DETAILS, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound(unknown(slug))
    return Details(row.id, row.slug, row.name, row.about or "", row.homepage or "", row.ror or "", row.logo)


def describe(site: Site, wish: Details) -> None:
    """Keep what an organisation says of itself; raises Invalid with a problem for each field. Its slug stays."""
    problems = tuple(_problems(wish))
    if problems:
        raise Invalid("The organisation cannot be described so.", problems)
    values = {
        "id": wish.id,
        "name": storable(" ".join(wish.name.split())),
        "about": storable(wish.about.strip()) or None,
        "homepage": wish.homepage or None,
        "ror": wish.ror or None,
        "logo": wish.logo,
    }
    with site.database.write() as connection:
        connection.execute(_DESCRIBE, values)


def _problems(wish: Details) -> Iterator[Problem]:
    if not wish.name.strip() or len(wish.name) > _NAME_LONGEST:
        yield Problem("name", "bad_name", "An organisation has a name, of at most 200 characters.")
    if len(wish.about) > _ABOUT_LONGEST:
        yield Problem("about", "too_long", "At most 2000 characters.")
    if wish.homepage and address_mistake(wish.homepage):
        yield Problem("homepage", "bad_address", "That is no web address; one begins with https://.")
    if wish.ror and not _ROR.fullmatch(wish.ror):
        yield Problem("ror", "bad_ror", "That is no ROR; one looks like https://ror.org/05gq02987.")


def people_of(site: Site, slug: str) -> tuple[Member, ...]:
    """Everybody who belongs to an organisation, for its managers."""
    values = {"organisation": get(site, slug).id}
    with site.database.read() as connection:
        return tuple(Member(row.id, row.email, row.name, row.role) for row in connection.execute(_PEOPLE, values))


def change_member(site: Site, slug: str, account: int, role: str | None) -> None:
    """Give a member another role, None ends the membership; raises NotFound, and Refused for the last manager."""
    if role is not None and role not in MEMBERSHIPS:
        raise Invalid(f"{role} is no membership; there are member and manager.")
    organisation = get(site, slug).id
    with site.database.write() as connection:
        rows = connection.execute(_ROLES, {"organisation": organisation})
        roles: dict[int, str] = {row.account: row.role for row in rows}
        if account not in roles:
            raise NotFound("There is no such member.")
        others = [each for each, is_ in roles.items() if is_ == "manager" and each != account]
        if roles[account] == "manager" and role != "manager" and not others:
            raise Refused("This is the last manager; make somebody else a manager first.")
        values = {"organisation": organisation, "account": account, "role": role}
        connection.execute(_LEAVE if role is None else _JOIN, values)


def welcome(site: Site, slug: str, account: int, role: str) -> None:
    """Make somebody a member who was asked to; who belongs to it already keeps the own role."""
    if role not in MEMBERSHIPS:
        raise Invalid(f"{role} is no membership; there are member and manager.")
    with site.database.write() as connection:
        connection.execute(_WELCOME, {"organisation": get(site, slug).id, "account": account, "role": role})


def of_person(site: Site, account: int) -> tuple[tuple[Organisation, str], ...]:
    """The organisations that a person belongs to, with the role in each."""
    with site.database.read() as connection:
        return tuple(
            (Organisation(row.id, row.slug, row.name), row.role) for row in connection.execute(_OF, {"id": account})
        )


def members(site: Site, slug: str) -> tuple[tuple[str, str], ...]:
    """E-mail address and role of every member."""
    values = {"organisation": get(site, slug).id}
    with site.database.read() as connection:
        return tuple((row.email, row.role) for row in connection.execute(_MEMBERS, values))
