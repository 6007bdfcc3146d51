"""Profiles: what somebody says of himself, and which of it everybody may see. Private until the person says otherwise.

A profile is public when it has a handle and `profile` is among its public fields; what is public is asked anew for each
page, so that a profile set private is gone with the next request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, text

from repository.config.sections import is_personal
from repository.errors import Invalid, NotFound, Refused
from repository.site import Site
from repository.storage.storable import storable
from schemas.errors import Problem

FIELDS: Final = ("name", "about", "orcid", "teaches", "level", "organisations", "resources")
"""What may be public, one by one."""
PROFILE: Final = "profile"
TEACHES: Final = ("teaches", "level")
ABOUT_LONGEST: Final = 2_000
NAME_LONGEST: Final = 120
MOST_CONCEPTS: Final = 60
_HANDLE: Final = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_ORCID: Final = re.compile(r"(\d{4})-(\d{4})-(\d{4})-(\d{3}[\dX])")
_READ: Final = "SELECT id, email, name, handle, orcid, about, public, language, active, created FROM account WHERE "
_OF: Final = text(f"{_READ}id = :id")
_BY_HANDLE: Final = text(f"{_READ}handle = :handle AND active")
_TAKEN: Final = text("SELECT 1 FROM account WHERE handle = :handle AND id <> :id")
_SAVE: Final = text(
    "UPDATE account SET name = :name, handle = :handle, orcid = :orcid, about = :about, public = :public,"
    " language = :language WHERE id = :id"
)
_CONCEPTS: Final = text(
    "SELECT concept, kind FROM profile_concept WHERE account = :id AND kind IN ('teaches', 'level')"
)
_DROP: Final = text("DELETE FROM profile_concept WHERE account = :id AND kind IN ('teaches', 'level')")
_ADD: Final = text(
    "INSERT INTO profile_concept (account, concept, kind, public) VALUES (:id, :concept, :kind, :public)"
)
_ORGANISATIONS: Final = text(
    "SELECT g.slug, g.name FROM membership m JOIN organisation g ON g.id = m.organisation WHERE m.account = :id"
    " ORDER BY g.name"
)
_WORKS: Final = text(
    'SELECT c.uuid FROM "current" c JOIN record r ON r.id = c.record'
    " WHERE r.owner = :id AND c.state = 'live' ORDER BY c.position DESC LIMIT :limit"
)
_PUBLIC: Final = text("SELECT handle, public FROM account WHERE handle IS NOT NULL AND active ORDER BY handle")
_NAMES: Final = text("SELECT id, name, email, public, handle, active FROM account WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


class Profile(msgspec.Struct, frozen=True):
    """What an account says of its person. `public`: the fields that everybody may see."""

    account: int
    email: str = ""
    name: str = ""
    handle: str = ""
    orcid: str = ""
    about: str = ""
    language: str = ""
    public: tuple[str, ...] = ()
    teaches: tuple[str, ...] = ()
    level: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        return bool(self.handle) and PROFILE in self.public


class Public(msgspec.Struct, frozen=True):
    """A profile as everybody sees it: a field that is not public is empty here."""

    handle: str
    name: str
    about: str
    orcid: str
    teaches: tuple[str, ...]
    level: tuple[str, ...]
    organisations: tuple[tuple[str, str], ...]
    works: tuple[str, ...]


class Called(msgspec.Struct, frozen=True):
    """What somebody is called towards others; without a name, he left or does not tell it."""

    name: str | None
    handle: str | None


def of(site: Site, account: int) -> Profile:
    """The profile of an account, all of it; raises NotFound."""
    with site.database.read() as connection:
        row = connection.execute(_OF, {"id": account}).one_or_none()
        if row is None:
            raise NotFound("There is no such account.")
        return _profile(connection, row)


def save(site: Site, wish: Profile, reserved: Collection[str] = ()) -> None:
    """Keep a profile; raises Invalid with a problem for each field, Refused when the handle is somebody's.

    `reserved`: the words that stand in addresses of the site, which no handle may be.
    """
    problems = list(problems_of(site, wish, reserved))
    if problems:
        raise Invalid("The profile cannot be taken.", tuple(problems))
    values = {
        "id": wish.account,
        "name": storable(" ".join(wish.name.split())) or None,
        "handle": wish.handle or None,
        "orcid": wish.orcid or None,
        "about": storable(wish.about.strip()) or None,
        "public": json.dumps([name for name in (PROFILE, *FIELDS) if name in wish.public]),
        "language": wish.language or None,
    }
    with site.database.write() as connection:
        if wish.handle and connection.execute(_TAKEN, {"handle": wish.handle, "id": wish.account}).first():
            raise Refused("There is a page of that name already; choose another one.")
        connection.execute(_SAVE, values)
        connection.execute(_DROP, {"id": wish.account})
        for kind in TEACHES:
            for concept in dict.fromkeys(getattr(wish, kind)):
                row = {"id": wish.account, "concept": concept, "kind": kind, "public": kind in wish.public}
                connection.execute(_ADD, row)


def problems_of(site: Site, wish: Profile, reserved: Collection[str] = ()) -> Iterable[Problem]:
    """What cannot be taken of a profile, by field."""
    if len(wish.name) > NAME_LONGEST:
        yield Problem("name", "too_long", f"A name has at most {NAME_LONGEST} characters.")
    if len(wish.about) > ABOUT_LONGEST:
        yield Problem("about", "too_long", f"At most {ABOUT_LONGEST} characters.")
    if wish.orcid and not is_orcid(wish.orcid):
        yield Problem("orcid", "bad_orcid", "That is no ORCID; one looks like 0000-0002-1825-0097.")
    if wish.handle and (wish.handle in reserved or is_personal(wish.handle)):
        yield Problem("handle", "reserved", "That word stands in addresses of this site; choose another one.")
    elif wish.handle and not (3 <= len(wish.handle) <= 40 and _HANDLE.fullmatch(wish.handle)):
        yield Problem("handle", "bad_handle", "Use a-z, 0-9 and single hyphens, 3 to 40 characters.")
    if PROFILE in wish.public and not wish.handle:
        yield Problem("handle", "missing", "A public profile needs a name for its address.")
    known = site.vocabularies.concepts
    if any(concept not in known for kind in TEACHES for concept in getattr(wish, kind)):
        yield Problem("teaches", "unknown", "There is no such subject or level.")
    if len(wish.teaches) + len(wish.level) > MOST_CONCEPTS:
        yield Problem("teaches", "too_many", f"Choose at most {MOST_CONCEPTS} subjects and levels.")


def is_orcid(text_: str) -> bool:
    """Whether the digits of an ORCID agree with its last one (ISO 7064, MOD 11-2)."""
    if not _ORCID.fullmatch(text_):
        return False
    total = 0
    for digit in text_.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    last = (12 - total % 11) % 11
    return text_[-1] == ("X" if last == 10 else str(last))


def public(site: Site, handle: str, most: int = 60) -> Public | None:
    """The public profile of this handle; None when there is none, or it is private."""
    with site.database.read() as connection:
        row = connection.execute(_BY_HANDLE, {"handle": handle}).one_or_none()
        if row is None:
            return None
        found = _profile(connection, row)
        if not found.is_public:
            return None
        groups: Sequence[Any] = connection.execute(_ORGANISATIONS, {"id": found.account}).all()
        works = connection.execute(_WORKS, {"id": found.account, "limit": most}).scalars().all()

    def shown(name: str, value: Any, empty: Any) -> Any:
        return value if name in found.public else empty

    return Public(
        handle,
        shown("name", found.name, ""),
        shown("about", found.about, ""),
        shown("orcid", found.orcid, ""),
        shown("teaches", found.teaches, ()),
        shown("level", found.level, ()),
        shown("organisations", tuple((row.slug, row.name) for row in groups), ()),
        shown("resources", tuple(works), ()),
    )


def handles(site: Site) -> tuple[str, ...]:
    """The handles of all public profiles."""
    with site.database.read() as connection:
        return tuple(row.handle for row in connection.execute(_PUBLIC) if PROFILE in json.loads(row.public))


def called(connection: Connection, accounts: Collection[int]) -> dict[int, Called]:
    """What people are called towards others, by account: a name and a page only where they are public."""
    if not accounts:
        return {}
    found = {}
    for row in connection.execute(_NAMES, {"ids": sorted(accounts)}):
        shown = set(json.loads(row.public)) if row.active else set()
        is_open = PROFILE in shown and row.handle is not None
        found[row.id] = Called(row.name if is_open and "name" in shown else None, row.handle if is_open else None)
    return found


def _profile(connection: Connection, row: Any) -> Profile:
    concepts: dict[str, list[str]] = {kind: [] for kind in TEACHES}
    for each in connection.execute(_CONCEPTS, {"id": row.id}):
        concepts[each.kind].append(each.concept)
    return Profile(
        row.id, row.email, row.name or "", row.handle or "", row.orcid or "", row.about or "", row.language or "",
        tuple(json.loads(row.public)), tuple(concepts["teaches"]), tuple(concepts["level"]),
    )  # fmt: skip
