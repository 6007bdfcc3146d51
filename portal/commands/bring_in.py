"""Bringing deliveries in from a terminal and publishing them: progress bar, helper process, note on organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from portal.commands import console
from portal.commands.helper_process import Helper
from repository.deposit import Order, Outcome
from repository.deposit import bring_in as loop
from repository.publishing import outbox
from repository.site import Site
from schemas.formats.format import Delivery

Tell = Callable[[Delivery, Outcome], None]


def bring_in(site: Site, found: Iterable[Delivery], order: Order, tell: Tell) -> None:
    """Deliver everything found, tell each outcome, and publish until none of these rows waits (not on a dry run)."""
    with site.database.read() as connection:
        before = outbox.newest(connection)
    with Helper(site) as helper:
        with console.progress("Bringing in", "records") as bar:

            def progress(portion: Sequence[tuple[Delivery, Outcome]]) -> None:
                for delivery, outcome in portion:
                    tell(delivery, outcome)
                bar.update(len(portion))
                if not order.dry_run:
                    helper.go_on()

            made = loop.bring_in(site, found, order, progress)
        if not order.dry_run:
            console.publish_own(site, before, helper=helper)
    if made:
        console.tell(f"{'would make' if order.dry_run else 'made'} the organisations {', '.join(made)}")
