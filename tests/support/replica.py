"""A harvester that follows OAI-PMH, against snapshots instead of HTTP: for tests of publication."""

from __future__ import annotations

from dataclasses import dataclass, field

from repository.published import Snapshot, position_of, snapshot
from repository.site import Site


@dataclass
class Replica:
    """What a harvester of one (context, prefix, set) holds: uuid-like key -> face, None for a tombstone."""

    context: str = ""
    prefix: str = "oai_dc"
    spec: str = ""
    page: int = 2
    since: int = 0
    began: int | None = None
    cursor: int = -1
    copy: dict[bytes, bytes | None] = field(default_factory=dict)

    def request(self, site: Site) -> bool:
        """One request; True when it ended a harvest."""
        with snapshot(site.database) as seen:
            rows = self._page(site, seen)
        for row in rows:
            key = row.header.split(b"</identifier>")[0].rsplit(b">", 1)[1]
            self.copy[key] = None if row.deleted else row.face
            self.cursor = row.position
        if len(rows) == self.page:
            return False
        self.since, self.began = self.began or 0, None
        return True

    def _page(self, site: Site, seen: Snapshot):  # type: ignore[no-untyped-def]
        if self.began is None:
            self.began = seen.w + 1
            self.cursor = position_of(self.since + self.since % 2) - 1
        context = site.contexts[self.context]
        list_id = seen.list_id(self.context, self.spec, context.list_prefix(self.prefix))
        if list_id is None:
            return []
        return seen.page(list_id, context.view(self.prefix), self.cursor, seen.bound, self.page)

    def harvest(self, site: Site) -> None:
        """Requests until a harvest that was begun, or a new one, ends."""
        while not self.request(site):
            pass

    def truth(self, site: Site) -> dict[bytes, bytes | None]:
        """What a fresh harvest of everything gives."""
        fresh = Replica(self.context, self.prefix, self.spec, page=1000)
        fresh.harvest(site)
        return fresh.copy
