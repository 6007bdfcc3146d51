"""Organisations own records, and each member acts as owner. A slug never changes, because a set is named after it."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import text

from repository.accounts import people
from repository.accounts.organisation_lookup import Organisation, by_slug, unknown
from repository.config.sections import LOCAL, is_personal
from repository.errors import Invalid, NotFound, Refused
from repository.site import Site

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
