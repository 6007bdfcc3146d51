"""A site with records of every kind, and the provider on it as a WSGI application: the stage of these tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask

from provider import views
from repository.config.sections import (
    Config,
    ContextSection,
    DatabaseSection,
    HarvestSection,
    HarvestSource,
    OaiSection,
    SiteSection,
)
from repository.publishing import publication
from repository.site import Site, open_site
from repository.upkeep import doctor
from schemas.record import General, LangString, Record, Rights, Technical, Vocabulary
from tests.support.site import FakeClock, accept, collect, uuid_of, withdraw

OPEN = "https://creativecommons.org/licenses/by/4.0/"


@dataclass
class Stage:
    """A site under test; every change is published two seconds later."""

    site: Site
    clock: FakeClock
    app: Any
    others: list[Stage] = field(default_factory=list)

    def publish(self, *records: Record, id_: int | None = None) -> list[str]:
        """Accept records (or a new revision of one) and publish them; their OAI identifiers."""
        ids = [accept(self.site, record, id_=id_) for record in records]
        self.seal()
        return [self.identifier(each) for each in ids]

    def revise(self, identifier: str, record: Record) -> None:
        accept(self.site, record, id_=self.number(identifier))
        self.seal()

    def withdraw(self, identifier: str) -> None:
        withdraw(self.site, self.number(identifier))
        self.seal()

    def seal(self) -> None:
        self.clock.pass_(2)
        assert publication.publish(self.site) is not None

    def identifier(self, id_: int) -> str:
        return self.site.oai_identifier(uuid_of(self.site, id_))

    def number(self, identifier: str) -> int:
        uuid = self.site.uuid_of(identifier)
        with self.site.database.read() as connection:
            found = connection.exec_driver_sql(f"SELECT id FROM record WHERE uuid = '{uuid}'").scalar_one()
        return int(found)

    def collect(self, identifier: str, *slugs: str) -> None:
        """Put a record into collections: a change of its sets only."""
        collect(self.site, self.number(identifier), *slugs)
        self.seal()

    def restarted(self, **changes: Any) -> Stage:
        """Another process on the same database, with other sections of the configuration where `changes` names some."""
        site = open_site(msgspec.structs.replace(self.site.config, **changes), self.clock)
        self.others.append(Stage(site, self.clock, application(site)))
        return self.others[-1]

    def with_contexts(self, *contexts: ContextSection, **oai: Any) -> Stage:
        """Another process with these contexts, and other keys of [oai]."""
        return self.restarted(oai=msgspec.structs.replace(self.site.config.oai, context=contexts, **oai))

    def refresh(self) -> None:
        """`publish --refresh`, until nothing waits."""
        publication.refresh(self.site)
        self.clock.pass_(2)
        while publication.publish(self.site) is not None:
            self.clock.pass_(2)

    def close(self) -> None:
        """The end of a test: what the doctor never wants to see is not there."""
        newest = self
        while newest.others:
            newest = newest.others[-1]
        found = doctor.examine(newest.site)
        self._dispose()
        assert found == []

    def _dispose(self) -> None:
        for other in self.others:
            other._dispose()
        self.site.database.dispose()


def a_stage(
    home: Path, *, page_size: int = 3, contexts: tuple[ContextSection, ...] = (), url: str = "", **changes: Any
) -> Stage:
    """An empty site, on SQLite unless `url` names another database; `changes` are sections of the configuration."""
    config = Config(
        site=SiteSection(base_url="http://repository.example"),
        database=DatabaseSection(url=url or f"sqlite:///{home / 'oai.sqlite'}"),
        oai=OaiSection(
            domain="repository.example", page_size=page_size, context=contexts,
            branding_url="http://repository.example/icon.png", rights="https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        harvest=HarvestSection(source=(HarvestSource("friend", "http://friend.example/oai"),)),
    )  # fmt: skip
    clock = FakeClock()
    site = open_site(msgspec.structs.replace(config, **changes), clock)
    return Stage(site, clock, application(site))


def application(site: Site) -> Flask:
    """The provider alone: no portal above it."""
    app = Flask("provider alone")
    app.register_blueprint(views.blueprint(site))
    return app


def licensed(title: str = "Breuken", licence: str | None = OPEN, lang: str = "nl") -> Record:
    """A record with a licence in the place where readers look for it."""
    rights = None
    if licence:
        rights = Rights(Vocabulary("LOMv1.0", "no"), Vocabulary("LOMv1.0", "yes"), (LangString("x-none", licence),))
    location = f"https://example.org/{title.encode().hex()}"
    return Record(
        general=General(title=(LangString(lang, title),), language=(lang,)),
        technical=Technical(location=(location,)),
        rights=rights,
    )
