"""Making deliveries ready: whose they are, their tree and digest, and what refuses them before any look-up."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import text

from repository import sources
from repository.accounts.policy import Actor, Subject, can, demand, own_name
from repository.config.sections import LOCAL
from repository.deposit.order import Order
from repository.errors import Forbidden
from repository.records.change import Head
from repository.records.delivery_decision import Arrival, Decision
from repository.records.origin import digest_of, key_of, stored_key, uuid_of
from repository.site import Site
from schemas.formats.format import Delivery
from schemas.record import to_json

_NO_IDENTITY: Final = "The record has neither an identifier nor a location, so nothing says which record it is."


class Arrivals:
    """Makes the deliveries of one order ready; knows its actor's rights and the organisations by slug."""

    def __init__(self, site: Site, order: Order) -> None:
        self.site = site
        self.order = order
        self._harvests = harvest_names(site)
        self._organisations: dict[str, int | None] = {}
        self._names: dict[str, str | None] = {}
        self._namespace = site.namespace

    def ready(self, delivery: Delivery) -> Arrival | Decision:
        """An Arrival to be decided about, or the reason why there is none. One bad record never stops an import."""
        if delivery.reading is None and not delivery.deleted:
            first = delivery.problems[0] if delivery.problems else None
            return _refused(first.code if first else "unreadable", first.message if first else "It cannot be read.")
        try:
            return self._ready(delivery)
        except Exception as error:  # noqa: BLE001 - a run loop: what is wrong with one record becomes its outcome
            return _refused("internal", f"The record could not be taken in: {type(error).__name__}: {error}")

    def _ready(self, delivery: Delivery) -> Arrival | Decision:
        tree = to_json(delivery.reading.record) if delivery.reading is not None and not delivery.deleted else b""
        digest = digest_of(tree) if tree else b""
        organisation = self._organisation(delivery.organisation)
        if isinstance(organisation, Decision):
            return organisation
        collections = None if delivery.collections is None else json.dumps(delivery.collections)
        if delivery.id is not None and (uuid := self._uuid(delivery.id)) is not None:
            # Whether there is such a record is known after the look-up; `by_origin` makes it a delivery if not.
            return Arrival(delivery, "", "", uuid, tree, digest, organisation, collections, target=True)
        return self._by_origin(Arrival(delivery, "", "", "", tree, digest, organisation, collections))

    def by_origin(self, arrival: Arrival) -> Arrival | Decision:
        """A line whose id does not exist here, as the delivery that it is then."""
        return self._by_origin(arrival)

    def _by_origin(self, arrival: Arrival) -> Arrival | Decision:
        delivery = arrival.delivery
        source = delivery.source[0] if delivery.source is not None else self.order.source or LOCAL
        source = name_of(self.order.actor, source)
        key = key_of(delivery)
        if not key:
            return _refused("no_identity", _NO_IDENTITY)
        if "\x00" in key or "\x00" in source:
            return _refused("illegal_character", "The key of the record holds a NUL character.")
        if (why := self._forbidden(source)) is not None:
            return _refused("forbidden", why)
        return Arrival(
            delivery,
            source,
            stored_key(key),
            uuid_of(self._namespace, source, key),
            arrival.tree,
            arrival.digest,
            arrival.organisation,
            arrival.collections,
        )

    def _uuid(self, name: str) -> str | None:
        """The uuid that an id names, in its usual form; None when it is neither a uuid nor one of our identifiers."""
        found = (self.site.uuid_of(name) or name).strip().lower()
        parts = [len(part) for part in found.split("-")]
        return found if parts == [8, 4, 4, 4, 12] and all(c in "0123456789abcdef-" for c in found) else None

    def _forbidden(self, source: str) -> str | None:
        """Why the actor may not deliver under this name; None when he may."""
        if source not in self._names:
            self._names[source] = why_not_as(self.site, self.order.actor, source, self._harvests)
        return self._names[source]

    def _organisation(self, slug: str | None) -> int | Decision | None:
        if not slug:
            return None
        if slug not in self._organisations:
            self._organisations[slug] = _organisation_id(self.site, slug)
        found = self._organisations[slug]
        if found is None:
            return _refused("unknown_organisation", f"There is no organisation {slug} here.")
        if not can(self.order.actor, "act_for", Subject(organisation=found)):
            return _refused("forbidden", f"Your account does not belong to {slug}.")
        return found


def harvest_names(site: Site) -> frozenset[str]:
    """The names that belong to configured harvests: nobody delivers under them by hand."""
    return frozenset(source.name for source in sources.sources(site))


def permit(site: Site, order: Order) -> None:
    """Raise Forbidden when the actor may not import on these terms at all."""
    actor = order.actor
    demand(actor, "import")
    if order.as_state == "published":
        demand(actor, "publish", None, "Only a curator may publish without review; import as submitted or draft.")
        alone = Subject(four_eyes=site.config.accounts.four_eyes and not order.approved)
        demand(actor, "publish", alone, "Somebody else has to publish what you import; import as submitted.")
    why = why_not_as(site, actor, order.source, harvest_names(site))
    if order.source and why is not None:
        raise Forbidden(why)


def name_of(actor: Actor, source: str) -> str:
    """The name that a delivery goes under: one's own address stands for the name that does not tell it."""
    return own_name(actor) if not actor.is_operator and source.strip().lower() == actor.email else source


def default_name(site: Site, actor: Actor) -> str:
    """The name that an import goes under when none is given: `local` for curators, else one's own."""
    if actor.is_curator:
        return LOCAL
    if actor.organisation is None:
        return own_name(actor)
    with site.database.read() as connection:
        statement = text("SELECT slug FROM organisation WHERE id = :id")
        return str(connection.execute(statement, {"id": actor.organisation}).scalar() or own_name(actor))


def why_not_as(site: Site, actor: Actor, name: str, harvests: frozenset[str]) -> str | None:
    """Why somebody may not deliver under a name; None when he may. Else an origin could be claimed before it is used.

    Contributors and reviewers deliver under their own name or an organisation's of theirs, curators under any that is
    not a harvest's, the operator under every one.
    """
    if actor.is_operator:
        return None
    organisation = None if actor.is_curator else _organisation_id(site, name)
    if can(actor, "deliver_as", Subject(name=name, organisation=organisation, harvested=name in harvests)):
        return None
    if name in harvests:
        return f"{name} is a configured harvest; only it brings records of that name."
    own = f"deliver under {default_name(site, actor)}, or leave the name of the source out"
    return f"Your account may not deliver under the name {name[:80]}; {own}."


def may_edit(actor: Actor, head: Head) -> bool:
    return can(actor, "edit", Subject(head.state, head.owner, head.organisation))


def _organisation_id(site: Site, slug: str) -> int | None:
    with site.database.read() as connection:
        found: int | None = connection.execute(
            text("SELECT id FROM organisation WHERE slug = :slug"), {"slug": slug}
        ).scalar()
    return found


def _refused(code: str, reason: str) -> Decision:
    return Decision("rejected", code=code, reason=reason)
