"""Bringing deliveries in and making them public: chunks of at most 500, what came is published on the way.

The one loop behind `import` and `demo`: parsing happens outside any transaction, while the chunk is gathered. What the
operator brings in may name organisations that are not here yet (generated lines, the export of another repository):
they are made, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from portal.commands import console
from portal.commands.helper_process import Helper
from repository import deposit
from repository.deposit import Order, Outcome
from repository.errors import Invalid, Refused
from repository.publishing import outbox
from repository.site import Site
from schemas.formats.format import Delivery

CHUNK = 500
Tell = Callable[[Delivery, Outcome], None]


def bring_in(site: Site, found: Iterable[Delivery], order: Order, tell: Tell) -> None:
    """Deliver everything found, tell each outcome, and publish until none of its own rows waits (not on a dry run)."""
    with site.database.read() as connection:
        before = outbox.newest(connection)
    organisations = _Organisations(site, order)
    with Helper(site) as helper:
        with console.progress("Bringing in", "records") as bar:
            for gathered in chunks(found):
                chunk = organisations.made(gathered)
                for delivery, outcome in zip(chunk, deposit.deliver(site, chunk, order), strict=True):
                    tell(delivery, outcome)
                bar.update(len(chunk))
                if not order.dry_run:
                    helper.go_on()
        if not order.dry_run:
            console.publish_own(site, before, helper=helper)
    if organisations.new:
        console.tell(f"{'would make' if order.dry_run else 'made'} the organisations {', '.join(organisations.new)}")


def chunks(found: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """The deliveries in lists of at most CHUNK."""
    rest = iter(found)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


class _Organisations:
    """Makes the organisations that an operator's deliveries name; `new` has their slugs."""

    def __init__(self, site: Site, order: Order) -> None:
        self.site = site
        self.order = order
        self.new: list[str] = []
        self._seen: set[str] = set()

    def made(self, chunk: list[Delivery]) -> list[Delivery]:
        """The chunk, when all its organisations are here; on a dry run without the names of those that would be made.

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
