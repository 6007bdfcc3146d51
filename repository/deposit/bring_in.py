"""Bringing deliveries in, portion by portion: the one loop behind `import`, `demo` and jobs.

Parsing happens outside any transaction, while a portion is gathered. What the operator brings in may name
organisations that are not here yet (generated lines, the export of another repository): they are made. The caller
hears of each portion through a Progress, and publishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

import msgspec

from repository.deposit.delivery import PORTION, deliver
from repository.deposit.order import Order, Outcome
from repository.errors import Invalid, Refused
from repository.site import Site
from schemas.formats.format import Delivery


class Progress(Protocol):
    """Who is told while deliveries come in: a terminal, a job, a page."""

    def __call__(self, portion: Sequence[tuple[Delivery, Outcome]]) -> object:
        """Called after each portion is in, outside any transaction, with what became of each delivery."""


def bring_in(site: Site, found: Iterable[Delivery], order: Order, progress: Progress) -> tuple[str, ...]:
    """Deliver everything found; gives the slugs of the organisations that were made (would be, on a dry run)."""
    organisations = _Organisations(site, order)
    for gathered in portions(found):
        portion = organisations.made(gathered)
        progress(list(zip(portion, deliver(site, portion, order), strict=True)))
    return tuple(organisations.new)


def portions(found: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """The deliveries in lists of at most PORTION."""
    rest = iter(found)
    while portion := list(islice(rest, PORTION)):
        yield portion


class _Organisations:
    """Makes the organisations that an operator's deliveries name; `new` has their slugs."""

    def __init__(self, site: Site, order: Order) -> None:
        self.site = site
        self.order = order
        self.new: list[str] = []
        self._seen: set[str] = set()

    def made(self, chunk: list[Delivery]) -> list[Delivery]:
        """The chunk, once its organisations exist; a dry run leaves out the names of those that it would make.

        A name that is no slug is left to the deposit, which refuses the record with its reason.
        """
        if not self.order.actor.is_operator:
            return chunk
        for slug in dict.fromkeys(delivery.organisation for delivery in chunk):
            if slug and slug not in self._seen:
                self._seen.add(slug)
                self._make(slug)
        if not (self.order.dry_run and self.new):
            return chunk
        return [
            msgspec.structs.replace(one, organisation=None) if one.organisation in self.new else one for one in chunk
        ]

    def _make(self, slug: str) -> None:
        from repository.accounts import organisations  # noqa: PLC0415 - only imports that name one pay for argon2

        if organisations.find(self.site, slug) is not None:
            return
        try:
            if self.order.dry_run:
                organisations.check_slug(slug)
            else:
                organisations.add(self.site, slug, slug.replace("-", " ").title())
        except (Invalid, Refused):  # No slug; or another process was faster.
            return
        self.new.append(slug)
