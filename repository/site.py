"""The site: one running repository, put together from its configuration, database, clock and vocabularies.

Everything that is fixed for the life of a database (OAI domain, secret) is read here; everything that follows from
the configuration (contexts, views, fingerprint) is computed here once. Doers take a Site as their first argument.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import uuid
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection, text

import schemas.vocabularies.vocabularies
from repository.clock import Clock, SystemClock
from repository.config.load import database_url, home, oai_domain
from repository.config.sections import Config
from repository.contexts.contexts import Context, contexts_of, views
from repository.errors import DatabaseError
from repository.migrations import migration
from repository.storage.database import Database
from schemas.formats import registry
from schemas.vocabularies.vocabularies import Vocabularies

OAI_SCHEME: Final = "oai"
_OURS: Final = frozenset(("erasures.jsonl", "search", "backups", "dumps", "files", "thumbs", "mail", "logs", "demo"))


class Publishing:
    """What one process notices while it publishes; read and written by repository.publishing alone, kept nowhere."""

    def __init__(self, wall: float, monotonic: float) -> None:
        self.started = (wall, monotonic)
        self.moved = float("-inf")  # monotonic time of the last look at W, see publication.advance
        self.opened = False  # all views and contexts, see opening.open_all
        self.clock_accepted = False  # see publication.refuse_clock


class Site:
    """A repository with all its parts; `open_site` makes one."""

    def __init__(self, config: Config, database: Database, clock: Clock, vocabularies: Vocabularies) -> None:
        self.config = config
        self.database = database
        self.clock = clock
        self.vocabularies = vocabularies
        self.contexts: dict[str, Context] = contexts_of(config)
        self.views: dict[str, tuple[str, str]] = views(self.contexts)
        self.families: frozenset[str] = frozenset().union(*(each.families for each in self.contexts.values()))
        self.publishing = Publishing(clock.now(), clock.monotonic())
        with database.read() as connection:
            stored = {row.key: row.value for row in connection.execute(text("SELECT key, value FROM setting"))}
        self._settled = "oai_domain" in stored
        self.domain: str = stored.get("oai_domain") or oai_domain(config)
        self.secrets: tuple[bytes, ...] = _secrets(stored.get("secret"))
        self.fingerprint: str = _fingerprint(self)

    @property
    def secret(self) -> bytes:
        """The key that signs; all of `secrets` verify."""
        return self.secrets[0]

    @property
    def namespace(self) -> uuid.UUID:
        """The namespace of the uuids of delivered records."""
        return uuid.uuid5(uuid.NAMESPACE_DNS, self.domain)

    @property
    def base_url(self) -> str:
        return self.config.site.base_url.rstrip("/")

    def url(self, path: str) -> str:
        """An absolute address of this site: `path` starts with a slash."""
        return self.base_url + path

    def oai_identifier(self, record: str) -> str:
        """The OAI identifier of a record by its uuid (oai-identifier guidelines, 2.0)."""
        return f"{OAI_SCHEME}:{self.domain}:{record}"

    def uuid_of(self, identifier: str) -> str | None:
        """The uuid in one of our own OAI identifiers, else None."""
        prefix = f"{OAI_SCHEME}:{self.domain}:"
        return identifier[len(prefix) :] if identifier.startswith(prefix) else None

    def settle(self, connection: Connection) -> None:
        """Fix the OAI domain, in the transaction of the first deposit."""
        if self._settled:
            return
        statement = text("INSERT INTO setting (key, value) VALUES ('oai_domain', :d) ON CONFLICT (key) DO NOTHING")
        connection.execute(statement, {"d": self.domain})
        fixed = connection.execute(text("SELECT value FROM setting WHERE key = 'oai_domain'")).scalar_one()
        if fixed != self.domain:  # Another process with another configuration was first.
            self.domain = fixed
        self._settled = True


def private_home() -> None:
    """Let nobody but their owner read what lies in the home, now and from now on: drafts, secrets, personal data.

    From here on this process makes files 0600 and folders 0700. What an older version or a copy left wider is
    narrowed: what is ours in it, and the home itself where nothing else lies there (it may be somebody's own folder).
    """
    os.umask(0o077)
    folder = home()
    if not folder.is_dir():
        return
    there = list(folder.iterdir())
    ours = [each for each in there if each.name in _OURS or each.name.startswith("oerbron.sqlite")]
    for each in (*ours, *((folder,) if len(ours) == len(there) else ())):
        with suppress(OSError):  # Somebody else's, or gone meanwhile; the doctor names what stays.
            mode = each.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & 0o077:
                each.chmod(stat.S_IMODE(mode) & ~0o077)


def open_site(config: Config, clock: Clock | None = None, vocabularies: Vocabularies | None = None) -> Site:
    """Open the configured database, making or migrating it where needed; raises DatabaseError, ConfigError."""
    clock = clock or SystemClock()
    if not config.database.url:
        home().mkdir(parents=True, exist_ok=True)
    private_home()
    database = Database(database_url(config))
    migration.upgrade(database, clock)
    return Site(config, database, clock, vocabularies or schemas.vocabularies.vocabularies.shipped())


def _secrets(stored: str | None) -> tuple[bytes, ...]:
    given = os.environ.get("OERBRON_SECRET")
    keys = [given.encode()] if given else []
    try:
        kept = [bytes.fromhex(key) for key in (stored or "").split()]
    except ValueError:
        kept = []
    if not kept:
        raise DatabaseError("The database holds no secret any more; restore a backup (`oerbron restore FILE`).")
    return tuple(keys + kept)


def _fingerprint(site: Site) -> str:
    """A digest of all that the faces follow from, beside the records themselves."""
    parts = {
        "writers": {name: registry.FORMATS[name].version for name in sorted(registry.FORMATS)},
        "url": site.base_url,
        "domain": site.domain,
        "vocabularies": site.vocabularies.version,
        "contact": site.config.privacy.publish_contact,
        "contexts": [
            (c.name, c.formats, sorted(c.families), c.mapping, c.filter) for c in site.contexts.values()
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
