"""Trying quarantined records again: what the provider gives now, else the kept bytes with the readers of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from msgspec.structs import replace

from harvest import quarantine, source_defaults
from harvest.errors import HarvestError
from harvest.intake import order_of
from harvest.network.guest import Guest
from harvest.quarantine import Held
from harvest.walks.oai import requests as oai_asking
from harvest.walks.oai.answers import Answers
from harvest.walks.oai.page import Header
from repository import deposit
from repository.config.sections import HarvestSource
from repository.deposit.delivery import PORTION
from repository.site import Site
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from schemas.formats.incoming.xml_kinds import Wish


def again(site: Site, source: HarvestSource, rows: Iterable[Held], guest: Guest | None) -> Counter[str]:
    """Try rows of the quarantine again and count the outcomes; without a guest only the kept bytes are read."""
    counts: Counter[str] = Counter()
    rest = iter(rows)
    while portion := list(islice(rest, PORTION)):
        counts += _portion(site, source, portion, guest)
    return counts


def _portion(site: Site, source: HarvestSource, rows: Sequence[Held], guest: Guest | None) -> Counter[str]:
    change = source_defaults.changing(source)
    deliveries = [change(_delivery(site, source, row, guest)) for row in rows]
    outcomes = deposit.deliver(site, deliveries, order_of(source), quarantine.settling(site, rows, deliveries))
    return Counter(outcome.outcome for outcome in outcomes)


def _delivery(site: Site, source: HarvestSource, row: Held, guest: Guest | None) -> Delivery:
    reader = None if source.mapping == "auto" else source.mapping
    wish = Wish(site.vocabularies, reader, salvage=True)
    if guest is not None and source.kind == "oai-pmh" and row.identifier:
        fresh = _asked(guest, source, row, wish)
        if fresh is not None:
            return fresh
    return _kept(row, wish, source.mapping, nameless=source.kind == "oai-pmh" and not row.identifier)


def _asked(guest: Guest, source: HarvestSource, row: Held, wish: Wish) -> Delivery | None:
    """What GetRecord gives now, when that can be read."""
    try:
        prefix = source.prefix or oai_asking.best_prefix(guest, source.url)
        header = Header(row.identifier or "", row.datestamp or "", deleted=False)
        word = Answers(guest, source.url, wish).word(prefix, header)
    except HarvestError:
        return None
    return next((each for each in word.deliveries if each.reading is not None or each.deleted), None)


def _kept(row: Held, wish: Wish, mapping: str, *, nameless: bool) -> Delivery:
    """The kept bytes, read again under the name that they came with."""
    if nameless:  # What its metadata call it is not its name at the provider.
        first = Delivery(place=row.place, format="oai-pmh", problems=(Problem("", row.code, row.reason),))
        return replace(first, source_bytes=row.data)
    request = incoming.Incoming("", mapping, salvage=True, vocabularies=wish.vocabularies)
    found = list(incoming.deliveries(row.data, request)) if row.data else []
    if len(found) != 1:
        problem = Problem("", row.code, row.reason)
        first = Delivery(place=row.place, format="oai-pmh", problems=(problem,))
    else:
        first = found[0]
    return replace(
        first, place=row.place, identifier=row.identifier, datestamp=row.datestamp, base_url=row.base_url,
        source_bytes=first.source_bytes if first.reading is not None else row.data,
    )  # fmt: skip
