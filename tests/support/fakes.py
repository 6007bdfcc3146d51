"""Small stand-ins, written by hand: a snapshot of the publication line in memory, and a site around it."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from repository.config.sections import Config, OaiSection, SiteSection
from repository.contexts.contexts import Context, contexts_of
from repository.published import ORDINALS, Facts, Item, Row, position_of
from schemas.vocabularies.vocabularies import shipped

EPOCH = "epoch1"
START = 1_795_000_000  # an even second: the first W


@dataclass
class FakeLine:
    """What repository.published.Snapshot answers, from rows that a test puts in."""

    w: int = START + 2
    epoch: str = EPOCH
    first_w: int = START
    rows: dict[tuple[str, str, str], dict[int, Row]] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    counted: int = 0

    @property
    def bound(self) -> int:
        return position_of(self.w, ORDINALS - 1)

    def add(self, n: int, *, at: int = START + 2, ordinal: int | None = None, specs: tuple[str, ...] = ()) -> Row:
        """Put a live record in, in the whole list and in the lists of its sets."""
        position = position_of(at, n if ordinal is None else ordinal)
        row = Row(position, False, a_header(n, at, specs), b"", f"<face>{n}</face>".encode())
        for spec in ("", *specs):
            self.rows.setdefault(("", spec, ""), {})[position] = row
        self.items[f"uuid-{n}"] = Item(position, n, f"uuid-{n}", False, row.header, b"", Facts(specs), 1, position)
        return row

    def take(self, position: int) -> None:
        """Take a position out of every list, as a record does that moves on."""
        for rows in self.rows.values():
            rows.pop(position, None)

    def is_open(self, name: str) -> bool:
        return name not in self.closed

    def list_id(self, context: str = "", spec: str = "", prefix: str = "") -> Any:
        return (context, spec, prefix) if (context, spec, prefix) in self.rows else None

    def page(self, list_id: Any, face: str | None, after: int, until: int, limit: int) -> list[Row]:
        found = [row for at, row in sorted(self.rows[list_id].items()) if after < at <= until]
        return [row if face else row._replace(face=None) for row in found[:limit]]

    def count(self, list_id: Any, after: int, until: int) -> int:
        self.counted += 1
        return sum(after < at <= until for at in self.rows[list_id])

    def last(self, list_id: Any, face: str | None, at_most: int, above: int = -1) -> Row | None:
        positions = sorted(at for at in self.rows[list_id] if above < at)
        place = bisect_right(positions, at_most)
        return self.rows[list_id][positions[place - 1]] if place else None

    def in_list(self, list_id: Any, position: int) -> bool | None:
        row = self.rows[list_id].get(position)
        return None if row is None else row.deleted

    def find(self, record: str) -> Item | None:
        return self.items.get(record)

    def face(self, view: str, position: int) -> bytes | None:
        return self.rows["", "", ""][position].face

    def source_settings(self) -> list[str]:
        return []

    def specs(self, context: str = "") -> list[str]:
        return sorted(spec for name, spec, _ in self.rows if spec and name == context)


def a_header(n: int, at: int = START, specs: tuple[str, ...] = ()) -> bytes:
    sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in specs)
    return f"<header><identifier>oai:x:uuid-{n}</identifier><datestamp>{at}</datestamp>{sets}</header>".encode()


def a_context(name: str = "", **given: Any) -> Context:
    whole = contexts_of(Config())[""]
    fields = {"title": "A part", "formats": whole.formats, "families": whole.families} | given
    return Context(name, **fields)


def fake_site(**oai: Any) -> Any:
    """What the provider reads of a site, without a database."""
    config = Config(site=SiteSection(base_url="http://repository.example"), oai=OaiSection(**oai))
    return SimpleNamespace(
        config=config,
        contexts=contexts_of(config),
        secret=b"one",
        secrets=(b"one",),
        domain="x",
        namespace=uuid.NAMESPACE_DNS,
        base_url=config.site.base_url,
        vocabularies=shipped(),
        url=lambda path: config.site.base_url + path,
        oai_identifier=lambda record: f"oai:x:{record}",
        uuid_of=lambda identifier: identifier[6:] if identifier.startswith("oai:x:") else None,
    )
