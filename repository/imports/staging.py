"""Staged imports: a batch is kept, shown before it is applied, applied in pieces, and can be undone (curation.md).

The preview is the very decision that an import takes, over a snapshot and without writing. Applying goes in
transactions of at most 500 rows; what they make public is held until the last of them is in, and let go at once. A
process may die anywhere: each transaction says in its rows what it did, so that applying again goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple
from uuid import uuid4

import msgspec
from sqlalchemy import Connection

from repository import lifecycle
from repository.accounts import people
from repository.accounts.policy import OPERATOR, Actor, may_ask
from repository.deposit import idempotency
from repository.deposit.arrival import default_name, name_of, permit
from repository.deposit.delivery import PORTION, Done, deliver, remember
from repository.deposit.order import Order
from repository.errors import Invalid, Refused
from repository.imports import batch as batches
from repository.imports.batch import Batch, Page, Row
from repository.imports.undo_decision import Trace, packed, received_before
from repository.publishing import outbox
from repository.publishing.outbox import BULK
from repository.records.change import Received
from repository.site import Site
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.validation.validation import CORE, validate

MOST_ROWS: Final = 100_000
LONGEST_NAME: Final = 200
LOCK_S: Final = 0.1
ABANDONED_S: Final = 86_400  # a batch whose staging ended with its process is taken away after so long
_FEWEST: Final = 25
Tell = Callable[[int], None]


class Staging(msgspec.Struct, frozen=True):
    """What is to be staged: the name of its source (None: one's own), the state asked for (None: by role), the file."""

    source: str | None = None
    as_state: str | None = None
    file: str = ""
    key: idempotency.Key | None = None


class Overtaken(Exception):
    """Another process has done these rows, or has begun to undo the batch."""


def stage(site: Site, actor: Actor, wish: Staging, deliveries: Iterable[Delivery]) -> Batch:
    """Keep deliveries as a batch with its preview; raises Forbidden, Invalid, Repeated. Nothing else is changed."""
    four_eyes = site.config.accounts.four_eyes
    asked = lifecycle.as_asked(wish.as_state or lifecycle.default_as(actor.role, four_eyes=four_eyes))
    source = default_name(site, actor) if wish.source is None else name_of(actor, wish.source)
    _named(source, wish.file)
    order = Order(source, asked, actor, dry_run=True, approved=True)
    permit(site, order)
    now = int(site.clock.now())
    batch = Batch(str(uuid4()), "staging", actor.by, actor.organisation, source, asked, wish.file, now)
    with site.database.write() as connection:
        batches.discard(connection, now - ABANDONED_S)
        batches.insert(connection, batch)
    try:
        _keep(site, batch.id, order, deliveries)
        with site.database.write() as connection:
            if wish.key is not None:
                idempotency.claim(connection, wish.key, batch.id, now)
            batches.move(connection, batch.id, ("staging",), "staged")
    except Exception:
        with site.database.write() as connection:
            batches.discard(connection, now, batch.id)
        raise
    return find(site, actor, batch.id)


def _keep(site: Site, id_: str, order: Order, deliveries: Iterable[Delivery]) -> None:
    """Write the rows of a batch with their preview."""
    count = 0
    for chunk in _chunks(deliveries):
        rows = [_keepable(delivery) for delivery in chunk]
        previewed = deliver(site, [delivery for delivery, _ in rows], order)
        count += len(chunk)
        if count > MOST_ROWS:
            raise Invalid(f"A staged import holds at most {MOST_ROWS} records; split it.")
        with site.database.write() as connection:
            staged = [(bytes_, was) for (_, bytes_), was in zip(rows, previewed, strict=True)]
            batches.insert_rows(connection, id_, count - len(chunk), staged)


def find(site: Site, actor: Actor, id_: str) -> Batch:
    """A batch of one's own, or any for a curator; raises NotFound."""
    with site.database.read() as connection:
        return batches.visible(connection, actor, id_)


def rows(site: Site, actor: Actor, id_: str, after: int = 0, limit: int = 100, outcome: str | None = None) -> Page:
    """Rows of a batch in their order, all or those of one outcome; raises NotFound."""
    with site.database.read() as connection:
        batches.visible(connection, actor, id_)
        return batches.page(connection, id_, after, limit, outcome)


def problems(site: Site, row: Row) -> tuple[Problem, ...]:
    """What the reader of a row could not mend, and what `core` says of its record; a row of cells is no whole one."""
    delivery = row.delivery
    if delivery.reading is None or (delivery.cells is not None and delivery.id is not None):
        return delivery.problems
    judged = validate(delivery.reading.record, CORE, site.vocabularies)
    told = tuple(problem for problem in judged if problem.severity != "info")
    return tuple(dict.fromkeys((*delivery.problems, *delivery.reading.problems, *told)))


class Released(NamedTuple):
    """A batch after it was applied or undone, and its outbox rows `after` < n <= `upto`, free from now on."""

    batch: Batch
    after: int = 0
    upto: int = 0


def apply(site: Site, actor: Actor, id_: str, most: int = PORTION, tell: Tell | None = None) -> Released:
    """Bring a batch in, or go on where it stopped; `tell` hears the rows done after each transaction.

    When another process is at it, its work is left to it: the batch comes back as it stands, `applying`. Raises
    NotFound, Forbidden, Refused (undone, or not staged to its end).
    """
    may_ask(actor, "change_batch")
    batch = find(site, actor, id_)
    order = _order(site, actor, batch)
    permit(site, order)
    with site.database.write() as connection:
        begun = batches.move(connection, id_, ("staged", "applying"), "applying")
    if not begun:
        batch = find(site, actor, id_)
        if batch.state == "applied":
            return Released(batch)
        raise Refused(_WHY_NOT.get(batch.state, "The import was undone; stage it again to bring it in."))
    try:
        _recall(site, order, id_)
        _apply_rows(site, order, id_, most, tell)
    except Overtaken:
        return Released(find(site, actor, id_))
    after, upto = finish(site, id_, "applying", "applied")
    return Released(find(site, actor, id_), after, upto)


def finish(site: Site, id_: str, of: str, to: str) -> tuple[int, int]:
    """End a batch and let its outbox rows go, all at once; the numbers between which they lie."""
    with site.database.write() as connection:
        if not batches.move(connection, id_, (of,), to):
            return 0, 0
        return outbox.release(connection, id_)


def _apply_rows(site: Site, order: Order, id_: str, most: int, tell: Tell | None) -> None:
    size = most
    while True:
        with site.database.read() as connection:
            pending = batches.pending(connection, id_, size)
        if not pending:
            return
        account = _Account(site, id_, [n for n, _ in pending])
        deliver(site, [delivery for _, delivery in pending], order, account.within, account.ahead)
        size = next_size(size, most, site.clock.monotonic() - account.began)
        if tell is not None:
            tell(len(pending))


def next_size(size: int, most: int, took_s: float) -> int:
    """Rows for the next transaction, which is to end within 100 ms: what a row costs depends on it and the machine."""
    if took_s > LOCK_S:
        return max(size // 2, min(most, _FEWEST))
    return min(size * 2, most) if took_s < LOCK_S / 2 else size


class _Account:
    """What the transactions of one piece write into the rows of the batch."""

    def __init__(self, site: Site, batch: str, numbers: Sequence[int]) -> None:
        self.site = site
        self.batch = batch
        self.numbers = numbers
        self.began = 0.0
        self._received: dict[int, Received] = {}

    def ahead(self, connection: Connection, done: Sequence[Done]) -> None:
        self.began = self.site.clock.monotonic()
        if not batches.hold(connection, self.batch, "applying", "applied", [self.numbers[each.place] for each in done]):
            raise Overtaken
        self._received = received_before(connection, done)

    def within(self, connection: Connection, done: Sequence[Done]) -> None:
        marks = [(self.numbers[each.place], each.outcome, self._trace(each)) for each in done]
        batches.mark_applied(connection, self.batch, marks)

    def _trace(self, done: Done) -> bytes | None:
        if done.change is None:
            return None
        after = msgspec.structs.replace(done.change.after, id=done.outcome.record or 0)
        return packed(Trace.of(done, after, self._received.get(done.place)))


def _order(site: Site, actor: Actor, batch: Batch) -> Order:
    """The terms of a batch: the rights are those of who staged it, so that it does what its preview said."""
    if batch.by == actor.by:
        author: Actor | None = msgspec.structs.replace(actor, organisation=batch.organisation)
    else:
        author = OPERATOR if batch.by is None else people.actor(site, batch.by, organisation=batch.organisation)
    if author is None:
        raise Refused("The account that staged this import is closed; stage it again.")
    approved = actor.by != batch.by
    return Order(batch.source, batch.as_state, author, lane=BULK, batch=batch.id, file=batch.file, approved=approved)


def _recall(site: Site, order: Order, id_: str) -> None:
    """Let the order know the rows that were applied before: a key that comes twice is one import's mistake."""
    after = 0
    while True:
        with site.database.read() as connection:
            done = batches.applied(connection, id_, after)
        if not done:
            return
        remember(site, order, [each[1:] for each in done])
        after = done[-1][0]


def _named(source: str, file: str) -> None:
    for what, name in (("source", source), ("file", file)):
        if len(name) > LONGEST_NAME or "\x00" in name:
            raise Invalid(f"The name of a {what} has at most {LONGEST_NAME} characters and no NUL.")
    if not source.strip():
        raise Invalid("The name of a source may not be empty.")


def _keepable(delivery: Delivery) -> tuple[Delivery, bytes]:
    """A delivery and its bytes; text that UTF-8 cannot hold makes it a reject."""
    try:
        return delivery, batches.packed(delivery)
    except (UnicodeEncodeError, OverflowError) as error:
        problem = Problem("", "illegal_character", f"The record holds what UTF-8 cannot: {error}.")
        place = delivery.place.encode("utf-8", "replace").decode()
        reject = Delivery(place=place, format=delivery.format, problems=(problem,), file=delivery.file)
        return reject, batches.packed(reject)


def _chunks(deliveries: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    rest = iter(deliveries)
    while chunk := list(islice(rest, PORTION)):
        yield chunk


_WHY_NOT: Final = {"staging": "The import was not staged to its end; send the file again."}
