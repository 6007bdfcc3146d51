"""Asking an OAI-PMH provider: its requests as addresses, and what it says of itself (2.0, 4.2 and 4.4).

A provider whose Identify or ListMetadataFormats is broken can be harvested all the same: then the careful choice (days,
oai_dc) is made, and told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlencode

from lxml import etree

from harvest.errors import BadStatus, Failed, HarvestError
from harvest.network.guest import TRIES, Guest
from harvest.walks.oai.page import local, parsed
from harvest.walks.oai.page_mending import within
from harvest.walks.windows import Granularity, Window
from schemas.errors import Unreadable

BEST: Final = (
    "lom", "oai_lom", "ieee_lom", "lom_ims", "nl_lom", "oai_czp", "czp", "imsmd", "ims_md", "hs_oer_lom", "lomfr",
    "lom-fr", "scolomfr", "lom-es", "obaa", "oai_obaa", "estcore", "oai_estcore", "oai_dcterms", "qdc", "nsdl_dc",
    "oai_dc",
)  # fmt: skip
"""Prefixes of formats that are read here, the richest first, under the names that providers give them."""


class Identity(NamedTuple):
    """What Identify says; `deleted` is persistent, transient, no, or None where it does not say."""

    granularity: Granularity = "day"
    earliest: str | None = None
    deleted: str | None = None
    now: str | None = None  # the responseDate
    note: str | None = None


def url(base: str, verb: str, **arguments: str | None) -> str:
    """The address of a request; the arguments that are None are left out, every value is encoded."""
    asked = {"verb": verb} | {name.rstrip("_"): value for name, value in arguments.items() if value is not None}
    return f"{base}{'&' if '?' in base else '?'}{urlencode(asked)}"


def list_url(base: str, verb: str, prefix: str, spec: str, window: Window) -> str:
    """The address of the first page of a list."""
    return url(base, verb, metadataPrefix=prefix, from_=window.since, until=window.until, set=spec or None)


def identify(guest: Guest, base: str) -> Identity:
    """What the provider says of itself; raises the errors of fetching when it does not answer at all."""
    try:
        found = dict(_told(guest, url(base, "Identify")))
    except Unreadable as error:
        if error.code == "not_oai_pmh":
            way = detour(guest, base)
            raise Failed(f"{base} does not answer in OAI-PMH; is it the base URL of a provider?{way}") from error
        return Identity(note=f"Identify cannot be read ({error.message}); the provider is asked in days.")
    except BadStatus as error:
        if error.status < 500:
            raise
        return Identity(note=f"Identify cannot be had ({error}); the provider is asked in days.")
    if "Identify" not in found:
        way = detour(guest, base)
        if way:
            raise Failed(f"{base} does not tell what it is.{way}")
        return Identity(note="Identify says nothing of the provider; it is asked in days.")
    seconds = found.get("granularity", "").lower().startswith("yyyy-mm-ddt")
    return Identity(
        "second" if seconds else "day",
        found.get("earliestDatestamp"),
        found.get("deletedRecord", "").lower() or None,
        found.get("responseDate"),
    )


def best_prefix(guest: Guest, base: str) -> str:
    """The richest format that is offered and read here; oai_dc where the provider does not say."""
    try:
        offered = {text for name, text in _told(guest, url(base, "ListMetadataFormats")) if name == "metadataPrefix"}
    except (Unreadable, HarvestError):
        return "oai_dc"
    return next((prefix for prefix in BEST if prefix in offered), "oai_dc")


def is_there(guest: Guest, base: str) -> bool:
    """Whether the provider answers at all: if so, it is only this window that it cannot give."""
    try:
        return any(name == "Identify" for name, _ in _told(guest, url(base, "Identify"), tries=1))
    except (HarvestError, Unreadable):
        return False


def _root(body: bytes) -> etree._Element:
    """The root of an answer, also where rubbish stands around it; raises Unreadable."""
    try:
        return parsed(body, salvage=True)
    except Unreadable as error:
        inside = within(body) if error.code != "doctype" else body
        if inside == body:
            raise
        return parsed(inside, salvage=True)


def detour(guest: Guest, base: str) -> str:
    """A sentence about a redirect of the provider that loses the query; "" where there is none."""
    try:
        return guest.get(url(base, "Identify"), tries=1).detour
    except HarvestError:
        return ""


def _told(guest: Guest, address: str, tries: int = TRIES) -> Iterator[tuple[str, str]]:
    """Names and texts of the elements of an answer."""
    answer = guest.get(address, tries=tries)
    try:
        root = _root(answer.body)
    except Unreadable:
        if answer.status >= 400:
            raise BadStatus(address, answer.status, more=answer.detour) from None
        raise
    for element in root.iter("{*}*"):
        yield local(element), (element.text or "").strip()
